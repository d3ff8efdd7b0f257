"""Reads the expiry list: live measures, ordered by expiry. Reader lanes.

A measure is live until it is lifted or a renewal of it is registered. Row ids are SQLite rowids,
good within one snapshot only.
"""

from array import array
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    case,
    func,
    literal_column,
    or_,
    select,
)

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.panels.control.rules import (
    ALL_CASES,
    DEFAULT_WINDOW,
    FIRST,
    KIND_WORDS,
    RENEWED,
    SUSPENDED_MODE,
    WAITING,
    ControlFilter,
    rank_words,
    term_state,
    with_window,
)
from desktop.projection.places import Place, courts, teams
from storage.schema import table

_measure = table("control_measure")
_case = table("case")
_court = table("court")
_team = table("team")
_person = table("person")
_m = _measure.c
_row_id: ColumnElement[int] = literal_column("control_measure.rowid", Integer)

_SORTS: Final[Mapping[str, ColumnElement[Any]]] = {
    "expires_on": _m.expires_on,
    "days_left": _m.expires_on,
    "state": _m.expires_on,
    "started_on": _m.started_on,
    "kind": _m.asset_kind,
    "institution": _m.institution,
    "amount": _m.amount_fen,
    "rank": _m.rank,
    "case_number": _case.c.number,
    "court": _case.c.court_id,
    "team": _case.c.team_id,
}


def _live() -> list[ColumnElement[bool]]:
    later = _measure.alias("later")
    renewed = select(later.c.renewal_of).where(later.c.renewal_of.is_not(None))
    return [_m.lifted_on.is_(None), _m.id.not_in(renewed)]


def _marks(marks: Sequence[str]) -> ColumnElement[bool]:
    either: list[ColumnElement[bool]] = []
    if FIRST in marks:
        either.append(_m.rank == 0)
    if WAITING in marks:
        either.append(_m.rank > 0)
    if RENEWED in marks:
        either.append(_m.renewal_of.is_not(None))
    return or_(*either)


def _where(filter_: ControlFilter) -> list[ColumnElement[bool]]:
    where = _live()
    if filter_.expires_from is not None:
        where.append(_m.expires_on >= filter_.expires_from.isoformat())
    if filter_.expires_to is not None:
        where.append(_m.expires_on <= filter_.expires_to.isoformat())
    if filter_.kinds:
        where.append(_m.asset_kind.in_(filter_.kinds))
    if filter_.marks:
        where.append(_marks(filter_.marks))
    if filter_.case_id is not None:
        where.append(_m.case_id == filter_.case_id)
    if filter_.scope != ALL_CASES:
        kept = or_(_case.c.closed_on.is_(None), _case.c.close_mode == SUSPENDED_MODE)
        where.append(kept)
    if filter_.courts:
        where.append(_case.c.court_id.in_(filter_.courts))
    if filter_.teams:
        where.append(_case.c.team_id.in_(filter_.teams))
    return where


def _source(*, with_case: bool) -> FromClause:
    return _measure.join(_case, _case.c.id == _m.case_id) if with_case else _measure


def _needs_case(filter_: ControlFilter) -> bool:
    return bool(filter_.courts or filter_.teams or filter_.scope != ALL_CASES)


def snapshot(connection: Connection, args: SnapshotArgs[Dated[ControlFilter]]) -> Sequence[int]:
    """Ordered row ids; unless asked otherwise, what lapsed longest ago first."""
    filter_ = args.filter.filter
    sort = args.sort or "expires_on"
    with_case = _needs_case(filter_) or sort in ("case_number", "court", "team")
    order = _SORTS[sort].desc() if args.descending else _SORTS[sort].asc()
    query = select(_row_id).select_from(_source(with_case=with_case))
    query = query.where(*_where(filter_)).order_by(order, _m.rank, _row_id)
    return array("q", connection.execute(query).scalars())


def count(connection: Connection, filter_: ControlFilter) -> int:
    """How many measures `snapshot` lists."""
    query = select(func.count()).select_from(_source(with_case=_needs_case(filter_)))
    return int(connection.execute(query.where(*_where(filter_))).scalar_one())


def _renewals(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Row id → how many earlier measures it continues."""
    chain = (
        select(_row_id.label("n"), _m.renewal_of.label("before"), literal_column("0").label("k"))
        .where(_row_id.in_(ids), _m.renewal_of.is_not(None))
        .cte("chain", recursive=True)
    )
    earlier = _measure.alias("earlier")
    chain = chain.union_all(
        select(chain.c.n, earlier.c.renewal_of, chain.c.k + 1).where(
            earlier.c.id == chain.c.before, chain.c.k < 50
        )
    )
    query = select(chain.c.n, func.count()).where(chain.c.before.is_not(None)).group_by(chain.c.n)
    return {int(n): int(times) for n, times in connection.execute(query)}


def rows(
    connection: Connection, ids: Sequence[int], today: date
) -> Mapping[int, Mapping[str, object]]:
    """The values of the rows `ids`, keyed as the columns of the list."""
    query = (
        select(
            _row_id.label("n"),
            *(_m[key] for key in ("case_id", "asset_kind", "asset", "institution", "amount_fen")),
            *(_m[key] for key in ("rank", "started_on", "expires_on", "document_no")),
            _case.c.number,
            _court.c.short_name.label("court"),
            _team.c.name.label("team"),
            _person.c.name.label("handler"),
        )
        .select_from(
            _measure.join(_case, _case.c.id == _m.case_id)
            .join(_court, _court.c.id == _case.c.court_id)
            .outerjoin(_team, _team.c.id == _case.c.team_id)
            .outerjoin(_person, _person.c.id == _case.c.handler_id)
        )
        .where(_row_id.in_(ids))
    )
    renewals = _renewals(connection, ids)
    found: dict[int, Mapping[str, object]] = {}
    for row in connection.execute(query):
        days_left = (date.fromisoformat(row.expires_on) - today).days
        words, state = term_state(days_left)
        times = renewals.get(row.n, 0)
        found[row.n] = {
            "case_id": row.case_id,
            "case_number": row.number,
            "kind": KIND_WORDS.get(row.asset_kind, row.asset_kind),
            "asset": row.asset,
            "institution": row.institution,
            "amount": row.amount_fen,
            "rank": rank_words(row.rank),
            "renewals": f"续 {times}" if times else "",
            "started_on": row.started_on,
            "expires_on": row.expires_on,
            "days_left": days_left,
            "state": (state, words),
            "document_no": row.document_no,
            "court": row.court,
            "team": row.team,
            "handler": row.handler,
        }
    return found


def choices(connection: Connection, _args: None) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """Courts and teams for the filter boxes."""
    return courts(connection), teams(connection)


def navigator_count(connection: Connection, today: date) -> tuple[int, str]:
    """The list as it opens: lapsed unrenewed or lapsing within thirty days."""
    filter_ = with_window(ControlFilter(), DEFAULT_WINDOW, today)
    lapsed = func.sum(case((_m.expires_on < today.isoformat(), 1), else_=0))
    query = select(func.count(), lapsed).select_from(_source(with_case=True))
    number, gone = connection.execute(query.where(*_where(filter_))).one()
    return int(number), "overdue" if gone else "due_soon" if number else ""

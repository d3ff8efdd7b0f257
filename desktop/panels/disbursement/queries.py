"""Reads disbursement requests and the account of a case. Reader lanes."""

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    String,
    func,
    literal_column,
    select,
    type_coerce,
)

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.contract.params import as_params, many
from desktop.panels.disbursement.rules import (
    COURSE_STYLES,
    COURSE_WORDS,
    Account,
    Course,
    course,
)
from storage.schema import table

_request, _case, _entry = table("request"), table("case"), table("fund_entry")
_r = _request.c
_ended = _entry.alias("ended")
_row_id: ColumnElement[int] = literal_column("request.rowid", Integer)
_amount: ColumnElement[int] = type_coerce(func.json_extract(_r.args, "$.amount_fen"), Integer)


@dataclass(frozen=True, slots=True)
class DisbursementFilter:
    """Which requests: where they stand (Course values, empty for all), of one case or of all."""

    courses: tuple[str, ...] = ()
    case_id: str | None = None

    def to_params(self) -> dict[str, str]:
        """As text, for PanelContext.open."""
        return as_params(self)

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "DisbursementFilter":
        """The filter that `to_params` wrote; unknown keys are ignored."""
        return cls(courses=many(params, "courses"), case_id=params.get("case_id") or None)


_SORTS: Final[Mapping[str, ColumnElement[Any]]] = {
    "case_number": _case.c.number,
    "amount": _amount,
    "state": _r.state,
}


def _source() -> FromClause:
    joined = _request.join(_case, _case.c.id == _r.case_id)
    return joined.outerjoin(_ended, _ended.c.hold_id == _r.id)


def _where(filter_: DisbursementFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [_r.kind == "disburse"]
    if filter_.case_id is not None:
        where.append(_r.case_id == filter_.case_id)
    either: list[ColumnElement[bool]] = []
    for wanted in filter_.courses:
        match Course(wanted):
            case Course.INTENT:
                either.append(_r.state == "asked")
            case Course.GRANTED:
                either.append((_r.state == "accepted") & _ended.c.id.is_(None))
            case Course.PAID:
                either.append(_ended.c.kind == "payment")
            case Course.RELEASED:
                either.append(_ended.c.kind == "release")
    if either:
        anything = either[0]
        for one in either[1:]:
            anything = anything | one
        where.append(anything)
    return where


def snapshot(
    connection: Connection, args: SnapshotArgs[Dated[DisbursementFilter]]
) -> Sequence[int]:
    """Ordered row ids; unless asked otherwise, the newest first."""
    order = _SORTS.get(args.sort or "", _r.id)
    descending = args.descending if args.sort else True
    query = select(_row_id).select_from(_source()).where(*_where(args.filter.filter))
    query = query.order_by(order.desc() if descending else order.asc(), _row_id)
    return array("q", connection.execute(query).scalars())


def rows(
    connection: Connection, ids: Sequence[int], _today: date
) -> Mapping[int, Mapping[str, object]]:
    """The values of the rows `ids`, keyed as the columns of the list."""
    held = _entry.alias("held")
    query = (
        select(
            _row_id.label("n"),
            *(_r.id, _r.case_id, _r.args, _r.note, _r.state, _r.changed_by),
            _case.c.number,
            *(held.c.number.label("granted"), held.c.at.label("granted_at"), held.c.maker),
            *(_ended.c.kind, _ended.c.number.label("ended"), _ended.c.at.label("ended_at")),
        )
        .select_from(_source().outerjoin(held, held.c.id == _r.id))
        .where(_row_id.in_(ids))
    )
    found: dict[int, Mapping[str, object]] = {}
    for row in connection.execute(query):
        args = json.loads(row.args)
        where = course(row.state, row.kind)
        found[row.n] = {
            "id": row.id,
            "case_id": row.case_id,
            "case_number": row.number,
            "amount": int(args["amount_fen"]),
            "payee": args.get("payee", ""),
            "state": (COURSE_STYLES[where], COURSE_WORDS[where]),
            "number": row.ended or row.granted or "",
            "at": str(row.ended_at or row.granted_at or "")[:16].replace("T", " "),
            "maker": row.maker or row.changed_by or "",
            "note": row.note or "",
        }
    return found


def account(connection: Connection, case_id: str) -> Account | None:
    """The account of a case as far as this desk knows it; None when the case is gone."""
    fund = table("fund")
    row = connection.execute(
        select(_case.c.number, fund.c.id, fund.c.balance_fen, fund.c.held_fen, fund.c.ver)
        .select_from(
            _case.outerjoin(fund, (fund.c.case_id == _case.c.id) & (fund.c.kind == "case"))
        )
        .where(_case.c.id == case_id)
    ).one_or_none()
    if row is None:
        return None
    intents = connection.execute(
        select(func.coalesce(func.sum(_amount), 0)).where(
            _r.kind == "disburse", _r.state == "asked", _r.case_id == case_id
        )
    ).scalar_one()
    sync = table("_sync").c
    as_of = connection.execute(
        select(type_coerce(sync.value, String)).where(sync.key == "synced_at")
    ).scalar()
    return Account(
        case_id=case_id,
        case_number=row.number,
        known=row.id is not None,
        balance_fen=row.balance_fen or 0,
        held_fen=row.held_fen or 0,
        intents_fen=int(intents),
        version=row.ver or 0,
        as_of=str(as_of or "")[:16].replace("T", " "),
    )


def open_requests(connection: Connection, _today: date) -> tuple[int, str]:
    """How many requests are not paid yet (for the navigator)."""
    query = select(func.count()).select_from(_source())
    wanted = DisbursementFilter((Course.INTENT.value, Course.GRANTED.value))
    count = int(connection.execute(query.where(*_where(wanted))).scalar_one())
    return count, "due_soon" if count else ""

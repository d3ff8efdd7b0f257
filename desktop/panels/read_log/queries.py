"""Reads the who-read log, newest first. Reader lanes.

Row ids are SQLite rowids, good within one snapshot only.
"""

from array import array
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Integer, func, literal_column, or_, select

from desktop.contract.court_zone import court_time
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.contract.reading import ACT_WORDS
from desktop.panels.read_log.rules import ReadFilter
from storage.schema import table

_look = table("read_log")
_case = table("case")
_court = table("court")
_person = table("person")
_l = _look.c
_row_id: ColumnElement[int] = literal_column("read_log.rowid", Integer)
_source = (
    _look.outerjoin(_case, _case.c.id == _l.case_id)
    .outerjoin(_court, _court.c.id == _case.c.court_id)
    .outerjoin(_person, _person.c.id == _l.person_id)
)
# Without a person at the hub the login stands for him.
_who = func.coalesce(_person.c.name, _l.changed_by)
_SORTS: Final[Mapping[str, ColumnElement[Any]]] = {
    "at": _l.at,
    "who": _who,
    "act": _l.act,
    "object": _l.object,
    "case_number": _case.c.number,
    "court": _court.c.short_name,
}


def _where(filter_: ReadFilter, today: date) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    since = filter_.since(today)
    if since is not None:
        where.append(_l.at >= since.isoformat())
    if filter_.acts:
        where.append(_l.act.in_(filter_.acts))
    if filter_.of_case:
        where.append(_l.case_id == filter_.of_case)
    if filter_.stated:
        where.append(_l.purpose.is_not(None))
    text = filter_.text.strip()
    if text:
        columns = (_case.c.number, _person.c.name, _l.changed_by, _l.object, _l.purpose)
        where.append(or_(*(column.contains(text, autoescape=True) for column in columns)))
    return where


def snapshot(connection: Connection, args: SnapshotArgs[Dated[ReadFilter]]) -> Sequence[int]:
    """Ordered row ids; the newest look first unless asked otherwise."""
    sort = args.sort or "at"
    down = args.descending if args.sort else True
    order = _SORTS[sort].desc() if down else _SORTS[sort].asc()
    query = select(_row_id).select_from(_source)
    query = query.where(*_where(args.filter.filter, args.filter.today))
    return array("q", connection.execute(query.order_by(order, _row_id.desc())).scalars())


def rows(
    connection: Connection, ids: Sequence[int], _today: date
) -> Mapping[int, Mapping[str, object]]:
    """The values of the rows `ids`, keyed as the columns of the list."""
    query = (
        select(
            _row_id.label("n"),
            *(_l[key] for key in ("case_id", "at", "act", "object", "purpose")),
            _who.label("who"),
            _case.c.number,
            _case.c.sealed,
            _court.c.short_name.label("court"),
        )
        .select_from(_source)
        .where(_row_id.in_(ids))
    )
    return {
        row.n: {
            # Not `case_id`: going through this list is no look at the cases it names.
            "of_case": row.case_id,
            "at": f"{court_time(row.at):%Y-%m-%d %H:%M:%S}",
            "who": row.who or "",
            "act": ("paused" if row.act != "open" else "normal", ACT_WORDS[row.act]),
            "object": row.object,
            "case_number": row.number or "",
            "sealed": "封存" if row.sealed else "",
            "purpose": row.purpose or "",
            "court": row.court or "",
        }
        for row in connection.execute(query)
    }


def case_number(connection: Connection, case_id: str) -> str:
    """The number of one case, for the words above the list."""
    found = connection.execute(select(_case.c.number).where(_case.c.id == case_id)).scalar()
    return str(found or "")

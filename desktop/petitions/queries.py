"""What the desk reads about petitions. Runs on reader lanes.

Rows of the list are found by SQLite's `rowid`, which is stable within one snapshot and no longer.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from desktop.petitions.duplicates import Likeness, Person, find
from desktop.petitions.filters import PetitionFilter
from desktop.petitions.standing import (
    ROWID,
    Standing,
    Yardstick,
    petition_days,
    standings,
)
from desktop.rules.calendar import Calendars
from desktop.rules.catalogue import NodeRule
from desktop.rules.petition_clocks import PetitionClock, petition_clocks
from desktop.rules.sounds import sounds_like
from storage.records.states import NodeState
from storage.schema import table

__all__ = [
    "CourtCount",
    "PetitionFilter",
    "clocks_of",
    "counts_by_court",
    "counts_of",
    "petition_ids",
    "petition_rows",
    "petition_where",
    "petitions_of",
    "similar",
    "thread",
    "visits_of",
]

_RESENT: Final = ("assign", "pass_on")


@dataclass(frozen=True, slots=True)
class CourtCount:
    """Petitions of one court. The rate of resolving is `resolved` of `closed`."""

    court_id: str
    received: int
    closed: int
    resolved: int


def petition_where(
    wanted: PetitionFilter, today: date | None = None, names: Iterable[str] = ()
) -> list[ColumnElement[bool]]:
    """The filter as conditions on `petition`, but for clock states, which `petitions_of` knows.

    `today` tells replies that are missed from those awaited; `names`: petitioners that sound like
    the text.
    """
    column = table("petition").c
    pairs = (
        (column.source, wanted.sources),
        (column["class"], wanted.classes),
        (column.level, wanted.levels),
        (column.court_id, wanted.courts),
        (column.result, wanted.results),
    )
    found: list[ColumnElement[bool]] = [one.in_(values) for one, values in pairs if values]
    if wanted.open is not None:
        found.append(column.closed_on.is_(None) if wanted.open else column.closed_on.is_not(None))
    if wanted.hung:
        found.append(and_(column.hung_on.is_not(None), column.unhung_on.is_(None)))
    if wanted.posted:
        found.append(column.hung_on.is_not(None))
    if not wanted.duplicates:
        found.append(column.duplicate_of.is_(None))
    if wanted.case_id is not None:
        found.append(column.case_id == wanted.case_id)
    found += _days_where(wanted)
    if wanted.reply:
        found.append(_reply_where(wanted.reply, today))
    if wanted.resent:
        found.append(_resent())
    if wanted.repeat:
        often = _visits().having(func.count() > 1).subquery()
        found.append(column.id.in_(select(often.c.id)))
    if text := wanted.text.strip():
        searched = (column.petitioner, column.case_number, column.code, column.summary)
        parts = [one.icontains(text, autoescape=True) for one in searched]
        found.append(or_(*parts, column.petitioner.in_(list(names))))
    return found


def _days_where(wanted: PetitionFilter) -> list[ColumnElement[bool]]:
    column = table("petition").c
    came = func.substr(column.received_at, 1, 10)
    found: list[ColumnElement[bool]] = []
    for one, first, last in (
        (came, wanted.received_from, wanted.received_to),
        (column.closed_on, wanted.closed_from, wanted.closed_to),
    ):
        if first is not None:
            found.append(one >= first.isoformat())
        if last is not None:
            found.append(one <= last.isoformat())
    return found


def _reply_where(reply: str, today: date | None) -> ColumnElement[bool]:
    """Answered by the day that was set, after it, or not at all; closing answers as well."""
    column = table("petition").c
    due = func.coalesce(column.superior_due, column.inner_due)
    answered = func.coalesce(column.replied_on, column.closed_on)
    if reply == "in_time":
        return answered <= due
    if reply == "late":
        return answered > due
    if today is None:
        raise ValueError("whether a reply is missed depends on the day")
    day = today.isoformat()
    return and_(answered.is_(None), due < day if reply == "missed" else due >= day)


def _resent() -> ColumnElement[bool]:
    petition, act = table("petition").c, table("petition_act").c
    own = act.petition_id == petition.id
    twice = (
        select(act.kind)
        .where(own, act.kind.in_(_RESENT))
        .group_by(act.kind)
        .having(func.count() > 1)
        .correlate(table("petition"))
    )
    reminded = select(act.id).where(own, act.kind == "remind").correlate(table("petition"))
    return or_(exists(reminded), exists(twice))


def _visits() -> Any:
    """How often somebody came, by petition; about one that was merged counts for the other."""
    petition, act = table("petition"), table("petition_act")
    counts_for = func.coalesce(petition.c.duplicate_of, petition.c.id)
    return (
        select(counts_for.label("id"), func.count().label("visits"))
        .select_from(petition.join(act, act.c.petition_id == petition.c.id))
        .where(act.c.kind == "visit")
        .group_by(counts_for)
    )


def visits_of(connection: Connection, petition_ids: Sequence[str]) -> dict[str, int]:
    """How often somebody came about each of a page of petitions."""
    column, ids = table("petition").c, list(petition_ids)
    own = or_(column.id.in_(ids), column.duplicate_of.in_(ids))
    return {row.id: row.visits for row in connection.execute(_visits().where(own))}


def petitions_of(
    connection: Connection, wanted: PetitionFilter, yard: Yardstick, today: date
) -> list[Standing]:
    """Every petition of the whole filter with its standing, what presses most first.

    A number is the length of this, and its list are these rows.
    """
    where = _where(connection, wanted, today)
    on = wanted.overdue_on or today
    states = set(wanted.states)
    if wanted.overdue_on is not None:
        states = {NodeState.OVERDUE.value}
    found = standings(connection, where, yard, on)
    if states:
        found = [one for one in found if one.state.value in states]
    return sorted(found, key=lambda one: (*one.order, one.petition_id))


def counts_of(
    connection: Connection, wanted: PetitionFilter, yard: Yardstick, today: date
) -> dict[str, int]:
    """How many `petitions_of` gives, by court. Clocks are only judged where the filter asks."""
    if wanted.states or wanted.overdue_on is not None:
        return Counter(one.court_id for one in petitions_of(connection, wanted, yard, today))
    column = table("petition").c
    asked = select(column.court_id, func.count()).where(*_where(connection, wanted, today))
    found = connection.execute(asked.group_by(column.court_id))
    return {row[0]: row[1] for row in found}


def _where(
    connection: Connection, wanted: PetitionFilter, today: date
) -> list[ColumnElement[bool]]:
    """The filter with names by sound; a past day leaves out what was not open then."""
    found = petition_where(wanted, today, _sounding(connection, wanted.text))
    if wanted.overdue_on is not None:
        column, day = table("petition").c, wanted.overdue_on.isoformat()
        found.append(func.substr(column.received_at, 1, 10) <= day)
        found.append(or_(column.closed_on.is_(None), column.closed_on > day))
    return found


def _sounding(connection: Connection, text: str) -> list[str]:
    """Petitioners whose pinyin or initials hold the typed letters."""
    typed = text.strip().lower()
    if not typed.isascii() or not typed.isalpha():
        return []
    names = connection.execute(select(table("petition").c.petitioner).distinct()).scalars()
    return [name for name in names if sounds_like(typed, name)]


def petition_ids(connection: Connection, wanted: PetitionFilter) -> Sequence[int]:
    """The rowids of the list, newest first."""
    petition = table("petition")
    asked = select(ROWID).select_from(petition).where(*petition_where(wanted))
    ordered = asked.order_by(petition.c.received_at.desc(), petition.c.id.desc())
    return array("q", connection.execute(ordered).scalars())


def petition_rows(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The rows of one page, in the order of `ids`; one that is gone is left out."""
    petition = table("petition")
    asked = select(ROWID.label("row"), petition).where(ROWID.in_(list(ids)))
    by_row = {row["row"]: dict(row) for row in connection.execute(asked).mappings()}
    return [by_row[one] for one in ids if one in by_row]


def thread(connection: Connection, petition_id: str) -> list[dict[str, Any]]:
    """Everything that was done about it, in the order in which it happened."""
    act = table("petition_act")
    asked = select(act).where(act.c.petition_id == petition_id).order_by(act.c.at, act.c.id)
    return [dict(row) for row in connection.execute(asked).mappings()]


def counts_by_court(connection: Connection, from_on: date, to_on: date) -> list[CourtCount]:
    """Received and closed from `from_on` to `to_on`, both inside, by court; duplicates once."""
    column = table("petition").c
    days = (from_on.isoformat(), to_on.isoformat())
    came = func.substr(column.received_at, 1, 10).between(*days)
    closed = and_(column.closed_on.is_not(None), column.closed_on.between(*days))
    asked = (
        select(
            column.court_id,
            func.count().filter(came),
            func.count().filter(closed),
            func.count().filter(and_(closed, column.result == "resolved")),
        )
        .where(column.duplicate_of.is_(None), or_(came, closed))
        .group_by(column.court_id)
        .order_by(column.court_id)
    )
    return [CourtCount(*row) for row in connection.execute(asked)]


def similar(connection: Connection, person: Person) -> list[Likeness]:
    """Petitions that may be the same person about the same case, most alike first."""
    column = table("petition").c
    asked = select(
        column.id, column.petitioner, column.case_number, column.identity_no, column.contact
    ).where(column.duplicate_of.is_(None))
    return find(person, (Person(*(v or "" for v in row)) for row in connection.execute(asked)))


def clocks_of(
    connection: Connection,
    row: dict[str, Any],
    rules: Iterable[NodeRule],
    calendars: Calendars,
    today: date,
    own_court: str,
) -> tuple[PetitionClock, ...]:
    """The clocks of a row of `petition_rows`, explained; another court's matter is sorted too.

    `own_court`: the seat of the command centre (Yardstick.seat).
    """
    asked = [table("petition").c.id == row["id"]]
    _row, days = next(petition_days(connection, asked, own_court))
    return petition_clocks(days, rules, calendars, today, trace=True)

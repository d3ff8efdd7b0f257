"""What the desk reads about petitions. Runs on reader lanes.

Rows of the list are found by SQLite's `rowid`, which is stable within one snapshot and no longer.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, or_, select

from desktop.petitions.duplicates import Likeness, Person, find
from desktop.rules.calendar import Calendars
from desktop.rules.catalogue import NodeRule
from desktop.rules.petition_clocks import PetitionClock, PetitionDays, petition_clocks
from storage.schema import table

_ROWID: Final[ColumnElement[int]] = literal_column("petition.rowid")


@dataclass(frozen=True, slots=True)
class PetitionFilter:
    """Which petitions; an empty tuple means all. `open` None shows open and closed ones; `hung`
    those that are posted and not taken down. `text`: part of petitioner, case number, code or
    summary."""

    sources: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    courts: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    open: bool | None = True
    hung: bool = False
    duplicates: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class CourtCount:
    """Petitions of one court. The rate of resolving is `resolved` of `closed`."""

    court_id: str
    received: int
    closed: int
    resolved: int


def petition_where(wanted: PetitionFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions on `petition`."""
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
    if not wanted.duplicates:
        found.append(column.duplicate_of.is_(None))
    if text := wanted.text.strip():
        searched = (column.petitioner, column.case_number, column.code, column.summary)
        found.append(or_(*(one.icontains(text, autoescape=True) for one in searched)))
    return found


def petition_ids(connection: Connection, wanted: PetitionFilter) -> Sequence[int]:
    """The rowids of the list, newest first."""
    petition = table("petition")
    asked = select(_ROWID).select_from(petition).where(*petition_where(wanted))
    ordered = asked.order_by(petition.c.received_at.desc(), petition.c.id.desc())
    return array("q", connection.execute(ordered).scalars())


def petition_rows(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The rows of one page, in the order of `ids`; one that is gone is left out."""
    petition = table("petition")
    asked = select(_ROWID.label("row"), petition).where(_ROWID.in_(list(ids)))
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
    """The clocks of a row of `petition_rows`, explained; another court's matter is sorted too."""
    acts = thread(connection, row["id"])
    kept = {act["answers"]: _day(act["at"]) for act in acts if act["kind"] == "kept"}
    promised = tuple(
        (date.fromisoformat(act["due_on"]), kept.get(act["id"]))
        for act in acts
        if act["kind"] == "promise" and act["due_on"]
    )
    days = PetitionDays(
        received_on=date.fromisoformat(row["received_at"][:10]),
        registered_on=_day(row["registered_on"]),
        lower=row["court_id"] != own_court,
        screened_on=_day(row["screened_on"]),
        superior_due=_day(row["superior_due"]),
        inner_due=_day(row["inner_due"]),
        replied_on=_day(row["replied_on"]),
        closed_on=_day(row["closed_on"]),
        promised=promised,
    )
    return petition_clocks(days, rules, calendars, today, trace=True)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text[:10])

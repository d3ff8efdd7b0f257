"""Everything the page of one petition shows. Reader lanes; gives frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, or_, select

from desktop.circulars.office import letter_number
from desktop.contract.filters import NodeFilter
from desktop.contract.law import Law
from desktop.panels.petitions.rules import Condition, condition_of
from desktop.petitions.queries import clocks_of, thread, visits_of
from desktop.petitions.standing import petition_rules, yardstick
from desktop.projection.places import names
from desktop.projection.select import node_where
from desktop.rules.petition_clocks import PetitionClock, nearest
from storage.records.states import NodeState
from storage.schema import table
from storage.schema.local import node_clock


@dataclass(frozen=True, slots=True)
class PageArgs:
    """A petition and the day on which its clocks are judged."""

    law: Law
    petition_id: str
    today: date


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of the thread in words. `kept_on` of a promise; `from_code`: of a merged petition,
    whose thread is shown along."""

    id: str
    kind: str
    at: str
    who: str
    to: str
    due_on: date | None
    body: str
    partial: bool
    answers: str | None
    kept_on: date | None = None
    from_code: str = ""


@dataclass(frozen=True, slots=True)
class LateNode:
    """The late node of the case behind the petition."""

    code: str
    subject: str
    name: str
    due_on: str


@dataclass(frozen=True, slots=True)
class Related:
    """A petition merged into this one, or the one this was merged into."""

    id: str
    code: str
    petitioner: str
    into: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One petition. `row`: as stored; `names`: of courts and persons by id."""

    row: Mapping[str, Any]
    names: Mapping[str, str]
    clocks: tuple[PetitionClock, ...]
    pressing: PetitionClock | None
    thread: tuple[Entry, ...]
    condition: Condition
    visits: int
    related: tuple[Related, ...]
    late: LateNode | None
    letters: tuple[str, ...]

    @property
    def id(self) -> str:
        """Of the petition."""
        return str(self.row["id"])

    def named(self, column: str) -> str:
        """The name of the court or person in a column."""
        return self.names.get(self.row[column] or "", "")


def page(connection: Connection, args: PageArgs) -> Page | None:
    """The page; None when the petition is gone."""
    petition = table("petition")
    found = connection.execute(select(petition).where(petition.c.id == args.petition_id)).mappings()
    stored = found.one_or_none()
    if stored is None:
        return None
    row = dict(stored)
    yard = yardstick(connection, args.law)
    rules = petition_rules(args.law)
    clocks = clocks_of(connection, row, rules, args.law.calendars, args.today, yard.seat)
    related = _related(connection, row)
    labels = names(connection)
    entries = _entries(connection, row, related, labels)
    promises = [one for one in entries if one.kind == "promise" and not one.from_code]
    waiting = sum(one.kept_on is None for one in promises)
    children = sum(not one.into for one in related)
    return Page(
        row=row,
        names=labels,
        clocks=clocks,
        pressing=nearest(clocks),
        thread=entries,
        condition=condition_of(row, yard.seat, waiting, children),
        visits=visits_of(connection, [row["id"]]).get(row["id"], 0),
        related=related,
        late=_late_node(connection, row, args),
        letters=_letters(connection, row["case_id"]),
    )


def _related(connection: Connection, row: Mapping[str, Any]) -> tuple[Related, ...]:
    c = table("petition").c
    others = or_(c.duplicate_of == row["id"], c.id == row["duplicate_of"])
    found = connection.execute(select(c.id, c.code, c.petitioner).where(others).order_by(c.code))
    return tuple(
        Related(one.id, one.code, one.petitioner, one.id == row["duplicate_of"]) for one in found
    )


def _entries(
    connection: Connection,
    row: Mapping[str, Any],
    related: tuple[Related, ...],
    labels: Mapping[str, str],
) -> tuple[Entry, ...]:
    """The thread, with those of what was merged into it, in the order of time."""
    threads = [(row["id"], "")] + [(one.id, one.code) for one in related if not one.into]
    acts = [(act, code) for key, code in threads for act in thread(connection, key)]
    acts.sort(key=lambda one: (one[0]["at"], one[0]["id"]))
    kept = {act["answers"]: act["at"] for act, _code in acts if act["kind"] == "kept"}
    return tuple(_entry(act, code, kept.get(act["id"]), labels) for act, code in acts)


def _entry(
    act: Mapping[str, Any], code: str, kept_at: str | None, labels: Mapping[str, str]
) -> Entry:
    to = [labels.get(act[key] or "", "") for key in ("to_court", "to_person")]
    return Entry(
        id=act["id"],
        kind=act["kind"],
        at=act["at"],
        who=labels.get(act["person_id"] or "", ""),
        to=" ".join(name for name in to if name),
        due_on=date.fromisoformat(act["due_on"]) if act["due_on"] else None,
        body=act["body"],
        partial=bool(act["partial"]),
        answers=act["answers"],
        kept_on=date.fromisoformat(kept_at[:10]) if kept_at else None,
        from_code=code,
    )


def _late_node(connection: Connection, row: Mapping[str, Any], args: PageArgs) -> LateNode | None:
    """The node it complains of; where none was named, the one of its case that is late longest."""
    if row["case_id"] is None:
        return None
    wanted = NodeFilter(
        case_id=row["case_id"],
        nodes=(row["node_code"],) if row["node_code"] else (),
        states=(NodeState.OVERDUE.value,),
    )
    c = node_clock.c
    found = connection.execute(
        select(c.node_code, c.subject, c.due_on)
        .where(*node_where(wanted, args.today))
        .order_by(c.due_on, c.node_code)
        .limit(1)
    ).first()
    if found is None:
        return None
    rule = args.law.node(found.node_code)
    name = rule.name if rule is not None else found.node_code
    return LateNode(found.node_code, found.subject, name, found.due_on)


def _letters(connection: Connection, case_id: str | None) -> tuple[str, ...]:
    """Numbers of the supervision letters about the case, the latest first."""
    if case_id is None:
        return ()
    letter = table("supervision_letter").c
    found = connection.execute(
        select(letter.year, letter.serial)
        .where(letter.case_id == case_id)
        .order_by(letter.year.desc(), letter.serial.desc())
    )
    return tuple(letter_number(row.year, row.serial) for row in found)

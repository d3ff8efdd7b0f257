"""Searches the replica: case numbers, parties, staff. Runs on a reader lane.

Names are kept in memory once they were read (some MB for a hundred thousand), because pinyin
cannot be asked of SQL; a change of parties or staff makes the next search read them again.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, func, select

from desktop.shell.matching import NO_MATCH, normal, rank
from storage.schema import cases, people

EACH_MAX: Final = 8
Kind = Literal["case", "party", "person"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. `id` is the case's, or the person's; `text` is what to search on with."""

    kind: Kind
    id: str
    title: str
    detail: str
    text: str = ""


class NameIndex:
    """Distinct names of parties, and staff with their ids; read on demand, dropped on a change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parties: tuple[str, ...] | None = None
        self._people: tuple[tuple[str, str, str], ...] | None = None

    def forget(self) -> None:
        """Reads again next time. Any thread."""
        with self._lock:
            self._parties = None
            self._people = None

    def parties(self, connection: Connection) -> tuple[str, ...]:
        """Every party's name once."""
        with self._lock:
            found = self._parties
        if found is None:
            rows = connection.execute(select(cases.party.c.name).distinct()).scalars()
            found = tuple(rows)
            with self._lock:
                self._parties = found
        return found

    def people(self, connection: Connection) -> tuple[tuple[str, str, str], ...]:
        """(id, name, court) of everybody who has not left."""
        with self._lock:
            found = self._people
        if found is None:
            person, court = people.person, people.court
            query = (
                select(person.c.id, person.c.name, court.c.short_name)
                .join(court, court.c.id == person.c.court_id)
                .where(person.c.left_on.is_(None))
            )
            found = tuple((row[0], row[1], row[2]) for row in connection.execute(query))
            with self._lock:
                self._people = found
        return found


def find(connection: Connection, args: tuple[NameIndex, str]) -> list[Hit]:
    """What fits the text: case numbers first, then staff, then parties; a few of each."""
    names, text = args
    wanted = normal(text)
    if not wanted:
        return []
    return [
        *_cases(connection, wanted),
        *_people(connection, names, text),
        *_parties(connection, names, text),
    ]


def _cases(connection: Connection, wanted: str) -> Iterable[Hit]:
    if not any(char.isdecimal() for char in wanted):
        return
    case, court = cases.case, people.court
    plain: ColumnElement[Any] = case.c.number
    for mark in "（）号":
        plain = func.replace(plain, mark, "")
    query = (
        select(case.c.id, case.c.number, case.c.cause, court.c.short_name)
        .join(court, court.c.id == case.c.court_id)
        .where(plain.contains(wanted, autoescape=True))
        .order_by(case.c.closed_on.is_not(None), case.c.filed_on.desc())
        .limit(EACH_MAX)
    )
    for row in connection.execute(query):
        detail = " · ".join(part for part in (row[3], row[2]) if part)
        yield Hit("case", row[0], row[1], detail, row[1])


def _people(connection: Connection, names: NameIndex, text: str) -> Iterable[Hit]:
    found = [(rank(text, row[1]), row) for row in names.people(connection)]
    found = sorted(row for row in found if row[0] < NO_MATCH)
    for _rank, (person_id, name, court) in found[:EACH_MAX]:
        yield Hit("person", person_id, name, court, name)


def _parties(connection: Connection, names: NameIndex, text: str) -> Iterable[Hit]:
    ranked: list[tuple[int, str]] = []
    for name in names.parties(connection):
        fit = rank(text, name)
        if fit < NO_MATCH:
            ranked.append((fit, name))
    best = [name for _fit, name in sorted(ranked)[:EACH_MAX]]
    if not best:
        return
    party, case = cases.party, cases.case
    query = (
        select(party.c.name, func.count(), func.min(case.c.number), func.min(case.c.id))
        .join(case, case.c.id == party.c.case_id)
        .where(party.c.name.in_(best))
        .group_by(party.c.name)
    )
    rows = {row[0]: row for row in connection.execute(query)}
    for name in best:
        if name in rows:
            _name, number_of_cases, number, case_id = rows[name]
            detail = number if number_of_cases == 1 else f"{number_of_cases} 件"
            yield Hit("party", case_id if number_of_cases == 1 else "", name, detail, name)

"""The warnings a leader got through his teams, read and unread. Reader lanes.

A warning is a supervision letter on a case of a team the person led on the day it was issued, or
a rung of its ladder that fired on such a day.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import Connection, select

from desktop.circulars.office import letter_number
from storage.records.people import TeamRole
from storage.schema import table

WARNINGS_MAX: Final = 500
LETTER: Final = 0


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning; `rung` 0 is the letter itself. `read_at` empty: unread."""

    letter_id: str
    rung: int
    on: date
    number: str
    case_id: str
    case_number: str
    team: str
    addressee: str
    what: str
    read_at: str


@dataclass(frozen=True, slots=True)
class Warnings:
    """`leads`: the person led a team at some time. `unread` counts all; `rows` holds the newest
    WARNINGS_MAX, unread ones first."""

    leads: bool
    unread: int
    rows: tuple[Warned, ...]


def warnings(connection: Connection, person_id: str) -> Warnings:
    """Letters and rungs of the person's teams in the time of leading them."""
    membership = table("membership")
    terms = connection.execute(
        select(membership.c.team_id, membership.c.from_on, membership.c.to_on).where(
            membership.c.person_id == person_id, membership.c.role == TeamRole.LEADER.value
        )
    ).fetchall()
    if not terms:
        return Warnings(leads=False, unread=0, rows=())
    found = _letters(connection, [term.team_id for term in terms])
    found += _rungs(connection, [term.team_id for term in terms])
    reading = table("warning_reading")
    read = {
        (row.letter_id, row.rung): row.read_at[:16].replace("T", " ")
        for row in connection.execute(
            select(reading.c.letter_id, reading.c.rung, reading.c.read_at).where(
                reading.c.person_id == person_id
            )
        )
    }
    made: dict[tuple[str, int], Warned] = {}
    for team_id, warned in found:
        on = warned.on.isoformat()
        led = any(
            term.team_id == team_id and term.from_on <= on and (term.to_on or on) >= on
            for term in terms
        )
        if led:
            key = (warned.letter_id, warned.rung)
            made[key] = replace(warned, read_at=read.get(key, ""))
    rows = sorted(made.values(), key=lambda one: (one.on, one.rung), reverse=True)
    rows.sort(key=lambda one: bool(one.read_at))
    unread = sum(1 for one in rows if not one.read_at)
    return Warnings(leads=True, unread=unread, rows=tuple(rows[:WARNINGS_MAX]))


def _letters(connection: Connection, teams: list[str]) -> list[tuple[str, Warned]]:
    letter, case, team, person = (
        table(name) for name in ("supervision_letter", "case", "team", "person")
    )
    rows = connection.execute(
        select(
            *(letter.c.id, letter.c.year, letter.c.serial, letter.c.issued_on, letter.c.case_id),
            *(case.c.number, case.c.team_id, team.c.name.label("team"), person.c.name),
        )
        .join(case, case.c.id == letter.c.case_id)
        .join(team, team.c.id == case.c.team_id)
        .join(person, person.c.id == letter.c.addressee_id)
        .where(case.c.team_id.in_(teams), letter.c.issued_on.is_not(None))
    )
    return [
        (
            row.team_id,
            Warned(
                *(row.id, LETTER, date.fromisoformat(row.issued_on)),
                *(letter_number(row.year, row.serial), row.case_id, row.number),
                *(row.team, row.name, "督办单", ""),
            ),
        )
        for row in rows
    ]


def _rungs(connection: Connection, teams: list[str]) -> list[tuple[str, Warned]]:
    letter, rung, case, team, person = (
        table(name) for name in ("supervision_letter", "letter_rung", "case", "team", "person")
    )
    rows = connection.execute(
        select(
            *(letter.c.id, letter.c.year, letter.c.serial, letter.c.case_id),
            *(rung.c.rung, rung.c.fired_on, rung.c.reason, case.c.number, case.c.team_id),
            *(team.c.name.label("team"), person.c.name),
        )
        .join(letter, letter.c.id == rung.c.letter_id)
        .join(case, case.c.id == letter.c.case_id)
        .join(team, team.c.id == case.c.team_id)
        .join(person, person.c.id == letter.c.addressee_id)
        .where(case.c.team_id.in_(teams))
    )
    return [
        (
            row.team_id,
            Warned(
                *(row.id, row.rung, date.fromisoformat(row.fired_on)),
                *(letter_number(row.year, row.serial), row.case_id, row.number),
                *(row.team, row.name, f"第 {row.rung} 级升级：{row.reason}", ""),
            ),
        )
        for row in rows
    ]

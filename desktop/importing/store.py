"""What an import asks of the store: courts, teams, people, cases with their events and parties.

Runs on the connection it is given, reader or writer lane. Reads in slices by key.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import Connection

from desktop.contract.courtesy import breathe
from desktop.errors import UserError
from desktop.importing.profile import CourtSeed, Profile
from storage.ids import CourtId, new_id
from storage.records.people import Court, Post, TeamKind
from storage.schema.base import CENTRE_SCOPE

CASE_COLUMNS: Final = (
    "cause",
    "basis_no",
    "applied_on",
    "filed_on",
    "closed_on",
    "close_mode",
    "team_id",
    "handler_id",
    "leader_id",
    "has_property",
    "non_litigation",
    "claim_fen",
    "executed_fen",
    "special_subject",
    "remarks",
    "court_id",
)
_CASES: Final = (
    f'select id, number, scope, {", ".join(CASE_COLUMNS)} from "case"'
    " where number in (select value from json_each(?))"
)
_EVENTS: Final = (
    'select id, case_id, kind, "on", at, subject, actor_id, document_no, note, voids, source_key'
    " from node_event where case_id in (select value from json_each(?))"
)
_PARTIES: Final = (
    "select id, case_id, role, name from party where case_id in (select value from json_each(?))"
    " order by id"
)


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """An event that stands in the store (not voided)."""

    id: str
    kind: str
    on: str
    at: str | None
    subject: str | None
    actor_id: str | None
    document_no: str | None
    note: str | None
    source_key: str | None


@dataclass(slots=True)
class HeldCase:
    """A case as the store has it, or as this import has just made it."""

    id: str
    number: str
    scope: int
    values: dict[str, object]
    events: list[HeldEvent] = field(default_factory=list)
    parties: list[tuple[str, str, str]] = field(default_factory=list)  # (id, role, name)


def _keys(keys: Iterable[str]) -> tuple[str]:
    return (json.dumps(list(keys), ensure_ascii=False),)


def held_cases(connection: Connection, numbers: Sequence[str]) -> dict[str, HeldCase]:
    """The cases with these numbers, their standing events and their parties."""
    cases: dict[str, HeldCase] = {}
    by_id: dict[str, HeldCase] = {}
    for row in connection.exec_driver_sql(_CASES, _keys(numbers)):
        case = HeldCase(row[0], row[1], row[2], dict(zip(CASE_COLUMNS, row[3:], strict=True)))
        cases[case.number] = by_id[case.id] = case
    if not by_id:
        return cases
    voided, events = set(), []
    for row in connection.exec_driver_sql(_EVENTS, _keys(by_id)):
        breathe()
        if row[9]:
            voided.add(row[9])
        kind, on, at, subject, actor_id, document_no, note = row[2:9]
        held = HeldEvent(row[0], kind, on, at, subject, actor_id, document_no, note, row[10])
        events.append((row[1], held))
    for case_id, event in events:
        if event.id not in voided:
            by_id[case_id].events.append(event)
    for row in connection.exec_driver_sql(_PARTIES, _keys(by_id)):
        by_id[row[1]].parties.append((row[0], row[2], row[3]))
    return cases


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def seed_courts(courts: Sequence[Court], profile: Profile) -> list[Court]:
    """The profile's courts whose code `courts` lacks, as the court table would hold them."""
    held = {court.code for court in courts}
    return [
        Court(
            CourtId(""),
            seed.code,
            seed.name,
            seed.short_name,
            None,
            seed.valid_from,
            seed.valid_to,
            seed.confirmed,
        )
        for seed in profile.courts
        if seed.code not in held
    ]


class Directory:
    """Courts, teams and people by name; makes the missing ones when the profile allows it.

    What is made is kept in `courts_made`, `teams_made` and `people_made` as rows to insert.
    """

    def __init__(self, connection: Connection, profile: Profile) -> None:
        self._profile = profile
        self.courts: list[Court] = []
        self._seeds = {seed.code: seed for seed in profile.courts}
        self._teams: dict[tuple[str, str], list[tuple[str, int]]] = {}
        self._people: dict[tuple[str, str], list[str]] = {}
        self.courts_made: list[tuple[object, ...]] = []
        self.teams_made: list[tuple[object, ...]] = []
        self.people_made: list[tuple[object, ...]] = []
        self._load(connection)
        self.table = (*self.courts, *seed_courts(self.courts, profile))
        self._found: dict[tuple[str, int], Court | None] = {}

    def _load(self, connection: Connection) -> None:
        rows = connection.exec_driver_sql(
            "select id, code, name, short_name, superior_id, valid_from, valid_to, confirmed"
            " from court"
        )
        for row in rows:
            court_id, code, name, short_name, superior_id, start, end, confirmed = row
            days = (_day(start), _day(end))
            self.courts.append(
                Court(court_id, code, name, short_name, superior_id, *days, bool(confirmed))
            )
        self._team_number = 0
        for row in connection.exec_driver_sql("select id, court_id, name, number from team"):
            self._teams.setdefault((row[1], row[2]), []).append((row[0], row[3]))
            self._team_number = max(self._team_number, row[3])
        rows = connection.exec_driver_sql(
            "select id, court_id, name from person where left_on is null"
        )
        for row in rows:
            self._people.setdefault((row[1], row[2]), []).append(row[0])

    def court(self, text: str, year: int) -> Court | None:
        """The court with this code or name, valid in `year` if several share it; made if a seed."""
        key = (text, year)
        if key not in self._found:
            self._found[key] = self._find_court(text, year)
        return self._found[key]

    def _find_court(self, text: str, year: int) -> Court | None:
        first, last = date(year, 1, 1), date(year, 12, 31)
        named = [c for c in self.courts if text in (c.code, c.name, c.short_name)]
        valid = [
            c
            for c in named
            if (c.valid_from is None or c.valid_from <= last)
            and (c.valid_to is None or c.valid_to >= first)
        ]
        if valid or named:
            return (valid or named)[0]
        for seed in self._seeds.values():
            if text in (seed.code, seed.name, seed.short_name):
                return self._make_court(seed)
        return None

    def _make_court(self, seed: CourtSeed) -> Court:
        superior = self._find_court(seed.superior, 9999) if seed.superior else None
        made = Court(
            CourtId(new_id()),
            seed.code,
            seed.name,
            seed.short_name,
            superior.id if superior else None,
            seed.valid_from,
            seed.valid_to,
            seed.confirmed,
        )
        self.courts.append(made)
        days = [day.isoformat() if day else None for day in (made.valid_from, made.valid_to)]
        self.courts_made.append(
            (
                made.id,
                made.code,
                made.name,
                made.short_name,
                made.superior_id,
                *days,
                made.confirmed,
            )
        )
        return made

    def team(self, court_id: str, name: str) -> tuple[str, int]:
        """Id and number of a team of that court. Raises UserError (the reason) when unknown."""
        found = self._teams.get((court_id, name), [])
        if len(found) == 1:
            return found[0]
        if found:
            raise UserError(f"该院有 {len(found)} 个团队同名“{name}”")
        if self._profile.people == "reject":
            raise UserError(f"该院没有团队“{name}”")
        self._team_number += 1
        made = (new_id(), self._team_number)
        self._teams[(court_id, name)] = [made]
        kind = TeamKind.IMPLEMENTATION.value
        self.teams_made.append((made[0], court_id, name, kind, made[1]))
        return made

    def person(self, court_id: str, name: str) -> str:
        """Id of a member of that court's staff. Raises UserError when unknown or not unique."""
        found = self._people.get((court_id, name), [])
        if len(found) == 1:
            return found[0]
        if found:
            raise UserError(f"该院有 {len(found)} 人同名“{name}”，无法确定是哪一位")
        if self._profile.people == "reject":
            raise UserError(f"该院人员中没有“{name}”")
        made = new_id()
        self._people[(court_id, name)] = [made]
        self.people_made.append((made, court_id, name, Post.JUDGE_ASSISTANT.value))
        return made


def scope_of(team: tuple[str, int] | None) -> int:
    """Who sees the rows of a case: its team, else the centre."""
    return team[1] if team else CENTRE_SCOPE

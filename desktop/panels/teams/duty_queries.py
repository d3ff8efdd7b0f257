"""Reads the week of police shifts, absences and the days without a panel. Reader lanes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, select

from desktop.panels.teams.commands import ABSENCE_KINDS
from desktop.panels.teams.queries import load_staff
from desktop.panels.teams.shifts import (
    Officer,
    Shift,
    month_of,
    total_minutes,
    week_days,
)
from desktop.rules.teams import Absence, PanelGap, load_team_rules, panel_gaps
from storage.ids import PersonId
from storage.records.people import Post, TeamKind
from storage.schema import table

AHEAD_DAYS: Final = 30
_person = table("person")
_court = table("court")
_team = table("team")
_shift = table("police_shift")
_absence = table("absence")


@dataclass(frozen=True, slots=True)
class Week:
    """The grid: officers by court and name, and what can be assigned: (id, name, court id)."""

    monday: date
    officers: tuple[Officer, ...]
    teams: tuple[tuple[str, str, str], ...]


def week(connection: Connection, monday: date) -> Week:
    """Every police officer's week from `monday` on, with the hours of week and month."""
    days = week_days(monday)
    first, last = month_of(monday)
    shifts: dict[str, list[Shift]] = defaultdict(list)
    rows = connection.execute(
        select(
            *(_shift.c[key] for key in ("person_id", "team_id", "day", "from_time", "to_time")),
            _team.c.name.label("team"),
        )
        .join(_team, _team.c.id == _shift.c.team_id)
        .where(
            _shift.c.status == "assigned",
            _shift.c.day >= min(first, days[0]).isoformat(),
            _shift.c.day <= max(last, days[-1]).isoformat(),
        )
    )
    for row in rows:
        day = date.fromisoformat(row.day)
        shifts[row.person_id].append(
            Shift(row.person_id, row.team_id, row.team, day, row.from_time, row.to_time)
        )
    away = absences(connection, days[0], days[-1])
    people = connection.execute(
        select(_person.c.id, _person.c.name, _person.c.court_id, _court.c.short_name)
        .join(_court, _court.c.id == _person.c.court_id)
        .where(_person.c.post == Post.POLICE.value, _person.c.left_on.is_(None))
        .order_by(_court.c.code, _person.c.name)
    )
    officers = []
    for one in people:
        own = shifts[one.id]
        by_day = {shift.day: shift for shift in own}
        officers.append(
            Officer(
                one.id,
                one.name,
                one.short_name,
                one.court_id,
                tuple(by_day.get(day) for day in days),
                tuple(_away_on(away, one.id, day) for day in days),
                total_minutes(own, days[0], days[-1]),
                total_minutes(own, first, last),
            )
        )
    return Week(monday, tuple(officers), _teams(connection))


def _teams(connection: Connection) -> tuple[tuple[str, str, str], ...]:
    kinds = (TeamKind.IMPLEMENTATION.value, TeamKind.ADJUDICATION.value)
    rows = connection.execute(
        select(_team.c.id, _team.c.name, _team.c.court_id)
        .where(_team.c.kind.in_(kinds))
        .order_by(_team.c.number)
    )
    return tuple((row.id, row.name, row.court_id) for row in rows)


def _away_on(away: list[Absence], person_id: str, day: date) -> str:
    return next(
        (a.kind for a in away if a.person_id == person_id and a.from_on <= day <= a.to_on), ""
    )


def absences(connection: Connection, first: date, last: date) -> list[Absence]:
    """Standing absences that touch the period, kinds in words."""
    rows = connection.execute(
        select(*(_absence.c[key] for key in ("person_id", "from_on", "to_on", "kind"))).where(
            _absence.c.status == "planned",
            _absence.c.from_on <= last.isoformat(),
            _absence.c.to_on >= first.isoformat(),
        )
    )
    return [
        Absence(
            PersonId(row.person_id),
            date.fromisoformat(row.from_on),
            date.fromisoformat(row.to_on),
            ABSENCE_KINDS.get(row.kind, row.kind),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """One line of the list of absences."""

    id: str
    person: str
    court: str
    team: str
    from_on: date
    to_on: date
    kind: str


@dataclass(frozen=True, slots=True)
class Presence:
    """The days ahead without a panel, who is away, and who can be entered: (id, label)."""

    gaps: tuple[PanelGap, ...]
    courts: tuple[str, ...]
    away: tuple[AbsenceRow, ...]
    people: tuple[tuple[str, str], ...]


def presence(connection: Connection, today: date) -> Presence:
    """What the next thirty days look like, today included."""
    last = today + timedelta(days=AHEAD_DAYS - 1)
    staff = load_staff(connection)
    away = absences(connection, today, last)
    gaps: list[PanelGap] = []
    courts: list[str] = []
    for team in staff.teams.values():
        found = panel_gaps(
            *(team, staff.members.get(team.id, ()), staff.people, away),
            *(today, last, load_team_rules()),
        )
        gaps.extend(found)
        courts.extend([staff.courts[team.court_id]] * len(found))
    places = {
        member.person_id: team.name
        for team in staff.teams.values()
        for member in staff.members.get(team.id, ())
        if member.to_on is None
    }
    people = tuple(
        (person.id, f"{person.name}　{staff.courts[person.court_id]}{places[person.id]}")
        for person in sorted(staff.people.values(), key=lambda one: (one.court_id, one.name))
        if person.id in places
    )
    return Presence(tuple(gaps), tuple(courts), _away_rows(connection, today, places), people)


def _away_rows(
    connection: Connection, today: date, places: dict[PersonId, str]
) -> tuple[AbsenceRow, ...]:
    rows = connection.execute(
        select(
            *(_absence.c[key] for key in ("id", "person_id", "from_on", "to_on", "kind")),
            _person.c.name,
            _court.c.short_name,
        )
        .join(_person, _person.c.id == _absence.c.person_id)
        .join(_court, _court.c.id == _person.c.court_id)
        .where(_absence.c.status == "planned", _absence.c.to_on >= today.isoformat())
        .order_by(_absence.c.from_on, _person.c.name)
    )
    return tuple(
        AbsenceRow(
            row.id,
            row.name,
            row.short_name,
            places.get(row.person_id, ""),
            date.fromisoformat(row.from_on),
            date.fromisoformat(row.to_on),
            ABSENCE_KINDS.get(row.kind, row.kind),
        )
        for row in rows
    )

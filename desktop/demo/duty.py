"""Police shifts, days of absence and warnings read in the demo city. Pure.

Drawn last and from a generator of their own, so that the cases of a seed stay what they were.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

from desktop.demo.story import World
from storage.records.people import TeamKind, TeamRole

_WEEKS_BACK: Final = 5
_DAYS_AHEAD: Final = 12
_TIMES: Final = (("08:30", "17:30"), ("08:30", "17:30"), ("08:30", "12:00"), ("07:30", "18:00"))
_SHORT_OF_JUDGES_IN: Final = 9
Row = tuple[object, ...]


def _rng(world: World, salt: int) -> Random:
    return Random(world.days.today.toordinal() * 31 + salt)


def shifts(world: World) -> list[Row]:
    """Each bailiff on most working days of the last weeks and the coming one, mostly with the
    team he is assigned to; one team a day."""
    rng, today = _rng(world, 1), world.days.today
    teams = {team.id: team for held in world.staff.by_court.values() for team in held}
    rows: list[Row] = []
    for member in world.staff.memberships:
        if member[3] != TeamRole.POLICE.value:
            continue
        own = teams[str(member[2])]
        others = [
            team
            for team in world.staff.by_court[own.court.code]
            if team.kind is TeamKind.IMPLEMENTATION
        ]
        day = today - timedelta(days=7 * _WEEKS_BACK)
        while day <= today + timedelta(days=_DAYS_AHEAD):
            if world.days.workday(day) == day and rng.random() < 0.86:
                team = own if rng.random() < 0.8 else rng.choice(others)
                times = rng.choice(_TIMES)
                row = (world.ids(), member[1], team.id, day.isoformat(), *times, team.number)
                rows.append(row)
            day += timedelta(days=1)
    return rows


def absences(world: World) -> list[Row]:
    """Some leave in every court; one judge of the adjudication team is away soon, so that its
    panel is short."""
    rng, today = _rng(world, 2), world.days.today
    rows: list[Row] = []
    for held in world.staff.by_court.values():
        for team in held:
            if team.kind is TeamKind.ADJUDICATION:
                first = world.days.after(today, _SHORT_OF_JUDGES_IN)
                rows.append(_absence(world, team.handlers[1].id, first, 4, "leave"))
            elif team.kind is TeamKind.IMPLEMENTATION and rng.random() < 0.3:
                first = world.days.after(today, rng.randrange(1, 40))
                kind = rng.choice(("leave", "leave", "sick", "training"))
                person = rng.choice(team.handlers).id
                rows.append(_absence(world, person, first, rng.randrange(0, 6), kind))
    return rows


def _absence(world: World, person_id: str, first: date, more: int, kind: str) -> Row:
    last = first + timedelta(days=more)
    return (world.ids(), person_id, first.isoformat(), last.isoformat(), kind)


def readings(world: World, letters: Sequence[Row]) -> list[Row]:
    """Leaders have read most letters sent to their teams more than a week ago."""
    rng, today = _rng(world, 3), world.days.today
    leaders: dict[str, str] = {}
    for team in (team for held in world.staff.by_court.values() for team in held):
        for handler in team.handlers:
            leaders[handler.id] = team.leader.id
    rows: list[Row] = []
    for letter in letters:
        leader, issued = leaders.get(str(letter[10])), date.fromisoformat(str(letter[12]))
        if leader is None or (today - issued).days < 7 or rng.random() > 0.8:
            continue
        read = issued + timedelta(days=rng.randrange(1, 4))
        rows.append((world.ids(), letter[0], 0, leader, f"{read.isoformat()}T09:20:00+08:00"))
    return rows

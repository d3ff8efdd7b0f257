"""The day of remote command in the demo city: one operation under way, its teams in the field, and
what each area of remote command makes of it. Writer thread; no Qt.

What several areas speak of (the operation, its self-test, units, feeds) has its id drawn here
first, so that no area waits for another's rows. Times hang on `now`, the hour at which the city is
made: an order unacknowledged for forty minutes has to stay that on any day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import Connection

from desktop.demo import (
    remote_bulletins,
    remote_coercive,
    remote_equipment,
    remote_feeds,
    remote_operations,
    remote_orders,
    remote_police,
    remote_positions,
    remote_roster,
    remote_seizures,
    remote_separation,
)
from desktop.demo.ids import IdMaker
from desktop.demo.paper_desk import HOME
from desktop.demo.staff import DemoTeam, Member
from desktop.demo.story import Told, World
from storage.records.people import Post, TeamKind, TeamRole
from storage.schema import table
from storage.schema.base import CENTRE_SCOPE

# The operation's place: the invented map of resources/map has it.
LAT_E7: Final = 346_500_000
LON_E7: Final = 1_124_500_000
TEAMS_OUT: Final = 3
FEEDS: Final = 4
_SALT: Final = 6


@dataclass(frozen=True, slots=True)
class Unit:
    """Whoever is out with a device: kind "person" or "vehicle"; `holder` carries it."""

    id: str
    team: DemoTeam
    kind: str
    name: str
    holder: Member
    plate: str = ""


@dataclass(slots=True)
class Remote:
    """What every area's `make` gets. `team` leads the operation in `case`; `teams` are out today
    with it; `ids` draws their ids; `seat` sits at the demo's desk; `bailiffs` by team."""

    connection: Connection
    world: World
    rng: Random
    ids: IdMaker
    now: datetime
    folder: Path
    seat: Member
    chief: Member
    teams: tuple[DemoTeam, ...]
    members: Mapping[str, tuple[Member, ...]]
    bailiffs: Mapping[str, Member]
    cases: tuple[Told, ...]
    units: tuple[Unit, ...]
    feed_ids: tuple[str, ...]
    operation_id: str
    test_id: str
    operation_name: str = "凤鸣苑小区腾房清场"
    place: str = "凤鸣苑小区3号楼"

    @property
    def team(self) -> DemoTeam:
        """The team that leads the operation."""
        return self.teams[0]

    @property
    def case(self) -> Told:
        """The case of the operation."""
        return self.cases[0]

    def ago(self, minutes: float) -> str:
        """The instant that many minutes before now; negative for one to come."""
        return (self.now - timedelta(minutes=minutes)).isoformat(timespec="seconds")

    def put(self, name: str, values: Mapping[str, object]) -> str:
        """Writes one row and gives its id. The team's number (or the case's, by `case_id`)
        becomes the row's scope where `values` has none."""
        row = {"id": self.ids(), "scope": self._scope(values), **values}
        self.connection.execute(table(name).insert().values(row))
        return str(row["id"])

    def _scope(self, values: Mapping[str, object]) -> int:
        for held in self.world.staff.by_court.values():
            for team in held:
                if team.id == values.get("team_id"):
                    return team.number
        told = self.world.told.get(str(values.get("case_id")))
        return told.scope if told is not None else CENTRE_SCOPE


# Each area names its `make` here; an operation's rows come before what is said about it.
AREAS: Final[tuple[Callable[[Remote], None], ...]] = (
    remote_equipment.make,
    remote_operations.make,
    remote_positions.make,
    remote_feeds.make,
    remote_seizures.make,
    remote_orders.make,
    remote_police.make,
    remote_roster.make,
    remote_bulletins.make,
    remote_coercive.make,
    remote_separation.make,
)


def remote(connection: Connection, world: World, now: datetime, folder: Path) -> None:
    """Has every area write its rows."""
    scene = _scene(connection, world, now, folder)
    if scene is not None:
        for make in AREAS:
            make(scene)


def _scene(connection: Connection, world: World, now: datetime, folder: Path) -> Remote | None:
    """None when no team at home has an open case: a city of ten cases."""
    staff, salt = world.staff, world.days.today.toordinal() * 31 + _SALT
    # Ids of their own: what else the city holds must not change the rows of a case.
    rng, ids = Random(salt), IdMaker(salt, world.days.today)
    home = [t for t in staff.by_court[HOME] if t.kind is TeamKind.IMPLEMENTATION]
    cases = sorted(
        (
            told
            for told in world.told.values()
            if told.closed is None and told.court_code == HOME and told.type_word == "执"
        ),
        key=lambda told: (told.filed, told.case_id),
        reverse=True,
    )
    if not cases:
        return None
    lead = next(team for team in home if team.number == cases[0].scope)
    teams = (lead, *(team for team in home if team is not lead))[:TEAMS_OUT]
    names = {str(row[0]): str(row[2]) for row in staff.persons}
    members = {
        team.id: tuple(
            Member(str(row[1]), names[str(row[1])])
            for row in staff.memberships
            if row[2] == team.id and row[5] is None and row[3] != TeamRole.POLICE.value
        )
        for team in teams
    }
    bailiffs = {
        str(row[2]): Member(str(row[1]), names[str(row[1])])
        for row in staff.memberships
        if row[3] == TeamRole.POLICE.value and row[2] in members
    }
    operators = sorted(str(row[0]) for row in staff.persons if row[3] == Post.OPERATOR.value)
    return Remote(
        *(connection, world, rng, ids, now, folder),
        seat=Member(operators[0], names[operators[0]]),
        chief=staff.chiefs[HOME],
        teams=teams,
        members=members,
        bailiffs=bailiffs,
        cases=tuple(cases),
        units=_units(ids, teams, members),
        feed_ids=tuple(ids() for _ in range(FEEDS)),
        operation_id=ids(),
        test_id=ids(),
    )


def _units(
    ids: IdMaker, teams: tuple[DemoTeam, ...], members: Mapping[str, tuple[Member, ...]]
) -> tuple[Unit, ...]:
    """Of each team one vehicle and two people."""
    made: list[Unit] = []
    for n, team in enumerate(teams):
        held = members[team.id]
        plate = f"豫C{71 + n}86警"
        made.append(Unit(ids(), team, "vehicle", f"执行{n + 1}号车", held[0], plate))
        for one in held[1:3]:
            made.append(Unit(ids(), team, "person", one.name, one))
    return tuple(made)

"""What the live map reads beside the picture itself. Runs on reader lanes; gives frozen rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from desktop.command.positions.live import Ask, LivePicture, Now
from desktop.command.positions.reading import duties, units
from storage.schema import table


@dataclass(frozen=True, slots=True)
class Place:
    """A team, or a person of one, that a form offers."""

    id: str
    label: str
    team_id: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Teams and people for the forms."""

    teams: tuple[Place, ...]
    people: tuple[Place, ...]


def units_on_duty(connection: Connection, _today: date) -> tuple[int, str]:
    """How many units are on duty (for the navigator)."""
    out = duties(connection)
    return sum(unit.id in out for unit in units(connection)), ""


def picture_now(connection: Connection, args: tuple[LivePicture, Ask]) -> Now:
    """The picture with what has come since it was read last."""
    picture, ask = args
    return picture.take(connection, ask)


def choices(connection: Connection, today: date) -> Choices:
    """Teams with their courts, and who belongs to them today."""
    team, court = table("team"), table("court")
    query = (
        select(team.c.id, team.c.name, court.c.short_name)
        .join(court, court.c.id == team.c.court_id)
        .order_by(team.c.number, team.c.id)
    )
    teams = [Place(row.id, f"{row.short_name} {row.name}") for row in connection.execute(query)]
    return Choices(tuple(teams), tuple(_people(connection, today)))


def _people(connection: Connection, today: date) -> Sequence[Place]:
    member, person = table("membership"), table("person")
    query = (
        select(person.c.id, person.c.name, member.c.team_id)
        .join(member, member.c.person_id == person.c.id)
        .where(
            member.c.from_on <= today.isoformat(),
            member.c.to_on.is_(None) | (member.c.to_on >= today.isoformat()),
        )
        .order_by(member.c.team_id, person.c.name, person.c.id)
    )
    return [Place(row.id, row.name, row.team_id) for row in connection.execute(query)]

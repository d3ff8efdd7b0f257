"""What the panel of police requests reads. Reader lanes."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from desktop.command.police import waiting
from storage.schema import table


def count(connection: Connection, today: date, person_id: str | None) -> tuple[int, str]:
    """How many wait for the person at the keyboard."""
    return waiting(connection, today, person_id)


@dataclass(frozen=True, slots=True)
class Choice:
    """A team to ask for."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Offered:
    """Teams of one's court, one's own first; the case that was asked about."""

    teams: tuple[Choice, ...]
    own: str | None


def offered(connection: Connection, person_id: str | None) -> Offered:
    """Who can be asked for by the person at the keyboard."""
    person, team, member = table("person").c, table("team").c, table("membership").c
    court_id = connection.execute(select(person.court_id).where(person.id == person_id)).scalar()
    own = connection.execute(
        select(member.team_id)
        .where(member.person_id == person_id, member.to_on.is_(None))
        .order_by(member.from_on.desc())
        .limit(1)
    ).scalar()
    query = select(team.id, team.name).order_by(team.number)
    if court_id is not None:
        query = query.where(team.court_id == court_id)
    found = tuple(Choice(row.id, row.name) for row in connection.execute(query))
    return Offered(tuple(sorted(found, key=lambda one: one.id != own)), own)


def case_number(connection: Connection, case_id: str) -> str:
    """The number of a case, or nothing."""
    case = table("case").c
    return connection.execute(select(case.number).where(case.id == case_id)).scalar() or ""

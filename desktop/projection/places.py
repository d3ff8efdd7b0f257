"""Courts and teams to choose from, and which court is one's own. Reader lanes; any thread."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from storage.records.people import TeamKind
from storage.schema import table

_court = table("court").c
_team = table("team").c
_person = table("person").c


@dataclass(frozen=True, slots=True)
class Place:
    """A court or a team; `court_id` of a court is its own id."""

    id: str
    label: str
    court_id: str


def courts(connection: Connection) -> tuple[Place, ...]:
    """Courts that have a team, by code: the one above stands first."""
    having = select(_team.court_id)
    rows = connection.execute(
        select(_court.id, _court.short_name).where(_court.id.in_(having)).order_by(_court.code)
    )
    return tuple(Place(row.id, row.short_name, row.id) for row in rows)


def teams(connection: Connection) -> tuple[Place, ...]:
    """Teams that handle cases, implementation before adjudication, each by number."""
    rows = connection.execute(
        select(_team.id, _team.name, _team.court_id)
        .where(_team.kind.in_((TeamKind.IMPLEMENTATION, TeamKind.ADJUDICATION)))
        .order_by(_team.kind.desc(), _team.number)
    )
    return tuple(Place(row.id, row.name, row.court_id) for row in rows)


def own_court(connection: Connection, person_id: str | None) -> str | None:
    """The court of a person; without one, the court most others are subject to; else None."""
    if person_id is not None:
        found = connection.execute(select(_person.court_id).where(_person.id == person_id)).first()
        if found is not None:
            return str(found.court_id)
    above = connection.execute(
        select(_court.superior_id)
        .where(_court.superior_id.in_(select(_court.id)))
        .group_by(_court.superior_id)
        .order_by(func.count().desc())
    ).first()
    if above is not None:
        return str(above.superior_id)
    only = connection.execute(select(_court.id).order_by(_court.code)).first()
    return None if only is None else str(only.id)


def names(connection: Connection) -> dict[str, str]:
    """Short names of courts, names of teams and persons, by id."""
    found: dict[str, str] = {}
    for columns in ((_court.id, _court.short_name), (_team.id, _team.name)):
        found |= {row[0]: row[1] for row in connection.execute(select(*columns))}
    return found | {row[0]: row[1] for row in connection.execute(select(_person.id, _person.name))}

"""What the form of an order reads: teams with their people, who of them is away, and what it was
opened for.

Runs on reader lanes; gives frozen rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, or_, select

from desktop.command.orders.presence import missing
from desktop.command.orders.reading import Order, orders
from desktop.command.orders.rungs import Person
from desktop.contract.params import Params
from desktop.petitions.case_finding import CaseHit, find_cases
from storage.schema import table


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A team that an order can go to."""

    id: str
    name: str
    court: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class FormArgs:
    """What the form begins with."""

    params: Params
    person_id: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class FormSeed:
    """Teams to choose from, and the words of what the form was opened for."""

    teams: tuple[TeamChoice, ...]
    team_id: str
    person_id: str | None
    case_id: str | None
    case_number: str
    operation_id: str | None
    operation: str
    stored: Order | None
    copied: Order | None = None  # whose words a new order begins with

    @property
    def words(self) -> Order | None:
        """The order whose words the form shows first."""
        return self.stored or self.copied


def form_seed(connection: Connection, args: FormArgs) -> FormSeed:
    """The form for `params` of `context.open`; a unit stands for its team and its holder."""
    given = args.params
    key = given.get("order_id", "")
    stored = orders(connection, [key]).get(key) if key else None
    again = given.get("copy_of", "")
    copied = orders(connection, [again]).get(again) if again else None
    team_id, person_id = given.get("team_id", ""), given.get("person_id") or None
    unit = table("unit").c
    if given.get("unit_id"):
        held = connection.execute(
            select(unit.team_id, unit.person_id).where(unit.id == given["unit_id"])
        ).first()
        if held is not None:
            team_id, person_id = team_id or held.team_id, person_id or held.person_id
    case, operation = table("case").c, table("operation").c
    about = connection.execute(
        select(case.number, case.team_id).where(case.id == given.get("case_id"))
    ).first()
    named = connection.execute(
        select(operation.name, operation.team_id).where(operation.id == given.get("operation_id"))
    ).first()
    return FormSeed(
        teams=teams(connection, args.now),
        team_id=team_id
        or (named.team_id if named else "")
        or ((about.team_id or "") if about else ""),
        person_id=person_id,
        case_id=given.get("case_id") if about else None,
        case_number=about.number if about else "",
        operation_id=given.get("operation_id") if named else None,
        operation=named.name if named else "",
        stored=stored,
        copied=copied,
    )


def teams(connection: Connection, now: datetime) -> tuple[TeamChoice, ...]:
    """Teams that carry out enforcement, with who stands in them; those of the first court first."""
    team, court = table("team"), table("court")
    found = connection.execute(
        select(team.c.id, team.c.name, court.c.short_name)
        .select_from(team.join(court, court.c.id == team.c.court_id))
        .order_by(court.c.code, team.c.kind != "implementation", team.c.number)
    ).all()
    people: dict[str, list[Person]] = {}
    stand = list(_members(connection, now.date()))
    gone = missing(connection, [person.id for _team_id, person in stand], now)
    for team_id, one in stand:
        person = replace(one, why=gone.get(one.id, ""))
        people.setdefault(team_id, []).append(person)
    return tuple(
        TeamChoice(row.id, row.name, row.short_name, tuple(people.get(row.id, ())))
        for row in found
        if people.get(row.id)
    )


def members(connection: Connection, team_id: str, today: date) -> list[Person]:
    """Who stands in a team on a day."""
    return [person for key, person in _members(connection, today, team_id) if key == team_id]


def _members(
    connection: Connection, today: date, team_id: str | None = None
) -> Iterable[tuple[str, Person]]:
    member, person = table("membership"), table("person")
    day = today.isoformat()
    query = (
        select(member.c.team_id, person.c.id, person.c.name)
        .select_from(member.join(person, person.c.id == member.c.person_id))
        .where(
            member.c.from_on <= day,
            or_(member.c.to_on.is_(None), member.c.to_on >= day),
        )
        .order_by(person.c.id)
    )
    if team_id is not None:
        query = query.where(member.c.team_id == team_id)
    return [(row.team_id, Person(row.id, row.name)) for row in connection.execute(query)]


def case_hits(connection: Connection, text: str) -> list[CaseHit]:
    """Cases by a part of their number."""
    return find_cases(connection, text)

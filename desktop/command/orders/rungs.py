"""Whom an unanswered order is told to, rung by rung. Reader lanes; no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, or_, select

from desktop.command.orders.reading import Order, open_orders
from desktop.contract.court_zone import court_time
from desktop.rules.command_law import CommandLaw, OrderRung
from desktop.rules.field_orders import next_rung_at, rungs_due
from storage.schema import table

# Who leads a shift when he is on the roster.
LEADERS: Final = (
    *("bureau_chief", "deputy_chief", "commissar", "tribunal_head"),
    *("vice_president", "president"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class DueRung:
    """A rung whose time has passed; `people` is empty where nobody holds the post."""

    order: Order
    rung: OrderRung
    people: tuple[Person, ...]

    @property
    def whom(self) -> str:
        """To whom, in words."""
        return "、".join(one.name for one in self.people) or "（无人任职）"


@dataclass(frozen=True, slots=True)
class Escalations:
    """What is due now, and when the next rung will be."""

    due: tuple[DueRung, ...]
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class RungArgs:
    """The law of orders and the instant."""

    law: CommandLaw
    now: datetime


def escalations(connection: Connection, args: RungArgs) -> Escalations:
    """Every rung that is due, told or not, of every open order."""
    ladder = args.law.ladder(args.now.date())
    due: list[DueRung] = []
    times: list[datetime] = []
    for one in open_orders(connection):
        later = next_rung_at(one.standing, ladder, args.now)
        if later is not None:
            times.append(later)
        for rung in rungs_due(one.standing, ladder, args.now):
            due.append(DueRung(one, rung, addressees(connection, one.court_id, rung, args.now)))
    return Escalations(tuple(due), min(times, default=None))


def addressees(
    connection: Connection, court_id: str, rung: OrderRung, now: datetime
) -> tuple[Person, ...]:
    """Who is told of an order to a team of that court."""
    if rung.whom != "duty_leader":
        return _holders(connection, court_id, (rung.whom,), now)
    return duty_leaders(connection, court_id, now)


def duty_leaders(connection: Connection, court_id: str, now: datetime) -> tuple[Person, ...]:
    """Who leads the court's shift of this hour by the roster; else the bureau chief."""
    roster, team, person = table("roster"), table("team"), table("person")
    day = now.date().isoformat()
    rows = connection.execute(
        select(person.c.id, person.c.name, roster.c.from_at, roster.c.to_at)
        .select_from(
            roster.join(team, team.c.id == roster.c.team_id).join(
                person, person.c.id == roster.c.person_id
            )
        )
        .where(
            team.c.court_id == court_id,
            roster.c.status == "planned",
            roster.c.shift.in_(("day", "night")),
            person.c.post.in_(LEADERS),
            # A night shift began the day before; the hours are judged below.
            or_(roster.c.day == day, roster.c.to_at >= day),
        )
        .order_by(person.c.id)
    ).all()
    found = {
        row.id: Person(row.id, row.name)
        for row in rows
        if court_time(row.from_at) <= now < court_time(row.to_at)
    }
    return tuple(found.values()) or _holders(connection, court_id, ("bureau_chief",), now)


def _holders(
    connection: Connection, court_id: str, posts: Sequence[str], now: datetime
) -> tuple[Person, ...]:
    person = table("person").c
    rows = connection.execute(
        select(person.id, person.name)
        .where(
            person.court_id == court_id,
            person.post.in_(posts),
            or_(person.left_on.is_(None), person.left_on > now.date().isoformat()),
        )
        .order_by(person.id)
    )
    return tuple(Person(row.id, row.name) for row in rows)

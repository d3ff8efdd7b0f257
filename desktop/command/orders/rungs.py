"""Whom an unanswered order is told to, rung by rung. Reader lanes; no Qt.

Somebody who is away answers nothing: in his place it is whoever has the B post of his shift, then
whoever stands in for him by delegation, then the next post of the court. Only where all of them are
away is it told to the holders nevertheless, and their absence is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, or_, select

from desktop.command.orders.presence import away
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
# Who is told where nobody of the post is there, in this order.
_NEXT: Final[Mapping[str, tuple[str, ...]]] = {
    "bureau_chief": ("deputy_chief", "vice_president", "president"),
    "vice_president": ("president", "bureau_chief"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by id and name. `why`: in whose place he is told, or that he is away."""

    id: str
    name: str
    why: str = ""

    @property
    def words(self) -> str:
        """The name with the reason."""
        return f"{self.name}（{self.why}）" if self.why else self.name


@dataclass(frozen=True, slots=True)
class DueRung:
    """A rung whose time has passed; `people` is empty where nobody holds the post."""

    order: Order
    rung: OrderRung
    people: tuple[Person, ...]

    @property
    def whom(self) -> str:
        """To whom, in words."""
        return "、".join(one.words for one in self.people) or "（无人任职）"


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
    """Who leads the court's shift of this hour by the roster, or has its B post where the leader is
    away; else the bureau chief."""
    gone, found = away(connection, now.date()), dict[str, Person]()
    shifts = _shifts(connection, court_id, now)
    missing = _noted_absent(connection, [row.id for row in shifts])
    for row in shifts:
        why = "未到岗" if row.id in missing else gone.get(row.person_id, "")
        if not why:
            found[row.person_id] = Person(row.person_id, row.name)
        elif row.backup_id is not None and row.backup_id not in gone:
            found[row.backup_id] = Person(row.backup_id, row.backup, f"代{row.name}，{why}")
    return tuple(found.values()) or _holders(connection, court_id, ("bureau_chief",), now)


def _shifts(connection: Connection, court_id: str, now: datetime) -> list[Any]:
    roster, team, person = table("roster"), table("team"), table("person")
    backup, day = person.alias("backup"), now.date().isoformat()
    of_team = roster.join(team, team.c.id == roster.c.team_id)
    source = of_team.join(person, person.c.id == roster.c.person_id)
    source = source.outerjoin(backup, backup.c.id == roster.c.backup_id)
    rows = connection.execute(
        select(
            *(roster.c.id, roster.c.person_id, roster.c.backup_id, person.c.name),
            *(backup.c.name.label("backup"), roster.c.from_at, roster.c.to_at),
        )
        .select_from(source)
        .where(
            team.c.court_id == court_id,
            roster.c.status == "planned",
            roster.c.shift.in_(("day", "night")),
            person.c.post.in_(LEADERS),
            # A night shift began the day before; the hours are judged below.
            or_(roster.c.day == day, roster.c.to_at >= day),
        )
        .order_by(person.c.id)
    )
    return [row for row in rows if court_time(row.from_at) <= now < court_time(row.to_at)]


def _noted_absent(connection: Connection, ids: Sequence[str]) -> frozenset[str]:
    """Those of these shifts to which nobody came, as was noted."""
    act = table("roster_act").c
    rows = connection.execute(
        select(act.roster_id, act.act).where(
            act.roster_id.in_(ids), act.act.in_(("absent", "arrive"))
        )
    ).all()
    came = {row.roster_id for row in rows if row.act == "arrive"}
    return frozenset(row.roster_id for row in rows) - came


def _holders(
    connection: Connection, court_id: str, posts: Sequence[str], now: datetime
) -> tuple[Person, ...]:
    """Who has the post and is there; who stands in for them; the next post; at last they
    themselves, away as they are."""
    absent = away(connection, now.date())
    holders = _posted(connection, court_id, posts, now)
    here = tuple(one for one in holders if one.id not in absent)
    if here:
        return here
    gone = "、".join(f"{one.name}{absent[one.id]}" for one in holders)
    acting = _standing_in(connection, holders, now)
    found = tuple(Person(*one, f"{gone}，代行") for one in acting if one[0] not in absent)
    if found:
        return found
    for post in (other for key in posts for other in _NEXT.get(key, ())):
        others = _posted(connection, court_id, (post,), now)
        found = tuple(Person(one.id, one.name, gone) for one in others if one.id not in absent)
        if found:
            return found
    return tuple(Person(one.id, one.name, absent[one.id]) for one in holders)


def _standing_in(
    connection: Connection, holders: Sequence[Person], now: datetime
) -> list[tuple[str, str]]:
    """(id, name) of those to whom one of the holders gave his whole post for this day."""
    power, to, giver = table("delegation"), table("person"), table("person").alias("giver")
    day = now.date().isoformat()
    source = power.join(to, to.c.id == power.c.to_id).join(giver, giver.c.id == power.c.from_id)
    rows = connection.execute(
        select(to.c.id, to.c.name)
        .distinct()
        .select_from(source)
        .where(
            power.c.from_id.in_([one.id for one in holders]),
            power.c.post == giver.c.post,
            power.c.documents == "",
            power.c.agreed_by.is_not(None),
            or_(
                power.c.state == "agreed",
                and_(power.c.state == "ended", power.c.ended_on > day),
            ),
            power.c.from_on <= day,
            power.c.to_on >= day,
            or_(to.c.left_on.is_(None), to.c.left_on > day),
        )
        .order_by(to.c.id)
    )
    return [(row.id, row.name) for row in rows]


def _posted(
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

"""Orders with what was done about them, as this desk knows it. Reader lanes; no Qt.

Whether the shared database has taken an act is read from the stamp it gives every row; a desk that
works alone has nobody to send to, so there everything counts as taken.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from desktop.contract.court_zone import court_time
from desktop.rules.field_orders import OrderAct, OrderState, Standing, fold, in_order
from storage.schema import table

_AT_ONCE: Final = 500
CLOSING: Final = ("finish", "cancel")


@dataclass(frozen=True, slots=True)
class Order:
    """One order. `person_id` None: the whole team; `team` and `court` are names."""

    id: str
    team_id: str
    team: str
    court_id: str
    court: str
    person_id: str | None
    person: str
    template: str
    title: str
    body: str
    place: str
    lat_e7: int | None
    lon_e7: int | None
    due_at: datetime | None
    case_id: str | None
    case_number: str
    operation_id: str | None
    issuer_id: str
    issuer: str
    made_at: datetime
    acts: tuple[OrderAct, ...]
    standing: Standing

    @property
    def whom(self) -> str:
        """To whom, in words."""
        return f"{self.team} {self.person}" if self.person else self.team

    def late(self, now: datetime) -> bool:
        """Whether its time has passed while it is still open."""
        return self.standing.open and self.due_at is not None and self.due_at < now


@dataclass(frozen=True, slots=True)
class Me:
    """The person at the desk and the teams he stands in on a day. `chief_of`: the court whose
    bureau he heads."""

    person_id: str | None
    team_ids: frozenset[str]
    chief_of: str | None = None

    def receives(self, order: Order) -> bool:
        """Whether the order is for this person to carry out."""
        if self.person_id is None:
            return False
        if order.person_id is not None:
            return order.person_id == self.person_id
        return order.team_id in self.team_ids

    def issued(self, order: Order) -> bool:
        """Whether this person gave it."""
        return self.person_id is not None and order.issuer_id == self.person_id

    def withdraws(self, order: Order) -> bool:
        """Whether he may take it back: whoever gave it may be off duty by then."""
        return self.issued(order) or self.chief_of == order.court_id


def works_alone(connection: Connection) -> bool:
    """Whether this desk has never had a shared database."""
    ctl = table("_ctl").c
    row = connection.execute(select(ctl.hub_id, ctl.cursor)).first()
    return row is None or (row.hub_id is None and row.cursor is None)


def device_of(connection: Connection) -> str:
    """The id of this device; empty in a store without one."""
    return str(connection.execute(select(table("_ctl").c.device_id)).scalar() or "")


def me(connection: Connection, person_id: str | None, day: date) -> Me:
    """The person with the teams of that day."""
    if person_id is None:
        return Me(None, frozenset())
    member = table("membership").c
    found = connection.execute(
        select(member.team_id).where(
            member.person_id == person_id,
            member.from_on <= day.isoformat(),
            or_(member.to_on.is_(None), member.to_on >= day.isoformat()),
        )
    )
    person = table("person").c
    chief = select(person.court_id).where(
        person.id == person_id, person.post == "bureau_chief", person.left_on.is_(None)
    )
    return Me(person_id, frozenset(found.scalars()), connection.execute(chief).scalar())


def not_closed() -> ColumnElement[bool]:
    """Orders that nobody has finished or withdrawn; drafts among them."""
    order, act = table("field_order"), table("field_order_act")
    return ~exists().where(act.c.order_id == order.c.id, act.c.act.in_(CLOSING))


def orders_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Order]:
    """The orders of these conditions over field_order, the newest first."""
    order = table("field_order")
    ids = connection.execute(
        select(order.c.id).where(and_(True, *conditions)).order_by(order.c.made_at.desc())
    )
    found = orders(connection, ids.scalars().all())
    return list(found.values())


def open_orders(connection: Connection) -> list[Order]:
    """What was sent and still waits for somebody."""
    return [one for one in orders_where(connection, not_closed()) if one.standing.open]


def order(connection: Connection, order_id: str) -> Order | None:
    """One order; None when this desk has it not (any more)."""
    return orders(connection, [order_id]).get(order_id)


def orders(connection: Connection, ids: Sequence[str]) -> dict[str, Order]:
    """Orders by id, in the order of `ids`."""
    alone = works_alone(connection)
    made: dict[str, Order] = {}
    for at in range(0, len(ids), _AT_ONCE):
        part = ids[at : at + _AT_ONCE]
        acts = _acts(connection, part, alone=alone)
        rows = {row.id: row for row in connection.execute(_words().where(_order_id().in_(part)))}
        for key in part:
            if key in rows:
                made[key] = _order(rows[key], acts.get(key, []))
    return made


def acts_of(connection: Connection, ids: Sequence[str]) -> dict[str, list[OrderAct]]:
    """What was done, by order."""
    return _acts(connection, ids, alone=works_alone(connection))


def current(
    orders_: Iterable[Order], *, team_id: str, person_id: str | None = None
) -> Order | None:
    """What a team, or one of it, is at now: the furthest of its open orders, then the newest."""
    mine = [
        one
        for one in orders_
        if one.standing.open
        and one.team_id == team_id
        and (person_id is None or one.person_id in (None, person_id))
    ]
    steps = list(OrderState)
    return max(mine, key=lambda one: (steps.index(one.standing.state), one.made_at), default=None)


def _order_id() -> Any:
    return table("field_order").c.id


def _words() -> Any:
    order_, team, court = table("field_order"), table("team"), table("court")
    person, issuer = table("person"), table("person").alias("issuer")
    source = order_.join(team, team.c.id == order_.c.team_id)
    source = source.join(court, court.c.id == team.c.court_id)
    source = source.join(issuer, issuer.c.id == order_.c.issuer_id)
    source = source.outerjoin(person, person.c.id == order_.c.person_id)
    return select(
        order_,
        team.c.name.label("team"),
        team.c.court_id,
        court.c.short_name.label("court"),
        person.c.name.label("person"),
        issuer.c.name.label("issuer"),
    ).select_from(source)


def _order(row: Any, acts: Collection[OrderAct]) -> Order:
    return Order(
        id=row.id,
        team_id=row.team_id,
        team=row.team,
        court_id=row.court_id,
        court=row.court,
        person_id=row.person_id,
        person=row.person or "",
        template=row.template,
        title=row.title,
        body=row.body,
        place=row.place,
        lat_e7=row.lat_e7,
        lon_e7=row.lon_e7,
        due_at=court_time(row.due_at) if row.due_at else None,
        case_id=row.case_id,
        case_number=row.case_number,
        operation_id=row.operation_id,
        issuer_id=row.issuer_id,
        issuer=row.issuer,
        made_at=court_time(row.made_at),
        acts=tuple(in_order(acts)),
        standing=fold(acts),
    )


def _acts(connection: Connection, ids: Sequence[str], *, alone: bool) -> dict[str, list[OrderAct]]:
    act = table("field_order_act").c
    made: dict[str, list[OrderAct]] = {}
    for row in connection.execute(select(*act).where(act.order_id.in_(ids))):
        at = court_time(row.at)
        taken = court_time(row.changed_at) if row.changed_at else (at if alone else None)
        made.setdefault(row.order_id, []).append(
            OrderAct(
                *(row.id, row.act, at, row.person_id, taken),
                rung=row.rung,
                body=row.body,
                device=row.device,
            )
        )
    return made


def names(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Names of people by id."""
    person = table("person").c
    found = connection.execute(select(person.id, person.name).where(person.id.in_(set(ids))))
    return {row.id: row.name for row in found}


def since(now: datetime, days: int) -> str:
    """The instant so many days before, as rows have it."""
    return (now - timedelta(days=days)).isoformat(timespec="seconds")

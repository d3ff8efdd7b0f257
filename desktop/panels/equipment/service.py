"""Faults and their repair: open tickets, repair times by kind, availability by week (M67).

Reader lanes; any thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from desktop.command.equipment.register import Item, Names, current_items, names_of
from desktop.panels.equipment.rules import MONTHS, WEEKS
from desktop.rules.equipment import Life, Service, Ticket, availability, service
from desktop.rules.equipment_law import load_equipment_law


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket and its thing."""

    item: Item
    kind: str
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class KindService:
    """The service of one kind: mean hours of repair, beside the service level in hours."""

    code: str
    name: str
    level_hours: int
    told: Service


@dataclass(frozen=True, slots=True)
class Week:
    """Availability of the week that begins on `day`: 0 to 1, None without anything in use."""

    day: date
    share: float | None


@dataclass(frozen=True, slots=True)
class ServiceBoard:
    """Everything on the page of faults, as of `now`."""

    now: datetime
    whole: Service
    tickets: tuple[TicketLine, ...]
    kinds: tuple[KindService, ...]
    weeks: tuple[Week, ...]
    overdue: int
    calibrate_due: int
    names: Names
    basis: str


def board(connection: Connection, now: datetime) -> ServiceBoard:
    """Tickets of the last `MONTHS` months and all open ones; weeks up to now."""
    law, found = load_equipment_law(), current_items(connection)
    since = now - timedelta(days=30 * MONTHS)
    # What has just been repaired counts, also by a desk whose clock is a little ahead of this one.
    until = now + timedelta(days=1)
    lines = [
        TicketLine(one, one.kind_in(law, now.date()).name, ticket)
        for one in found
        for ticket in one.standing.tickets
        if ticket.repaired_at is None or ticket.repaired_at >= since
    ]
    lines.sort(key=lambda one: (not one.ticket.open, _pressing(one.ticket, now), one.ticket.id))
    kinds = []
    for kind in law.kinds_on(now.date()).values():
        own = [t for one in found if one.kind == kind.code for t in one.standing.tickets]
        told = service(own, since, until, now)
        if told.repaired or told.open:
            kinds.append(KindService(kind.code, kind.name, kind.repair_hours, told))
    every = [ticket for one in found for ticket in one.standing.tickets]
    flags = [one.flags(now, law) for one in found]
    first = next(iter(law.kinds_on(now.date()).values()))
    mark = "" if first.confidence == "confirmed" else "〔未核实〕"
    return ServiceBoard(
        now,
        service(every, since, until, now),
        tuple(lines),
        tuple(kinds),
        weeks_of(found, now),
        sum("overdue" in one for one in flags),
        sum("calibrate_due" in one for one in flags),
        names_of(connection),
        first.basis + mark,
    )


def _pressing(ticket: Ticket, now: datetime) -> float:
    """Open ones by what is left of their time, ended ones the last first."""
    if ticket.repaired_at is not None:
        return -ticket.repaired_at.timestamp()
    return float("inf") if ticket.due_at is None else (ticket.due_at - now).total_seconds()


def weeks_of(found: Sequence[Item], now: datetime) -> tuple[Week, ...]:
    """Availability week by week, Monday to Monday; the last one up to now."""
    lives = [
        Life(_in_use_since(one, now), one.standing.retired_at, one.standing.tickets)
        for one in found
    ]
    monday = (now - timedelta(days=now.weekday())).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    made = []
    for back in range(WEEKS - 1, -1, -1):
        start = monday - timedelta(days=7 * back)
        end = min(start + timedelta(days=7), now)
        made.append(Week(start.date(), availability(lives, start, end)))
    return tuple(made)


def _in_use_since(one: Item, now: datetime) -> datetime | None:
    if one.bought_on is None:
        return None
    bought = one.bought_on
    return datetime(bought.year, bought.month, bought.day, tzinfo=now.tzinfo)

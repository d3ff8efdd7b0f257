"""What the panel of the watch reads. Reader lanes."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from desktop.command.handover import (
    Giving,
    Handed,
    carried,
    difference,
    open_items,
    past,
    waiting,
)
from desktop.command.roster import Asking, offered, plan
from desktop.contract.court_zone import COURT_ZONE
from desktop.rules.handover import Item, Line

AHEAD_DAYS = 40


def count(connection: Connection, today: date, person_id: str | None) -> tuple[int, str]:
    """Swaps that the person at the keyboard is asked for, and a hand-over that waits for him."""
    if person_id is None:
        return 0, "due_soon"
    now = datetime.combine(today, time(), COURT_ZONE)  # a count is for a day, not for an hour
    asking = Asking(today, today + timedelta(days=AHEAD_DAYS), person_id, now)
    asked = sum(1 for one in plan(connection, asking).duties if one.asked)
    team_id = offered(connection, person_id).team_id
    given = waiting(connection, team_id) if team_id is not None else None
    return asked + (given is not None and given.giver_id != person_id), "due_soon"


@dataclass(frozen=True, slots=True)
class BoardArgs:
    """Whose hand-over, from when on; `extra`: what was typed here and belongs to no row;
    `owners`: key → (owner, next step) as set here; `finished`: keys of typed matters of the last
    hand-over that are done."""

    team_id: str
    since: datetime
    today: date
    now: datetime
    extra: tuple[Item, ...] = ()
    owners: tuple[tuple[str, str, str], ...] = ()
    finished: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HandoverBoard:
    """`waits`: given and not taken; `lines`: what would be given now; `past`: the last ones."""

    waits: Handed | None
    items: tuple[Item, ...]
    lines: tuple[Line, ...]
    past: tuple[Handed, ...]


def board(connection: Connection, args: BoardArgs) -> HandoverBoard:
    """The hand-over as it stands."""
    owners = {key: (owner, step) for key, owner, step in args.owners}
    found = (*open_items(connection, args.today), *args.extra)
    known = carried(connection, args.team_id, found, args.finished)
    items = tuple(_with(one, owners) for one in known)
    giving = Giving(args.team_id, args.since, items, None, args.now)
    return HandoverBoard(
        waiting(connection, args.team_id),
        items,
        difference(connection, giving),
        past(connection, args.team_id),
    )


def _with(one: Item, owners: dict[str, tuple[str, str]]) -> Item:
    if one.key not in owners:
        return one
    owner, step = owners[one.key]
    return Item(one.key, one.kind, one.text, owner, step, one.since)

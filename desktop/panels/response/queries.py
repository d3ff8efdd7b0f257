"""What the plot of response times reads. Reader lanes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from desktop.command.orders.reading import open_orders, orders_where
from desktop.panels.response.rules import InHand, Soon, soon
from desktop.rules.field_orders import STATE_WORDS, UNANSWERED, OrderState
from desktop.rules.short_names import short_place
from storage.schema import table

# Of an order that is open: the states that a bar is built of.
SHOWN: Final = (
    *(OrderState.SENT, OrderState.DELIVERED, OrderState.ACKNOWLEDGED),
    *(OrderState.EN_ROUTE, OrderState.ON_SCENE, OrderState.REFUSED),
)
WORDS: Final = tuple(STATE_WORDS[state] for state in SHOWN)
TEAMS_MAX: Final = 12


@dataclass(frozen=True, slots=True)
class Args:
    """Orders made within `days` before `now`."""

    now: datetime
    days: int


@dataclass(frozen=True, slots=True)
class Times:
    """Answers and arrivals by team, the slowest first; what is in hand, the most first."""

    answers: tuple[Soon, ...]
    arrivals: tuple[Soon, ...]
    load: tuple[InHand, ...]
    unanswered: int


def times(connection: Connection, args: Args) -> Times:
    """The figures of every team that had an order."""
    made = table("field_order").c.made_at
    since = (args.now - timedelta(days=args.days)).isoformat(timespec="seconds")
    labels: dict[str, str] = {}
    answers: dict[str, list[int]] = defaultdict(list)
    arrivals: dict[str, list[int]] = defaultdict(list)
    for order in orders_where(connection, made >= since):
        labels[order.team_id] = short_place(order.team)
        for found, seconds in (
            (answers, order.standing.response_s()),
            (arrivals, order.standing.on_scene_s()),
        ):
            if seconds is not None:
                found[order.team_id].append(seconds)
    counts: dict[str, list[int]] = {}
    unanswered = 0
    for order in open_orders(connection):
        labels[order.team_id] = short_place(order.team)
        held = counts.setdefault(order.team_id, [0] * len(SHOWN))
        held[SHOWN.index(order.standing.state)] += 1
        unanswered += order.standing.state in UNANSWERED
    load = [InHand(labels[key], key, tuple(held)) for key, held in counts.items()]
    load.sort(key=lambda one: (-one.total, one.label))
    return Times(
        _slowest_first(labels, answers),
        _slowest_first(labels, arrivals),
        tuple(load[:TEAMS_MAX]),
        unanswered,
    )


def _slowest_first(labels: dict[str, str], found: dict[str, list[int]]) -> tuple[Soon, ...]:
    made = [soon(labels[key], key, seconds) for key, seconds in found.items()]
    known = [one for one in made if one is not None]
    known.sort(key=lambda one: (-one.median, one.label))
    return tuple(known[:TEAMS_MAX])

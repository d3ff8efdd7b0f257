"""The numbers of the board and the plots, each with the filter that lists what it counts.

A number is the length of its list: one filter gives both. Reader lanes; any thread.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from desktop.contract.law import Law
from desktop.panels.petitions.rules import AGES, Rate, age_days
from desktop.petitions.filters import REPLIES, PetitionFilter
from desktop.petitions.queries import counts_of
from desktop.petitions.rules import LEVELS
from desktop.petitions.standing import Yardstick, yardstick
from desktop.projection.places import names
from storage.records.states import NodeState

WEEKS: Final = 12
_CLOSED: Final = PetitionFilter(open=None)


@dataclass(frozen=True, slots=True)
class FigureArgs:
    """The law and the day; `court`: that court alone."""

    law: Law
    today: date
    court: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its list."""

    key: str
    count: int
    filter: PetitionFilter


@dataclass(frozen=True, slots=True)
class Board:
    """督办情况: open petitions by level and by age, replies, and what was sent again."""

    levels: tuple[Figure, ...]
    ages: tuple[Figure, ...]
    replies: tuple[Figure, ...]
    others: tuple[Figure, ...]  # hung, overdue, resent, repeat

    @property
    def in_time(self) -> Rate:
        """Replies by the set day, of all that are due."""
        count = {one.key: one.count for one in self.replies}
        return Rate(count["in_time"], count["in_time"] + count["late"] + count["missed"])


class _Counting:
    """Counts filters under one yardstick."""

    def __init__(self, connection: Connection, args: FigureArgs) -> None:
        self._connection = connection
        self._today = args.today
        self._courts = (args.court,) if args.court else ()
        self._yard: Yardstick = yardstick(connection, args.law)

    def figure(self, key: str, wanted: PetitionFilter) -> Figure:
        """The number of one filter, within the chosen court."""
        if self._courts:
            wanted = replace(wanted, courts=self._courts)
        return Figure(key, sum(self.by_court(wanted).values()), wanted)

    def by_court(self, wanted: PetitionFilter) -> Mapping[str, int]:
        """The number of one filter by court."""
        return counts_of(self._connection, wanted, self._yard, self._today)


def board(connection: Connection, args: FigureArgs) -> Board:
    """All numbers of the board."""
    counting = _Counting(connection, args)
    base = PetitionFilter()
    ages = []
    for first, last in AGES:
        days = age_days(first, last, args.today)
        ages.append(counting.figure(f"{first}-{last or ''}", replace(base, **days)))
    every = PetitionFilter(open=None)
    others = {
        "hung": PetitionFilter(open=None, hung=True),
        "overdue": PetitionFilter(states=(NodeState.OVERDUE.value,)),
        "resent": PetitionFilter(resent=True),
        "repeat": PetitionFilter(repeat=True),
    }
    return Board(
        levels=tuple(counting.figure(key, replace(base, levels=(key,))) for key in LEVELS),
        ages=tuple(ages),
        replies=tuple(counting.figure(key, replace(every, reply=key)) for key in REPLIES),
        others=tuple(counting.figure(key, wanted) for key, wanted in others.items()),
    )


@dataclass(frozen=True, slots=True)
class CourtBar:
    """One court: what came and was closed in the period, what is overdue now."""

    court_id: str
    name: str
    received: Figure
    closed: Figure
    resolved: Figure
    overdue: Figure

    @property
    def rate(self) -> Rate:
        """化解率: resolved of closed."""
        return Rate(self.resolved.count, self.closed.count)


@dataclass(frozen=True, slots=True)
class CourtsArgs:
    """A period, both days inside, and the day overdue is judged on."""

    law: Law
    today: date
    from_on: date
    to_on: date


def courts_data(connection: Connection, args: CourtsArgs) -> tuple[CourtBar, ...]:
    """Courts with any of it, the one with the most received first."""
    counting = _Counting(connection, FigureArgs(args.law, args.today))
    closed = replace(_CLOSED, closed_from=args.from_on, closed_to=args.to_on)
    lists = {
        "received": PetitionFilter(open=None, received_from=args.from_on, received_to=args.to_on),
        "closed": closed,
        "resolved": replace(closed, results=("resolved",)),
        "overdue": PetitionFilter(states=(NodeState.OVERDUE.value,)),
    }
    counts = {key: counting.by_court(wanted) for key, wanted in lists.items()}
    labels = names(connection)
    keys = {court for found in counts.values() for court in found}

    def bar(court: str) -> CourtBar:
        made = {
            key: Figure(key, counts[key].get(court, 0), replace(wanted, courts=(court,)))
            for key, wanted in lists.items()
        }
        return CourtBar(court, labels.get(court, court), **made)

    bars = [bar(court) for court in keys]
    return tuple(sorted(bars, key=lambda one: (-one.received.count, one.name)))


@dataclass(frozen=True, slots=True)
class Week:
    """One week, Monday to Sunday; the last ends today. Overdue as it stood at its end."""

    from_on: date
    to_on: date
    received: Figure
    closed: Figure
    overdue: Figure


def weeks_data(connection: Connection, args: FigureArgs) -> tuple[Week, ...]:
    """The last WEEKS weeks, oldest first."""
    counting = _Counting(connection, args)
    monday = args.today - timedelta(days=args.today.weekday())
    made = []
    for back in range(WEEKS - 1, -1, -1):
        first = monday - timedelta(weeks=back)
        last = min(first + timedelta(days=6), args.today)
        made.append(
            Week(
                first,
                last,
                counting.figure(
                    "received", replace(_CLOSED, received_from=first, received_to=last)
                ),
                counting.figure("closed", replace(_CLOSED, closed_from=first, closed_to=last)),
                counting.figure("overdue", replace(_CLOSED, overdue_on=last)),
            )
        )
    return tuple(made)

"""The ledger of pauses and the value of a count: the data clock.py works on. Pure; any thread."""

import calendar as month_table
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from desktop.rules.catalogue import Unit
from desktop.rules.steps import Step

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch not counted, both ends inside; `to_on` None while it lasts."""

    from_on: date
    to_on: date | None
    why: str
    document_no: str


@dataclass(frozen=True, slots=True)
class Extra:
    """An approved longer limit; there is no such thing without `approver` and `approved_on`."""

    amount: int
    unit: Unit
    applied_on: date
    approved_on: date
    approver: str
    document_no: str


@dataclass(frozen=True, slots=True)
class Period:
    """How long, in which unit, and whether a last day that is off rolls. `exact`: hours run from
    the act itself."""

    amount: int
    unit: Unit
    roll: bool
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A closed stretch of the union of pauses."""

    from_on: date
    to_on: date
    why: str
    document_no: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A count. `due_on` is the earliest possible last day when `certain` is False.

    `pause`: the last stretch in which the clock stands, `(from, None)` while it lasts;
    `legs`: the unrolled ends of the base limit and of each extension.
    """

    due_on: date
    due_at: datetime | None
    certain: bool
    missing_years: tuple[int, ...]
    pause: tuple[date, date | None] | None
    legs: tuple[date, ...]
    steps: tuple[Step, ...]


class Ledger:
    """Pauses as a union of closed stretches, and perhaps one that still stands.

    While a pause stands, the clock shows the due day it had when that pause began: days from
    then on are neither counted nor skipped, so closed stretches are cut at that day.
    """

    def __init__(self, pauses: Iterable[Pause], after: date) -> None:
        first = after + ONE_DAY
        live = [p for p in pauses if p.to_on is None or p.to_on >= first]
        standing = [p for p in live if p.to_on is None]
        self.open: Pause | None = min(standing, key=lambda p: p.from_on) if standing else None
        self.open_from = max(self.open.from_on, first) if self.open is not None else None
        closed = []
        for pause in live:
            if pause.to_on is None:
                continue
            start, end = max(pause.from_on, first), pause.to_on
            if self.open_from is not None:
                end = min(end, self.open_from - ONE_DAY)
            if start <= end:
                closed.append(Stretch(start, end, pause.why, pause.document_no))
        self.closed = _union(closed)

    def covers(self, day: date) -> Stretch | None:
        """The closed stretch that holds `day`."""
        for stretch in self.closed:
            if stretch.from_on <= day <= stretch.to_on:
                return stretch
        return None

    def standing(self, due_on: date) -> tuple[date, date | None] | None:
        """The last stretch inside a running period that ends on `due_on`."""
        if self.open_from is not None and self.open_from <= due_on:
            return (self.open_from, None)
        inside = [s for s in self.closed if s.from_on <= due_on]
        return (inside[-1].from_on, inside[-1].to_on) if inside else None


def _union(stretches: list[Stretch]) -> tuple[Stretch, ...]:
    joined: list[Stretch] = []
    for stretch in sorted(stretches, key=lambda s: (s.from_on, s.to_on)):
        if joined and stretch.from_on <= joined[-1].to_on:
            before = joined[-1]
            joined[-1] = Stretch(
                before.from_on,
                max(before.to_on, stretch.to_on),
                _both(before.why, stretch.why),
                _both(before.document_no, stretch.document_no),
            )
        else:
            joined.append(stretch)
    return tuple(joined)


def _both(one: str, other: str) -> str:
    return one if other in one.split("；") else f"{one}；{other}"


def add_months(day: date, months: int) -> date:
    """The corresponding day `months` later; the month's end where there is none (民法典202)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = month_table.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))

"""A fold over items in event order that takes late items without beginning anew.

The outputs are kept by hours together with the state at each hour's ends. A late item redoes its
own hour and the ones after it for as long as the state they begin with differs from before. Pure.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

from desktop.rules.tracks import Point, order

S = TypeVar("S")
O = TypeVar("O", bound=Hashable)  # noqa: E741 - an output


class Fold(Protocol[S, O]):
    """One step after another; states are values that compare."""

    def start(self) -> S:
        """The state before the first point."""

    def step(self, state: S, point: Point, out: list[O]) -> S:
        """The state after `point`; outputs go to `out`."""


@dataclass(slots=True)
class _Hour(Generic[S, O]):
    before: S
    after: S
    points: list[Point] = field(default_factory=list)
    out: list[O] = field(default_factory=list)


class Folded(Generic[S, O]):
    """The outputs of `fold` over a changing set of points; `redone` counts the steps made."""

    def __init__(self, fold: Fold[S, O]) -> None:
        self._fold = fold
        self._hours: list[int] = []
        self._parts: dict[int, _Hour[S, O]] = {}
        self.redone = 0

    @property
    def state(self) -> S:
        """The state after the last point."""
        return self._parts[self._hours[-1]].after if self._hours else self._fold.start()

    def outputs(self) -> Iterator[O]:
        """All outputs, in order."""
        for hour in self._hours:
            yield from self._parts[hour].out

    def last(self) -> O | None:
        """The last output; None before the first."""
        for hour in reversed(self._hours):
            if out := self._parts[hour].out:
                return out[-1]
        return None

    def since(self, hour: int) -> Iterator[O]:
        """The outputs of the points of that hour and later, in order."""
        for each in self._hours[bisect_left(self._hours, hour) :]:
            yield from self._parts[each].out

    def change(self, gone: Iterable[Point], come: Iterable[Point]) -> tuple[list[O], list[O]]:
        """Takes points out and in; the outputs that are no more, and those that are new."""
        gone, come = list(gone), list(come)
        if not gone and self._follows(come):
            return [], self._append(come)
        dirty = {self._remove(point) for point in gone}
        dirty |= {self._insert(point) for point in come}
        lost: Counter[O] = Counter()
        found: Counter[O] = Counter()
        for hour in sorted(dirty):
            self._redo(hour, dirty, lost, found)
        return list((lost - found).elements()), list((found - lost).elements())

    def _follows(self, come: list[Point]) -> bool:
        """Whether the points, which are in order, come after all that are there."""
        if not come or not self._hours:
            return False
        last = self._parts[self._hours[-1]].points[-1]
        return all(order(one) < order(other) for one, other in pairwise([last, *come]))

    def _append(self, come: list[Point]) -> list[O]:
        made: list[O] = []
        for point in come:
            hour = point.hour
            part = self._parts.get(hour)
            if part is None:
                part = self._open(hour)
            kept = len(part.out)
            part.after = self._fold.step(part.after, point, part.out)
            part.points.append(point)
            self.redone += 1
            made += part.out[kept:]
        return made

    def _open(self, hour: int) -> _Hour[S, O]:
        where = bisect_left(self._hours, hour)
        state = self._parts[self._hours[where - 1]].after if where else self._fold.start()
        self._hours.insert(where, hour)
        part = self._parts[hour] = _Hour(state, state)
        return part

    def _insert(self, point: Point) -> int:
        hour = point.hour
        part = self._parts.get(hour) or self._open(hour)
        part.points.insert(bisect_right(part.points, order(point), key=order), point)
        return hour

    def _remove(self, point: Point) -> int:
        hour = point.hour
        points = self._parts[hour].points
        where = bisect_left(points, order(point), key=order)
        if points[where] != point:
            raise ValueError("没有这个点")
        del points[where]
        return hour

    def _redo(self, first: int, dirty: set[int], lost: Counter[O], found: Counter[O]) -> None:
        where = bisect_left(self._hours, first)
        state = self._parts[self._hours[where - 1]].after if where else self._fold.start()
        while where < len(self._hours):
            hour = self._hours[where]
            part = self._parts[hour]
            if hour not in dirty and part.before == state:
                return
            dirty.discard(hour)
            lost.update(part.out)
            if not part.points:
                del self._parts[hour], self._hours[where]
                continue
            part.before, part.out = state, []
            for point in part.points:
                state = self._fold.step(state, point, part.out)
            self.redone += len(part.points)
            part.after = state
            found.update(part.out)
            where += 1

"""From the points of a device to its trips and stops, and which use order a trip belongs to (M61).

The time line of a device is without holes: trip, stop, or unseen, where nothing was heard for too
long or a jump lies between. Pure; any thread.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from desktop.rules.track_law import Limits
from desktop.rules.tracks import Point, centimetres, metres, reachable, seconds

Kind = Literal["trip", "stop", "unseen"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One piece of the time line. `unseen_s`: seconds within it of which nothing is known;
    `going_on`: more points may still lengthen it."""

    kind: Kind
    start: Point
    end: Point
    distance_cm: int
    unseen_s: int
    going_on: bool = False


@dataclass(frozen=True, slots=True)
class Going:
    """On the way. `anchor`: where the device may have begun to stand, with the way up to it."""

    start: Point
    last: Point
    way_cm: int
    anchor: Point
    anchor_cm: int
    unseen_s: int = 0  # since the anchor


@dataclass(frozen=True, slots=True)
class Staying:
    """At a stop that began at `start`. `leaving`: points outside it that do not yet count."""

    start: Point
    last: Point
    unseen_s: int
    leaving: tuple[Point, ...] = ()


State = Going | Staying | None


class Trips:
    """A stop is staying within `stop_radius` for `stop_time`; being outside of it for `leave_time`
    ends it. More than `gap` without a point, or a way that nothing can have moved, is unseen."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def start(self) -> State:
        """Before any point."""
        return None

    def step(self, state: State, point: Point, out: list[Stretch]) -> State:
        """One point on; what has ended goes to `out`."""
        if state is None:
            return _begin(point)
        if isinstance(state, Going):
            return self._go(state, point, out)
        return self._stay(state, point, out)

    def finish(self, state: State) -> list[Stretch]:
        """What is going on after the last point."""
        if isinstance(state, Staying):
            return [Stretch("stop", state.start, state.last, 0, state.unseen_s, going_on=True)]
        if state is None or state.start == state.last:
            return []
        return [Stretch("trip", state.start, state.last, state.way_cm, state.unseen_s, True)]

    def _go(self, going: Going, point: Point, out: list[Stretch]) -> State:
        if metres(going.anchor, point) <= self._limits.stop_radius:
            unseen = going.unseen_s + self._silence(going.last, point)
            if seconds(going.anchor, point) >= self._limits.stop_time:
                _trip(going.start, going.anchor, going.anchor_cm, out)
                return Staying(going.anchor, point, unseen)
            way = going.way_cm + centimetres(going.last, point)
            return replace(going, last=point, way_cm=way, unseen_s=unseen)
        if self._apart(going.last, point):
            _trip(going.start, going.last, going.way_cm, out)
            return _unseen(going.last, point, out)
        way = going.way_cm + centimetres(going.last, point)
        return Going(going.start, point, way, point, way)

    def _stay(self, stop: Staying, point: Point, out: list[Stretch]) -> State:
        if metres(stop.start, point) <= self._limits.stop_radius:
            return Staying(stop.start, point, stop.unseen_s + self._silence(stop.last, point))
        leaving = (*stop.leaving, point)
        before = leaving[-2] if stop.leaving else stop.last
        gone = seconds(leaving[0], point) >= self._limits.leave_time
        if not gone and not self._apart(before, point):
            return replace(stop, leaving=leaving)
        out.append(Stretch("stop", stop.start, stop.last, 0, stop.unseen_s))
        state: State = _begin(stop.last)
        for left in leaving:
            state = self.step(state, left, out)
        return state

    def _silence(self, one: Point, other: Point) -> int:
        pause = seconds(one, other)
        return round(pause) if pause > self._limits.gap else 0

    def _apart(self, one: Point, other: Point) -> bool:
        return seconds(one, other) > self._limits.gap or not reachable(one, other, self._limits)


def _begin(point: Point) -> Going:
    return Going(point, point, 0, point, 0)


def _trip(start: Point, end: Point, way_cm: int, out: list[Stretch]) -> None:
    if start != end:
        out.append(Stretch("trip", start, end, way_cm, 0))


def _unseen(before: Point, point: Point, out: list[Stretch]) -> Going:
    out.append(Stretch("unseen", before, point, 0, round(seconds(before, point))))
    return _begin(point)


@dataclass(frozen=True, slots=True)
class Use:
    """A use order (用车单): who drives which device from when until when."""

    id: str
    device: str
    driver: str
    since: datetime
    until: datetime


def use_of(trip: Stretch, uses: Iterable[Use]) -> Use | None:
    """The use order under which a trip was made: the one that covers most of it, by event time;
    of equals the earlier, then by id. None: nobody had ordered it."""

    def shared(use: Use) -> timedelta:
        return min(use.until, trip.end.at) - max(use.since, trip.start.at)

    of_it = [use for use in uses if use.device == trip.start.device and shared(use) > timedelta()]
    return min(of_it, key=lambda use: (-shared(use), use.since, use.id), default=None)

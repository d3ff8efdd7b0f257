"""Positions from the field: the one shape of a point, and which points of a device count.

Everything is judged in event time (`at`, when the device was there), never by when a point came
in: whatever the order of arrival, the same points give the same result (X21). Pure; any thread.
"""

import math
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Final

from desktop.rules.track_law import Limits

ZONE: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
EARTH_M: Final = 6_371_008.8
SLACK_M: Final = 20.0  # that two good fixes may differ by without anything having moved
HOUR_S: Final = 3600

Key = tuple[object, ...]
ASIDE: Final = {
    "ahead": "设备时钟超前",
    "behind": "时间过旧",
    "rough": "精度过差",
    "nowhere": "没有有效坐标",
}


@dataclass(frozen=True, slots=True)
class Point:
    """Where a device was. Degrees (WGS 84), metres, metres per second; course in degrees from
    north. `at`: event time; `received_at`: when it reached us; both with their zone, naive times
    are a ValueError. What a source does not say is None. Two points are equal whenever they came
    in."""

    device: str
    unit: str
    at: datetime
    lat: float
    lon: float
    accuracy: float | None
    speed: float | None
    course: float | None
    source: str
    received_at: datetime = field(compare=False)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None or self.received_at.tzinfo is None:
            raise ValueError("定位时间须带时区")

    @property
    def content(self) -> Key:
        """Everything but when it came in: two points that agree in it are one."""
        spoken = (self.accuracy, self.speed, self.course)
        return (
            *(self.device, self.at, self.source, self.lat, self.lon, self.unit),
            *(math.inf if value is None else value for value in spoken),
        )

    @property
    def hour(self) -> int:
        """The hour of event time since 1970 (UTC)."""
        return int(self.at.timestamp()) // HOUR_S


def order(point: Point) -> tuple[datetime, str]:
    """The order of points that count: no two of a device have one time."""
    return (point.at, point.device)


def seconds(earlier: Point, later: Point) -> float:
    """The event time between two points."""
    return (later.at - earlier.at).total_seconds()


def metres(one: Point, other: Point) -> float:
    """The distance between two points."""
    return metres_between(one.lat, one.lon, other.lat, other.lon)


def metres_between(lat: float, lon: float, lat2: float, lon2: float) -> float:
    """The distance on a sphere, metres."""
    a, b = math.radians(lat), math.radians(lat2)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon) / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(half)))


def centimetres(one: Point, other: Point) -> int:
    """The same, whole, so that sums do not depend on where they are cut."""
    return round(metres(one, other) * 100)


def accuracy(point: Point, limits: Limits) -> float:
    """The radius within which the device was, metres."""
    return float(limits.accuracy_assumed) if point.accuracy is None else point.accuracy


def reachable(one: Point, other: Point, limits: Limits) -> bool:
    """Whether something real can have moved from one to the other in the time between."""
    slack = accuracy(one, limits) + accuracy(other, limits) + SLACK_M
    return metres(one, other) <= limits.speed_max * abs(seconds(one, other)) + slack


def somewhere(point: Point) -> bool:
    """Whether it names a place: 0°, 0° is what trackers tell before they know any."""
    return abs(point.lat) <= 90 and abs(point.lon) <= 180 and not point.lat == 0 == point.lon


def aside(point: Point, limits: Limits) -> str:
    """Why a point is not judged by (a key of ASIDE), or empty. It is kept and shown all the same.

    A wrong clock shows against the time of arrival: nothing arrives before it has happened.
    """
    age = (point.received_at - point.at).total_seconds()
    if age < -limits.clock_ahead:
        return "ahead"
    if age > limits.late_most * 86_400:
        return "behind"
    if not somewhere(point):
        return "nowhere"
    return "rough" if accuracy(point, limits) > limits.accuracy_max else ""


class Selection:
    """Which points of one device count: each content once, one point at a time, and the better
    source where two speak of the same time. A function of the set of points alone."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._window = timedelta(seconds=limits.source_window)
        self._copies: Counter[Key] = Counter()
        self._times: list[datetime] = []
        self._heard: dict[datetime, list[Point]] = {}
        self._chosen: dict[datetime, Point] = {}
        self._ranks: Counter[int] = Counter()
        self.aside: Counter[str] = Counter()

    def change(
        self, come: Iterable[Point], gone: Iterable[Point] = ()
    ) -> tuple[list[Point], list[Point]]:
        """Takes points in and out; what no longer counts and what counts now, in order."""
        touched: set[datetime] = set()
        for point in gone:
            touched |= self._take_out(point)
        for point in come:
            touched |= self._take_in(point)
        before, after = [], []
        for at in sorted(touched):
            old, new = self._chosen.get(at), self._choose(at)
            if old == new:
                continue
            if old is not None:
                before.append(old)
                del self._chosen[at]
            if new is not None:
                after.append(new)
                self._chosen[at] = new
        return before, after

    def _take_in(self, point: Point) -> set[datetime]:
        why = aside(point, self._limits)
        if why:
            self.aside[why] += 1
            return set()
        self._copies[point.content] += 1
        if self._copies[point.content] > 1:
            return set()
        if point.at not in self._heard:
            insort(self._times, point.at)
        insort(self._heard.setdefault(point.at, []), point, key=self._preference)
        self._ranks[self._limits.rank(point.source)] += 1
        return self._near(point.at)

    def _take_out(self, point: Point) -> set[datetime]:
        why = aside(point, self._limits)
        if why:
            self.aside[why] -= 1
            return set()
        self._copies[point.content] -= 1
        if self._copies[point.content]:
            return set()
        touched = self._near(point.at)
        del self._copies[point.content]
        rank = self._limits.rank(point.source)
        self._ranks[rank] -= 1
        if not self._ranks[rank]:
            del self._ranks[rank]
        left = [one for one in self._heard[point.at] if one != point]
        if left:
            self._heard[point.at] = left
        else:
            del self._heard[point.at]
            del self._times[bisect_left(self._times, point.at)]
        return touched

    def _preference(self, point: Point) -> Key:
        return (
            self._limits.rank(point.source),
            math.inf if point.accuracy is None else point.accuracy,
            *point.content,
        )

    def _near(self, at: datetime) -> set[datetime]:
        """The times whose choice a point at `at` can change."""
        return set(self._around(at)) if len(self._ranks) > 1 else {at}

    def _around(self, at: datetime) -> list[datetime]:
        start = bisect_left(self._times, at - self._window)
        return self._times[start : bisect_right(self._times, at + self._window)]

    def _choose(self, at: datetime) -> Point | None:
        heard = self._heard.get(at)
        if not heard:
            return None
        best = heard[0]
        if len(self._ranks) > 1:
            rank = self._limits.rank(best.source)
            for time in self._around(at):
                if self._limits.rank(self._heard[time][0].source) < rank:
                    return None
        return best


@dataclass(frozen=True, slots=True)
class Reached:
    """Where the filter of jumps stands: the last point kept, and points in doubt after it."""

    last: Point | None = None
    doubt: tuple[Point, ...] = ()


class Jumps:
    """Keeps the points that something real can have passed through. A point out of reach waits:
    the next one in reach of the last kept refutes it, as many as `jump_points` that agree with one
    another confirm it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def start(self) -> Reached:
        """Before any point."""
        return Reached()

    def step(self, state: Reached, point: Point, out: list[Point]) -> Reached:
        """One point on; what is kept goes to `out`."""
        if state.last is None or reachable(state.last, point, self._limits):
            out.append(point)
            return Reached(point)
        agreeing = bool(state.doubt) and reachable(state.doubt[-1], point, self._limits)
        doubt = (*state.doubt, point) if agreeing else (point,)
        if len(doubt) < self._limits.jump_points:
            return Reached(state.last, doubt)
        out.extend(doubt)
        return Reached(point)

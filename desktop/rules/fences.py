"""Fences (电子围栏): on which side a point surely lies, and entering and leaving with persistence.

Nothing counts until it has lasted: the event bears the time at which the device first was on the
other side, and the point that confirmed it. Pure; any thread.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from desktop.errors import UserError
from desktop.rules.track_law import Limits
from desktop.rules.tracks import Point, accuracy, metres_between, seconds

Crossing = Literal["enter", "leave", "inside", "outside"]
METRES_PER_DEGREE = 111_195.08


@dataclass(frozen=True, slots=True)
class Fence:
    """A circle (one corner and `radius_m`) or a polygon (corners, degrees). `alarms`: which
    crossings raise one; inside and outside are where a device is first found. It counts from
    `since` until `until`. `devices`: whom it concerns, empty for all."""

    id: str
    name: str
    corners: tuple[tuple[float, float], ...]
    radius_m: float = 0.0
    alarms: frozenset[Crossing] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    devices: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        circle = len(self.corners) == 1 and self.radius_m > 0
        if not circle and (len(self.corners) < 3 or self.radius_m):
            raise UserError(f"围栏“{self.name}”须为一个圆心和半径，或至少三个顶点。")

    def concerns(self, device: str) -> bool:
        """Whether the fence is for that device."""
        return not self.devices or device in self.devices

    def depth(self, lat: float, lon: float) -> float:
        """How far inside the fence a place lies, metres; negative outside."""
        if len(self.corners) == 1:
            return self.radius_m - metres_between(lat, lon, *self.corners[0])
        wide = METRES_PER_DEGREE * math.cos(math.radians(lat))
        flat = [((x - lon) * wide, (y - lat) * METRES_PER_DEGREE) for y, x in self.corners]
        inside, nearest = False, math.inf
        for (x1, y1), (x2, y2) in zip(flat, (*flat[1:], flat[0]), strict=True):
            if (y1 > 0) != (y2 > 0) and x1 + (x2 - x1) * -y1 / (y2 - y1) > 0:
                inside = not inside
            nearest = min(nearest, _to_side(x1, y1, x2, y2))
        return nearest if inside else -nearest


def _to_side(x1: float, y1: float, x2: float, y2: float) -> float:
    """The distance of the origin from a side."""
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, -(x1 * dx + y1 * dy) / length))
    return math.hypot(x1 + along * dx, y1 + along * dy)


@dataclass(frozen=True, slots=True)
class FenceEvent:
    """`first`: the first point on the new side; it happened between `before` (None: unknown) and
    it. `confirmed`: the point with which it had lasted long enough."""

    fence: str
    kind: Crossing
    before: Point | None
    first: Point
    confirmed: Point


@dataclass(frozen=True, slots=True)
class Held:
    """A yes or no that changes only when the other has lasted: `value` None is not yet known,
    `seen` the last point that bore it out, `other` the first of those that deny it."""

    value: bool | None = None
    seen: Point | None = None
    other: Point | None = None
    denies: bool = False  # what `other` says, of use while `value` is None


def hold(state: Held, now: bool, point: Point, delay: int) -> tuple[Held, bool]:
    """The state after a point that says `now`; True when `now` has lasted for `delay` seconds."""
    if state.value is now:
        return Held(now, point), False
    first = state.other if state.other is not None and state.denies is now else point
    if seconds(first, point) >= delay:
        return Held(now, point), True
    return Held(state.value, state.seen, first, now), False


class Crossings:
    """The events of one device at one fence."""

    def __init__(self, fence: Fence, limits: Limits) -> None:
        self._fence, self._limits = fence, limits

    def start(self) -> Held:
        """Before any point."""
        return Held()

    def step(self, state: Held, point: Point, out: list[FenceEvent]) -> Held:
        """One point on; a confirmed crossing goes to `out`."""
        fence = self._fence
        if fence.since is not None and point.at < fence.since:
            return state
        if fence.until is not None and point.at >= fence.until:
            return state
        depth = fence.depth(point.lat, point.lon)
        if abs(depth) < accuracy(point, self._limits):
            return state  # it may be on either side
        inside = depth > 0
        delay = self._limits.fence_enter if inside else self._limits.fence_leave
        after, changed = hold(state, inside, point, delay)
        if changed:
            first = state.other if state.other is not None and state.denies is inside else point
            kind: Crossing = "enter" if inside else "leave"
            if state.value is None:
                kind = "inside" if inside else "outside"
            out.append(FenceEvent(fence.id, kind, state.seen, first, point))
        return after

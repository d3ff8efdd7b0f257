"""Watching several devices at once: too near to one another, or moving with nobody beside (U25).

A position of another device counts for `companion_age` seconds of event time. Pure; any thread.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

from desktop.errors import UserError
from desktop.rules.fences import Held, hold
from desktop.rules.track_law import Limits
from desktop.rules.tracks import Point, metres, metres_between, seconds


@dataclass(frozen=True, slots=True)
class Watch:
    """`near`: `device` and one of `others` within `radius_m`. `alone`: `device` moves while none
    of `others` is within `radius_m`; others of whom nothing is known are not beside it."""

    id: str
    name: str
    kind: Literal["near", "alone"]
    device: str
    others: frozenset[str]
    radius_m: float

    def __post_init__(self) -> None:
        if self.radius_m <= 0 or not self.others or self.device in self.others:
            raise UserError(f"“{self.name}”须有另外的对象和大于零的距离。")

    @property
    def devices(self) -> frozenset[str]:
        """All whose points it needs."""
        return self.others | {self.device}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen to be so from `first` on; `confirmed` the point with which it had lasted.
    `other`: the last point of the nearest other; None: nobody's place was known."""

    watch: str
    kind: Literal["near", "alone"]
    first: Point
    confirmed: Point
    other: Point | None


NOT_SO: Final = Held(value=False)


@dataclass(frozen=True, slots=True)
class Other:
    """The last point of another device; `beside` None: not yet compared with the device's way."""

    last: Point
    beside: bool | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """The device's last point; the others in order of name; `left`: where the device last was with
    somebody beside it, or was first found; how long what is watched for has been so or not."""

    own: Point | None = None
    others: tuple[Other, ...] = ()
    left: Point | None = None
    held: Held = NOT_SO


class Watching:
    """The alarms of one watch over the points of its devices in event order.

    It is judged at each point of the device: another was beside it if its last point was near to
    where the device was at that very time, between two of its own points. Comparing the last points
    themselves would part two cars that drive together and report by turns.
    """

    def __init__(self, watch: Watch, limits: Limits) -> None:
        self._watch, self._limits = watch, limits
        self._delay = limits.near_time if watch.kind == "near" else limits.alone_time

    def start(self) -> Watched:
        """Before any point."""
        return Watched()

    def step(self, state: Watched, point: Point, out: list[Seen]) -> Watched:
        """One point on; what has lasted long enough goes to `out`."""
        if point.device != self._watch.device:
            rest = [other for other in state.others if other.last.device != point.device]
            others = sorted((*rest, Other(point)), key=lambda other: other.last.device)
            return replace(state, others=tuple(others))
        fresh = [
            other if other.beside is not None else self._compared(other, state.own, point)
            for other in state.others
            if seconds(other.last, point) <= self._limits.companion_age
        ]
        beside = [other for other in fresh if other.beside]
        left = point if beside or state.left is None else state.left
        now = bool(beside)
        if self._watch.kind == "alone":
            now = not beside and metres(left, point) > self._limits.stop_radius
        held, changed = hold(state.held, now, point, self._delay)
        if changed and now:
            first = state.held.other if state.held.denies and state.held.other else point
            told = min(beside or fresh, key=lambda one: metres(one.last, point), default=None)
            last = None if told is None else told.last
            out.append(Seen(self._watch.id, self._watch.kind, first, point, last))
        return Watched(point, tuple(fresh), left, held)

    def _compared(self, other: Other, own: Point | None, point: Point) -> Other:
        lat, lon = point.lat, point.lon
        if own is not None and own.at <= other.last.at and seconds(own, point) <= self._limits.gap:
            part = seconds(own, other.last) / seconds(own, point)
            lat, lon = own.lat + (lat - own.lat) * part, own.lon + (lon - own.lon) * part
        apart = metres_between(lat, lon, other.last.lat, other.last.lon)
        return Other(other.last, apart <= self._watch.radius_m)

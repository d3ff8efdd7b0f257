"""The whole picture of some devices: trips, stops, fence events and alarms, kept as points come.

Points may come in any order, twice, days late or at equal times: the picture depends on which
points there are and on nothing else (X21). What a late point cannot change is not counted again.
Pure; any thread, one at a time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from desktop.rules.fences import Crossings, Fence, FenceEvent, Held
from desktop.rules.track_folds import Folded
from desktop.rules.track_law import Limits
from desktop.rules.track_watches import Seen, Watch, Watched, Watching
from desktop.rules.tracks import HOUR_S, ZONE, Jumps, Point, Reached, Selection, order
from desktop.rules.trips import State, Stretch, Trips

AlarmKind = Literal["enter", "leave", "inside", "outside", "near", "alone"]
AlarmKey = tuple[str, str, str, datetime]
WORDS: Final[Mapping[AlarmKind, str]] = {
    "enter": "进入围栏",
    "leave": "离开围栏",
    "inside": "首次定位即在围栏内",
    "outside": "首次定位即在围栏外",
    "near": "接近告警",
    "alone": "无人陪同移动",
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something to be acknowledged. `first`: the point at which it began; `confirmed`: the one with
    which it had lasted; `certain` False: nobody knows where those beside it were."""

    kind: AlarmKind
    subject: str
    name: str
    first: Point
    confirmed: Point
    certain: bool = True

    @property
    def key(self) -> AlarmKey:
        """What makes it this alarm and no other: kind, fence or watch, device, when it began."""
        return (self.kind, self.subject, self.first.device, self.first.at)

    def sentence(self, now: datetime | None = None) -> str:
        """14:03:20 豫C1234 进入围栏：仓库; with the day before it where `now` is of another."""
        doubt = "" if self.certain else "（同行人员位置不明）"
        at = self.first.at.astimezone(ZONE)
        who = self.first.unit or self.first.device
        day = f"{at:%m-%d} " if now is not None and at.date() != now.astimezone(ZONE).date() else ""
        return f"{day}{at:%H:%M:%S} {who} {WORDS[self.kind]}：{self.name}{doubt}"


class _Device:
    """The folds of one device."""

    def __init__(self, limits: Limits, fences: Iterable[Fence]) -> None:
        self.selection = Selection(limits)
        self.kept: Folded[Reached, Point] = Folded(Jumps(limits))
        self.trips: Folded[State, Stretch] = Folded(Trips(limits))
        self.fences: dict[str, Folded[Held, FenceEvent]] = {
            fence.id: Folded(Crossings(fence, limits)) for fence in fences
        }


class Picture:
    """Fences, watches and limits are given once: a change of them is another picture."""

    def __init__(
        self, limits: Limits, fences: Iterable[Fence] = (), watches: Iterable[Watch] = ()
    ) -> None:
        self._limits = limits
        self._fences = {fence.id: fence for fence in fences}
        self._watches = {watch.id: watch for watch in watches}
        self._devices: dict[str, _Device] = {}
        self._watching: dict[str, Folded[Watched, Seen]] = {
            watch.id: Folded(Watching(watch, limits)) for watch in self._watches.values()
        }
        self._alarms: Counter[Alarm] = Counter()
        self._finish = Trips(limits).finish

    def change(
        self, come: Iterable[Point], gone: Iterable[Point] = ()
    ) -> tuple[list[Alarm], list[Alarm]]:
        """Takes points in and out; the alarms that no longer hold, and those that hold now."""
        before: Counter[Alarm] = Counter()
        after: Counter[Alarm] = Counter()
        moved: dict[str, tuple[list[Point], list[Point]]] = {}
        sorted_out = _by_device(gone)
        for device, points in _by_device(come, also=sorted_out).items():
            moved[device] = self._one(device, points, sorted_out.get(device, []), before, after)
        for watch in self._watches.values():
            old = [p for device in sorted(watch.devices) for p in moved.get(device, ((), ()))[0]]
            new = [p for device in sorted(watch.devices) for p in moved.get(device, ((), ()))[1]]
            if old or new:
                lost, found = self._watching[watch.id].change(old, sorted(new, key=order))
                before.update(_watch_alarm(watch, seen) for seen in lost)
                after.update(_watch_alarm(watch, seen) for seen in found)
        self._alarms += after
        self._alarms -= before
        return _sorted((before - after).elements()), _sorted((after - before).elements())

    def _one(
        self,
        device: str,
        come: list[Point],
        gone: list[Point],
        before: Counter[Alarm],
        after: Counter[Alarm],
    ) -> tuple[list[Point], list[Point]]:
        """One device; which of its points are no longer believed, and which are now."""
        its = self._devices.get(device)
        if its is None:
            fences = (fence for fence in self._fences.values() if fence.concerns(device))
            its = self._devices[device] = _Device(self._limits, fences)
        old, new = its.kept.change(*its.selection.change(come, gone))
        new = sorted(new, key=order)
        if not old and not new:
            return old, new
        its.trips.change(old, new)
        for fence, crossings in its.fences.items():
            lost, found = crossings.change(old, new)
            before.update(self._fence_alarms(fence, lost))
            after.update(self._fence_alarms(fence, found))
        return old, new

    def _fence_alarms(self, fence_id: str, events: Iterable[FenceEvent]) -> list[Alarm]:
        fence = self._fences[fence_id]
        return [
            Alarm(event.kind, fence.id, fence.name, event.first, event.confirmed)
            for event in events
            if event.kind in fence.alarms
        ]

    @property
    def devices(self) -> list[str]:
        """Of whom there are points."""
        return sorted(self._devices)

    def alarms(self) -> list[Alarm]:
        """What holds by all the points there are, in order."""
        return _sorted(self._alarms.elements())

    def line(self, device: str) -> list[Stretch]:
        """Trips, stops and unseen stretches, the last one still going on."""
        its = self._devices.get(device)
        return [] if its is None else [*its.trips.outputs(), *self._finish(its.trips.state)]

    def crossings(self, device: str) -> list[FenceEvent]:
        """What happened at fences, in order."""
        its = self._devices.get(device)
        found = [] if its is None else [e for one in its.fences.values() for e in one.outputs()]
        return sorted(found, key=lambda event: (event.first.at, event.fence, event.kind))

    def points(self, device: str) -> list[Point]:
        """The points that are believed, in order: the trail."""
        its = self._devices.get(device)
        return [] if its is None else list(its.kept.outputs())

    def last(self, device: str) -> Point | None:
        """The latest point that is believed."""
        its = self._devices.get(device)
        return None if its is None else its.kept.last()

    def recent(self, device: str, since: datetime) -> list[Point]:
        """The points that are believed from `since` on, in order."""
        its = self._devices.get(device)
        found = () if its is None else its.kept.since(int(since.timestamp()) // HOUR_S)
        return [point for point in found if point.at >= since]

    def aside(self, device: str) -> Mapping[str, int]:
        """How many points are not judged by, by reason (desktop.rules.tracks.ASIDE)."""
        its = self._devices.get(device)
        return {} if its is None else {why: n for why, n in its.selection.aside.items() if n}

    @property
    def redone(self) -> int:
        """Steps made so far, of all folds: what the rebuilds have cost."""
        counted = sum(fold.redone for fold in self._watching.values())
        for its in self._devices.values():
            counted += its.kept.redone + its.trips.redone
            counted += sum(fold.redone for fold in its.fences.values())
        return counted


def _by_device(points: Iterable[Point], also: Iterable[str] = ()) -> dict[str, list[Point]]:
    found: defaultdict[str, list[Point]] = defaultdict(list)
    for device in also:
        found[device] = []
    for point in points:
        found[point.device].append(point)
    return found


def _watch_alarm(watch: Watch, seen: Seen) -> Alarm:
    certain = seen.other is not None
    return Alarm(seen.kind, watch.id, watch.name, seen.first, seen.confirmed, certain)


def _sorted(alarms: Iterable[Alarm]) -> list[Alarm]:
    return sorted(alarms, key=lambda one: (one.first.at, one.key))

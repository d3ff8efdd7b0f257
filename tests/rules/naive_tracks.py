"""The picture of a day counted once over all points, by another hand: nothing is kept or redone."""

from dataclasses import dataclass

from desktop.rules.fences import Crossings, Fence, FenceEvent
from desktop.rules.track_law import Limits
from desktop.rules.track_watches import Seen, Watch, Watching
from desktop.rules.tracks import Jumps, Point, accuracy
from desktop.rules.trips import Stretch, Trips


@dataclass
class Naive:
    points: dict[str, list[Point]]
    lines: dict[str, list[Stretch]]
    crossings: dict[str, list[FenceEvent]]
    seen: dict[str, list[Seen]]


def chosen(points: list[Point], limits: Limits) -> list[Point]:
    """One device's points that count, by the words of the rule, in quadratic time."""
    able = []
    for one in points:
        age = (one.received_at - one.at).total_seconds()
        good = -limits.clock_ahead <= age <= limits.late_most * 86_400
        if good and accuracy(one, limits) <= limits.accuracy_max and one not in able:
            able.append(one)
    kept = []
    for one in able:
        rivals = [two for two in able if two is not one]
        better = [
            two
            for two in rivals
            if limits.rank(two.source) < limits.rank(one.source)
            and abs((two.at - one.at).total_seconds()) <= limits.source_window
        ]
        same = [two for two in rivals if two.at == one.at and two.source == one.source]
        if not better and all(_taste(one) < _taste(two) for two in same):
            kept.append(one)
    return sorted(kept, key=lambda one: one.at)


def _taste(one: Point) -> tuple[object, ...]:
    return (1e9 if one.accuracy is None else one.accuracy, one.lat, one.lon)


def naive(
    points: list[Point], limits: Limits, fences: tuple[Fence, ...], watches: tuple[Watch, ...]
) -> Naive:
    made = Naive({}, {}, {}, {})
    for device in sorted({one.device for one in points}):
        jumps, kept = Jumps(limits), list[Point]()
        reached = jumps.start()
        for one in chosen([p for p in points if p.device == device], limits):
            reached = jumps.step(reached, one, kept)
        trips, line = Trips(limits), list[Stretch]()
        state = trips.start()
        for one in kept:
            state = trips.step(state, one, line)
        made.points[device], made.lines[device] = kept, [*line, *trips.finish(state)]
        events = list[FenceEvent]()
        for fence in fences:
            crossings = Crossings(fence, limits)
            held = crossings.start()
            for one in kept:
                held = crossings.step(held, one, events)
        made.crossings[device] = sorted(events, key=lambda e: (e.first.at, e.fence, e.kind))
    for watch in watches:
        watching, seen = Watching(watch, limits), list[Seen]()
        at = watching.start()
        both = [p for device, kept in made.points.items() if device in watch.devices for p in kept]
        for one in sorted(both, key=lambda p: (p.at, p.device)):
            at = watching.step(at, one, seen)
        made.seen[watch.id] = seen
    return made

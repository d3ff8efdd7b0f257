"""Where one unit was believed to be at any instant, by the points up to it. Pure.

The rules are those of the live picture (desktop.rules.tracks): which of several sources counts, and
which points nothing real can have passed through. What they make of a point can still change within
the seconds in which a better source may speak of the same time; what lies before is settled, and
its state is kept after every point, so that any instant costs the settled state and some seconds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from desktop.contract.courtesy import breathe
from desktop.rules.track_law import Limits
from desktop.rules.tracks import Jumps, Point, Reached, Selection, order

_PAUSE: Final = 500  # points between two moments in which the window may go on


class Track:
    """The points of one unit, as many as are known of a span."""

    def __init__(self, points: Sequence[Point], limits: Limits) -> None:
        self._limits = limits
        self._jumps = Jumps(limits)
        # Of one source alone nothing can be outdone by a better one.
        alone = len({limits.rank(point.source) for point in points}) < 2
        self._reach = timedelta(seconds=0 if alone else limits.source_window)
        self._heard = sorted(points, key=order)
        self._times = [point.at for point in self._heard]
        chosen = _chosen(self._heard, limits)
        self._settled = [point.at for point in chosen]
        self._states: list[Reached] = [self._jumps.start()]
        self._kept: list[Point] = []
        self._counts = [0]
        for n, point in enumerate(chosen):
            if n % _PAUSE == 0:
                breathe()
            self._states.append(self._jumps.step(self._states[-1], point, self._kept))
            self._counts.append(len(self._kept))

    @property
    def points(self) -> Sequence[Point]:
        """Every point, in order of time."""
        return self._heard

    def seen(self, at: datetime, back: timedelta) -> tuple[Point | None, list[Point]]:
        """The point last believed at that instant (where none ever was, the last one heard of), and
        the believed ones of the time `back` before the instant, in order."""
        n, tail, state = self._until(at)
        if state.last is None:
            heard = bisect_right(self._times, at)
            return (self._heard[heard - 1] if heard else None), []
        if not back:
            return state.last, []
        since = max(at, state.last.at) - back
        first = last = self._counts[n]
        while first and self._kept[first - 1].at >= since:
            first -= 1
        way = [*self._kept[first:last], *(point for point in tail if point.at >= since)]
        return state.last, way

    def _until(self, at: datetime) -> tuple[int, list[Point], Reached]:
        """How many chosen points are settled at that instant, what is believed behind them, and
        where the filter stands."""
        if not self._reach:
            n = bisect_right(self._settled, at)
            return n, [], self._states[n]
        n = bisect_left(self._settled, at - self._reach)
        first = bisect_left(self._times, at - 2 * self._reach)
        near = self._heard[first : bisect_right(self._times, at)]
        state, settled = self._states[n], at - self._reach
        tail: list[Point] = []
        for point in _chosen(near, self._limits):
            if point.at >= settled:
                state = self._jumps.step(state, point, tail)
        return n, tail, state


def _chosen(points: Sequence[Point], limits: Limits) -> list[Point]:
    _none, chosen = Selection(limits).change(points)
    return chosen

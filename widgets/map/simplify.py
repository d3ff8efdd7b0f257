"""Fewer points for a line that is seen from farther away. Pure; any thread.

Douglas and Peucker's rule (1973), run once: each point learns the tolerance up to which it is
kept, so that the lines of all zooms are filters of one pass.
"""

import math
from array import array
from collections.abc import Sequence

from widgets.map.mercator import Point


def keep_until(points: Sequence[Point]) -> list[float]:
    """For each point the tolerance (in the points' own unit) up to which it is kept.

    The ends are kept for ever. A point falls with the stretch that it divides.
    """
    count = len(points)
    kept = [0.0] * count
    if count:
        kept[0] = kept[-1] = math.inf
    stretches = [(0, count - 1, math.inf)]
    while stretches:
        first, last, limit = stretches.pop()
        if last - first < 2:
            continue
        place, far = _farthest(points, first, last)
        kept[place] = min(limit, far)
        stretches.append((first, place, kept[place]))
        stretches.append((place, last, kept[place]))
    return kept


def _farthest(points: Sequence[Point], first: int, last: int) -> tuple[int, float]:
    """The point between two that lies farthest from the line between them, and how far."""
    (ax, ay), (bx, by) = points[first], points[last]
    across, down = bx - ax, by - ay
    square = across * across + down * down
    best, far = first + 1, -1.0
    for place in range(first + 1, last):
        x, y = points[place][0] - ax, points[place][1] - ay
        share = (x * across + y * down) / square if square else 0.0
        share = 0.0 if share < 0 else min(share, 1.0)
        x, y = x - share * across, y - share * down
        distance = x * x + y * y
        if distance > far:
            best, far = place, distance
    return best, math.sqrt(far)


def thinned(points: Sequence[Point], kept: Sequence[float], tolerance: float) -> "array[float]":
    """The points that stay at `tolerance`, as x, y, x, y …"""
    out: array[float] = array("d")
    for point, until in zip(points, kept, strict=True):
        if until > tolerance:
            out.extend(point)
    return out

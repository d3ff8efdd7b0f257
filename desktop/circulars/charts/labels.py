"""Words in a chart that do not stand on one another. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_AWAY: Final = (4.0, 10.0, 18.0, 27.0, 37.0, 48.0, 60.0, 75.0, 95.0, 120.0)  # points
_SIDES: Final = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))


@dataclass(frozen=True, slots=True)
class Box:
    """Edges in points, heights from the top."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether they share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def shared(self, other: "Box") -> float:
        """How much area they share."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, wide) * max(0.0, high)

    def within(self, other: "Box") -> bool:
        """Whether no part of it is outside `other`."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words of that size for the dot at `x`, `y`."""

    x: float
    y: float
    wide: float
    high: float


def placed(wanted: Sequence[Wanted], taken: Sequence[Box], area: Box) -> list[Box]:
    """A box in `area` for each, near its dot, on none of the others and of `taken`; where there is
    no such place, the one that covers least."""
    found: list[Box] = []
    for one in wanted:
        places = [box for box in _places(one) if box.within(area)]
        others = [*taken, *found]
        free = next((box for box in places if not any(map(box.meets, others))), None)
        if free is None and places:
            free = min(places, key=lambda box: sum(map(box.shared, others)))
        found.append(free or _pushed(_places(one)[0], area))
    return found


def spread(middles: Sequence[float], high: float, top: float, bottom: float) -> list[float]:
    """`middles` of lines of words moved apart so that they are `high` from one another, in their
    order and between `top` and `bottom` while there is room."""
    order = sorted(range(len(middles)), key=lambda n: (middles[n], n))
    placed_at = list(middles)
    edge = top
    for n in order:
        placed_at[n] = max(placed_at[n], edge + high / 2)
        edge = placed_at[n] + high / 2
    edge = bottom
    for n in reversed(order):
        placed_at[n] = min(placed_at[n], edge - high / 2)
        edge = placed_at[n] - high / 2
    return placed_at


def _places(one: Wanted) -> list[Box]:
    found = []
    for away in _AWAY:
        for right, down in _SIDES:
            left = one.x + right * away - (one.wide * (1 - right) / 2)
            top = one.y + down * away - (one.high * (1 - down) / 2)
            found.append(Box(left, top, left + one.wide, top + one.high))
    return found


def _pushed(box: Box, area: Box) -> Box:
    over = min(0.0, area.right - box.right)
    down = min(0.0, area.bottom - box.bottom)
    return Box(box.left + over, box.top + down, box.right + over, box.bottom + down)

"""Finds room for names so that none covers another. Pure; any thread."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

_WIDE: Final = 128.0  # cells like names: wide and low
_HIGH: Final = 32.0

Rect = tuple[float, float, float, float]  # left, top, right, bottom in pixels


class Room:
    """What of the picture is taken; asked in the order of importance."""

    def __init__(self) -> None:
        self._cells: defaultdict[tuple[int, int], list[Rect]] = defaultdict(list)

    def take(self, rect: Rect) -> None:
        """Takes the place, whatever stands there."""
        for cell in _cells(rect):
            self._cells[cell].append(rect)

    def take_if_free(self, rect: Rect) -> bool:
        """Takes the place if nothing stands there; whether it did."""
        left, top, right, bottom = rect
        cells = _cells(rect)
        for cell in cells:
            for other in self._cells.get(cell, ()):
                if other[0] < right and left < other[2] and other[1] < bottom and top < other[3]:
                    return False
        for cell in cells:
            self._cells[cell].append(rect)
        return True

    def first_free(self, rects: Iterable[Rect]) -> Rect | None:
        """Takes and gives the first of the places that is free."""
        return next((rect for rect in rects if self.take_if_free(rect)), None)


def _cells(rect: Rect) -> list[tuple[int, int]]:
    left, right = int(rect[0] // _WIDE), int(rect[2] // _WIDE)
    top, bottom = int(rect[1] // _HIGH), int(rect[3] // _HIGH)
    if left == right and top == bottom:
        return [(left, top)]
    return [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]

"""Values that change at known instants, each made once and kept: keyframes. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """`make(n)` gives the value after the first n of `times`, which are in order. UI thread or any
    one other at a time."""

    def __init__(self, times: Sequence[datetime], make: Callable[[int], T]) -> None:
        self.times = tuple(times)
        self._make = make
        self._made: dict[int, T] = {}

    def at(self, moment: datetime) -> T:
        """The value at that instant, what happened in it included."""
        n = bisect_right(self.times, moment)
        if n not in self._made:
            self._made[n] = self._make(n)
        return self._made[n]

"""Round numbers along an axis, and where a number stands on it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

_ROUND: Final = (1, 2, 5, 10)
_CLOSE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Scale:
    """`ticks` in rising order, the first at `begins` and the last at `ends`, in points; heights
    are smaller where numbers are larger, as they count from the top."""

    ticks: tuple[float, ...]
    begins: float
    ends: float

    def at(self, value: float) -> float:
        """Where `value` stands."""
        low, high = self.ticks[0], self.ticks[-1]
        return self.begins + (value - low) / (high - low) * (self.ends - self.begins)


def ticks(values: Sequence[float], *, digits: int, from_zero: bool, most: int = 6) -> list[float]:
    """Round numbers, at most `most` and at least two, that hold all `values`; none is finer than
    `digits` decimals. `from_zero`: nought is one of them; else it is where it is not far."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if from_zero or low * high <= 0 or min(abs(low), abs(high)) < max(abs(low), abs(high)) / 2:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 10.0**-digits:
        high = low + 10.0**-digits
    power = floor(log10((high - low) / (most - 1) + _CLOSE))
    while True:
        for one in _ROUND:
            step = one * 10.0**power
            if step < 10.0**-digits - _CLOSE:
                continue
            first, last = floor(low / step + _CLOSE), ceil(high / step - _CLOSE)
            if last - first + 1 <= most:
                return [number * step for number in range(first, max(last, first + 1) + 1)]
        power += 1

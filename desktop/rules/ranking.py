"""Fair ranking: is a rate unlike the others', or within what chance alone gives? (X13) Pure.

A court is compared with all courts together by the exact hypergeometric distribution: were all
alike, its share of the `hits` would be drawn without choice from the whole. Two of three late is
then no finding, forty of nine hundred may be one. The level is shared out over the courts compared
(Bonferroni), so that equal courts are named at most as often as the level says, all together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil, exp, floor, lgamma
from typing import Final

LEVEL: Final = Fraction(5, 100)  # how often one of equal courts may be named
_SLACK: Final = 1e-12  # for sums of probabilities


class Standing(StrEnum):
    """Where a rate lies; the words of the circular."""

    WITHIN = "在正常波动范围内"
    HIGH = "显著高于全市"
    LOW = "显著低于全市"
    FEW = "件数过少，不作比较"


@dataclass(frozen=True, slots=True)
class Count:
    """`hits` of `of` matters; both whole, 0 ≤ hits ≤ of."""

    hits: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.of:
            raise ValueError(f"{self.hits} of {self.of}")


@dataclass(frozen=True, slots=True)
class Place:
    """One court. `low` and `high`: the fewest and the most hits within what chance gives at this
    volume; `rank` from 1, equal rates share it, None where the volume is too small."""

    count: Count
    standing: Standing
    low: int
    high: int
    rank: int | None


def placed(
    counts: Mapping[str, Count],
    *,
    least: int = 5,
    more_is_better: bool = True,
    level: Fraction = LEVEL,
) -> dict[str, Place]:
    """Every court by its key. Those with fewer than `least` matters are neither compared nor
    ranked. Raises ValueError for a level outside 0 … 1."""
    if not 0 < level < 1:
        raise ValueError(f"level {level}")
    compared = {key: one for key, one in counts.items() if one.of >= max(1, least)}
    whole = Count(
        sum(one.hits for one in compared.values()), sum(one.of for one in compared.values())
    )
    ranks = _ranks(compared, more_is_better=more_is_better)
    found: dict[str, Place] = {}
    for key, one in counts.items():
        if key not in compared:
            found[key] = Place(one, Standing.FEW, 0, one.of, None)
            continue
        low, high = limits(whole, one.of, float(level) / len(compared))
        standing = Standing.WITHIN
        if one.hits > high:
            standing = Standing.HIGH
        elif one.hits < low:
            standing = Standing.LOW
        found[key] = Place(one, standing, low, high, ranks[key])
    return found


def _ranks(counts: Mapping[str, Count], *, more_is_better: bool) -> dict[str, int]:
    rates = {key: Fraction(one.hits, one.of) for key, one in counts.items()}
    ordered = sorted(rates.values(), reverse=more_is_better)
    return {key: ordered.index(rate) + 1 for key, rate in rates.items()}


def limits(whole: Count, volume: int, level: float) -> tuple[int, int]:
    """The fewest and the most hits of `volume` matters drawn from `whole` such that each tail
    beyond has a probability of at most `level` / 2. Also the lines of the control chart."""
    first = max(0, volume - (whole.of - whole.hits))
    last = min(volume, whole.hits)
    tail = level / 2 + _SLACK
    low, below = first, _chance(whole, volume, first)
    while low < last and below <= tail:
        low += 1
        below += _chance(whole, volume, low)
    high, above = last, _chance(whole, volume, last)
    while high > first and above <= tail:
        high -= 1
        above += _chance(whole, volume, high)
    return low, high


def _chance(whole: Count, volume: int, hits: int) -> float:
    """Hypergeometric: exactly `hits` among `volume` drawn from `whole`."""
    return exp(
        _ways(whole.hits, hits)
        + _ways(whole.of - whole.hits, volume - hits)
        - _ways(whole.of, volume)
    )


def _ways(of: int, taken: int) -> float:
    """Logarithm of the ways to take `taken` of `of`."""
    return lgamma(of + 1) - lgamma(taken + 1) - lgamma(of - taken + 1)


def percent(hits: int, of: int) -> str:
    """91.30: two decimals, half up, of whole numbers; — without any matter."""
    if of == 0:
        return "—"
    hundredths = floor(Fraction(hits * 10_000, of) + Fraction(1, 2))
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def control_lines(
    whole: Count, most: int, level: float, steps: int = 60
) -> list[tuple[int, float, float]]:
    """(volume, lowest rate, highest rate) for volumes up to `most`, for the control chart."""
    most = min(most, whole.of)
    volumes = sorted({max(1, ceil(most * n / steps)) for n in range(1, steps + 1)})
    lines = []
    for volume in volumes:
        low, high = limits(whole, volume, level)
        lines.append((volume, low / volume, high / volume))
    return lines

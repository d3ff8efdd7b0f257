"""An additive risk: fitted on the past, judged on days it has not seen. Pure numbers, numpy.

Logistic regression by Newton's method with a small ridge, so that a sign that hardly ever occurs
gets few points instead of endless ones. Nothing is drawn by chance: the same past gives the same
points.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

_RIDGE: Final = 1.0
_STEPS: Final = 50
_STILL: Final = 1e-10
_FAR: Final = 30.0  # log-odds beyond which the exponential says nothing more
_HITS_A_BIN: Final = 12
_BINS_MOST: Final = 8
_WILSON: Final = 1.96
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """One line for each case and day: signs `x`, whether it happened `y`, and the number of its
    case `case` (lines of one case are not independent)."""

    x: Numbers
    y: Numbers
    case: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases with a risk from `low` to `high`: `mean` of what was said, `hits` of `of` happened,
    `least` and `most` the share that chance leaves open (95 %)."""

    low: float
    high: float
    mean: float
    hits: int
    of: int
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Trial:
    """How the points did on days they had not seen. `brier` and `base`: mean squared distance of
    the risks, and of the best single rate for all, known only afterwards; `sure`: by how many
    standard errors the first is smaller. `expected` and `happened` count cases."""

    brier: float
    base: float
    sure: float
    of: int
    expected: float
    happened: int
    bins: tuple[Bin, ...]


def fit(x: Numbers, y: Numbers) -> Numbers:
    """Points in log-odds: the first for everybody, then one for each sign, none below zero.

    Signs are things left undone: one that seems to lower the risk does so by chance or beside a
    sign that says the same, so it gets no points, and the others are fitted anew.
    """
    lines, place = np.unique(x, axis=0, return_inverse=True)
    place = place.reshape(-1)
    of = np.bincount(place).astype(np.float64)
    hits = np.bincount(place, weights=y).astype(np.float64)
    kept = list(range(x.shape[1]))
    while True:
        found = _summit(_with_one(lines[:, kept]), hits, of)
        if not kept or found[1:].min() >= 0:
            break
        kept.pop(int(found[1:].argmin()))
    points = np.zeros(1 + x.shape[1])
    points[0] = found[0]
    points[[1 + one for one in kept]] = found[1:]
    return points


def _summit(lines: Numbers, hits: Numbers, of: Numbers) -> Numbers:
    """The points under which `hits` of `of` on each line are likeliest, by Newton's method."""
    ridge = np.full(lines.shape[1], _RIDGE)
    ridge[0] = 0.0
    share = min(max(float(hits.sum() / of.sum()), 1e-6), 1 - 1e-6)
    points = np.zeros(lines.shape[1])
    points[0] = np.log(share / (1 - share))
    worth = _worth(points, lines, hits, of, ridge)
    for _ in range(_STEPS):
        risk = _risk(lines @ points)
        slope = lines.T @ (hits - of * risk) - ridge * points
        curve = (lines * (of * risk * (1 - risk))[:, None]).T @ lines + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        # A whole step may lead past the summit: it is halved until it leads up.
        while (better := _worth(points + step, lines, hits, of, ridge)) < worth:
            step = step / 2
            if float(np.abs(step).max()) < _STILL:
                return points
        points, worth = points + step, better
        if float(np.abs(step).max()) < _STILL:
            break
    return points


def _worth(points: Numbers, lines: Numbers, hits: Numbers, of: Numbers, ridge: Numbers) -> float:
    """The logarithm of the likelihood, less the ridge."""
    odds = lines @ points
    likelihood = (hits * odds - of * np.logaddexp(0.0, odds)).sum()
    return float(likelihood - (ridge * points**2).sum() / 2)


def risks(points: Numbers, x: Numbers) -> Numbers:
    """The risk of every line, between 0 and 1."""
    return _risk(_with_one(x) @ points)


def _with_one(x: Numbers) -> Numbers:
    return np.hstack([np.ones((x.shape[0], 1)), x])


def _risk(odds: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -_FAR, _FAR))), dtype=np.float64)


def judged(points: Numbers, later: Sample) -> Trial:
    """Points against days they had not seen."""
    said, came = risks(points, later.x), later.y
    rate = float(came.mean())
    better = (rate - came) ** 2 - (said - came) ** 2
    return Trial(
        brier=float(((said - came) ** 2).mean()),
        base=rate * (1 - rate),
        sure=_sure(better, later.case),
        of=len(came),
        expected=float(said.sum()),
        happened=int(came.sum()),
        bins=_bins(said, came),
    )


def _sure(better: Numbers, case: NDArray[np.int64]) -> float:
    """Mean gain over its standard error, the lines of a case taken together."""
    gain = float(better.mean())
    _cases, place = np.unique(case, return_inverse=True)
    sums = np.bincount(place, weights=better - gain)
    error = sqrt(float((sums**2).sum())) / len(better)
    return gain / error if error > 0 else 0.0


def _bins(said: Numbers, came: Numbers) -> tuple[Bin, ...]:
    """Bins that expect about as many petitions as the next, the lowest risks first. Equal risks
    stay together."""
    number = int(min(max(said.sum() / _HITS_A_BIN, 1), _BINS_MOST))
    known, place = np.unique(said.round(9), return_inverse=True)
    mass = known * np.bincount(place.reshape(-1))
    middle = np.cumsum(mass) - mass / 2
    bins = np.minimum(middle * number / mass.sum(), number - 1).astype(int)[place.reshape(-1)]
    found = []
    for one in np.unique(bins):
        inside = bins == one
        hits, of = int(came[inside].sum()), int(inside.sum())
        low, high = float(said[inside].min()), float(said[inside].max())
        found.append(Bin(low, high, float(said[inside].mean()), hits, of, *wilson(hits, of)))
    return tuple(found)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The shares that `hits` of `of` leave open, 95 % (Wilson)."""
    if of == 0:
        return 0.0, 1.0
    share, square = hits / of, _WILSON**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _WILSON * sqrt(share * (1 - share) / of + square / (4 * of**2)) / (1 + square / of)
    return max(middle - half, 0.0), min(middle + half, 1.0)

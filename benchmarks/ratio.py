"""What a benchmark gives back: our figure and a raw baseline from the same run, as a ratio."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Ratio:
    """One row of the table. `goal` is a bound on `ratio` (or on `ours` where `bound_ours`).

    `more_is_better` says which way the bound points.
    """

    name: str
    ours: float
    baseline: float
    unit: str
    against: str
    goal: float | None = None
    bound_ours: bool = False
    more_is_better: bool = False

    @property
    def ratio(self) -> float:
        """Ours over the baseline."""
        return self.ours / self.baseline if self.baseline else float("nan")

    @property
    def holds(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.goal is None:
            return None
        value = self.ours if self.bound_ours else self.ratio
        return value >= self.goal if self.more_is_better else value <= self.goal


def seconds(work: Callable[[], object], rounds: int = 5) -> float:
    """The median wall time of `rounds` runs of `work`, in seconds."""
    taken = []
    for _ in range(rounds):
        before = time.perf_counter()
        work()
        taken.append(time.perf_counter() - before)
    return median(taken)

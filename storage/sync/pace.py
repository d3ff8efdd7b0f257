"""When to try again, and how much to send at once. Pure: clock and chance are handed in."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from storage.sync.push import BUNDLES_MAX

POLL_S: Final = 3.0
RETRY_MAX_S: Final = 300.0
# Everybody has something to send and to fetch after an outage of the hub, and shall not do it at
# once: who was cut off for longer than this begins at a random moment within as long.
OUTAGE_S: Final = 60.0
CALL_S: Final = 0.5
BUNDLES_FIRST: Final = 100
_STEP: Final = 100


class Retry:
    """Full jitter: after the n-th failure in a row a random wait below 2^n seconds, 1 to 300 s.

    The first one is short, as most failures are a cable or a restart. Five hundred desks that lost
    the same hub come back spread out, since each has drawn its own waits.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._failures = 0

    def failed(self) -> float:
        """Seconds until the next try."""
        self._failures = min(self._failures + 1, 16)
        most = min(RETRY_MAX_S, 2.0**self._failures)
        return max(1.0, self._chance.uniform(0.0, most))

    def worked(self) -> None:
        """The next failure is a first one again."""
        self._failures = 0

    def poll(self, every_s: float = POLL_S) -> float:
        """Seconds until the next look, a fifth more or less."""
        return every_s * self._chance.uniform(0.8, 1.2)


class BatchSize:
    """How many bundles go in one call: a little more while the hub is quick, half when it is not.

    The hub holds locks while it judges; calls of about half a second leave room for others.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.bundles = BUNDLES_FIRST

    @contextmanager
    def timing(self) -> Iterator[None]:
        """Round one call; one that fails counts as slow."""
        began = self._clock()
        try:
            yield
        except BaseException:
            self.bundles = max(1, self.bundles // 2)
            raise
        if self._clock() - began > CALL_S:
            self.bundles = max(1, self.bundles // 2)
        else:
            self.bundles = min(BUNDLES_MAX, self.bundles + _STEP)

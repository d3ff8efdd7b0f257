"""What all sources share: whose points they are, the sentence for how they stand, the back-off.

A source never raises for what goes wrong outside: it says so in its state, comes back by itself,
and gives what it gets in the one shape of desktop.rules.tracks.Point.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, Protocol

from desktop.rules.tracks import ZONE, Point

FIRST_S: Final = 1.0
MOST_S: Final = 60.0
YEARS: Final = range(1980, 2101)  # GPS time begins in 1980
# A receiver that speaks now says the time of now; apart by more, one of the two clocks is wrong.
APART: Final = timedelta(minutes=5)
# The number of the week has ten bits and begins anew after as many weeks: an old receiver is then
# nineteen years and a half behind (IS-GPS-200, 20.3.3.3.1.1; last on 2019-04-07).
ROLLOVER: Final = timedelta(weeks=1024)

Standing = Literal["idle", "connecting", "waiting", "no_device", "no_fix", "live", "refused"]


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source stands; `sentence` in Chinese. "refused" needs a person, the others do not."""

    standing: Standing
    sentence: str


IDLE: Final = SourceState("idle", "尚未开始")


class Source(Protocol):
    """Anything that gives points."""

    @property
    def state(self) -> SourceState:
        """How it stands now."""

    def read(self, seconds: float) -> list[Point]:
        """The points that have come, in the order they came; waits at most `seconds` for them."""

    def close(self) -> None:
        """Lets go of the line; a reading thread comes back at once. From any thread."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who carries a receiver: the device that its points are booked under, and its unit."""

    device: str
    unit: str = ""


def utc_now() -> datetime:
    """The moment at which a point comes in."""
    return datetime.now(UTC)


def clock_words(at: datetime | None) -> str:
    """，最后定位 03-09 08:00:05; empty where there was none."""
    return "" if at is None else f"，最后定位 {at.astimezone(ZONE):%m-%d %H:%M:%S}"


def moment_of(value: object) -> datetime | None:
    """A moment with its zone from a text; None for anything else, or a year that cannot be."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if found is None or found.tzinfo is None or found.year not in YEARS else found


def known_accuracy(metres: float | None) -> float | None:
    """A radius in metres; none is smaller than zero, and zero says that it is not known."""
    return metres if metres is not None and metres > 0 else None


def clock_doubt(at: datetime, now: datetime) -> str:
    """What is said of a receiver whose time is not that of this machine; empty where it is."""
    apart = now - at
    if abs(apart) <= APART:
        return ""
    weeks = round(apart / ROLLOVER)
    turned = weeks > 0 and abs(apart - weeks * ROLLOVER) < timedelta(days=2)
    why = "GPS 周数翻转，接收机须升级" if turned else "请核对本机时钟和接收机"
    return f"接收机时间为 {at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}，与本机不符（{why}），定位未采信"


class Backoff:
    """Waits that double from `first` to `most` seconds until something succeeds."""

    def __init__(
        self,
        first: float = FIRST_S,
        most: float = MOST_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._first, self._most, self._monotonic = first, most, monotonic
        self._failures = 0
        self._until = 0.0

    def failed(self, at_least: float = 0.0) -> float:
        """Notes a failure; how long to wait. `at_least`: what the other side asked for."""
        wait = min(self._most, self._first * 2.0 ** min(self._failures, 30))
        self._failures += 1
        wait = max(wait, at_least)
        self._until = self._monotonic() + wait
        return wait

    def succeeded(self) -> None:
        """The next failure begins anew."""
        self._failures, self._until = 0, 0.0

    @property
    def left(self) -> float:
        """Seconds until the next try, 0 when it may be made."""
        return max(0.0, self._until - self._monotonic())


class Pausing:
    """A wait that closing ends."""

    def __init__(self) -> None:
        self._closed = threading.Event()

    @property
    def closed(self) -> bool:
        """Whether the source is closed for good."""
        return self._closed.is_set()

    def pause(self, seconds: float) -> None:
        """Waits so long, or until `end`."""
        self._closed.wait(max(0.0, seconds))

    def end(self) -> None:
        """Ends every wait, now and later."""
        self._closed.set()

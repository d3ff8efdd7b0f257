"""The course of one feed: from its frames and breaks to how it stands and what to do next. Pure.

A player says "playing" while its picture stands still, so a feed is live only as long as new
frames come. Frames held up on the way are shown by a player at their own pace and stay behind for
good; such a line is opened again, which brings the present.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from widgets.feeds.records import Cause, FeedState


class Act(StrEnum):
    """What the owner of the player has to do."""

    NONE = ""
    OPEN = "open"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. `waits`: before each try that follows a failed one, the last again and again."""

    frozen_s: float = 3.0
    open_s: float = 15.0
    dead_s: float = 12.0  # a frozen line is given up after that
    behind_s: float = 2.0
    settled_s: float = 20.0  # live for so long, the waits begin anew with the next break
    waits: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


LIMITS: Final = Limits()


class Course:
    """`clock` gives seconds that never run back; moments of frames are seconds since 1970."""

    def __init__(self, clock: Callable[[], float], limits: Limits = LIMITS) -> None:
        self._clock = clock
        self._limits = limits
        self.state = FeedState.OFF
        self.cause = Cause.NONE
        self.last_at: float | None = None
        self.tries = 0
        self._since = clock()  # when the present state began
        self._heard: float | None = None  # when the last new frame of this line came
        self._stamp: int | None = None
        self._next: float | None = None

    def start(self) -> Act:
        """Somebody watches from now on."""
        if self.state is not FeedState.OFF:
            return Act.NONE
        self.tries = 0
        return self._open(Cause.NONE)

    def stop(self) -> Act:
        """Nobody watches any more; the moment of the last frame is kept."""
        was = self.state
        self._enter(FeedState.OFF, Cause.NONE)
        return Act.CLOSE if was not in (FeedState.OFF, FeedState.UNAVAILABLE) else Act.NONE

    def retry(self) -> Act:
        """Somebody asks for a try now."""
        if self.state in (FeedState.OFF, FeedState.LIVE, FeedState.UNAVAILABLE):
            return Act.NONE
        self.tries = 0
        return self._open(self.cause)

    def unavailable(self) -> None:
        """This machine has no means to play."""
        self._enter(FeedState.UNAVAILABLE, Cause.NONE)

    def frame(self, at: float, stamp: int, came: float | None = None) -> Act:
        """A frame came at the moment `at`; `stamp` is its own time in the stream, microseconds.

        came: when, by the clock, the player had it; None for now. A frame that waited for a busy
        window tells nothing of the line, and too old a one makes nothing live. A frame with the
        stamp of the one before is the same picture shown again.
        """
        if self.state not in (FeedState.OPENING, FeedState.LIVE, FeedState.FROZEN):
            return Act.NONE
        if stamp == self._stamp:
            return Act.NONE
        now = self._clock()
        heard = now if came is None else came
        gap = 0.0 if self._heard is None else heard - self._heard
        step = 0.0 if self._stamp is None else (stamp - self._stamp) / 1e6
        if gap > self._limits.frozen_s and 0.0 <= step < gap - self._limits.behind_s:
            # It stood, and what comes now goes on where it stopped: that is the past.
            if self.last_at is not None:
                self.last_at += step
            return self._open(Cause.BEHIND)
        self._stamp, self._heard, self.last_at = stamp, heard, at
        state = FeedState.LIVE if now - heard <= self._limits.frozen_s else FeedState.FROZEN
        if self.state is not state:
            self._enter(state, Cause.NONE)
        elif state is FeedState.LIVE and now - self._since >= self._limits.settled_s:
            self.tries = 0
        return Act.NONE

    def broke(self, cause: Cause) -> Act:
        """The player says that the line is gone, or never stood."""
        if self.state not in (FeedState.OPENING, FeedState.LIVE, FeedState.FROZEN):
            return Act.NONE
        return self._lose(cause)

    def tick(self) -> Act:
        """Time goes by; to be called several times a second."""
        now, limits = self._clock(), self._limits
        if self.state is FeedState.LIVE and self._silent(now) > limits.frozen_s:
            self._enter(FeedState.FROZEN, Cause.NONE)
        if self.state is FeedState.FROZEN and self._silent(now) > limits.dead_s:
            return self._lose(Cause.STOOD)
        if self.state is FeedState.OPENING and now - self._since > limits.open_s:
            return self._lose(Cause.NO_ANSWER)
        if self.state is FeedState.LOST and self._next is not None and now >= self._next:
            return self._open(self.cause)
        return Act.NONE

    def retry_in(self) -> float | None:
        """Seconds until the next try; None while none is waited for."""
        return None if self._next is None else max(0.0, self._next - self._clock())

    def _silent(self, now: float) -> float:
        return now - (self._since if self._heard is None else self._heard)

    def _open(self, cause: Cause) -> Act:
        self._enter(FeedState.OPENING, cause)
        return Act.OPEN

    def _lose(self, cause: Cause) -> Act:
        waits = self._limits.waits
        wait = waits[min(self.tries, len(waits) - 1)]
        self.tries += 1
        self._enter(FeedState.LOST, cause)
        self._next = self._clock() + wait
        return Act.CLOSE

    def _enter(self, state: FeedState, cause: Cause) -> None:
        self.state, self.cause, self._since, self._next = state, cause, self._clock(), None
        if state not in (FeedState.LIVE, FeedState.FROZEN):
            self._heard = self._stamp = None

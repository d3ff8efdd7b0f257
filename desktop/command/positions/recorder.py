"""Holds points between a source and the rows: in the journal at once, into rows once a minute.

Sources hand points in from their threads; the window's thread asks whether it is time, and the
writer lane stores. Nothing is let go before a committed write holds it.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from desktop.command.positions.journal import Entry, Journal
from desktop.command.positions.points import rounded
from desktop.command.positions.storing import Stored, ToStore
from desktop.errors import UserError
from desktop.rules.tracks import Key, Point
from storage.faults import ReplicaFault

MINUTE_S: Final = 60.0
AT_ONCE_POINTS: Final = 50_000  # in one transaction: a day of one receiver that was cut off


@dataclass(frozen=True, slots=True)
class Held:
    """What waits, in points, and why it is not kept on the disk (empty: it is)."""

    waiting: int
    fault: str
    unreadable: int


class Recorder:
    """Any thread."""

    def __init__(
        self, journal: Journal, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._journal, self._monotonic = journal, monotonic
        self._lock = threading.Lock()
        self._waiting: list[Entry] = list(journal.left)
        self._since = -MINUTE_S * 2 + monotonic() if journal.left else 0.0
        # An older cursor gives what the journal held when the program was killed once more.
        self._left: frozenset[Key] = frozenset(
            _key(point) for entry in journal.left for point in entry.points
        )
        self._cursor: str | None = None
        self._fault = ""
        self._unreadable = 0
        self._storing = False

    def take(self, points: Sequence[Point], cursor: str | None = None) -> int:
        """Keeps points on the disk and gives how many; `cursor`: how far a server was read with
        them. A full disk loses nothing while the program runs."""
        good: list[Point] = []
        for point in points:
            try:
                made = rounded(point)
            except UserError:
                self._unreadable += 1
                continue
            if _key(made) not in self._left:
                good.append(made)
        fault = ""
        entry = None
        if good:
            try:
                entry = self._journal.add(good)
            except ReplicaFault as problem:
                entry, fault = self._journal.number(good), str(problem)
        with self._lock:
            self._fault = fault
            if cursor is not None:
                self._cursor = cursor
            if entry is not None:
                if not self._waiting:
                    self._since = self._monotonic()
                self._waiting.append(entry)
        return len(good)

    def due(self, after_s: float) -> ToStore | None:
        """What to store now, if its first point has waited for `after_s`; at most one is out at a
        time: `stored` or `failed` has to follow."""
        with self._lock:
            if self._storing or not self._waiting or self._monotonic() - self._since < after_s:
                return None
            entries, points = [], 0
            for entry in self._waiting:
                entries.append(entry)
                points += len(entry.points)
                if points >= AT_ONCE_POINTS:
                    break
            self._storing = True
            whole = len(entries) == len(self._waiting)
            # A cursor must not run ahead of the points that were read before it.
            return ToStore(tuple(entries), self._cursor if whole else None)

    def stored(self, stored: Stored) -> None:
        """A committed write holds these entries."""
        with self._lock:
            self._storing = False
            gone = {entry.n for entry in stored.entries}
            self._waiting = [entry for entry in self._waiting if entry.n not in gone]
            self._since = self._monotonic()
        # A number that is noted in the replica is taken out by the next start.
        with suppress(ReplicaFault):
            self._journal.forget(stored.entries)

    def failed(self) -> None:
        """The write left nothing; everything waits on, and is tried again after a while."""
        with self._lock:
            self._storing = False
            self._since = self._monotonic()

    @property
    def cursor(self) -> str | None:
        """How far a server was read by this run; None: no further than the rows say."""
        with self._lock:
            return self._cursor

    @property
    def held(self) -> Held:
        """How it stands."""
        with self._lock:
            waiting = sum(len(entry.points) for entry in self._waiting)
            return Held(waiting, self._fault, self._unreadable)

    def close(self) -> None:
        """Closes the journal; what waits is stored by the next run."""
        self._journal.close()


def _key(point: Point) -> Key:
    """What makes it this point; the unit's name is not written down."""
    return (point.device, point.source, point.at, point.lat, point.lon)

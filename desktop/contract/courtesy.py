"""Lets work on a lane give way to the window. Any thread; free of Qt.

Python runs one thread at a time. A window that paints hands the interpreter back and forth with
whatever computes beside it, a thousand times for one picture, and each time has to wait until the
other lets go: a paint of 8 ms becomes one of 150 ms. So long work calls `breathe` between two
small steps, at least every 2 ms, and sleeps there while the window is at work. It is never
starved: it sleeps 25 ms at most and then has 10 ms for itself, however busy the window is.
"""

import heapq
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Protocol, TypeVar

WAIT_MAX_S: Final = 0.025
OWN_TURN_S: Final = 0.010
# Rows that a database takes or gives in about two milliseconds. With 200 some steps took 50 ms and
# more while the window painted: each row hands the interpreter over twice.
SLICE_ROWS: Final = 50
MOVED_ROWS: Final = 200  # that Python drops or merges in as much

SORTED_ROWS: Final = 1_000

T = TypeVar("T")


class Fetching(Protocol):
    """A database cursor as seen from here."""

    def fetchmany(self, size: int, /) -> Sequence[tuple[object, ...]]: ...


_window_rests = threading.Event()
_window_rests.set()


class _State:
    """The window's thread, and until when lanes need not wait again; shared by all lanes."""

    window: int | None = None
    own_turn_ends = 0.0
    worked_s = 0.0
    begun_at: float | None = None


def breathe() -> None:
    """Sleeps for a moment if the window is at work; costs a tenth of a microsecond if not."""
    if not _window_rests.is_set():
        _give_way()


def in_slices(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """`rows` in parts that a database takes in one short call, breathing before each."""
    for at in range(0, len(rows), SLICE_ROWS):
        breathe()
        yield rows[at : at + SLICE_ROWS]


def fetched(cursor: Fetching | None) -> Iterator[tuple[object, ...]]:
    """The rows of a cursor, fetched in short calls, breathing before each; none without one."""
    while cursor is not None:
        breathe()
        part = cursor.fetchmany(SLICE_ROWS)
        if not part:
            return
        yield from part


def sorted_in_slices(rows: Sequence[T], key: Callable[[T], Any]) -> list[T]:
    """As `sorted`, which keeps the interpreter for 70 ms where 50,000 rows are compared by words:
    small sorted parts are merged, breathing in between."""
    if len(rows) <= SORTED_ROWS:
        return sorted(rows, key=key)
    parts = []
    for at in range(0, len(rows), SORTED_ROWS):
        breathe()
        parts.append(sorted(rows[at : at + SORTED_ROWS], key=key))
    merged = []
    for number, row in enumerate(heapq.merge(*parts, key=key)):
        if number % MOVED_ROWS == 0:
            breathe()
        merged.append(row)
    return merged


def release(rows: list[Any]) -> None:
    """Empties a long list in small parts. Python lets go of a list in one go, with everything
    that hangs on it: 50,000 judged cases keep the interpreter for 60 ms."""
    while rows:
        breathe()
        del rows[-MOVED_ROWS:]


def window_works(thread: int) -> None:
    """The window's thread has something to do."""
    _State.window = thread
    if _State.begun_at is None:
        _State.begun_at = time.monotonic()
    _window_rests.clear()


def window_rests() -> None:
    """The window waits for the next event, or is gone."""
    begun, _State.begun_at = _State.begun_at, None
    if begun is not None:
        _State.worked_s += time.monotonic() - begun
    _window_rests.set()


def worked_s() -> float:
    """Seconds in which the window was at work, since the start: lanes gave way meanwhile, so
    nothing that they were asked can be called late for them."""
    begun = _State.begun_at
    return _State.worked_s + (0.0 if begun is None else time.monotonic() - begun)


def _give_way() -> None:
    if threading.get_ident() == _State.window or time.monotonic() < _State.own_turn_ends:
        return
    if not _window_rests.wait(WAIT_MAX_S):
        _State.own_turn_ends = time.monotonic() + OWN_TURN_S

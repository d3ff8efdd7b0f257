"""The only place that starts a thread: named lanes with bounded queues.

Work runs on a lane's threads; `submit`, `close` and `Task.cancel` may be called on any thread.
Readers are two because SQLite in WAL mode reads in parallel; the writer is one because SQLite has
one writer; page layout and file parsing have their own lane so that no query waits for them; kept
drafts have theirs so that typing is safe while a long import holds the writer; the network has one
because nobody may wait for an answer that may never come; other servers (a bank) have theirs so
that neither they nor the hub wait for one another.
"""

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from enum import IntEnum
from typing import Final, Protocol

from desktop.contract.courtesy import worked_s
from desktop.errors import OutsideError

QUEUE_MAX: Final = 4096
CLOSE_S: Final = 1.6  # Leaves room for what is stopped below within the two seconds of a quit.
STOP_S: Final = 0.3
NETWORK_S: Final = 0.5  # A line that was told to stop ends within a fifth of that.
STEPS: Final = 100_000  # Virtual machine steps between two looks at the flag: about a millisecond.


class Rank(IntEnum):
    """Whose turn it is among what waits on a lane; equal ranks keep their order."""

    FIRST = 0  # what the user looks at has no rows yet
    USUAL = 1
    LAST = 2  # nobody would notice it come a second later


class LaneFullError(OutsideError):
    """More work is waiting than a person can have asked for."""


class Interruptible(Protocol):
    """A database connection that asks a function now and then whether to go on (SQLite)."""

    def set_progress_handler(self, handler: Callable[[], int] | None, steps: int, /) -> object: ...


class Task:
    """One piece of work: a cancel flag and a deadline, which time that the window took for itself
    does not count for: somebody who scrolls through a long list must not make a figure fail.

    must_finish: a write that the user asked for; a quit lets it run even if it still waits.
    """

    def __init__(
        self, deadline_s: float, *, must_finish: bool = False, rank: Rank = Rank.USUAL
    ) -> None:
        self.must_finish = must_finish
        self.rank = rank
        self._ends_at = time.monotonic() + deadline_s - worked_s()
        self._cancelled = threading.Event()

    @property
    def late(self) -> bool:
        """Whether the deadline has passed."""
        return time.monotonic() - worked_s() >= self._ends_at

    @property
    def cancelled(self) -> bool:
        """Whether the work should stop at its next check."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Asks the work to stop; a running SQL statement ends within some milliseconds."""
        self._cancelled.set()

    @contextmanager
    def using(self, connection: Interruptible) -> Iterator[None]:
        """Lets a cancel stop the statements of the block.

        SQLite's own interrupt is not used: it does nothing between two statements, so a cancel
        that comes a moment too early would be lost.
        """
        connection.set_progress_handler(self._stop_statement, STEPS)
        try:
            yield
        finally:
            connection.set_progress_handler(None, 0)

    def _stop_statement(self) -> int:
        return 1 if self._cancelled.is_set() else 0


Entry = tuple[int, int, Task, Callable[[], None]]


class Lane:
    """A few threads and one bounded queue, ordered by rank."""

    def __init__(self, name: str, threads: int, *, queue_max: int = QUEUE_MAX) -> None:
        self.name = name
        self._queue_max = queue_max
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"lane-{name}")
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._waiting: list[Entry] = []
        self._tasks: dict[int, Task] = {}
        self._futures: set[Future[None]] = set()
        self._closed = False

    def submit(self, task: Task, work: Callable[[], None]) -> bool:
        """Queues `work`; False once the lane is closed. Raises LaneFullError past the bound.

        `work` must deliver its own answer and never raise.
        """
        with self._lock:
            if self._closed:
                return False
            if len(self._tasks) >= self._queue_max:
                raise LaneFullError("后台任务过多，请稍候再试。")
            number = next(self._numbers)
            heapq.heappush(self._waiting, (task.rank, number, task, work))
            self._tasks[number] = task
            # Each future stands for one turn, not for this work: the best that waits then runs.
            future = self._pool.submit(self._take_turn)
            self._futures.add(future)
        future.add_done_callback(self._forget)
        return True

    def stop_accepting(self) -> None:
        """Takes no more work."""
        with self._lock:
            self._closed = True

    def tasks(self) -> list[Task]:
        """What waits or runs."""
        with self._lock:
            return list(self._tasks.values())

    def finish(self, seconds: float) -> bool:
        """Waits for everything that was accepted; False when time ran out first."""
        with self._lock:
            futures = list(self._futures)
        return not wait(futures, timeout=max(0.0, seconds)).not_done

    def shut(self, seconds: float) -> bool:
        """Cancels what waits and what runs; False when a thread still does not stop."""
        self.stop_accepting()
        self._pool.shutdown(wait=False, cancel_futures=True)
        for task in self.tasks():
            task.cancel()
        if not self.finish(seconds):
            return False
        self._pool.shutdown(wait=True)
        return True

    def _take_turn(self) -> None:
        with self._lock:
            _rank, number, _task, work = heapq.heappop(self._waiting)
        try:
            work()
        finally:
            with self._lock:
                del self._tasks[number]

    def _forget(self, future: Future[None]) -> None:
        with self._lock:
            self._futures.discard(future)


class Lanes:
    """All lanes of the desk."""

    def __init__(self) -> None:
        self.writer = Lane("writer", 1)
        self.readers = Lane("reader", 2)
        self.layout = Lane("layout", 1, queue_max=256)
        self.drafts = Lane("drafts", 1)
        self.network = Lane("network", 1)
        self.outside = Lane("outside", 1, queue_max=256)
        self._store_free = False

    @property
    def store_free(self) -> bool:
        """After `close`: whether no thread is left that may touch the store, although one may
        hang in a call of the operating system about the network."""
        return self._store_free

    def _local(self) -> tuple[Lane, ...]:
        return (self.writer, self.drafts, self.readers, self.layout)

    def _all(self) -> tuple[Lane, ...]:
        return (*self._local(), self.network, self.outside)

    def close(self, seconds: float = CLOSE_S) -> bool:
        """Quits: accepts nothing, lets writes and drafts finish, stops the rest. Any thread.

        Long work sees its cancel flag and leaves nothing behind. What still runs after `seconds`
        is stopped and rolls back. Gives False when a thread is stuck even then.
        """
        until = time.monotonic() + seconds
        for lane in self._all():
            lane.stop_accepting()
        for lane in self._all():
            for task in lane.tasks():
                if not task.must_finish:
                    task.cancel()
        self.writer.finish(until - time.monotonic())
        self.drafts.finish(until - time.monotonic())
        for lane in (self.network, self.outside):
            lane.finish(min(NETWORK_S, until - time.monotonic()))
        stopped = [lane.shut(STOP_S) for lane in self._local()]
        self._store_free = all(stopped)
        reached = [lane.shut(STOP_S) for lane in (self.network, self.outside)]
        return all(reached) and self._store_free

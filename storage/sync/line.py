"""A PostgreSQL connection that gives up when it is told to, or when the other side has gone quiet.

libpq waits for a dead network as long as the network lets it; a desk must close within two
seconds. psycopg wakes ten times a second while it waits, and here looks at a flag each time.
"""

import threading
import time
from collections.abc import Generator, Iterator
from contextvars import ContextVar
from typing import Any, Final, Self, TypeVar

import psycopg
from psycopg.generators import fetch_many

T = TypeVar("T")
LOOK_S: Final = 0.1
# Longer than the longest statement the hub allows a client.
QUIET_MAX_S: Final = 45.0
_stop: ContextVar[threading.Event | None] = ContextVar("stop", default=None)
Waiting = Generator[Any, Any, T]


def stoppable() -> threading.Event:
    """The flag that ends a line; set on any thread."""
    return threading.Event()


class Line(psycopg.Connection[Any]):
    """A connection in autocommit; made by `opened`."""

    _stopped: threading.Event | None = None

    @classmethod
    def opened(cls, dsn: str, stop: threading.Event) -> Self:
        """Connects. Raises psycopg.OperationalError, also when `stop` is set meanwhile."""
        token = _stop.set(stop)
        try:
            line = cls.connect(dsn, autocommit=True)
        finally:
            _stop.reset(token)
        line._stopped = stop
        return line

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> Waiting[Self]:
        return _watched(super()._connect_gen(conninfo), _stop.get())

    def wait(self, gen: Waiting[T], interval: float = LOOK_S, timeout: float | None = None) -> T:
        """As psycopg's; what needs no waiting (most rows of a copy) is not looked at."""
        try:
            first = next(gen)
        except StopIteration as end:
            found: T = end.value
            return found
        return super().wait(self._closing(gen, first), interval, timeout)

    def rows_of(self, copy: psycopg.Copy, size: int = 500) -> Iterator[tuple[Any, ...]]:
        """What a COPY brings, as `copy.rows()` gives it, without a round through Python a row."""
        ended = False
        while not ended:
            rows, ended = self.wait(_rows(copy, size))
            yield from rows

    def _closing(self, gen: Waiting[T], first: object) -> Waiting[T]:
        try:
            return (yield from _watched(gen, self._stopped, first))
        except GivenUp:
            # Psycopg would ask the server to cancel, over the same dead network.
            self.pgconn.finish()
            raise


class GivenUp(psycopg.OperationalError):
    """Stopped, or nothing was heard for too long."""


def _rows(copy: psycopg.Copy, size: int) -> Waiting[tuple[list[tuple[Any, ...]], bool]]:
    """Up to `size` rows, and whether they were the last."""
    pgconn, parse = copy.connection.pgconn, copy.formatter.parse_row
    rows: list[tuple[Any, ...]] = []
    while len(rows) < size:
        length, data = pgconn.get_copy_data(1)
        if length > 0:
            row = parse(data)
            assert row is not None
            rows.append(row)
        elif length == 0:
            while not (yield psycopg.waiting.WAIT_R):
                continue
            pgconn.consume_input()
        else:
            for result in (yield from fetch_many(pgconn)):
                if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
                    raise psycopg.errors.error_from_result(result)
            return rows, True
    return rows, False


def _watched(
    gen: Waiting[T], stop: threading.Event | None, first: object | None = None
) -> Waiting[T]:
    """Passes on what `gen` waits for, and looks at the flag whenever it is woken."""
    heard = time.monotonic()
    try:
        wanted = next(gen) if first is None else first
        while True:
            ready = yield wanted
            if stop is not None and stop.is_set():
                raise GivenUp("stopped")
            if ready:
                heard = time.monotonic()
            elif time.monotonic() - heard > QUIET_MAX_S:
                raise GivenUp("the server does not answer")
            wanted = gen.send(ready)
    except StopIteration as end:
        found: T = end.value
        return found

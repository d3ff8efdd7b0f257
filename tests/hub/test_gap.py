"""No row is missed, although transactions commit in another order than they began.

Sixteen writers, every tenth transaction long. The real cursor pulls meanwhile; beside it, on the
same rows, the cursor that everybody thinks of first: "number greater than the last one seen".
EDESK_GAP_ROWS sets how many rows are written.
"""

import os
import random
import statistics
import threading
import time
from typing import Any

import psycopg

from storage.ids import new_id
from storage.sync.port import Cursor
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, Town

ROWS = int(os.environ.get("EDESK_GAP_ROWS", "6000"))
WRITERS = 16
LOG = 16
_INSERT = (
    "with made as (insert into gap.seq (row_id) values (%(id)s))"
    " insert into desk.execution_log (id, case_id, at, kind, body)"
    " values (%(id)s, %(case)s, '2026-02-01T10:00:00+08:00', 'x', 'y')"
)


class Writer(threading.Thread):
    """Inserts rows; holds every tenth transaction open a while."""

    def __init__(self, dsn: str, case_id: str, rows: int, seed: int) -> None:
        super().__init__(name=f"writer {seed}")
        self._connection = psycopg.connect(dsn)
        self._case = case_id
        self._rows = rows
        self._random = random.Random(seed)
        self.committed: dict[str, float] = {}

    def run(self) -> None:
        left = self._rows
        while left:
            ids = [new_id() for _ in range(min(left, self._random.randrange(1, 4)))]
            for row_id in ids:
                self._connection.execute(_INSERT, {"id": row_id, "case": self._case})
            if self._random.random() < 0.1:
                time.sleep(self._random.uniform(0.05, 0.4))
            self._connection.commit()
            now = time.monotonic()
            self.committed.update(dict.fromkeys(ids, now))
            left -= len(ids)
        self._connection.close()


class Puller:
    """The real cursor."""

    def __init__(self, dsn: str) -> None:
        self._remote = PostgresRemote(dsn)
        with self._remote.pull(None) as pulling:
            self._cursor: Cursor = pulling.cursor
        self.seen: dict[str, float] = {}

    def pull(self) -> int:
        with self._remote.pull(self._cursor) as pulling:
            assert pulling.state == "ok"
            found = [row[0] for row in pulling.changed(LOG)] if LOG in pulling.tables else []
            cursor = pulling.cursor
        self._cursor = cursor
        now = time.monotonic()
        for row_id in found:
            self.seen.setdefault(str(row_id), now)
        return len(found)

    def close(self) -> None:
        self._remote.close()


class Naive:
    """The cursor of a number, on the same rows."""

    def __init__(self, admin: "psycopg.Connection[Any]") -> None:
        self._admin = admin
        self._last = 0
        self.seen: set[str] = set()

    def pull(self) -> None:
        query = "select n, row_id::text from gap.seq where n > %s order by n"
        for n, row_id in self._admin.execute(query, (self._last,)).fetchall():
            self._last = n
            self.seen.add(row_id)


def test_the_cursor_misses_nothing_where_a_number_misses_many(town: Town) -> None:
    town.admin.execute(
        "create schema gap; create table gap.seq (n bigserial primary key, row_id uuid)"
    )
    puller = Puller(town.server.dsn("centre", PASSWORD))
    naive = Naive(town.admin)
    share = ROWS // WRITERS
    writers = [Writer(town.server.admin_dsn, town.cases[1], share, seed) for seed in range(WRITERS)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        puller.pull()
        naive.pull()
    for writer in writers:
        writer.join()
    puller.pull()
    naive.pull()
    puller.close()
    committed = {row: at for writer in writers for row, at in writer.committed.items()}
    assert len(committed) == share * WRITERS
    missed = set(committed) - set(puller.seen)
    missed_naive = set(committed) - naive.seen
    lags = sorted(max(0.0, puller.seen[row] - at) for row, at in committed.items())
    print(
        f"\n{len(committed)} rows: the cursor missed {len(missed)}, the number"
        f" {len(missed_naive)}; lag p50 {statistics.median(lags) * 1000:.0f} ms,"
        f" p99 {lags[int(len(lags) * 0.99)] * 1000:.0f} ms"
    )
    assert not missed
    assert missed_naive, "the writers did not overlap: this run proves nothing"
    town.admin.execute("drop schema gap cascade")

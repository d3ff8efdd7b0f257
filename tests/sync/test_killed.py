"""kill −9 at random moments of push and pull: nothing lost, nothing doubled, no cursor too early.

EDESK_KILLS says how often; the suite does a share of the two hundred.
"""

import json
import os
import random
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.ids import new_id
from storage.replica import Replica
from storage.session import Session
from tests.desks.desks import ROOT
from tests.hub.conftest import PASSWORD, Town
from tests.passphrase import PASSPHRASE
from tests.sync.conftest import Laptop

KILLS = int(os.environ.get("EDESK_KILLS", "12"))
SEED = int(os.environ.get("EDESK_SEED", "57"))
LATEST_S = 0.25
LOG = 16
SEEN_AT_THE_HUB = (
    "select distinct c.id::text from sync.change c join desk.execution_log l on l.id = c.id"
    " where c.tbl = 16 and pg_visible_in_snapshot(c.xid, %s::pg_snapshot)"
)


class Nursery:
    """Clients that live for some tens of milliseconds; `promised` holds what they committed."""

    def __init__(self, store: Path, dsn: str) -> None:
        self.promised: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.sync.killed", str(store), dsn],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the nursery ended"
        return line.strip()

    def live_and_die(self, seconds: float, *, promise: bool) -> None:
        """One client, killed so long after it was ready, or after it had committed something."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        lines = [self._line(), self._line()]
        (child,) = (int(line) for line in lines if line.isdecimal())
        assert "ready" in lines
        if promise:
            self.promised.append(self._line())
        never: list[Any] = []
        select.select(never, never, never, seconds)  # the moment, not a wait for anything
        os.kill(child, signal.SIGKILL)
        while (line := self._line()) != "gone":
            self.promised.append(line)

    def close(self) -> None:
        """Ends the nursery."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=30)


@pytest.fixture
def store(laptop: Callable[..., Laptop]) -> Path:
    """A replica that has been filled, and is closed."""
    one = laptop("first")
    folder = one.session.replica.folder
    one.session.replica.close()
    return folder


@pytest.fixture
def nursery(town: Town, store: Path) -> Iterator[Nursery]:
    made = Nursery(store, town.server.dsn("first", PASSWORD))
    yield made
    made.close()


def nothing_is_ahead(town: Town, session: Session) -> None:
    """Every fact that the cursor counts as received is here."""
    with session.read() as connection:
        cursor = json.loads(connection.exec_driver_sql("select cursor from _ctl").scalar_one())
        here = {row[0] for row in connection.exec_driver_sql("select id from execution_log")}
    counted = town.admin.execute(SEEN_AT_THE_HUB, (cursor["snapshot"],)).fetchall()
    assert {row[0] for row in counted} <= here


def test_killed_at_random_moments(
    town: Town, store: Path, nursery: Nursery, laptop: Callable[..., Laptop]
) -> None:
    chance = random.Random(SEED)
    print("seed", SEED)
    bundles: list[tuple[str, str]] = []
    for n in range(KILLS):
        fact = {"id": new_id(), "case_id": town.cases[1], "at": "2026-02-01", "kind": "x"}
        fact["body"] = "彼"
        assert town.centre.verdict((LOG, fact["id"], "I", fact, None)) == "applied"
        nursery.live_and_die(chance.random() * LATEST_S, promise=bool(n % 2))
        with Replica.open(store, PASSPHRASE) as replica:
            session = Session(replica, actor="first")
            nothing_is_ahead(town, session)
            with session.read() as connection:
                found = connection.exec_driver_sql("select id, state from _bundle").fetchall()
            assert {row[0] for row in found} >= set(nursery.promised)
            bundles = [(row[0], row[1]) for row in found]
    states = {state for _, state in bundles}
    assert len(nursery.promised) >= KILLS // 2
    assert "decided" in states

    one = laptop("first", pulled=False)
    one.session.replica.close()
    with Replica.open(store, PASSPHRASE) as replica:
        last = Laptop("first", Session(replica, actor="first"), one.remote)
        last.sync()
        decided = town.admin.execute(
            "select id::text, verdict from sync.bundle where device = %s",
            (replica.device_id,),
        ).fetchall()
        assert sorted(map(tuple, last.rows("select id, verdict from _bundle"))) == sorted(decided)
        assert {verdict for _, verdict in decided} == {"applied"}
        assert {bundle for bundle, _ in decided} >= set(nursery.promised)
        there = town.admin.execute("select id::text, ver from desk.execution_log where scope = 1")
        assert sorted(map(tuple, last.rows("select id, ver from execution_log"))) == sorted(there)
        made = last.rows("select id from execution_log where body = '记'")
        assert len(made) == len(decided) * len(last.rows('select id from "case"')[:2])
        assert last.rows("select count(*) from _base") == [(0,)]

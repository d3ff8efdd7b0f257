"""A process killed in the middle of anything leaves a store that opens, with no half write."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.drafts import Drafts
from storage.replica import Replica
from storage.session import Session
from tests.passphrase import PASSPHRASE

ROOT = Path(__file__).parents[2]
# EDESK_KILLS=50 plays the long series.
ROUNDS = int(os.environ.get("EDESK_KILLS", "10"))
ROUNDS_A_STORE = 10  # a store that was killed once must bear the next one, too


@contextmanager
def _writers() -> Iterator["subprocess.Popen[str]"]:
    """The process that forks one writer after another."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.storage.child", "writers"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(60) == 0


def _killed_while_writing(
    writers: "subprocess.Popen[str]", store: Path, seed: int, delay_s: float
) -> int:
    """Has a writer started, kills it after `delay_s` of writing; the last number it saw
    committed."""
    assert writers.stdin is not None
    assert writers.stdout is not None
    print(store, seed, file=writers.stdin, flush=True)
    word, pid = writers.stdout.readline().split()
    assert word == "pid"
    try:
        assert writers.stdout.readline() == "ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            writers.wait(delay_s)
    finally:
        os.kill(int(pid), signal.SIGKILL)
    said: list[str] = []
    while not (line := writers.stdout.readline()).startswith("gone"):
        assert line.strip().isdigit(), line
        said.append(line)
    assert line == f"gone {-signal.SIGKILL}\n"
    return int(said[-1]) if said else 0


def _check(store: Path, seed: int, last: int) -> None:
    with Replica.open(store, PASSPHRASE) as replica:
        drafts = Drafts.open(replica)
        draft = drafts.load("typing")
        drafts.close()
        with Session(replica, actor="").read() as connection:

            def one(sql: str) -> object:
                return connection.execute(text(sql), {"seed": seed}).scalar()

            # Every operation belongs to a bundle; every bundle is whole: its label says its size.
            assert one("select count(*) from _op where bundle_n is null") == 0
            assert (
                one(
                    "select count(*) from _bundle b where cast(label as integer) <> "
                    "(select count(*) from _op o where o.bundle_n = b.n)"
                )
                == 0
            )
            assert one("select applying from _ctl") == 0
            assert one("select count(*) from _changed") == 0
            assert one("select max(n) = count(*) from _bundle") == 1
            # Rows and operations agree: what is not base data has its operation.
            assert one("select count(*) from \"case\" where remarks = '新'") == 0
            assert one('select count(*) from "case"') == one("select count(*) from node_event")
            assert (
                one(
                    "select count(*) from _op o where o.tbl = 10 and o.kind = 'I' "
                    'and not exists (select 1 from "case" c where c.id = o.row_id)'
                )
                == 0
            )
            assert (
                one(
                    'select count(*) from "case" c where substr(remarks, 2) <> '
                    "(select '' || count(*) from _op o where o.kind = 'I' and o.tbl = 10 and "
                    "o.bundle_n = (select bundle_n from _op where tbl = 10 and row_id = c.id "
                    "and kind = 'I')) "
                    "and exists (select 1 from _op where tbl = 10 and row_id = c.id)"
                )
                == 0
            )
            # What the dead process saw committed is there; the draft is at most one write behind.
            found = one(
                'select coalesce(max(serial), 0) + 1 from "case" '
                "where serial >= :seed * 1000000 and serial < (:seed + 1) * 1000000"
            )
            assert isinstance(found, int)
            assert found >= last
            if last:
                assert draft is not None
                assert draft["serial"] >= last


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path: Path, make_store: Callable[[Path], Path]) -> None:
    seed = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(1_000)))
    print(f"seed {seed}: KILL_SEED={seed} repeats it")
    chance = random.Random(seed)
    with _writers() as writers:
        for number in range(1, ROUNDS + 1):
            if number % ROUNDS_A_STORE == 1:
                store = make_store(tmp_path / f"store{number}")
            place = seed * 100 + number
            last = _killed_while_writing(writers, store, place, chance.uniform(0.0, 0.25))
            _check(store, place, last)
            assert not (store / "quarantine").exists()

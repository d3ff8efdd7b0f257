"""Kill −9 in the middle of an import, at random moments: all of the file or nothing of it.

The seed is printed; EDESK_KILL_SEED repeats a run and EDESK_KILLS raises the number of kills.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.replica import Replica
from storage.session import Session
from tests.importing.workbooks import HEADERS, branch_rows

PASSPHRASE = "拔掉电源"
ROWS = 3_000
KILLS = int(os.environ.get("EDESK_KILLS", "6"))
TABLES = ("case", "party", "node_event", "node_clock", "court", "person", "team", "import_run")
COMMAND = "import sys; from desktop.__main__ import main; sys.exit(main(sys.argv[1:]))"


def start(store: Path, file: Path) -> "subprocess.Popen[bytes]":
    arguments = ["import", "--store", str(store), "--profile", "branch_cases", str(file)]
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "EDESK_PASSPHRASE": PASSPHRASE},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def counts(store: Path) -> dict[str, int]:
    """Opens what was left behind, as the next start of the desk would."""
    with Replica.open(store, PASSPHRASE) as replica, Session(replica, actor="周书言").read() as c:
        found = {
            name: int(c.execute(text(f'select count(*) from "{name}"')).scalar_one())
            for name in (*TABLES, "_op", "_bundle")
        }
        assert c.execute(text("pragma quick_check")).scalar_one() == "ok"
        loose = c.execute(text("select count(*) from _op where bundle_n is null")).scalar_one()
    assert loose == 0
    return found


@pytest.mark.slow
def test_killed_imports_leave_all_or_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("EDESK_KILL_SEED", random.SystemRandom().randrange(10**9)))
    print(f"kill seed {seed}, kills {KILLS}")
    dice = random.Random(seed)
    file = tmp_path / "cases.csv"
    lines = [HEADERS, *branch_rows(ROWS)]
    file.write_text(
        "\n".join(",".join(_quoted(cell) for cell in line) for line in lines), encoding="utf-8"
    )
    fresh = tmp_path / "fresh"
    Replica.open(fresh, PASSPHRASE, create=True).close()
    empty = counts(fresh)
    trial = shutil.copytree(fresh, tmp_path / "trial")
    began = time.monotonic()
    assert start(trial, file).wait(timeout=120) == 0
    seconds = time.monotonic() - began
    whole = counts(trial)
    assert whole["case"] == ROWS
    killed = written = 0
    for n in range(KILLS):
        store = shutil.copytree(fresh, tmp_path / f"store{n}")
        child = start(store, file)
        try:
            child.wait(timeout=dice.uniform(0.3, 1.0) * seconds)
        except subprocess.TimeoutExpired:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            killed += 1
        left = counts(store)
        assert left in (empty, whole), f"half an import is left: {left}"
        written += left == whole
        shutil.rmtree(store)
    print(f"killed {killed} of {KILLS}; {written} had committed before the end came")
    assert killed


def _quoted(cell: object) -> str:
    value = "" if cell is None else str(cell)
    return f'"{value}"'

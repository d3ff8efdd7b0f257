"""The exchange beside other programs, on the same rows: `python -m benchmarks peers`.

PouchDB with pouchdb-server, and WatermelonDB, come from npm; node and npm must be there. None of
them keeps a ledger, checks rights or answers for what it refuses; the desk's figures hold all that
and an encrypted file.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.ratio import Ratio
from benchmarks.sync_speed import (
    COLUMNS,
    EDITS,
    ROWS,
    City,
    Laptop,
    edit_at_once,
    edit_thousand,
    took,
)
from storage.sync import engine

ON_REQUEST = True  # not part of `make bench`: it fetches programs from npm
FOLDER = Path(__file__).resolve().parent
PEERS = {
    "pouch.mjs": ("PouchDB ↔ pouchdb-server, 1,000 a request", None),
    "watermelon.mjs": ("WatermelonDB ↔ PostgreSQL", None),
}
# The same peer without a setting of ours: how its users meet it.
AS_GIVEN = ("PouchDB ↔ pouchdb-server, as it comes", 5.0)
# Their thousand edits are one call, so what compares with it is our thousand written as one; a
# thousand bundles with a verdict and a signature each are shown beside it.
_THEIRS = {"push_at_once": "push"}
_WITHOUT_GOAL = "push"
TIMES = 3  # of each the quickest: a pause of the machine would say more than all the rest
STEPS = (
    ("bootstrap", f"bootstrap {ROWS:,} cases", ROWS),
    ("pull", f"pull {EDITS:,} changed cases", EDITS),
    ("push", f"push {EDITS:,} edits", EDITS),
    ("push_at_once", f"push {EDITS:,} edits written as one", EDITS),
)


def measure() -> list[Ratio]:
    """The desk and each peer in turn; none where npm is missing."""
    if shutil.which("npm") is None or not _installed():
        print("npm or its packages are missing: no peers were measured.", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        city = City(folder)
        try:
            rows = _export(city, folder / "rows.jsonl")
            ours = _desk(city)
            found = []
            for script, (words, goal) in PEERS.items():
                theirs = _peer(script, rows, folder / script, city.server.admin_dsn)
                found += _beside(ours, theirs, words, goal)
                if "as_given" in theirs:
                    found += _beside(ours, theirs["as_given"], *AS_GIVEN)
            return found
        finally:
            city.close()


def _beside(
    ours: dict[str, float], theirs: dict[str, Any], words: str, goal: float | None
) -> list[Ratio]:
    return [
        Ratio(
            f"{what}, encrypted file",
            count / ours[step],
            count / theirs[_THEIRS.get(step, step)],
            "rows/s",
            words,
            None if step == _WITHOUT_GOAL else goal,
            more_is_better=True,
        )
        for step, what, count in STEPS
    ]


def _installed() -> bool:
    if (FOLDER / "node_modules").exists():
        return True
    line = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
    return subprocess.run(line, cwd=FOLDER, stdout=sys.stderr, check=False).returncode == 0


def _export(city: City, path: Path) -> Path:
    """Every case as one line of JSON, in the order of the hub."""
    listed = ", ".join(f'"{name}"' for name in COLUMNS)
    query = f'select to_json(x)::text from (select {listed} from desk."case" order by serial) x'
    with path.open("w", encoding="utf-8") as file, city.admin.cursor() as cursor:
        file.writelines(f"{text}\n" for (text,) in cursor.execute(query))
    return path


def _desk(city: City) -> dict[str, float]:
    """Seconds for a whole first pull, a pull of what changed, and a push that is answered."""
    laptop = Laptop(city, "centre", "desk")
    try:
        session, remote = laptop.session, laptop.remote
        found = {"bootstrap": took(lambda: engine.receive(session, remote, engine.Round()))}
        engine.receive(session, remote, engine.Round())
        taken: dict[str, list[float]] = {}
        for number in range(TIMES):
            city.admin.execute(
                'update desk."case" set remarks = %s where serial <= %s', (f"改过{number}", EDITS)
            )
            done = engine.Round()
            seconds = took(lambda done=done: engine.receive(session, remote, done))
            assert done.pulled == EDITS, done
            taken.setdefault("pull", []).append(seconds)
            for step, edit, bundles in (
                ("push", edit_thousand, EDITS),
                ("push_at_once", edit_at_once, 1),
            ):
                edit(laptop, f"第{number}次")
                sent = engine.Round()
                seconds = took(lambda sent=sent: engine.send(session, remote, "centre", sent))
                assert sent.verdicts == {"applied": bundles}, sent
                taken.setdefault(step, []).append(seconds)
                engine.receive(session, remote, engine.Round())
        return found | {step: min(each) for step, each in taken.items()}
    finally:
        laptop.close()


def _peer(script: str, rows: Path, folder: Path, dsn: str) -> dict[str, Any]:
    folder.mkdir()
    done = subprocess.run(
        ["node", str(FOLDER / script), str(rows), str(folder), dsn],
        stdout=subprocess.PIPE,
        check=True,
        timeout=3_600,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"{script}: {found}", file=sys.stderr)
    return found

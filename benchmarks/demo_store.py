"""The demo store that benchmarks share: made once per day, in var/bench."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

CASES = int(os.environ.get("EDESK_BENCH_CASES", "50000"))
PASSPHRASE = "benchmark"
ROOT = Path(__file__).resolve().parent.parent


def demo_store() -> Path:
    """The folder of a store with CASES cases as of today; EDESK_PASSPHRASE is set for it."""
    os.environ["EDESK_PASSPHRASE"] = PASSPHRASE
    store = ROOT / "var" / "bench" / f"{date.today()}-{CASES}"
    if not (store / "replica.json").exists():
        subprocess.run(
            [
                *(sys.executable, "-m", "desktop", "demo", "--store", str(store)),
                *("--cases", str(CASES), "--seed", "1"),
            ],
            check=True,
            cwd=ROOT,
            stdout=sys.stderr,
        )
    return store

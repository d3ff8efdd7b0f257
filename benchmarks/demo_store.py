"""The demo store that benchmarks share: made once per day, in var/bench."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from desktop.contract.court_zone import COURT_ZONE

CASES = int(os.environ.get("EDESK_BENCH_CASES", "50000"))
PASSPHRASE = "benchmark"
ROOT = Path(__file__).resolve().parent.parent


def demo_store() -> Path:
    """The folder of a store with CASES cases as of today; EDESK_PASSPHRASE is set for it."""
    os.environ["EDESK_PASSPHRASE"] = PASSPHRASE
    # The court's day: else a desk would carry the city over to the new day at each start.
    day = datetime.now(COURT_ZONE).date().isoformat()
    store = ROOT / "var" / "bench" / f"{day}-{CASES}"
    if not (store / "replica.json").exists():
        subprocess.run(
            [
                *(sys.executable, "-m", "desktop", "demo", "--store", str(store)),
                *("--cases", str(CASES), "--seed", "1", "--today", day),
            ],
            check=True,
            cwd=ROOT,
            stdout=sys.stderr,
        )
    return store

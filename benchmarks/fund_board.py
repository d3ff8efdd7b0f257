"""The conservation board at a past moment, and the count of the whole ledger that proves it.

The baseline of the board is bare SQL over the same tables and indexes: flows added up from the
first entry, and the last entry of every account. The baseline of the count is a plain read of the
same columns of the same entries, without any arithmetic.
"""

import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from benchmarks.ledger import ENTRIES, FIRST, fill
from benchmarks.ratio import Ratio
from desktop.funds.board import BoardArgs, Count, Counted, board_at, go_on
from storage.ledger import trial
from storage.ledger.balance import seq_at
from storage.replica import Replica

LOOKS: Final = 30
BOARD_MS: Final = 300.0
_READ: Final = (
    "select seq, kind, amount_fen, debit_id, credit_id, debit_after_fen, credit_after_fen,"
    " debit_held_fen from fund_entry order by seq"
)


def _count(connection: Connection) -> tuple[float, Counted]:
    count = Count()
    before = time.perf_counter()
    while not (found := go_on(connection, count)).done:
        pass
    return time.perf_counter() - before, found


def _plain(connection: Connection) -> float:
    before = time.perf_counter()
    for _row in connection.exec_driver_sql(_READ):
        pass
    return time.perf_counter() - before


def measure() -> list[Ratio]:
    """The slowest of some boards in milliseconds, and the seconds of a whole count."""
    picked = random.Random(3)
    moments = [FIRST + timedelta(seconds=picked.randrange(ENTRIES // 2)) for _ in range(LOOKS)]
    with (
        tempfile.TemporaryDirectory() as name,
        Replica.open(Path(name) / "many", "benchmark", create=True) as replica,
    ):
        with replica.filling(), replica.writer_engine.begin() as connection:
            fill(connection, ENTRIES)
        with replica.reader_engine.connect() as connection:
            plain = _plain(connection)
            taken, found = _count(connection)
            assert found.entries == ENTRIES
            ours = []
            for moment in moments:
                before = time.perf_counter()
                board_at(connection, BoardArgs(moment, None, found.marks))
                ours.append(time.perf_counter() - before)
            before = time.perf_counter()
            bare = trial.board_after(connection, seq_at(connection, moments[0]))
            slow = time.perf_counter() - before
            assert bare == board_at(connection, BoardArgs(moments[0], None, found.marks)).board
    return [
        Ratio(
            f"conservation board of a past moment, {ENTRIES:,} entries, slowest of {LOOKS}",
            max(ours) * 1000,
            slow * 1000,
            "ms",
            "added up in bare SQL, same indexes",
            goal=BOARD_MS,
            bound_ours=True,
        ),
        Ratio(
            f"{ENTRIES:,} entries counted, every account proven",
            taken,
            plain,
            "s",
            "the same rows read and thrown away",
        ),
    ]


if __name__ == "__main__":
    for ratio in measure():
        print(ratio.name, f"{ratio.ours:.4g} {ratio.baseline:.4g} {ratio.ratio:.3f}", sep="\t")

"""Killed at any moment while paying, the ledger that is left still holds every fen.

EDESK_LEDGER_KILLS sets how often (200 is the whole).
"""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.ledger.chain import Report, verify
from storage.ledger.trial import Board, board
from storage.replica import Replica
from storage.session import Session
from tests.ledger.offices import alone
from tests.passphrase import PASSPHRASE

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("EDESK_LEDGER_KILLS", "5"))
LATEST_S = 0.4


def _killed(payer: "subprocess.Popen[str]", store: Path, delay_s: float) -> list[str]:
    """Lets it pay for so long; the payments it had told of."""
    assert payer.stdin is not None
    assert payer.stdout is not None
    print(store, file=payer.stdin, flush=True)
    pid, told = 0, []
    try:
        while (line := payer.stdout.readline().split()) != ["ready"]:
            pid = int(line[1])
        with pytest.raises(subprocess.TimeoutExpired):
            payer.wait(delay_s)
    finally:
        os.kill(pid or _pid(payer), signal.SIGKILL)
    while (text := payer.stdout.readline().strip()) != "gone":
        if not text.startswith("pid"):
            told.append(text)
    return told


def _pid(payer: "subprocess.Popen[str]") -> int:
    assert payer.stdout is not None
    return int(payer.stdout.readline().split()[1])


def _looked(session: Session) -> tuple[Board, Report, tuple[int, int], set[str]]:
    """The board, the proof, payments with the grants they end, and the ids of all entries."""
    with session.read() as connection:
        row = connection.exec_driver_sql(
            "select count(*), count(distinct hold_id) from fund_entry where kind = 'payment'"
        ).one()
        ids = connection.exec_driver_sql("select id from fund_entry").scalars()
        return (
            board(connection),
            verify(connection),
            (int(row[0]), int(row[1])),
            {str(one) for one in ids},
        )


def _waiting(session: Session) -> int:
    """Orders whose hold is neither paid nor back."""
    with session.read() as connection:
        return int(
            connection.exec_driver_sql(
                "select count(*) from payment_order"
                " where state in ('approving', 'approved', 'sent', 'unknown')"
            ).scalar_one()
        )


def test_a_kill_while_paying_loses_and_doubles_nothing(tmp_path: Path) -> None:
    store, chance, paid = tmp_path / "store", random.Random(9), 0
    with alone(store):
        pass
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.payer"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as payer:
        for killed in range(1, KILLS + 1):
            told = _killed(payer, store, chance.uniform(0, LATEST_S))
            with Replica.open(store, PASSPHRASE) as replica:
                seen, report, payments, there = _looked(Session(replica, actor=""))
                waiting = _waiting(Session(replica, actor=""))
            assert report.findings == []
            assert set(told) <= there, "what was said to be paid is paid"
            assert payments[0] == payments[1]
            assert (seen.difference, seen.paid) == (0, 90 * payments[0])
            assert seen.received % 100 == 0
            # An order that was cut off in the middle still holds its money, and is in sight.
            assert report.entries == seen.received // 100 + 2 * payments[0] + waiting
            assert waiting <= killed
            assert payments[0] >= paid
            paid = payments[0]
        assert payer.stdin is not None
        payer.stdin.close()
    assert paid >= KILLS // 2

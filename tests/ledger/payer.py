"""A clerk who pays without end: `python -m tests.ledger.payer`, a store for each line of input.

Forks a process for each, which says the number of every payment after its commit; says `pid` of
each first, and `gone` when it was killed.
"""

import os
import sys
from pathlib import Path

from storage.ledger import post
from storage.ledger.post import Slip
from storage.replica import Replica
from storage.session import Session
from tests.passphrase import PASSPHRASE


def say(*words: object) -> None:
    """One line in one write: a kill never leaves half of it."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def pay(store: Path) -> None:
    """Money in, granted and paid: two transactions a round, the second with two entries."""
    session = Session(Replica.open(store, PASSPHRASE), actor="甲")
    with session.read() as connection:
        case = connection.exec_driver_sql('select id from "case"').scalar_one()
    say("ready")
    while True:
        with session.write("收款") as write:
            assert post.receive(write.connection, case, 100, Slip("甲")).accepted
        with session.write("付款") as write:
            held = post.hold(write.connection, case, 90, Slip("甲"), payee="丙")
            assert held.entry_id is not None
            paid = post.pay(write.connection, held.entry_id, Slip("乙"))
            assert paid.entry_id is not None
        say(paid.entry_id)


def main() -> None:
    """One payer after another."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            pay(Path(line.strip()))
        say("pid", pid)
        os.waitpid(pid, 0)
        say("gone")


if __name__ == "__main__":
    main()

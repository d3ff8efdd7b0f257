"""A court that pays without end: `python -m tests.ledger.payer`, a store for each line of input.

Forks a process for each, which says the number of every payment after its commit; says `pid` of
each first, and `gone` when it was killed.
"""

import os
import sys
from pathlib import Path

from storage.ledger.asking import ask
from storage.replica import Replica
from storage.session import Session
from tests.ledger.offices import PAYEE
from tests.passphrase import PASSPHRASE


def say(*words: object) -> None:
    """One line in one write: a kill never leaves half of it."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def pay(store: Path) -> None:
    """Money in, asked for, approved by two, sent and paid: six transactions a round, each killed
    at any moment of it."""
    session = Session(Replica.open(store, PASSPHRASE), actor="甲")
    with session.read() as connection:
        case = connection.exec_driver_sql('select id from "case"').scalar_one()
        rows = connection.exec_driver_sql("select name, id from person")
        people = {str(name): str(person_id) for name, person_id in rows}

    def done(who: str, kind: str, **args: object) -> str:
        with session.write("办理") as write:
            asked = ask(write.connection, kind, args, by=people[who])
            assert asked.answer is not None
            assert asked.answer.accepted, asked
        return asked.request_id

    say("ready")
    while True:
        done("keeper", "receive", case_id=case, amount_fen=100)
        order = done("officer", "disburse", **PAYEE, case_id=case, amount_fen=90)
        with session.read() as connection:
            sha = connection.exec_driver_sql(
                "select content_sha256 from payment_order where id = ?", (order,)
            ).scalar_one()
        for who, stage in (("keeper", "fund_keeper"), ("chief", "bureau_chief")):
            done(who, "pass_order", order_id=order, stage=stage, content_sha256=sha)
        done("teller", "send_order", order_id=order)
        say(done("teller", "answer_order", order_id=order, outcome="paid"))


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

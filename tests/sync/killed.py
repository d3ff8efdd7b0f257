"""A nursery of short-lived clients: `python -m tests.sync.killed STORE DSN`.

Each line on standard input has it fork a client, which writes and exchanges without end until
somebody kills it. On standard output: the client's process id, `ready`, the id of each bundle once
it is committed, and `gone` after its death. Forking spares two hundred starts of the interpreter.
"""

import os
import sys
from pathlib import Path

from storage.ids import new_id
from storage.replica import Replica
from storage.session import Session
from storage.sync import engine
from storage.sync.postgres import PostgresRemote
from tests.passphrase import PASSPHRASE


def say(*words: object) -> None:
    """One whole line, or nothing: a kill must not leave half a line."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def work(store: Path, dsn: str) -> None:
    """Writes and exchanges until killed."""
    replica = Replica.open(store, PASSPHRASE)
    session = Session(replica, actor="first")
    remote = PostgresRemote(dsn)
    with session.read() as connection:
        cases = [row[0] for row in connection.exec_driver_sql('select id from "case"')]
    say("ready")
    while True:
        with session.write("记录") as write:
            for case_id in cases[:2]:
                write.connection.exec_driver_sql(
                    "insert into execution_log (id, case_id, at, kind, body)"
                    " values (?, ?, '2026-02-01T10:00:00+08:00', 'x', '记')",
                    (new_id(), case_id),
                )
            write.connection.exec_driver_sql(
                'update "case" set remarks = ? where id = ?', (new_id(), cases[0])
            )
        say(write.bundle_id)
        engine.round_trip(session, remote)


def main() -> None:
    """One client after another."""
    store, dsn = Path(sys.argv[1]), sys.argv[2]
    while sys.stdin.readline():
        child = os.fork()
        if child == 0:
            try:
                work(store, dsn)
            finally:
                os._exit(1)
        say(child)
        os.waitpid(child, 0)
        say("gone")


if __name__ == "__main__":
    main()

"""A real second process for the storage tests: `python -m tests.storage.child <what> <store>`.

`writers` forks a process for each line `store seed` of its standard input, which writes without
end, one line on standard output after every commit; `hold` keeps the store open until its standard
input ends; `fill` fills a small disk (see test_faults).
"""

import os
import random
import shutil
import sys
import traceback
from pathlib import Path

from sqlalchemy import text

from storage.drafts import Drafts
from storage.faults import DiskFull
from storage.replica import Replica
from storage.session import Session
from tests.passphrase import PASSPHRASE
from tests.storage.rows import add, case, court, event


def _say(*words: object) -> None:
    """In one write: whoever is killed in between leaves no half line."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def write(store: Path, seed: int) -> None:
    """Batches of random size: k cases with one event each, then a remark on all of them."""
    chance = random.Random(seed)
    replica = Replica.open(store, PASSPHRASE)
    session, drafts = Session(replica, actor="周书言"), Drafts.open(replica)
    place = court(code=f"种{seed}")
    with session.write("1") as opened:
        add(opened.connection, "court", place)
    serial = seed * 1_000_000
    _say("ready")
    while True:
        size = chance.choice([1, 2, 5, 20, 300])
        rows = [case(place["id"], serial + n, remarks="新") for n in range(size)]
        serial += size
        by_me = chance.random() < 0.7
        context = session.write(f"{size * 3}") if by_me else session.apply()
        with context as opened:
            add(opened.connection, "case", *rows)
            add(opened.connection, "node_event", *(event(row["id"]) for row in rows))
            opened.connection.execute(
                text('update "case" set remarks = :r where serial >= :s'),
                {"r": f"批{size}", "s": rows[0]["serial"]},
            )
        drafts.save("typing", {"serial": serial})
        _say(serial)


def writers() -> None:
    """What a writer needs is imported once; says `pid` of each, and `gone` with how it ended."""
    for line in sys.stdin:
        store, seed = line.rsplit(" ", 1)
        pid = os.fork()
        if pid == 0:
            try:
                _say("pid", os.getpid())
                write(Path(store), int(seed))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        _pid, status = os.waitpid(pid, 0)
        _say("gone", os.waitstatus_to_exitcode(status))


def hold(store: Path) -> None:
    """Opens, says so, and waits."""
    with Replica.open(store, PASSPHRASE):
        _say("ready")
        sys.stdin.read()


def fill(store: Path) -> None:
    """Runs on a disk of a few megabytes: writes until it is full, then checks what is left."""
    balloon = store.parent / "balloon"
    balloon.write_bytes(b"\0" * 600_000)
    replica = Replica.open(store, PASSPHRASE)
    session = Session(replica, actor="周书言")
    place = court()
    with session.write("建院") as opened:
        add(opened.connection, "court", place)
    with session.read() as connection:
        before = connection.execute(text("select count(*) from _op")).scalar_one()
        kept = connection.execute(text('select count(*) from "case"')).scalar_one()
    first, sentence = kept, ""
    for step in range(1_000):
        try:
            with session.write("立案") as opened:
                rows = [
                    case(place["id"], 10_000 + step * 100 + n, remarks="长" * 300)
                    for n in range(100)
                ]
                add(opened.connection, "case", *rows)
            kept += 100
        except DiskFull as fault:
            sentence = str(fault)
            break
    free = shutil.disk_usage(store).free
    balloon.unlink()
    with session.read() as connection:
        found = connection.execute(text('select count(*) from "case"')).scalar()
        ops = connection.execute(text("select count(*) from _op")).scalar()
    assert (found, ops) == (kept, before + kept - first), (found, ops, kept)
    with session.write("继续") as opened:
        add(opened.connection, "case", case(place["id"], 999_999))
    replica.close()
    Replica.open(store, PASSPHRASE).close()
    _say(free, kept - first, sentence)


if __name__ == "__main__":
    if sys.argv[1] == "writers":
        writers()
    elif sys.argv[1] == "hold":
        hold(Path(sys.argv[2]))
    else:
        fill(Path(sys.argv[2]))

"""`python -m tests.command.positions.recording_child STORE UNIT FIRST`: a recorder to be killed.

It takes one point after another from number FIRST on, says the next number once they are kept, and
stores now and then what waits.
"""

import os
import random
import select
import sys
from datetime import timedelta
from pathlib import Path

from desktop.command.positions.journal import Journal
from desktop.command.positions.recorder import Recorder
from desktop.command.positions.storing import noted, store
from desktop.rules.tracks import Point
from storage.replica import Replica
from storage.session import Session
from tests.passphrase import PASSPHRASE
from tests.rules.track_days import DAY


def numbered(unit: str, n: int) -> Point:
    """The point of that number."""
    at = DAY + timedelta(seconds=n)
    return Point(unit, "", at, 34.6 + n * 1e-5, 112.4, 5.0, None, None, "traccar", at)


def main(folder: str, unit: str, first: str) -> None:
    with Replica.open(Path(folder), PASSPHRASE) as replica:
        session = Session(replica, actor="林知远")
        with session.read() as connection:
            done, _cursor = noted(connection)
        journal = Journal(replica.folder, replica.key, done)
        recorder = Recorder(journal)
        draw, n = random.Random(int(first)), int(first)
        while True:
            size = draw.randint(1, 5)
            recorder.take([numbered(unit, n + k) for k in range(size)], f"{n + size}")
            n += size
            os.write(1, f"{n}\n".encode())
            wanted = recorder.due(0.0) if draw.random() < 0.3 else None
            if wanted is not None:
                with session.write("记录位置") as write:
                    stored = store(write.connection, wanted)
                if draw.random() < 0.5:  # a kill may come with the journal still full
                    select.select([], [], [], 0.05)
                recorder.stored(stored)


if __name__ == "__main__":
    main(*sys.argv[1:])

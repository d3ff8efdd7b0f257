"""One round of sync, step by step: hello, recovery if the history changed, push, pull.

No thread, no sleep, no clock: whoever drives it runs the steps and decides when to try again.
Every step may fail with a SyncFault and be repeated; none leaves anything half done.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from storage import outbox
from storage.session import Session
from storage.sync import pull, push
from storage.sync.port import Cursor, Hello, Json, Remote


@dataclass(slots=True)
class Round:
    """What one round did; the counts of verdicts by their name."""

    pulled: int = 0
    pushed: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    whole: bool = False
    recovered: bool = False

    @property
    def applied(self) -> int:
        """Bundles the hub took."""
        return self.verdicts.get("applied", 0)

    @property
    def held(self) -> int:
        """Bundles the hub decided against; they wait in the tray."""
        return sum(
            n
            for verdict, n in self.verdicts.items()
            if verdict != "applied" and verdict not in push.OPEN_VERDICTS
        )


def hello(session: Session, remote: Remote, *, app_ver: str = "", name: str = "") -> Hello:
    """Announces this device and what waits on it; remembers what the hub answered."""
    with session.read() as connection:
        waiting = outbox.pending(connection)
    facts: Json = {
        "name": name,
        "app_ver": app_ver,
        "schema_ver": session.replica.schema_version,
        "clock_ms": int(datetime.now().timestamp() * 1000),
        "unsent": waiting.bundles,
        "unsent_since": waiting.oldest.isoformat() if waiting.oldest else None,
    }
    told = remote.hello(session.replica.device_id, facts)
    with session.apply() as write:
        write.connection.exec_driver_sql("update _ctl set clock_off_ms = ?", (told.clock_off_ms,))
        write.connection.exec_driver_sql(
            "insert or replace into _sync (key, value) values ('hello', ?)",
            (json.dumps(asdict(told), ensure_ascii=False),),
        )
    return told


def recover(session: Session, remote: Remote, told: Hello) -> bool:
    """After a changed history: what was decided is sent again under the hub's signature.

    Gives whether there was anything to recover. What still waits for a parent on another device
    is sent again in the next round. The pull that follows brings everything, as the cursor belongs
    to a history that is gone.
    """
    text = push.leased(session, told.who, told.history)
    if text == "[]":
        return False
    push.settle_replayed(session, remote.replay(session.replica.device_id, text))
    return True


def send(session: Session, remote: Remote, who: str, done: Round) -> None:
    """Pushes all that waits, batch by batch."""
    after = 0
    while True:
        batch = push.freeze(session, who, after=after)
        if not batch.numbers:
            return
        answers = remote.push(session.replica.device_id, batch.text)
        for verdict, n in push.settle(session, answers).items():
            done.verdicts[verdict] = done.verdicts.get(verdict, 0) + n
        done.pushed += len(batch.numbers)
        after = batch.numbers[-1]


def receive(session: Session, remote: Remote, done: Round) -> Cursor:
    """Pulls once; gives the new cursor."""
    cursor = pull.load_cursor(session)
    pulled = pull.fetch(remote, cursor)
    if cursor != pulled.cursor or pulled.count or pulled.whole:
        pull.apply(session, pulled)
    done.pulled += pulled.count
    done.whole = done.whole or pulled.whole
    return pulled.cursor


def round_trip(session: Session, remote: Remote, *, app_ver: str = "", name: str = "") -> Round:
    """One whole round; raises a SyncFault where it had to stop."""
    done = Round()
    told = hello(session, remote, app_ver=app_ver, name=name)
    session.sweep()
    done.recovered = recover(session, remote, told)
    send(session, remote, told.who, done)
    receive(session, remote, done)
    _remember_contact(session)
    return done


def _remember_contact(session: Session) -> None:
    """When everything here was last exchanged: the age of what the desk shows."""
    with session.apply() as write:
        write.connection.exec_driver_sql(
            "insert or replace into _sync (key, value) values ('synced_at', ?)",
            (datetime.now().astimezone().isoformat(timespec="seconds"),),
        )

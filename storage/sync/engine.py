"""One round of sync, step by step: hello, recovery if the history changed, push, pull.

No thread and no sleep: whoever drives it runs the steps and decides when to try again. Every step
may fail with a SyncFault and be repeated; none leaves anything half done.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from storage import outbox
from storage.migrations import added
from storage.session import Session
from storage.sync import awaited, bootstrap, pull, push, validity
from storage.sync.pace import BatchSize
from storage.sync.port import Cursor, Hello, Json, OlderHub, OtherHub, Remote, Unreachable


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


def last_hello(session: Session) -> Hello | None:
    """What the hub answered when it was last reached; None before the first time."""
    with session.read() as connection:
        return hello_in(connection)


def hello_in(connection: Connection) -> Hello | None:
    """The same on the caller's connection."""
    text = connection.exec_driver_sql("select value from _sync where key = 'hello'").scalar()
    if text is None:
        return None
    kept = json.loads(text)
    known = {name: kept[name] for name in Hello.__slots__ if name in kept}
    return Hello(**{**known, "roles": tuple(kept["roles"]), "scopes": tuple(kept["scopes"])})


def agree(session: Session, told: Hello, *, other_hub: bool = False) -> None:
    """Whether anything may travel at all. Raises OlderHub, or OtherHub unless `other_hub`.

    A replica filled by one hub and let loose on another would send there what the first has
    decided and delete here what the second does not have.
    """
    mine = session.replica.schema_version
    if told.schema_ver and told.schema_ver < mine:
        raise OlderHub(
            f"共享库的版本（{told.schema_ver}）比本机（{mine}）旧，请管理员先升级共享库。"
            "待发内容已保留。"
        )
    cursor = pull.load_cursor(session)
    if cursor is not None and not other_hub and _hub_of(cursor.history) != _hub_of(told.history):
        raise OtherHub("这不是本机原来使用的共享库。确认更换之前，不会收发任何内容。")


def recover(session: Session, remote: Remote, told: Hello) -> bool:
    """After a changed history: what was decided is sent again under the hub's signature.

    Gives whether there was anything to recover. What still waits for a parent on another device
    is sent again in the next round. The pull that follows brings everything, as the cursor belongs
    to a history that is gone.
    """
    text = push.leased(session, told.who, told.history)
    if text == "[]":
        return False
    answers = remote.replay(session.replica.device_id, text)
    push.settle_replayed(session, answers, by=(told.who, told.history))
    return True


def send(
    session: Session,
    remote: Remote,
    who: str,
    done: Round,
    *,
    size: BatchSize | None = None,
    on_batch: Callable[[int], None] | None = None,
) -> None:
    """Pushes all that waits, batch by batch; `on_batch` hears how many each one has."""
    size = size or BatchSize()
    after = 0
    while True:
        batch = push.freeze(session, who, after=after, most=size.bundles)
        if not batch.numbers:
            return
        if on_batch is not None:
            on_batch(len(batch.numbers))
        with size.timing():
            answers = remote.push(session.replica.device_id, batch.text)
        for verdict, n in push.settle(session, answers).items():
            done.verdicts[verdict] = done.verdicts.get(verdict, 0) + n
        done.pushed += len(batch.numbers)
        after = batch.numbers[-1]


def receive(
    session: Session,
    remote: Remote,
    done: Round,
    *,
    history: str | None = None,
    keep: bool = True,
    allowed: bool = False,
) -> Cursor:
    """Pulls once; gives the new cursor.

    `keep` False: a pull that brought nothing is not written down, so that a desk that looks every
    few seconds does not write as often; the kept cursor is only a little behind. `history` is the
    one the hub told; if it has become another, what was decided has to be sent again first.
    `allowed`: see storage.sync.pull.apply.
    """
    cursor = pull.load_cursor(session)
    if cursor is None and bootstrap.possible(session):
        filled = bootstrap.run(session, remote)
        done.pulled += filled.count
        done.whole = True
        return filled.cursor
    with session.read() as connection:
        missing = added.wanted(connection)
        taken = awaited.standing(connection)
    pulled = pull.fetch(remote, cursor, missing, taken)
    if history is not None and pulled.cursor.history != history:
        raise Unreachable("共享库刚刚切换，将自动重新连接；在此期间可以照常工作。")
    empty = not (pulled.count or pulled.whole or pulled.refilled or pulled.awaited)
    same = cursor is not None and _but_snapshot(cursor) == _but_snapshot(pulled.cursor)
    if not (empty and same) or (keep and cursor != pulled.cursor):
        pull.apply(session, pulled, allowed=allowed)
    done.pulled += pulled.count
    done.whole = done.whole or pulled.whole
    return pulled.cursor


def round_trip(
    session: Session,
    remote: Remote,
    *,
    app_ver: str = "",
    name: str = "",
    other_hub: bool = False,
) -> Round:
    """One whole round; raises a SyncFault where it had to stop.

    A client that is too old to write reads all the same; what it has waits for its new version.
    """
    done = Round()
    told = hello(session, remote, app_ver=app_ver, name=name)
    agree(session, told, other_hub=other_hub)
    session.sweep()
    if told.may_write(session.replica.schema_version):
        done.recovered = recover(session, remote, told)
        send(session, remote, told.who, done)
    receive(session, remote, done)
    remember_contact(session)
    return done


def remember_contact(session: Session) -> None:
    """When everything here was last exchanged: the age of what the desk shows."""
    with session.apply() as write:
        write.connection.exec_driver_sql(
            "insert or replace into _sync (key, value) values ('synced_at', ?)",
            (datetime.now().astimezone().isoformat(timespec="seconds"),),
        )
        validity.forget_time(write.connection)


def _hub_of(history: str) -> str:
    return history.partition(":")[0]


def _but_snapshot(cursor: Cursor) -> tuple[str, int, tuple[int, ...]]:
    return cursor.history, cursor.epoch, cursor.scopes

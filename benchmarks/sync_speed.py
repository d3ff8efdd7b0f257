"""The exchange with the shared database against the raw limit of the same machine.

One hub with 100,000 cases (EDESK_SYNC_ROWS for more) of forty teams. Raw limits, in the same run:
COPY out of PostgreSQL into `executemany` on the same kind of file; a pull by a known index; a
pipeline of `executemany` updates. "Plain" is the same client code on a file without encryption.
Everything runs several times and the quickest counts, ours and theirs: a pause of the machine in
one of them would say more than all the rest.
"""

import gc
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlcipher3 import dbapi2

from benchmarks.ratio import Ratio
from storage import engine as replica_engine
from storage import key
from storage.hub import embedded, setup, users
from storage.ids import new_id
from storage.overlay import TABLES
from storage.replica import Replica
from storage.session import Session
from storage.sync import engine, push
from storage.sync.port import Answer
from storage.sync.postgres import PostgresRemote

ROWS = int(os.environ.get("EDESK_SYNC_ROWS", "100000"))
ROUNDS = int(os.environ.get("EDESK_SYNC_ROUNDS", "3" if ROWS <= 200_000 else "1"))
TEAMS = 40
EDITS = 1_000
PASSWORD = "benchmark-1"
PASSPHRASE = "benchmark"
COLUMNS = [column.name for column in TABLES[10].columns]
_FILL = """
insert into desk."case" (id, number, court_id, year, type_word, serial, cause, basis_no, filed_on,
  team_id, claim_fen, remarks, scope, ver, changed_by, changed_at)
select gen_random_uuid(), '（2026）豫99执' || n || '号', %(court)s, 2026, '执', n,
  '买卖合同纠纷', '（2025）豫99民初' || n || '号', '2026-01-05',
  (select id from desk.team where number = 1 + n %% 40), n * 100,
  repeat('执行情况记录 ', 12), 1 + n %% 40, 1, 'centre', '2026-01-05T09:00:00.000+08:00'
from generate_series(1, %(rows)s) n
"""


class City:
    """A filled hub, its administrator and the laptops that are made for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = embedded.start(folder / "hub")
        setup.initialise(self.server.admin_dsn)
        self.admin: psycopg.Connection[Any] = psycopg.connect(
            self.server.admin_dsn, autocommit=True
        )
        users.add(self.admin, "centre", PASSWORD, ["operator", "supervisor"], [-1])
        users.add(self.admin, "team", PASSWORD, ["handler"], [1])
        court = new_id()
        self.admin.execute("set session_replication_role = replica")
        self.admin.execute(
            "insert into desk.court (id, code, name, short_name, scope)"
            " values (%s, '豫99', '甲院', '甲', 0)",
            (court,),
        )
        for number in range(1, TEAMS + 1):
            self.admin.execute(
                "insert into desk.team (id, court_id, name, kind, number, scope)"
                " values (%s, %s, '队', 'implementation', %s, 0)",
                (new_id(), court, number),
            )
        self.admin.execute(_FILL, {"court": court, "rows": ROWS})
        self.admin.execute("set session_replication_role = origin")
        self.admin.execute("vacuum analyze")

    def dsn(self, who: str) -> str:
        """The connection string of a login."""
        return self.server.dsn(who, PASSWORD)

    def close(self) -> None:
        """Stops the server."""
        self.admin.close()
        embedded.stop(self.server.folder, immediate=True)


class Laptop:
    """A fresh replica and its line."""

    def __init__(self, city: City, who: str, name: str) -> None:
        self.folder = city.folder / name
        self.replica = Replica.open(self.folder, PASSPHRASE, create=True)
        self.session = Session(self.replica, actor=who)
        self.remote = PostgresRemote(city.dsn(who))
        engine.hello(self.session, self.remote)

    def close(self) -> None:
        """Gives file and line back."""
        self.remote.close()
        self.replica.close()
        shutil.rmtree(self.folder)


def took(work: Callable[[], object]) -> float:
    """Seconds."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def _raw_copy(city: City, target: Any, where: str = "") -> None:
    """COPY → executemany: nothing but the rows, no index but the primary key."""
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    key_of = ", ".join(f'"{name}"' + (" primary key" if name == "id" else "") for name in COLUMNS)
    target.execute(f"create table raw ({key_of})")
    marks = ", ".join("?" * len(COLUMNS))
    with psycopg.connect(city.server.admin_dsn) as source, source.cursor() as cursor:
        target.execute("begin")
        with cursor.copy(f'copy (select {names} from desk."case" {where}) to stdout') as copy:
            batch = []
            for row in copy.rows():
                batch.append(row)
                if len(batch) == 2_000:
                    target.executemany(f"insert into raw values ({marks})", batch)
                    batch.clear()
            target.executemany(f"insert into raw values ({marks})", batch)
        target.execute("commit")


def _raw_file(city: City, *, encrypted: bool, where: str = "") -> float:
    path = city.folder / "raw.db"
    path.unlink(missing_ok=True)
    if encrypted:
        target: Any = replica_engine.connect(path, key.derive(PASSPHRASE, bytes(16)))
    else:
        # The replica's driver without a key: the other one would compare two builds of SQLite.
        target = dbapi2.connect(str(path), isolation_level=None)
        target.execute("pragma synchronous = full")
    target.execute("pragma journal_mode = wal")
    taken = took(lambda: _raw_copy(city, target, where))
    target.close()
    path.unlink()
    return taken


@contextmanager
def _plain_files() -> Iterator[None]:
    """Replicas made inside are ordinary SQLite files: the same driver without its key."""
    encrypted = replica_engine.connect

    def plain(path: Path, file_key: key.Key, *, reading: bool = False) -> dbapi2.Connection:
        class Unkeyed(dbapi2.Connection):  # type: ignore[misc]
            def execute(self, sql: str, *more: Any) -> Any:
                skip = sql.startswith(("pragma key", "pragma cipher"))
                return super().execute("select 1" if skip else sql, *more)

        was, dbapi2.connect = dbapi2.connect, lambda *a, **k: was(*a, factory=Unkeyed, **k)
        try:
            return encrypted(path, file_key, reading=reading)
        finally:
            dbapi2.connect = was

    replica_engine.connect = plain
    try:
        yield
    finally:
        replica_engine.connect = encrypted


def _bootstrap(city: City, who: str, name: str) -> tuple[float, Laptop]:
    laptop = Laptop(city, who, name)
    return took(lambda: engine.receive(laptop.session, laptop.remote, engine.Round())), laptop


def _bootstraps(city: City) -> tuple[list[Ratio], Laptop]:
    """Each thing in turn, several times over."""
    taken: dict[str, list[float]] = {}
    for number in range(ROUNDS):
        with _plain_files():
            seconds, laptop = _bootstrap(city, "centre", f"plain{number}")
            laptop.close()
        taken.setdefault("plain", []).append(seconds)
        taken.setdefault("raw plain", []).append(_raw_file(city, encrypted=False))
        seconds, laptop = _bootstrap(city, "centre", f"encrypted{number}")
        taken.setdefault("encrypted", []).append(seconds)
        taken.setdefault("raw encrypted", []).append(_raw_file(city, encrypted=True))
        if number < ROUNDS - 1:
            laptop.close()
    print({name: [round(one, 2) for one in each] for name, each in taken.items()}, flush=True)
    plain, raw_plain = min(taken["plain"]), min(taken["raw plain"])
    encrypted, raw_encrypted = min(taken["encrypted"]), min(taken["raw encrypted"])
    with laptop.session.read() as connection:
        assert connection.exec_driver_sql('select count(*) from "case"').scalar() == ROWS
    teams = []
    for number in range(ROUNDS):
        seconds, one = _bootstrap(city, "team", f"team{number}")
        one.close()
        teams.append(seconds)
    speed, what = "rows/s", "COPY → executemany"
    found = [
        Ratio(
            f"bootstrap {ROWS:,} cases, plain file",
            ROWS / plain,
            ROWS / raw_plain,
            speed,
            what,
            0.8,
            more_is_better=True,
        ),
        Ratio(
            f"bootstrap {ROWS:,} cases, encrypted file",
            ROWS / encrypted,
            ROWS / raw_encrypted,
            speed,
            f"{what}, encrypted",
            0.7,
            more_is_better=True,
        ),
        Ratio("bootstrap one team of forty", min(teams), encrypted, "s", "all teams", 1 / 20),
    ]
    return found, laptop


def _one_pull(city: City, laptop: Laptop, number: int) -> float:
    """Seconds for a thousand cases that were changed since the last look."""
    city.admin.execute(
        'update desk."case" set remarks = %s where serial <= %s', (f"第{number}次 " * 20, EDITS)
    )
    done = engine.Round()
    seconds = took(lambda: engine.receive(laptop.session, laptop.remote, done))
    assert done.pulled == EDITS, done
    return seconds


def _pull(city: City, laptop: Laptop) -> list[Ratio]:
    engine.receive(laptop.session, laptop.remote, engine.Round())
    ids = [
        row[0]
        for row in city.admin.execute(
            'select id::text from desk."case" where serial <= %s', (EDITS,)
        ).fetchall()
    ]
    ours = min(_one_pull(city, laptop, number) for number in range(ROUNDS))
    empty = took(
        lambda: [
            engine.receive(laptop.session, laptop.remote, engine.Round(), keep=False)
            for _ in range(50)
        ]
    )
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    marks = ", ".join("?" * len(COLUMNS))
    setting = ", ".join(f'"{name}" = excluded."{name}"' for name in COLUMNS if name != "id")
    path = city.folder / "raw.db"
    target = replica_engine.connect(path, key.derive(PASSPHRASE, bytes(16)))
    target.execute("pragma journal_mode = wal")
    _raw_copy(city, target)

    def by_index() -> None:
        with psycopg.connect(city.server.admin_dsn) as source:
            rows = source.execute(
                f'select {names} from desk."case" where id = any(%s)', (ids,)
            ).fetchall()
            target.execute("begin")
            target.executemany(
                f"insert into raw values ({marks}) on conflict (id) do update set {setting}",
                [tuple(str(v) if v is not None else None for v in row) for row in rows],
            )
            target.execute("commit")

    raw = min(took(by_index) for _ in range(ROUNDS))
    target.close()
    path.unlink()
    ping = took(lambda: [city.admin.execute("select 1").fetchone() for _ in range(50)])
    return [
        Ratio(
            f"pull {EDITS:,} changed cases",
            EDITS / ours,
            EDITS / raw,
            "rows/s",
            "select by id → executemany, encrypted",
            0.4,
            more_is_better=True,
        ),
        Ratio("a look that brings nothing", empty / 50 * 1e3, ping / 50 * 1e3, "ms", "select 1"),
    ]


def edit_at_once(laptop: Laptop, word: str = "租赁") -> None:
    """One write to a thousand cases that no other step touches."""
    with laptop.session.write("修改") as write:
        write.connection.exec_driver_sql(
            f"update \"case\" set cause = '{word}' || serial where serial > {2 * EDITS}"
            f" and serial <= {3 * EDITS}"
        )


def edit_thousand(laptop: Laptop, word: str = "借款") -> None:
    """One write each to a thousand cases that no other step touches."""
    with laptop.session.read() as connection:
        ids = [
            row[0]
            for row in connection.exec_driver_sql(
                f'select id from "case" where serial > {EDITS} and serial <= {2 * EDITS}'
            )
        ]
    for row_id in ids:
        with laptop.session.write("修改") as write:
            write.connection.exec_driver_sql(
                'update "case" set cause = ? where id = ?', (f"{word}{row_id[:8]}", row_id)
            )


def _frozen(laptop: Laptop) -> list[push.Batch]:
    batches = []
    after = 0
    while (batch := push.freeze(laptop.session, "centre", after=after)).numbers:
        batches.append(batch)
        after = batch.numbers[-1]
    return batches


def _one_push(laptop: Laptop, word: str) -> tuple[float, float, list[push.Batch]]:
    """Seconds for a thousand bundles, and for the same ones again; decided and settled then."""
    edit_thousand(laptop, word)
    device, batches = laptop.replica.device_id, _frozen(laptop)
    first = took(lambda: [laptop.remote.push(device, batch.text) for batch in batches])
    again = took(lambda: [laptop.remote.push(device, batch.text) for batch in batches])
    answers = [a for batch in batches for a in laptop.remote.push(device, batch.text)]
    assert [answer.verdict for answer in answers] == ["applied"] * EDITS
    push.settle(laptop.session, answers)
    return first, again, batches


def _one_large_push(laptop: Laptop, word: str) -> float:
    """Seconds for one bundle with a thousand edits."""
    edit_at_once(laptop, word)
    (large,) = _frozen(laptop)
    answers: list[Answer] = []
    seconds = took(lambda: answers.extend(laptop.remote.push(laptop.replica.device_id, large.text)))
    assert [answer.verdict for answer in answers] == ["applied"]
    push.settle(laptop.session, answers)
    return seconds


def _push(city: City, laptop: Laptop) -> list[Ratio]:
    taken = [_one_push(laptop, f"借款{number}") for number in range(ROUNDS)]
    ours, resend = min(one[0] for one in taken), min(one[1] for one in taken)
    rows = [
        op["row"]
        for batch in taken[-1][2]
        for bundle in json.loads(batch.text)
        for op in bundle["ops"]
    ]

    def pipeline(number: int) -> None:
        edits = [(f"借款{number}-{n}", row_id) for n, row_id in enumerate(rows)]
        with psycopg.connect(city.server.admin_dsn) as target, target.cursor() as cursor:
            target.execute("set session_replication_role = replica")
            cursor.executemany('update desk."case" set cause = %s where id = %s', edits)

    raw = min(took(partial(pipeline, number)) for number in range(ROUNDS))
    at_once = min(_one_large_push(laptop, f"租赁{number}-") for number in range(ROUNDS))
    return [
        Ratio(
            f"push {EDITS:,} edits written as one",
            EDITS / at_once,
            EDITS / raw,
            "edits/s",
            "executemany pipeline without triggers",
            more_is_better=True,
        ),
        Ratio(
            f"push {EDITS:,} edits, one a bundle",
            EDITS / ours,
            EDITS / raw,
            "edits/s",
            "executemany pipeline without triggers",
            0.25,
            more_is_better=True,
        ),
        Ratio(
            f"send {EDITS:,} decided bundles again",
            EDITS / resend,
            EDITS / raw,
            "edits/s",
            "the same pipeline",
            more_is_better=True,
        ),
    ]


def measure() -> list[Ratio]:
    """Bootstrap, pull, push, resend, one team, nothing."""
    gc.disable()  # As in the desk, which collects between two events of the window alone.
    with tempfile.TemporaryDirectory(prefix="edesk-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        city = City(folder)
        try:
            found, laptop = _bootstraps(city)
            found += _pull(city, laptop)
            found += _push(city, laptop)
            laptop.close()
        finally:
            city.close()
            gc.enable()
        return found

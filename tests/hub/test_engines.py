"""Where a reader stands, on both engines: nothing committed is ever skipped."""

import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from storage.hub import embedded, setup, users
from tests.hub.conftest import PASSWORD, Officer

WRITERS, TRANSACTIONS, LONG_EVERY = 8, 120, 10
_TYPES = ("xid8", "xid", "pg_snapshot", "txid_snapshot")
_WORDS = (
    r"pg_snapshot|xid8|txid_|pg_current_xact|pg_current_snapshot|pg_visible_in_snapshot"
    r"|pg_walfile|pg_current_wal|pg_is_in_recovery|pg_notify|\mlisten\M"
)


@pytest.fixture(scope="module", params=[False, True], ids=["snapshots", "sequencer"])
def hub(request: pytest.FixtureRequest, server_folder: Path) -> Iterator[tuple[str, Officer]]:
    """The owner's connection string and an officer who sees everything."""
    server = embedded.start(server_folder / f"engine{request.param:d}", fast=True)
    setup.initialise(server.admin_dsn, portable=request.param)
    with psycopg.connect(server.admin_dsn, autocommit=True) as admin:
        users.add(admin, "centre", PASSWORD, ["operator"], [-1])
        admin.execute("create table public.naive (n bigserial primary key, id uuid not null)")
        admin.execute("grant select on public.naive to edesk_member")
    officer = Officer("centre", server.dsn("centre", PASSWORD))
    yield server.admin_dsn, officer
    officer.connection.close()
    embedded.stop(server.folder, immediate=True)


def _write(dsn: str, seed: int, made: list[str]) -> None:
    """Transactions of which some stay open while others begin and commit."""
    chance = random.Random(seed)
    with psycopg.connect(dsn) as connection:
        for number in range(TRANSACTIONS):
            row = connection.execute(
                "with x as (insert into sync.change (tbl, id, scope) values"
                " (10, gen_random_uuid(), 1) returning id)"
                " insert into public.naive (id) select id from x returning id::text"
            ).fetchone()
            assert row is not None
            pause = chance.uniform(0.02, 0.12) if number % LONG_EVERY == 0 else 0.0005
            connection.execute("select pg_sleep(%s)", (pause,))
            connection.commit()
            made.append(row[0])


class _Reader:
    """Pulls as a desk does; beside it the cursor everybody would write first."""

    def __init__(self, officer: Officer) -> None:
        self.officer = officer
        told = officer.one("select sync.begin_pull(null, 0, null)")
        self.history, self.epoch, self.cursor = told["history"], told["epoch"], told["cursor"]
        self.seen: set[str] = set()
        self.naive: set[str] = set()
        self._last = 0

    def pull(self) -> None:
        """One pull in one snapshot."""
        self.officer.one("select sync.seal()")
        connection = self.officer.connection
        with connection.transaction():
            connection.execute("set transaction isolation level repeatable read, read only")
            told: dict[str, Any] = self.officer.one(
                "select sync.begin_pull(%s, %s, %s)", self.history, self.epoch, self.cursor
            )
            assert told["state"] == "ok"
            ids = connection.execute("select sync.changed(10, %s)::text", (self.cursor,)).fetchall()
            assert bool(ids) == bool(told["tables"])
            self.seen.update(row[0] for row in ids)
            self.cursor = told["cursor"]
            rows = connection.execute(
                "select n, id::text from public.naive where n > %s", (self._last,)
            ).fetchall()
        self.naive.update(row[1] for row in rows)
        self._last = max([self._last, *(row[0] for row in rows)])


def test_nothing_is_missed_between_long_transactions(hub: tuple[str, Officer]) -> None:
    dsn, officer = hub
    made: list[str] = []
    reader = _Reader(officer)
    threads = [threading.Thread(target=_write, args=(dsn, seed, made)) for seed in range(WRITERS)]
    for thread in threads:
        thread.start()
    pulls = 0
    while any(thread.is_alive() for thread in threads):
        reader.pull()
        pulls += 1
    for thread in threads:
        thread.join()
    reader.pull()
    assert len(made) == WRITERS * TRANSACTIONS
    assert set(made) - reader.seen == set()
    assert pulls > 5
    # The same run would have lost some to a counter: the test can tell the difference.
    assert set(made) - reader.naive


def test_a_reader_who_comes_back_too_late_is_told(hub: tuple[str, Officer]) -> None:
    dsn, officer = hub
    reader = _Reader(officer)
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(
            "create table sync.change_20200106 partition of sync.change"
            " for values from ('2020-01-06') to ('2020-01-13')"
        )
        admin.execute("alter table sync.change_20200106 owner to edesk_owner")
        admin.execute(
            "insert into sync.change (tbl, id, scope, at)"
            " values (10, gen_random_uuid(), 1, '2020-01-07')"
        )
        assert admin.execute("select sync.upkeep()").fetchone() == (1,)
    asked = "select sync.begin_pull(%s, %s, %s)"
    told = officer.one(asked, reader.history, reader.epoch, reader.cursor)
    assert told["state"] == "too_old"
    officer.one("select sync.seal()")
    fresh = _Reader(officer)
    assert officer.one(asked, fresh.history, fresh.epoch, fresh.cursor)["state"] == "ok"


def test_whose_work_it_is_ends_with_its_transaction(hub: tuple[str, Officer]) -> None:
    dsn, _officer = hub
    with psycopg.connect(dsn) as admin:
        asked = "select sync.actor()::text, session_user::text"
        admin.execute("select sync.act_for('centre')")
        row = admin.execute(asked).fetchone()
        assert row is not None
        assert row[0] == "centre"
        admin.commit()
        row = admin.execute(asked).fetchone()
        assert row is not None
        assert row[0] == row[1]


def test_the_portable_hub_names_nothing_an_engine_may_lack(hub: tuple[str, Officer]) -> None:
    dsn, _officer = hub
    with psycopg.connect(dsn) as admin:
        portable = admin.execute("select to_regclass('sync.feed')").fetchone() != (None,)
        columns = admin.execute(
            "select attrelid::regclass::text, attname from pg_attribute a"
            " join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname in ('sync', 'desk') and attnum > 0 and c.relkind in ('r', 'p')"
            " and atttypid = any (%s::regtype[])",
            (list(_TYPES),),
        ).fetchall()
        functions = admin.execute(
            "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where n.nspname = 'sync' and p.prosrc ~ %s",
            (_WORDS,),
        ).fetchall()
    assert bool(columns) != portable, columns
    assert bool(functions) != portable, functions

"""The line is cut after every byte of a push and of a pull; the state afterwards is the same.

Each cut happens to an exchange of its own: something was done here and something else there. The
round after it must leave hub and replica equal, with everything exactly once. EDESK_CUTS=all tries
every byte; the suite tries the first ones and then some.
"""

import json
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from psycopg import conninfo

from storage.hub import embedded
from storage.ids import new_id
from storage.overlay import TABLES
from storage.replica import Replica
from storage.session import Session
from storage.sync import engine
from storage.sync.port import SyncFault
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, Town, built_town
from tests.hub.cutting import CuttingProxy, Direction
from tests.stores import new_store

EVERY = os.environ.get("EDESK_CUTS") == "all"
FIRST, STRIDE = 24, 61
LOG = 16


class Desk:
    """A laptop behind the proxy, and a colleague who works at the hub meanwhile."""

    def __init__(self, town: Town, replica: Replica) -> None:
        self.town = town
        self.proxy = CuttingProxy(town.server.port)
        dsn = conninfo.make_conninfo(town.server.dsn("first", PASSWORD), port=self.proxy.port)
        self.remote = PostgresRemote(dsn)
        self.session = Session(replica, actor="first")
        self.case = town.cases[1]
        self.n = 0
        self.faults = 0
        self.round()

    def round(self) -> None:
        """A whole exchange over a line that holds."""
        self.proxy.arm(None)
        engine.round_trip(self.session, self.remote)

    def work(self) -> None:
        """An edit and a fact here, another fact there."""
        self.n += 1
        with self.session.write("改") as write:
            write.connection.exec_driver_sql(
                'update "case" set remarks = ? where id = ?', (f"第{self.n}次", self.case)
            )
            write.connection.exec_driver_sql(
                "insert into execution_log (id, case_id, at, kind, body) values (?, ?, ?, 'x', ?)",
                (new_id(), self.case, "2026-02-01T10:00:00+08:00", f"此{self.n}"),
            )
        row = {"id": new_id(), "case_id": self.case, "at": "2026-02-01", "kind": "x"}
        row["body"] = f"彼{self.n}"
        assert self.town.centre.verdict((LOG, row["id"], "I", row, None)) == "applied"

    def push(self) -> None:
        """The half of a round that sends."""
        engine.send(self.session, self.remote, "first", engine.Round())

    def pull(self) -> None:
        """The half that fetches."""
        engine.receive(self.session, self.remote, engine.Round())

    def exchange(self) -> None:
        """A round from the first byte of the login on."""
        self.remote.close()
        engine.round_trip(self.session, self.remote)

    def cut(self, step: str, direction: Direction, after: int) -> bool:
        """One step with the line cut; whether it was cut before the step had ended."""
        self.work()
        if step == "pull":
            self.round()
            self.work_there()
        elif not self.remote.connected:
            engine.hello(self.session, self.remote)
        before = self.proxy.cuts
        self.proxy.arm(direction, after)
        try:
            getattr(self, step)()
        except SyncFault:
            self.faults += 1
        reached = self.proxy.cuts > before
        try:
            self.round()
        except SyncFault:
            # Cut behind the last byte of the step: the next call is the one that meets it.
            assert reached
            self.faults += 1
            self.round()
        self.check()
        return reached

    def work_there(self) -> None:
        """A change at the hub alone."""
        row = {"id": new_id(), "case_id": self.case, "at": "2026-02-01", "kind": "y"}
        row["body"] = "彼"
        assert self.town.centre.verdict((LOG, row["id"], "I", row, None)) == "applied"

    def check(self) -> None:
        """Hub and replica hold the same, everything once, and nothing waits."""
        town, mine = self.town, self._rows
        for table in TABLES.values():
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            here = mine(f'select {names} from "{table.name}"')
            theirs = town.first.connection.execute(f'select {names} from desk."{table.name}"')
            there = {tuple(None if v is None else str(v) for v in row) for row in theirs}
            assert {tuple(None if v is None else str(v) for v in row) for row in here} == there
        device = self.session.replica.device_id
        bundles = mine("select id, verdict from _bundle")
        decided = town.admin.execute(
            "select id::text, verdict from sync.bundle where device = %s", (device,)
        ).fetchall()
        assert sorted(map(tuple, bundles)) == sorted(decided)
        assert {verdict for _id, verdict in bundles} == {"applied"}
        assert len(bundles) == self.n
        logs = mine("select count(*) from execution_log where body like '此%'")
        assert logs == [(self.n,)]
        assert mine('select remarks from "case" where id = ?', self.case) == [(f"第{self.n}次",)]
        assert mine("select count(*) from _base") == [(0,)]
        cursor = json.loads(mine("select cursor from _ctl")[0][0])
        assert cursor["history"]

    def _rows(self, sql: str, *values: object) -> list[Any]:
        with self.session.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql, values)]

    def close(self) -> None:
        """Ends line and proxy."""
        self.remote.close()
        self.proxy.close()


@pytest.fixture(scope="module")
def desk(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("cut") / "store"
    with new_store(folder) as replica:
        made = Desk(town, replica)
        yield made
        made.close()


def _points(step: str) -> Iterator[int]:
    """Bytes after which to cut, without an end; the step says when it was not reached."""
    at = 0
    while True:
        yield at
        at += 1 if EVERY or (at < FIRST and step != "exchange") else STRIDE


@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize("step", ["push", "pull", "exchange"])
def test_a_cut_anywhere_changes_nothing(desk: Desk, step: str, direction: Direction) -> None:
    faults, tried = desk.faults, 0
    for at in _points(step):
        if not desk.cut(step, direction, at):
            break
        tried += 1
    print(
        f"\n{step} {direction}: cut at {tried} places up to byte {at}, {desk.faults - faults} seen"
    )
    assert at > (300 if step != "exchange" else 1_500)
    assert desk.faults - faults > tried * 0.8


@pytest.mark.parametrize("direction", ["up", "down"])
def test_under_tls_too(server_folder: Path, tmp_path: Path, direction: Direction) -> None:
    """A record cut in half is no shorter record."""
    try:
        embedded.programs(tls=True)
    except embedded.EmbeddedFault as fault:
        pytest.skip(str(fault))
    with (
        built_town(server_folder / f"tls-{direction}", tls=True) as town,
        new_store(tmp_path / "store") as replica,
    ):
        desk = Desk(town, replica)
        try:
            assert "verify-full" in town.server.dsn("first")
            tried = 0
            for at in count(0, 1 if EVERY else 499):
                if not desk.cut("exchange", direction, at):
                    break
                tried += 1
            assert desk.faults > tried * 0.8
            assert tried > 5
        finally:
            desk.close()

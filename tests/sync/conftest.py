"""Laptops of officers of one small town, on a real hub."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from storage.session import Session
from storage.sync import engine
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, Town, town
from tests.stores import new_store

__all__ = ["town"]


@dataclass
class Laptop:
    """One officer's replica and his line to the hub."""

    who: str
    session: Session
    remote: PostgresRemote

    def sync(self) -> engine.Round:
        """One whole round."""
        return engine.round_trip(self.session, self.remote)

    def edit(self, sql: str, *values: object, label: str = "修改") -> str:
        """One write; the id of its bundle."""
        with self.session.write(label) as write:
            write.connection.exec_driver_sql(sql, values)
        assert write.bundle_id is not None
        return write.bundle_id

    def rows(self, sql: str, *values: object) -> list[Any]:
        """What the replica holds."""
        with self.session.read() as connection:
            return list(connection.exec_driver_sql(sql, values).fetchall())


@pytest.fixture
def laptop(town: Town, tmp_path: Path) -> Iterator[Callable[..., Laptop]]:
    """Makes a laptop that has pulled once, or has not with `pulled` False."""
    made: list[Laptop] = []

    def make(who: str, *, pulled: bool = True) -> Laptop:
        replica = new_store(tmp_path / f"{who}-{len(made)}")
        remote = PostgresRemote(town.server.dsn(who, PASSWORD))
        one = Laptop(who, Session(replica, actor=who), remote)
        made.append(one)
        if pulled:
            one.sync()
        else:
            engine.hello(one.session, one.remote)
        return one

    yield make
    for one in made:
        one.remote.close()
        one.session.replica.close()

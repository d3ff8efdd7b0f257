"""A store with a court whose operations are played, and acts that pass by all rules of the desk."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from desktop.command.operations.reading import operation
from desktop.rules.operations import State
from storage.ids import new_id
from storage.schema import table
from storage.session import Session
from tests.command.operation_town import Town, at, settle
from tests.stores import new_store


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Town]]:
    """One store for the module; every test takes back what it wrote."""
    folder = tmp_path_factory.mktemp("operations") / "store"
    with new_store(folder) as replica:
        session = Session(replica, actor="测试")
        with session.write("建院") as write:
            town = settle(write.connection)
        yield session, town


@pytest.fixture
def desk(held: tuple[Session, Town]) -> Iterator[tuple[Connection, Town]]:
    session, town = held
    with session.write("试") as write:
        yield write.connection, town
        write.abandon()


def state(connection: Connection, key: str) -> State:
    found = operation(connection, key)
    assert found is not None
    return found.standing().state


def put(connection: Connection, name: str, **values: Any) -> None:
    connection.execute(insert(table(name)).values(id=new_id(), **values))


def raw_act(connection: Connection, town: Town, key: str, kind: str, who: str, **more: Any) -> None:
    found = operation(connection, key)
    assert found is not None
    values = {
        "operation_id": key,
        "team_id": town.teams[0],
        "act": kind,
        "person_id": town.people[who],
        "at": at(30).isoformat(timespec="milliseconds"),
        "content_sha256": found.content_sha256,
        "body": "理由",
    }
    put(connection, "operation_act", **(values | more))

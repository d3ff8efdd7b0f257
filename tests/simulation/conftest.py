"""One hub and three laptops for all seeds of a process; a seed empties them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.session import Session
from tests.simulation.hub import SimulatedHub
from tests.simulation.world import Client
from tests.stores import new_store

LAPTOPS = (("centre",), ("first", "relief"), ("second",))


@pytest.fixture(scope="module")
def hub(server_folder: Path) -> Iterator[SimulatedHub]:
    """A hub on a PostgreSQL of its own."""
    made = SimulatedHub(server_folder / "hub")
    yield made
    made.close()


@pytest.fixture(scope="module")
def clients(hub: SimulatedHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Client]]:
    """Three laptops, one of them shared."""
    base: Path = tmp_path_factory.mktemp("laptops")
    made = []
    for number, officers in enumerate(LAPTOPS):
        replica = new_store(base / str(number))
        made.append(Client(Session(replica, actor=officers[0]), officers, hub))
    yield made
    for client in made:
        for remote in client.remotes.values():
            remote.close()
        client.session.replica.close()

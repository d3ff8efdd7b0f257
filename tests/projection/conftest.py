"""A demo city of 2,000 cases, generated once and copied for tests that write."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection

from desktop.contract.law import Law, load_law
from desktop.projection.local_days import local_days
from storage.replica import Replica
from storage.session import Session
from tests.demo.cities import made_city
from tests.passphrase import PASSPHRASE

TODAY = date(2026, 11, 23)
CASES = 2_000


@pytest.fixture(scope="session")
def city_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with the city in it."""
    return made_city(tmp_path_factory, CASES, 10, TODAY)


@pytest.fixture(scope="module")
def city(city_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The city, shared by the reading tests of one module."""
    folder = tmp_path_factory.mktemp("reading") / "store"
    shutil.copytree(city_folder, folder)
    with Replica.open(folder, PASSPHRASE) as replica:
        yield Session(replica, actor="周书言")


@pytest.fixture
def own_city(city_folder: Path, tmp_path: Path) -> Iterator[Session]:
    """The city in a copy that the test may change."""
    folder = tmp_path / "city"
    shutil.copytree(city_folder, folder)
    with Replica.open(folder, PASSPHRASE) as replica:
        yield Session(replica, actor="周书言")


@pytest.fixture(scope="module")
def connection(city: Session) -> Iterator[Connection]:
    """A reading connection to the shared city."""
    with city.read() as opened:
        yield opened


@pytest.fixture(scope="module")
def law(connection: Connection) -> Law:
    """The law with the city's own calendar days."""
    return load_law(local_days(connection))


@pytest.fixture
def rows_of() -> Callable[[Connection], set[tuple[object, ...]]]:
    """Every projected row without its number, as values that two stores can share."""

    def read(opened: Connection) -> set[tuple[object, ...]]:
        found = opened.exec_driver_sql(
            "select case_id, node_code, subject, started_on, due_on, due_at, certain, warn_on,"
            " done_on, pause_from, pause_to, rule_version, case_number, type_word,"
            " (select id from clock_key where n = court_n), (select id from clock_key where n ="
            " team_n), (select id from clock_key where n = handler_n) from node_clock"
        )
        return {tuple(row) for row in found}

    return read

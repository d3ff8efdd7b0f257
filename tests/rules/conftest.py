"""The shipped law, loaded once."""

from collections.abc import Mapping

import pytest

from desktop.rules.calendar import Calendars, load_calendars
from desktop.rules.catalogue import Catalogue, load_catalogues
from desktop.rules.clock import ClockTable


@pytest.fixture(scope="session")
def catalogues() -> Mapping[str, Catalogue]:
    return load_catalogues()


@pytest.fixture(scope="session")
def court(catalogues: Mapping[str, Catalogue]) -> Catalogue:
    return catalogues["court"]


@pytest.fixture(scope="session")
def calendars() -> Calendars:
    return load_calendars()


@pytest.fixture(scope="session")
def table(court: Catalogue, calendars: Calendars) -> ClockTable:
    return ClockTable(court, calendars)

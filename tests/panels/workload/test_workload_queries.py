"""Every bar's number is the length of the list it opens."""

from array import array
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.panels.workload import queries
from desktop.panels.workload.queries import BARS_MAX, REST, LoadArgs
from desktop.projection.cases import CaseFilter
from tests.panels.plot_city import TODAY, City, small_city


@pytest.fixture(scope="module")
def city() -> City:
    return small_city()


@pytest.fixture
def connection(city: City) -> Iterator[Connection]:
    with city.engine.connect() as connection:
        yield connection


def length(connection: Connection, filter_: CaseFilter) -> int:
    travelled = CaseFilter.from_params(filter_.to_params())
    args = SnapshotArgs(Dated(travelled, TODAY), None, False)
    return len(queries.snapshot(connection, args))


@pytest.mark.parametrize("by", ["team", "handler"])
@pytest.mark.parametrize("court", [None, 0, 1])
def test_bars_are_their_lists(
    connection: Connection, city: City, by: queries.By, court: int | None
) -> None:
    court_id = None if court is None else city.courts[court]
    data = queries.load(connection, LoadArgs(TODAY, by, court_id))
    assert data.bars
    assert len(data.bars) <= BARS_MAX
    for bar in data.bars:
        assert sum(bar.counts) == bar.open == length(connection, bar.whole)
        for count, filter_ in zip(bar.counts, bar.lists, strict=True):
            assert count == length(connection, filter_), bar.label
    still_open = [
        case
        for case in city.cases
        if case["closed_on"] is None and court_id in (None, case["court_id"])
    ]
    assert sum(bar.open for bar in data.bars) == len(still_open)


def test_the_lightest_handlers_are_one_bar(connection: Connection) -> None:
    data = queries.load(connection, LoadArgs(TODAY, "handler", None))
    assert data.bars[-1].label == REST
    assert len(data.bars) == BARS_MAX


def test_weeks_are_their_lists(connection: Connection, city: City) -> None:
    data = queries.load(connection, LoadArgs(TODAY, "team", city.courts[0]))
    assert data.weeks[-1].to_on == TODAY
    assert sum(week.closed for week in data.weeks) > 0
    for week in data.weeks:
        assert week.closed == length(connection, week.cases)


def test_rows_carry_words_and_style(connection: Connection) -> None:
    args = SnapshotArgs(Dated(CaseFilter(state="超期"), TODAY), None, False)
    ids = queries.snapshot(connection, args)
    assert isinstance(ids, array)
    rows = queries.rows(connection, ids, TODAY)
    assert set(rows) == set(ids)
    assert {row["state"] for row in rows.values()} == {("overdue", "超期")}


def test_own_court_is_the_one_above(connection: Connection, city: City) -> None:
    found = queries.courts(connection, None)
    assert found.own == city.courts[0]
    assert {key for key, _ in found.courts} == set(city.courts)
    person = city.people[city.teams[city.courts[2]][0]][0]
    assert queries.courts(connection, person).own == city.courts[2]

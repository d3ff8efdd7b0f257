"""Every point and cell is the length of the list it opens."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from desktop.contract.filters import NodeFilter
from desktop.panels.overdue import queries
from desktop.panels.overdue.queries import HeatArgs, TrendArgs
from desktop.panels.overdue.rules import REST
from desktop.projection.select import count_nodes
from tests.panels.plot_city import TODAY, City, small_city


@pytest.fixture(scope="module")
def city() -> City:
    return small_city()


@pytest.fixture
def connection(city: City) -> Iterator[Connection]:
    with city.engine.connect() as connection:
        yield connection


def length(connection: Connection, filter_: NodeFilter) -> int:
    return count_nodes(connection, NodeFilter.from_params(filter_.to_params()), TODAY)


def test_points_are_their_lists(connection: Connection, city: City) -> None:
    trend = queries.trend(connection, TrendArgs(TODAY, city.courts[0]))
    assert len(trend.days) == queries.WEEKS
    assert trend.days[-1] == TODAY
    assert any(trend.city)
    for count, filter_ in zip(trend.city, trend.city_lists, strict=True):
        assert count == length(connection, filter_)
    for count, filter_ in zip(trend.court, trend.court_lists, strict=True):
        assert count == length(connection, filter_)


def test_city_alone(connection: Connection) -> None:
    assert queries.trend(connection, TrendArgs(TODAY, None)).court == ()


def test_cells_are_their_lists(connection: Connection, city: City) -> None:
    for args in (
        HeatArgs(TODAY, "team", city.courts[0]),
        HeatArgs(TODAY, "team", city.courts[1]),
        HeatArgs(TODAY, "court", None),
    ):
        heat = queries.heat(connection, args)
        assert heat.table.total == length(connection, heat.filter) > 0
        for r, line in enumerate(heat.table.values):
            for c, count in enumerate(line):
                assert count == length(connection, heat.cell(r, c))


def test_every_team_of_the_court_has_a_column(connection: Connection, city: City) -> None:
    heat = queries.heat(connection, HeatArgs(TODAY, "team", city.courts[0]))
    assert list(heat.table.column_ids) == city.teams[city.courts[0]]
    across = queries.heat(connection, HeatArgs(TODAY, "court", None))
    assert across.table.row_labels[-1] == REST
    assert len(across.table.row_labels) == 9

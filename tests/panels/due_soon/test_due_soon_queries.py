"""Every day's number is the length of the list it opens."""

from desktop.contract.filters import NodeFilter
from desktop.panels.due_soon import queries
from desktop.panels.due_soon.queries import DAYS, DueArgs
from desktop.projection.select import count_nodes
from tests.panels.plot_city import TODAY, small_city


def test_days_are_their_lists() -> None:
    city = small_city()
    with city.engine.connect() as connection:
        for courts in ((), (city.courts[0],), (city.courts[1], city.courts[2])):
            days = queries.due(connection, DueArgs(TODAY, courts))
            assert len(days) == DAYS
            assert sum(day.count for day in days) > 0
            for day in days:
                travelled = NodeFilter.from_params(day.filter.to_params())
                assert day.count == count_nodes(connection, travelled, TODAY)
        assert len(queries.courts(connection, None)) == len(city.courts)

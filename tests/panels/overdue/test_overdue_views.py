"""Trend and heat map with real clicks: each point and cell opens the list of its number."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from desktop.contract.filters import NodeFilter
from desktop.panels.overdue.trend_view import OverdueTrendView
from desktop.panels.overdue.view import OverdueHeatView
from desktop.projection.select import count_nodes
from storage.records.changes import ALL, ChangeSet
from tests.panels.clicks import click, painted, shown
from tests.panels.fake_context import FakeContext
from tests.panels.plot_city import TODAY, City, small_city


@pytest.fixture
def city() -> City:
    return small_city()


@pytest.fixture
def context(city: City, tmp_path: Path) -> FakeContext:
    return FakeContext(city.engine, SimpleNamespace(), today=TODAY, folder=tmp_path, deferred=True)


def length(city: City, params: dict[str, str]) -> int:
    with city.engine.connect() as connection:
        return count_nodes(connection, NodeFilter.from_params(params), TODAY)


def test_each_point_opens_its_list(qtbot: QtBot, city: City, context: FakeContext) -> None:
    view = OverdueTrendView(context)
    shown(qtbot, view, 700, 400)
    painted(qtbot, view.chart, "周")
    trend = view.data
    assert trend is not None
    for line in (trend.city, trend.court):
        for index in range(0, len(trend.days), 5):
            click(qtbot, view.chart, trend.days[index].toordinal(), line[index])
            panel, params = context.opened[-1]
            assert panel == "process_monitor"
            assert length(city, params) == line[index]


def test_each_cell_opens_its_list(qtbot: QtBot, city: City, context: FakeContext) -> None:
    view = OverdueHeatView(context)
    shown(qtbot, view, 560, 420)
    painted(qtbot, view.chart, "超期")
    heat = view.data
    assert heat is not None
    for row, line in enumerate(heat.table.values):
        for column, count in enumerate(line):
            before = len(context.opened)
            click(qtbot, view.chart, column, row)
            assert len(context.opened) == before + bool(count)
            if count:
                assert length(city, context.opened[-1][1]) == count


def test_courts_across(qtbot: QtBot, city: City, context: FakeContext) -> None:
    view = OverdueHeatView(context)
    shown(qtbot, view, 560, 420)
    painted(qtbot, view.chart)
    view.switch.setCurrentIndex(view.switch.findData("court"))
    qtbot.waitUntil(lambda: view.data is not None and view.data.across == "court")
    heat = view.data
    assert heat is not None
    assert heat.table.total == length(city, heat.filter.to_params())
    painted(qtbot, view.chart, "市中院")
    click(qtbot, view.chart, 1, 0)
    assert length(city, context.opened[-1][1]) == heat.table.values[0][1]


def test_hidden_it_waits(qtbot: QtBot, context: FakeContext) -> None:
    view = OverdueHeatView(context)
    shown(qtbot, view)
    painted(qtbot, view.chart)
    view.hide()
    before = view.data
    context.changed.emit(ChangeSet({"node_clock": ALL}))
    assert view.data is before
    view.show()
    qtbot.waitUntil(lambda: view.data is not before)


def test_nothing_overdue_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    context = FakeContext(small_city(0).engine, SimpleNamespace(), today=TODAY, folder=tmp_path)
    for view in (OverdueHeatView(context), OverdueTrendView(context)):
        shown(qtbot, view)
        qtbot.waitUntil(lambda view=view: "没有超期节点" in view.chart.reading)
        assert not view.chart.view.isVisible()

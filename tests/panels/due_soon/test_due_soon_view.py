"""The coming days with real clicks: each day opens the list of its number."""

from pathlib import Path
from types import SimpleNamespace

from pytestqt.qtbot import QtBot

from desktop.contract.filters import NodeFilter
from desktop.panels.due_soon.view import DueSoonView
from desktop.projection.select import count_nodes
from desktop.rules.calendar import load_calendars
from tests.panels.clicks import click, painted, shown
from tests.panels.fake_context import FakeContext
from tests.panels.plot_city import TODAY, small_city


def test_each_day_opens_its_list(qtbot: QtBot, tmp_path: Path) -> None:
    city = small_city()
    law = SimpleNamespace(court_calendar=load_calendars().court)
    context = FakeContext(city.engine, law, today=TODAY, folder=tmp_path, deferred=True)
    view = DueSoonView(context)
    shown(qtbot, view, 640, 400)
    painted(qtbot, view.chart, "到期")
    filled = [(index, day) for index, day in enumerate(view.data) if day.count]
    assert filled
    for index, day in filled:
        click(qtbot, view.chart, index, day.count / 2)
        panel, params = context.opened[-1]
        assert panel == "process_monitor"
        with city.engine.connect() as connection:
            assert count_nodes(connection, NodeFilter.from_params(params), TODAY) == day.count
    whole = sum(day.count for day in view.data)
    view.court_box.set_selected((city.courts[1],))
    qtbot.waitUntil(lambda: 0 < sum(day.count for day in view.data) < whole)


def test_an_empty_fortnight_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    law = SimpleNamespace(court_calendar=load_calendars().court)
    context = FakeContext(small_city(0).engine, law, today=TODAY, folder=tmp_path)
    view = DueSoonView(context)
    shown(qtbot, view)
    qtbot.waitUntil(lambda: view.chart.reading == "未来 14 日没有到期节点。")

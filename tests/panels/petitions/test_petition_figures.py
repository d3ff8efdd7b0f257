"""Numbers and plots of petitions: each opens the list that makes it, and agrees with a recount."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection

from desktop.panels.petitions import figures
from desktop.panels.petitions.board_view import PetitionBoardView
from desktop.panels.petitions.courts_plot import CourtsPlot, period
from desktop.panels.petitions.figures import CourtsArgs, FigureArgs
from desktop.panels.petitions.rules import Rate, courts_reading, weeks_reading
from desktop.petitions import commands as do
from desktop.petitions.filters import PetitionFilter
from desktop.petitions.queries import counts_by_court, petitions_of
from desktop.petitions.standing import yardstick
from tests.panels.clicks import click, painted, shown
from tests.panels.real_city import TODAY, RealCity, real_city
from tests.petitions.crowd import put_crowd

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    made = real_city(tmp_path)
    put_crowd(made, 220, TODAY)
    return made


def size(city: RealCity, wanted: PetitionFilter) -> int:
    with city.context.engine.connect() as connection:
        yard = yardstick(connection, city.law)
        return len(petitions_of(connection, wanted, yard, TODAY))


def opened(city: RealCity) -> tuple[str, PetitionFilter]:
    panel, params = city.context.opened[-1]
    return panel, PetitionFilter.from_params(params)


def test_every_number_of_the_board_opens_its_list(qtbot: QtBot, city: RealCity) -> None:
    view = PetitionBoardView(city.context)
    shown(qtbot, view, 1100, 700)
    tiles = [(name, key) for name, group in view.groups.items() for key in group.tiles]
    qtbot.waitUntil(lambda: all(view.groups[n].tiles[k].number != "—" for n, k in tiles))
    assert len(tiles) == 16
    some = 0
    for name, key in tiles:
        tile = view.groups[name].tiles[key]
        QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
        panel, wanted = opened(city)
        assert panel == ("petition_register" if key == "hung" else "petitions")
        assert size(city, wanted) == int(tile.number), key
        some += int(tile.number) > 0
    assert some >= 12
    whole = size(city, PetitionFilter())
    for name in ("levels", "ages"):
        assert sum(int(tile.number) for tile in view.groups[name].tiles.values()) == whole


def test_the_board_of_one_court_is_a_part(qtbot: QtBot, city: RealCity) -> None:
    view = PetitionBoardView(city.context)
    shown(qtbot, view, 1100, 700)
    tile = view.groups["others"].tiles["overdue"]
    qtbot.waitUntil(lambda: tile.number != "—")
    whole = int(tile.number)
    view.court_box.set_selected([city.court])
    qtbot.waitUntil(lambda: int(tile.number) < whole)
    tile.setFocus()
    QTest.keyClick(tile, Qt.Key.Key_Return)
    _panel, wanted = opened(city)
    assert wanted.courts == (city.court,)
    assert size(city, wanted) == int(tile.number)


@pytest.mark.parametrize("key", ["weeks", "week", "last_week", "month", "year"])
def test_courts_agree_with_the_counts_of_the_circular(city: RealCity, key: str) -> None:
    first, last = period(key, TODAY)
    assert first <= last <= TODAY
    with city.context.engine.connect() as connection:
        bars = figures.courts_data(connection, CourtsArgs(city.law, TODAY, first, last))
        counted = {one.court_id: one for one in counts_by_court(connection, first, last)}
    for bar in bars:
        one = counted.get(bar.court_id)
        have = (bar.received.count, bar.closed.count, bar.resolved.count)
        assert have == ((one.received, one.closed, one.resolved) if one else (0, 0, 0))
        for figure in (bar.received, bar.closed, bar.resolved, bar.overdue):
            assert size(city, figure.filter) == figure.count
    assert set(counted) <= {bar.court_id for bar in bars}


def test_the_plot_of_courts_opens_lists_and_says_its_rate(qtbot: QtBot, city: RealCity) -> None:
    view = CourtsPlot(city.context)
    shown(qtbot, view, 640, 420)
    painted(qtbot, view.chart, "化解率")
    bars = view.bars
    whole = Rate(sum(b.resolved.count for b in bars), sum(b.closed.count for b in bars))
    assert view.rate.text() == whole.text
    for button, number in (
        (view.numerator, whole.numerator),
        (view.denominator, whole.denominator),
    ):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        panel, wanted = opened(city)
        assert panel == "petitions"
        assert size(city, wanted) == number > 0
        assert str(number) in button.text()
    click(qtbot, view.chart, 0, bars[0].resolved.count / 2)
    assert opened(city)[1] == bars[0].resolved.filter
    for mode in ("received", "overdue", "rate"):
        view.mode_box.setCurrentIndex(view.mode_box.findData(mode))
        painted(qtbot, view.chart)
        value = {
            "received": bars[0].received.count,
            "overdue": bars[0].overdue.count,
            "rate": 100 * bars[0].resolved.count / bars[0].closed.count,
        }[mode]
        assert value > 0
        qtbot.waitUntil(lambda value=value: abs(view.chart._values[0][0] - value) < 0.1)
        qtbot.waitUntil(lambda: not view.chart._dirty)
        click(qtbot, view.chart, 0, value / 2)
        wanted = {
            "received": bars[0].received,
            "overdue": bars[0].overdue,
            "rate": bars[0].closed,
        }[mode]
        assert opened(city)[1] == wanted.filter


def test_weeks_are_counted_as_their_lists(city: RealCity) -> None:
    with city.context.engine.connect() as connection:
        weeks = figures.weeks_data(connection, FigureArgs(city.law, TODAY))
    assert len(weeks) == figures.WEEKS
    assert weeks[-1].to_on == TODAY
    assert all(week.from_on.weekday() == 0 for week in weeks)
    assert all(
        later.from_on == earlier.to_on + timedelta(days=1) for earlier, later in pairwise(weeks)
    )
    for week in weeks:
        for figure in (week.received, week.closed, week.overdue):
            assert size(city, figure.filter) == figure.count
    assert weeks[-1].overdue.count == size(city, PetitionFilter(states=("超期",)))


def test_a_hidden_plot_stands_still_and_a_shown_one_follows(qtbot: QtBot, city: RealCity) -> None:
    view = PetitionBoardView(city.context)
    shown(qtbot, view, 1100, 700)
    painted(qtbot, view.weeks.chart)
    view.hide()
    painted_before = view.weeks.chart.paint_count
    received = view.weeks.weeks[-1].received.count

    def receive(connection: Connection, _none: object) -> None:
        card = do.Reception("来访人", city.court, "案款")
        do.receive(connection, card, do.By(city.operator, datetime.combine(TODAY, time(9))))

    city.context.write(view, "接访", receive, None, lambda _done: None)
    assert view.weeks.live.stale
    assert not view.weeks.live._timer.isActive()
    assert not view.weeks.chart._timer.isActive()
    assert view.weeks.chart.paint_count == painted_before
    assert view.weeks.weeks[-1].received.count == received
    view.show()
    qtbot.waitUntil(lambda: view.weeks.weeks[-1].received.count == received + 1)
    qtbot.waitUntil(lambda: view.weeks.chart.paint_count > painted_before)


@pytest.mark.parametrize(
    ("mode", "bars", "whole", "words"),
    [
        ("closed", [("甲", 8, 10), ("乙", 3, 6)], Rate(11, 16), ("68.8 %", "乙最低", "50.0 %")),
        ("closed", [("甲", 8, 10), ("乙", 0, 2)], Rate(8, 12), ("66.7 %。",)),
        ("rate", [], Rate(0, 0), ("没有办结",)),
        ("received", [("甲", 3, 3), ("乙", 5, 5)], Rate(0, 0), ("8 件", "乙最多")),
        ("overdue", [("甲", 0, 0)], Rate(0, 0), ("没有超期",)),
    ],
)
def test_the_sentence_of_courts(
    mode: str, bars: list[tuple[str, int, int]], whole: Rate, words: tuple[str, ...]
) -> None:
    told = courts_reading(mode, bars, whole)
    assert all(word in told for word in words), told


@pytest.mark.parametrize(
    ("overdue", "words"),
    [([3, 5], "增加 2 件"), ([5, 3], "减少 2 件"), ([4, 4], "持平"), ([4], "持平")],
)
def test_the_sentence_of_weeks(overdue: list[int], words: str) -> None:
    assert words in weeks_reading(1, 2, overdue)


def test_a_rate_without_anything_is_a_dash() -> None:
    assert Rate(0, 0).text == "—"
    assert (Rate(42, 46).text, Rate(42, 46).parts) == ("91.3 %", "42 / 46")
    assert period("week", date(2026, 11, 29)) == (date(2026, 11, 23), date(2026, 11, 29))

"""Charts: labels are painted, clicks name the right thing, nothing is painted while hidden."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.plot import (
    Chart,
    Day,
    DayBars,
    Dot,
    FunnelPlot,
    GroupedBars,
    HeatMap,
    Segment,
    Series,
    StackedBars,
    TrendLines,
)
from widgets.plot.chart import cut_at_pause
from widgets.plot.setup import headroom, nice_step, thinned, value_ticks
from widgets.theme import apply_theme, current_theme, load_theme

SEGMENTS = (
    Segment("ok", "正常", "normal"),
    Segment("late", "超期", "overdue"),
    Segment("dark", "未知", "unknown"),
)
VALUES = ((10, 5, 2), (3, 0, 0), (0, 8, 4))
Show = Callable[[Chart], None]


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """Shows a chart and waits until it is painted at its size."""

    def bring(chart: Chart) -> None:
        qtbot.addWidget(chart)
        chart.resize(480, 320)
        chart.show()
        qtbot.waitExposed(chart)
        qtbot.waitUntil(lambda: chart.paint_count > 0 and not chart._dirty)
        chart.view.repaint()

    return bring


def click(chart: Chart, x: float, y: float) -> None:
    QTest.mouseClick(
        chart.view.viewport(), Qt.MouseButton.LeftButton, pos=chart.view.pixel_of(x, y).toPoint()
    )


def painted(chart: Chart, area: QRect) -> int:
    """Pixels in an area of the plot that differ from its ground."""
    image: QImage = chart.view.grab().toImage()
    ground = current_theme().color("surface")
    corner = image.pixelColor(image.width() - 1, 0)
    return sum(
        image.pixelColor(x, y) not in (ground, corner)
        for x in range(area.left(), area.right())
        for y in range(area.top(), area.bottom())
    )


def bars(*, horizontal: bool = False) -> StackedBars:
    chart = StackedBars("团队负荷", "件", horizontal=horizontal)
    chart.set_data(("一队", "二队", "三队"), SEGMENTS, VALUES, "一队最多。")
    return chart


def test_words_stand_on_both_axes(show: Show) -> None:
    chart = bars()
    show(chart)
    view = chart.view
    below = QRect(60, view.height() - 18, view.width() - 80, 16)
    beside = QRect(0, 10, 20, view.height() - 40)
    assert painted(chart, below) > 60
    assert painted(chart, beside) > 20


@pytest.mark.parametrize("horizontal", [False, True])
@pytest.mark.parametrize(
    ("category", "value", "expected"),
    [(0, 4, (0, "ok")), (0, 12, (0, "late")), (2, 10, (2, "dark")), (1, 1.5, (1, "ok"))],
)
def test_a_click_names_bar_and_part(
    qtbot: QtBot,
    show: Show,
    horizontal: bool,
    category: int,
    value: float,
    expected: tuple[int, str],
) -> None:
    chart = bars(horizontal=horizontal)
    show(chart)
    with qtbot.waitSignal(chart.bar_clicked) as clicked:
        click(chart, *((value, category) if horizontal else (category, value)))
    assert tuple(clicked.args) == expected


def test_a_click_above_a_bar_names_the_bar_and_between_bars_nothing(
    qtbot: QtBot, show: Show
) -> None:
    chart = bars()
    show(chart)
    with qtbot.waitSignal(chart.bar_clicked) as clicked:
        click(chart, 1, 12)
    assert clicked.args == [1, None]
    with qtbot.assertNotEmitted(chart.bar_clicked):
        click(chart, 0.5, 2)


def test_hover_reads_every_part(show: Show) -> None:
    chart = bars()
    show(chart)
    assert chart._tip_at(QPointF(0, 3)) == "一队  17\n正常  10\n超期  5\n未知  2"


def test_parts_have_the_colours_of_their_states(show: Show) -> None:
    chart = bars()
    show(chart)
    image = chart.view.grab().toImage()
    place = chart.view.pixel_of(0, 5).toPoint()
    assert image.pixelColor(place) == current_theme().color("normal")


def test_nothing_is_painted_while_hidden_and_once_when_shown(qtbot: QtBot, show: Show) -> None:
    chart = bars()
    show(chart)
    chart.hide()
    before = chart.paint_count
    for _ in range(50):
        chart.set_data(("甲",), SEGMENTS, ((1, 2, 3),), "甲 6 件。")
    assert not chart._timer.isActive()
    assert chart.paint_count == before
    chart.show()
    assert chart.paint_count == before + 1
    assert chart.accessibleDescription() == "甲 6 件。"


def test_many_changes_are_painted_together(qtbot: QtBot, show: Show) -> None:
    chart = bars()
    show(chart)
    before = chart.paint_count
    for number in range(1000):
        chart.set_data(("甲",), SEGMENTS, ((number, 0, 0),), "一句话。")
    qtbot.waitUntil(lambda: not chart._dirty)
    assert chart.paint_count == before + 1


def test_a_change_of_look_repaints(qtbot: QtBot, qapp: QApplication, show: Show) -> None:
    chart = bars()
    show(chart)
    before = chart.paint_count
    apply_theme(qapp, load_theme("light"))
    qtbot.waitUntil(lambda: chart.paint_count > before)
    qtbot.waitUntil(lambda: not chart._dirty)
    image = chart.view.grab().toImage()
    assert image.pixelColor(chart.view.pixel_of(0, 5).toPoint()) == load_theme("light").color(
        "normal"
    )


def test_charts_that_get_a_new_size_together_paint_one_after_another(qtbot: QtBot) -> None:
    """Until its turn each shows the picture it had."""
    window = QWidget()
    row = QHBoxLayout(window)
    charts = [StackedBars("负荷") for _ in range(3)]
    for chart in charts:
        row.addWidget(chart)
        chart.set_data(("一队", "二队", "三队"), SEGMENTS, VALUES, "读数")
    qtbot.addWidget(window)
    window.resize(1200, 320)
    window.show()
    qtbot.waitExposed(window)
    qtbot.waitUntil(lambda: all(chart.view._picture is not None for chart in charts))
    before = [chart.paint_count for chart in charts]

    def painted_since() -> list[int]:
        return [chart.paint_count - was for chart, was in zip(charts, before, strict=True)]

    window.resize(1260, 320)
    old = charts[2].view.grab().toImage()
    assert painted_since() == [0, 0, 0]
    assert _marks(old) == _marks(charts[2].view._picture.toImage())
    seen = [0]
    for _ in range(10_000):
        QApplication.processEvents()
        if sum(painted_since()) != seen[-1]:
            seen.append(sum(painted_since()))
        if seen[-1] >= 3:
            break
    assert seen == [0, 1, 2, 3]
    assert painted_since() == [1, 1, 1]
    assert _marks(charts[2].view.grab().toImage()) != _marks(old)


def _marks(image: QImage) -> list[int]:
    """Where in the lowest line of bars their colour changes."""
    y = image.height() - 60
    colours = [image.pixelColor(x, y).rgb() for x in range(80, image.width() - 80)]
    return [x for x, (a, b) in enumerate(pairwise(colours)) if a != b]


def test_a_chart_resized_while_hidden_is_painted_when_shown(qtbot: QtBot, show: Show) -> None:
    chart = StackedBars("负荷")
    chart.set_data(("一队", "二队", "三队"), SEGMENTS, VALUES, "读数")
    show(chart)
    qtbot.waitUntil(lambda: chart.view._picture is not None)
    chart.hide()
    chart.resize(700, 400)
    chart.show()
    qtbot.waitUntil(lambda: not chart._dirty)
    assert not chart.view._outgrown
    assert chart.view._picture.width() < chart.view.viewport().width()


def test_an_empty_chart_says_so(qtbot: QtBot, show: Show) -> None:
    chart = StackedBars("团队负荷", "件")
    chart.set_empty_text("今天没有到期的节点")
    show(chart)
    assert not chart.view.isVisible()
    assert chart._empty.isVisible()
    assert chart._empty.text() == chart.tr("Reading…")  # nobody knows yet
    chart.say_instead("读取超时")
    assert chart._empty.text() == "读取超时"
    chart.set_data((), (), ())
    qtbot.waitUntil(lambda: chart._empty.text() == "今天没有到期的节点")
    chart.say_instead("读取超时")
    assert chart._empty.text() == "今天没有到期的节点"


def test_data_that_wait_to_be_painted_are_not_denied(qtbot: QtBot, show: Show) -> None:
    chart = StackedBars("团队负荷", "件")
    chart.set_empty_text("今天没有到期的节点")
    show(chart)
    chart.resize(500, 300)  # painted once more while nothing is known yet
    qtbot.waitUntil(lambda: not chart._dirty)
    assert chart._empty.text() == chart.tr("Reading…")
    chart.set_data(("一队",), SEGMENTS, ((1, 1, 1),))
    assert chart._empty.isVisible()
    assert chart._empty.text() == chart.tr("Reading…")
    qtbot.waitUntil(chart.view.isVisible)


def test_data_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="categories by segments"):
        StackedBars("x").set_data(("a",), SEGMENTS, ((1, 2),))
    with pytest.raises(ValueError, match="rows by columns"):
        HeatMap("x").set_data(("a",), ("b", "c"), ((1,),))
    with pytest.raises(ValueError, match="one value for each day"):
        TrendLines("x").set_data((date(2026, 1, 1),), (Series("a", "A", "normal", (1, 2)),))
    with pytest.raises(ValueError, match="ascend"):
        TrendLines("x").set_data((date(2026, 1, 2), date(2026, 1, 1)), ())


def test_a_long_reading_is_cut_to_two_lines_and_whole_in_the_tooltip(show: Show) -> None:
    chart = StackedBars("x")
    long = "二队超期五十二件，居各队之首。" * 12
    chart.set_data(("一队",), SEGMENTS, ((1, 1, 1),), long)
    show(chart)
    assert chart._reading.text().endswith(("队之首…", "五十二件…"))
    assert chart._reading.toolTip() == long
    assert chart._reading.height() <= chart._reading.fontMetrics().lineSpacing() * 2 + 8
    assert cut_at_pause("73 件，中位数 2.8 分钟，九成在 4.") == "73 件，中位数 2.8 分钟"
    assert cut_at_pause("中位数合计一千件，居各队之首的是 12") == "中位数合计一千件，居各队之首的是"


DAYS = [date(2026, 6, 1) + timedelta(weeks=n) for n in range(26)]


def lines() -> TrendLines:
    chart = TrendLines("趋势", "个")
    city: list[float | None] = [900 + n * 10 for n in range(26)]
    court: list[float | None] = [None, None, *[400 - n * 3 for n in range(24)]]
    chart.set_data(
        DAYS,
        (Series("city", "全市", "overdue", city), Series("court", "本院", "paused", court)),
        "回升。",
    )
    return chart


def test_a_click_names_the_nearest_line_and_day(qtbot: QtBot, show: Show) -> None:
    chart = lines()
    show(chart)
    with qtbot.waitSignal(chart.point_clicked) as clicked:
        click(chart, DAYS[10].toordinal() + 1, 420)
    assert clicked.args == ["court", 10]
    with qtbot.waitSignal(chart.point_clicked) as clicked:
        click(chart, DAYS[1].toordinal(), 420)
    assert clicked.args == ["city", 1]


def test_the_crosshair_reads_all_lines(show: Show) -> None:
    chart = lines()
    show(chart)
    words = chart._tip_at(QPointF(DAYS[1].toordinal(), 100))
    assert words == "2026-06-08\n全市  910\n本院  —"
    assert chart._hovered == 1
    chart._on_left()
    assert chart._hovered is None


def test_lines_that_end_together_keep_their_names_apart(show: Show) -> None:
    chart = TrendLines("趋势")
    series = [Series(str(n), f"线{n}", "paused", [100, 100 + n]) for n in range(3)]
    chart.set_data(DAYS[:2], series)
    show(chart)
    assert painted(chart, QRect(300, 0, 160, 100)) > 200


def test_heat_map_prints_each_number_and_names_each_cell(qtbot: QtBot, show: Show) -> None:
    chart = HeatMap("热力", "个")
    chart.set_data(("约谈", "公告"), ("一队", "二队", "三队"), ((14, 0, 36), (1, None, 61)))
    show(chart)
    with qtbot.waitSignal(chart.cell_clicked) as clicked:
        click(chart, 2, 0)
    assert clicked.args == [0, 2]
    assert chart._tip_at(QPointF(2, 1)) == "公告 × 三队  61"
    image = chart.view.grab().toImage()
    middle = chart.view.pixel_of(2, 1).toPoint()
    colors = {
        image.pixelColor(x, y).name()
        for x in range(middle.x() - 8, middle.x() + 8)
        for y in range(middle.y() - 8, middle.y() + 8)
    }
    assert len(colors) > 4


def test_day_bars_name_the_day_and_shade_rest_days(qtbot: QtBot, show: Show) -> None:
    chart = DayBars("今后 14 日", "个")
    days = [
        Day(
            date(2026, 9, 21) + timedelta(days=n),
            n + 1,
            "holiday" if n == 4 else "weekend" if n in (5, 6) else "workday",
            note="中秋节" if n == 4 else "",
        )
        for n in range(14)
    ]
    chart.set_data(days, "最多 14 个。")
    show(chart)
    with qtbot.waitSignal(chart.day_clicked) as clicked:
        click(chart, 9, 4)
    assert clicked.args == [9]
    assert "中秋节" in chart._tip_at(QPointF(4, 1))
    image = chart.view.grab().toImage()

    def ground_at(number: float) -> str:
        return str(image.pixelColor(chart.view.pixel_of(number + 0.42, 11.2).toPoint()).name())

    assert ground_at(5) != ground_at(0)
    assert ground_at(4) != ground_at(5)


def test_the_wheel_passes_through(qtbot: QtBot, show: Show) -> None:
    chart = bars()
    show(chart)
    before = chart.view.getPlotItem().vb.viewRange()
    from PySide6.QtCore import QPoint  # noqa: PLC0415
    from PySide6.QtGui import QWheelEvent  # noqa: PLC0415

    event = QWheelEvent(
        QPointF(100, 100),
        chart.view.mapToGlobal(QPointF(100, 100)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    chart.view.wheelEvent(event)
    assert not event.isAccepted()
    assert chart.view.getPlotItem().vb.viewRange() == before


def test_export(tmp_path: Path, show: Show) -> None:
    chart = bars()
    show(chart)
    chart.export_png(tmp_path / "a.png")
    assert not QImage(str(tmp_path / "a.png")).isNull()
    chart.export_csv(tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["", "正常", "超期", "未知"],
        ["一队", "10", "5", "2"],
        ["二队", "3", "0", "0"],
        ["三队", "0", "8", "4"],
    ]
    with pytest.raises(OSError, match="cannot write"):
        chart.export_png(tmp_path / "no such folder" / "a.png")


@pytest.mark.parametrize("chart", [StackedBars, TrendLines, HeatMap, DayBars])
def test_every_chart_lives_without_data_and_with_zeroes(
    chart: type[Chart], show: Show, tmp_path: Path
) -> None:
    made = chart("空")
    if isinstance(made, StackedBars):
        made.set_data(("甲",), SEGMENTS, ((0, 0, 0),))
    elif isinstance(made, TrendLines):
        made.set_data((date(2026, 1, 1),), (Series("a", "A", "normal", (None,)),))
    elif isinstance(made, HeatMap):
        made.set_data(("a",), ("b",), ((0,),))
    elif isinstance(made, DayBars):
        made.set_data((Day(date(2026, 1, 1), 0),))
    show(made)
    made.export_csv(tmp_path / "a.csv")


@pytest.mark.parametrize("top", [0.5, 1, 3, 7, 12, 99, 269, 1284, 38_000, 1_000_000])
def test_value_axes_are_round_and_reach_the_top(top: float) -> None:
    ticks = value_ticks(top)
    assert ticks[-1][0] >= top
    assert 2 <= len(ticks) <= 8
    assert ticks[1][0] == nice_step(top)


def test_words_that_would_touch_are_thinned() -> None:
    words = [(float(n), f"第{n}队") for n in range(10)]
    assert thinned(words, 50, 40) == words
    assert thinned(words, 20, 50) == words[::3]
    assert thinned(words, 0, 50) == []


def test_headroom_leaves_pixels_above_the_bar() -> None:
    assert 200 - 200 / headroom(200, 24) == pytest.approx(24)
    assert headroom(10, 24) == 1.5


def test_bars_side_by_side_name_their_series(qtbot: QtBot, show: Show, tmp_path: Path) -> None:
    chart = GroupedBars("收结")
    pair = (Segment("in", "收件", "accent"), Segment("out", "办结", "normal"))
    chart.set_data(("甲", "乙", "丙"), pair, ((4, 3), (0, 2), (9, 9)), "一句话")
    show(chart)
    for place, expected in (((-0.2, 1), (0, "in")), ((0.2, 1), (0, "out")), ((1.2, 5), (1, "out"))):
        with qtbot.waitSignal(chart.bar_clicked) as told:
            click(chart, *place)
        assert tuple(told.args) == expected
    with qtbot.assertNotEmitted(chart.bar_clicked, wait=50):
        click(chart, 0.5, 1)
    assert chart._tip_at(QPointF(2, 1)) == "丙\n收件  9\n办结  9"
    chart.export_csv(tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig") as file:
        assert list(csv.reader(file))[3] == ["丙", "9", "9"]
    with pytest.raises(ValueError, match="categories by series"):
        chart.set_data(("甲",), pair, ((1,),))


def test_a_funnel_names_who_is_outside_and_whom_it_was_clicked_on(qtbot: QtBot, show: Show) -> None:
    chart = FunnelPlot("控制图")
    dots = (
        Dot("a", "甲", 40, 60.0, "overdue", named=True),
        Dot("b", "乙", 10, 90.0, "normal"),
        Dot("c", "丙", 41, 60.5, "normal"),
    )
    curve = ((1.0, 0.0, 100.0), (20.0, 62.0, 100.0), (41.0, 70.0, 98.0))
    chart.set_data(dots, curve, (85.0, "全市 85%"), "甲低于控制限")
    show(chart)
    for dot in dots[:2]:
        with qtbot.waitSignal(chart.dot_clicked) as told:
            click(chart, dot.count, dot.rate)
        assert told.args == [dot.key]
    with qtbot.assertNotEmitted(chart.dot_clicked, wait=50):
        click(chart, 25, 95)
    assert "甲  60.00%" in chart._tip_at(QPointF(40, 60))
    at = chart.view.pixel_of(40, 60).toPoint()
    color = current_theme().text_color("overdue")
    image = chart.view.grab().toImage()
    near = {
        image.pixelColor(x, y).name()
        for x in range(at.x() - 4, at.x() + 5)
        for y in range(at.y() - 4, at.y() + 5)
    }
    assert color.name() in near

"""Timeline, day strip and derivation steps."""

from datetime import date

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from widgets.theme import apply_theme, current_theme, load_theme
from widgets.timeline import (
    Band,
    CaseTimeline,
    DayStrip,
    Lane,
    Marker,
    Span,
    Step,
    StepList,
    StripSegment,
)

LANES = (
    Lane("立案", (Span("a", date(2026, 8, 1), date(2026, 8, 20), "done", "立案审查"),)),
    Lane(
        "查控",
        (Span("b", date(2026, 9, 1), None, "overdue", "查控", "查控：逾期 10 日"),),
        (Marker(date(2026, 8, 28), "due_soon", "应止", id="m"),),
    ),
)
BANDS = (Band(date(2026, 9, 5), date(2026, 9, 12), "公告"),)
TODAY = date(2026, 10, 1)


@pytest.fixture
def timeline(qtbot: QtBot) -> CaseTimeline:
    widget = CaseTimeline()
    qtbot.addWidget(widget)
    widget.resize(800, 200)
    widget.set_data(LANES, bands=BANDS, today=TODAY)
    widget.show()
    qtbot.waitExposed(widget)
    widget.grab()
    return widget


def test_a_click_names_span_and_marker(timeline: CaseTimeline, qtbot: QtBot) -> None:
    place = timeline.place_of("a")
    assert place is not None
    with qtbot.waitSignal(timeline.span_clicked) as clicked:
        QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert clicked.args == ["a"]
    mark = next(hit for hit in timeline._hits if hit.marker == "m")
    with qtbot.waitSignal(timeline.marker_clicked) as marked:
        QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=mark.rect.center().toPoint())
    assert marked.args == ["m"]


def test_an_open_span_reaches_today_in_another_look_than_a_closed_one(
    timeline: CaseTimeline,
) -> None:
    image = timeline.grab().toImage()
    closed, open_ = timeline.place_of("a"), timeline.place_of("b")
    assert closed is not None
    assert open_ is not None
    theme = current_theme()
    right = next(hit.rect.right() for hit in timeline._hits if hit.span == "b")
    area = timeline._area(theme)
    assert right == pytest.approx(timeline._x(TODAY.toordinal() + 1, area), abs=1.5)
    near_edge = open_.toPoint() + QPoint(60, 0)
    assert image.pixelColor(near_edge) != theme.color("overdue")
    assert image.pixelColor(near_edge) == theme.mix("overdue", "surface", 0.35)


def _wheel(widget: CaseTimeline, place: QPointF, up: bool) -> None:
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 if up else -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_the_wheel_zooms_about_the_mouse(timeline: CaseTimeline) -> None:
    area = timeline._area(current_theme())
    place = QPointF(area.left() + area.width() * 0.25, 100)
    low, high = timeline.visible_days()
    day = low + (high - low) * 0.25
    _wheel(timeline, place, up=True)
    new_low, new_high = timeline.visible_days()
    assert new_high - new_low < high - low
    assert new_low + (new_high - new_low) * 0.25 == pytest.approx(day)
    for _ in range(80):
        _wheel(timeline, place, up=True)
    low, high = timeline.visible_days()
    assert high - low >= 10
    for _ in range(200):
        _wheel(timeline, place, up=False)
    low, high = timeline.visible_days()
    assert high - low <= 366 * 12
    timeline.grab()


def test_dragging_pans_and_is_no_click(timeline: CaseTimeline, qtbot: QtBot) -> None:
    place = timeline.place_of("a")
    assert place is not None
    start = place.toPoint()
    low, _ = timeline.visible_days()
    with qtbot.assertNotEmitted(timeline.span_clicked):
        QTest.mousePress(timeline, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(timeline, start - QPoint(100, 0))
        QTest.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=start - QPoint(100, 0))
    assert timeline.visible_days()[0] > low


def test_keys_walk_the_spans(timeline: CaseTimeline, qtbot: QtBot) -> None:
    timeline.setFocus()
    for _ in range(2):
        QTest.keyClick(timeline, Qt.Key.Key_Down)
    with qtbot.waitSignal(timeline.span_clicked) as opened:
        QTest.keyClick(timeline, Qt.Key.Key_Return)
    assert opened.args == ["b"]
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(timeline, key)
    QTest.keyClick(timeline, Qt.Key.Key_0)
    timeline.grab()


def test_a_marker_hides_its_words_rather_than_cover_a_span(qtbot: QtBot) -> None:
    widget = CaseTimeline()
    qtbot.addWidget(widget)
    widget.resize(600, 120)
    spans = (
        Span("a", date(2026, 8, 1), date(2026, 9, 1), "normal"),
        Span("b", date(2026, 9, 2), date(2026, 10, 1), "normal"),
    )
    day = date(2026, 9, 1)
    widget.set_data([Lane("甲", spans, (Marker(day, "due_soon", "应止"),))])
    with_words = widget.grab().toImage()
    widget.set_data([Lane("甲", spans, (Marker(day, "due_soon"),))])
    assert widget.grab().toImage() == with_words


@pytest.mark.parametrize("name", ["dark", "light"])
def test_edges_of_time_and_emptiness(qtbot: QtBot, qapp: QApplication, name: str) -> None:
    apply_theme(qapp, load_theme(name))  # type: ignore[arg-type]
    widget = CaseTimeline()
    qtbot.addWidget(widget)
    widget.resize(400, 100)
    widget.grab()
    widget.set_data([Lane("空")])
    widget.grab()
    one = date(2026, 1, 1)
    widget.set_data([Lane("甲", (Span("x", one, one, "unknown"),))], bands=(Band(one, None),))
    widget.grab()
    assert widget.place_of("x") is not None
    widget.set_data([Lane("甲", (Span("x", date.min, date.max, "paused", "长"),))])
    widget.grab()


def test_strip_segments_fill_the_width_and_small_ones_stay_visible(qtbot: QtBot) -> None:
    strip = DayStrip()
    qtbot.addWidget(strip)
    strip.resize(330, 90)
    strip.set_segments(
        [
            StripSegment("计入", 1, "normal"),
            StripSegment("无", 0, "paused"),
            StripSegment("金融机构", 900, "overdue", "反馈 900 日"),
            StripSegment("待核", 30, "unknown"),
        ]
    )
    rects = strip.segment_rects()
    assert len(rects) == 3
    assert min(rect.width() for rect in rects) >= 5
    assert rects[-1].right() == pytest.approx(330, abs=1)
    strip.show()
    with qtbot.waitSignal(strip.segment_clicked) as clicked:
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=rects[1].center().toPoint())
    assert clicked.args == [1]
    assert "金融机构 900" in strip.accessibleDescription()
    strip.set_segments([])
    assert strip.sizeHint().height() == 0
    with pytest.raises(ValueError, match="negative"):
        strip.set_segments([StripSegment("x", -1, "normal")])


STEPS = (
    Step("start", "2026-09-01 移交网络查控组", "起算：次日 9 月 2 日"),
    Step("count", "计 3 日"),
    Step("skip", "扣除 14 日", "公告送达"),
    Step("roll", "顺延至 9 月 28 日", "中秋节"),
    Step("due", "应止 2026-09-28"),
    Step("late", "逾期 56 日", "承办人 4"),
    Step("done", "已完成"),
    Step("note", "说明"),
)


def test_steps_are_words_that_can_be_selected_and_copied(qtbot: QtBot) -> None:
    steps = StepList(scroll=True)
    qtbot.addWidget(steps)
    steps.resize(300, 400)
    steps.set_steps(STEPS)
    steps.show()
    steps.grab()
    assert steps.as_text().splitlines()[:2] == [STEPS[0].headline, f"    {STEPS[0].detail}"]
    labels = steps.findChildren(QLabel)
    assert labels
    for label in labels:
        assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard
    steps.set_steps(STEPS[:1])
    assert len(steps.as_text().splitlines()) == 2


def test_a_narrow_pane_wraps_the_words_of_a_step(qtbot: QtBot) -> None:
    steps = StepList()
    qtbot.addWidget(steps)
    steps.set_steps([Step("note", "很长的一句话" * 12)])
    steps.resize(160, 300)
    steps.show()
    qtbot.waitExposed(steps)
    label = steps.findChildren(QLabel)[0]
    assert label.width() <= 160
    assert label.height() >= label.fontMetrics().lineSpacing() * 3


def test_many_lanes_scroll_instead_of_running_together(qtbot: QtBot) -> None:
    timeline = CaseTimeline()
    qtbot.addWidget(timeline)
    day = date(2026, 9, 1)
    timeline.set_data([Lane(f"节点{n}", [Span(f"s{n}", day, day, "normal")]) for n in range(40)])
    timeline.resize(600, 240)
    timeline.grab()
    assert timeline.place_of("s0") is not None
    assert timeline.place_of("s39") is None
    for _ in range(40):
        timeline._move_focus(1)
    timeline.grab()
    assert timeline.place_of("s0") is None
    assert timeline.place_of("s39") is not None
    timeline.resize(600, 2000)
    timeline.grab()
    assert timeline.place_of("s0") is not None

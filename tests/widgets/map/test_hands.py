"""Mouse, wheel, keys and buttons of the map: real events, signals waited on."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.widgets.map.invented import Queue
from tests.widgets.map.looking import A, B, C, Settled, look_at, pixel
from widgets.map import MapView
from widgets.map.mercator import Box, to_world
from widgets.map.records import VectorMap

# Mouse and keys ---------------------------------------------------------------------------------


def _wheel(view: MapView, place: QPointF, up: bool) -> None:
    event = QWheelEvent(
        place,
        view.canvas.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 if up else -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.canvas, event)


def test_the_wheel_zooms_about_the_mouse_within_limits(shown: MapView) -> None:
    look_at(shown)
    place = QPointF(600, 120)
    before = shown.canvas.view.degrees(600, 120)
    _wheel(shown, place, up=True)
    assert shown.canvas.view.zoom == 13.5
    assert shown.canvas.view.degrees(600, 120) == pytest.approx(before, abs=1e-9)
    for up, limit in ((True, 19), (False, 3)):
        for _ in range(40):
            _wheel(shown, place, up=up)
        assert shown.canvas.view.zoom == limit


def test_dragging_pans_and_is_no_click(shown: MapView, qtbot: QtBot) -> None:
    look_at(shown)
    shown.set_units([A])
    start = pixel(shown, (A.longitude, A.latitude))
    end = start + QPoint(120, 40)
    with qtbot.assertNotEmitted(shown.unit_clicked), qtbot.assertNotEmitted(shown.map_clicked):
        QTest.mousePress(shown.canvas, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(shown.canvas, end)
        QTest.mouseRelease(shown.canvas, Qt.MouseButton.LeftButton, pos=end)
    assert pixel(shown, (A.longitude, A.latitude)) == end


def test_keys_pan_zoom_and_fit(shown: MapView) -> None:
    canvas = shown.canvas
    canvas.setFocus()
    look_at(shown)
    for key, across, down in (
        (Qt.Key.Key_Right, 1, 0),
        (Qt.Key.Key_Left, -1, 0),
        (Qt.Key.Key_Down, 0, 1),
        (Qt.Key.Key_Up, 0, -1),
    ):
        before = canvas.view
        QTest.keyClick(canvas, key)
        assert (canvas.view.x - before.x) * across >= 0
        assert (canvas.view.x != before.x) == bool(across)
        assert (canvas.view.y - before.y) * down >= 0
        assert (canvas.view.y != before.y) == bool(down)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.view.zoom == 13.5
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.view.zoom == 13.0
    shown.set_units([A, B, C])
    QTest.keyClick(canvas, Qt.Key.Key_0)
    box = canvas.units.box()
    assert box is not None
    assert canvas.view.box.holds(box)
    shown.fit_units(["a"])
    assert (canvas.view.x, canvas.view.y) == pytest.approx(to_world(A.longitude, A.latitude))


def test_the_buttons_do_what_they_say(shown: MapView) -> None:
    look_at(shown)
    shown.set_units([A, B])
    for button, zoom in ((shown._tools.closer, 14), (shown._tools.farther, 13)):
        assert button.toolTip()
        assert shown.canvas.geometry().contains(button.mapTo(shown, button.rect().center()))
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert shown.canvas.view.zoom == zoom
    QTest.mouseClick(shown._tools.fit, Qt.MouseButton.LeftButton)
    box = shown.canvas.units.box()
    assert box is not None
    assert shown.canvas.view.box.holds(box)


def test_clicks_and_the_mouse_above_a_unit_name_it(
    shown: MapView, settled: Settled, qtbot: QtBot
) -> None:
    look_at(shown)
    shown.set_units([A, B, C])
    settled(shown)
    place = pixel(shown, (B.longitude, B.latitude))
    with qtbot.waitSignal(shown.unit_hovered) as hovered:
        QTest.mouseMove(shown.canvas, place)
    assert hovered.args == ["b"]
    assert "112.47" in shown._cursor.text()
    with qtbot.waitSignal(shown.unit_clicked) as clicked:
        QTest.mouseClick(shown.canvas, Qt.MouseButton.LeftButton, pos=place)
    assert clicked.args == ["b"]
    assert shown.canvas.chosen.selected == "b"
    with qtbot.waitSignal(shown.unit_hovered) as left:
        QTest.mouseMove(shown.canvas, QPoint(5, 5))
    assert left.args == [""]
    menu = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, QPoint(1, 1))
    with qtbot.waitSignal(shown.unit_menu_asked) as asked:
        QApplication.sendEvent(shown.canvas, menu)
    assert asked.args == ["b", QPoint(1, 1)]


def test_the_tip_says_age_accuracy_and_source(shown: MapView, settled: Settled) -> None:
    look_at(shown)
    shown.set_units([B, replace(C, tip="第三行")])
    settled(shown)
    placed = shown.canvas.units.place_of("b")
    assert placed is not None
    words = shown.canvas.words_of(placed)
    assert words.splitlines() == ["乙", "Seen 8 s ago", "Accuracy ±30 m", "Source: GPS"]
    stale = shown.canvas.units.place_of("c")
    assert stale is not None
    assert shown.canvas.words_of(stale).splitlines() == [
        "丙组",
        "Position is stale",
        "Seen 12 min ago",
        "第三行",
    ]
    at = QPoint(round(placed.x), round(placed.y))
    tip = QHelpEvent(QEvent.Type.ToolTip, at, shown.canvas.mapToGlobal(at))
    assert QApplication.sendEvent(shown.canvas, tip)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (172800, "2 d")],
)
def test_ages_in_words(shown: MapView, seconds: float, words: str) -> None:
    assert shown.canvas._age_words(seconds) == words


def test_tab_walks_the_units_and_leaves_past_the_last(qtbot: QtBot, queue: Queue) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    view, after = MapView(queue), QLineEdit()
    column.addWidget(view)
    column.addWidget(after)
    window.resize(800, 700)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    look_at(view)
    view.set_units([A, replace(A, id="far", longitude=90.0), B, C])
    view.canvas.setFocus()
    qtbot.waitUntil(view.canvas.hasFocus)
    seen = []
    for _ in range(3):
        QTest.keyClick(view.canvas, Qt.Key.Key_Tab)
        seen.append(view.canvas.chosen.focused)
        assert view.canvas.hasFocus()
    assert seen == ["a", "b", "c"]
    assert view.canvas.accessibleDescription().startswith("丙组")
    with qtbot.waitSignal(view.unit_clicked) as clicked:
        QTest.keyClick(view.canvas, Qt.Key.Key_Return)
    assert clicked.args == ["c"]
    QTest.keyClick(view.canvas, Qt.Key.Key_Backtab)
    assert view.canvas.chosen.focused == "b"
    QTest.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert (view.canvas.chosen.focused, view.canvas.chosen.selected) == ("", "")
    view.canvas._choose(focused="c")
    QTest.keyClick(view.canvas, Qt.Key.Key_Tab)
    assert not view.canvas.hasFocus()


def test_units_on_show_stay_so_in_any_size_and_over_another_base_until_the_sight_is_moved(
    shown: MapView,
) -> None:
    """A view is filled before it has its size, and its base map comes when it was read."""
    canvas = shown.canvas
    box = to_world(A.longitude, A.latitude)
    around = VectorMap("乡", (), Box(*box, *box).grown(0.1))
    far = VectorMap("远", (), Box(0.0, 0.0, 0.01, 0.01))
    shown.set_units([A, B])
    shown.resize(300, 200)
    shown.fit_units()
    units = canvas.units.box()
    assert units is not None
    small = canvas.view.zoom
    canvas.set_base(around)
    shown.resize(800, 600)
    assert canvas.view.box.holds(units)
    assert canvas.view.zoom > small
    assert (canvas.view.x, canvas.view.y) == pytest.approx(units.middle)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    moved = canvas.view.zoom
    shown.resize(700, 500)
    assert canvas.view.zoom == moved
    shown.fit_units()
    canvas.set_base(far)
    assert far.box is not None
    assert canvas.view.box.holds(far.box)


def test_a_low_map_keeps_all_its_buttons(qtbot: QtBot, shown: MapView) -> None:
    shown.setFixedSize(400, 110)
    buttons = shown._tools
    qtbot.waitUntil(lambda: shown.canvas.height() == 110)
    for button in (buttons.closer, buttons.farther, buttons.fit, buttons.layers):
        assert shown.canvas.rect().contains(buttons.geometry())
        assert buttons.rect().contains(button.geometry())
    assert "units" in buttons.layers.toolTip() or "单位" in buttons.layers.toolTip()
    shown.setFixedSize(400, 400)
    qtbot.waitUntil(lambda: buttons.height() > buttons.width())
    assert shown._strip.isVisible()

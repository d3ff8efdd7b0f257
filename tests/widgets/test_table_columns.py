"""Columns that step aside are named, can be brought and hidden by hand, and that is remembered."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.widgets.test_table_view import COLUMNS, make_rows
from widgets.table import Column, DataTable, PagedTableModel, StaticSource
from widgets.table.column_menu import ColumnMenu
from widgets.theme import apply_theme, current_theme, load_theme

SPARE = {"money": 1, "state": 2}
Made = Callable[[int], DataTable]


@pytest.fixture
def make(qtbot: QtBot) -> Made:
    """A short list of that many pixels whose two last columns can be spared."""

    def made(width: int) -> DataTable:
        columns = [replace(one, spare=SPARE.get(one.key, 0)) for one in COLUMNS]
        model = PagedTableModel(columns, StaticSource(make_rows(3)))
        mode = QAbstractItemModelTester.FailureReportingMode.Fatal
        QAbstractItemModelTester(model, mode, model)
        table = DataTable(model)
        model.setParent(table)
        qtbot.addWidget(table)
        table.resize(width, 300)
        table.show()
        model.refresh()
        return table

    return made


def shown(table: DataTable) -> list[str]:
    return [column.key for column in table.columns.shown()]


def open_menu(table: DataTable) -> ColumnMenu:
    table.head.hint.click()
    return table.findChildren(ColumnMenu)[-1]


def test_the_header_names_what_has_no_room(make: Made) -> None:
    table = make(430)
    assert shown(table) == ["case", "node", "due"]
    hint = table.head.hint
    assert hint.isVisible()
    assert "2" in hint.text()
    assert "标的, 状态" in hint.toolTip()
    assert table.head.length() <= table.viewport().width()
    table.resize(900, 300)
    assert not hint.isVisible()


def test_neither_title_nor_hint_is_cut(make: Made) -> None:
    """Whatever the last column is, its title ends before the hint; figures keep their place."""
    table = make(680)
    for last in ("due", "node", "case"):
        number = [column.key for column in COLUMNS].index(last)
        table.head.moveSection(table.head.visualIndex(number), 4)
        for width in range(680, 425, -25):
            table.resize(width, 300)
            _hold_hint_clear(table)


def test_what_gives_way_a_little_gives_no_more_than_needed(qtbot: QtBot) -> None:
    """The last column's title stands beside the hint, so the other one has to give more."""
    columns = (
        Column("name", "执行单元", width=98, stretch=1),
        Column("age", "新旧", width=150, align="right"),
        Column("duty", "出勤", width=84, stretch=2),
        Column("team", "团队", width=52, spare=1),
    )
    table = DataTable(PagedTableModel(columns, StaticSource(())))
    qtbot.addWidget(table)
    table.show()
    gaps = []
    for width in range(300, 400, 3):
        table.resize(width, 200)
        if not table.columns.overflows:
            gaps.append(table.viewport().width() - table.head.length())
    assert len(gaps) > 10
    assert set(gaps) == {0}


def _hold_hint_clear(table: DataTable) -> None:
    head = table.head
    assert head.length() <= head.viewport().width()
    assert head.hint.isVisible() is bool(table.columns.away())
    if not head.hint.isVisible():
        return
    metrics = QFontMetrics(current_theme().font("small", bold=True))
    assert metrics.horizontalAdvance(head.hint.text()) + 8 <= head.hint.width()
    assert head.hint.geometry().right() < head.viewport().width()
    last = table.columns.shown()[-1]
    number = table.data_model.columns.index(last)
    title = metrics.horizontalAdvance(last.title) + 16
    taken = title if last.side == "left" else head.sectionSize(number)
    assert head.sectionViewportPosition(number) + taken <= head.hint.x()


def test_what_stepped_aside_is_brought_and_hidden_by_hand(make: Made, qtbot: QtBot) -> None:
    table = make(430)
    menu = open_menu(table)
    entry = menu.action_of("money")
    assert not entry.isChecked()
    assert "\t" in entry.text()
    with qtbot.waitSignal(table.columns_chosen):
        entry.trigger()
    # It is there although the list now scrolls sideways, and the menu says so and stays.
    assert shown(table) == ["case", "node", "due", "money"]
    assert table.head.length() > table.viewport().width()
    assert entry.isChecked()
    assert menu.isVisible()
    entry.trigger()
    assert shown(table) == ["case", "node", "due"]
    assert "Hidden by hand: 标的" in table.head.hint.toolTip()
    table.resize(900, 300)
    assert shown(table) == ["case", "node", "due", "state"]
    assert table.head.hint.isVisible()
    menu.action_of("money").trigger()
    assert shown(table) == ["case", "node", "due", "money", "state"]
    assert not table.head.hint.isVisible()


def test_the_last_column_stays(make: Made) -> None:
    table = make(900)
    for key in ("node", "due", "money", "state", "case"):
        table.turn_column(key)
    assert shown(table) == ["case"]
    table.turn_column("money")
    table.turn_column("case")
    table.resize(200, 300)
    assert shown(table) == ["money"]


def test_choices_are_remembered(make: Made) -> None:
    table = make(430)
    table.turn_column("state")
    table.turn_column("due")
    other = make(430)
    assert other.restore_state(table.save_state())
    assert shown(other) == ["case", "node", "state"]
    other.resize(900, 300)
    assert shown(other) == ["case", "node", "money", "state"]
    other._use_usual_columns()
    assert shown(other) == ["case", "node", "due", "money", "state"]


def test_widths_grow_with_the_text(make: Made, qapp: QApplication) -> None:
    table = make(900)
    table.head.resizeSection(1, 150)
    for scale, width in ((150, 225), (100, 150)):
        apply_theme(qapp, load_theme("dark", scale_percent=scale))
        assert table.columnWidth(1) == width


def test_the_keyboard_reaches_the_hint_and_its_menu(make: Made, qtbot: QtBot) -> None:
    table = make(430)
    table.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    QTest.keyClick(table, Qt.Key.Key_Tab)
    hint = table.head.hint
    assert hint.hasFocus()
    QTest.keyClick(hint, Qt.Key.Key_Down)
    (menu,) = table.findChildren(ColumnMenu)
    menu.setActiveAction(menu.action_of("state"))
    for there in (True, False):
        QTest.keyClick(menu, Qt.Key.Key_Space)
        assert ("state" in shown(table)) is there
        assert menu.isVisible()
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    assert not menu.isVisible()


def test_the_menu_of_the_header_hides_the_column_under_the_mouse(make: Made) -> None:
    table = make(900)
    place = QPoint(table.columnViewportPosition(1) + 5, 10)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, table.head.mapToGlobal(place))
    QGuiApplication.sendEvent(table.head.viewport(), event)
    (menu,) = table.findChildren(ColumnMenu)
    menu.actions()[0].trigger()
    assert shown(table) == ["case", "due", "money", "state"]


def test_what_its_owner_leaves_out_is_offered_to_nobody(make: Made) -> None:
    table = make(900)
    table.leave_out(["node"])
    assert "node" not in shown(table)
    assert not table.head.hint.isVisible()
    assert [column.key for column in table.columns.offered()] == ["case", "due", "money", "state"]
    table.leave_out([])
    assert "node" in shown(table)

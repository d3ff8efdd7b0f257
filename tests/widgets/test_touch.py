"""What is pressed in the field has room for a thumb in parts that Qt draws itself, too."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCalendarWidget,
    QFrame,
    QSpinBox,
    QStyle,
    QStyleOptionSpinBox,
    QTableView,
)
from pytestqt.qtbot import QtBot

from widgets.forms import DateField
from widgets.table import Column, DataTable, PagedTableModel, StaticSource
from widgets.theme import apply_theme, current_theme, load_theme

THUMB_PX = 44


@pytest.fixture
def field_theme(qapp: QApplication) -> Iterator[None]:
    before = current_theme()
    apply_theme(qapp, replace(load_theme("light"), touch=True))
    yield
    apply_theme(qapp, before)


@pytest.mark.usefixtures("field_theme")
def test_a_thumb_opens_the_calendar_and_hits_its_days(qtbot: QtBot) -> None:
    field = DateField()
    qtbot.addWidget(field)
    field.resize(300, 46)
    field.show()
    QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(260, 4))
    popup = field.findChild(QFrame, "date_popup")
    assert popup is not None
    calendar = popup.findChild(QCalendarWidget)
    assert calendar is not None
    days = calendar.findChild(QTableView)
    assert days is not None
    qtbot.waitUntil(lambda: days.rowHeight(1) >= THUMB_PX)
    assert days.columnWidth(1) >= THUMB_PX
    popup.close()


@pytest.mark.usefixtures("field_theme")
def test_a_number_is_counted_up_and_down_by_a_thumb(qtbot: QtBot) -> None:
    box = QSpinBox()
    qtbot.addWidget(box)
    box.resize(300, 46)
    box.show()
    option = QStyleOptionSpinBox()
    box.initStyleOption(option)
    for part in (QStyle.SubControl.SC_SpinBoxUp, QStyle.SubControl.SC_SpinBoxDown):
        control = QStyle.ComplexControl.CC_SpinBox
        place = box.style().subControlRect(control, option, part, box)
        assert min(place.width(), place.height()) >= THUMB_PX
        before = box.value()
        QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=place.center())
        assert box.value() != before


@pytest.mark.usefixtures("field_theme")
def test_a_thumb_sorts_a_list_and_finds_the_columns_that_are_away(qtbot: QtBot) -> None:
    columns = (Column("case", "案号", width=150), Column("court", "法院", width=120, spare=1))
    table = DataTable(PagedTableModel(columns, StaticSource(())))
    qtbot.addWidget(table)
    table.resize(240, 200)
    table.show()
    assert table.head.height() >= THUMB_PX
    assert table.head.hint.isVisible()
    assert min(table.head.hint.width(), table.head.hint.height()) >= THUMB_PX

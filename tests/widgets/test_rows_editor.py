"""Rows to type into: they grow, take cells of a spreadsheet, and mark what is wrong."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from widgets.forms import Offer, RowColumn, RowsEditor
from widgets.forms.rows import ROWS_MAX

COLUMNS = (
    RowColumn("name", "Name"),
    RowColumn("kind", "Kind", "choice", choices=(("a", "Alpha"), ("b", "Beta"))),
    RowColumn("amount", "Amount", "money"),
    RowColumn("on", "Day", "date"),
    RowColumn("asked", "Asked", "flag"),
    RowColumn("got", "Gets", "shown", right=True),
)


@pytest.fixture
def editor(qtbot: QtBot) -> RowsEditor:
    made = RowsEditor("Rows", COLUMNS)
    qtbot.addWidget(made)
    QAbstractItemModelTester(
        made.model, QAbstractItemModelTester.FailureReportingMode.Fatal, made.model
    )
    made.resize(700, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def cell(editor: RowsEditor, row: int, key: str) -> QModelIndex:
    return editor.model.index(row, [column.key for column in COLUMNS].index(key))


def type_in(qtbot: QtBot, editor: RowsEditor, row: int, key: str, text: str) -> None:
    at = cell(editor, row, key)
    editor.table.setCurrentIndex(at)
    if editor.table.indexWidget(at) is None:
        editor.table.edit(at)
    line = editor.table.indexWidget(at)
    assert isinstance(line, QLineEdit)
    line.selectAll()
    if text.isascii():
        qtbot.keyClicks(line, text)
    else:
        line.insert(text)  # as an input method does
    qtbot.keyClick(line, Qt.Key.Key_Return)


def test_typing_in_the_blank_row_makes_a_row_and_another_blank_one(
    qtbot: QtBot, editor: RowsEditor
) -> None:
    assert (editor.values(), editor.model.rowCount()) == ([], 1)
    with qtbot.waitSignal(editor.edited):
        type_in(qtbot, editor, 0, "amount", "1,000.5")
    assert editor.model.rowCount() == 2
    assert editor.values() == [
        {"name": "", "kind": "a", "amount": "1000.50", "on": "", "asked": ""}
    ]
    assert cell(editor, 0, "amount").data() == "1,000.50"
    assert cell(editor, 0, "kind").data() == "Alpha"
    type_in(qtbot, editor, 0, "on", "20170930")
    assert editor.values()[0]["on"] == "2017-09-30"


def test_enter_goes_on_to_the_next_cell(qtbot: QtBot, editor: RowsEditor) -> None:
    type_in(qtbot, editor, 0, "name", "甲")
    assert editor.table.currentIndex().column() == 1
    assert isinstance(editor.table.indexWidget(editor.table.currentIndex()), QComboBox)


def test_what_cannot_be_read_stays_as_typed(qtbot: QtBot, editor: RowsEditor) -> None:
    type_in(qtbot, editor, 0, "amount", "8x")
    type_in(qtbot, editor, 0, "on", "2017-02-30")
    row = editor.values()[0]
    assert (row["amount"], row["on"]) == ("8x", "2017-02-30")


def test_a_choice_that_was_only_looked_at_makes_no_row(qtbot: QtBot, editor: RowsEditor) -> None:
    editor.table.setCurrentIndex(cell(editor, 0, "kind"))
    editor.table.setCurrentIndex(cell(editor, 0, "name"))
    editor.commit()
    assert editor.values() == []


def test_cells_of_a_spreadsheet_are_pasted(qtbot: QtBot, editor: RowsEditor) -> None:
    QGuiApplication.clipboard().setText("甲\tBeta\t1,000.00\t2017.1.2\n乙\tAlpha\t2")
    editor.table.setCurrentIndex(cell(editor, 0, "name"))
    editor.commit()
    with qtbot.waitSignal(editor.edited):
        qtbot.keyClick(editor.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert [tuple(row.values())[:4] for row in editor.values()] == [
        ("甲", "b", "1000.00", "2017-01-02"),
        ("乙", "a", "2.00", ""),
    ]


def test_a_row_is_removed_and_the_blank_one_stays(qtbot: QtBot, editor: RowsEditor) -> None:
    editor.set_values([{"name": "甲"}, {"name": "乙", "kind": "b"}])
    editor.table.setCurrentIndex(cell(editor, 0, "name"))
    with qtbot.waitSignal(editor.edited):
        qtbot.mouseClick(editor.remove_button, Qt.MouseButton.LeftButton)
    assert [row["name"] for row in editor.values()] == ["乙"]
    assert editor.model.rowCount() == 2
    editor.table.setCurrentIndex(cell(editor, 1, "name"))
    qtbot.mouseClick(editor.remove_button, Qt.MouseButton.LeftButton)
    assert len(editor.values()) == 1


def test_what_the_owner_shows_and_marks(editor: RowsEditor) -> None:
    editor.set_values([{"name": "甲", "asked": "1"}])
    assert cell(editor, 0, "asked").data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    editor.model.set_shown({(0, "got"): "5.00"}, {(0, "got"): "normal"})
    assert cell(editor, 0, "got").data() == "5.00"
    assert not editor.model.flags(cell(editor, 0, "got")) & Qt.ItemFlag.ItemIsEditable
    editor.model.set_faults({(0, "name"): "重复"})
    assert cell(editor, 0, "name").data(Qt.ItemDataRole.ToolTipRole) == "重复"
    assert cell(editor, 0, "name").data(Qt.ItemDataRole.ForegroundRole) is not None
    editor.model.set_struck(frozenset((0,)))
    assert cell(editor, 0, "name").data(Qt.ItemDataRole.FontRole).strikeOut()


def test_there_is_an_end_to_rows(editor: RowsEditor) -> None:
    editor.set_values([{"name": str(n)} for n in range(ROWS_MAX + 20)])
    assert len(editor.values()) == editor.model.rowCount() == ROWS_MAX


def test_rows_that_do_not_grow_have_no_blank_one(qtbot: QtBot) -> None:
    made = RowsEditor("Rows", COLUMNS, grows=False)
    qtbot.addWidget(made)
    QAbstractItemModelTester(
        made.model, QAbstractItemModelTester.FailureReportingMode.Fatal, made.model
    )
    made.set_values([{"name": "甲"}])
    made.show()
    assert made.model.rowCount() == 1
    assert not made.remove_button.isVisible()
    type_in(qtbot, made, 0, "name", "乙")
    assert [row["name"] for row in made.values()] == ["乙"]


OFFERED = (
    RowColumn(
        *("plate", "Plate"),
        offers=(
            Offer("u1", "豫C7186警", "一号车"),
            Offer("u2", "豫C7286警"),
            Offer("u3", "备用车", "甲"),
            Offer("u4", "备用车", "乙"),
        ),
        id_key="unit_id",
    ),
    RowColumn("driver", "Driver"),
)


@pytest.fixture
def offering(qtbot: QtBot) -> RowsEditor:
    made = RowsEditor("Rows", OFFERED)
    qtbot.addWidget(made)
    QAbstractItemModelTester(
        made.model, QAbstractItemModelTester.FailureReportingMode.Fatal, made.model
    )
    made.resize(500, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def box_of(editor: RowsEditor, row: int) -> QComboBox:
    at = editor.model.index(row, 0)
    editor.table.setCurrentIndex(at)
    if editor.table.indexWidget(at) is None:
        editor.table.edit(at)
    box = editor.table.indexWidget(at)
    assert isinstance(box, QComboBox)
    return box


@pytest.mark.parametrize(
    ("typed", "words", "unit_id"),
    [
        ("豫C7186警", "豫C7186警", "u1"),
        ("豫C7186警　一号车", "豫C7186警", "u1"),
        ("豫C0000警", "豫C0000警", ""),
        ("备用车", "备用车", ""),  # which of two?
        ("备用车　乙", "备用车", "u4"),
    ],
)
def test_what_is_typed_is_what_is_offered_or_anything_else(
    qtbot: QtBot, offering: RowsEditor, typed: str, words: str, unit_id: str
) -> None:
    box = box_of(offering, 0)
    line = box.lineEdit()
    assert line is not None
    line.selectAll()
    line.insert(typed)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert offering.values() == [{"plate": words, "driver": "", "unit_id": unit_id}]


def test_one_is_chosen_from_the_list(qtbot: QtBot, offering: RowsEditor) -> None:
    box = box_of(offering, 0)
    assert [box.itemText(n) for n in range(2)] == ["豫C7186警　一号车", "豫C7286警"]
    box.setCurrentIndex(3)
    box.activated.emit(3)
    offering.commit()
    assert offering.values() == [{"plate": "备用车", "driver": "", "unit_id": "u4"}]


def test_a_row_keeps_its_id_until_its_words_are_others(qtbot: QtBot, offering: RowsEditor) -> None:
    """Also the id of something that is offered no longer, and of one of two of the same words."""
    kept = [
        {"plate": "老车", "driver": "甲", "unit_id": "gone"},
        {"plate": "备用车", "driver": "", "unit_id": "u3"},
    ]
    offering.set_values(kept)
    for n in range(2):
        qtbot.keyClick(box_of(offering, n), Qt.Key.Key_Return)
    offering.model.setData(offering.model.index(0, 1), "乙")
    assert [row["unit_id"] for row in offering.values()] == ["gone", "u3"]
    offering.model.setData(offering.model.index(0, 0), "老车2")
    offering.model.setData(offering.model.index(1, 0), "")
    assert [row["unit_id"] for row in offering.values()] == ["", ""]

"""The table view: selection by id, keys, copy, widths, empty state."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.table import Cell, Column, DataTable, PagedTableModel, StaticSource
from widgets.table.delegate import _WORDS_MAX, _Look
from widgets.theme import current_theme

COLUMNS = (
    Column("case", "案号", width=200, kind="mono", stretch=2),
    Column("node", "节点", width=120, stretch=1),
    Column("due", "应止日", width=104, kind="date"),
    Column("money", "标的", width=120, kind="money"),
    Column("state", "状态", width=100, kind="state"),
)


def make_rows(count: int) -> list[dict[str, object]]:
    return [
        {
            "id": n + 1,
            "case": f"（2026）豫03执{n + 1}号",
            "node": "=1+1" if n == 0 else "公告",
            "due": date(2026, 9, 1),
            "money": 123_456_789,
            "state": Cell("overdue", text="超期"),
        }
        for n in range(count)
    ]


@pytest.fixture
def make_table(qtbot: QtBot) -> Callable[..., tuple[DataTable, StaticSource]]:
    def make(
        count: int = 500, width: int = 900, columns: Sequence[Column] = COLUMNS
    ) -> tuple[DataTable, StaticSource]:
        source = StaticSource(make_rows(count))
        model = PagedTableModel(columns, source)
        table = DataTable(model)
        model.setParent(table)
        qtbot.addWidget(table)
        table.resize(width, 400)
        table.show()
        model.refresh()
        if count:
            table.viewport().repaint()
            qtbot.waitUntil(lambda: model.row_values(0) is not None)
        return table, source

    return make


MakeTable = Callable[..., tuple[DataTable, StaticSource]]


def test_words_that_every_page_has_stay_shaped(qapp: QGuiApplication) -> None:
    """However many others pass by meanwhile; of those no more than the limit are kept."""
    look = _Look(current_theme(), COLUMNS)
    first, _width = look.words(COLUMNS[1], "公告", 100)
    for n in range(3 * _WORDS_MAX):
        look.words(COLUMNS[0], f"（2026）豫03执{n}号", 200)
        if n % 10 == 0:
            assert look.words(COLUMNS[1], "公告", 100)[0] is first
    assert len(look._words) == _WORDS_MAX


def test_rows_have_the_height_of_the_look(make_table: MakeTable) -> None:
    table, _ = make_table()
    assert table.rowHeight(0) == current_theme().row
    table.set_compact(True)
    assert table.rowHeight(0) == current_theme().row_compact


def test_selection_and_current_row_survive_a_refresh_by_id(
    make_table: MakeTable, qtbot: QtBot
) -> None:
    table, source = make_table()
    assert table.select_id(300)
    told: list[object] = []
    table.current_id_changed.connect(told.append)
    source.set_rows(make_rows(500)[100:])
    table.data_model.refresh()
    assert table.current_id() == 300
    assert table.selected_ids() == (300,)
    assert table.currentIndex().row() == 199
    assert told == []
    source.set_rows(make_rows(50))
    table.data_model.refresh()
    assert table.current_id() is None
    assert told == [None]
    assert not table.select_id(300)


def test_the_row_at_the_top_stays_at_the_top(make_table: MakeTable) -> None:
    table, source = make_table()
    table.verticalScrollBar().setValue(200 * 30 + 7)
    top = table.data_model.id_at(table.rowAt(0))
    source.set_rows(make_rows(500)[50:])
    table.data_model.refresh()
    assert table.data_model.id_at(table.rowAt(0)) == top
    assert table.rowViewportPosition(table.rowAt(0)) == -7


def test_keys_move_and_open(make_table: MakeTable, qtbot: QtBot) -> None:
    table, _ = make_table()
    table.setFocus()
    table.select_id(1)
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.current_id() == 2
    QTest.keyClick(table, Qt.Key.Key_End)
    assert table.current_id() == 500
    QTest.keyClick(table, Qt.Key.Key_Home)
    with qtbot.waitSignal(table.row_activated) as opened:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [1]


def test_click_and_context_menu_name_the_row(make_table: MakeTable, qtbot: QtBot) -> None:
    table, _ = make_table()
    place = QPoint(20, 3 * 30 + 15)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert table.current_id() == 4
    asked: list[object] = []
    table.context_menu_requested.connect(lambda row_id, _place: asked.append(row_id))
    from PySide6.QtGui import QContextMenuEvent  # noqa: PLC0415

    where = QPoint(20, 15)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, where, table.viewport().mapToGlobal(where)
    )
    QGuiApplication.sendEvent(table.viewport(), event)
    assert asked == [1]
    assert table.selected_ids() == (1,)


def test_copy_gives_text_and_html_that_spreadsheets_keep(
    make_table: MakeTable, qtbot: QtBot
) -> None:
    table, _ = make_table()
    table.setFocus()
    table.selectAll()
    with qtbot.waitSignal(table.copied) as copied:
        QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied.args == [500]
    mime = QGuiApplication.clipboard().mimeData()
    lines = mime.text().splitlines()
    assert lines[0] == "案号\t节点\t应止日\t标的\t状态"
    assert lines[1] == "（2026）豫03执1号\t'=1+1\t2026-09-01\t1234567.89\t超期"
    assert len(lines) == 501
    assert r"<td style=" in mime.html()
    assert r"mso-number-format:'\@'" in mime.html()


def test_columns_share_the_room_and_shrink_without_cutting_numbers(
    make_table: MakeTable,
) -> None:
    table, _ = make_table(width=900)
    header = table.horizontalHeader()
    assert header.length() == table.viewport().width()
    assert table.columnWidth(0) - 200 > table.columnWidth(1) - 120 > 0
    table.resize(500, 400)
    assert table.columnWidth(0) == 200
    assert table.columnWidth(3) == 120


def test_columns_that_can_be_spared_step_aside_before_the_table_scrolls(
    make_table: MakeTable, qtbot: QtBot
) -> None:
    spare = {"money": 1, "state": 2}
    columns = [replace(column, spare=spare.get(column.key, 0)) for column in COLUMNS]
    table, _ = make_table(count=3, columns=columns)
    header = table.horizontalHeader()

    def hidden() -> list[str]:
        return [c.key for n, c in enumerate(columns) if header.isSectionHidden(n)]

    assert hidden() == []
    for width, gone in ((640, []), (600, ["state"]), (430, ["money", "state"]), (900, [])):
        table.resize(width, 400)
        assert hidden() == gone
        assert header.length() <= table.viewport().width()
    table.resize(430, 400)
    # Nobody has hidden them: they are copied, and the next window shows them where it has room.
    table.selectAll()
    with qtbot.waitSignal(table.copied):
        table.copy_selection()
    head = QGuiApplication.clipboard().mimeData().text().splitlines()[0]
    assert head == "案号\t节点\t应止日\t标的\t状态"
    other, _ = make_table(count=3, columns=columns)
    assert other.restore_state(table.save_state())
    assert not any(other.isColumnHidden(number) for number in range(len(columns)))
    # What a person has hidden stays so.
    table.resize(900, 400)
    table.turn_column("state")
    table.resize(800, 400)
    assert hidden() == ["state"]


def test_widths_people_chose_are_remembered(make_table: MakeTable) -> None:
    table, _ = make_table()
    table.horizontalHeader().resizeSection(1, 333)
    table.horizontalHeader().moveSection(0, 2)
    table.turn_column("money")
    table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    other, _ = make_table()
    assert other.restore_state(table.save_state())
    assert other.columnWidth(1) == 333
    assert other.horizontalHeader().visualIndex(0) == 2
    assert other.isColumnHidden(3)
    assert (other.data_model.sort_key, other.data_model.descending) == ("due", True)


@pytest.mark.parametrize(
    "state",
    [
        *(b"", b"{}", b"[]", b"\xff\xfe", b'{"version": 9}', b'{"version":1,"columns":5}'),
        b'{"version":1,"columns":[{"key":"node","place":1,"width":NaN,"hidden":false}],"sort":{}}',
        b'{"version":1,"columns":[{"key":"node","place":Infinity,"width":9,"hidden":true}]}',
    ],
)
def test_nonsense_is_refused_and_changes_nothing(make_table: MakeTable, state: bytes) -> None:
    table, _ = make_table()
    before = table.save_state()
    assert not table.restore_state(state)
    assert table.save_state() == before


def test_an_empty_table_says_so(make_table: MakeTable) -> None:
    table, _ = make_table(count=0)
    blank = table.viewport().grab().toImage()
    table.set_empty_text("没有超期节点", "换一个筛选条件")
    assert table.viewport().grab().toImage() != blank


def test_skeleton_rows_until_the_first_answer(qtbot: QtBot) -> None:
    class Silent:
        def snapshot(self, *_args: object) -> None: ...
        def page(self, *_args: object) -> None: ...

    model = PagedTableModel(COLUMNS, Silent())
    table = DataTable(model)
    model.setParent(table)
    qtbot.addWidget(table)
    table.resize(900, 300)
    table.show()
    model.refresh()
    image = table.viewport().grab().toImage()
    bar = current_theme().color("skeleton")
    assert any(image.pixelColor(20, y) == bar for y in range(60))


def test_hover_and_selection_are_visible(make_table: MakeTable) -> None:
    table, _ = make_table()
    table.select_id(2)
    QTest.mouseMove(table.viewport(), QPoint(300, 4 * 30 + 10))
    table._hover(4)
    image = table.viewport().grab().toImage()
    theme = current_theme()
    assert image.pixelColor(5, 31) == theme.color("selection")
    assert image.pixelColor(5, 4 * 30 + 1) == theme.color("hover")
    assert image.pixelColor(5, 6 * 30 + 1) == theme.color("surface")


def test_a_row_reaches_the_edge_where_the_hint_keeps_room_free(make_table: MakeTable) -> None:
    columns = [COLUMNS[0], COLUMNS[3], replace(COLUMNS[2], spare=1)]
    table, _ = make_table(count=3, width=390, columns=columns)
    assert table.head.hint.isVisible()
    edge = table.viewport().width() - 2
    assert table.head.length() < edge
    table.select_id(2)
    table._hover(2)
    image = table.viewport().grab().toImage()
    theme = current_theme()
    assert image.pixelColor(edge, 31) == theme.color("selection")
    assert image.pixelColor(edge, 61) == theme.color("hover")
    assert image.pixelColor(edge, 1) == theme.color("surface")


def test_words_that_are_cut_are_whole_in_the_tip_and_longer_ones_beneath(
    make_table: MakeTable, qtbot: QtBot
) -> None:
    columns = [replace(COLUMNS[0], tooltip="why"), COLUMNS[4]]
    table, source = make_table(count=0, columns=columns)
    source.set_rows([{"id": 1, **make_rows(1)[0], "why": "移送执行\n两次"}])
    table.data_model.refresh()
    table.viewport().repaint()
    qtbot.waitUntil(lambda: table.data_model.row_values(0) is not None)
    case, state = (table.data_model.index(0, number) for number in range(2))
    tip = table._delegate.tip
    assert tip(300, case) == "移送执行\n两次"
    assert tip(60, case) == "（2026）豫03执1号\n移送执行\n两次"
    assert tip(100, state) == ""
    assert tip(40, state) == "超期"

"""The window over a tiny store: panels, layouts, perspectives, search, theme, quitting."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, insert

from desktop.contract.context import Selection
from desktop.shell.palette import commands, matching
from desktop.shell.registry import discover
from storage.ids import new_id
from storage.schema.cases import case, party
from storage.schema.people import court, person
from tests.gui.conftest import BROKEN_VIEW, Rig, write_panel
from widgets.theme import current_theme

Open = Callable[..., Rig]
# Popups on the offscreen platform are told that it cannot raise or size them.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_the_window_shows_the_default_arrangement(panels: Path, open_window: Open) -> None:
    rig = open_window()
    desk = rig.window.desk
    assert desk is not None
    shown = {name for name in desk.docks.ids() if desk.docks.is_open(name)}
    assert shown == {"strip", "list", "bars", "lines", "why"}
    assert not rig.crashes
    strip, table = desk.host("strip"), desk.host("list")
    bars, why = desk.host("bars"), desk.host("why")
    assert strip is not None
    assert table is not None
    assert bars is not None
    assert why is not None
    window = rig.window

    def corner(host: object) -> tuple[int, int]:
        point = host.mapTo(window, host.rect().topLeft())  # type: ignore[attr-defined]
        return point.x(), point.y()

    assert corner(strip)[1] < corner(table)[1] < corner(bars)[1]
    assert corner(why)[0] > corner(table)[0] + table.width()
    assert corner(why)[1] < corner(table)[1]


def test_a_view_is_made_when_it_is_first_shown(
    panels: Path, open_window: Open, qtbot: QtBot
) -> None:
    rig = open_window()
    assert rig.window.desk is not None
    letters = rig.window.desk.host("letters")
    assert letters is not None
    assert letters.view is None
    with qtbot.waitSignal(letters.built):
        rig.window.open_panel("letters", {"a": "1"})
    assert letters.view.applied == [{"a": "1"}]  # type: ignore[attr-defined]


def test_a_broken_view_leaves_the_others_alone(
    panels: Path, open_window: Open, qtbot: QtBot
) -> None:
    write_panel(panels, "bad", view=BROKEN_VIEW, area='"bottom"')
    (panels / "worse").mkdir()
    (panels / "worse" / "__init__.py").write_text("import nothing_here", encoding="utf-8")
    rig = open_window()
    assert rig.window.desk is not None
    bad = rig.window.desk.host("bad")
    assert bad is not None
    assert bad.failed
    assert "打不开" in bad.findChild(QLabel).text()  # type: ignore[union-attr]
    assert {type(fault) for fault in rig.crashes} == {ZeroDivisionError, ModuleNotFoundError}
    assert any("Worse" in words or "worse" in words for words in rig.window.notices.texts())
    assert rig.window.desk.host("list").view is not None  # type: ignore[union-attr]


def test_the_layout_comes_back(panels: Path, open_window: Open, qtbot: QtBot) -> None:
    first = open_window()
    assert first.window.desk is not None
    first.window.desk.docks.hide("bars")
    first.window.open_panel("letters")
    first.window.close()
    second = open_window()
    assert second.window.desk is not None
    docks = second.window.desk.docks
    assert not docks.is_open("bars")
    assert docks.is_visible("letters")
    qtbot.mouseClick(second.window.header.notices_button, Qt.MouseButton.LeftButton)
    second.window.desk.reset_layout()
    assert docks.is_open("bars")
    assert not docks.is_open("letters")


def test_a_deleted_panel_and_a_new_one_leave_an_old_layout_usable(
    panels: Path, open_window: Open
) -> None:
    first = open_window()
    first.window.open_panel("letters")
    first.window.close()
    shutil.rmtree(panels / "lines")
    write_panel(panels, "novel", area='"bottom"', order="9")
    second = open_window()
    desk = second.window.desk
    assert desk is not None
    assert "lines" not in desk.docks.ids()
    assert desk.docks.is_open("bars")
    assert desk.docks.is_visible("letters")
    assert second.window.open_panel("novel")
    assert not second.window.notices.texts()


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[]",
        '{"version": 99, "perspectives": {}}',
        '{"version": 1, "perspectives": {"duty": {"state": "AAAA", "sha256": "00", "panels": []}}}',
        '{"version": 1, "perspectives": {"duty": {"state": 7}}}',
        '{"version": 1, "perspectives": []}',
    ],
)
def test_a_broken_or_foreign_layout_gives_the_default_and_says_so(
    panels: Path, open_window: Open, tmp_path: Path, text: str
) -> None:
    first = open_window()
    first.window.close()
    first.device.set("layout", text)
    second = open_window()
    assert second.window.desk is not None
    assert second.window.desk.docks.is_open("list")
    assert second.window.notices.texts() == ["保存的布局无法使用，已改用默认布局。"]


def test_a_panel_on_a_lost_monitor_is_docked_again(
    panels: Path, open_window: Open, qtbot: QtBot
) -> None:
    rig = open_window()
    assert rig.window.desk is not None
    docks = rig.window.desk.docks
    docks.set_floating("why")
    rig.window.desk.host("why").window().move(10, 10)  # type: ignore[union-attr]
    rig.window.desk.layouts.bring_back_lost()
    assert docks.floating() == ("why",)
    rig.window.desk.host("why").window().move(99_000, 99_000)  # type: ignore[union-attr]
    rig.window.desk.layouts.bring_back_lost()
    assert docks.floating() == ()
    assert docks.is_open("why")
    assert "显示器" in rig.window.notices.texts()[0]


def test_a_locked_layout_is_remembered(panels: Path, open_window: Open) -> None:
    rig = open_window()
    rig.window.menus.lock.trigger()
    assert rig.device.get("layout_locked") == "1"
    rig.window.close()
    again = open_window()
    assert again.window.menus.lock.isChecked()
    assert again.window.desk is not None
    assert again.window.desk.layouts.locked


def test_the_navigator_counts_and_opens(panels: Path, open_window: Open, qtbot: QtBot) -> None:
    rig = open_window()
    assert rig.window.desk is not None
    navigation = rig.window.desk.navigation
    navigation.widget.item_clicked.emit("supervision")
    assert rig.window.desk.docks.is_visible("letters")
    picture = navigation.widget.grab()
    assert not picture.isNull()


def test_the_panel_key_opens_it_for_the_selection(
    panels: Path, open_window: Open, qtbot: QtBot
) -> None:
    rig = open_window()
    rig.context.select(Selection("01890000-0000-7000-8000-000000000001", "N06", "甲"))
    assert rig.window.desk is not None
    letters = rig.window.desk.host("letters")
    assert letters is not None
    with qtbot.waitSignal(letters.built):
        qtbot.keyClick(rig.window, Qt.Key.Key_F6)
    assert letters.view.applied == [  # type: ignore[attr-defined]
        {
            "new": "1",
            "case_id": "01890000-0000-7000-8000-000000000001",
            "node_code": "N06",
            "subject": "甲",
        }
    ]


def test_the_panel_key_opens_it_anew_where_nothing_is_selected(
    panels: Path, open_window: Open, qtbot: QtBot
) -> None:
    rig = open_window()
    assert rig.window.desk is not None
    letters = rig.window.desk.host("letters")
    assert letters is not None
    with qtbot.waitSignal(letters.built):
        qtbot.keyClick(rig.window, Qt.Key.Key_F6)
    assert letters.view.applied == [{"new": "1"}]  # type: ignore[attr-defined]


def _leaves(menu: QMenu) -> list[QAction]:
    found: list[QAction] = []
    for action in menu.actions():
        submenu = action.menu()
        if isinstance(submenu, QMenu):
            found += _leaves(submenu)
        elif not action.isSeparator() and action.isVisible():
            found.append(action)
    return found


def test_the_palette_reaches_every_menu_action(panels: Path, open_window: Open) -> None:
    rig = open_window(demo=True)
    root = rig.window.menus.root
    known = commands([root])
    assert {command.action for command in known} == set(_leaves(root))
    for command in known:
        assert command in matching(known, command.path[-1], limit=len(known))


def test_pinyin_and_initials_find_commands(panels: Path, open_window: Open) -> None:
    rig = open_window()
    known = commands([rig.window.menus.root])
    for query in ("锁定", "suoding", "sdbj", "Suo Ding", "布局锁定"[2:]):
        assert matching(known, query)[0].path[-1] == "锁定布局", query


def test_commands_are_chosen_from_the_search_box(
    panels: Path, open_window: Open, qtbot: QtBot
) -> None:
    rig = open_window()
    rig.window.activateWindow()
    qtbot.keyClick(
        rig.window,
        Qt.Key.Key_P,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    search = rig.window.header.search
    qtbot.waitUntil(lambda: len(search.results()) > 10)
    qtbot.keyClicks(search, "qianse")
    qtbot.waitUntil(lambda: len(search.results()) == 1)
    before = current_theme().name
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert current_theme().name != before


def _fill(connection: Connection) -> None:
    place, clerk, one = new_id(), new_id(), new_id()
    connection.execute(
        insert(court).values(id=place, code="豫03", name="甲市中级法院", short_name="甲中院")
    )
    connection.execute(
        insert(person).values(id=clerk, court_id=place, name="柳明川", post="quota_judge")
    )
    connection.execute(
        insert(case).values(
            id=one,
            number="（2026）豫03执123号",
            court_id=place,
            year=2026,
            type_word="执",
            serial=123,
            filed_on="2026-01-05",
        )
    )
    connection.execute(
        insert(party).values(id=new_id(), case_id=one, role="debtor", name="青禾农业有限公司")
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("豫03执123", "（2026）豫03执123号"),
        ("(2026)豫03执123号", "（2026）豫03执123号"),
        ("liumingchuan", "柳明川"),
        ("lmc", "柳明川"),
        ("柳明传", "柳明川"),
        ("青禾", "青禾农业有限公司"),
        ("qhny", "青禾农业有限公司"),
    ],
)
def test_the_search_finds_cases_staff_and_parties(
    panels: Path, open_window: Open, qtbot: QtBot, text: str, title: str
) -> None:
    rig = open_window()
    with rig.session.write("准备") as write:
        _fill(write.connection)
    search = rig.window.header.search
    # QTest types ASCII only; an input method hands in the rest at once.
    search.setText(text)
    search.textEdited.emit(text)
    qtbot.waitUntil(lambda: any(result.title == title for result in search.results()))


def test_perspectives_change_the_look_and_the_wall_leaves_with_escape(
    panels: Path, open_window: Open, qtbot: QtBot
) -> None:
    rig = open_window()
    assert current_theme().name == "dark"
    rig.window.enter("print")
    assert current_theme().name == "light"
    rig.window.enter("wall")
    assert current_theme().name == "dark"
    smallest = current_theme().font("small").pixelSize()
    assert smallest >= 32
    assert not rig.window.header.isVisible()
    assert rig.window.wall is not None
    with qtbot.waitSignal(rig.window.settled):
        rig.context.settle()
    assert "数据截至" in rig.window.wall.findChild(QLabel, "wall_age").text()  # type: ignore[union-attr]
    qtbot.keyClick(rig.window.wall, Qt.Key.Key_Escape)
    assert rig.window.perspective == "duty"
    assert rig.window.header.isVisible()
    assert current_theme().scale == 1.0


def test_text_size_goes_to_two_hundred_per_cent(panels: Path, open_window: Open) -> None:
    rig = open_window()
    rig.window.menus.sizes[200].trigger()
    assert current_theme().scale == 2.0
    assert rig.device.get("text_size") == "200"
    rig.window.menus.sizes[100].trigger()


def test_the_status_bar_counts_what_waits(panels: Path, open_window: Open, qtbot: QtBot) -> None:
    rig = open_window()
    words = rig.window.status.findChild(QLabel, "status_words")
    assert words is not None
    assert words.text().startswith("单机工作")
    waiting = rig.window.status.waiting_button
    qtbot.waitUntil(lambda: waiting.text() == "待发 0")
    rig.context.write(
        rig.window, "准备", lambda connection, _n: _fill(connection), 0, lambda _d: None
    )
    qtbot.waitUntil(lambda: waiting.text() == "待发 1")


def test_notices_are_kept(panels: Path, open_window: Open) -> None:
    rig = open_window()
    rig.context.notify("第一条")
    rig.context.notify("第二条", level="error")
    assert rig.window.notices.unseen == 2
    rig.window.notices.show_list(rig.window.header.notices_button)
    assert rig.window.notices.unseen == 0
    assert rig.window.notices.texts() == ["第二条", "第一条"]
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


def test_every_panel_of_this_build_opens(open_window: Open, qtbot: QtBot) -> None:
    registry = discover()
    assert not registry.broken
    rig = open_window(registry)
    assert rig.window.desk is not None
    for spec in registry.specs:
        host = rig.window.desk.host(spec.id)
        assert host is not None
        assert rig.window.open_panel(spec.id)
        qtbot.waitUntil(lambda host=host: host.view is not None or host.failed)  # type: ignore[misc]
        assert not host.failed, f"{spec.id}: {rig.crashes}"
    with qtbot.waitSignal(rig.window.settled, timeout=20_000):
        rig.context.settle()
    assert not rig.crashes

"""Figures, navigator, search, dialogs, notices, progress, and the gallery's words."""

import ast
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

import resources
from widgets import gallery
from widgets.badge import Badge
from widgets.card import Card
from widgets.dialogs import ask_text, confirm, message
from widgets.figure import FigureCard
from widgets.icon import icon
from widgets.navigator import NavGroup, Navigator, NavItem
from widgets.notice import NoticeBar, NoticeList
from widgets.progress import ProgressStrip, duration_text
from widgets.search_box import SearchBox, SearchResult
from widgets.theme import current_theme


def test_a_figure_is_clicked_by_mouse_and_keys(qtbot: QtBot) -> None:
    card = FigureCard("超期节点")
    qtbot.addWidget(card)
    card.set_figure("1,284", "较上周 −96", "overdue")
    card.resize(240, 92)
    card.show()
    with qtbot.waitSignal(card.clicked):
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(card.clicked):
        QTest.keyClick(card, Qt.Key.Key_Return)
    assert card.accessibleName() == "超期节点 1,284"


@pytest.mark.parametrize("width", [120, 180, 240])
def test_a_number_is_never_shortened(qtbot: QtBot, width: int) -> None:
    card = FigureCard("待发案款")
    qtbot.addWidget(card)
    card.set_figure("¥ 38,240,516.20", "最长 26 天")
    card.resize(width, 92)
    advance = QFontMetrics(card.number_font()).horizontalAdvance("¥ 38,240,516.20")
    assert advance <= width - 24
    card.grab()


def test_a_wall_figure_is_at_least_32_pixels_everywhere(qtbot: QtBot) -> None:
    card = FigureCard("超期节点")
    qtbot.addWidget(card)
    card.set_large(True)
    card.set_figure("1,284")
    card.resize(card.sizeHint())
    assert card.number_font().pixelSize() >= 64
    card.grab()


def make_navigator(qtbot: QtBot) -> Navigator:
    navigator = Navigator()
    qtbot.addWidget(navigator)
    navigator.set_groups(
        [
            NavGroup("对内", [NavItem("a", "远程指挥", "ri.broadcast-line", 3)]),
            NavGroup(
                "对外",
                [
                    NavItem("b", "流程管理", count=1284, state="overdue"),
                    NavItem("c", "外网查询", enabled=False, tooltip="未接入"),
                    NavItem("d", "案款发放"),
                ],
            ),
        ]
    )
    navigator.resize(200, 400)
    navigator.show()
    return navigator


def test_navigator_opens_enabled_items_only(qtbot: QtBot) -> None:
    navigator = make_navigator(qtbot)
    with qtbot.waitSignal(navigator.item_clicked) as clicked:
        place = navigator.rows.rect_of("b").center()
        QTest.mouseClick(navigator.rows, Qt.MouseButton.LeftButton, pos=place)
    assert clicked.args == ["b"]
    with qtbot.assertNotEmitted(navigator.item_clicked):
        place = navigator.rows.rect_of("c").center()
        QTest.mouseClick(navigator.rows, Qt.MouseButton.LeftButton, pos=place)
    QTest.keyClick(navigator.rows, Qt.Key.Key_Down)
    with qtbot.waitSignal(navigator.item_clicked) as clicked:
        QTest.keyClick(navigator.rows, Qt.Key.Key_Return)
    assert clicked.args == ["d"]


def test_navigator_counts_change_in_place(qtbot: QtBot) -> None:
    navigator = make_navigator(qtbot)
    navigator.set_current("a")
    navigator.set_footer("交接班 17:50")
    before = navigator.grab().toImage()
    navigator.set_count("a", 4, "due_soon")
    navigator.set_count("gone", 9)
    assert navigator.grab().toImage() != before
    with pytest.raises(ValueError, match="share a key"):
        navigator.set_groups([NavGroup("", [NavItem("a", "A"), NavItem("a", "B")])])


Done = Callable[[Sequence[SearchResult]], None]
RESULTS = [
    SearchResult("c1", "（2026）豫03执12号", "顾长风", "案件", "overdue"),
    SearchResult("c2", "（2026）豫03执13号", "", "案件"),
    SearchResult("m1", "导出", "Ctrl+E", "命令", icon="ri.download-line"),
]


def test_search_waits_for_a_pause_and_drops_late_answers(qtbot: QtBot) -> None:
    asked: list[tuple[str, Done]] = []
    box = SearchBox(lambda text, done: asked.append((text, done)), placeholder="案号")
    qtbot.addWidget(box)
    box.show()
    QTest.keyClicks(box, "yu03")
    qtbot.waitUntil(lambda: len(asked) == 1)
    QTest.keyClicks(box, "z")
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert [text for text, _ in asked] == ["yu03", "yu03z"]
    asked[1][1](RESULTS[:1])
    asked[0][1](RESULTS)
    assert len(box.results()) == 1


def test_search_keys_pass_over_headings(qtbot: QtBot) -> None:
    box = SearchBox(lambda _text, done: done(RESULTS))
    qtbot.addWidget(box)
    box.show()
    box.setFocus()
    QTest.keyClicks(box, "a")
    qtbot.waitUntil(box.popup.isVisible)
    QTest.keyClick(box, Qt.Key.Key_Up)
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Down)
    with qtbot.waitSignal(box.result_chosen) as chosen:
        QTest.keyClick(box, Qt.Key.Key_Return)
    assert chosen.args == ["m1"]
    assert not box.popup.isVisible()
    assert box.text() == ""


def test_search_says_when_nothing_matches_and_escape_closes(qtbot: QtBot) -> None:
    box = SearchBox(lambda _text, done: done([]))
    box.set_no_match_text("没有找到")
    qtbot.addWidget(box)
    box.show()
    box.setFocus()
    QTest.keyClicks(box, "zzz")
    qtbot.waitUntil(box.popup.isVisible)
    assert box.popup.list.item(0).text() == "没有找到"
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert not box.popup.isVisible()


def test_dialogs_block_nothing_and_answer_by_callback(qtbot: QtBot) -> None:
    answers: list[str] = []
    host = QWidget()
    qtbot.addWidget(host)
    host.show()
    dialog = confirm(
        host,
        object_name="void_order",
        title="作废？",
        text="作废后仍可查看。",
        detail="2026-11-20",
        accept_text="作废",
        on_accept=lambda: answers.append("yes"),
        on_reject=lambda: answers.append("no"),
        danger=True,
    )
    assert dialog.objectName() == "void_order"
    accept = dialog.findChild(QPushButton, "accept")
    assert isinstance(accept, QPushButton)
    assert not accept.isDefault()
    accept.click()
    qtbot.waitUntil(lambda: not isValid(dialog))
    told = message(host, object_name="told", title="完成", text="已导出。")
    told.reject()
    qtbot.waitUntil(lambda: not isValid(told))
    assert answers == ["yes"]
    with pytest.raises(ValueError, match="object name"):
        message(host, object_name="", title="x", text="y")


def test_asked_text_cannot_be_empty(qtbot: QtBot) -> None:
    answers: list[str] = []
    host = QWidget()
    qtbot.addWidget(host)
    host.show()
    dialog = ask_text(
        host,
        object_name="why",
        title="理由",
        label="为何暂停",
        accept_text="暂停",
        on_accept=answers.append,
        multiline=True,
    )
    accept = dialog.findChild(QPushButton, "accept")
    entry = dialog.findChild(QPlainTextEdit, "text")
    assert isinstance(accept, QPushButton)
    assert isinstance(entry, QPlainTextEdit)
    assert not accept.isEnabled()
    QTest.keyClicks(entry, "notice")
    accept.click()
    qtbot.waitUntil(lambda: not isValid(dialog))
    assert answers == ["notice"]


def test_notices_are_kept_until_seen_and_beyond(qtbot: QtBot) -> None:
    acted: list[int] = []
    bar = NoticeBar()
    listing = NoticeList(bar)
    qtbot.addWidget(bar)
    qtbot.addWidget(listing)
    first = bar.post("备份完成")
    second = bar.post(
        "两处改动", state="due_soon", action_text="去看看", on_action=lambda: acted.append(1)
    )
    assert bar.unseen_count() == 2
    assert bar._words.text() == "两处改动"
    bar._act()
    assert acted == [1]
    assert bar._words.text() == "备份完成"
    bar.dismiss(first)
    assert not bar.isVisible()
    assert [notice.id for notice in bar.history()] == [second, first]
    bar.mark_all_seen()
    for number in range(600):
        bar.post(f"第 {number} 条")
    assert bar.unseen_count() == 600
    listing.show()
    listing.grab()
    bar.dismiss(bar.history()[0].id)
    qtbot.waitUntil(lambda: not listing._soon.isActive())


def test_progress_tells_rate_and_time_left(qtbot: QtBot) -> None:
    now = [0.0]
    strip = ProgressStrip(clock=lambda: now[0])
    qtbot.addWidget(strip)
    strip.start("导入", 10_000)
    strip.advance(100)
    assert strip.rate_text() == "100 / 10,000"
    now[0] = 10.0
    strip.advance(4_000)
    assert "4,000 / 10,000" in strip.rate_text()
    assert "400 per second" in strip.rate_text()
    assert "0:15 left" in strip.rate_text()
    with qtbot.waitSignal(strip.cancel_requested):
        strip._cancel.click()
    strip.finish("已停止")
    assert not strip.running
    strip.advance(9_999)
    assert "4,000" in strip.rate_text()
    strip.start("不知多少")
    strip.advance(5)
    strip.fail("读不了这个文件")
    assert strip.rate_text() == "5"


def test_durations() -> None:
    assert duration_text(9) == "0:09"
    assert duration_text(3725) == "1:02:05"


def test_small_parts(qtbot: QtBot) -> None:
    badge = Badge("overdue", "超期")
    qtbot.addWidget(badge)
    assert badge.sizeHint().width() > 40
    badge.grab()
    badge.set_state("", "")
    assert badge.sizeHint().width() == 0
    card = Card("标题", "件")
    qtbot.addWidget(card)
    card.set_title("")
    card.grab()
    assert not icon("ri.search-line").isNull()
    assert not icon("no.such-glyph").isNull()


def test_no_part_shows_itself_before_its_owner_does(qtbot: QtBot) -> None:
    """A part without a parent that showed itself would flash up as a window of its own."""
    parts: list[QWidget] = [
        Badge("overdue", "超期"),
        Card("a", "b"),
        FigureCard("x"),
        Navigator(),
        ProgressStrip(),
        SearchBox(lambda _text, done: done([])),
    ]
    for part in parts:
        qtbot.addWidget(part)
        assert not part.isVisible()


def _strings_in(path: Path) -> set[tuple[str, str]]:
    """(context, source) of every self.tr("…") and translate("…", "…") in a module."""
    found: set[tuple[str, str]] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for part in ast.walk(tree):
        owner = part.name if isinstance(part, ast.ClassDef) else ""
        for call in ast.walk(part) if owner or isinstance(part, ast.Module) else ():
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            words = [one.value for one in call.args if isinstance(one, ast.Constant)]
            if call.func.attr == "translate" and len(words) >= 2:
                found.add((str(words[0]), str(words[1])))
            elif call.func.attr == "tr" and words:
                by_dialog = isinstance(call.func.value, ast.Name) and call.func.value.id == "dialog"
                if owner or by_dialog:
                    found.add(("_Ask" if by_dialog else owner, str(words[0])))
    return found


def test_every_word_of_the_parts_has_its_chinese() -> None:
    with resources.path("translations/zh/widgets.toml").open("rb") as file:
        words = tomllib.load(file)
    folder = Path(gallery.__file__).parent
    own = [path for path in folder.rglob("*.py") if path.name != "pdf_preview.py"]
    missing = {
        (context, source)
        for path in own
        for context, source in _strings_in(path)
        if source not in words.get(context, {})
    }
    assert not missing


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_gallery_paints_the_whole_board(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    board = gallery.build_board()
    qtbot.addWidget(board)
    board.resize(1920, 1080)
    board.show()
    qtbot.waitExposed(board)
    image: QImage = board.grab().toImage()
    ground = current_theme().color("canvas")
    differing = sum(
        image.pixelColor(x, y) != ground for x in range(0, 1920, 16) for y in range(0, 1080, 16)
    )
    assert differing > 0.7 * (1920 // 16) * (1080 // 16)


def test_a_bar_for_errors_leaves_the_rest_to_others(qtbot: QtBot) -> None:
    bar = NoticeBar(states=frozenset({"overdue"}))
    qtbot.addWidget(bar)
    calm = bar.post("备份完成", state="normal")
    waiting = bar.waiting()
    assert waiting is not None
    assert waiting.id == calm
    assert bar.isHidden()
    bar.post("磁盘已满", state="overdue")
    assert not bar.isHidden()
    assert bar._words.text() == "磁盘已满"
    assert bar.unseen_count() == 2
    bar.dismiss(calm)
    assert bar.waiting() is None

"""Letters by real clicks: filled, typed, kept, issued, answered, escalated, printed."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.contract.panel import DailyArgs
from desktop.panels.supervision.commands import fire_on_new_day
from desktop.panels.supervision.paper import LetterPrint, print_letter
from desktop.panels.supervision.paper import fill as filled
from desktop.panels.supervision.rules import Act, LetterState
from desktop.panels.supervision.view import SupervisionView
from desktop.rules.alerts import load_ladder
from tests.panels.real_city import NODE, TODAY, RealCity, real_city
from tests.panels.supervision.matrix import let_operators_issue


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return let_operators_issue(real_city(tmp_path))


def open_view(qtbot: QtBot, city: RealCity) -> SupervisionView:
    view = SupervisionView(city.context)
    qtbot.addWidget(view)
    QAbstractItemModelTester(
        view.model, QAbstractItemModelTester.FailureReportingMode.Fatal, view.model
    )
    view.resize(1100, 640)
    view.show()
    qtbot.waitExposed(view)
    return view


def fill(qtbot: QtBot, city: RealCity, view: SupervisionView) -> None:
    view.apply({"new": "1", "case_id": city.late_case, "node_code": NODE, "subject": ""})
    qtbot.waitUntil(lambda: view.shown_page == "form")


def issue(qtbot: QtBot, city: RealCity, view: SupervisionView) -> str:
    fill(qtbot, city, view)
    with qtbot.waitSignal(view.form.issued) as signal:
        qtbot.mouseClick(view.form.form.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.shown_page == "letter")
    return str(signal.args[0].letter_id)


def box(view: SupervisionView, key: str) -> QPlainTextEdit:
    found = view.form.findChild(QPlainTextEdit, f"letter_{key}")
    assert found is not None
    return found


def test_a_letter_is_filled_issued_and_numbered_in_order(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    fill(qtbot, city, view)
    assert "（2026）豫0381执2962号" in view.form.title.text()
    assert "已逾期56日" in box(view, "facts").toPlainText()
    assert view.form.addressee.currentData() == city.handler
    assert view.form.level.currentData() == "red"
    issue(qtbot, city, view)
    assert view.page.number.text() == "洛执督〔2026〕1号"
    issue(qtbot, city, view)
    assert view.page.number.text() == "洛执督〔2026〕2号"
    assert "签发督办单" in city.context.labels
    qtbot.mouseClick(view.page.back_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.model.rowCount() == 2)


def test_an_empty_part_is_refused_beneath_its_field(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    fill(qtbot, city, view)
    box(view, "demand").clear()
    view.form.reply_by.set_value(TODAY - timedelta(days=1))
    qtbot.mouseClick(view.form.form.submit_button, Qt.MouseButton.LeftButton)
    assert view.shown_page == "form"
    assert view.form.form.field("demand").error()
    assert view.form.form.field("reply_by").error()


def test_what_was_typed_is_kept_and_comes_back(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    fill(qtbot, city, view)
    key = view.form.draft_key
    facts = box(view, "facts")
    facts.selectAll()
    qtbot.keyClicks(facts, "typed by hand")
    qtbot.waitUntil(lambda: key in city.context.drafts, timeout=1_000)
    assert city.context.drafts[key]["facts"] == "typed by hand"

    again = open_view(qtbot, city)
    fill(qtbot, city, again)
    assert box(again, "facts").toPlainText() == "typed by hand"
    assert again.form.refill_button.isVisible()
    qtbot.mouseClick(again.form.refill_button, Qt.MouseButton.LeftButton)
    assert "已逾期56日" in box(again, "facts").toPlainText()
    assert key not in city.context.drafts


def test_escape_keeps_the_draft_and_issuing_forgets_it(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    fill(qtbot, city, view)
    key = view.form.draft_key
    box(view, "facts").setPlainText("再查")
    qtbot.keyClick(box(view, "facts"), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: view.shown_page == "list")
    assert city.context.drafts[key]["facts"] == "再查"
    issue(qtbot, city, view)
    assert key not in city.context.drafts
    assert view.page.letter is not None
    assert view.page.letter.text.facts == "再查"


def test_a_stored_draft_is_edited_and_issued(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    fill(qtbot, city, view)
    box(view, "demand").setPlainText("三日内反馈")
    with qtbot.waitSignal(view.form.stored):
        qtbot.mouseClick(view.form.store_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.shown_page == "letter")
    assert view.page.number.text() == "未编号"
    qtbot.mouseClick(view.page.act_buttons[Act.ISSUE], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.shown_page == "form")
    assert box(view, "demand").toPlainText() == "三日内反馈"
    with qtbot.waitSignal(view.form.issued):
        qtbot.mouseClick(view.form.form.submit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.page.number.text() == "洛执督〔2026〕1号")


def shown_acts(view: SupervisionView) -> set[Act]:
    return {kind for kind, button in view.page.act_buttons.items() if button.isVisible()}


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_reply_and_close_follow_on_the_page(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    issue(qtbot, city, view)
    assert shown_acts(view) == {Act.REPLY, Act.WITHDRAW}
    qtbot.mouseClick(view.page.act_buttons[Act.REPLY], Qt.MouseButton.LeftButton)
    dialog = view.window().findChild(object, "ask_reply")
    assert dialog is not None
    typed = dialog.findChild(QPlainTextEdit)
    qtbot.keyClicks(typed, "done today")
    accept = next(b for b in dialog.findChildren(QPushButton) if b.text() == "登记回复")
    qtbot.mouseClick(accept, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown_acts(view) == {Act.CLOSE, Act.RETURN})
    assert view.page.letter is not None
    assert view.page.letter.reply == "done today"
    view.page.do(Act.RETURN, "请附文书")
    qtbot.waitUntil(lambda: shown_acts(view) == {Act.REPLY, Act.WITHDRAW})
    assert view.page.letter.state is LetterState.RETURNED
    view.page.do(Act.REPLY, "已附")
    qtbot.waitUntil(lambda: shown_acts(view) == {Act.CLOSE, Act.RETURN})
    view.page.do(Act.CLOSE, "")
    qtbot.waitUntil(lambda: shown_acts(view) == set())
    assert view.page.letter.state is LetterState.CLOSED


def test_the_day_turns_and_rungs_fire_once(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    issue(qtbot, city, view)
    assert view.page.letter is not None
    reply_by = view.page.letter.reply_by
    rungs = load_ladder("supervision").rungs
    counts: list[int] = []

    def turn(day: date) -> None:
        args = DailyArgs(day, city.law)
        city.context.write(view, "换日", fire_on_new_day, args, counts.append)

    for offset in range(1, 31):
        turn(reply_by + timedelta(days=offset))
    qtbot.waitUntil(lambda: all(rung.fired_on for rung in view.page.letter.rungs))  # type: ignore[union-attr]
    assert sum(counts) == len(rungs)
    fired = [rung.fired_on for rung in view.page.letter.rungs]
    calendar = city.law.court_calendar
    assert fired == [rung.fires_on(reply_by, calendar) for rung in rungs]
    turn(reply_by + timedelta(days=30))  # a second start of the same day
    qtbot.waitUntil(lambda: len(counts) == 31)
    assert counts[-1] == 0


def test_filters_and_search_list_exactly_theirs(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    first = issue(qtbot, city, view)
    issue(qtbot, city, view)
    view.open_letter(first)
    qtbot.waitUntil(lambda: view.page.letter is not None and view.page.letter.id == first)
    view.page.do(Act.WITHDRAW, "误发")
    qtbot.mouseClick(view.page.back_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.model.rowCount() == 1)
    view.states.set_selected([LetterState.WITHDRAWN.value])
    qtbot.waitUntil(
        lambda: (
            view.model.rowCount() == 1
            and (view.model.row_values(0) or {}).get("number") == "洛执督〔2026〕1号"
        )
    )
    view.states.set_selected([])
    qtbot.waitUntil(lambda: view.model.rowCount() == 2)
    qtbot.keyClicks(view.search, "2")
    qtbot.waitUntil(lambda: view.model.rowCount() in (1, 2) and view.filter.text == "2")
    view.search.setText("洛执督〔2026〕1号")
    qtbot.waitUntil(lambda: view.model.rowCount() == 1)
    view.search.clear()
    qtbot.mouseClick(view.late_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.model.rowCount() == 0)
    view.apply({"case_id": city.late_case})
    qtbot.waitUntil(lambda: view.model.rowCount() == 2)


def test_the_printed_letter_holds_all_parts(qtbot: QtBot, city: RealCity, tmp_path: Path) -> None:
    view = open_view(qtbot, city)
    issue(qtbot, city, view)
    assert view.page.letter is not None
    sheet = filled(view.page.letter, city.context.now())
    path = print_letter(LetterPrint(sheet, tmp_path / "letter.pdf"))
    pages = PdfReader(path).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    for wanted in ("洛执督〔2026〕1号", "（2026）豫0381执2962号", "顾长风", "2026年11月23日"):
        assert wanted in text, wanted
    assert "草稿" not in text

    pasted = replace(view.page.letter.text, facts="一、甲\t乙\n\n二、丙")
    sheet = filled(replace(view.page.letter, text=pasted), city.context.now())
    pages = PdfReader(print_letter(LetterPrint(sheet, tmp_path / "pasted.pdf"))).pages
    assert "一、甲乙" in "".join("".join(page.extract_text().split()) for page in pages)

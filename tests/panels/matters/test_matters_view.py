"""舆情与汇报 by real clicks: entered, answered, decided, printed, kept."""

from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.contract.context import Selection, Who
from desktop.panels.matters.rules import Act, State
from desktop.panels.matters.view import MattersView
from storage.schema import table
from tests.panels.real_city import TODAY, RealCity, real_city
from widgets.forms import FormDialog
from widgets.pdf_preview import PdfPreview


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def opened(qtbot: QtBot, city: RealCity) -> MattersView:
    view = MattersView(city.context)
    qtbot.addWidget(view)
    model = view.list.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.resize(1100, 640)
    view.show()
    qtbot.waitExposed(view)
    return view


def press(qtbot: QtBot, where: QWidget, text: str) -> None:
    (button,) = (
        one for one in where.findChildren(QPushButton) if one.text() == text and one.isVisible()
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def typed(view: MattersView, kind: str, **values: object) -> None:
    form = view.forms[kind].form
    for key, value in values.items():
        form.field(key).set_value(value)


def rows(view: MattersView) -> list[dict[str, object]]:
    model = view.list.model
    found = [model.row_values(n) for n in range(model.rowCount())]
    return [dict(row) for row in found if row is not None]


def sit_down(city: RealCity, name: str) -> str:
    with city.context.engine.connect() as connection:
        person = table("person").c
        found = connection.execute(select(person.id).where(person.name == name)).scalar_one()
    city.context.who = Who(found, name, "")
    return str(found)


def new_opinion(qtbot: QtBot, view: MattersView) -> None:
    press(qtbot, view.list, "New opinion item")
    qtbot.waitUntil(lambda: view.shown is view.forms["opinion"])
    typed(view, "opinion", title="网帖称执行不力", source="本地论坛", body="帖文一则")
    with qtbot.waitSignal(view.forms["opinion"].saved):
        press(qtbot, view.forms["opinion"], "Save")
    qtbot.waitUntil(lambda: view.shown is view.page)


def new_brief(qtbot: QtBot, view: MattersView) -> None:
    press(qtbot, view.list, "New brief")
    qtbot.waitUntil(lambda: view.shown is view.forms["brief"])
    typed(view, "brief", title="终本比例偏高", body="三院偏高", advice="逐案核查")
    with qtbot.waitSignal(view.forms["brief"].saved):
        press(qtbot, view.forms["brief"], "Save")
    qtbot.waitUntil(lambda: view.shown is view.page)


def answer(qtbot: QtBot, view: MattersView, name: str, text: str) -> None:
    """Types into the dialog that asks for words, and accepts."""
    dialog = view.page.findChild(QDialog, name)
    assert dialog is not None
    box = dialog.findChild(QPlainTextEdit, "text")
    assert box is not None
    box.setPlainText(text)
    button = dialog.findChild(QPushButton, "accept")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_an_item_about_the_chosen_case_is_entered_answered_and_closed(
    qtbot: QtBot, city: RealCity
) -> None:
    city.context.select(Selection(city.late_case))
    view = opened(qtbot, city)
    press(qtbot, view.list, "New opinion item")
    qtbot.waitUntil(lambda: view.shown is view.forms["opinion"])
    form = view.forms["opinion"]
    assert form.form.field("case_number").value() == "（2026）豫0381执2962号"
    assert form.due_on.value() == date(2026, 11, 25)
    typed(view, "opinion", heat=5)
    assert form.due_on.value() == date(2026, 11, 24), "a hot one is due sooner"
    form.heat.setCurrentIndex(0)
    view.forms["opinion"].form.close_keeping_draft()
    new_opinion(qtbot, view)
    found = view.page.matter
    assert found is not None
    assert (found.case_id, found.due_on) == (city.late_case, "2026-11-25")
    assert city.context.labels == ["登记舆情"]
    qtbot.mouseClick(view.page.act_buttons[Act.REPLY], Qt.MouseButton.LeftButton)
    answer(qtbot, view, "ask_reply", "该案已恢复执行")
    assert view.page.matter is not None
    assert view.page.matter.state is State.ANSWERED
    qtbot.mouseClick(view.page.act_buttons[Act.CLOSE], Qt.MouseButton.LeftButton)
    answer(qtbot, view, "ask_close", "已平息")
    assert view.page.matter.state is State.CLOSED
    assert not any(button.isVisible() for button in view.page.act_buttons.values())
    assert "已平息" in view.page.body.text()
    press(qtbot, view.page, "Go to case")
    assert city.context.opened[-1] == ("case_query", {"case_id": city.late_case})
    press(qtbot, view.page, "Back to list")
    qtbot.waitUntil(lambda: view.list.count_label.text() == "0 items")
    view.apply({"case_id": city.late_case})
    qtbot.waitUntil(lambda: len(rows(view)) == 1)


def test_a_brief_is_submitted_decided_and_printed_on_one_page(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    new_brief(qtbot, view)
    qtbot.mouseClick(view.page.act_buttons[Act.SUBMIT], Qt.MouseButton.LeftButton)
    dialog = view.page.findChild(QDialog, "confirm_submit")
    assert dialog is not None
    press(qtbot, dialog, "提交")
    assert view.page.matter is not None
    assert view.page.matter.state is State.SUBMITTED
    sit_down(city, "院长丁")
    qtbot.mouseClick(view.page.act_buttons[Act.DECIDE], Qt.MouseButton.LeftButton)
    asked = view.page.findChild(FormDialog, "ask_decide")
    assert asked is not None
    owner = asked.findChild(QComboBox)
    assert owner is not None
    owner.setCurrentIndex(owner.findText("顾长风　东城"))
    words = asked.findChild(QPlainTextEdit)
    assert words is not None
    words.setPlainText("同意，由执行局牵头")
    press(qtbot, asked, "批示")
    qtbot.waitUntil(lambda: view.page.matter is not None and view.page.matter.owner == "顾长风")
    assert view.page.matter.state is State.DECIDED
    assert view.page.matter.due_on == "2026-12-07", "ten working days from the decision"
    press(qtbot, view.page, "Print on one page")
    qtbot.waitUntil(lambda: view.page.findChild(PdfPreview) is not None)
    (path,) = city.context.documents_folder().glob("汇报*.pdf")
    (page,) = PdfReader(path).pages
    assert "同意，由执行局牵头" in page.extract_text()
    assert city.context.copies == [("print", "重大问题汇报", None)]


def test_who_may_not_decide_is_told_and_the_form_stays(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    new_brief(qtbot, view)
    qtbot.mouseClick(view.page.act_buttons[Act.SUBMIT], Qt.MouseButton.LeftButton)
    confirm = view.page.findChild(QDialog, "confirm_submit")
    assert confirm is not None
    press(qtbot, confirm, "提交")
    qtbot.mouseClick(view.page.act_buttons[Act.DECIDE], Qt.MouseButton.LeftButton)
    asked = view.page.findChild(FormDialog, "ask_decide")
    assert asked is not None
    owner, words = asked.findChild(QComboBox), asked.findChild(QPlainTextEdit)
    assert owner is not None
    assert words is not None
    owner.setCurrentIndex(0)
    words.setPlainText("同意")
    press(qtbot, asked, "批示")
    assert city.context.notices[-1] == ("error", "汇报人不得批示自己所作的汇报。")
    assert asked.isVisible()
    assert words.toPlainText() == "同意"


def test_a_brief_that_is_too_long_is_told_while_it_is_written(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    press(qtbot, view.list, "New brief")
    qtbot.waitUntil(lambda: view.shown is view.forms["brief"])
    form = view.forms["brief"].form
    assert not view.forms["brief"].due_on.isVisible()
    with qtbot.waitSignal(form.edited):
        typed(view, "brief", title="甲", body="长" * 900, advice="短")
    qtbot.waitUntil(lambda: "约多出" in form.field("advice").error())
    press(qtbot, view.forms["brief"], "Save")
    assert city.context.labels == []


def test_what_is_typed_comes_back(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    press(qtbot, view.list, "New opinion item")
    qtbot.waitUntil(lambda: view.shown is view.forms["opinion"])
    title = view.forms["opinion"].form.field("title").control
    assert isinstance(title, QLineEdit)
    title.setFocus()
    qtbot.keyClicks(title, "half")
    qtbot.keyClick(title, Qt.Key.Key_Escape)
    assert view.shown is view.list
    view.apply({"new": "opinion"})
    qtbot.waitUntil(lambda: title.text() == "half")
    assert view.forms["opinion"].raised_on.value() == TODAY


def test_the_list_opens_late_first_and_filters(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    for title, due in (("甲", "2026-11-30"), ("乙", "2026-11-20")):
        city.put(
            "matter",
            kind="opinion",
            title=title,
            maker_id=city.operator,
            raised_on="2026-11-18",
            source="微博",
            body="文",
            due_on=due,
        )
    view.list.live.ask()
    qtbot.waitUntil(lambda: [row["title"] for row in rows(view)] == ["乙", "甲"])
    assert rows(view)[0]["state"] == ("overdue", "逾期 3 日")
    qtbot.mouseClick(view.list.late_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [row["title"] for row in rows(view)] == ["乙"])
    qtbot.mouseClick(view.list.late_button, Qt.MouseButton.LeftButton)
    view.list.search.setText("甲")
    qtbot.waitUntil(lambda: [row["title"] for row in rows(view)] == ["甲"])
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 1)
    place = view.list.table.visualRect(view.list.model.index(0, 2)).center()
    viewport = view.list.table.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: view.shown is view.page)
    assert view.page.matter is not None
    assert view.page.matter.title == "甲"

"""The watch over money by real clicks: lights, hints, filters, dates explained, delays, papers."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.contract.context import Selection
from desktop.panels.fund_watch.queries import navigator_count
from desktop.panels.fund_watch.rules import WatchFilter
from desktop.panels.fund_watch.view import FundWatchView
from storage.schema import table
from tests.funds.till import FINANCE, Till, till_of
from tests.panels.real_city import TODAY, RealCity, real_city


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


@pytest.fixture
def till(city: RealCity) -> Till:
    return till_of(city)


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def some_money(till: Till) -> dict[str, str]:
    """One of each light; by the word for it, the entry."""
    city = till.city
    till.city.put("court", id="seat", code="豫03", name="中院", short_name="中院")
    return {
        "red": till.receive(city.late_case, 4_000_00, ago(40), payer="甲公司"),
        "amber": till.receive(city.paused_case, 300_00, ago(4), payer="乙公司"),
        "green": till.receive(city.calm_case, 20_00, ago(0), payer="丙公司"),
        "unknown": till.receive(None, 1_00, ago(4), payer="丁公司"),
    }


def open_view(qtbot: QtBot, till: Till, who: str = "周清和") -> FundWatchView:
    till.city.sit_down(who)
    view = FundWatchView(till.city.context)
    qtbot.addWidget(view)
    for model in (view.list.model, view.delays.list.model, view.unclaimed.list.model):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.resize(1200, 720)
    view.show()
    qtbot.waitExposed(view)
    model = view.list.model
    qtbot.waitUntil(lambda: not model.loading and len(rows(view)) == model.rowCount())
    return view


def rows(view: FundWatchView) -> list[dict[str, object]]:
    model = view.list.model
    found = [model.row_values(row) for row in range(model.rowCount())]
    return [dict(row) for row in found if row is not None]


def row_of(view: FundWatchView, entry: str) -> int:
    return next(n for n, row in enumerate(rows(view)) if row["entry_id"] == entry)


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible(), button.text()
    assert button.isEnabled(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def accept(qtbot: QtBot, view: QWidget, name: str) -> None:
    """Presses the first button of a question."""
    shown = view.window().findChild(QDialog, name)
    assert shown is not None
    button = next(b for b in shown.findChildren(QPushButton) if b.objectName() == "accept")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_red_comes_first_then_amber_then_green(qtbot: QtBot, till: Till) -> None:
    money = some_money(till)
    view = open_view(qtbot, till)
    order = [row["entry_id"] for row in rows(view)]
    assert order == [money["red"], money["amber"], money["unknown"], money["green"]]
    assert [row["clock"][0] for row in rows(view)] == [  # type: ignore[index]
        *("overdue", "due_soon", "due_soon", "normal")
    ]
    assert "4" in view.list.count_label.text()
    with till.city.context.engine.connect() as connection:
        assert navigator_count(connection, TODAY) == (1, "overdue")
        assert navigator_count(connection, TODAY - timedelta(days=39)) == (0, "")


def test_pointing_at_a_red_one_names_the_step_and_the_person(qtbot: QtBot, till: Till) -> None:
    case = till.city.late_case
    till.receive(case, 10_000_00, ago(40))
    till.order(case, 10_000_00, ago(20), (FINANCE[0], ago(19)))
    view = open_view(qtbot, till)
    index = view.list.model.index(0, 0)
    words = index.data(Qt.ItemDataRole.ToolTipRole)
    assert (
        "环节：执行局局长审批" in words.replace("局长审批", "执行局局长审批", 1)
        or "局长审批" in words
    )
    assert "局长审批" in words
    assert "经办：局长乙" in words
    assert "已 19 日" in words
    assert "案款发放" in words or "通知财务部门发放" in words


@pytest.mark.parametrize(
    ("box", "key", "left"),
    [
        ("lights", "due_soon", {"amber", "unknown"}),
        ("colours", "red", {"red"}),
        ("steps", "find", {"unknown"}),
        ("holders", "、".join(FINANCE), {"red", "amber"}),
    ],
)
def test_each_box_chooses_and_an_empty_one_shows_all(
    qtbot: QtBot, till: Till, box: str, key: str, left: set[str]
) -> None:
    money = some_money(till)
    view = open_view(qtbot, till)
    qtbot.waitUntil(lambda: bool(view.list.box("holders").options()))
    view.list.box(box).set_selected((key,))
    view.list.box(box).changed.emit()
    qtbot.waitUntil(lambda: view.list.model.rowCount() == len(left))
    assert {row["entry_id"] for row in rows(view)} == {money[one] for one in left}
    view.list.box(box).set_selected(())
    view.list.box(box).changed.emit()
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 4)


def test_words_and_one_case(qtbot: QtBot, till: Till) -> None:
    money = some_money(till)
    view = open_view(qtbot, till)
    view.list.search.setText("乙公司")
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 1)
    assert rows(view)[0]["entry_id"] == money["amber"]
    view.apply({"case_id": till.city.late_case})
    qtbot.waitUntil(lambda: [r["entry_id"] for r in rows(view)] == [money["red"]])
    press(qtbot, view.list.what)
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 4)
    assert not view.list.what.isVisible()
    wanted = WatchFilter(lights=("overdue",), steps=("tell",), case_id="x", text="甲")
    assert WatchFilter.from_params(wanted.to_params()) == wanted


def test_sorting_by_a_column_goes_over_the_whole_list(qtbot: QtBot, till: Till) -> None:
    some_money(till)
    view = open_view(qtbot, till)
    keys = [column.key for column in view.list.model.columns]
    for key in keys:
        for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
            view.list.model.sort(keys.index(key), order)
            qtbot.waitUntil(lambda: not view.list.model.loading)
            assert view.list.model.rowCount() == 4
    view.list.model.sort(keys.index("left_fen"), Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: rows(view)[0]["left_fen"] == 1_00)
    assert [row["left_fen"] for row in rows(view)] == [1_00, 20_00, 300_00, 4_000_00]


def open_part(qtbot: QtBot, view: FundWatchView, entry: str) -> None:
    view.list.table.selectRow(row_of(view, entry))
    qtbot.keyClick(view.list.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.waiting.currentWidget() is view.page)
    qtbot.waitUntil(lambda: view.page.standing is not None)


def test_the_dates_of_a_sum_are_explained(qtbot: QtBot, till: Till) -> None:
    money = some_money(till)
    view = open_view(qtbot, till)
    open_part(qtbot, view, money["red"])
    assert till.city.context.selection() == Selection(till.city.late_case)
    standing = view.page.standing
    assert standing is not None
    card = view.page.cards.cards[0]
    assert not card.steps.isVisible()
    qtbot.waitUntil(card.why.isVisible)
    press(qtbot, card.why)
    assert card.steps.isVisible()
    assert card.steps.height() > 40
    assert str(standing.due_on) in card.facts.text(), "the clock that presses most stands first"
    assert "法发" in " ".join(one.facts.text() for one in view.page.cards.cards)
    press(qtbot, view.page.back)
    assert view.waiting.currentWidget() is view.list


def test_the_handler_is_told_from_the_page(qtbot: QtBot, till: Till) -> None:
    money = some_money(till)
    view = open_view(qtbot, till, FINANCE[0])
    open_part(qtbot, view, money["red"])
    press(qtbot, view.page.tell_button)
    qtbot.waitUntil(lambda: view.page.standing is not None and view.page.standing.step == "ask")
    assert not view.page.tell_button.isVisible()
    assert "顾长风" in view.page.nudge_button.text()
    press(qtbot, view.page.ask_button)
    asked = {"new": "1", "case_id": till.city.late_case, "amount": "400000"}
    assert till.city.context.opened[-1] == ("disbursement", asked)
    press(qtbot, view.page.nudge_button)
    with till.city.context.engine.connect() as connection:
        bodies = connection.execute(select(table("note").c.body)).scalars().all()
    assert len(bodies) == 2
    assert any("案款到账通知" in body for body in bodies)
    assert any("案款提醒" in body and "提出发放" in body for body in bodies)


def test_it_leads_to_the_order_the_account_and_the_case(qtbot: QtBot, till: Till) -> None:
    case = till.city.late_case
    till.receive(case, 100_00, ago(9))
    order = till.order(case, 100_00, ago(3))
    view = open_view(qtbot, till)
    view.list.table.selectRow(0)
    qtbot.keyClick(view.list.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.page.standing is not None)
    for button in (view.page.order_button, view.page.account_button, view.page.case_button):
        press(qtbot, button)
    assert till.city.context.opened == [
        ("disbursement", {"order_id": order}),
        ("fund_board", {"case_id": case}),
        ("case_query", {"case_id": case}),
    ]
    till.pay(order, 100_00, case, ago(0))
    view.page.live.ask()
    qtbot.waitUntil(lambda: view.page.standing is None)
    assert view.page.empty.isVisible()
    assert not view.page.order_button.isVisible()


def propose(qtbot: QtBot, view: FundWatchView, entry: str) -> None:
    open_part(qtbot, view, entry)
    press(qtbot, view.page.delay_button)
    dialog = view.page.form
    assert dialog is not None
    form = dialog.form
    press(qtbot, form.submit_button)
    assert form.field("ground").error()
    ground = form.field("ground").control
    assert isinstance(ground, QComboBox)
    ground.setCurrentIndex(2)
    reason = form.field("reason").control
    assert isinstance(reason, QPlainTextEdit)
    reason.setPlainText("两次通知未领")
    press(qtbot, form.submit_button)


def test_a_delay_is_proposed_approved_by_another_and_ended(qtbot: QtBot, till: Till) -> None:
    money = some_money(till)
    view = open_view(qtbot, till, "顾长风")
    propose(qtbot, view, money["red"])
    view.apply({"tab": "delays"})
    page = view.delays
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    page.list.table.selectRow(0)
    qtbot.waitUntil(page.card.isVisible)
    assert not page.approve_button.isEnabled()
    assert "提出人以外" in page.fault.text()
    till.city.sit_down("局长乙")
    page.live.ask()
    qtbot.waitUntil(page.approve_button.isEnabled)
    press(qtbot, page.approve_button)
    accept(qtbot, view, "settle_delay")
    qtbot.waitUntil(page.end_button.isVisible)
    view.apply({"case_id": till.city.late_case})
    qtbot.waitUntil(lambda: [r["clock"][0] for r in rows(view)] == ["paused"])  # type: ignore[index]
    view.apply({"tab": "delays"})
    press(qtbot, page.end_button)
    dialog = page.form
    assert dialog is not None
    press(qtbot, dialog.form.submit_button)
    qtbot.waitUntil(lambda: page.form is None)
    view.apply({"case_id": till.city.late_case})
    qtbot.waitUntil(lambda: rows(view)[0]["clock_name"] == "延缓事由消失后发放（10日）")


def test_unfetched_money_with_its_notices(qtbot: QtBot, till: Till) -> None:
    city = till.city
    for days in (35, 100, 400):
        till.receive(city.late_case, days * 100, ago(days))
    city.put("party", case_id=city.late_case, role="applicant", name="青禾贸易", kind="other")
    view = open_view(qtbot, till)
    view.apply({"tab": "unclaimed"})
    page = view.unclaimed
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 3)
    page.bands.set_selected((90,))
    page.bands.changed.emit()
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    page.list.table.selectRow(0)
    qtbot.waitUntil(page.deposit_button.isEnabled)
    press(qtbot, page.deposit_button)
    assert city.context.opened[-1][1]["way"] == "escrow"
    press(qtbot, page.told_button)
    dialog = page.form
    assert dialog is not None
    how = dialog.form.field("how").control
    assert isinstance(how, QLineEdit)
    payee = dialog.form.field("payee").control
    assert isinstance(payee, QLineEdit)
    assert payee.text() == "青禾贸易"
    how.setText("电话")
    press(qtbot, dialog.form.submit_button)
    qtbot.waitUntil(lambda: [one.told for one in page.found] == [1, 1, 1])
    qtbot.keyClicks(page.search, "nobody")
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 0)


def test_the_list_is_printed_and_written_as_it_is_shown(
    qtbot: QtBot, till: Till, tmp_path: Path
) -> None:
    some_money(till)
    view = open_view(qtbot, till)
    view.list.box("lights").set_selected(("overdue", "due_soon"))
    view.list.box("lights").changed.emit()
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 3)
    view.list.print_action.trigger()
    qtbot.waitUntil(lambda: view.list.preview is not None)
    view.list.preview.close()  # type: ignore[union-attr]
    (pdf,) = tmp_path.glob("案款监督清单*.pdf")
    words = "".join(page.extract_text() for page in PdfReader(pdf).pages)
    assert "甲公司" in words
    assert "丙公司" not in words
    assert "4,301.00" in words, "the sum of what is listed"
    assert "〔未核实〕" in words
    view.list.export_action.trigger()
    qtbot.waitUntil(lambda: any(tmp_path.glob("案款监督清单*.xlsx")))
    (sheet,) = tmp_path.glob("案款监督清单*.xlsx")
    cells = [list(row) for row in load_workbook(sheet).active.iter_rows(values_only=True)]
    assert len(cells) == 4
    assert "4000.00" in cells[1]
    acts = [(act, subject) for act, subject, _case in till.city.context.copies]
    assert acts == [("print", "案款监督清单"), ("export", "案款监督清单（3 行）")]


def test_unfetched_money_is_printed_by_bands(qtbot: QtBot, till: Till, tmp_path: Path) -> None:
    for days in (35, 100, 400):
        till.receive(till.city.late_case, days * 100, ago(days))
    view = open_view(qtbot, till)
    view.apply({"tab": "unclaimed"})
    page = view.unclaimed
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 3)
    press(qtbot, page.print_button)
    qtbot.waitUntil(lambda: page.preview is not None)
    page.preview.close()  # type: ignore[union-attr]
    (pdf,) = tmp_path.glob("未领案款清单*.pdf")
    words = "".join(one.extract_text() for one in PdfReader(pdf).pages)
    for said in ("30—89日：1 笔", "90—179日：1 笔", "一年以上：1 笔", "535.00"):
        assert said in words, said
    press(qtbot, page.export_button)
    (sheet,) = tmp_path.glob("未领案款清单*.xlsx")
    assert load_workbook(sheet).active.max_row == 4


def test_a_new_day_turns_green_to_amber(qtbot: QtBot, till: Till) -> None:
    till.receive(till.city.calm_case, 20_00, ago(0))
    view = open_view(qtbot, till)
    assert rows(view)[0]["clock"] == ("normal", "剩 3 日")
    till.city.context.turn_day(date(2026, 11, 25))
    qtbot.waitUntil(lambda: rows(view)[0]["clock"][0] == "due_soon")  # type: ignore[index]

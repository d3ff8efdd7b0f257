"""参与分配 by real keys and clicks: typed, struck, served, objected to, settled, ordered."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, select

from desktop.contract.context import Selection
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.funds.distributions import Plan
from desktop.panels.distribution import queries
from desktop.panels.distribution.dialogs import DecideDialog, ObjectDialog, ServeDialog
from desktop.panels.distribution.queries import PlanFilter
from desktop.panels.distribution.rules import Stand, SumsArgs, stand_of, sums
from desktop.panels.distribution.view import DistributionView
from storage.schema import table
from tests.panels.real_city import TODAY, RealCity, real_city
from widgets.forms import RowsEditor
from widgets.pdf_preview import PdfPreview

SERVED = TODAY - timedelta(days=20)
TYPED: dict[str, Any] = {
    "title": "厂房拍卖款分配",
    "pool": "1000.00",
    "debtor": "natural",
    "debtor_name": "云杉商贸有限公司",
    "on": (SERVED - timedelta(days=5)).isoformat(),
    "costs": [{"name": "申请执行费", "amount": "50.00", "to": "fee"}],
    "claims": [
        {"creditor": "甲", "kind": "ordinary", "amount": "1000.00", "account_no": "622200001"},
        {"creditor": "乙", "kind": "ordinary", "amount": "500.00", "account_no": "622200002"},
    ],
}


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    city = real_city(tmp_path)
    city.put("fund", case_id=city.late_case, kind="case", balance_fen=150_000)
    city.context.select(Selection(city.late_case))
    return city


def opened(qtbot: QtBot, city: RealCity) -> DistributionView:
    view = DistributionView(city.context)
    qtbot.addWidget(view)
    model = view.list.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.resize(1180, 760)
    view.show()
    qtbot.waitExposed(view)
    return view


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled(), button.toolTip()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def typed(qtbot: QtBot, editor: RowsEditor, row: int, key: str, text: str) -> None:
    """Into a cell, as a user does."""
    column = [one.key for one in editor.model.columns].index(key)
    at = editor.model.index(row, column)
    editor.table.setCurrentIndex(at)
    if editor.table.indexWidget(at) is None:
        editor.table.edit(at)
    line = editor.table.indexWidget(at)
    assert isinstance(line, QLineEdit)
    line.selectAll()
    line.insert(text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def cell(editor: RowsEditor, row: int, key: str) -> str:
    column = [one.key for one in editor.model.columns].index(key)
    return str(editor.model.index(row, column).data())


def saved(qtbot: QtBot, view: DistributionView, **more: Any) -> Plan:
    """A plan put in through the editor."""
    view.apply({"new": "1"})
    view.editor._put({**TYPED, **more})
    view.editor.count_now()
    press(qtbot, view.editor.save_button)
    assert view.page.plan is not None
    return view.page.plan


def dialog_of(where: QWidget, kind: type[QDialog]) -> Any:
    (found,) = (one for one in where.findChildren(kind) if one.isVisible())
    return found


def served(qtbot: QtBot, view: DistributionView, on: date = SERVED) -> Plan:
    saved(qtbot, view)
    press(qtbot, view.page.buttons["serve"])
    dialog = dialog_of(view.page, ServeDialog)
    dialog.on.set_value(on)
    press(qtbot, dialog.form.submit_button)
    assert view.page.plan is not None
    return view.page.plan


def objected(qtbot: QtBot, view: DistributionView) -> Plan:
    served(qtbot, view, TODAY - timedelta(days=3))
    press(qtbot, view.page.buttons["object"])
    dialog = dialog_of(view.page, ObjectDialog)
    dialog.by_name.setText("甲")
    dialog.claim.setCurrentIndex(dialog.claim.findData("乙"))
    dialog.body.setPlainText("乙的债权已部分清偿")
    press(qtbot, dialog.form.submit_button)
    assert view.page.plan is not None
    return view.page.plan


def test_shares_are_there_while_one_types(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    view.apply({"new": "1"})
    editor = view.editor
    assert view.shown is editor
    for rows in (editor.costs, editor.claims):
        QAbstractItemModelTester(
            rows.model, QAbstractItemModelTester.FailureReportingMode.Fatal, rows.model
        )
    assert editor.pool.text() == "1500.00"  # what the account has
    assert editor.debtor.currentData() == "enterprise"
    editor.debtor.setCurrentIndex(editor.debtor.findData("natural"))
    for row, (name, amount) in enumerate((("甲", "1000"), ("乙", "500"), ("丙", "1500.01"))):
        typed(qtbot, editor.claims, row, "creditor", name)
        typed(qtbot, editor.claims, row, "amount", amount)
    qtbot.waitUntil(lambda: cell(editor.claims, 0, "got") == "500.00")
    assert cell(editor.claims, 1, "got") == "250.00"
    assert cell(editor.claims, 2, "got") == "750.00"
    assert cell(editor.claims, 1, "quota").startswith("249.99916666 ＋1分")
    assert "＝ 1,500.00 元" in editor.total.text()
    typed(qtbot, editor.claims, 2, "amount", "0.01")
    qtbot.waitUntil(lambda: cell(editor.claims, 0, "got") == "999.99")
    assert cell(editor.claims, 2, "got") == "0.01"  # the largest remainder


def test_everything_wrong_is_shown_and_cannot_be_saved(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    view.apply({"new": "1"})
    claims = [{"creditor": "甲", "amount": "x"}, {}, {"creditor": "", "amount": "5"}]
    view.editor._put({**TYPED, "pool": "-1", "claims": claims})
    view.editor.count_now()
    words = view.editor.faults.text()
    for part in ("可供分配：金额不能为负数", "债权第 1 行·数额", "债权第 3 行·债权人"):
        assert part in words
    assert not view.editor.save_button.isEnabled()
    model = view.editor.claims.model
    assert "不是金额" in model.index(0, 2).data(Qt.ItemDataRole.ToolTipRole)


def test_a_struck_claim_shows_who_would_gain(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    view.apply({"new": "1"})
    editor = view.editor
    editor._put(TYPED)
    editor.count_now()
    editor.claims.table.setCurrentIndex(editor.claims.model.index(1, 0))
    press(qtbot, editor.strike_button)
    assert cell(editor.claims, 0, "change") == "950.00（＋316.67）"
    assert cell(editor.claims, 1, "change") == "剔除（-316.67）"
    assert cell(editor.claims, 0, "got") == "633.33"  # the plan itself is as it was
    font = editor.claims.model.index(1, 0).data(Qt.ItemDataRole.FontRole)
    assert font.strikeOut()
    press(qtbot, editor.strike_button)
    assert cell(editor.claims, 0, "change") == ""


def test_a_pool_beyond_the_account_and_a_late_claim_are_warned_of(
    qtbot: QtBot, city: RealCity
) -> None:
    view = opened(qtbot, city)
    view.apply({"new": "1"})
    claims = [{**TYPED["claims"][0], "applied_on": "2026-11-02"}]
    view.editor._put({**TYPED, "pool": "1500.01", "claims": claims, "ends_on": "2026-11-01"})
    view.editor.count_now()
    words = view.editor.warnings.text()
    assert "账户可用余额只有 1,500.00 元" in words
    assert "甲在财产执行终结（2026-11-01）之后才申请" in words
    assert view.editor.save_button.isEnabled()  # a warning, not a refusal


def test_what_is_typed_survives(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    view.apply({"new": "1"})
    typed(qtbot, view.editor.claims, 0, "creditor", "甲")
    again = opened(qtbot, city)
    again.apply({"new": "1"})
    assert again.editor.claims.values()[0]["creditor"] == "甲"
    assert again.editor.note.isVisible()
    saved(qtbot, again)
    assert not [key for key in city.context.drafts if key.startswith("distribution")]


def test_a_quick_distribution_becomes_a_plan(qtbot: QtBot, city: RealCity) -> None:
    asked = {
        "pool": "900.00",
        "debtor": "enterprise",
        "costs": [{"name": "评估费", "amount": "1.00"}],
        "claims": [{"id": "丁", "kind": "priority", "amount": "5.00", "seizure_rank": 1}],
    }
    told = json.dumps({"kind": "distribute", "input": asked})
    view = opened(qtbot, city)
    view.apply({"new": "1", "case_id": city.late_case, "computation": told})
    found = view.editor.typed()
    assert (found["pool"], found["debtor"]) == ("900.00", "enterprise")
    assert found["claims"][0]["creditor"] == "丁"
    assert found["claims"][0]["seizure_rank"] == "1"
    assert found["costs"][0]["to"] == "fee"


def test_service_objection_decision_and_settling(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    plan = objected(qtbot, view)
    assert (plan.state, plan.open_objections) == ("objected", 1)
    assert plan.wait_until == "2026-12-07"  # fifteen days end on a Saturday
    buttons = view.page.buttons
    assert not buttons["orders"].isEnabled()
    assert "异议" in buttons["settle"].toolTip()
    assert "至 2026-12-07" in view.page.limits.text()
    press(qtbot, buttons["decide"])
    dialog = dialog_of(view.page, DecideDialog)
    dialog.decision.setCurrentIndex(dialog.decision.findData("sued"))
    dialog.reason.setPlainText("（2026）豫0381民初1号")
    press(qtbot, dialog.form.submit_button)
    assert view.page.plan is not None
    assert view.page.plan.disputed() == {"乙"}
    assert "异议期至 2026-12-07" in buttons["settle"].toolTip()
    city.context.turn_day(date(2026, 12, 8))
    view.open_plan(plan.id)
    press(qtbot, buttons["settle"])
    (confirm,) = view.page.findChildren(QDialog, "settle_plan")
    press(qtbot, confirm.findChild(QPushButton, "accept"))
    assert view.page.plan.state == "settled"
    assert not buttons["settle"].isVisible()


def test_a_day_of_service_in_the_future_is_refused_in_the_dialog(
    qtbot: QtBot, city: RealCity
) -> None:
    view = opened(qtbot, city)
    saved(qtbot, view)
    press(qtbot, view.page.buttons["serve"])
    dialog = dialog_of(view.page, ServeDialog)
    dialog.on.set_value(TODAY)
    assert "2026-12-08" in dialog.form.field("on")._below.text()
    dialog.on.set_value(TODAY + timedelta(days=1))
    press(qtbot, dialog.form.submit_button)
    assert dialog.form.field("on").error()
    dialog.on.set_value(SERVED - timedelta(days=6))
    press(qtbot, dialog.form.submit_button)
    assert "不能早于制作" in dialog.form.field("on").error()
    assert view.page.plan is not None
    assert view.page.plan.state == "draft"


def test_a_served_plan_goes_back_to_its_draft_and_is_changed(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    served(qtbot, view)
    assert not view.page.buttons["change"].isVisible()
    press(qtbot, view.page.buttons["reopen"])
    (dialog,) = view.page.findChildren(QDialog, "reopen_plan")
    dialog.findChild(QWidget, "text").setPlainText("数额有误")
    press(qtbot, dialog.findChild(QPushButton, "accept"))
    press(qtbot, view.page.buttons["change"])
    assert view.shown is view.editor
    typed(qtbot, view.editor.claims, 1, "amount", "400")
    press(qtbot, view.editor.save_button)
    assert view.page.plan is not None
    assert view.page.plan.content.question["claims"][1]["amount"] == "400.00"
    assert "数额有误" in view.page.warnings.text()


def on_a_hub(city: RealCity) -> None:
    """The desk has joined a shared database: it asks and does not decide."""
    with city.context.engine.begin() as connection:
        connection.execute(insert(table("_ctl")).values(one=1, device_id="pc", hub_id="hub"))


def test_orders_are_made_in_one_step(qtbot: QtBot, city: RealCity) -> None:
    on_a_hub(city)
    view = opened(qtbot, city)
    plan = served(qtbot, view)
    press(qtbot, view.page.buttons["orders"])
    page = view.orders
    assert view.shown is page
    assert [one.payee for one in page.wanted] == ["申请执行费", "甲", "乙"]
    assert "3 " in page.total.text()
    for row in (1, 2):
        typed(qtbot, page.rows, row, "confirmed_on", "2026-11-20")
    press(qtbot, page.make_button)
    (ask,) = page.findChildren(QDialog, "confirm_orders")
    press(qtbot, ask.findChild(QPushButton, "accept"))
    assert "甲：确认人未填写" in page.faults.text()
    assert "乙：确认人未填写" in page.faults.text()
    for row in (1, 2):
        typed(qtbot, page.rows, row, "confirmed_by", "本人")
    press(qtbot, page.make_button)
    ask = page.findChildren(QDialog, "confirm_orders")[-1]
    press(qtbot, ask.findChild(QPushButton, "accept"))
    assert view.shown is view.page
    with city.context.engine.connect() as connection:
        request = table("request").c
        asked = [json.loads(one) for one in connection.scalars(select(request.args)).all()]
    assert [(one["payee"], one["amount_fen"], one["purpose"]) for one in asked] == [
        ("申请执行费", 5_000, "fee"),
        ("甲", 63_333, "payment"),
        ("乙", 31_667, "payment"),
    ]
    assert all(one["distribution_id"] == plan.id for one in asked)
    assert asked[0]["target"] == "fee"
    assert asked[1]["account_no"] == "622200001"
    assert asked[1]["remaining_fen"] == 100_000 - 63_333
    told = json.loads(asked[1]["computation"])
    assert (told["claim"], told["input"]) == ("甲", plan.content.question)
    assert view.page.orders.rowCount() == 3
    press(qtbot, view.page.buttons["orders"])
    assert page.wanted == ()  # nothing is asked for twice
    assert "不能" not in view.page.buttons["reopen"].toolTip()
    assert "已有支付单" in view.page.buttons["reopen"].toolTip()


def test_one_order_goes_to_the_order_form(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    plan = served(qtbot, view)
    press(qtbot, view.page.buttons["orders"])
    view.orders.rows.table.setCurrentIndex(view.orders.rows.model.index(1, 4))
    press(qtbot, view.orders.form_button)
    ((panel, params),) = city.context.opened
    assert panel == "disbursement"
    assert (params["payee"], params["amount"]) == ("甲", "63333")
    assert params["distribution_id"] == plan.id


def test_the_screen_says_until_when_orders_wait(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    served(qtbot, view, TODAY)
    press(qtbot, view.page.buttons["orders"])
    assert "2026-12-08" in view.orders.until.text()
    view._go_back()
    city.context.turn_day(date(2026, 12, 9))
    plan = view.page.plan
    assert plan is not None
    view.orders.open_plan(plan)
    assert "2026-12-08" not in view.orders.until.text()


def test_the_plan_is_printed(qtbot: QtBot, city: RealCity, tmp_path: Path) -> None:
    view = opened(qtbot, city)
    served(qtbot, view)
    press(qtbot, view.page.buttons["print"])
    assert view.page.findChild(PdfPreview) is not None
    (path,) = tmp_path.glob("*.pdf")
    with pdfplumber.open(path) as pdf:
        words = "".join(page.extract_text() or "" for page in pdf.pages).replace("\n", "")
    for part in ("执行财产分配方案", "633.33", "316.67", "民诉法解释第509条"):
        assert part in words
    assert city.context.copies == [("print", "执行财产分配方案", city.late_case)]


def test_the_list_and_its_count(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    first = served(qtbot, view)
    second = saved(qtbot, view, title="存款分配")
    view._go_back()
    view.list.live.ask()
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 2)

    def ids() -> list[object]:
        rows = [view.list.model.row_values(n) for n in range(2)]
        return [row["id"] for row in rows if row is not None]

    qtbot.waitUntil(lambda: ids() == [second.id, first.id])
    with city.context.engine.connect() as connection:
        assert queries.waiting_plans(connection, TODAY) == (1, "due_soon")
        assert queries.waiting_plans(connection, SERVED) == (0, "")
    view.list.stands.set_selected([Stand.READY.value])
    view.list._on_filter()
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 1)
    view.list.search.setText("没有")
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 0)


def test_what_the_filter_finds_is_what_a_row_says(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    plan = objected(qtbot, view)
    served(qtbot, view)
    saved(qtbot, view)
    days = [SERVED, TODAY, date.fromisoformat(plan.wait_until) + timedelta(days=1)]
    for day in days:
        with city.context.engine.connect() as connection:
            found: dict[str, set[int]] = {}
            for stand in Stand:
                args = SnapshotArgs(Dated(PlanFilter((stand.value,)), day), None, False)
                for n in queries.snapshot(connection, args):
                    found.setdefault(stand.value, set()).add(n)
            everything = queries.snapshot(
                connection, SnapshotArgs(Dated(PlanFilter(), day), None, False)
            )
            assert sorted(n for some in found.values() for n in some) == sorted(everything)
            plan_rows = table("distribution").c
            for row in connection.execute(
                select(queries._row_id, plan_rows.state, plan_rows.wait_until, queries._open)
            ):
                stand = stand_of(row[1], row[2] or "", row[3], day)
                assert row[0] in found[stand.value]


def test_everybody_who_changes_is_told() -> None:
    claims = [
        {"creditor": f"债权人{n}", "kind": "ordinary", "amount": f"{n + 1}000.01"}
        for n in range(100)
    ]
    args = SumsArgs({**TYPED, "pool": "1000000.00", "claims": claims}, frozenset({3}), 0)
    found = sums(args)
    assert found.result is not None
    assert len(found.changes) == 100
    assert sum(one.gain_fen for one in found.changes) == 0

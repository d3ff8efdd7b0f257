"""An order from the form to the bank's word, by real clicks over the real rules and money."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.errors import UserError
from desktop.panels.disbursement.commands import ActArgs, act
from desktop.panels.disbursement.rules import COURSE_WORDS, Act, Course
from desktop.panels.disbursement.view import DisbursementView
from storage.ledger.asking import ask
from storage.ledger.moments import written_at
from storage.session import Session
from tests.panels.clicks import shown
from tests.panels.disbursement.store_desk import Desk, store_desk


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Iterator[Desk]:
    with store_desk(session, tmp_path) as made:
        yield made


def opened(qtbot: QtBot, desk: Desk, name: str, params: dict[str, str]) -> DisbursementView:
    desk.sit_down(name)
    view = DisbursementView(desk.context)
    shown(qtbot, view, 1180, 780)
    view.apply(params)
    return view


def page(qtbot: QtBot, desk: Desk, name: str, order_id: str) -> DisbursementView:
    view = opened(qtbot, desk, name, {"order_id": order_id})
    qtbot.waitUntil(lambda: view.page.order is not None and view.page.order.id == order_id)
    return view


def buttons(view: DisbursementView) -> set[str]:
    return {button.objectName() for button in view.page.buttons.values() if button.isVisible()}


def press(qtbot: QtBot, view: DisbursementView, name: str) -> None:
    button = view.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def accept(qtbot: QtBot, view: DisbursementView, name: str) -> None:
    dialog = view.findChild(QDialog, name)
    assert dialog is not None, name
    button = dialog.findChild(QPushButton, "accept")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def course(qtbot: QtBot, view: DisbursementView, wanted: Course) -> None:
    """Waits until the page shows the order standing there."""
    qtbot.waitUntil(lambda: view.page.order is not None and view.page.order.course is wanted)


def line(view: DisbursementView, name: str) -> QLineEdit:
    found = view.form.findChild(QLineEdit, name)
    assert isinstance(found, QLineEdit)
    return found


def raw(desk: Desk, name: str, order_id: str, kind: Act, **more: Any) -> str:
    """What the command says without any button."""
    stage = desk.one("select stage from payment_order where id = ?", order_id)
    sha = desk.one("select content_sha256 from payment_order where id = ?", order_id)
    args = ActArgs(order_id, kind, desk.people[name], stage, sha, words="理由", **more)
    with (
        pytest.raises(UserError) as refused,
        desk.context.session.write("测试") as write,
    ):
        act(write.connection, args)
    return str(refused.value)


def test_an_order_goes_its_way_from_the_form_to_the_payment(qtbot: QtBot, desk: Desk) -> None:
    view = opened(qtbot, desk, "顾长风", {"new": "1", "case_id": desk.case_id})
    qtbot.waitUntil(view.form.amount.isEnabled)
    assert "86,000.00" in view.form.known.text()
    line(view, "order_payee").setText("申请人甲")
    qtbot.keyClicks(line(view, "order_account"), "6222 0000 0000 1234")
    line(view, "bank").setText("示范银行")
    qtbot.keyClicks(line(view, "confirmed_on"), "2026-11-20")
    qtbot.keyClicks(line(view, "principal_fen"), "20000")
    qtbot.keyClicks(line(view, "interest_fen"), "4800")
    assert view.form.amount.value() == 2_480_000  # the sum of its parts
    press(qtbot, view, "submit_order")
    course(qtbot, view, Course.APPROVING)
    order = view.page.order
    assert order is not None
    assert desk.available() == 8_600_000 - 2_480_000
    assert buttons(view) == {"act_withdraw"}  # whoever asks cannot approve
    view.close()

    for name, stage in (("许会计", "案款管理人"), ("局长乙", "局长")):
        view = page(qtbot, desk, name, order.id)
        assert buttons(view) >= {"act_pass", "act_return"}, stage
        press(qtbot, view, "act_pass")
        qtbot.waitUntil(lambda view=view: "act_pass" not in buttons(view))
        view.close()
    view = page(qtbot, desk, "许会计", order.id)
    assert "act_send" not in buttons(view)  # nobody sends what he approved
    view.close()

    desk.context.set_setting("fund_account", "1001 2345 6789")
    view = page(qtbot, desk, "秦会计", order.id)
    press(qtbot, view, "act_send")
    accept(qtbot, view, "confirm_sending")
    qtbot.waitUntil(lambda: view.shown_page == "bank")
    qtbot.waitUntil(lambda: len(desk.context.copies) == 2)  # the bank file and its slip
    view.open_order(order.id)
    course(qtbot, view, Course.SENT)
    view.page.words.setPlainText("银行回单 2026-1")
    press(qtbot, view, "act_paid")
    accept(qtbot, view, "confirm_paid")
    course(qtbot, view, Course.PAID)
    assert desk.one("select balance_fen from fund where case_id = ?", desk.case_id) == 6_120_000
    chain = [(link.words, link.who, link.state) for link in view.page.order.chain]  # type: ignore[union-attr]
    assert chain == [
        ("承办人提出", "顾长风", "done"),
        ("案款管理人审核", "许会计", "done"),
        ("执行局局长审批", "局长乙", "done"),
        ("财务送出", "秦会计", "done"),
        ("银行已付", "秦会计", "done"),
    ]


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("顾长风", Act.PASS, "经办人不得复核"),
        ("局长乙", Act.PASS, "担任相应职务"),
        ("院领导丙", Act.PASS, "担任相应职务"),
    ],
)
def test_without_the_right_there_is_no_button_and_the_raw_call_is_refused(
    qtbot: QtBot, desk: Desk, name: str, kind: Act, words: str
) -> None:
    order_id = desk.order()
    view = page(qtbot, desk, name, order_id)
    assert "act_pass" not in buttons(view)
    assert words in raw(desk, name, order_id, kind)
    assert desk.state(order_id) == "approving"


def test_who_passed_one_stage_neither_passes_another_nor_sends(qtbot: QtBot, desk: Desk) -> None:
    order_id = desk.approved()
    view = page(qtbot, desk, "许会计", order_id)
    assert "act_send" not in buttons(view)
    with desk.context.session.write("测试") as write:
        asked = ask(
            write.connection,
            "send_order",
            {"order_id": order_id, "batch": "付20261123-00000000", "channel": "file"},
            by=desk.people["许会计"],
        )
    assert asked.answer is not None
    assert (asked.answer.accepted, asked.answer.code) == (False, "twice")


def test_what_comes_back_keeps_its_history_and_is_made_again(qtbot: QtBot, desk: Desk) -> None:
    order_id = desk.order()
    view = page(qtbot, desk, "许会计", order_id)
    assert not view.page.buttons[Act.RETURN, ""].isEnabled()  # a reason first
    view.page.words.setPlainText("账号与身份证不符")
    press(qtbot, view, "act_return")
    course(qtbot, view, Course.RETURNED)
    assert desk.available() == 8_600_000
    view.close()
    view = page(qtbot, desk, "顾长风", order_id)
    assert buttons(view) == {"act_again"}
    press(qtbot, view, "act_again")
    qtbot.waitUntil(view.form.amount.isEnabled)
    assert view.form.payee.text() == "申请人甲"
    assert line(view, "order_account").text() == "6222000000001234"
    line(view, "order_account").setText("6222000000009999")
    press(qtbot, view, "submit_order")
    qtbot.waitUntil(lambda: view.shown_page == "order")
    course(qtbot, view, Course.APPROVING)
    again = view.page.order
    assert again is not None
    assert again.replaces == order_id
    told = [(deed.words, deed.who, deed.body) for deed in again.history]
    assert told == [
        ("提出", "顾长风", ""),
        ("案款管理人审核退回", "许会计", "账号与身份证不符"),
        ("提出", "顾长风", ""),
    ]
    old = desk.one("select account_no from payment_order where id = ?", order_id)
    assert old == "6222000000001234"  # nothing was edited


def test_another_account_than_last_time_asks_for_a_call_back(qtbot: QtBot, desk: Desk) -> None:
    desk.ask("秦会计", "answer_order", order_id=desk.sent(100_000), outcome="paid", reason="回单")
    view = opened(qtbot, desk, "顾长风", {"new": "1", "case_id": desk.case_id})
    qtbot.waitUntil(view.form.amount.isEnabled)
    line(view, "order_payee").setText("申请人甲")
    assert line(view, "order_account").text() == "6222000000001234"  # where he was paid last
    assert line(view, "confirmed_on").text() == ""  # that it is still his he confirms anew
    assert not view.form.warning.isVisible()
    assert not line(view, "call_back_on").isVisible()
    qtbot.keyClicks(line(view, "order_account"), "5")
    assert "6222000000001234" in view.form.warning.text()
    assert line(view, "call_back_on").isVisible()
    qtbot.keyClicks(line(view, "confirmed_on"), "2026-11-20")
    qtbot.keyClicks(view.form.amount, "500")
    press(qtbot, view, "submit_order")
    course(qtbot, view, Course.APPROVING)
    order = view.page.order
    assert order is not None
    view.close()
    # Without the call back it is passed by nobody, by button or without.
    view = page(qtbot, desk, "许会计", order.id)
    assert "回拨" in view.page.warnings.text()
    assert not view.page.buttons[Act.PASS, ""].isEnabled()
    assert "回拨" in raw(desk, "许会计", order.id, Act.PASS)


def test_two_clerks_at_once_one_wins_and_the_other_sees_who_and_when(
    qtbot: QtBot, desk: Desk
) -> None:
    order_id = desk.approved()
    first = page(qtbot, desk, "秦会计", order_id)
    press(qtbot, first, "act_send")
    second = page(qtbot, desk, "钱会计", order_id)
    press(qtbot, second, "act_send")
    accept(qtbot, second, "confirm_sending")  # she is faster
    qtbot.waitUntil(lambda: desk.state(order_id) == "sent")
    desk.sit_down("秦会计")
    accept(qtbot, first, "confirm_sending")
    qtbot.waitUntil(lambda: first.findChild(QDialog, "not_sent") is not None)
    assert first.page.refusal.text().startswith("已由 钱会计 于 2026-11-23 08:30 送出")
    assert desk.count("payment_act", "act = 'send'") == 1


def test_a_wrong_payment_is_reversed_in_sight_and_in_an_open_month(
    qtbot: QtBot, desk: Desk
) -> None:
    order_id = desk.sent()
    desk.ask("秦会计", "answer_order", order_id=order_id, outcome="paid", reason="回单")
    view = page(qtbot, desk, "秦会计", order_id)
    assert "act_reverse" not in buttons(view)  # who booked it does not book it back
    view.close()
    view = page(qtbot, desk, "钱会计", order_id)
    view.page.words.setPlainText("收款人有误")
    press(qtbot, view, "act_reverse")
    accept(qtbot, view, "confirm_reverse")
    course(qtbot, view, Course.REVERSED)
    assert desk.available() == 8_600_000
    kinds = desk.count("fund_entry", "kind in ('payment', 'reversal')")
    assert kinds == 2  # both stay
    facts = dict(view.page.order.facts)  # type: ignore[union-attr]
    assert "收款人有误" in facts["冲正"]


def test_money_that_stays_in_the_court_moves_when_it_is_sent(qtbot: QtBot, desk: Desk) -> None:
    order_id = desk.approved(
        50_000,
        purpose="fee",
        target="fee",
        payee="申请执行费",
        account_no=None,
        confirmed_on=None,
        bank=None,
        confirmed_by=None,
    )
    view = page(qtbot, desk, "秦会计", order_id)
    press(qtbot, view, "act_send")
    course(qtbot, view, Course.MOVED)
    assert desk.one("select balance_fen from fund where kind = 'fee'") == 50_000


def test_several_payees_are_asked_for_together(qtbot: QtBot, desk: Desk) -> None:
    payees = [
        {"payee": "申请人甲", "amount_fen": 300_000},
        {"payee": "洛水建材有限责任公司", "amount_fen": 200_000},
    ]
    params = {"new": "1", "case_id": desk.case_id, "payees": json.dumps(payees)}
    view = opened(qtbot, desk, "顾长风", params)
    qtbot.waitUntil(view.form.amount.isEnabled)
    assert view.form.tabs.count() == 2
    press(qtbot, view, "add_payee")
    assert (view.form.tabs.count(), view.form.payee.text()) == (3, "")
    press(qtbot, view, "remove_payee")
    assert view.form.tabs.count() == 2
    view.form.tabs.setCurrentIndex(1)
    assert view.form.payee.text() == "洛水建材有限责任公司"
    qtbot.keyClicks(line(view, "order_account"), "41000011112222")
    view.form.tabs.setCurrentIndex(0)
    assert line(view, "order_account").text() == ""
    press(qtbot, view, "submit_order")
    qtbot.waitUntil(lambda: desk.count("payment_order") == 2)
    assert view.shown_page == "list"
    accounts = {
        desk.one("select account_no from payment_order where payee = ?", one["payee"])
        for one in payees
    }
    assert accounts == {None, "41000011112222"}
    assert desk.available() == 8_100_000


def test_the_queue_names_step_and_person_of_what_is_late(qtbot: QtBot, desk: Desk) -> None:
    order_id = desk.order()
    view = opened(qtbot, desk, "院领导丙", {})
    model = view.list.model
    qtbot.waitUntil(lambda: model.rowCount() == 1 and model.row_values(0) is not None)
    row = model.row_values(0)
    assert row is not None
    assert row["id"] == order_id
    words = str(row["clock_words"])
    assert "许会计" in words
    assert "秦会计" in words
    assert row["state"] == ("due_soon", COURSE_WORDS[Course.APPROVING])


def test_a_maker_takes_his_own_back_while_it_was_not_sent(qtbot: QtBot, desk: Desk) -> None:
    order_id = desk.approved()
    view = page(qtbot, desk, "顾长风", order_id)
    assert buttons(view) == {"act_withdraw"}
    view.page.words.setPlainText("当事人和解")
    press(qtbot, view, "act_withdraw")
    course(qtbot, view, Course.WITHDRAWN)
    assert desk.available() == 8_600_000
    assert "当事人和解" in [deed.body for deed in view.page.order.history]  # type: ignore[union-attr]
    assert raw(desk, "秦会计", order_id, Act.WITHDRAW)


def test_the_whole_list_is_exported_and_noted(qtbot: QtBot, desk: Desk) -> None:
    desk.ask("秦会计", "answer_order", order_id=desk.sent(), outcome="paid", reason="回单")
    desk.order(100_001)
    view = opened(qtbot, desk, "秦会计", {})
    view.list.open_button.click()
    view.list.export()
    qtbot.waitUntil(lambda: bool(desk.context.copies))
    assert desk.context.copies == [("export", "案款发放清单（2 行）", None)]
    (path,) = desk.context.documents_folder().glob("*.xlsx")
    head, *rows = load_workbook(path).active.iter_rows(values_only=True)  # type: ignore[union-attr]
    assert [row[head.index("Amount (yuan)")] for row in rows] == ["1000.01", "24800.00"]
    assert [row[head.index("State")] for row in rows] == ["审批中", "已付"]


def test_the_list_is_cut_down_by_text_purpose_and_person(qtbot: QtBot, desk: Desk) -> None:
    first = desk.order(100)
    fee = desk.order(
        200, purpose="fee", target="fee", payee="申请执行费", account_no=None, confirmed_on=None
    )
    desk.ask(
        "许会计",
        "pass_order",
        order_id=first,
        stage="fund_keeper",
        content_sha256=desk.one("select content_sha256 from payment_order where id = ?", first),
    )
    view = opened(qtbot, desk, "许会计", {})

    def ids() -> set[str]:
        model = view.list.model
        rows = [model.row_values(n) for n in range(model.rowCount())]
        return {str(row["id"]) for row in rows if row is not None}

    qtbot.waitUntil(lambda: ids() == {first, fee})
    view.list.mine_button.click()  # what she passed
    qtbot.waitUntil(lambda: ids() == {first})
    view.list.mine_button.click()
    view.list.purpose_box.set_selected(("fee",))
    view.list.purpose_box.changed.emit()
    qtbot.waitUntil(lambda: ids() == {fee})
    view.apply({"text": "申请人甲"})
    qtbot.waitUntil(lambda: ids() == {first})
    assert view.list.search.text() == "申请人甲"
    view.apply({"case_id": desk.case_id})
    qtbot.waitUntil(lambda: ids() == {first, fee})
    assert view.list.what.isVisible()


def test_the_form_of_approval_tells_chain_computation_and_where_the_money_came_from(
    qtbot: QtBot, desk: Desk
) -> None:
    question = {
        "kind": "payment",
        "on": "2026-11-01",
        "amount": "1.00",
        "to_general": "0.00",
        "to_principal": "1.00",
        "to_doubled": "0.00",
        "left_principal": "9.00",
    }
    order_id = desk.approved(computation=json.dumps({"steps": [question]}))
    view = page(qtbot, desk, "秦会计", order_id)
    press(qtbot, view, "print_order")
    qtbot.waitUntil(lambda: bool(desk.context.copies))
    number = view.page.order.number  # type: ignore[union-attr]
    assert desk.context.copies == [("print", f"案款发放审批表 {number}", desk.case_id)]
    (path,) = desk.context.documents_folder().glob("*.pdf")
    text = "".join(one.extract_text() for one in PdfReader(path).pages).replace("\n", "")
    for words in (
        *("案款发放审批表", number, "（2024）豫03执2962号", "洛水建材有限责任公司"),
        *("86,000.00 元", "贰万肆仟捌佰元整", "24,800.00", "6222000000001234"),
        *("许会计", "局长乙", "2026-11-23 08:30", "2026-11-01 清偿 1.00 元", "待财务送出"),
    ):
        assert words in text, words
    view.findChild(QDialog, "pdf_preview").close()  # type: ignore[union-attr]


def test_what_nobody_moved_is_taken_back_and_its_money_is_free(qtbot: QtBot, desk: Desk) -> None:
    old = desk.order()
    view = opened(qtbot, desk, "秦会计", {})
    view.list.idle_asked.emit()
    qtbot.waitUntil(lambda: bool(desk.context.notices))
    assert "30" in desk.context.notices[-1][1]  # nothing has lain that long yet
    later = desk.context.now() + timedelta(days=31)
    desk.context.turn_day(later.date())
    with written_at(later):
        young = desk.order(100_000)
        view.list.idle_asked.emit()
        qtbot.waitUntil(lambda: view.findChild(QDialog, "confirm_idle") is not None)
        accept(qtbot, view, "confirm_idle")
        qtbot.waitUntil(lambda: desk.state(old) == "expired")
    assert desk.state(young) == "approving"
    assert desk.available() == 8_600_000 - 100_000


def test_what_another_panel_brings_stands_in_the_form(qtbot: QtBot, desk: Desk) -> None:
    answer = {"kind": "fee", "name": "申请执行费", "fee": "500.00", "steps": []}
    given = {
        "new": "1",
        "case_id": desk.case_id,
        "way": "escrow",
        "payee": "申请人甲",
        "bank": "示范银行",
        "account_no": "41000011112222",
        "basis": "法发〔2017〕6号第十六条",
        "computation": json.dumps({"output": answer, "parts": {"principal_fen": 50_000}}),
    }
    desk.context.drafts[f"disbursement:{desk.case_id}"] = {
        "entries": [{"payee": "乙", "memo": "先前所写"}],
        "computation": "",
    }
    view = opened(qtbot, desk, "顾长风", given)
    qtbot.waitUntil(view.form.amount.isEnabled)
    fields = view.form.fields
    assert (fields.chosen_way().key, view.form.payee.text()) == ("escrow", "申请人甲")
    assert fields.ground.isVisible()  # a deposit names its ground
    assert not fields.account_no.isVisible()  # and goes to no bank
    assert view.form.amount.value() == 50_000
    assert line(view, "memo").text() == "先前所写"
    assert "申请执行费 500.00 元" in view.form.computation_words.text()
    view.apply({**given, "way": "payment", "computation": "x"})
    qtbot.waitUntil(lambda: fields.chosen_way().key == "payment")
    qtbot.waitUntil(view.form.amount.isEnabled)
    assert fields.account_no.text() == "41000011112222"
    assert "计算书" in desk.context.notices[-1][1]


def test_money_of_no_case_goes_back_by_three_of_finance(qtbot: QtBot, desk: Desk) -> None:
    desk.ask("许会计", "receive", case_id=None, amount_fen=70_000, payer="汇款人")
    view = opened(qtbot, desk, "许会计", {})
    view.list.caseless_asked.emit()
    qtbot.waitUntil(view.form.amount.isEnabled)
    assert "700.00" in view.form.known.text()
    fields = view.form.fields
    assert [fields.way.itemData(n) for n in range(fields.way.count())] == [
        *("refund_out", "fee_out", "unknown_out")
    ]
    assert fields.chosen_way().key == "unknown_out"
    view.form.payee.setText("汇款人")
    line(view, "order_account").setText("6222000000001234")
    line(view, "confirmed_on").setText("2026-11-20")
    qtbot.keyClicks(view.form.amount, "700")
    press(qtbot, view, "submit_order")
    course(qtbot, view, Course.APPROVING)
    order = view.page.order
    assert order is not None
    assert order.case_id is None
    assert buttons(view) == {"act_withdraw"}
    view.close()
    for name in ("秦会计", "局长乙"):
        view = page(qtbot, desk, name, order.id)
        press(qtbot, view, "act_pass")
        qtbot.waitUntil(lambda view=view: "act_pass" not in buttons(view))
        view.close()
    for name, may in (("许会计", False), ("秦会计", False), ("钱会计", True)):
        view = page(qtbot, desk, name, order.id)
        assert ("act_send" in buttons(view)) == may, name
        view.close()

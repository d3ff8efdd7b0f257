"""The desk and its bank: files out and back, and the direct line against a real TLS server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from desktop.panels.disbursement.bank_setup import BankSetup
from desktop.panels.disbursement.rules import Course
from desktop.panels.disbursement.view import DisbursementView
from storage.session import Session
from tests.funds.bank_server import Bank, bank_server
from tests.funds.test_answers import line, status_csv
from tests.panels.disbursement.store_desk import Desk, store_desk
from tests.panels.disbursement.test_orders import accept, buttons, course, opened, page, press


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Iterator[Desk]:
    with store_desk(session, tmp_path) as made:
        made.context.set_setting("fund_account", "1001 2345 6789")
        made.context.set_setting("fund_account_name", "示范市东城区人民法院")
        yield made


@pytest.fixture
def bank(desk: Desk, tmp_path: Path) -> Iterator[Bank]:
    with bank_server(tmp_path) as made:
        desk.context.set_setting("bank_line_address", made.address)
        desk.context.set_setting("bank_line_ca", made.ca)
        yield made


def send(qtbot: QtBot, view: DisbursementView) -> list[str]:
    """Presses send and waits for what is told."""
    told: list[str] = []
    view.line.told.connect(lambda _order, sentence: told.append(sentence))
    press(qtbot, view, "act_send")
    accept(qtbot, view, "confirm_line")
    qtbot.waitUntil(lambda: bool(told))
    return told


def ask_bank(qtbot: QtBot, view: DisbursementView) -> str:
    with qtbot.waitSignal(view.line.told) as heard:
        press(qtbot, view, "act_inquire")
    assert heard.args is not None
    return str(heard.args[1])


def test_the_line_pays_at_once_where_the_bank_answers(qtbot: QtBot, desk: Desk, bank: Bank) -> None:
    order_id = desk.approved()
    view = page(qtbot, desk, "秦会计", order_id)
    assert send(qtbot, view) == ["The bank has paid: 银行已付."]
    course(qtbot, view, Course.PAID)
    assert [one["key"] for one in bank.posted] == [order_id]
    assert any("YH2026001" in deed.body for deed in view.page.order.history)  # type: ignore[union-attr]


def test_a_cut_line_leaves_it_unknown_and_never_sends_again(
    qtbot: QtBot, desk: Desk, bank: Bank
) -> None:
    order_id = desk.approved()
    view = page(qtbot, desk, "秦会计", order_id)
    original = desk.context.outside
    calls: list[Any] = []

    def cut_the_second(owner: Any, work: Any, args: Any, *answers: Any) -> None:
        calls.append(work)
        bank.manner = "cut" if len(calls) == 2 else "pay"  # asked first, then posted
        original(owner, work, args, *answers)

    desk.context.outside = cut_the_second  # type: ignore[method-assign]
    told = send(qtbot, view)
    assert "Result unknown" in told[-1]
    course(qtbot, view, Course.UNKNOWN)
    assert len(bank.posted) == 1
    assert "不会也不能再次送出" in view.page.warnings.text()
    assert "act_send" not in buttons(view)
    view.line.send(order_id)  # past the buttons: the bank knows the key, nothing is posted
    qtbot.waitUntil(lambda: "bank knows this order already" in view.page.refusal.text())
    view.line.resume()
    assert ask_bank(qtbot, view) == "The bank has paid: 银行已付."
    course(qtbot, view, Course.PAID)
    assert len(bank.posted) == 1
    assert desk.count("fund_entry", "kind = 'payment'") == 1


def test_a_bank_that_does_not_answer_gets_nothing_and_nothing_is_noted(
    qtbot: QtBot, desk: Desk, bank: Bank
) -> None:
    order_id = desk.approved()
    bank.manner = "503"
    view = page(qtbot, desk, "秦会计", order_id)
    (told,) = send(qtbot, view)
    assert told.startswith("Nothing was sent")
    assert (desk.state(order_id), bank.posted) == ("approved", [])
    bank.manner = "pay"
    assert send(qtbot, view) == ["The bank has paid: 银行已付."]


def test_a_desk_that_dies_after_the_note_never_posts_again(
    qtbot: QtBot, desk: Desk, bank: Bank
) -> None:
    order_id = desk.approved()
    view = page(qtbot, desk, "秦会计", order_id)
    original = desk.context.outside
    calls: list[Any] = []

    def lose_the_second(owner: Any, work: Any, args: Any, *answers: Any) -> None:
        calls.append(work)
        if len(calls) == 1:
            original(owner, work, args, *answers)

    desk.context.outside = lose_the_second  # type: ignore[method-assign]
    press(qtbot, view, "act_send")
    accept(qtbot, view, "confirm_line")
    qtbot.waitUntil(lambda: len(calls) == 2)
    view.close()
    view.deleteLater()
    desk.context.outside = original  # type: ignore[method-assign]
    view = page(qtbot, desk, "秦会计", order_id)  # the next start looks what it may still post
    assert "act_send" not in buttons(view)
    said = ask_bank(qtbot, view)
    assert "no such order" in said
    assert (desk.state(order_id), bank.posted) == ("sent", [])
    view.page.words.setPlainText("银行书面确认未收到")
    press(qtbot, view, "act_failed")
    accept(qtbot, view, "confirm_failed")
    course(qtbot, view, Course.FAILED)
    assert desk.available() == 8_600_000


def test_what_the_shared_database_took_later_is_posted_by_the_desk_that_asked(
    qtbot: QtBot, desk: Desk, bank: Bank
) -> None:
    order_id = desk.approved()
    with desk.context.session.write("测试") as write:
        batch = "直联-1"
        write.connection.exec_driver_sql(
            "insert into setting (key, value) values (?, ?)",
            (f"bank_line:{order_id}", f'{{"batch": "{batch}", "posted": false}}'),
        )
    view = page(qtbot, desk, "秦会计", order_id)
    assert not bank.posted
    desk.ask("秦会计", "send_order", order_id=order_id, batch=batch, channel="line")
    with qtbot.waitSignal(view.line.told):
        view.line.resume()
    assert (desk.state(order_id), len(bank.posted)) == ("paid", 1)


def test_a_status_file_is_looked_at_before_it_is_taken_over(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    paid, early = desk.sent(), desk.approved(100_000)
    file = status_csv(tmp_path, line(paid, "成功"), line(early, "成功", ""), line("7", "成功"))
    view = opened(qtbot, desk, "秦会计", {})
    for model in (view.bank.batch_model, view.bank.answer_model):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.list.bank_asked.emit()
    qtbot.waitUntil(lambda: view.bank.batch_model.rowCount() == 1)
    view.bank.open_file(file)
    qtbot.waitUntil(view.bank.take_button.isEnabled)
    assert desk.state(paid) == "sent"  # looked at, not taken
    assert view.bank.answer_model.rowCount() == 3
    press(qtbot, view, "take_over")
    qtbot.waitUntil(lambda: desk.state(paid) == "paid")
    rows = [view.bank.answer_model.row_values(n) for n in range(3)]
    assert [row["verdict"][0] for row in rows if row] == ["normal", "overdue", "overdue"]  # type: ignore[index]
    assert [row["row"] for row in rows if row] == [3, 4, 5]
    view.bank.open_file(file)
    qtbot.waitUntil(lambda: view.bank.summary.text().count("Known 1") == 1)
    assert not view.bank.take_button.isEnabled()


def test_the_bank_file_and_its_slip_are_written_and_noted(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    desk.sent()
    view = opened(qtbot, desk, "秦会计", {})
    view.list.bank_asked.emit()
    qtbot.waitUntil(lambda: view.bank.batch_model.rowCount() == 1)
    view.bank.batch_table.selectRow(0)
    press(qtbot, view, "write_file")
    qtbot.waitUntil(lambda: len(desk.context.copies) == 2)
    names = {path.name for path in desk.context.documents_folder().iterdir() if path.is_file()}
    assert {"付20261123-0a1b2c3d.csv", "付20261123-0a1b2c3d_清单.pdf"} <= names


def test_all_without_a_result_are_asked_about_at_once(qtbot: QtBot, desk: Desk, bank: Bank) -> None:
    orders = [desk.approved(100_000), desk.approved(200_000)]
    original = desk.context.outside
    for order_id in orders:
        bank.manner = "pay"
        view = page(qtbot, desk, "秦会计", order_id)
        desk.context.outside = _then(original, bank, "cut")  # type: ignore[method-assign]
        send(qtbot, view)
        desk.context.outside = original  # type: ignore[method-assign]
        assert desk.state(order_id) == "unknown"
    bank.manner = "pay"
    view.list.inquiry_asked.emit()
    qtbot.waitUntil(lambda: [desk.state(one) for one in orders] == ["paid", "paid"])
    assert len(bank.posted) == 2


def _then(original: Any, bank: Bank, manner: str) -> Any:
    """The first call as the bank is; from the second on in another manner."""
    calls: list[Any] = []

    def call(owner: Any, work: Any, args: Any, *answers: Any) -> None:
        calls.append(work)
        if len(calls) == 2:
            bank.manner = manner
        original(owner, work, args, *answers)

    return call


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"bank_line_address": "http://bank.example"}, "https"),
        ({"bank_line_address": "https://bank.example", "bank_line_ca": "/nowhere"}, "没有"),
        ({"fund_account": "账号"}, "no account"),
    ],
)
def test_a_line_is_stored_only_when_it_can_be_used(
    qtbot: QtBot, desk: Desk, values: dict[str, str], words: str
) -> None:
    view = opened(qtbot, desk, "秦会计", {})
    dialog = BankSetup(desk.context, view)
    dialog.form.set_values(values)
    dialog.form.submit()
    qtbot.waitUntil(lambda: any(words in dialog.form.field(key).error() for key in values))
    assert desk.context.setting("bank_line_address") == ""
    dialog.form.set_values({"bank_line_address": "", "fund_account": "1001 2345"})
    dialog.form.submit()
    assert desk.context.setting("fund_account") == "1001 2345"
    assert not dialog.isVisible()


def test_a_line_that_is_set_up_wrongly_sends_nothing_and_says_why(
    qtbot: QtBot, desk: Desk, bank: Bank
) -> None:
    order_id = desk.approved()
    desk.context.set_setting("bank_line_ca", "/nowhere.pem")
    view = page(qtbot, desk, "秦会计", order_id)
    (told,) = send(qtbot, view)
    assert "/nowhere.pem" in told
    assert (desk.state(order_id), bank.posted) == ("approved", [])

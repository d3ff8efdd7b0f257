"""Scenario S4 from the payment on, line by line: unknown results, a reversal, month end, a balance
of March."""

import io
import re
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pypdf
import pytest

from desktop.errors import UserError
from desktop.funds.closing import Wish, report
from desktop.panels.disbursement.rules import Course
from desktop.rules.money import grouped
from storage.ledger.balance import balance_at
from storage.ledger.moments import ZONE
from storage.ledger.trial import trial_balance
from tests.funds.bank_server import bank_server
from tests.funds.test_answers import line, status_csv
from tests.gui.money_files import Paid, write_statement
from tests.gui.money_play import Play
from tests.gui.money_steps import buttons, choose_file, course, line_chosen, rows_of, shows
from tests.gui.money_town import TODAY

_NEXT = date(2026, 12, 2)


def answer_lost(play: Play, folder: Path) -> None:
    """7: the bank's file is sent and the answer is lost: 结果未知, no second send."""
    town, made = play.town, play.town.orders["cable"]
    play.rig.context.set_setting("fund_account", "03790000202699")
    play.rig.context.set_setting("fund_account_name", "示范市人民法院")
    play.sit("third")
    view = play.panel("disbursement", order_id=made)
    play.wait(lambda: shows(view, made) and "act_send" in buttons(view))
    play.press(view, "act_send")
    play.answer(view, "confirm_sending")
    play.wait(lambda: view.shown_page == "bank")
    play.wait(lambda: list(play.rig.context.documents_folder().glob("付*.csv")))
    play.picture("bank-file")
    # The line breaks off: what came back until then says only that the bank is at it.
    amount = grouped(town.one("select amount_fen from payment_order where id = ?", made))
    lost = status_csv(folder, line(made, "处理中", amount))
    choose_file(play, view.bank, "choose_status", "status_file_dialog", lost)
    play.wait(lambda: "结果未知（处理中）" in str(rows_of(play, view.bank.answer_model)))
    assert _state(play, made) == "sent"  # looked at, not taken
    play.press(view.bank, "take_over")
    play.wait(lambda: _state(play, made) == "unknown")
    nobody_sends_again(play, made, "result-unknown-file")


def line_cut(play: Play, folder: Path) -> None:
    """7, by the direct line: the bank has the order, and the connection is cut."""
    made = play.town.orders["direct"]
    with bank_server(folder) as bank:
        play.rig.context.set_setting("bank_line_address", bank.address)
        play.rig.context.set_setting("bank_line_ca", bank.ca)
        outside = play.rig.context.outside
        calls: list[Any] = []

        def cut_the_second(owner: Any, work: Any, args: Any, *answers: Any) -> None:
            calls.append(work)  # the bank is asked first, then gets the order
            bank.manner = "cut" if len(calls) == 2 else "pay"
            outside(owner, work, args, *answers)

        play.rig.context.outside = cut_the_second
        play.sit("third")
        view = play.panel("disbursement", order_id=made)
        play.wait(lambda: shows(view, made) and "act_send" in buttons(view))
        play.press(view, "act_send")
        play.answer(view, "confirm_line")
        play.wait(lambda: _state(play, made) == "unknown")
        nobody_sends_again(play, made, "result-unknown-line")
        assert [one["key"] for one in bank.posted] == [made]
        play.rig.context.outside = outside
        play.rig.context.set_setting("bank_line_address", "")


def nobody_sends_again(play: Play, order_id: str, picture: str) -> None:
    """Neither by a button nor by a raw call."""
    view = play.panel("disbursement", order_id=order_id)
    play.wait(lambda: shows(view, order_id) and course(view) is Course.UNKNOWN)
    assert "act_send" not in buttons(view)
    assert "不能再次送出" in view.page.warnings.text()
    play.picture(picture)
    code, _facts = play.town.tries(
        "third", "send_order", order_id=order_id, batch="付-9", channel="file"
    )
    assert code in ("already", "state")
    sent = "select count(*) from payment_act where order_id = ? and act = 'send'"
    assert play.town.one(sent, order_id) == 1


def next_statement(play: Play, folder: Path) -> None:
    """7: the statement of the next morning shows both payments and settles them."""
    town, path = play.town, folder / "次日对账单.xlsx"
    lines = []
    for word in ("cable", "direct"):
        fen, payee, account = town.rows(
            "select amount_fen, payee, account_no from payment_order where id = ?",
            town.orders[word],
        )[0]
        lines.append(Paid(-fen, payee, account, "案款", town.orders[word]))
    opening = town.one("select balance_fen from bank_balance order by day desc limit 1")
    write_statement(path, TODAY, lines, opening_fen=opening, serial=500)
    play.clock.at = datetime(2026, 12, 2, 8, 30, tzinfo=ZONE)
    play.rig.context._time.hold(_NEXT)
    play.sit("clerk")
    view = play.panel("bank_statements")
    view.show_import()
    choose_file(play, view.imports, "choose_statement", "statement_dialog", path)
    play.wait(lambda: view.imports.preview is not None)
    play.press(view.imports, "import_statement")
    play.wait(lambda: view.tabs.currentIndex() == 0)
    for word in ("cable", "direct"):
        made = town.orders[word]
        (line_id,) = town.rows("select id from bank_line where reference = ?", made)[0]
        if _state(play, made) != "paid":
            play.wait(partial(line_chosen, view, line_id))
            play.picture("line-settles-the-order")
            play.press(view.pane, "accept")
        play.wait(lambda made=made: _state(play, made) == "paid")
        paid = "select count(*) from fund_entry where hold_id = ? and kind = 'payment'"
        assert town.one(paid, made) == 1


def wrong_payee(play: Play) -> None:
    """8: nothing is edited; 冲正 makes a second entry in sight, with a reason, in the new month."""
    town, made = play.town, play.town.orders["wrong"]
    play.sit("second")
    view = play.panel("disbursement", order_id=made)
    play.wait(lambda: shows(view, made) and "act_reverse" in buttons(view))
    view.page.words.setPlainText("收款人误为同名他人，款已追回，冲正后另付。")
    play.press(view, "act_reverse")
    play.answer(view, "confirm_reverse")
    play.wait(lambda: town.one("select count(*) from fund_entry where kind = 'reversal'") == 1)
    (paid, back) = town.rows(
        "select e.number, e.booked_on, e.amount_fen, e.memo, e.kind from fund_entry e"
        " left join fund_entry o on o.id = e.reverses"
        " where (e.hold_id = ? and e.kind = 'payment') or o.hold_id = ? order by e.seq",
        made,
        made,
    )
    assert (paid[1][:7], paid[4]) == ("2026-10", "payment")
    assert (back[1], back[2], back[4]) == ("2026-12-02", paid[2], "reversal")
    assert "同名他人" in back[3]
    closed = "select signed_by is not null from ledger_period where month = '2026-10'"
    assert town.one(closed) == 1
    account = play.panel("fund_board", case_id=town.of["wrong"].id).account
    play.wait(lambda: account.found is not None)
    numbers = [one["number"] for one in rows_of(play, account.entries.model)]
    assert {paid[0], back[0]} <= set(numbers)
    play.picture("both-entries-in-sight")


def month_end(play: Play) -> None:
    """9: trial balance 0; the sheet of ten columns, reported by finance, signed by the bureau;
    one difference is listed by line until it is explained."""
    town = play.town
    play.sit("clerk")
    view = play.panel("fund_close", month="2026-11")
    month, day = view.month, view.day
    play.wait(lambda: month.found is not None and month.found.month == "2026-11" and month.laid)
    assert sum(one.balance_fen for one in _trial(play)) == 0
    assert len(month.found.sheet.tables[0].columns) == 10
    play.press(month, "show_differences")
    play.wait(lambda: day.found is not None and day.list.table.model().rowCount() == 1)
    (difference,) = day.found.state.differences
    assert (difference.kind, difference.fen, difference.explained) == (
        "line_without_entry",
        -2_000,
        False,
    )
    play.picture("one-difference")
    # While it is open nobody can report the month, and the page says why.
    view.tabs.setCurrentWidget(month)
    play.wait(lambda: "1 笔差异" in month.why.text())
    assert play.button(month, "report_month") is None
    with town.session.write("报结") as write, pytest.raises(UserError, match="1 笔差异未说明"):
        report(write.connection, Wish("2026-11", month.found.sha256, town.people["clerk"]))
    assert town.one("select count(*) from ledger_period where month = '2026-11'") == 0
    view.tabs.setCurrentWidget(day)
    day.list.table.select_id(day.list.table.model().id_at(0))
    play.wait(day.entry.isEnabled)
    play.qtbot.keyClicks(day.entry, "x")
    day.entry.setText("银行扣收账户管理费，次月由财政拨补。")
    play.press(day, "explain")
    play.wait(lambda: day.found.state.unexplained == ())
    assert len(day.found.state.differences) == 1  # listed on, now with its reason
    play.picture("difference-explained")
    view.tabs.setCurrentWidget(month)
    play.press(month, "report_month")
    play.answer(month, "report_question")
    play.wait(lambda: month.found.state == "reported")
    play.sit("chief")
    view = play.panel("fund_close", month="2026-11")
    month.live.ask()
    play.press(month, "sign_month")
    play.answer(month, "sign_question")
    play.wait(lambda: month.found.state == "closed")
    play.wait(lambda: month.laid is not None and "许照野" in _words(month.laid.pages))
    play.picture("month-closed")
    assert "程若水" in _words(month.laid.pages)
    by = "select closed_by, signed_by from ledger_period where month = '2026-11'"
    assert town.rows(by) == [(town.people["clerk"], town.people["chief"])]
    code, _facts = town.tries(
        *("clerk", "receive"),
        case_id=town.cases[0].id,
        amount_fen=100,
        booked_on="2026-11-30",
    )
    assert code == "month_closed"


def balance_of_march(play: Play) -> None:
    """10: the balance of a case on 31 March is what that day's printed slip said."""
    town, day = play.town, date(2026, 3, 31)
    one = town.of["slip"]
    account = play.panel("fund_board", case_id=one.id, on=day.isoformat()).account
    play.wait(lambda: account.found is not None and account.found.on == day)
    play.picture("balance-on-31-march")
    with town.session.read() as connection:
        fund = "select id from fund where case_id = ? and kind = 'case'"
        fund_id = connection.exec_driver_sql(fund, (one.id,)).scalar_one()
        moment = datetime(2026, 3, 31, 23, 59, 59, tzinfo=ZONE)
        fen = balance_at(connection, str(fund_id), moment).balance_fen
    shown = account.amounts["balance"].text()
    assert shown == grouped(fen) == "100,000.00"
    assert town.one("select balance_fen from fund where id = ?", fund_id) != fen
    before = set(play.rig.context.documents_folder().glob("*余额*.pdf"))
    account.print_balance()

    def printed() -> set[Path]:
        return set(play.rig.context.documents_folder().glob("*余额*.pdf")) - before

    play.wait(printed)
    (path,) = printed()
    now, then = _words(path.read_bytes()), _words(town.slip_of_march)
    assert shown in now
    assert shown in then
    assert _figures(now) == _figures(then)


def _figures(words: str) -> list[str]:
    """The amounts of a slip, in their order."""
    return re.findall(r"\d{1,3}(?:,\d{3})*\.\d{2}", words)


def _words(data: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def _trial(play: Play) -> list[Any]:
    with play.town.session.read() as connection:
        return trial_balance(connection, "2026-11")


def _state(play: Play, order_id: str) -> str:
    return str(play.town.one("select state from payment_order where id = ?", order_id))

"""Scenario S4 up to the payment, line by line: statement, board, queue, order, two clerks."""

import json
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QToolTip

from desktop.funds.asked_words import refused_words
from desktop.funds.ladder import standing
from desktop.panels.disbursement.rules import Course
from desktop.rules.calculation_files import read_debt
from desktop.rules.interest import interest
from desktop.rules.interest_law import load_interest_law
from desktop.rules.money import grouped
from tests.gui.money_files import TWIN_FEN, morning_lines, write_statement
from tests.gui.money_play import Play
from tests.gui.money_town import CAST, STATEMENT_DAY, TODAY

FIGURES = ("received", "paid", "held", "unknown", "refunded", "fees", "escrow")
_BOOKED = "select count(*) from fund_entry where booked_on = ?"


def choose_file(play: Play, owner: Any, button: str, dialog_name: str, path: Path) -> None:
    """Through the dialog of the panel."""
    play.press(owner, button)
    play.wait(lambda: owner.findChild(QFileDialog, dialog_name))
    dialog = owner.findChild(QFileDialog, dialog_name)
    assert dialog is not None
    dialog.fileSelected.emit(str(path))
    dialog.close()
    dialog.deleteLater()


def rows_of(play: Play, model: Any) -> list[dict[str, Any]]:
    """All rows of a list, once their pages have come."""

    def loaded() -> bool:
        if model.rowCount() == 0 or model.loading:
            return False
        for n in range(model.rowCount()):
            model.index(n, 0).data()
        return all(model.row_values(n) is not None for n in range(model.rowCount()))

    play.wait(loaded)
    return [dict(model.row_values(n)) for n in range(model.rowCount())]


def morning_statement(play: Play, folder: Path) -> None:
    """1: 118 lines, 111 matched, 5 proposed with reasons, 2 to 不明款 with their clock; once more
    changes nothing; two equal lines are both there."""
    town, path = play.town, folder / "对账单.xlsx"
    day = STATEMENT_DAY.isoformat()
    write_statement(path, STATEMENT_DAY, morning_lines(town), opening_fen=town.balance_fen)
    view = play.panel("bank_statements")
    view.show_import()
    choose_file(play, view.imports, "choose_statement", "statement_dialog", path)
    play.wait(lambda: view.imports.preview is not None)
    assert "共 118 行，新 118 行，对上虚拟账号 111 行，有建议 5 行，不明 2 行" in (
        view.imports.summary.text()
    )
    assert town.one(_BOOKED, day) == 0  # looking writes nothing
    play.picture("statement-looked-at")
    play.press(view.imports, "import_statement")
    play.wait(lambda: town.one(_BOOKED, day) == 111 + 2)
    play.wait(lambda: view.tabs.currentIndex() == 0)
    rows = [one for one in rows_of(play, view.list.model) if one["booked_on"] == day]
    proposed = [one for one in rows if "建议" in one["state"][1]]
    unknown = [one for one in rows if "不明款" in one["state"][1]]
    assert (len(proposed), len(unknown)) == (5, 2)
    assert all("2" in one["state"][1] for one in unknown)  # two of three working days are left
    with town.session.read() as connection:
        clocks = [one for one in standing(connection, TODAY) if one.step == "find"]
    assert {one.due_on for one in clocks if one.arrived_on == STATEMENT_DAY} == {date(2026, 12, 3)}
    for n, one in enumerate(proposed):
        play.wait(partial(line_chosen, view, one["id"]))
        assert view.pane.reasons.text(), "a proposal without a reason"
        if n == 2:
            play.picture("proposal-with-reasons")
        play.press(view.pane, "accept")
        play.wait(lambda n=n: town.one(_BOOKED, day) == 113 + n + 1)
    twins = town.rows(
        "select l.occurrence, e.case_id from bank_line l join fund_entry e on e.line_id = l.id"
        " where l.amount_fen = ? and l.booked_on = ? order by 1",
        *(TWIN_FEN, day),
    )
    assert twins == [(1, town.cases[0].id), (2, town.cases[0].id)]
    before = _ledger(play)
    view.show_import()
    choose_file(play, view.imports, "choose_statement", "statement_dialog", path)
    play.wait(lambda: "新 0 行" in view.imports.summary.text())
    assert not view.imports.import_button.isEnabled()
    assert "已有 118 行" in view.imports.summary.text()
    assert _ledger(play) == before
    play.picture("statement-again")


def _ledger(play: Play) -> list[tuple[Any, ...]]:
    return play.town.rows(
        "select (select count(*) from bank_line), (select count(*) from fund_entry),"
        " (select hash from fund_entry order by seq desc limit 1)"
    )


def line_chosen(view: Any, line_id: str) -> bool:
    """Whether the pane shows that line; chooses it in the list, which may just have been read
    anew."""
    if view.pane.shown is not None and view.pane.shown.id == line_id:
        return True
    model = view.list.model
    for row in range(model.rowCount()):
        values = model.row_values(row)
        if values is not None and values["id"] == line_id:
            view.list.table.select_id(model.id_at(row))
    return False


def board_is_even(play: Play) -> None:
    """2: received = paid + held + 不明款 + refunded (+ fees, escrow), difference 0.00."""
    view = play.panel("fund_board")
    board = view.board
    received = play.town.one(
        "select sum(amount_fen) from fund_entry where kind = 'receipt' and reverses is null"
    )
    play.wait(lambda: board.cards["received"].accessibleName().endswith(f" {grouped(received)}"))
    told = {
        key: int(
            board.cards[key].accessibleName().rpartition(" ")[2].replace(",", "").replace(".", "")
        )
        for key in FIGURES
    }
    assert told["received"] == received == sum(told[key] for key in FIGURES[1:])
    assert min(told["paid"], told["held"], told["unknown"]) > 0
    assert board.difference.accessibleName().endswith(" 0.00")
    play.wait(lambda: not board.recount.busy)
    assert not board.faults
    play.picture("board")


def queue_by_clock(play: Play) -> None:
    """3: red first, then amber; hovering a red one names step and person."""
    view = play.panel("fund_watch")
    rows = rows_of(play, view.list.model)
    lights = [one["clock"][0] for one in rows]
    assert lights == sorted(
        lights, key=("overdue", "due_soon", "unknown", "normal", "paused").index
    )
    assert lights[0] == "overdue"
    assert "due_soon" in lights
    assert "normal" in lights
    number = play.town.of["red"].number
    row = next(n for n, one in enumerate(rows) if one["case_number"] == number)
    assert lights[row] == "overdue"
    table = view.list.table
    index = table.model().index(row, 0)
    table.scrollTo(index)
    spot = table.visualRect(index).center()
    play.qtbot.mouseMove(table.viewport(), spot)
    hover(table.viewport(), spot)
    play.wait(lambda: "许照野" in QToolTip.text())
    assert "局长审批" in QToolTip.text()
    table.select_id(table.model().id_at(row))
    play.picture("queue-by-clock")
    QToolTip.hideText()


def hover(widget: Any, spot: QPoint) -> None:
    """The mouse rests there."""
    where = widget.mapToGlobal(spot)
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, spot, where))


def computation() -> str:
    """What the calculator would hand over, as text."""
    law = load_interest_law()
    problem = {
        "principal": [{"amount": "11000.00", "due": "2026-03-01"}],
        "payments": [],
        "suspensions": [],
        "general": [
            {
                "rate": "0.06",
                "per": "year",
                "basis": "365",
                "from": "2026-03-01",
                "to": "2026-11-30",
            }
        ],
        "until": "2026-11-30",
    }
    told = interest(read_debt(problem, law), law).to_json()
    return json.dumps({"kind": "interest", "input": problem, "output": told}, ensure_ascii=False)


def order_with_call_back(play: Play) -> None:
    """4: computation of principal, interest, fee; payee and account confirmed on a date; another
    account than last time has to be called back first, and the result is noted."""
    town, one = play.town, play.town.of["differs"]
    play.sit("judge")
    view = play.panel("disbursement", new="1", case_id=one.id, computation=computation())
    form = view.form
    play.wait(form.amount.isEnabled)
    field(form, "order_payee").setText(one.applicant)
    play.wait(lambda: field(form, "order_account").text() == "0379629000001")  # the last one
    field(form, "order_account").selectAll()
    play.qtbot.keyClicks(field(form, "order_account"), "0379 6290 0000 9999")
    play.wait(form.warning.isVisible)
    assert "0379629000001" in form.warning.text()
    field(form, "bank").setText("伊水农商行")
    field(form, "confirmed_on").setText("2026-12-01")
    field(form, "confirmed_by").setText(one.applicant)
    # Interest came with the calculation; what is owed and the fee are typed.
    play.qtbot.keyClicks(field(form, "principal_fen"), "11000")
    play.qtbot.keyClicks(field(form, "fee_fen"), "50")
    sums = json.loads(computation())["output"]
    whole = 1_105_000 + _fen(sums["general"]) + _fen(sums["doubled"])
    play.wait(lambda: form.amount.value() == whole)
    play.picture("order-other-account")
    play.press(form, "submit_order")
    play.wait(lambda: course(view) is Course.APPROVING)
    first = view.page.order.id
    assert "加倍部分" in view.page.computation.text()
    # Whoever keeps the money cannot let it pass, with no button and no raw call.
    play.sit("second")
    view = play.panel("disbursement", order_id=first)
    play.wait(lambda: shows(view, first) and "act_pass" in buttons(view))
    assert view.page.warnings.text()
    assert play.button(view, "act_pass") is None  # there, and not to be pressed
    sha = view.page.order.content_sha256
    code, _facts = town.tries(
        "second", "pass_order", order_id=first, stage="fund_keeper", content_sha256=sha
    )
    assert code == "call_back"
    play.picture("call-back-wanted")
    view.page.words.setPlainText("账号与上次支付不同，请回拨核实后重新提出。")
    play.press(view, "act_return")
    play.wait(lambda: course(view) is Course.RETURNED)
    play.sit("judge")
    view = play.panel("disbursement", order_id=first)
    play.wait(lambda: "act_again" in buttons(view))
    play.press(view, "act_again")
    play.wait(lambda: form.amount.isEnabled() and form.warning.isVisible())
    field(form, "call_back_on").setText("2026-12-01")
    field(form, "call_back_by").setText("周景行")
    field(form, "call_back_result").setText("按立案电话回拨，本人确认更换账户")
    play.picture("call-back-noted")
    play.press(form, "submit_order")
    play.wait(lambda: course(view) is Course.APPROVING and view.page.order.id != first)
    again = view.page.order.id
    for who in ("second", "chief"):
        play.sit(who)
        view = play.panel("disbursement", order_id=again)
        play.wait(partial(_offers, view, again, "act_pass"))
        play.press(view, "act_pass")
        play.wait(partial(_lacks, view, "act_pass"))
    asked = "select state from payment_order where id in (?, ?) order by number"
    states = town.rows(asked, first, again)
    assert states == [("returned",), ("approved",)]  # the returned one keeps its history
    assert town.one("select replaces from payment_order where id = ?", again) == first


def own_request(play: Play) -> None:
    """5: her own request has no approve button, and the raw call is refused: 经办人不得复核."""
    town, made = play.town, play.town.orders["own"]
    play.sit("clerk")
    view = play.panel("disbursement", order_id=made)
    play.wait(lambda: shows(view, made) and buttons(view))
    assert buttons(view) == {"act_withdraw"}
    play.picture("own-request")
    sha = view.page.order.content_sha256
    code, facts = town.tries(
        "clerk", "pass_order", order_id=made, stage="fund_keeper", content_sha256=sha
    )
    assert code == "own"
    assert "经办人不得复核" in refused_words(code, facts)
    play.sit("second")
    view = play.panel("disbursement", order_id=made)
    play.wait(lambda: "act_pass" in buttons(view))  # for somebody else it is there


def two_clerks(play: Play) -> None:
    """6: both press pay; one wins, the other sees by whom and when. (With two lines to one shared
    database: `test_two_clerks_press_pay_at_once`.)"""
    town, made = play.town, play.town.orders["both"]
    play.sit("clerk")
    view = play.panel("disbursement", order_id=made)
    play.wait(lambda: shows(view, made) and "act_send" in buttons(view))
    play.press(view, "act_send")
    dialog = play.dialog(view, "confirm_sending")
    # While she looks at the question another clerk has pressed it.
    town.asks("third", play.clock(), "send_order", order_id=made, batch="付-2", channel="file")
    at = town.one("select at from payment_act where order_id = ? and act = 'send'", made)
    play.press(dialog, "accept")
    play.wait(view.page.refusal.isVisible)
    told = view.page.refusal.text()
    assert CAST["third"][0] in told
    assert at[11:16] in told
    play.picture("another-clerk-was-first")
    play.answer(view, "not_sent")
    assert (
        town.one("select count(*) from payment_act where order_id = ? and act = 'send'", made) == 1
    )


def _fen(yuan: str) -> int:
    return int(yuan.replace(".", "").replace(",", ""))


def field(form: Any, name: str) -> QLineEdit:
    """A line of the form."""
    found = form.findChild(QLineEdit, name)
    assert isinstance(found, QLineEdit), name
    return found


def course(view: Any) -> Course | None:
    return None if view.page.order is None else view.page.order.course


def shows(view: Any, order_id: str) -> bool:
    return view.page.order is not None and view.page.order.id == order_id


def buttons(view: Any) -> set[str]:
    return {button.objectName() for button in view.page.buttons.values() if button.isVisible()}


def _offers(view: Any, order_id: str, button: str) -> bool:
    return shows(view, order_id) and button in buttons(view)


def _lacks(view: Any, button: str) -> bool:
    return button not in buttons(view)

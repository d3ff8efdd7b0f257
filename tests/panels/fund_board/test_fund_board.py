"""The board by real clicks: figures, moments, lists, accounts, papers, and a planted error."""

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.contract.law import load_law
from desktop.funds.account import end_of
from desktop.funds.board import BoardArgs, board_at
from desktop.panels.fund_board.moment_bar import parse_time
from desktop.panels.fund_board.rules import FIGURES
from desktop.panels.fund_board.view import FundBoardView
from desktop.rules.money import grouped
from storage import migrations
from storage.records.changes import ALL, ChangeSet
from storage.replica import Replica
from storage.session import Session
from tests.funds.books import FIRST, Books, fill, new_books
from tests.panels.clicks import click, painted, shown
from tests.panels.fake_context import FakeContext

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
DAYS = 60
TODAY = FIRST + timedelta(days=DAYS)


@pytest.fixture
def books(session: Session) -> Books:
    return fill(new_books(session), DAYS)


@pytest.fixture
def context(books: Books, tmp_path: Path) -> FakeContext:
    """Reads the books' own store, from the event loop as the desk does."""
    engine = books.session.replica.reader_engine
    return FakeContext(engine, load_law(), today=TODAY, folder=tmp_path / "papers", deferred=True)


@pytest.fixture
def view(qtbot: QtBot, context: FakeContext) -> FundBoardView:
    made = FundBoardView(context)
    models = [one.model for one in made.list.lists] + [made.account.entries.model]
    for model in models:
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    shown(qtbot, made, 1200, 800)
    qtbot.waitUntil(lambda: made.board.shown is not None and not made.board.recount.busy)
    return made


def say(context: FakeContext) -> None:
    """As the desk tells of a change of the ledger."""
    context.changed.emit(ChangeSet({"fund_entry": ALL, "fund": ALL}))


def press(widget: Any) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def value(view: FundBoardView, key: str) -> str:
    card = view.board.difference if key == "difference" else view.board.cards[key]
    return card.accessibleName().split(" ")[-1]


def truth(books: Books, moment: datetime | None = None) -> Any:
    with books.session.read() as connection:
        return board_at(connection, BoardArgs(moment)).board


def rows(page: Any) -> list[dict[str, Any]]:
    model = page.model
    return [dict(model.row_values(n) or {}) for n in range(model.rowCount())]


def loaded(qtbot: QtBot, page: Any) -> list[dict[str, Any]]:
    qtbot.waitUntil(lambda: page.model.rowCount() > 0 and not page.model.loading)
    for n in range(page.model.rowCount()):
        page.model.index(n, 0).data()
    qtbot.waitUntil(lambda: all(rows(page)))
    return rows(page)


def test_every_figure_opens_a_list_that_sums_to_it(
    qtbot: QtBot, view: FundBoardView, books: Books
) -> None:
    now = truth(books)
    assert value(view, "difference") == "0.00"
    for key in FIGURES:
        assert value(view, key) == grouped(getattr(now, key))
        press(view.board.cards[key])
        assert view.shown_page == "list"
        qtbot.waitUntil(lambda: bool(view.list.sum.text()))
        assert view.list.sum.text().startswith(f"{grouped(getattr(now, key))} yuan")
        some = loaded(qtbot, view.list.current)
        column = "balance_fen" if key in ("held", "escrow") else "fen"
        assert sum(row[column] for row in some) == getattr(now, key)
        press(view.list.back)
        assert view.shown_page == "board"


def test_a_past_moment_is_shown_and_now_comes_back(
    qtbot: QtBot, view: FundBoardView, books: Books
) -> None:
    past = FIRST + timedelta(days=20)
    before = truth(books, end_of(past))
    assert before != truth(books)
    view.board.moment.day.setFocus()
    qtbot.keyClicks(view.board.moment.day, past.isoformat())
    qtbot.waitUntil(lambda: value(view, "received") == grouped(before.received))
    assert {key: value(view, key) for key in FIGURES} == {
        key: grouped(getattr(before, key)) for key in FIGURES
    }
    assert value(view, "difference") == "0.00"
    press(view.board.cards["held"])
    assert sum(row["balance_fen"] for row in loaded(qtbot, view.list.current)) == before.held
    press(view.list.back)
    at_nine = truth(books, datetime.fromisoformat(f"{past.isoformat()}T08:59:59+08:00"))
    qtbot.keyClicks(view.board.moment.clock, "08:59:59")
    qtbot.waitUntil(lambda: value(view, "received") == grouped(at_nine.received))
    press(view.board.moment.now)
    qtbot.waitUntil(lambda: value(view, "received") == grouped(truth(books).received))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("14:05", time(14, 5)),
        ("1405", time(14, 5)),
        ("9：30", time(9, 30)),
        ("08:59:59", time(8, 59, 59)),
        *[(text, None) for text in ("", "24:00", "12", "12:60", "noon", "1:2")],
    ],
)
def test_times_are_read_as_people_write_them(text: str, found: time | None) -> None:
    assert parse_time(text) == found


def test_a_time_that_is_none_is_marked_and_counts_as_the_end_of_the_day(
    qtbot: QtBot, view: FundBoardView
) -> None:
    bar = view.board.moment
    bar.set_moment(end_of(FIRST))
    bar.clock.setText("25:00")
    assert bar.clock.property("problem") is True
    assert bar.moment == end_of(FIRST)
    bar.clock.setText("14:05")
    assert bar.clock.property("problem") is False
    bar.set_moment(None)
    assert not bar.clock.isEnabled()


def test_a_posting_is_shown_and_the_books_are_counted_again(
    qtbot: QtBot, view: FundBoardView, books: Books, context: FakeContext
) -> None:
    before = view.board.recount.found
    assert before is not None
    books.receive(books.cases[0], 7_777)
    say(context)
    qtbot.waitUntil(lambda: value(view, "received") == grouped(truth(books).received))
    qtbot.waitUntil(lambda: not view.board.recount.busy)
    after = view.board.recount.found
    assert after is not None
    assert after.entries == before.entries + 1
    assert not view.board.faults


@pytest.mark.parametrize(
    ("sql", "differs"),
    [
        ("update fund_entry set amount_fen = amount_fen + 1 where seq = {seq}", True),
        ("update fund set balance_fen = balance_fen - 5 where id = '{fund}'", False),
    ],
)
def test_what_was_changed_past_the_program_is_red_after_one_posting(
    qtbot: QtBot,
    view: FundBoardView,
    books: Books,
    replica: Replica,
    context: FakeContext,
    sql: str,
    differs: bool,
) -> None:
    with replica.writer_engine.begin() as connection:
        seq, fund = connection.exec_driver_sql(
            "select seq, credit_id from fund_entry e where kind = 'receipt' and case_id = ?"
            " and not exists (select 1 from fund_entry r where r.reverses = e.id)",
            (books.cases[1],),
        ).first() or (0, "")
        migrations._drop_triggers(connection)
        connection.exec_driver_sql(sql.format(seq=seq, fund=fund))
        migrations.lay_triggers(connection)
    assert not view.board.faults
    books.receive(books.cases[0], 100)
    say(context)
    qtbot.waitUntil(lambda: bool(view.board.faults))
    qtbot.waitUntil(lambda: not view.board.recount.busy)
    assert (value(view, "difference") != "0.00") == differs
    assert view.board.difference._state == "overdue"
    assert view.board.proof.property("role") == "error"
    number = "（2024）豫03执2号"
    lines = [line for line in view.board.broken_lines if number in line]
    assert lines
    assert ("0.01" if differs else "0.05") in lines[0]
    button = next(
        one for one in view.board.broken.findChildren(QPushButton) if one.text() == lines[0]
    )
    press(button)
    qtbot.waitUntil(lambda: view.account.found is not None)
    assert view.account.found is not None
    assert view.account.found.fund_id == fund


def test_the_books_are_counted_while_nobody_looks(
    qtbot: QtBot, view: FundBoardView, books: Books, replica: Replica, context: FakeContext
) -> None:
    view.hide()
    with replica.writer_engine.begin() as connection:
        migrations._drop_triggers(connection)
        connection.exec_driver_sql(
            "update fund_entry set amount_fen = amount_fen + 1 where seq = 3"
        )
        migrations.lay_triggers(connection)
    books.receive(books.cases[0], 100)
    say(context)
    qtbot.waitUntil(lambda: bool(context.notices), timeout=10_000)
    level, words = context.notices[-1]
    assert level == "error"
    assert "000003" in words


def test_a_team_is_told_that_it_sees_its_own_accounts_alone(
    qtbot: QtBot, view: FundBoardView, replica: Replica, context: FakeContext, books: Books
) -> None:
    assert not view.board.partial.isVisible()
    with replica.writer_engine.begin() as connection:
        migrations._drop_triggers(connection)
        run = connection.exec_driver_sql
        run("pragma defer_foreign_keys = on")
        run("delete from fund_entry where case_id is null or case_id <> ?", (books.cases[0],))
        run("delete from fund where case_id is null or case_id <> ?", (books.cases[0],))
        run("update _ctl set hub_id = 'hub', scopes = '[7]'")
    view.board.recount._proven = None  # a desk that never saw the others
    say(context)
    qtbot.waitUntil(view.board.partial.isVisible)
    qtbot.waitUntil(lambda: not view.board.recount.busy)
    assert "本机只有本团队的账" in view.board.partial.text()
    assert value(view, "difference") == "—"
    assert view.board.difference._state == ""
    assert not view.board.faults
    mine = truth(books)
    assert value(view, "held") == grouped(mine.held)
    press(view.board.cards["received"])
    assert sum(row["fen"] for row in loaded(qtbot, view.list.current)) == mine.received
    press(view.list.back)
    press(view.board.cards["unknown"])
    assert view.shown_page == "board"


def open_account(qtbot: QtBot, view: FundBoardView, **params: str) -> None:
    view.apply(params)
    assert view.shown_page == "account"
    qtbot.waitUntil(lambda: view.account.found is not None)


def test_the_account_of_a_case_as_it_stood_on_a_day(
    qtbot: QtBot, view: FundBoardView, books: Books
) -> None:
    on = date(2026, 2, 10)
    open_account(qtbot, view, case_id=books.cases[0], on=on.isoformat())
    found = view.account.found
    assert found is not None
    some = loaded(qtbot, view.account.entries)
    assert view.account.amounts["balance"].text() == grouped(some[0]["balance_fen"])
    assert all(row["at"][:10] <= on.isoformat() for row in some)
    equation = view.account.equation.text()
    figures = [
        int(n.replace(",", "").replace(".", "")) for n in re.findall(r"[\d,]+\.\d\d", equation)
    ]
    assert figures[0] == sum(figures[1:-1])
    assert figures[-1] == 0
    press(view.account.today)
    qtbot.waitUntil(lambda: view.account.found is not None and view.account.found.on is None)
    qtbot.waitUntil(lambda: view.account.entries.model.rowCount() > len(some))


def test_a_reversal_and_its_entry_lead_to_each_other(
    qtbot: QtBot, view: FundBoardView, books: Books
) -> None:
    entry = books.receive(books.cases[2], 4_321)
    books.reverse(entry, "重复入账")
    open_account(qtbot, view, entry_id=entry)
    account = view.account
    qtbot.waitUntil(lambda: "4,321" in account.detail.text() or "43.21" in account.detail.text())
    row = account.entries.current_row()
    assert row is not None
    assert row["id"] == entry
    assert "重复入账" in account.detail.text()
    press(account.pair)
    qtbot.waitUntil(lambda: (account.entries.current_row() or {}).get("code") == "reversal")
    assert "重复入账" in account.detail.text()
    assert not account.voucher.isVisible()
    press(account.pair)
    qtbot.waitUntil(lambda: (account.entries.current_row() or {}).get("id") == entry)
    assert account.voucher.isVisible()


def test_slips_are_made_shown_and_noted(
    qtbot: QtBot, view: FundBoardView, books: Books, context: FakeContext
) -> None:
    entry = books.receive(books.cases[2], 123_456)
    open_account(qtbot, view, entry_id=entry)
    account = view.account
    qtbot.waitUntil(account.voucher.isVisible)
    press(account.voucher)
    qtbot.waitUntil(lambda: len(context.copies) == 1)
    button = next(
        one for one in account.entries.findChildren(QPushButton) if one.text() == "Balance slip"
    )
    press(button)
    qtbot.waitUntil(lambda: len(context.copies) == 2)
    assert [(act, words) for act, words, _case in context.copies] == [
        ("print", "案款收款收据"),
        ("print", "案款账户余额单"),
    ]
    assert {case for _act, _words, case in context.copies} == {books.cases[2]}
    papers = sorted(context.documents_folder().glob("*.pdf"))
    assert len(papers) == 2
    assert all(one.read_bytes().startswith(b"%PDF") for one in papers)


def test_lists_are_written_as_sheets_with_money_as_numbers(
    qtbot: QtBot, view: FundBoardView, books: Books, context: FakeContext
) -> None:
    press(view.board.cards["held"])
    loaded(qtbot, view.list.current)
    press(view.list.sheet)
    qtbot.waitUntil(lambda: len(context.copies) == 1)
    press(view.list.back)
    open_account(qtbot, view, case_id=books.cases[0])
    mine = loaded(qtbot, view.account.entries)
    view.account.export()
    qtbot.waitUntil(lambda: len(context.copies) == 2)
    sheets = {
        path.name[:2]: load_workbook(path).active
        for path in context.documents_folder().glob("*.xlsx")
    }
    held = sheets["在账"]
    assert held is not None
    total = sum(round(row[3] * 100) for row in held.iter_rows(min_row=2, values_only=True))
    assert total == truth(books).held
    account = sheets["案款"]
    assert account is not None
    found = list(account.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in found] == [row["number"] for row in mine]
    assert [round(row[8] * 100) for row in found] == [row["balance_fen"] for row in mine]
    assert account["I2"].number_format == "#,##0.00"


def test_plots_open_what_they_show(qtbot: QtBot, view: FundBoardView, books: Books) -> None:
    board = view.board
    for plot in (board.days, board.ages, board.pay_days):
        painted(qtbot, plot.chart)
    assert sum(one.received_fen for one in board.days.flows) > 0
    n = max(range(30), key=lambda one: board.days.flows[one].received_fen)
    flow = board.days.flows[n]
    click(qtbot, board.days.chart, flow.day.toordinal(), flow.received_fen / 1_000_000)
    assert view.shown_page == "list"
    some = loaded(qtbot, view.list.current)
    assert sum(row["fen"] for row in some) == flow.received_fen
    press(view.list.back)
    n = max(range(5), key=lambda one: board.ages.bands[one].fen)
    band = board.ages.bands[n]
    click(qtbot, board.ages.chart, n, band.fen / 2_000_000)
    some = loaded(qtbot, view.list.current)
    assert sum(row["left_fen"] for row in some) == band.fen
    assert sum(one.fen for one in board.ages.bands) == truth(books).held
    press(view.list.back)
    assert any(month.count for month in board.pay_days.months)


def test_hidden_plots_paint_nothing_and_read_nothing(
    qtbot: QtBot, view: FundBoardView, books: Books, context: FakeContext
) -> None:
    board = view.board
    painted(qtbot, board.days.chart)
    counts = [plot.chart.paint_count for plot in (board.days, board.ages, board.pay_days)]
    flows = board.days.flows
    view.hide()
    books.receive(books.cases[0], 100_000)
    say(context)
    assert board.days.live.stale
    assert board.live.stale
    # Nothing is under way or will be: neither a read nor a picture waits for its time.
    plots = (board.days, board.ages, board.pay_days)
    timers = [one for plot in plots for one in (plot.live._timer, plot.chart._timer)]
    assert not any(one.isActive() for one in timers)
    assert [plot.chart.paint_count for plot in (board.days, board.ages, board.pay_days)] == counts
    assert board.days.flows is flows
    view.show()
    qtbot.waitUntil(lambda: value(view, "received") == grouped(truth(books).received))
    qtbot.waitUntil(lambda: board.days.flows is not flows)


def test_an_account_is_found_by_a_part_of_its_number(
    qtbot: QtBot, view: FundBoardView, books: Books
) -> None:
    view.board.finder.setText("执3号")
    QTest.keyClick(view.board.finder, Qt.Key.Key_Return)
    some = loaded(qtbot, view.list.current)
    assert [row["case_id"] for row in some] == [books.cases[2]]
    view.list.current.table.select_id(view.list.current.model.id_at(0) or 0)
    view.list.current.open_current()
    qtbot.waitUntil(lambda: view.account.found is not None)
    assert view.account.found is not None
    assert view.account.found.case_id == books.cases[2]
    press(view.account.back)
    assert view.shown_page == "list"


def test_a_case_without_money_says_so(qtbot: QtBot, view: FundBoardView) -> None:
    view.apply({"case_id": "none"})
    qtbot.waitUntil(lambda: bool(view.account.title.text()))
    assert view.account.title.text() == "No account"
    assert view.account.amounts["balance"].text() == "—"

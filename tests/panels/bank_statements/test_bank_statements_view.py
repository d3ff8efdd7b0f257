"""A clerk's morning by real clicks: import, look, accept, refuse, claim by hand."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from desktop.contract.context import Who
from desktop.contract.law import load_law
from desktop.funds.importing import import_statement
from desktop.panels.bank_statements.line_pane import LinePane
from desktop.panels.bank_statements.queries import open_lines
from desktop.panels.bank_statements.rules import (
    FindClock,
    LineFilter,
    LineState,
    chance_words,
    clock_style,
    clock_words,
    gap_words,
    import_words,
    points_words,
)
from desktop.panels.bank_statements.view import BankStatementsView
from storage.ids import new_id
from storage.ledger.trial import board
from storage.records.states import NodeState
from storage.session import Session
from tests.funds.bank_files import ACCOUNT, OPENING, WRITERS, as_csv, camt
from tests.funds.test_statements_stored import statement
from tests.funds.town import CODE, Town, founded, lines
from tests.panels.clicks import shown
from tests.panels.fake_context import FakeContext
from tests.panels.real_city import TODAY

DAY = TODAY.replace(day=27)


@pytest.fixture
def town(session: Session) -> Town:
    return founded(session)


@pytest.fixture
def context(session: Session, town: Town, tmp_path: Path) -> FakeContext:
    """The real store with its triggers behind the context of view tests."""
    return FakeContext(
        session.replica.writer_engine,
        load_law(),
        today=DAY,
        folder=tmp_path,
        who=Who(town.people["秦账"], "秦账", "finance"),
        deferred=True,
    )


def imported(session: Session, town: Town) -> list[str]:
    with session.write("导入") as write:
        done = import_statement(write.connection, statement(lines()), town.people["秦账"])
    return list(done.stored.line_ids)


def opened(qtbot: QtBot, context: FakeContext) -> BankStatementsView:
    view = BankStatementsView(context)
    for model in (view.list.model, view.imports.lines.data_model, view.accounts.table.data_model):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    shown(qtbot, view, 1200, 640)
    return view


def states(view: BankStatementsView) -> list[str]:
    model = view.list.model
    values = [model.row_values(row) for row in range(model.rowCount())]
    return ["" if one is None else str(one["state"][1]) for one in values]  # type: ignore[index]


def _on_show(pane: LinePane, wanted: object) -> bool:
    return pane.shown is not None and pane.shown.id == wanted


def choose(qtbot: QtBot, view: BankStatementsView, name: str, fen: int) -> None:
    """Clicks on the line with that party and amount, and waits for its pane."""
    qtbot.waitUntil(lambda: all(states(view)) and bool(states(view)))
    model = view.list.model
    for row in range(model.rowCount()):
        values = model.row_values(row)
        if values is not None and (values["party_name"], values["amount"]) == (name, fen):
            row_id = model.id_at(row)
            assert row_id is not None
            view.list.table.select_id(row_id)
            pane, wanted = view.pane, values["id"]
            qtbot.waitUntil(partial(_on_show, pane, wanted))
            return
    raise AssertionError(f"no line of {name} over {fen}")


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def entries(session: Session) -> list[Any]:
    with session.read() as connection:
        return list(
            connection.exec_driver_sql(
                "select kind, case_id, amount_fen, maker from fund_entry order by seq"
            )
        )


def test_a_statement_is_looked_at_and_imported_in_the_background(
    qtbot: QtBot, context: FakeContext, session: Session, town: Town, tmp_path: Path
) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(camt(lines(), ACCOUNT, OPENING))
    view = opened(qtbot, context)
    view.apply({"path": str(path)})
    qtbot.waitUntil(lambda: view.imports.preview is not None)
    said = view.imports.summary.text()
    assert "新 8 行" in said
    assert "对上虚拟账号 4 行，有建议 2 行，不明 2 行" in said
    assert entries(session) == []  # looking writes nothing
    press(qtbot, view.imports.import_button)
    qtbot.waitUntil(lambda: len(states(view)) == 4 and all(states(view)))
    assert view.tabs.currentIndex() == 0
    assert sorted(word.split()[0] for word in states(view)) == ["不明款", "不明款", "建议", "建议"]
    assert len(entries(session)) == 6
    view.apply({"path": str(path)})  # the same file again: nothing to import
    qtbot.waitUntil(lambda: "已有 8 行" in view.imports.summary.text())
    assert not view.imports.import_button.isEnabled()
    with session.read() as connection:
        assert open_lines(connection, DAY) == (4, "due_soon")
        assert open_lines(connection, DAY.replace(month=12)) == (4, "overdue")


def test_a_bad_file_shows_all_its_faults_and_imports_nothing(
    qtbot: QtBot, context: FakeContext, session: Session, tmp_path: Path
) -> None:
    rows: list[list[object]] = [
        ["账号", "日期", "金额", "对方户名"],
        [ACCOUNT, "20261126", "1o.00", "甲"],
        [ACCOUNT, "20261399", "10.00", "乙"],
    ]
    (tmp_path / "a.csv").write_bytes(as_csv(rows, "utf-8"))
    view = opened(qtbot, context)
    view.apply({"path": str(tmp_path / "a.csv")})
    qtbot.waitUntil(view.imports.error.isVisible)
    model = view.imports.faults.data_model
    qtbot.waitUntil(lambda: model.row_values(1) is not None)
    assert [model.row_values(n)["field"] for n in range(2)] == ["金额", "交易日期"]  # type: ignore[index]
    assert not view.imports.import_button.isEnabled()
    (tmp_path / "b.csv").write_bytes(b"x,y\n1,2\n")
    view.apply({"path": str(tmp_path / "b.csv")})
    qtbot.waitUntil(lambda: "不像任何一种" in view.imports.error.text())
    with session.read() as connection:
        assert connection.exec_driver_sql("select count(*) from bank_line").scalar_one() == 0


def test_a_statement_of_another_account_is_refused(
    qtbot: QtBot, context: FakeContext, session: Session, town: Town, tmp_path: Path
) -> None:
    imported(session, town)
    (tmp_path / "a.sta").write_bytes(WRITERS["mt940"][1](lines(), "999900001111", OPENING))
    view = opened(qtbot, context)
    view.apply({"path": str(tmp_path / "a.sta")})
    qtbot.waitUntil(view.imports.error.isVisible)
    qtbot.waitUntil(lambda: ACCOUNT in str(view.imports.faults.data_model.row_values(0)))
    assert view.imports.faults.data_model.rowCount() == 1
    assert not view.imports.account.isVisible()


def test_a_proposal_shows_its_reasons_and_is_accepted_by_key(
    qtbot: QtBot, context: FakeContext, session: Session, town: Town
) -> None:
    imported(session, town)
    view = opened(qtbot, context)
    view.apply({"state": "open"})
    choose(qtbot, view, "赵来福", 300_000)
    assert view.pane.target.text() == town.number(16)
    reasons = view.pane.reasons.text()
    assert "附言写明案号" in reasons
    assert reasons.startswith("+")
    assert "−" in reasons  # what speaks against it
    before = len(entries(session))
    qtbot.keyClick(view.list.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(entries(session)) == before + 1)
    last = entries(session)[-1]
    assert (last.case_id, last.amount_fen) == (town.cases[16], 300_000)
    qtbot.waitUntil(lambda: len(states(view)) == 1)
    assert context.labels == ["认领到账：3,000.00 元"]


def test_a_line_opened_from_elsewhere_stays_when_the_list_is_read_anew(
    qtbot: QtBot, context: FakeContext, session: Session, town: Town
) -> None:
    imported(session, town)
    view = opened(qtbot, context)
    view.apply({"state": "open"})
    choose(qtbot, view, "赵来福", 300_000)
    with session.read() as connection:
        (other,) = connection.exec_driver_sql(
            "select id from bank_line where party_name = '郑巧玲' and amount_fen = 1700000"
        ).scalars()
    view.apply({"line_id": other})
    qtbot.waitUntil(lambda: _on_show(view.pane, other))
    with qtbot.waitSignal(view.list.model.page_arrived):
        view.list.model.refresh()
        qtbot.waitUntil(lambda: all(states(view)))
    assert _on_show(view.pane, other)


def test_a_refused_proposal_becomes_unknown_money_by_key(
    qtbot: QtBot, context: FakeContext, session: Session, town: Town
) -> None:
    imported(session, town)
    view = opened(qtbot, context)
    choose(qtbot, view, "郑巧玲", 1_700_000)
    assert view.pane.accept_button.isVisible()
    before = len(entries(session))
    qtbot.keyClick(view.list.table, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(entries(session)) == before + 1)
    # The next line is on show, for the next key; back to this one.
    qtbot.waitUntil(lambda: view.pane.shown is not None and view.pane.shown.amount_fen == 50_000)
    choose(qtbot, view, "郑巧玲", 1_700_000)
    qtbot.waitUntil(
        lambda: view.pane.shown is not None and view.pane.shown.state is LineState.UNKNOWN
    )
    assert entries(session)[-1].case_id is None
    assert not view.pane.refuse_button.isVisible()
    # The proposal is still there: who knows better now may take it all the same.
    press(qtbot, view.pane.accept_button)
    qtbot.waitUntil(lambda: len(entries(session)) == before + 2)
    qtbot.waitUntil(lambda: "不明款已认领" in states(view))
    last = entries(session)[-1]
    assert (last.kind, last.case_id, last.amount_fen) == ("transfer", town.cases[15], 1_700_000)
    with session.read() as connection:
        assert board(connection).difference == 0


def test_unknown_money_is_claimed_by_hand_in_parts(
    qtbot: QtBot, context: FakeContext, session: Session, town: Town
) -> None:
    imported(session, town)
    view = opened(qtbot, context)
    choose(qtbot, view, "路人乙", 777)
    pane = view.pane
    assert "不明款 余" in pane.badge.accessibleName() or pane.badge.isVisible()
    assert "查明不明款" in pane.facts.text()
    hand = pane.hand
    assert not hand.button.isEnabled()
    hand.search.setText("丁满仓")
    qtbot.waitUntil(lambda: hand.hits.count() == 1)
    assert not hand.button.isEnabled()  # a claim by hand says how one knows
    hand.why.setText("付款人来电")
    hand.amount.set_value(500)
    press(qtbot, hand.button)
    qtbot.waitUntil(lambda: entries(session)[-1].kind == "transfer")
    assert (entries(session)[-1].case_id, entries(session)[-1].amount_fen) == (
        town.cases[12],
        500,
    )
    choose(qtbot, view, "路人乙", 777)
    qtbot.waitUntil(lambda: pane.shown is not None and pane.shown.left_fen == 277)
    assert "2.77" in pane.facts.text()
    view.apply({"case_id": town.cases[12]})
    qtbot.waitUntil(lambda: len(states(view)) == 2)  # his own line, and what was claimed of another
    assert view.list.restriction.isVisible()
    press(qtbot, view.list.restriction)
    qtbot.waitUntil(lambda: len(states(view)) == 8)


def test_a_proposal_that_changed_meanwhile_is_not_booked(
    qtbot: QtBot, context: FakeContext, session: Session, town: Town
) -> None:
    imported(session, town)
    view = opened(qtbot, context)
    choose(qtbot, view, "郑巧玲", 1_700_000)
    with session.write("立案") as write:  # a namesake with the same debt
        run = write.connection.exec_driver_sql
        other = new_id()
        run(
            'insert into "case" (id, number, court_id, year, type_word, serial, filed_on,'
            " claim_fen) select ?, ?, court_id, 2026, '执', 99, '2026-03-01', 1700000"
            ' from "case" limit 1',
            (other, town.number(99)),
        )
        run(
            "insert into party (id, case_id, role, name) values (?, ?, 'debtor', '郑巧玲')",
            (new_id(), other),
        )
    before = entries(session)
    press(qtbot, view.pane.accept_button)
    qtbot.waitUntil(lambda: any("建议已经变化" in text for _, text in context.notices))
    assert entries(session) == before


def test_without_a_person_nothing_can_be_claimed(
    qtbot: QtBot, context: FakeContext, session: Session, town: Town
) -> None:
    imported(session, town)
    context.who = Who(None, "", "")
    view = opened(qtbot, context)
    choose(qtbot, view, "郑巧玲", 1_700_000)
    assert not view.pane.accept_button.isEnabled()
    before = entries(session)
    view.pane.accept()
    view.pane.refuse()
    view.pane.assign(town.cases[12], 1, "核实")
    assert entries(session) == before
    assert context.notices


def test_lines_that_nobody_booked_are_booked_from_the_menu(
    qtbot: QtBot, context: FakeContext, session: Session, town: Town
) -> None:
    with session.write("导入") as write:
        import_statement(write.connection, statement(lines()), None)
    view = opened(qtbot, context)
    qtbot.waitUntil(lambda: len(states(view)) == 8 and all(states(view)))
    menu = QMenu(view)
    view.list.fill_menu(menu)
    (action,) = [one for one in menu.actions() if "sure" in one.text() or "确定" in one.text()]
    action.trigger()
    qtbot.waitUntil(lambda: states(view).count("已入账") == 4)
    assert len(entries(session)) == 4
    assert context.notices[-1][0] == "done"


def test_lines_are_found_by_every_word_of_theirs(
    qtbot: QtBot, context: FakeContext, session: Session, town: Town
) -> None:
    imported(session, town)
    view = opened(qtbot, context)
    for text, count in (
        ("丁满", 1),
        ("86,000.00", 1),
        ("代韩长青", 1),
        (CODE.format(14), 2),
        ("20261126000007", 1),
        ("%", 0),
    ):
        view.list.search.setText(text)
        qtbot.waitUntil(lambda count=count: len(states(view)) == count)  # type: ignore[misc]
    view.list.search.clear()
    view.list.states.set_selected(["booked"])
    qtbot.waitUntil(lambda: states(view) == ["已入账"] * 4)


def test_virtual_accounts_are_opened_all_or_none(
    qtbot: QtBot, context: FakeContext, session: Session, town: Town, tmp_path: Path
) -> None:
    view = opened(qtbot, context)
    view.apply({"tab": "accounts"})
    model = view.accounts.table.data_model
    qtbot.waitUntil(lambda: model.rowCount() == 3)
    rows: list[list[object]] = [["一案一账号清单"], ["序号", "案号", "虚拟账号"]]
    good = [[1, town.number(15), CODE.format(15)], [2, town.number(16), CODE.format(16)]]
    bad = [3, town.number(98), CODE.format(98)]
    (tmp_path / "a.csv").write_bytes(as_csv([*rows, *good, bad], "gbk"))
    view.accounts.open_file(tmp_path / "a.csv")
    qtbot.waitUntil(lambda: any("没有这件案件" in text for _, text in context.notices))
    assert model.rowCount() == 3
    (tmp_path / "b.csv").write_bytes(as_csv([*rows, *good], "gbk"))
    view.accounts.open_file(tmp_path / "b.csv")
    qtbot.waitUntil(lambda: model.rowCount() == 5)
    for number, code in (
        (town.number(17), CODE.format(15)),
        (town.number(15), CODE.format(17)),
        ("什么", CODE.format(17)),
        (town.number(17), "短"),
    ):
        count = len(context.notices)
        view.accounts.case.setText(number)
        view.accounts.code.setText(code)
        press(qtbot, view.accounts.open_button)
        qtbot.waitUntil(lambda count=count: len(context.notices) > count)  # type: ignore[misc]
        assert context.notices[-1][0] == "error"
    assert model.rowCount() == 5
    with session.write("导入") as write:  # and the account is one: its money is booked alone
        one = replace(lines()[4], reference=CODE.format(15))
        done = import_statement(write.connection, statement([one]), town.people["秦账"])
    assert done.booked.cases == 1


@pytest.mark.parametrize(
    ("left", "words"), [(2, "不明款 余2日"), (0, "不明款 今日到期"), (-3, "不明款 超期3日")]
)
def test_clock_words(left: int, words: str) -> None:
    clock = FindClock(DAY.replace(day=27 + left), NodeState.DUE_SOON, "", "")
    assert clock_words(clock, DAY) == words
    assert clock_style(clock) == "due_soon"
    assert clock_style(None) == "unknown"


def test_words() -> None:
    assert [chance_words(one) for one in (0.999, 0.9949, 0.8)] == [">99%", "99%", "80%"]
    assert (points_words(36), points_words(-4)) == ("+36", "−4")
    assert import_words({"lines": 118, "new": 0, "known": 118}) == "共 118 行，新 0 行，已有 118 行"
    assert "应为 1.00 元，银行为 2.00 元" in gap_words([("2026-11-26", 100, 200)])
    wanted = LineFilter(("open", "unknown"), "c", "x")
    assert LineFilter.from_params(wanted.to_params()) == wanted
    assert LineFilter.from_params({"state": "unknown"}).states == ("unknown",)

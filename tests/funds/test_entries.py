"""Each figure of the board opens entries or accounts that sum to it, at any moment."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.funds import account, entries
from desktop.funds.account import AccountArgs, AccountFilter, end_of, head
from desktop.funds.board import BoardArgs, board_at
from desktop.funds.entries import EntryFilter
from storage.ledger.balance import balance_at
from storage.session import Session
from tests.funds.books import FIRST, Books, fill, new_books

TODAY = date(2026, 11, 29)
FIGURES = ("received", "paid", "unknown", "refunded", "fees")


@pytest.fixture
def books(session: Session) -> Books:
    made = fill(new_books(session), 60)
    made.go(FIRST + timedelta(days=61))
    whole = made.receive(made.cases[0], 5_000)
    made.reverse(whole, "重复入账")
    unknown = made.receive(None, 70_000)
    made.assign(made.cases[1], 10_000)
    made.pay(made.hold(None, 20_000, source="unknown"))
    made.move(made.cases[1], 4_000, ("case", "refund"))
    made.move(made.cases[1], 1_000, ("refund", "case"))
    made.pay(made.hold(None, 2_000, source="refund"))
    made.move(made.cases[1], 900, ("case", "fee"))
    made.move(made.cases[1], 300, ("fee", "case"))
    assert unknown
    return made


def listed(connection: Connection, filter_: EntryFilter) -> list[dict[str, object]]:
    args = SnapshotArgs(Dated(filter_, TODAY), None, False)
    seqs = list(entries.snapshot(connection, args))
    found = entries.rows(connection, seqs, filter_)
    return [found[seq] for seq in seqs]


def moments(connection: Connection) -> list[datetime | None]:
    found = connection.exec_driver_sql("select at from fund_entry order by seq").scalars().all()
    return [None, *(datetime.fromisoformat(at) for at in found[::9])]


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_the_sum_of_its_entries(books: Books, figure: str) -> None:
    seen = set()
    with books.session.read() as connection:
        for moment in moments(connection):
            for case_id in (None, *books.cases):
                if case_id is not None and figure == "unknown":
                    continue
                shown = board_at(connection, BoardArgs(moment, case_id))
                filter_ = EntryFilter(figure=figure, case_id=case_id, upto=shown.seq)
                found = entries.total(connection, filter_)
                assert found.fen == getattr(shown.board, figure), (moment, case_id)
                part = listed(connection, filter_)
                assert sum(int(str(row["fen"])) for row in part) == found.fen
                assert len(part) == found.count
                seen |= {row["kind"] for row in part}
    assert len(seen) > (figure != "fees")
    assert not seen & {"hold", "release"}


@pytest.mark.parametrize(("figure", "kind"), [("held", "case"), ("escrow", "escrow")])
def test_a_figure_is_the_sum_of_its_accounts(books: Books, figure: str, kind: str) -> None:
    with books.session.read() as connection:
        for moment in moments(connection):
            shown = board_at(connection, BoardArgs(moment))
            filter_ = AccountFilter(kind, shown.seq)
            args = SnapshotArgs(Dated(filter_, TODAY), None, False)
            ids = list(account.snapshot(connection, args))
            found = account.rows(connection, ids, filter_)
            assert account.total(connection, filter_) == (getattr(shown.board, figure), len(ids))
            assert sum(row["balance_fen"] for row in found.values()) == getattr(shown.board, figure)
            balances = [found[n]["balance_fen"] for n in ids]
            assert balances == sorted(balances, reverse=True)


def test_an_account_is_read_as_it_stood_at_the_end_of_any_day(books: Books) -> None:
    with books.session.read() as connection:
        for offset in range(0, 62, 3):
            on = FIRST + timedelta(days=offset)
            found = head(connection, AccountArgs(case_id=books.cases[0], on=on))
            assert found is not None
            stood = balance_at(connection, found.fund_id, end_of(on))
            assert (found.balance_fen, found.held_fen) == (stood.balance_fen, stood.held_fen)
            assert found.board is not None
            assert found.board.board.held == found.balance_fen
            mine = listed(connection, EntryFilter(fund_id=found.fund_id, upto=found.seq))
            assert sum(int(str(row["fen"])) for row in mine) == found.balance_fen
            if mine:
                assert mine[0]["balance_fen"] == found.balance_fen
                assert mine[0]["held_fen"] == found.held_fen
            assert all(str(row["at"])[:10] <= on.isoformat() for row in mine)


def test_every_line_of_an_account_follows_from_the_one_below(books: Books) -> None:
    with books.session.read() as connection:
        for fund_id in connection.exec_driver_sql("select id from fund").scalars().all():
            balance = held = 0
            for row in reversed(listed(connection, EntryFilter(fund_id=fund_id))):
                balance += int(str(row["fen"]))
                assert row["balance_fen"] == balance
                if row["to"] != "执行款专户" or row["other"] != row["from"]:
                    held += int(str(row["granted_fen"] or 0)) if row["other"] == row["to"] else 0
                    assert row["held_fen"] == held, row


def test_a_reversal_and_what_it_undoes_name_each_other(books: Books) -> None:
    with books.session.read() as connection:
        found = head(connection, AccountArgs(case_id=books.cases[0]))
        assert found is not None
        mine = {row["seq"]: row for row in listed(connection, EntryFilter(fund_id=found.fund_id))}
        pairs = [row for row in mine.values() if row["kind"] == "reversal"]
        assert pairs
        for row in pairs:
            undone = mine[row["pair_seq"]]
            assert row["original"] == undone["number"]
            assert undone["reversal"] == row["number"]
            assert undone["pair_seq"] == row["seq"]
            assert row["why"] == undone["why"] != ""
            assert row["fen"] == -int(str(undone["fen"]))


def test_an_entry_opens_its_account(books: Books) -> None:
    with books.session.read() as connection:
        for entry in books.made[::7]:
            found = head(connection, AccountArgs(entry_id=entry))
            assert found is not None
            mine = listed(connection, EntryFilter(fund_id=found.fund_id))
            assert found.entry_seq in {row["seq"] for row in mine}
            assert found.kind != "bank"
        assert head(connection, AccountArgs(entry_id="none")) is None
        assert head(connection, AccountArgs(case_id="none")) is None

"""The board accounts for every fen at every moment, and what was tampered with shows at once."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from desktop.funds import board
from desktop.funds.board import BoardArgs, Count, Counted, board_at, go_on
from storage import migrations
from storage.ledger import trial
from storage.replica import Replica
from storage.session import Session
from tests.funds.books import Books, fill, new_books
from tests.stores import new_store


@pytest.fixture
def books(session: Session) -> Books:
    return fill(new_books(session), 60)


def counted(connection: Connection, rows: int = 25, count: Count | None = None) -> Counted:
    """A count to its end, in parts."""
    going = count or Count()
    while not (found := go_on(connection, going, rows)).done:
        pass
    return found


def test_the_count_agrees_with_the_long_way_at_every_moment(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "EVERY", 16)
    with books.session.read() as connection:
        found = counted(connection)
        assert found.done
        assert found.entries == found.of == len(books.made) > 100
        assert not found.faults
        assert len(found.marks) == found.entries // 16 + 1
        moments = [
            datetime.fromisoformat(at)
            for at in connection.exec_driver_sql("select at from fund_entry order by seq").scalars()
        ]
        for moment in [moments[0] - timedelta(days=1), *moments]:
            shown = board_at(connection, BoardArgs(moment, None, found.marks))
            assert shown.board == trial.board_after(connection, shown.seq)
            assert shown.board.difference == 0
            assert not shown.differs
            bare = board_at(connection, BoardArgs(moment))
            assert bare == shown
            for case_id in books.cases:
                assert board_at(connection, BoardArgs(moment, case_id)).board.difference == 0


def test_what_is_granted_and_not_paid_is_told(books: Books) -> None:
    with books.session.read() as connection:
        held = connection.exec_driver_sql("select sum(held_fen) from fund").scalar()
        found = counted(connection)
        assert board_at(connection, BoardArgs(None, None, found.marks)).granted_fen == held > 0
        mine = connection.exec_driver_sql(
            "select held_fen from fund where case_id = ? and kind = 'case'", (books.cases[0],)
        ).scalar()
        assert board_at(connection, BoardArgs(None, books.cases[0])).granted_fen == mine


def test_a_count_that_is_done_takes_up_what_comes(books: Books) -> None:
    count = Count()
    with books.session.read() as connection:
        before = counted(connection, count=count)
    books.receive(books.cases[1], 12_345)
    with books.session.read() as connection:
        after = counted(connection, count=count)
        assert after.entries == before.entries + 1
        assert not after.faults
        now = board_at(connection, BoardArgs(None, None, after.marks)).board
        assert now == trial.board(connection)
        assert after.marks == counted(connection).marks


def test_another_ledger_in_the_place_of_the_first_is_counted_anew(
    books: Books, tmp_path: Path
) -> None:
    count = Count()
    with books.session.read() as connection:
        counted(connection, count=count)
    with new_store(tmp_path / "other") as replica:
        other = fill(new_books(Session(replica, actor="甲")), 30, seed=3)
        with other.session.read() as connection:
            found = counted(connection, count=count)
            assert not found.faults
            assert found.marks == counted(connection).marks


TAMPERINGS = {
    "an amount": "update fund_entry set amount_fen = amount_fen + 1 where seq = {receipt}",
    "what it left": "update fund_entry set credit_after_fen = credit_after_fen + 1"
    " where seq = {receipt}",
    "both": "update fund_entry set amount_fen = amount_fen + 1,"
    " credit_after_fen = credit_after_fen + 1, debit_after_fen = debit_after_fen - 1"
    " where seq = {receipt}",
    "whose it is": "update fund_entry set credit_id ="
    " (select id from fund where kind = 'case' and id <> credit_id limit 1) where seq = {receipt}",
    "gone": "delete from fund_entry where seq = {receipt}",
    "an account": "update fund set balance_fen = balance_fen + 1 where kind = 'case'",
    "a grant": "update fund set held_fen = held_fen + 1 where kind = 'case'",
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_what_was_changed_past_the_triggers_shows_after_one_posting(
    books: Books, replica: Replica, what: str
) -> None:
    with replica.writer_engine.begin() as connection:
        receipt = connection.exec_driver_sql(
            "select seq from fund_entry e where kind = 'receipt' and case_id is not null"
            " and not exists (select 1 from fund_entry r where r.reverses = e.id)"
            " and seq > 20 limit 1"
        ).scalar_one()
        migrations._drop_triggers(connection)
        connection.exec_driver_sql(TAMPERINGS[what].format(receipt=receipt))
        migrations.lay_triggers(connection)
    books.receive(books.cases[0], 100)
    with books.session.read() as connection:
        found = counted(connection)
        assert found.faults
        accounts = set(connection.exec_driver_sql("select id from fund").scalars())
        assert {fault.fund_id for fault in found.faults} <= accounts
        if what == "gone":
            assert ("gap", receipt + 1) in {(fault.what, fault.seq) for fault in found.faults}
        if what in ("an account", "a grant"):  # also of a case that was not booked on since
            kind = {"an account": "balance", "a grant": "held"}[what]
            other = connection.exec_driver_sql(
                "select id from fund where case_id = ? and kind = 'case'", (books.cases[1],)
            ).scalar_one()
            told = {
                (fault.what, fault.seq): fault for fault in found.faults if fault.fund_id == other
            }
            assert told[kind, 0].told == told[kind, 0].should + 1
        if what not in ("an amount", "what it left"):
            return
        assert {fault.seq for fault in found.faults} >= {receipt}

        def differs(seq: int) -> bool:
            at = connection.exec_driver_sql("select at from fund_entry where seq = ?", (seq,))
            moment = datetime.fromisoformat(at.scalar_one())
            shown = board_at(connection, BoardArgs(moment, None, found.marks))
            assert abs(shown.board.difference) == int(shown.differs)
            return shown.differs

        assert not differs(receipt - 1)
        assert differs(receipt)
        # A balance that one entry told wrongly is right again behind the next one.
        assert differs(found.seq) == (what == "an amount")


def test_a_team_sees_its_own_cases_alone_and_claims_no_difference(
    books: Books, replica: Replica
) -> None:
    """As the replica of a team's desk: its cases, their entries, and no common account."""
    mine = books.cases[:2]
    with replica.writer_engine.begin() as connection:
        migrations._drop_triggers(connection)
        run = connection.exec_driver_sql
        run("pragma defer_foreign_keys = on")
        marks = ", ".join("?" * len(mine))
        run(
            f"delete from fund_entry where case_id is null or case_id not in ({marks})",
            tuple(mine),
        )
        run(f"delete from fund where case_id is null or case_id not in ({marks})", tuple(mine))
        run("update _ctl set hub_id = 'hub', scopes = '[7]'")
    with books.session.read() as connection:
        found = counted(connection)
        assert not found.whole
        assert not found.faults
        shown = board_at(connection, BoardArgs(None, None, found.marks))
        assert shown == board_at(connection, BoardArgs())
        assert not shown.whole
        assert not shown.differs
        each = [board_at(connection, BoardArgs(None, one)).board for one in mine]
        for name in ("received", "paid", "held", "refunded", "fees", "escrow"):
            assert getattr(shown.board, name) == sum(getattr(one, name) for one in each), name
        assert shown.board.received > shown.board.paid > 0
        assert shown.board.difference == 0

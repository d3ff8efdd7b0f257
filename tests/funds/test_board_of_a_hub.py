"""The board on desks of a hub: finance balances the whole, a team its own cases alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.funds import entries
from desktop.funds.account import AccountArgs, head
from desktop.funds.board import BoardArgs, Count, Counted, Shown, board_at, go_on
from desktop.funds.entries import EntryFilter, total
from storage.replica import Replica
from storage.session import Session
from storage.sync.postgres import PostgresRemote
from tests.hub.conftest import PASSWORD, Town, built_town
from tests.ledger.offices import AtHub, Steps
from tests.stores import new_store
from tests.sync.conftest import Laptop


@pytest.fixture(scope="module")
def office(server_folder: Path) -> Iterator[AtHub]:
    """Two teams' cases with money, and money that is nobody's."""
    with built_town(server_folder / "boards") as town:
        made = AtHub(town)
        made.build()
        one, two = town.cases[1], town.cases[2]
        for case, fen in ((one, 1_000), (two, 500), (None, 70)):
            assert made.ask("keeper", "receive", case_id=case, amount_fen=fen).accepted
        paid = Steps(made).sent(300)
        assert made.ask("keeper", "answer_order", order_id=paid, outcome="paid").accepted
        assert made.ask("keeper", "assign", case_id=one, amount_fen=30).accepted
        yield made
        made.close()


def seen(town: Town, login: str, folder: Path) -> tuple[Session, Replica]:
    """A desk of that login after its first exchange."""
    remote = PostgresRemote(town.server.dsn(login, PASSWORD))
    replica = new_store(folder)
    desk = Laptop(login, Session(replica, actor=login), remote)
    desk.sync()
    remote.close()
    return desk.session, replica


def counted(session: Session) -> tuple[Counted, Shown]:
    with session.read() as connection:
        found = go_on(connection, Count())
        assert found.done
        return found, board_at(connection, BoardArgs(None, None, found.marks))


def test_finance_balances_the_whole(office: AtHub, tmp_path: Path) -> None:
    session, replica = seen(office.town, "centre", tmp_path / "desk")
    with replica:
        found, shown = counted(session)
        assert (found.whole, found.faults) == (True, ())
        assert not shown.differs
        board = shown.board
        assert (board.received, board.paid, board.held, board.unknown) == (1_570, 300, 1_230, 40)
        assert board.difference == 0
        with session.read() as connection:
            for figure in ("received", "paid", "unknown"):
                filter_ = EntryFilter(figure=figure, upto=shown.seq)
                assert total(connection, filter_).fen == getattr(board, figure)
            account = head(connection, AccountArgs(case_id=office.case))
            assert account is not None
            filter_ = EntryFilter(fund_id=account.fund_id)
            rows = entries.rows(connection, range(1, shown.seq + 1), filter_)
            paid = next(row for row in rows.values() if row["kind"] == "payment")
            # The login o_keeper by the name of whoever stands behind it.
            assert paid["maker"] == "keeper"
            assert paid["order_id"] is not None


def test_a_team_balances_its_own_cases_and_claims_no_difference(
    office: AtHub, tmp_path: Path
) -> None:
    session, replica = seen(office.town, "first", tmp_path / "desk")
    with replica:
        found, shown = counted(session)
        assert (found.whole, found.faults) == (False, ())
        assert not shown.whole
        board = shown.board
        assert (board.received, board.paid, board.held, board.unknown) == (1_030, 300, 730, 0)
        assert board.difference == 0
        with session.read() as connection:
            assert board_at(connection, BoardArgs(None, office.case)).board == board
            filter_ = EntryFilter(figure="received", own=True, upto=shown.seq)
            assert total(connection, filter_).fen == 1_030

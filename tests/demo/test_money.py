"""Money of the demo city: to the fen, by the ledger's own rules, in every state."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import load_law
from desktop.demo.bank_files import FOLDER
from desktop.demo.city import generate
from desktop.demo.money_words import COURT_ACCOUNT
from desktop.demo.papers import PAPERS_FROM
from desktop.funds.closing import MonthArgs, month_state
from desktop.funds.ladder import standing
from desktop.funds.reconcile import reconcile
from desktop.funds.statements import read, store
from storage.ledger.chain import verify
from storage.ledger.trial import board
from storage.replica import Replica
from storage.schema.payments import STATES
from storage.session import Session
from tests.demo.cities import TODAY, own_copy
from tests.passphrase import PASSPHRASE


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with own_copy(tmp_path_factory) as opened:
        yield opened


@pytest.fixture
def folder(session: Session) -> Path:
    return session.replica.folder


@pytest.fixture
def connection(session: Session) -> Iterator[Connection]:
    with session.read() as opened:
        yield opened


def _values(connection: Connection, sql: str, *values: object) -> list[object]:
    return list(connection.exec_driver_sql(sql, values).scalars())


def test_the_ledger_is_proven_and_nothing_waits_to_be_sent(connection: Connection) -> None:
    report = verify(connection)
    assert report.findings == []
    assert report.entries > 400
    assert _values(connection, "select count(*) from _op") == [0]
    assert _values(connection, "select applying from _ctl") == [0]
    assert connection.exec_driver_sql("pragma foreign_key_check").fetchall() == []


def test_every_fen_is_somewhere_at_any_past_moment(connection: Connection) -> None:
    now = datetime.combine(TODAY, time(9), COURT_ZONE)
    for days in range(0, 150, 7):
        assert board(connection, now - timedelta(days=days)).difference == 0, days
    told = board(connection)
    assert min(told.received, told.paid, told.held, told.unknown, told.refunded) > 0
    assert min(told.fees, told.escrow) > 0
    for case_id in _values(connection, "select case_id from fund where kind = 'case'")[:40]:
        assert board(connection, None, str(case_id)).difference == 0


def test_orders_are_in_every_state_with_those_who_hold_them(connection: Connection) -> None:
    states = set(_values(connection, "select distinct state from payment_order"))
    assert states == set(STATES)
    waiting = Counter(
        _values(connection, "select stage from payment_order where state = 'approving'")
    )
    assert set(waiting) == {"fund_keeper", "bureau_chief", "vice_president"}
    again = "select count(*) from payment_order where replaces is not null"
    assert int(str(_values(connection, again)[0])) >= 3
    # Nobody took two steps of one order.
    twice = _values(
        connection,
        "select order_id from payment_act where act in ('submit', 'pass', 'send')"
        " group by order_id having count(*) <> count(distinct person_id)",
    )
    assert twice == []
    differs = "select count(*) from payment_order where differs = 1 and call_back_result <> ''"
    assert int(str(_values(connection, differs)[0])) >= 1


def test_money_lies_on_every_rung_of_the_ladder(connection: Connection) -> None:
    found = standing(connection, TODAY)
    assert {one.colour for one in found} == {"green", "blue", "yellow", "orange", "red"}
    steps = {one.step for one in found}
    assert {"ask", "fund_keeper", "bureau_chief", "vice_president", "send", "answer"} <= steps
    assert {"find", "delay"} <= steps
    assert all(one.holder_name for one in found if one.step == "fund_keeper")
    delays = Counter(_values(connection, "select state from payment_delay"))
    assert set(delays) == {"proposed", "approved", "refused", "ended"}


def test_two_months_are_closed_and_a_third_waits(connection: Connection) -> None:
    rows = connection.exec_driver_sql(
        "select month, closed_by, signed_by from ledger_period order by month"
    ).all()
    assert [row[0] for row in rows] == ["2026-07", "2026-08", "2026-09"]
    assert [row[2] is None for row in rows] == [False, False, True]
    assert all(row[1] != row[2] for row in rows)
    back = _values(connection, "select booked_on from fund_entry where kind = 'reversal'")
    assert back


def test_nothing_lies_in_the_future_and_everybody_is_invented(connection: Connection) -> None:
    day = TODAY.isoformat()
    for column in ("at", "booked_on"):
        late = f"select count(*) from fund_entry where substr({column}, 1, 10) > ?"
        assert _values(connection, late, day) == [0]
    accounts = _values(
        connection,
        "select account_no from payment_order where account_no is not null"
        " union select party_account from bank_line union select code from fund"
        " where code is not null",
    )
    assert all(str(one).startswith("0379") for one in accounts)


def test_statements_lie_beside_the_store_for_trying(session: Session, folder: Path) -> None:
    day = max(path.name for path in (folder / FOLDER).iterdir())[:10]
    files = (("通用格式.csv", "generic"), ("MT940.sta", "mt940"), ("CAMT053.xml", "camt053"))
    found = []
    with session.write("导入") as write:
        for name, layout in files:
            statement = read(folder / FOLDER / f"{day} {name}", layout)
            assert statement.account == COURT_ACCOUNT
            stored = store(write.connection, statement)
            assert stored.gaps == ()
            found.append(len(stored.new_ids))
        write.abandon()
    assert found[0] > 15
    assert found[1:] == [0, 0]


@pytest.mark.parametrize("today", [date(2026, 4, 6), date(2026, 12, 1), date(2027, 10, 8)])
def test_any_day_has_money_that_adds_up(
    tmp_path: Path, make_store: Callable[[Path], Path], today: date
) -> None:
    make_store(tmp_path / "store")
    with Replica.open(tmp_path / "store", PASSPHRASE) as replica:
        session = Session(replica, actor="演示")
        generate(session, load_law(), cases=PAPERS_FROM, seed=8, today=today)
        with session.read() as connection:
            assert verify(connection).findings == []
            assert board(connection).difference == 0


def test_what_the_bank_took_is_explained_up_to_the_last_month(connection: Connection) -> None:
    told = {}
    for month in ("2026-07", "2026-08", "2026-09", "2026-10"):
        found = month_state(connection, MonthArgs(month, TODAY))
        assert found.book is not None
        differences = found.book.reconciliation.differences
        told[month] = found.state
        assert [one.fen for one in differences] == [-2_000] * (int(month[-2:]) - 6)
        assert all(one.explained for one in differences)
    assert list(told.values()) == ["closed", "closed", "reported", "earlier"]
    open_ = reconcile(connection, TODAY.isoformat()).unexplained
    assert [one.fen for one in open_ if one.fen < 0] == [-2_000]

"""Looking back, the conservation board, and the proof that finds what was tampered with."""

import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from desktop.__main__ import main
from storage import migrations
from storage.faults import RefusedByRule
from storage.ledger import months, post, trial
from storage.ledger.accounts import account_of
from storage.ledger.balance import Balance, balance_after, balance_at, seq_at
from storage.ledger.chain import verify
from storage.ledger.post import Slip
from storage.ledger.sealing import entry_hash, sealed_text
from storage.schema.funds import BANK, SEALED
from storage.session import Session
from tests.ledger import without_orders
from tests.passphrase import PASSPHRASE
from tests.storage.rows import add, case, court
from tests.stores import new_store


@pytest.fixture
def cases(session: Session) -> list[str]:
    """Two cases of a court."""
    town = court(code="豫0399")
    rows = [case(town["id"], n) for n in (1, 2)]
    without_orders.at_desk(session)
    with session.write("建案") as write:
        add(write.connection, "court", town)
        add(write.connection, "case", *rows)
    return [row["id"] for row in rows]


def ok(answer: post.Answer) -> str:
    """The entry of what must be accepted."""
    assert answer.entry_id is not None, answer
    return answer.entry_id


def a_life(connection: Connection, one: str, two: str) -> None:
    """Every kind of entry once or more."""
    ok(post.receive(connection, one, 10_000, Slip("甲"), payer="丁"))
    ok(post.receive(connection, None, 700, Slip("甲")))
    ok(post.assign(connection, two, 300, Slip("甲")))
    granted = ok(post.hold(connection, one, 4_000, Slip("甲"), payee="戊"))
    paid = ok(post.pay(connection, granted, Slip("乙")))
    ok(post.transfer(connection, one, 250, Slip("甲"), way=("case", "fee")))
    ok(post.transfer(connection, one, 90, Slip("甲"), way=("case", "refund")))
    ok(post.transfer(connection, two, 60, Slip("甲"), way=("case", "escrow")))
    back = ok(post.hold(connection, one, 90, Slip("甲"), payee="丁", source="refund"))
    ok(post.pay(connection, back, Slip("乙")))
    waits = ok(post.hold(connection, one, 1_000, Slip("甲"), payee="己"))
    ok(post.release(connection, waits, Slip("乙", memo="逾期未领")))
    ok(post.hold(connection, one, 2_000, Slip("甲"), payee="己"))
    ok(post.reverse(connection, paid, Slip("甲", memo="银行退汇")))
    escrow = ok(post.hold(connection, two, 10, Slip("甲"), payee="庚", source="escrow"))
    ok(post.pay(connection, escrow, Slip("乙")))


def test_the_board_accounts_for_every_fen_at_every_moment(
    session: Session, cases: list[str]
) -> None:
    with session.write("记账") as write:
        a_life(write.connection, *cases)
    with session.read() as connection:
        last = connection.exec_driver_sql("select max(seq) from fund_entry").scalar_one()
        for seq in range(last + 1):
            for whose in (None, *cases):
                assert trial.board_after(connection, seq, whose).difference == 0, (seq, whose)
        whole = trial.board(connection)
        assert whole == trial.Board(10_700, 10, 9_660 + 240, 400, 90, 250, 50)
        one, two = (trial.board(connection, None, whose) for whose in cases)
        assert one == trial.Board(10_000, 0, 9_660, 0, 90, 250, 0)
        assert two == trial.Board(300, 10, 240, 0, 0, 0, 50)
        lines = trial.trial_balance(connection, datetime.now(post.ZONE).strftime("%Y-%m"))
        assert sum(line.balance_fen for line in lines) == 0
        assert verify(connection).findings == []


def test_a_balance_at_any_moment_is_the_sum_of_what_was_booked(
    session: Session, cases: list[str]
) -> None:
    picked = random.Random(5)
    with session.write("记账") as write:
        connection = write.connection
        a_life(connection, *cases)
        for _ in range(60):
            whose = picked.choice(cases)
            post.receive(connection, whose, picked.randrange(1, 500), Slip("甲"))
            post.hold(connection, whose, picked.randrange(1, 900), Slip("甲"), payee="己")
            post.transfer(
                connection, whose, picked.randrange(1, 99), Slip("甲"), way=("case", "fee")
            )
    with session.read() as connection:
        funds = connection.exec_driver_sql("select id from fund").scalars().all()
        rows = connection.exec_driver_sql(
            "select seq, kind, debit_id, credit_id, amount_fen from fund_entry order by seq"
        ).all()
        balances, held = dict.fromkeys(funds, 0), dict.fromkeys(funds, 0)
        for seq, kind, debit, credit, fen in rows:
            if kind not in ("hold", "release"):
                balances[debit] -= fen
                balances[credit] += fen
            held[debit] += {"hold": fen, "release": -fen, "payment": -fen}.get(kind, 0)
            for fund in funds:
                expected = Balance(balances[fund], held[fund])
                assert balance_after(connection, fund, seq) == expected


def test_a_moment_is_taken_to_the_second(session: Session, cases: list[str]) -> None:
    with session.write("记账") as write:
        ok(post.receive(write.connection, cases[0], 100, Slip("甲")))
        at = write.connection.exec_driver_sql("select at from fund_entry").scalar_one()
        fund = account_of(write.connection, "case", cases[0]).id
    moment = datetime.fromisoformat(at)
    with session.read() as connection:
        before, then = moment - timedelta(seconds=1), moment.astimezone(UTC)
        assert (seq_at(connection, before), seq_at(connection, then)) == (0, 1)
        assert balance_at(connection, fund, before) == Balance(0, 0)
        assert balance_at(connection, fund, then) == Balance(100, 0)
        assert balance_at(connection, BANK, then) == Balance(-100, 0)


def test_a_bank_line_is_booked_once_until_it_is_reversed(
    session: Session, cases: list[str]
) -> None:
    with session.write("记账") as write:
        connection = write.connection
        for n, direction in ((1, "in"), (2, "out"), (3, "in")):
            connection.execute(
                text(
                    "insert into bank_line (id, account, booked_on, direction, amount_fen,"
                    " fingerprint, file_sha256) values (:id, '专户', '2026-11-02', :way, 500,"
                    " :id, 'f')"
                ),
                {"id": f"l{n}", "way": direction},
            )
        slip = Slip("甲", line_id="l1")
        first = ok(post.receive(connection, cases[0], 500, slip))
        again = post.receive(connection, cases[1], 500, slip)
        assert (again.code, again.facts["by"]) == ("already", "甲")
        ok(post.reverse(connection, first, Slip("乙", memo="记错案件")))
        ok(post.receive(connection, cases[1], 500, slip))
        for line, fen in (("l2", 500), ("l3", 499), ("none", 500)):  # went out; another amount
            told = post.receive(connection, None, fen, Slip("甲", line_id=line))
            assert (told.accepted, told.code) == (False, "line")


def test_the_month_is_closed_by_two_and_for_good(session: Session, cases: list[str]) -> None:
    with session.write("记账") as write:
        connection = write.connection
        old = Slip("甲", booked_on=date(2026, 1, 31))
        ok(post.receive(connection, cases[0], 100, old))
        assert months.sign_close(connection, "2026-01", "乙").code == "gone"
        assert months.report_close(connection, "2026-02", "甲").code == "earlier"
        assert months.report_close(connection, "2026-01", "甲").accepted
        assert months.sign_close(connection, "2026-01", "甲").code == "own"
        ok(post.receive(connection, cases[0], 5, old))
        told = months.sign_close(connection, "2026-01", "乙")
        assert (told.code, told.facts["now"]["case"]["credit"]) == ("changed", 105)
        assert months.report_close(connection, "2026-01", "甲").accepted
        assert months.sign_close(connection, "2026-01", "乙").accepted
        assert months.sign_close(connection, "2026-01", "丙").code == "already"
        assert months.report_close(connection, "2026-01", "甲").code == "month_closed"
        late = post.receive(connection, cases[0], 5, old)
        assert (late.code, late.facts["closed_up_to"]) == ("month_closed", "2026-01")
        # What was wrong in a closed month is put right in the open one.
        entry = connection.exec_driver_sql("select id from fund_entry where seq = 1").scalar_one()
        ok(post.reverse(connection, entry, Slip("乙", memo="错")))
        assert verify(connection).findings == []


def test_the_text_that_is_hashed_is_the_same_everywhere(session: Session, cases: list[str]) -> None:
    """A changed text would break every chain there is: it is written out here."""
    entry = dict.fromkeys(SEALED) | {"prev": "ab", "seq": 12, "memo": "案款|1,2", "lost": False}
    expected = "2:ab,2:12" + ",-" * 18 + ",6:案款|1,2,1:0"
    assert sealed_text(entry) == expected
    with session.write("记账") as write:
        ok(post.receive(write.connection, cases[0], 1, Slip("甲", memo="汉字,|:\n")))
        row = write.connection.exec_driver_sql("select * from fund_entry").mappings().one()
        assert row["hash"] == entry_hash(row)


TAMPERED: dict[str, tuple[str, str]] = {
    "an amount": ("update fund_entry set amount_fen = amount_fen + 1 where seq = 1", "被改动过"),
    "a maker": ("update fund_entry set maker = '乙' where seq = 1", "被改动过"),
    "an entry gone": ("delete from fund_entry where seq = 3", "缺少分录"),
    "a balance": ("update fund set balance_fen = balance_fen + 1 where kind = 'fee'", "余额"),
    "a grant": ("update fund set held_fen = held_fen - 1 where held_fen > 0", "已批准"),
    "a place": ("update fund_entry set seq = 99 where seq = 2", "缺少分录"),
    "a month": (
        "insert into ledger_period (id, month, closed_by, closed_at, trial, signed_by, signed_at)"
        " values ('x', '2999-01', '甲', 'x', '', '乙', '2000-01-01')",
        "结账之后",
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_tampered_with_is_found(session: Session, cases: list[str], name: str) -> None:
    statement, words = TAMPERED[name]
    with session.write("记账") as write:
        a_life(write.connection, *cases)
    with session.replica.writer_engine.begin() as connection:
        connection.exec_driver_sql("pragma foreign_keys = off")
        migrations._drop_triggers(connection)  # as whoever has the key could
        assert connection.exec_driver_sql(statement).rowcount == 1
    with session.read() as connection:
        found = [str(finding) for finding in verify(connection).findings]
    assert any(words in line for line in found), found


def test_a_chain_that_was_forged_whole_still_does_not_balance(
    session: Session, cases: list[str]
) -> None:
    """With all hashes made anew, what was paid twice is still told by the entries themselves."""
    with session.write("记账") as write:
        a_life(write.connection, *cases)
    with session.replica.writer_engine.begin() as connection:
        migrations._drop_triggers(connection)
        connection.exec_driver_sql(
            "update fund_entry set amount_fen = amount_fen - 1 where kind = 'payment'"
        )
        prev = ""
        for row in (
            connection.exec_driver_sql("select * from fund_entry order by seq").mappings().all()
        ):
            changed: dict[str, Any] = {**row, "prev": prev or row["prev"]}
            prev = entry_hash(changed)
            connection.exec_driver_sql(
                "update fund_entry set prev = ?, hash = ? where id = ?",
                (changed["prev"], prev, row["id"]),
            )
    with session.read() as connection:
        found = [str(finding) for finding in verify(connection).findings]
    assert not any("被改动过" in line or "上一笔" in line for line in found)
    assert any("与所对应的分录不符" in line for line in found)
    assert any("账户" in line for line in found)


def test_money_granted_out_of_nothing_is_found(session: Session, cases: list[str]) -> None:
    with session.write("记账") as write:
        ok(post.receive(write.connection, cases[0], 100, Slip("甲")))
    with session.replica.writer_engine.begin() as connection:
        migrations._drop_triggers(connection)
        connection.exec_driver_sql("update fund set balance_fen = 900 where kind = 'case'")
        ok(post.hold(connection, cases[0], 500, Slip("甲"), payee="乙"))
    with session.read() as connection:
        found = [str(finding) for finding in verify(connection).findings]
    assert any("透支 400 分" in line for line in found), found


def test_a_desk_with_a_hub_books_nothing(session: Session, cases: list[str]) -> None:
    with session.replica.writer_engine.begin() as connection:
        connection.exec_driver_sql("update _ctl set hub_id = 'h'")
    with pytest.raises(RefusedByRule, match="只由共享库记账"), session.write("记账") as write:
        post.receive(write.connection, cases[0], 5, Slip("甲"))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Makes a store with a ledger, after which a statement is run past the triggers."""
    monkeypatch.setenv("EDESK_PASSPHRASE", PASSPHRASE)

    def make(statement: str) -> Path:
        folder = tmp_path / "store"
        with new_store(folder) as replica:
            session = Session(replica, actor="甲")
            town = court(code="豫0399")
            rows = [case(town["id"], n) for n in (1, 2)]
            with session.write("记账") as write:
                add(write.connection, "court", town)
                add(write.connection, "case", *rows)
            without_orders.at_desk(session)
            with session.write("记账") as write:
                a_life(write.connection, rows[0]["id"], rows[1]["id"])
            if statement:
                with replica.writer_engine.begin() as connection:
                    migrations._drop_triggers(connection)
                    connection.exec_driver_sql(statement)
        return folder

    return make


def test_the_command_tells_that_all_is_well(
    store: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = store("")
    assert main(["ledger", "verify", "--store", str(folder)]) == 0
    assert "账目一致：16 笔分录" in capsys.readouterr().out
    assert main(["ledger", "verify", "--store", str(folder), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["entries"], told["findings"], told["whole"]) == (16, [], True)


def test_the_command_gives_one_line_for_each_finding(
    store: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = store("update fund_entry set payee = '他人' where seq = 4")
    assert main(["ledger", "verify", "--store", str(folder)]) == 1
    (line,) = capsys.readouterr().out.strip().splitlines()
    assert line.startswith("批")
    assert "被改动过" in line

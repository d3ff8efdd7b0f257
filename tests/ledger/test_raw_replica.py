"""Raw SQL over SQLCipher against the ledger of a desk that works alone: refused by the file itself.

The attempts are as good as an attacker can make them: placed, linked and hashed rightly, with the
balances that an honest entry would say, so that one rule alone stands against each of them.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from storage import engine
from storage.ledger import months, post
from storage.ledger.chain import verify
from storage.ledger.post import Slip
from storage.ledger.sealing import entry_hash
from storage.schema.funds import BANK, GENESIS, SEALED, UNKNOWN
from storage.session import Session
from tests.ledger import without_orders
from tests.storage.rows import add, case, court
from tests.stores import new_store

CLOSED = "2026-01"
Row = dict[str, Any]


class Bank:
    """A ledger with a case, a grant, a payment, a closed month, and a raw connection to it."""

    def __init__(self, folder: Path) -> None:
        self.replica = new_store(folder)
        self.session = Session(self.replica, actor="甲")
        without_orders.at_desk(self.session)
        town = court(code="豫0399")
        row, other = case(town["id"], 1), case(town["id"], 2)
        self.case, self.other = row["id"], other["id"]
        with self.session.write("建案") as write:
            connection = write.connection
            add(connection, "court", town)
            add(connection, "case", row, other)
            old = Slip("甲", booked_on=date(2026, 1, 20))
            self.receipt = self._made(post.receive(connection, self.case, 1_000, old))
            self._made(post.receive(connection, None, 50, old))
            self.paid_hold = self._made(
                post.hold(connection, self.case, 100, Slip("甲"), payee="丙")
            )
            self.payment = self._made(post.pay(connection, self.paid_hold, Slip("乙")))
            self.hold = self._made(post.hold(connection, self.case, 300, Slip("甲"), payee="丙"))
            assert months.report_close(connection, CLOSED, "甲").accepted
            assert months.sign_close(connection, CLOSED, "乙").accepted
            self.fund = connection.exec_driver_sql(
                "select id from fund where case_id = ?", (self.case,)
            ).scalar_one()
        self.raw = engine.connect(self.replica.path, self.replica.key)
        # What a stranger's connection has by itself.
        self.raw.execute("pragma recursive_triggers = off")

    @staticmethod
    def _made(answer: post.Answer) -> str:
        assert answer.entry_id is not None, answer
        return answer.entry_id

    def entry(self, kind: str, debit: str, credit: str, fen: int, **more: Any) -> Row:
        """An entry as good as it can be, sealed."""
        seq, prev, at = self.raw.execute(
            "select seq, hash, at from fund_entry order by seq desc limit 1"
        ).fetchone()
        accounts = {
            row[0]: row[1:]
            for row in self.raw.execute("select id, balance_fen, held_fen from fund")
        }
        moved = 0 if kind in ("hold", "release") else fen
        held = {"hold": fen, "release": -fen, "payment": -fen}.get(kind, 0)
        row: Row = dict.fromkeys(SEALED) | {
            "prev": prev,
            "seq": seq + 1,
            "id": f"00000000-0000-7000-8000-{seq:012d}",
            "kind": kind,
            "debit_id": debit,
            "credit_id": credit,
            "amount_fen": fen,
            "debit_after_fen": accounts.get(debit, (0, 0))[0] - moved,
            "credit_after_fen": accounts.get(credit, (0, 0))[0] + moved,
            "debit_held_fen": accounts.get(debit, (0, 0))[1] + held,
            "case_id": self.case,
            "number": f"伪-{seq}",
            "booked_on": at[:10],
            "at": at,
            "maker": "乙",
            "lost": 0,
        }
        row |= more
        row["hash"] = more.get("hash") or entry_hash(row)
        return row

    def insert(self, row: Row, verb: str = "insert") -> None:
        """Writes it raw."""
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        self.raw.execute(f"{verb} into fund_entry ({names}) values ({marks})", tuple(row.values()))

    def picture(self) -> list[Any]:
        """Everything there is."""
        return [
            self.raw.execute(f"select * from {name} order by id").fetchall()
            for name in ("fund", "fund_entry", "ledger_period", "bank_line")
        ]

    def close(self) -> None:
        """Gives the file back."""
        self.raw.close()
        self.replica.close()


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """One for all attempts: none of them changes it."""
    made = Bank(tmp_path_factory.mktemp("bank") / "store")
    yield made
    made.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Bank]:
    """One that a test may change."""
    made = Bank(tmp_path / "store")
    yield made
    made.close()


def test_an_honest_entry_passes(own: Bank) -> None:
    """Otherwise the refusals below would prove nothing."""
    own.insert(own.entry("payment", own.fund, BANK, 300, hold_id=own.hold))
    own.insert(own.entry("receipt", BANK, own.fund, 5))
    own.insert(own.entry("reversal", BANK, own.fund, 100, reverses=own.payment, maker="丁"))
    with own.session.read() as connection:
        assert verify(connection).findings == []


ATTEMPTS: dict[str, tuple[Callable[[Bank], Row], str]] = {
    "own payment": (
        lambda b: b.entry("payment", b.fund, BANK, 300, hold_id=b.hold, maker="甲"),
        "须由他人",
    ),
    "own reversal": (
        lambda b: b.entry("reversal", BANK, b.fund, 100, reverses=b.payment, maker="乙"),
        "须由他人",
    ),
    "paid twice": (
        lambda b: b.entry("payment", b.fund, BANK, 100, hold_id=b.paid_hold, debit_held_fen=200),
        "不能再次办理",
    ),
    "paid without a grant": (
        lambda b: b.entry("payment", b.fund, BANK, 300, hold_id=b.receipt),
        "与原批准一致",
    ),
    "paid more than granted": (
        lambda b: b.entry("payment", b.fund, BANK, 301, hold_id=b.hold),
        "与原批准一致",
    ),
    "overdrawn by a grant": (lambda b: b.entry("hold", b.fund, BANK, 601), "余额不足"),
    "overdrawn by a transfer": (
        lambda b: b.entry("transfer", b.fund, UNKNOWN, 601),
        "余额不足",
    ),
    "overdrawn by a reversal": (
        lambda b: b.entry("reversal", b.fund, BANK, 1_000, reverses=b.receipt, maker="丁"),
        "余额不足",
    ),
    "in a closed month": (
        lambda b: b.entry("receipt", BANK, b.fund, 5, booked_on="2026-01-31"),
        "已经结账",
    ),
    "before a closed month": (
        lambda b: b.entry("receipt", BANK, b.fund, 5, booked_on="2025-12-31"),
        "已经结账",
    ),
    "no day": (lambda b: b.entry("receipt", BANK, b.fund, 5, booked_on=None), "已经结账"),
    "tomorrow": (
        lambda b: b.entry("receipt", BANK, b.fund, 5, booked_on="2999-01-01"),
        "不能晚于今天",
    ),
    "out of nothing": (lambda b: b.entry("transfer", BANK, b.fund, 5), "业务不符"),
    "of another case": (
        lambda b: b.entry("receipt", BANK, b.fund, 5, case_id=b.other),
        "业务不符",
    ),
    "of no line": (
        lambda b: b.entry("receipt", BANK, b.fund, 5, line_id="none"),
        "银行流水",
    ),
    "of no account": (lambda b: b.entry("receipt", BANK, "none", 5), "与账户不符|业务不符"),
    "not after the last": (lambda b: b.entry("receipt", BANK, b.fund, 5, seq=99), "上一笔之后"),
    "another past": (
        lambda b: b.entry("receipt", BANK, b.fund, 5, prev=GENESIS),
        "上一笔之后",
    ),
    "a false hash": (
        lambda b: b.entry("receipt", BANK, b.fund, 5, hash="0" * 64),
        "上一笔之后",
    ),
    "a false balance": (
        lambda b: b.entry("receipt", BANK, b.fund, 5, credit_after_fen=9_999),
        "余额与账户不符",
    ),
    "earlier than the last": (
        lambda b: b.entry("receipt", BANK, b.fund, 5, at="2026-02-01T00:00:00+08:00"),
        "早于上一笔|不能晚于今天",
    ),
    "as if lost": (lambda b: b.entry("hold", b.fund, BANK, 601, lost=1), "只有共享库"),
    "nothing": (lambda b: b.entry("receipt", BANK, b.fund, 0), "amount"),
    "less than nothing": (lambda b: b.entry("receipt", BANK, b.fund, -5), "amount"),
}


@pytest.mark.parametrize("name", ATTEMPTS)
@pytest.mark.parametrize("verb", ["insert", "insert or replace", "insert or ignore"])
def test_a_raw_entry_is_refused(bank: Bank, name: str, verb: str) -> None:
    make, words = ATTEMPTS[name]
    before = bank.picture()
    if verb == "insert or ignore" and words == "amount":
        bank.insert(make(bank), verb)  # passed over in silence
    else:
        with pytest.raises(dbapi2.IntegrityError, match=words):
            bank.insert(make(bank), verb)
    assert bank.picture() == before


@pytest.mark.parametrize(
    "statement",
    [
        "update fund_entry set amount_fen = 1",
        "update fund_entry set maker = '甲' where id = :payment",
        "update fund_entry set booked_on = '2026-02-01'",
        "delete from fund_entry",
        "delete from fund_entry where id = :payment",
        "update fund set balance_fen = balance_fen + 1 where id = :fund",
        "update fund set held_fen = 0 where id = :fund",
        "update fund set in_suspense = 1 where id = :fund",
        "update fund set last_seq = last_seq + 1 where id = :fund",
        "update fund set balance_fen = 9999, last_seq = 99 where id = :fund",
        "update fund set balance_fen = 1000, last_seq = 1 where id = :fund",
        "update fund set case_id = :other where id = :fund",
        "update fund set kind = 'escrow' where id = :fund",
        "delete from fund where id = :fund",
        "insert into fund (id, case_id, balance_fen) values ('x', :other, 5)",
        "replace into fund (id, case_id) values (:fund, :case)",
        "replace into fund (id, case_id) values ('y', :case)",
        "update ledger_period set signed_by = null, signed_at = null",
        "update ledger_period set month = '2025-01'",
        "delete from ledger_period",
        "replace into ledger_period (id, month, closed_by, closed_at, trial)"
        " values ('z', '2026-01', 'x', 'x', '')",
        "insert into ledger_period (id, month, closed_by, closed_at, trial, signed_by, signed_at)"
        " values ('z', '2026-02', 'x', 'x', '', 'y', 'y')",
    ],
)
def test_nothing_that_stands_is_changed(bank: Bank, statement: str) -> None:
    before = bank.picture()
    values = {"payment": bank.payment, "fund": bank.fund, "case": bank.case, "other": bank.other}
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    with pytest.raises(dbapi2.IntegrityError):
        bank.raw.execute(statement, used)
    assert bank.picture() == before


def test_a_replacing_entry_takes_no_other_away(bank: Bank) -> None:
    before = bank.picture()
    same = {"id": bank.payment}, {"number": bank.raw.execute(
        "select number from fund_entry where id = ?", (bank.payment,)
    ).fetchone()[0]}, {"seq": 1}  # fmt: skip
    for change in same:
        with pytest.raises(dbapi2.IntegrityError):
            bank.insert(bank.entry("receipt", BANK, bank.fund, 5, **change), "replace")
    assert bank.picture() == before


def test_a_month_is_signed_by_another_and_in_order(own: Bank) -> None:
    own.raw.execute(
        "insert into ledger_period (id, month, closed_by, closed_at, trial)"
        " values ('z', '2999-01', '甲', 'x', '')"
    )
    sign = "update ledger_period set signed_by = ?, signed_at = 'x' where id = 'z'"
    with pytest.raises(dbapi2.IntegrityError, match=r"two_persons|以前的月份"):
        own.raw.execute(sign, ("甲",))
    with pytest.raises(dbapi2.IntegrityError, match="以前的月份尚未结账"):
        own.raw.execute(sign, ("乙",))


def test_a_connection_without_the_hash_books_nothing(own: Bank) -> None:
    row = own.entry("receipt", BANK, own.fund, 5)
    stranger = dbapi2.connect(str(own.replica.path), isolation_level=None)
    stranger.execute("pragma cipher_log_level = NONE")
    stranger.execute(f"pragma key = {own.replica.key.pragma}")
    own.raw.close()
    own.raw = stranger
    with pytest.raises(dbapi2.OperationalError, match="sha256_hex"):
        own.insert(row)

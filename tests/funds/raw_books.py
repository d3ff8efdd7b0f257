"""Lines and entries written past every rule, so that anything can be wrong with them. In memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, insert
from sqlalchemy.pool import StaticPool

from storage.schema import metadata, table
from storage.schema.funds import BANK, COMMON

FIRST = date(2026, 9, 1)
ACCOUNT = "41050100000000000001"


def day(n: int) -> str:
    """The n-th day of the tests."""
    return (FIRST + timedelta(days=n)).isoformat()


@dataclass
class RawBooks:
    """One connection; what is added is not checked and moves no balance by itself."""

    connection: Connection
    case: str = "case0000-0000-7000-8000-000000000001"
    fund: str = "fund0000-0000-7000-8000-000000000001"
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def new(self, kind: str) -> str:
        """A readable id with the shape of a UUID; later ones are greater."""
        return f"{kind:0<8.8}-0000-7000-8000-{next(self._ids):012d}"

    def put(self, name: str, /, **values: Any) -> str:
        """A row of any table; gives its id."""
        row = {"id": values.pop("id", None) or self.new(name.replace("_", "")), **values}
        self.connection.execute(insert(table(name)).values(row))
        return str(row["id"])

    def line(self, on: str, fen: int, *, account: str = ACCOUNT, party: str = "") -> str:
        """A line of the bank; money that leaves is negative. Each has a party of its own unless
        one is named."""
        line_id = self.new("line")
        return self.put(
            "bank_line",
            id=line_id,
            account=account,
            booked_on=on,
            direction="in" if fen > 0 else "out",
            amount_fen=abs(fen),
            text="汇款",
            party_name=party or f"户名{line_id[-6:]}",
            fingerprint=line_id.ljust(64, "0"),
            file_sha256="0" * 64,
        )

    def entry(self, on: str, fen: int, *, line: str | None = None) -> str:
        """A receipt, or a payment where `fen` is negative; of the one case."""
        sides = (BANK, self.fund) if fen > 0 else (self.fund, BANK)
        return self._entry("receipt" if fen > 0 else "payment", on, fen, sides, line_id=line)

    def back(self, entry: str, on: str, fen: int) -> str:
        """Books back an entry that was made with `fen`."""
        sides = (self.fund, BANK) if fen > 0 else (BANK, self.fund)
        return self._entry("reversal", on, fen, sides, reverses=entry)

    def _entry(self, kind: str, on: str, fen: int, sides: tuple[str, str], **more: Any) -> str:
        entry_id = self.new("entry")
        if kind == "payment":
            more["hold_id"] = self.new("hold")
        self.put(
            "fund_entry",
            id=entry_id,
            case_id=self.case,
            kind=kind,
            amount_fen=abs(fen),
            number=f"号{entry_id[-6:]}",
            at=f"{on}T10:00:00+08:00",
            maker="甲",
            payee="乙",
            debit_id=sides[0],
            credit_id=sides[1],
            booked_on=on,
            seq=int(entry_id[-12:]),
            **more,
        )
        for fund, change in ((sides[0], -abs(fen)), (sides[1], abs(fen))):
            self.connection.exec_driver_sql(
                "update fund set balance_fen = balance_fen + ?, held_fen = 0 where id = ?",
                (change, fund),
            )
        return entry_id

    def settle(self) -> None:
        """Takes away what payments without their grants left of grants in the sums."""
        self.connection.exec_driver_sql(
            "insert into fund_entry (id, kind, amount_fen, number, at, maker, debit_id, credit_id,"
            " booked_on, seq, case_id) select 'h' || substr(id, 2), 'hold', amount_fen,"
            " 'h' || number, at, maker, debit_id, credit_id, booked_on, seq + 1000000, case_id"
            " from fund_entry where kind = 'payment'"
        )

    def match(self, line: str, entry: str) -> str:
        """Joins a line and an entry afterwards."""
        return self.put(
            "bank_match", line_id=line, entry_id=entry, maker="甲", at=f"{day(0)}T10:00:00+08:00"
        )

    def balance(self, on: str, fen: int, *, account: str = ACCOUNT, file: str = "a") -> str:
        """What a statement says the account holds."""
        return self.put(
            "bank_balance", account=account, day=on, balance_fen=fen, file_sha256=file.ljust(64)
        )


def raw_engine() -> Engine:
    """All tables without a trigger, and without checks of what an account may hold."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    return engine


@contextmanager
def raw_books() -> Iterator[RawBooks]:
    """A court with one case, its account and the common ones."""
    engine = raw_engine()
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma ignore_check_constraints = on")
        books = RawBooks(connection)
        court = books.put("court", code="豫0399", name="示范市法院", short_name="示范")
        connection.execute(
            insert(table("case")).values(
                id=books.case,
                number="（2026）豫0399执1号",
                court_id=court,
                year=2026,
                type_word="执",
                serial=1,
                filed_on="2026-01-05",
            )
        )
        for kind, (fund_id, name) in COMMON.items():
            connection.execute(insert(table("fund")).values(id=fund_id, kind=kind, name=name))
        connection.execute(
            insert(table("fund")).values(id=books.fund, kind="case", case_id=books.case)
        )
        yield books
    engine.dispose()

"""Months of invented money, booked through storage.ledger.post at moments of its own. Seeded."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from storage.ledger import post
from storage.ledger.moments import written_at
from storage.ledger.post import ZONE, Answer, Slip
from storage.session import Session
from tests.ledger import without_orders
from tests.storage.rows import add, case, court

FIRST = date(2026, 1, 5)
PAYERS = ("云杉商贸有限公司", "白桦建材有限公司", "沈秋白", "网络扣划")
PAYEES = ("申请人甲", "申请人乙", "东岭物资有限公司")


def ok(answer: Answer) -> str:
    """The entry of what must be accepted."""
    assert answer.entry_id is not None, answer
    return answer.entry_id


@dataclass
class Books:
    """Books of some cases. `at` moves on with every entry; `made` holds what was booked."""

    session: Session
    cases: list[str]
    at: datetime = field(default_factory=lambda: datetime.combine(FIRST, time(9), ZONE))
    made: list[str] = field(default_factory=list)
    open_holds: list[str] = field(default_factory=list)
    makers: tuple[str, str] = ("甲", "乙")

    def __post_init__(self) -> None:
        without_orders.at_desk(self.session)

    def go(self, on: date, hour: int = 9) -> None:
        """Moves to an hour of a later day."""
        self.at = datetime.combine(on, time(hour), ZONE)

    def _book(self, work: object, *args: object, **more: object) -> str:
        self.at += timedelta(seconds=1)
        with written_at(self.at), self.session.write("记账") as write:
            entry = ok(work(write.connection, *args, **more))  # type: ignore[operator]
        self.made.append(entry)
        return entry

    def receive(self, whose: str | None, fen: int, payer: str = PAYERS[0]) -> str:
        """Money comes in."""
        return self._book(post.receive, whose, fen, self._slip("案款"), payer=payer)

    def assign(self, whose: str, fen: int) -> str:
        """不明款 finds its case."""
        return self._book(post.assign, whose, fen, self._slip("认领"))

    def hold(
        self, whose: str | None, fen: int, payee: str = PAYEES[0], source: str = "case"
    ) -> str:
        """Money is granted."""
        return self._book(post.hold, whose, fen, self._slip(), payee=payee, source=source)

    def pay(self, hold: str) -> str:
        """A grant is paid by somebody else."""
        return self._book(post.pay, hold, self._slip(second=True))

    def release(self, hold: str) -> str:
        """A grant is taken back."""
        return self._book(post.release, hold, self._slip("逾期未领", second=True))

    def move(self, whose: str, fen: int, way: tuple[str, str]) -> str:
        """Between accounts."""
        return self._book(post.transfer, whose, fen, self._slip(), way=way)

    def reverse(self, entry: str, why: str = "银行退汇", *, second: bool = True) -> str:
        """Books an entry back."""
        return self._book(post.reverse, entry, self._slip(why, second=second))

    def _slip(self, memo: str | None = None, *, second: bool = False) -> Slip:
        return Slip(self.makers[int(second)], memo=memo)


def new_books(session: Session, cases: int = 4) -> Books:
    """A court with cases and no money yet."""
    town = court(code="豫0399", name="示范市南城区人民法院", short_name="南城")
    rows = [case(town["id"], n + 1) for n in range(cases)]
    with session.write("建案") as write:
        add(write.connection, "court", town)
        add(write.connection, "case", *rows)
    return Books(session, [row["id"] for row in rows])


def fill(books: Books, days: int, seed: int = 7) -> Books:
    """So many days of money: every kind of entry, and now and then one that is reversed."""
    picked = random.Random(seed)
    day = books.at.date()
    for _ in range(days):
        day += timedelta(days=1)
        books.go(day)
        for _ in range(picked.randrange(1, 5)):
            _something(books, picked)
    return books


def _something(books: Books, picked: random.Random) -> None:
    whose, fen = picked.choice(books.cases), picked.randrange(1, 900_000)
    what = picked.random()
    if what < 0.4:
        books.receive(whose, fen, picked.choice(PAYERS))
    elif what < 0.5:
        books.receive(None, fen, picked.choice(PAYERS))
    elif what < 0.55 and free(books.session, "unknown", None) > fen:
        books.assign(whose, fen)
    elif what < 0.75 and books.open_holds:
        held = books.open_holds.pop(picked.randrange(len(books.open_holds)))
        if picked.random() < 0.15:
            books.release(held)
        else:
            paid = books.pay(held)
            if picked.random() < 0.1:
                books.reverse(paid, second=False)
    elif free(books.session, "case", whose) > fen:
        _out(books, picked, whose, fen)


def _out(books: Books, picked: random.Random, whose: str, fen: int) -> None:
    way = picked.random()
    if way < 0.6:
        books.open_holds.append(books.hold(whose, fen, picked.choice(PAYEES)))
    elif way < 0.8:
        books.move(whose, fen // 50 + 1, ("case", "fee"))
    elif way < 0.9:
        books.move(whose, fen // 10 + 1, ("case", "refund"))
    else:
        books.move(whose, fen // 10 + 1, ("case", "escrow"))


def free(session: Session, kind: str, whose: str | None) -> int:
    """What may still be granted on an account, in fen; nothing where there is none."""
    with session.read() as connection:
        return _free(connection, kind, whose)


def _free(connection: Connection, kind: str, whose: str | None) -> int:
    row = connection.exec_driver_sql(
        "select balance_fen - held_fen from fund where kind = ? and case_id is ?", (kind, whose)
    ).scalar()
    return int(row or 0)

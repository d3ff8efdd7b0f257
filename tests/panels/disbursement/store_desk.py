"""A desk that works alone over a real store: rules, money and answers are the real ones.

One court, one case with two applicants and ¥86,000 on its account, and everybody an order needs.
All invented. The ledger's clock stands at half past eight of the tests' day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from desktop.contract.context import Who
from desktop.contract.law import load_law
from storage.ids import new_id
from storage.ledger.asking import ask
from storage.ledger.moments import written_at
from storage.records.changes import ChangeSet
from storage.session import Session
from tests.panels.fake_context import FakeContext
from tests.storage.rows import add, case, court

TODAY = date(2026, 11, 23)
PEOPLE = {
    "顾长风": "quota_judge",
    "许会计": "finance",
    "秦会计": "finance",
    "钱会计": "finance",
    "局长乙": "bureau_chief",
    "院领导丙": "vice_president",
}


class StoreContext(FakeContext):
    """Reads and writes as the desk does: readers refuse writes, a write leaves a bundle."""

    def __init__(self, session: Session, *, folder: Path, deferred: bool = True) -> None:
        super().__init__(
            session.replica.reader_engine,
            load_law(),
            today=TODAY,
            folder=folder,
            deferred=deferred,
        )
        self.session = session

    def _transaction(
        self, command: Callable[[Connection, Any], Any], args: Any
    ) -> tuple[Any, ChangeSet]:
        with self.session.write("测试") as write:
            done = command(write.connection, args)
        return done, write.changes


@dataclass
class Desk:
    """Ids of what was written, and the context over it."""

    context: StoreContext
    case_id: str
    people: dict[str, str]

    def sit_down(self, name: str) -> None:
        """Puts somebody at the desk."""
        self.context.who = Who(self.people[name], name, PEOPLE[name])

    def ask(self, name: str, kind: str, **args: Any) -> str:
        """Something that is asked and granted behind the panel's back; gives the request's id."""
        with self.context.session.write("测试") as write:
            asked = ask(write.connection, kind, args, by=self.people[name])
        assert asked.answer is not None, asked
        assert asked.answer.accepted, asked.answer
        self.context.changed.emit(write.changes)
        return asked.request_id

    def order(self, fen: int = 2_480_000, **more: Any) -> str:
        """An order of the handler over the case's money."""
        args: dict[str, Any] = {
            "case_id": self.case_id,
            "amount_fen": fen,
            "payee": "申请人甲",
            "bank": "示范银行东城支行",
            "account_no": "6222000000001234",
            "confirmed_on": "2026-11-20",
            "confirmed_by": "申请人甲",
            "purpose": "payment",
            **more,
        }
        return self.ask("顾长风", "disburse", **args)

    def approved(self, fen: int = 2_480_000, **more: Any) -> str:
        """An order that has passed both its stages."""
        order_id = self.order(fen, **more)
        sha = self.one("select content_sha256 from payment_order where id = ?", order_id)
        for name, stage in (("许会计", "fund_keeper"), ("局长乙", "bureau_chief")):
            self.ask(name, "pass_order", order_id=order_id, stage=stage, content_sha256=sha)
        return order_id

    def sent(self, fen: int = 2_480_000, **more: Any) -> str:
        """An order that the bank has."""
        order_id = self.approved(fen, **more)
        batch = "付20261123-0a1b2c3d"
        self.ask("秦会计", "send_order", order_id=order_id, batch=batch, channel="file")
        return order_id

    def one(self, query: str, *values: object) -> Any:
        """The first value of the first row."""
        with self.context.session.read() as connection:
            return connection.exec_driver_sql(query, values).scalar()

    def state(self, order_id: str) -> str:
        """Where an order stands."""
        return str(self.one("select state from payment_order where id = ?", order_id))

    def available(self) -> int:
        """What may still be granted of the case's money."""
        query = "select balance_fen - held_fen from fund where case_id = ? and kind = 'case'"
        return int(self.one(query, self.case_id))

    def count(self, table: str, where: str = "1") -> int:
        """How many rows there are."""
        return int(self.one(f"select count(*) from {table} where {where}"))


@contextmanager
def store_desk(session: Session, folder: Path) -> Iterator[Desk]:
    """The desk, with the ledger's clock held."""
    context = StoreContext(session, folder=folder)
    people = {name: new_id() for name in PEOPLE}
    here = court(code="豫0381", name="示范市东城区人民法院")
    with session.write("建院") as write:
        add(write.connection, "court", here)
        rows = [
            {"id": people[name], "court_id": here["id"], "name": name, "post": post}
            for name, post in PEOPLE.items()
        ]
        add(write.connection, "person", *rows)
        made = case(here["id"], 2962, handler_id=people["顾长风"], basis_no="（2025）豫0381民初1号")
        add(write.connection, "case", made)
        for name in ("申请人甲", "洛水建材有限责任公司"):
            party = {"id": new_id(), "case_id": made["id"], "role": "applicant", "name": name}
            add(write.connection, "party", {**party, "kind": "natural"})
    desk = Desk(context, made["id"], people)
    with written_at(context.now()):
        desk.ask("许会计", "receive", case_id=made["id"], amount_fen=8_600_000, payer="被执行人")
        yield desk

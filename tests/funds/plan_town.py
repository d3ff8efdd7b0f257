"""A court with money to share out, and what its people do with a plan."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from desktop.contract.law import Law
from desktop.funds.distribution_orders import (
    Wanted,
    chosen_orders,
    orders_to_make,
)
from desktop.funds.distributions import (
    Decide,
    ObjectTo,
    Plan,
    PlanArgs,
    SavePlan,
    ServePlan,
    SettlePlan,
    decide,
    object_to,
    plan,
    save_plan,
    serve,
)
from storage.ids import new_id
from storage.ledger import post
from storage.ledger.post import ZONE, Slip
from storage.session import Session
from tests.storage.rows import add, case, court

MADE = date(2026, 9, 21)
SERVED = date(2026, 9, 28)
UNTIL = date(2026, 10, 13)  # fifteen days, behind the holidays
AFTER = date(2026, 10, 14)
PRINTED = datetime(2026, 10, 1, 9, tzinfo=ZONE)


@dataclass
class Court:
    """A court with a case, money on its account, and people at the keyboard."""

    session: Session
    law: Law
    case: str
    judge: str
    chief: str

    def run(self, command: Callable[[Connection, Any], Any], given: Any) -> Any:
        with self.session.write("分配") as write:
            return command(write.connection, given)

    def plan(self, plan_id: str) -> Plan:
        with self.session.read() as connection:
            found = plan(connection, PlanArgs(plan_id, self.law))
        assert found is not None
        return found

    def saved(self, plan_id: str | None = None, **more: Any) -> str:
        made: str = self.run(save_plan, self.draft(plan_id, **more))
        return made

    def draft(self, plan_id: str | None = None, **more: Any) -> SavePlan:
        return SavePlan(plan_id, self.case, "拍卖款分配", {**TYPED, **more}, self.judge)

    def served(self) -> str:
        plan_id = self.saved()
        self.run(serve, ServePlan(plan_id, SERVED, SERVED, self.law))
        return plan_id

    def objected(self, claim: str = "乙") -> tuple[str, str]:
        plan_id = self.served()
        given = ObjectTo(plan_id, claim, "甲", "已部分清偿", SERVED, AFTER)
        return plan_id, self.run(object_to, given)

    def decided(self, how: str) -> str:
        plan_id, objection = self.objected()
        self.run(decide, Decide(objection, how, "见笔录", AFTER, self.chief))
        return plan_id

    def settled(self) -> SettlePlan:
        return SettlePlan(self.served(), AFTER, self.law, self.chief)


TYPED: dict[str, Any] = {
    "pool": "1000.00",
    "debtor": "natural",
    "debtor_name": "云杉商贸有限公司",
    "on": MADE.isoformat(),
    "costs": [
        {"name": "申请执行费", "amount": "50.00", "to": "fee"},
        {"name": "评估费", "amount": "10.00", "to": "out"},
    ],
    "claims": [
        {
            "creditor": "甲",
            "kind": "ordinary",
            "principal": "900.00",
            "interest": "100.00",
            "bank": "示范银行",
            "account_no": "6222000011112222",
        },
        {"creditor": "乙", "kind": "ordinary", "amount": "500.00"},
    ],
}


def founded(session: Session, law: Law) -> Court:
    """The court with a case, 1,500 yuan on its account, and two people."""
    place = court(code="豫0399", name="示范市南城区人民法院")
    row = case(place["id"], 1)
    judge, chief = new_id(), new_id()
    with session.write("建案") as write:
        connection = write.connection
        add(connection, "court", place)
        people = (
            {"id": judge, "name": "顾长风", "post": "quota_judge"},
            {"id": chief, "name": "局长乙", "post": "bureau_chief"},
        )
        add(connection, "person", *({**one, "court_id": place["id"]} for one in people))
        add(connection, "case", row)
        assert post.receive(connection, row["id"], 150_000, Slip("甲"), payer="丙").accepted
    return Court(session, law, row["id"], judge, chief)


def wanted(town: Court, plan_id: str) -> tuple[Wanted, ...]:
    with town.session.read() as connection:
        return orders_to_make(connection, PlanArgs(plan_id, town.law))


def ticked(found: tuple[Wanted, ...], **more: str) -> tuple[Wanted, ...]:
    """All of them, with an account for each that was confirmed."""
    row = {"chosen": "1", "bank": "示范银行", "account_no": "6222000011112222"}
    row |= {"confirmed_on": "2026-10-10", "confirmed_by": "本人", **more}
    return chosen_orders(found, [row] * len(found))

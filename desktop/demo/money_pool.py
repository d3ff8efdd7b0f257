"""Pools of the demo that several creditors share: a plan that is paid, one that is objected to, a
draft. Writer thread; no Qt.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from sqlalchemy import Connection

from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import Law
from desktop.demo.money_orders import Order, OrderDesk
from desktop.demo.money_plan import Course
from desktop.demo.money_words import account_of, bank_of
from desktop.demo.story import Told
from desktop.funds.distributions import (
    WITHDRAWN,
    Decide,
    ObjectTo,
    SavePlan,
    ServePlan,
    SettlePlan,
    decide,
    object_to,
    save_plan,
    serve,
    settle,
)
from desktop.rules.distribution_plan import PlanResult, count_plan, read_content
from desktop.rules.money import yuan_text

_CREDITORS: Final = 3


@dataclass(slots=True)
class Pools:
    """Hands for them; `creditors`: other cases, whose applicants take part."""

    connection: Connection
    law: Law
    rng: Random
    orders: OrderDesk
    creditors: Sequence[Told]

    def share(self, case: Told, fen: int, how: str, moment: datetime) -> None:
        """Plans what becomes of money that came in on `case`; `how` as in the plan of the demo."""
        others = self.rng.sample([one for one in self.creditors if one is not case], _CREDITORS)
        drawn = self._later(moment.date(), 2)
        self._at(drawn, lambda at: self._draft(case, [case, *others], fen, how, at))

    def _draft(
        self, case: Told, creditors: Sequence[Told], fen: int, how: str, moment: datetime
    ) -> None:
        day = moment.date()
        claims = [self._claim(one, n, fen) for n, one in enumerate(creditors)]
        typed: dict[str, object] = {
            "pool": yuan_text(fen),
            "debtor": "enterprise" if "公司" in case.debtor else "natural",
            "debtor_name": case.debtor,
            "property": "被执行人名下房产拍卖款",
            "ends_on": (day + timedelta(days=90)).isoformat(),
            "on": day.isoformat(),
            "costs": [
                {"name": "评估费", "amount": yuan_text(min(fen // 40, 600_000)), "to": "out"}
            ],
            "claims": claims,
        }
        cost = yuan_text(min(fen // 40, 600_000))
        typed["costs"] = [{"name": "评估费", "amount": cost, "to": "out"}]
        title = f"{case.debtor}财产参与分配方案"
        made = save_plan(
            self.connection, SavePlan(None, case.case_id, title, typed, case.handler.id)
        )
        if how == "draft":
            return
        today = self.orders.days.today
        served = self._later(day, 4) if how == "settled" else self._back(today, 6)
        self._at(served, lambda at: self._serve(case, made, how, at))

    def _claim(self, one: Told, n: int, fen: int) -> dict[str, str]:
        """What a creditor asks for; all of them together ask for more than there is."""
        principal = int(fen * self.rng.uniform(0.2, 0.9)) // 10_000 * 10_000 + 10_000
        interest = int(principal * self.rng.uniform(0.01, 0.12))
        return {
            "creditor": one.applicant,
            "case_number": one.number,
            "kind": "secured" if n == 1 else "ordinary",
            "principal": yuan_text(principal),
            "interest": yuan_text(interest),
            "seized_on": (one.filed + timedelta(days=20 + n)).isoformat(),
            "bank": bank_of(one.applicant),
            "account_no": account_of(one.applicant),
        }

    def _serve(self, case: Told, plan_id: str, how: str, moment: datetime) -> None:
        day = moment.date()
        until = serve(self.connection, ServePlan(plan_id, day, day, self.law))
        objects = self._later(day, 3) if how == "settled" else self._back(self.orders.days.today, 2)
        self._at(objects, lambda at: self._object(case, plan_id, how, at))
        if how == "settled":
            over = self._later(date.fromisoformat(until), 1)
            self._at(over, lambda at: self._settle(case, plan_id, at))

    def _object(self, case: Told, plan_id: str, how: str, moment: datetime) -> None:
        day, last = moment.date(), list(self._counted(plan_id).content.claims)[-1]
        words = "方案计算利息的截止日有误，应计算至实际清偿之日。"
        made = object_to(self.connection, ObjectTo(plan_id, last, last, words, day, day))
        if how == "settled":
            why = "经释明，异议人书面撤回异议。"
            said = Decide(made, WITHDRAWN, why, self._later(day, 4), case.handler.id)
            self._at(said.on, lambda _at: decide(self.connection, said))

    def _settle(self, case: Told, plan_id: str, moment: datetime) -> None:
        asked = SettlePlan(plan_id, moment.date(), self.law, case.handler.id)
        settle(self.connection, asked)
        found = self._counted(plan_id)
        for n, claim in enumerate(found.content.claims):
            fen = found.whole(claim)
            if fen > 0:
                self._order(case, plan_id, found, claim, moment + timedelta(minutes=20 + 3 * n))

    def _order(
        self, case: Told, plan_id: str, found: PlanResult, claim: str, moment: datetime
    ) -> None:
        computation = {
            "kind": "distribution",
            "on": found.content.head["on"],
            "input": found.content.question,
            "output": found.output(),
            "parts": found.parts(claim),
            "claim": claim,
            "distribution_id": plan_id,
        }
        made = Order(
            *(case, Course(), found.whole(claim), found.content.claims[claim]["creditor"]),
            case.handler,
            basis="参与分配方案",
            plan_id=plan_id,
            parts={
                **found.parts(claim),
                "computation": json.dumps(computation, ensure_ascii=False),
            },
        )
        self.orders.plan(moment, lambda at: self.orders.submit(made, at))

    def _counted(self, plan_id: str) -> PlanResult:
        row = self.connection.exec_driver_sql(
            "select content from distribution where id = ?", (plan_id,)
        ).scalar_one()
        return count_plan(read_content(str(row)))

    def _later(self, day: date, days: int) -> date:
        return self.orders.days.after(day, days)

    def _back(self, day: date, days: int) -> date:
        return self.orders.days.workday(day - timedelta(days=days))

    def _at(self, day: date, deed: Callable[[datetime], None]) -> None:
        self.orders.plan(datetime.combine(day, time(14, 20), COURT_ZONE), deed)

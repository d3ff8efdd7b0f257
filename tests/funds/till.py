"""Money by hand in a store in memory without triggers: days, orders and acts as a test wants them.

Built upon the two courts of tests.panels.real_city; 东城 gets two of finance.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import update

from storage.schema import table
from storage.schema.funds import BANK, UNKNOWN
from tests.panels.real_city import RealCity, new

FINANCE = ("财务一", "财务二")


@dataclass
class Till:
    """Accounts and entries of a city."""

    city: RealCity
    seq: int = 0
    funds: dict[str | None, str] = field(default_factory=dict)
    balances: dict[str, int] = field(default_factory=dict)

    def fund(self, case_id: str | None) -> str:
        """The account of a case, or that of the 不明款."""
        if case_id not in self.funds:
            if case_id is None:
                made = self.city.put("fund", id=UNKNOWN, kind="unknown")
            else:
                made = self.city.put("fund", case_id=case_id, kind="case")
            self.funds[case_id] = made
        return self.funds[case_id]

    def receive(self, case_id: str | None, fen: int, on: str, payer: str = "云杉商贸") -> str:
        """Money that came in on a day; gives its entry."""
        fund = self.fund(case_id)
        self._move(fund, fen)
        return self._entry("receipt", fen, on, BANK, fund, case_id=case_id, payee=payer)

    def order(
        self,
        case_id: str,
        fen: int,
        on: str,
        *passed: tuple[str, str],
        stages: str = "fund_keeper,bureau_chief",
        sent: str | None = None,
    ) -> str:
        """An order asked for by the handler, passed by (name, day), and perhaps sent."""
        hold = self._entry("hold", fen, on, self.fund(case_id), BANK, case_id=case_id, payee="甲")
        every = stages.split(",")
        left = every[len(passed) :]
        state = "approving" if left else "approved"
        self.city.put(
            "payment_order",
            id=hold,
            number=f"批2026-{self.seq:06d}",
            case_id=case_id,
            purpose="payment",
            source="case",
            amount_fen=fen,
            payee="甲",
            tier_id="t",
            stages=stages,
            maker="gu",
            maker_id=self.city.handler,
            made_at=f"{on}T10:00:00+08:00",
            content_sha256="0" * 64,
            state="sent" if sent else state,
            stage=left[0] if left else "",
            last_n=1 + len(passed) + bool(sent),
        )
        acts = [("submit", "顾长风", on), *(("pass", name, day) for name, day in passed)]
        acts += [("send", FINANCE[1], sent)] if sent else []
        for n, (act, name, day) in enumerate(acts, start=1):
            self.city.put(
                "payment_act",
                order_id=hold,
                n=n,
                act=act,
                actor=name,
                person_id=self.city.person(name),
                at=f"{day}T11:00:00+08:00",
                content_sha256="0" * 64,
            )
        return hold

    def pay(self, hold: str, fen: int, case_id: str, on: str) -> str:
        """The bank has paid."""
        self._move(self.fund(case_id), -fen)
        return self._entry(
            "payment", fen, on, self.fund(case_id), BANK, case_id=case_id, hold_id=hold
        )

    def move(self, case_id: str, fen: int, on: str, to: str) -> str:
        """From the case's account to another, such as 提存 (made when needed)."""
        there = self.funds.get(f"{to} {case_id}")
        if there is None:
            there = self.city.put("fund", case_id=case_id, kind=to)
            self.funds[f"{to} {case_id}"] = there
        self._move(self.fund(case_id), -fen)
        self._move(there, fen)
        return self._entry("transfer", fen, on, self.fund(case_id), there, case_id=case_id)

    def delay(self, case_id: str, entry_id: str | None, **more: Any) -> str:
        """A delay that was approved on the day it begins, unless `more` says otherwise."""
        begun = more.get("from_on", "2026-10-12")
        values = {
            "ground": "to_distribute",
            "reason": "另案债权人申请参与分配",
            "from_on": begun,
            "proposed_by": self.city.handler,
            "proposed_at": f"{begun}T09:00:00+08:00",
            "approved_by": self.city.person("局长乙"),
            "approved_at": f"{begun}T15:00:00+08:00",
            "state": "approved",
            **more,
        }
        return self.city.put("payment_delay", case_id=case_id, entry_id=entry_id, **values)

    def _move(self, fund: str, fen: int) -> None:
        self.balances[fund] = self.balances.get(fund, 0) + fen
        funds = table("fund")
        with self.city.context.engine.begin() as connection:
            connection.execute(
                update(funds).where(funds.c.id == fund).values(balance_fen=self.balances[fund])
            )

    def _entry(self, kind: str, fen: int, on: str, debit: str, credit: str, **more: Any) -> str:
        self.seq += 1
        date.fromisoformat(on)
        word = {"receipt": "收", "hold": "批", "payment": "付", "transfer": "转"}[kind]
        return self.city.put(
            "fund_entry",
            kind=kind,
            amount_fen=fen,
            number=f"{word}2026-{self.seq:06d}",
            at=f"{on}T09:{self.seq % 60:02d}:00+08:00",
            booked_on=on,
            maker="财务",
            debit_id=debit,
            credit_id=credit,
            seq=self.seq,
            **more,
        )


def till_of(city: RealCity) -> Till:
    """The till of 东城, where everybody needed serves."""
    people = dict(city.people)
    for name in FINANCE:
        people[name] = new("person")
        city.put("person", id=people[name], court_id=city.court, name=name, post="finance")
    city.people = people
    city.put("fund", id=BANK, kind="bank")
    return Till(city)

"""One order of the demo's money from its request to the bank's answer, straight or not.

Writer thread; no Qt. Each step is asked of the ledger in the name of whoever is to take it, and
puts the next one into the queue.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any, Final

from sqlalchemy import Connection

from desktop.contract.court_zone import COURT_ZONE
from desktop.demo.days import Days
from desktop.demo.money_bank import Bank, Movement
from desktop.demo.money_desk import Purse, asked
from desktop.demo.money_plan import Course
from desktop.demo.money_sums import due_of, sums
from desktop.demo.money_words import account_of, bank_of
from desktop.demo.staff import Member
from desktop.demo.story import Told

Plan = Callable[[datetime, Callable[[datetime], None]], None]
_OPENS, _CLOSES, _BANK_CLOSES = time(9), time(17), time(15, 30)
_WHY_BACK: Final = (
    "收款账户户名与申请执行人不一致，请核对后重新提交。",
    "计算表未扣除执行费，请重新核算。",
    "请附申请执行人的账户确认书。",
)
_HOW: Final = ("电话", "当面", "书面")
_WAITS_TO_DIE: Final = 32  # days after which an order that nobody moved is let go


@dataclass(slots=True)
class Order:
    """An order on its way. `salt`: which of the payee's accounts; `due`: when it is to leave."""

    case: Told | None
    course: Course
    fen: int
    payee: str
    maker: Member
    purpose: str = "payment"
    source: str = "case"
    target: str | None = None
    salt: int = 0
    replaces: str | None = None
    due: datetime | None = None
    basis: str = ""
    ground: str | None = None
    plan_id: str | None = None
    parts: dict[str, Any] = field(default_factory=dict)
    n: int = 0
    id: str = ""
    number: str = ""
    stages: tuple[str, ...] = ()
    sha256: str = ""


@dataclass(slots=True)
class OrderDesk:
    """Takes orders and sees to them. `plan` puts a deed into the queue of the city's days."""

    connection: Connection
    days: Days
    rng: Random
    purse: Purse
    bank: Bank
    plan: Plan
    _count: "count[int]" = field(default_factory=count)
    _paid: dict[tuple[str, str], int] = field(default_factory=dict)

    def on(self, kind: str, case_id: str | None = None) -> int:
        """What may still be granted on that account."""
        whose = case_id if kind in ("case", "escrow") else None
        found = self.connection.exec_driver_sql(
            "select balance_fen - held_fen from fund where kind = ? and case_id is ?",
            (kind, whose),
        ).scalar()
        return int(found or 0)

    # -- the way of an order

    def submit(self, order: Order, moment: datetime) -> None:
        """承办人 asks; what there is on the account was looked at by the caller."""
        there = self.on(order.source, None if order.case is None else order.case.case_id)
        order.fen = min(order.fen, there)
        if order.fen <= 0:  # in the meantime it went with another order
            return
        if order.salt == 0:
            order.salt = self._paid.get(self._whom(order), 0) + (order.course.fate == "differs")
        order.n = next(self._count)
        told = asked(
            self.connection, order.maker, moment, self._kind(order), **self._args(order, moment)
        )
        order.id, order.number = str(told["id"]), str(told["number"])
        stages, order.sha256 = self.connection.exec_driver_sql(
            "select stages, content_sha256 from payment_order where id = ?", (order.id,)
        ).one()
        order.stages = tuple(stages.split(","))
        fate = order.course.fate
        if fate == "expired" and order.replaces is None:
            self.plan(
                self.workdays(moment, _WAITS_TO_DIE, _OPENS), lambda at: self._expire(order, at)
            )
            return
        if fate == "withdrawn":
            self.plan(self.after(moment), lambda at: self._withdraw(order, at))
            return
        self.plan(self._next(order, moment, 0), lambda at: self._pass(order, 0, at))

    def _pass(self, order: Order, at: int, moment: datetime) -> None:
        """The open stage: passed, sent back, or left where it lies."""
        if at == len(order.stages):
            self._send(order, moment)
            return
        stage, course = order.stages[at], order.course
        if course.stop == stage:
            return
        who = self._holder(order, stage)
        back = {"returned": 0, "returned_late": 1}.get(course.fate)
        if back == at:
            why = self.rng.choice(_WHY_BACK)
            asked(
                *(self.connection, who, moment, "return_order"),
                order_id=order.id,
                stage=stage,
                reason=why,
            )
            self._again(order, moment)
            return
        asked(
            *(self.connection, who, moment, "pass_order"),
            order_id=order.id,
            stage=stage,
            content_sha256=order.sha256,
            note="",
        )
        self.plan(self._next(order, moment, at + 1), lambda then: self._pass(order, at + 1, then))

    def _send(self, order: Order, moment: datetime) -> None:
        if order.course.stop == "approved":
            return
        sender = self.purse.turn(order.n, order.maker)[1]
        asked(
            *(self.connection, sender, moment, "send_order"),
            order_id=order.id,
            batch=f"付{moment:%Y%m%d}",
            channel="file",
        )
        if order.target is not None:  # moved within the court at once
            return
        fate = order.course.fate if order.replaces is None else "plain"
        stop = order.course.stop
        if stop == "unknown" or fate == "unknown":
            self.plan(moment + timedelta(minutes=50), lambda at: self._answer(order, at, "unknown"))
        if stop in ("sent", "unknown"):
            return
        if fate == "failed":
            self.plan(self.after(moment), lambda at: self._failed(order, at))
            return
        self.bank.move(
            Movement(
                *(moment.date(), "out", order.fen, order.payee),
                *(account_of(order.payee, order.salt), f"案款发放 {order.number}", order.id),
                order=order,
            )
        )

    def settled(self, order: Order, line_id: str, day: date, moment: datetime) -> None:
        """The statement shows that it was paid on that day."""
        self._answer(order, moment, "paid", line_id=line_id, booked_on=day.isoformat())
        self._paid[self._whom(order)] = order.salt
        if order.course.fate == "wrong" and order.replaces is None:
            order.course.fate = "plain"
            self.plan(self.workdays(moment, 3, _OPENS), lambda at: self._came_back(order, at))

    # -- what is asked

    def _kind(self, order: Order) -> str:
        return "disburse" if order.source == "case" else "remit"

    def _args(self, order: Order, moment: datetime) -> dict[str, Any]:
        """All that stands on the form."""
        day = moment.date()
        args: dict[str, Any] = {
            "case_id": None if order.case is None else order.case.case_id,
            "amount_fen": order.fen,
            "payee": order.payee,
            "purpose": order.purpose,
            "basis": order.basis or "执行款发放审批表",
            "replaces": order.replaces,
            "distribution_id": order.plan_id,
        }
        if order.parts:
            args |= order.parts
        elif order.case is not None and order.purpose == "payment":
            args |= self._parts(order, day)
        if order.source != "case":
            args["from"] = order.source
        if order.target is not None:
            return args | {"target": order.target, "ground": order.ground}
        args |= {
            "bank": bank_of(order.payee, order.salt),
            "account_no": account_of(order.payee, order.salt),
            "confirmed_on": (day - timedelta(days=self.rng.randrange(0, 3))).isoformat(),
            "confirmed_by": order.payee,
            "confirmed_how": self.rng.choice(_HOW),
        }
        paid = self._paid.get(self._whom(order))
        if paid is not None and paid != order.salt:
            args |= {
                "call_back_on": day.isoformat(),
                "call_back_by": order.maker.name,
                "call_back_result": "按立案时留存的电话回拨，本人确认账户已变更。",
            }
        return args

    def _parts(self, order: Order, day: date) -> dict[str, Any]:
        assert order.case is not None
        made = sums(order.fen, due_of(order.case.filed), day)
        return {
            "principal_fen": made.principal_fen,
            "doubled_fen": made.doubled_fen,
            "computation": made.computation or None,
        }

    def _whom(self, order: Order) -> tuple[str, str]:
        return "" if order.case is None else order.case.case_id, order.payee

    def _holder(self, order: Order, stage: str) -> Member:
        keeper = self.purse.turn(order.n, order.maker)[0]
        return {
            "fund_keeper": keeper,
            "bureau_chief": self.purse.chief,
            "vice_president": self.purse.vice,
        }[stage]

    # -- what goes otherwise

    def _answer(self, order: Order, moment: datetime, outcome: str, **more: Any) -> None:
        sender = self.purse.turn(order.n, order.maker)[1]
        asked(
            *(self.connection, sender, moment, "answer_order"),
            order_id=order.id,
            outcome=outcome,
            **more,
        )

    def _failed(self, order: Order, moment: datetime) -> None:
        self._answer(order, moment, "failed", reason="收款账户已销户，银行退回。")
        self._again(order, moment, salt=order.salt + 1)

    def _withdraw(self, order: Order, moment: datetime) -> None:
        asked(
            *(self.connection, self.purse.chief, moment, "withdraw_order"),
            order_id=order.id,
            reason="申请执行人要求变更收款账户，暂缓提交。",
        )
        self._again(order, moment + timedelta(days=4), salt=order.salt + 1)

    def _expire(self, order: Order, moment: datetime) -> None:
        keeper = self.purse.turn(order.n, order.maker)[0]
        before = (moment - timedelta(days=30)).date().isoformat()
        asked(self.connection, keeper, moment, "expire_orders", before=before)
        self._again(order, moment)

    def _came_back(self, order: Order, moment: datetime) -> None:
        """The bank brings back what went to the wrong one; the morning after it is booked back."""
        self.bank.move(
            Movement(
                *(moment.date(), "in", order.fen, order.payee),
                *(account_of(order.payee, order.salt), f"退汇 {order.number}"),
                back=order,
            )
        )

    def booked_back(self, order: Order, day: date, moment: datetime) -> str:
        """冲正 by whoever did not book the payment; gives the entry."""
        entry_id = self.connection.exec_driver_sql(
            "select id from fund_entry where hold_id = ? and kind = 'payment'", (order.id,)
        ).scalar_one()
        keeper = self.purse.turn(order.n, order.maker)[0]
        told = asked(
            *(self.connection, keeper, moment, "reverse"),
            entry_id=entry_id,
            reason="收款人开户行有误，款项退汇，按原渠道冲正。",
            booked_on=day.isoformat(),
        )
        self._again(order, moment, salt=order.salt + 1, replaces=False)
        return str(told["id"])

    def _again(
        self, order: Order, moment: datetime, *, salt: int | None = None, replaces: bool = True
    ) -> None:
        """The corrected order, which names the one it replaces; it goes straight."""
        course = Course(fate="plain", stop=order.course.stop)
        made = Order(
            *(order.case, course, order.fen, order.payee, order.maker),
            *(order.purpose, order.source, order.target),
            salt=order.salt if salt is None else salt,
            replaces=order.id if replaces else None,
            basis=order.basis,
            plan_id=order.plan_id,
            parts=order.parts,
        )
        self.plan(self.after(moment), lambda at: self.submit(made, at))

    # -- moments

    def workdays(self, moment: datetime, days: int, at: time) -> datetime:
        """So many days later at an hour, or when the office opens next after it."""
        day = self.days.workday(moment.date() + timedelta(days=days))
        return datetime.combine(day, at, COURT_ZONE) + timedelta(minutes=self.rng.randrange(25))

    def after(self, moment: datetime) -> datetime:
        """Some time on the next working day."""
        hour = time(self.rng.choice((9, 9, 10, 11, 14, 15, 16)), self.rng.randrange(60))
        day = self.days.workday(moment.date() + timedelta(days=1))
        return datetime.combine(day, hour, COURT_ZONE)

    def _next(self, order: Order, moment: datetime, done: int) -> datetime:
        """When the next step is taken: in time for `due`, else on one of the next days."""
        if order.due is None:
            if self.rng.random() < 0.25 and moment.hour < 15:
                return moment + timedelta(minutes=self.rng.randrange(20, 100))
            return self.after(moment)
        left = len(order.stages) - done + 1
        if done == len(order.stages):
            return max(order.due, moment + timedelta(minutes=5))
        then = moment + (order.due - moment) / left
        return max(min(self._within_hours(then), order.due), moment + timedelta(minutes=5))

    def _within_hours(self, moment: datetime) -> datetime:
        day = self.days.workday(moment.date())
        if day != moment.date() or moment.time() < _OPENS:
            return datetime.combine(day, _OPENS, COURT_ZONE) + timedelta(minutes=moment.minute)
        if moment.time() > _CLOSES:
            return datetime.combine(day, _CLOSES, COURT_ZONE) - timedelta(minutes=moment.minute)
        return moment

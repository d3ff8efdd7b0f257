"""What people do about the demo's money beside paying it: the handler is told, payment is delayed
on a ground, months are closed, a pool is shared, a difference is explained.

Writer thread; no Qt. Each is a deed in the queue of the office, by the desk's own commands.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Final

from sqlalchemy import Connection

from desktop.contract.court_zone import COURT_ZONE
from desktop.demo.days import Days
from desktop.demo.money_desk import Purse, asked
from desktop.demo.money_orders import Plan
from desktop.demo.story import Told
from desktop.funds.delays import DelayEnd, DelayText, DelayVerdict, end, propose, settle
from desktop.funds.differences import Explanation, explain
from desktop.funds.notices import Notice, tell

_CLOSE_DAY: Final = 6  # of the next month
_CLOSED: Final = 2  # months that are closed; the next one is reported and waits for a signature
_TOLD_DAYS: Final = 26


@dataclass(frozen=True, slots=True)
class Delayed:
    """How a delay went: `ended` so many days before the demo's day; None: it stands or waits."""

    ground: str
    reason: str
    verdict: bool | None
    ended: int | None = None


# By days that the money has lain on the demo's day.
DELAYS: Final = {
    31: Delayed("to_distribute", "另案债权人已申请参与分配，待制作分配方案。", None),
    40: Delayed("not_claimed", "两次电话通知、一次书面通知，申请执行人均未来领取。", True),
    44: Delayed("other", "申请执行人要求年底一并领取。", False),
    52: Delayed("frozen", "申请执行人另案为被执行人，该款被另案冻结，现已解除。", True, 4),
    58: Delayed("stayed", "案外人异议审查期间中止执行，现异议已驳回。", True, 13),
    66: Delayed("frozen", "该款被另案保全冻结，尚未解除。", True),
}


@dataclass(slots=True)
class Watch:
    """Hands for it; `plan` puts a deed into the queue."""

    connection: Connection
    days: Days
    rng: Random
    purse: Purse
    plan: Plan

    def told(self, entry_id: str, arrived: date, moment: datetime, lies: int = 0) -> None:
        """The handler of a receipt is told; of money long paid nobody asks any more."""
        left = self.rng.random() < 0.04
        if left or (self.days.today - arrived).days > (_TOLD_DAYS if lies == 0 else 100):
            return
        clerk = self.purse.keepers[0]
        tell(self.connection, Notice((entry_id,), clerk.id, moment))

    def delay(self, case: Told, entry_id: str, lying: int, moment: datetime) -> None:
        """Plans the delay of a receipt that lies so long on the demo's day."""
        how = DELAYS.get(lying)
        if how is not None:
            asked_at = self._at(moment.date() + timedelta(days=9), 10)
            self.plan(asked_at, lambda at: self._delay(case, entry_id, how, at))

    def _delay(self, case: Told, entry_id: str, how: Delayed, moment: datetime) -> None:
        until = self.days.today + timedelta(days=20)
        text = DelayText(
            *(case.case_id, entry_id, how.ground, how.reason, moment.date(), until),
            *(case.handler.id, moment),
        )
        made = propose(self.connection, text)
        if how.verdict is None:
            return
        said = DelayVerdict(made, how.verdict, self.purse.chief.id, moment + timedelta(hours=5))
        self.plan(said.at, lambda _at: settle(self.connection, said))
        if how.ended is not None:
            on = self.days.today - timedelta(days=how.ended)
            over = DelayEnd(made, on, case.handler.id, self._at(on, 15))
            self.plan(over.at, lambda _at: end(self.connection, over))

    def months(self, first: date, last: date) -> None:
        """Closes those months that are over, the last of them but by half."""
        month, n = first, 0
        while (after := _next_month(month)) <= last:
            name, closes = f"{month:%Y-%m}", self._at(after.replace(day=_CLOSE_DAY), 16)
            if n <= _CLOSED:
                self.plan(closes, partial(self._report, name))
            if n < _CLOSED:
                signs = closes + timedelta(minutes=40)
                self.plan(signs, partial(self._sign, name))
            month, n = after, n + 1

    def _report(self, month: str, moment: datetime) -> None:
        asked(self.connection, self.purse.keepers[0], moment, "close_month", month=month)

    def _sign(self, month: str, moment: datetime) -> None:
        asked(self.connection, self.purse.chief, moment, "sign_month", month=month)

    def explained(self, line_id: str, fen: int, moment: datetime) -> None:
        """A line of the bank that no entry answers, and why."""
        body = "开户行扣收账户管理费，不得列支案款，已请财政部门拨补。"
        given = Explanation(
            *("line_without_entry", line_id, fen, body, self.purse.keepers[1].id, moment)
        )
        explain(self.connection, given)

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(self.days.workday(day), time(hour, 20), COURT_ZONE)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)

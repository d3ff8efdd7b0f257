"""The clocks of one sum of money that has come in. Pure; any thread.

From arrival to the bank's answer: notice to the handler, word to the finance department, payment,
thirty days from the notice (法发〔2017〕6号第10条), ten days after the ground of a delay ended, and
不明款. The limits are nodes of the law; due days come from the clock engine, states from its
decision table, so that money counts as every other node does. An approved delay ends what runs,
as the law says; when its ground has ended the ten days are what counts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from desktop.rules.calendar import Calendars
from desktop.rules.catalogue import Limit, NodeRule
from desktop.rules.clock import ClockTable, count, period_of, state_of, warn_day
from desktop.rules.fund_law import FundLaw, FundRule
from desktop.rules.steps import Step
from storage.ids import CaseId, EventId
from storage.records.cases import NodeClock
from storage.records.states import NodeState

UNVERIFIED: Final = "〔未核实〕"


@dataclass(frozen=True, slots=True)
class DelayDays:
    """An approved delay: from when it counts, until when it was meant to last, when its ground
    ended (None: it stands)."""

    from_on: date
    until_on: date | None
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class MoneyDays:
    """What the ledger and its orders say of one part of a receipt.

    `unknown`: it lies with the 不明款. `asked_on` and `approved_on` belong to the order that is to
    pay it out: when it was asked for, and when the last who had to approve did.
    """

    arrived_on: date
    unknown: bool = False
    told_on: date | None = None
    asked_on: date | None = None
    approved_on: date | None = None
    delays: tuple[DelayDays, ...] = ()

    def standing_delay(self, today: date) -> DelayDays | None:
        """The delay in force on that day; the one that began last of several."""
        standing = [
            one
            for one in self.delays
            if one.from_on <= today and (one.ended_on is None or one.ended_on > today)
        ]
        return max(standing, key=lambda one: one.from_on) if standing else None

    def days_held(self, today: date) -> int:
        """Calendar days since it came."""
        return max(0, (today - self.arrived_on).days)

    def days_delayed(self, today: date) -> int:
        """Those of them on which an approved delay stood; each once."""
        spans = [
            (max(one.from_on, self.arrived_on), min(one.ended_on or today, today))
            for one in self.delays
        ]
        days, reached = 0, self.arrived_on
        for first, last in sorted(spans):
            start = max(first, reached)
            if last > start:
                days += (last - start).days
                reached = last
        return days

    def delay_ended_on(self, today: date) -> date | None:
        """When the last ground of a delay ended; None while one stands or there was none."""
        if self.standing_delay(today) is not None:
            return None
        ended = [
            one.ended_on
            for one in self.delays
            if one.ended_on is not None and self.arrived_on <= one.ended_on <= today
        ]
        return max(ended, default=None)


@dataclass(frozen=True, slots=True)
class FundClock:
    """One clock. `basis`: the article, marked where it was not checked. `due_on`: None when the law
    has no limit for the start day. `steps` only where they were asked for."""

    code: str
    name: str
    basis: str
    start_on: date
    due_on: date | None
    done_on: date | None
    state: NodeState
    certain: bool
    steps: tuple[Step, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it still runs."""
        return self.done_on is None

    def days_left(self, today: date) -> int | None:
        """Calendar days to the due day, below zero when it has passed; None when it is done or not
        certain."""
        if not self.open or self.due_on is None or not self.certain:
            return None
        return (self.due_on - today).days


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What money is measured with: the rules of money, where nodes are found, the calendars, and a
    memory of due days, or none."""

    law: FundLaw
    node: Callable[[str], NodeRule | None]
    calendars: Calendars
    memo: ClockTable | None = None


def fund_clocks(
    days: MoneyDays, yard: Yardstick, today: date, *, trace: bool = False
) -> tuple[FundClock, ...]:
    """Every clock that runs or has run, in the order of the law's file. `trace` asks for steps."""
    begun = _starts(days, today)
    made = []
    for rule in yard.law.clocks:
        start = begun.get(rule.start)
        if not rule.adopted or start is None or start > today:
            continue
        node = rule.rule(yard.node)
        limit = None if node is None else node.limit_on(start)
        if node is not None and limit is not None:
            done = _done(rule, start, days, today)
            made.append(_counted(rule, node, limit, (start, done), yard, today, trace))
    return tuple(made)


def _starts(days: MoneyDays, today: date) -> dict[str, date | None]:
    if days.unknown:
        return {"unknown": days.arrived_on}
    return {
        "arrived": days.arrived_on,
        "told": days.told_on,
        "approved": days.approved_on,
        "delay_ended": days.delay_ended_on(today),
    }


def _done(rule: FundRule, start: date, days: MoneyDays, today: date) -> date | None:
    """The first end since the start. Money that is still here was never paid or found, so these
    never happen; a delay that stands when a clock begins ends it at once."""
    happened = {"told": days.told_on, "asked": days.asked_on, "approved": days.approved_on}
    ends = [day for end in rule.done if (day := happened.get(end)) is not None and day >= start]
    if "delayed" in rule.done:
        ends += [
            max(delay.from_on, start)
            for delay in days.delays
            if delay.ended_on is None or delay.ended_on > start
        ]
    return min((day for day in ends if day <= today), default=None)


def _counted(
    rule: FundRule,
    node: NodeRule,
    limit: Limit,
    span: tuple[date, date | None],
    yard: Yardstick,
    today: date,
    trace: bool,
) -> FundClock:
    start, done = span
    steps: tuple[Step, ...] = ()
    if yard.memo is not None and not trace:
        known = yard.memo.due(node, start)
        due_on, certain, warn_on = known.due_on, known.certain, known.warn_on
    else:
        counted = count(period_of(limit), start, yard.calendars.of(node.calendar), trace=trace)
        due_on, certain, warn_on = counted.due_on, counted.certain, warn_day(node, counted)
        steps = counted.steps
    clock = NodeClock(
        case_id=CaseId(""),
        node_code=rule.code,
        subject="",
        start_event_id=EventId(""),
        started_on=start,
        due_on=due_on,
        due_at=None,
        certain=certain,
        warn_on=warn_on,
        done_on=done,
        pause_from=None,
        pause_to=None,
        rule_version="",
    )
    return FundClock(
        code=rule.code,
        name=f"{rule.name}（{limit.text()}）",
        basis=limit.article + ("" if limit.confidence == "confirmed" else UNVERIFIED),
        start_on=start,
        due_on=due_on,
        done_on=done,
        state=state_of(clock, today),
        certain=certain,
        steps=steps,
    )


_WORST: Final = (NodeState.OVERDUE, NodeState.UNKNOWN, NodeState.DUE_SOON, NodeState.NORMAL)


def nearest(clocks: Iterable[FundClock]) -> FundClock | None:
    """The open clock that presses most: the worst state first, then the earliest day. Unknown
    stands before what is merely near: nobody may take it for green."""
    running = [clock for clock in clocks if clock.open and clock.state in _WORST]
    if not running:
        return None
    return min(running, key=lambda one: (_WORST.index(one.state), one.due_on or date.max))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of one receipt that is still here: `amount_fen` of receipt number `lot`, meant for
    the order number `order`, or for none."""

    lot: int
    order: int | None
    amount_fen: int


def parts_left(lots: Sequence[int], spent_fen: int, orders: Sequence[int]) -> list[Part]:
    """What is left of receipts, the first in being the first out.

    `lots`: amounts of the receipts in fen, in order; `spent_fen`: what went out of them
    altogether; `orders`: amounts that are granted and not paid, in order. The parts sum to what
    came in less what went out, or to nothing where more went out than came in.
    """
    parts = []
    waiting = [[number, amount] for number, amount in enumerate(orders)]
    for lot, amount in enumerate(lots):
        gone = min(amount, spent_fen)
        spent_fen -= gone
        left = amount - gone
        while left and waiting:
            number, wanted = waiting[0]
            taken = min(left, wanted)
            parts.append(Part(lot, number, taken))
            left -= taken
            waiting[0][1] -= taken
            if not waiting[0][1]:
                waiting.pop(0)
        if left:
            parts.append(Part(lot, None, left))
    return parts

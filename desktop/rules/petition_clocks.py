"""The clocks of one petition on one day, each with the steps that explain its date. Pure.

Registered in 5 working days, sorted in 15 when it is a lower court's, closed in 30 days by one
document and in 30 working days by another: both stand, and the earlier one warns
(法〔2021〕227号, 法〔2021〕322号第30条). Days that somebody set (the higher court, ourselves, a
promise) are dates and not counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from desktop.rules.calendar import Calendars
from desktop.rules.catalogue import Limit, NodeRule
from desktop.rules.clock import ClockTable, count, period_of, state_of, warn_day
from desktop.rules.steps import Step
from storage.ids import CaseId, EventId
from storage.records.cases import NodeClock
from storage.records.states import NodeState

REGISTER: Final = "D801"
CLOSE: Final = ("D802", "D802W")
SCREEN: Final = "D803"
CODES: Final = (REGISTER, *CLOSE, SCREEN)
_SET_DAY_WARN: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class PetitionDays:
    """What a petition says about its days; None while it has not happened or was not set.

    lower: whether it is about a lower court, which has to be sorted. promised: days promised to
    the petitioner with the day each was kept.
    """

    received_on: date
    registered_on: date | None = None
    lower: bool = False
    screened_on: date | None = None
    superior_due: date | None = None
    inner_due: date | None = None
    replied_on: date | None = None
    closed_on: date | None = None
    promised: tuple[tuple[date, date | None], ...] = ()


@dataclass(frozen=True, slots=True)
class PetitionClock:
    """One clock. `key`: node code, or superior | inner | promise. `due_on` is only a lower bound
    while `certain` is False. `basis`: article, with the mark of what nobody has checked."""

    key: str
    name: str
    basis: str
    start_on: date
    due_on: date | None
    done_on: date | None
    state: NodeState
    certain: bool
    steps: tuple[Step, ...] = ()

    def days_left(self, today: date) -> int | None:
        """Calendar days to the due day, below zero when it has passed; None when done or without
        a due day that is certain."""
        if self.done_on is not None or self.due_on is None or not self.certain:
            return None
        return (self.due_on - today).days


def petition_clocks(
    days: PetitionDays,
    rules: Iterable[NodeRule],
    calendars: Calendars,
    today: date,
    *,
    trace: bool = False,
    memo: ClockTable | None = None,
) -> tuple[PetitionClock, ...]:
    """Every clock that runs or has run, in the order in which they begin.

    rules: the nodes CODES of the catalogue. A rule that was not in force on the start day gives no
    clock. `trace` asks for the steps. `memo` remembers due days of the same rules
    and calendars, which has no steps.
    """
    by_code = {rule.code: rule for rule in rules}
    wanted: list[tuple[str, date | None, date | None]] = [
        (REGISTER, days.received_on, days.registered_on or days.closed_on),
        (SCREEN, days.received_on if days.lower else None, days.screened_on or days.closed_on),
        *((code, days.registered_on, days.closed_on) for code in CLOSE),
    ]
    found = [
        clock
        for code, start, done in wanted
        if start is not None
        and code in by_code
        and (clock := _counted(by_code[code], start, done, calendars, today, trace, memo))
    ]
    begun = days.registered_on or days.received_on
    answered = days.replied_on or days.closed_on
    for key, name, due in (
        ("superior", "上级（交办）限期", days.superior_due),
        ("inner", "内部办理限期", days.inner_due),
    ):
        if due is not None:
            found.append(_set_day(key, name, begun, due, answered, today))
    for due, kept in days.promised:
        found.append(_set_day("promise", "对信访人的承诺", begun, due, kept, today))
    return tuple(found)


def _counted(
    rule: NodeRule,
    start: date,
    done: date | None,
    calendars: Calendars,
    today: date,
    trace: bool,
    memo: ClockTable | None,
) -> PetitionClock | None:
    limit = rule.limit_on(start)
    if limit is None:
        return None
    steps: tuple[Step, ...] = ()
    if memo is not None and not trace:
        known = memo.due(rule, start)
        due_on, certain, warn_on = known.due_on, known.certain, known.warn_on
        assert due_on is not None  # the rule has a limit on this day
    else:
        counted = count(period_of(limit), start, calendars.of(rule.calendar), trace=trace)
        due_on, certain, warn_on = counted.due_on, counted.certain, warn_day(rule, counted)
        steps = counted.steps
    node = _node(rule.code, start, due_on, done, warn_on, certain=certain)
    return PetitionClock(
        key=rule.code,
        name=f"{rule.name}（{limit.text()}）",
        basis=_basis(limit),
        start_on=start,
        due_on=due_on,
        done_on=done,
        state=state_of(node, today),
        certain=certain,
        steps=steps,
    )


def _basis(limit: Limit) -> str:
    return limit.article + ("" if limit.confidence == "confirmed" else "〔未核实〕")


def _set_day(
    key: str, name: str, start: date, due: date, done: date | None, today: date
) -> PetitionClock:
    node = _node(key, start, due, done, due - _SET_DAY_WARN, certain=True)
    return PetitionClock(key, name, "指定日期", start, due, done, state_of(node, today), True)


def _node(
    code: str, start: date, due: date, done: date | None, warn_on: date | None, *, certain: bool
) -> NodeClock:
    """As the state's decision table wants it, so that a petition and a node never differ in it."""
    return NodeClock(
        case_id=CaseId(""),
        node_code=code,
        subject="",
        start_event_id=EventId(""),
        started_on=start,
        due_on=due,
        due_at=None,
        certain=certain,
        warn_on=warn_on,
        done_on=done,
        pause_from=None,
        pause_to=None,
        rule_version="",
    )


_WORST: Final = (
    NodeState.OVERDUE,
    NodeState.UNKNOWN,
    NodeState.DUE_SOON,
    NodeState.NORMAL,
)


def nearest(clocks: Iterable[PetitionClock]) -> PetitionClock | None:
    """The open clock that presses most: the worst state first, then the earliest day. Unknown
    stands before what is merely near: nobody may take it for green."""
    still = [clock for clock in clocks if clock.done_on is None and clock.state in _WORST]
    if not still:
        return None
    return min(still, key=lambda one: (_WORST.index(one.state), one.due_on or date.max))

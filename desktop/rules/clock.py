"""Statutory periods: the one place where a last day is computed. Pure; any thread.

The start day is not counted, hours run from the next full hour (民诉法85, 解释125). Months and
years end on the corresponding day, else on the month's end (民法典202). A last day that is off
moves to the first day after the block, but a weekend that is a make-up working day is not off
(民诉法85, 民法典203). Working-day limits count working days only. Hours never roll: the rule
speaks of the last DAY of a period, and periods in hours (48 hours for an urgent preservation)
exist because nobody may wait for Monday. A paused day is not counted; in a period of months the
plain end moves on by as many days as were paused, pauses met on the way included, which is the
same as counting that many unpaused days. The roll comes once, at the very end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from desktop.rules.calendar import Calendars, WorkCalendar
from desktop.rules.catalogue import UNIT_NAMES, Catalogue, Limit, NodeRule, Unit
from desktop.rules.periods import (
    ONE_DAY,
    Counted,
    Extra,
    Ledger,
    Pause,
    Period,
    Stretch,
    add_months,
)
from desktop.rules.steps import DayNote, Step, StepKind
from storage.records.cases import NodeClock
from storage.records.states import NodeState

ASK_DAYS_MIN: Final = 5  # 法发〔2006〕35号第1条: an extension is asked for 5 days before expiry.
ROLL_DAYS_MAX: Final = 4_000
MONTHS: Final = {Unit.MONTH: 1, Unit.YEAR: 12}


def count(
    period: Period,
    start_on: date,
    calendar: WorkCalendar,
    *,
    start_at: datetime | None = None,
    pauses: Iterable[Pause] = (),
    extras: Iterable[Extra] = (),
    trace: bool = False,
) -> Counted:
    """The last day of `period` from `start_on`, with its pauses and extensions.

    `start_at` matters for hours only; without it they run from the end of the start day.
    `trace` asks for the steps. An extension in hours of a limit in days, or the reverse, is not
    counted and noted as such.
    """
    # Hours already run on the start day itself, days only from the next one.
    ledger = Ledger(pauses, start_on - ONE_DAY if period.unit is Unit.HOUR else start_on)
    counter = _Counter(calendar, ledger, [] if trace else None)
    if period.unit is Unit.HOUR:
        return counter.run_hours(period, start_on, start_at, extras)
    return counter.run_days(period, start_on, extras)


class _Counter:
    """One count in progress; `trace` collects steps, or is None when nobody asks for them."""

    def __init__(self, calendar: WorkCalendar, ledger: Ledger, trace: list[Step] | None) -> None:
        self.calendar, self.ledger, self.trace = calendar, ledger, trace
        self.missing: set[int] = set()

    def step(
        self,
        kind: StepKind,
        first: date,
        last: date,
        why: str,
        document_no: str | None = None,
        dates: tuple[DayNote, ...] = (),
    ) -> None:
        if self.trace is not None:
            days = (last - first).days + 1 if kind in ("count", "skip", "roll") else 0
            self.trace.append(Step(kind, first, last, days, why, document_no, dates))

    def run_days(self, period: Period, start_on: date, extras: Iterable[Extra]) -> Counted:
        self.step("start", start_on, start_on, "起算事由发生之日，当日不计入期间（民诉法85）")
        last = self.leg(start_on, period.amount, period.unit)
        legs = [last]
        for extra in extras:
            if extra.unit is Unit.HOUR:
                self.step("note", last, last, "延长以时计，与本期限单位不合，未计入")
                continue
            self.note_extension(extra, last)
            last = self.leg(last, extra.amount, extra.unit)
            legs.append(last)
        due = self.roll(last, extras) if period.roll else last
        if not period.roll:
            self.step("note", due, due, "本期限末日不因休假日顺延")
        self.finish(due)
        return self.result(due, None, tuple(legs))

    def result(self, due: date, due_at: datetime | None, legs: tuple[date, ...]) -> Counted:
        return Counted(
            due_on=due,
            due_at=due_at,
            certain=not self.missing,
            missing_years=tuple(sorted(self.missing)),
            pause=self.ledger.standing(due),
            legs=legs,
            steps=tuple(self.trace or ()),
        )

    def finish(self, due: date) -> None:
        if self.trace is None:
            return
        opened, day = self.ledger.open, self.ledger.open_from
        if opened is not None and day is not None and day <= due:
            why = f"{opened.why}，尚未结束，时钟暂停；所示届满日为暂停前的届满日"
            self.step("note", day, day, why, opened.document_no)
        if self.missing:
            years = "、".join(f"{year}年" for year in sorted(self.missing))
            why = f"{years}没有已公布的节假日安排，届满日未知，只知不早于此日"
            self.step("unknown", due, due, why)
        else:
            self.step("due", due, due, f"期间届满日 {self.calendar.label(due)}")

    def leg(self, last: date, amount: int, unit: Unit) -> date:
        """The last day of `amount` units after `last`, pauses not counted."""
        if unit is Unit.WORKDAY:
            return self.workdays(last, amount)
        if unit is Unit.DAY:
            return self.days(last, amount, f"自次日起连续计算 {amount} 日")
        end = add_months(last, amount * MONTHS[unit])
        why = f"自次日起计 {amount}{UNIT_NAMES[unit]}，对应日为 {end.isoformat()}"
        if end.day != last.day:
            why = f"自次日起计 {amount}{UNIT_NAMES[unit]}，届满月无对应日，以月末 {end} 为末日"
        return self.days(last, (end - last).days, why)

    def days(self, last: date, amount: int, why: str) -> date:
        left = amount
        for stretch in self.ledger.closed:
            if stretch.to_on <= last:
                continue
            first_paused = max(stretch.from_on, last + ONE_DAY)
            gap = (first_paused - last).days - 1
            if left <= gap:
                break
            if gap:
                self.step("count", last + ONE_DAY, first_paused - ONE_DAY, why)
                why = "继续计算"
            self.skip(stretch, first_paused)
            left -= gap
            last = stretch.to_on
        end = last + timedelta(days=left)
        self.step("count", last + ONE_DAY, end, why)
        return end

    def skip(self, stretch: Stretch, first: date) -> None:
        why = f"暂停：{stretch.why}，不计入期间"
        self.step("skip", first, stretch.to_on, why, stretch.document_no)

    def workdays(self, last: date, amount: int) -> date:
        left, day = amount, last
        run: list[date] = []
        while left:
            day += ONE_DAY
            stretch = self.ledger.covers(day)
            if stretch is not None:
                self.flush(run)
                self.skip(stretch, day)
                day = stretch.to_on
                continue
            off = self.off(day)
            if run and self.is_off(day) is not self.is_off(run[-1]):
                self.flush(run)
            run.append(day)
            left -= not off
        self.flush(run)
        return day

    def off(self, day: date) -> bool:
        """Whether `day` is off; an unknown day counts as a working day and is remembered."""
        kind = self.calendar.day(day)
        if kind is None:
            self.missing.add(day.year)
            return False
        return kind.off

    def is_off(self, day: date) -> bool | None:
        kind = self.calendar.day(day)
        return None if kind is None else kind.off

    def flush(self, run: list[date]) -> None:
        """Turns a run of days of one sort into a step."""
        if run and self.trace is not None:
            notes = tuple(DayNote(day, self.calendar.reason(day)) for day in run)
            off = self.is_off(run[0])
            if off is None:
                why = "没有已公布的节假日安排，逐日按工作日计，只求最早可能的届满日"
                self.step("unknown", run[0], run[-1], why)
            elif off:
                self.step("skip", run[0], run[-1], "休假日，不是工作日，不计入", None, notes)
            else:
                odd = tuple(note for note in notes if note.reason != "工作日")
                self.step("count", run[0], run[-1], "工作日", None, odd)
        run.clear()

    def roll(self, last: date, extras: Iterable[Extra]) -> date:
        """The first day after the block of days off (and paused days) that begins on `last`."""
        if not self.off(last):
            kind = self.calendar.day(last)
            if kind is not None and kind.make_up:
                why = f"末日为{self.calendar.label(last)}，须上班，不是休假日，不顺延"
                self.step("note", last, last, why)
            return last
        day, notes = last, []
        for _ in range(ROLL_DAYS_MAX):
            stretch = self.ledger.covers(day)
            if stretch is not None:
                notes.append(DayNote(day, f"暂停：{stretch.why}"))
            elif self.off(day):
                notes.append(DayNote(day, self.calendar.reason(day)))
            else:
                break
            day += ONE_DAY
        why = "末日为法定休假日，以休假日结束后的第一日为届满日（民诉法85、民法典203）"
        self.step("roll", last, day - ONE_DAY, why, None, tuple(notes))
        return day

    def note_extension(self, extra: Extra, expiry: date) -> None:
        if self.trace is None:
            return
        text = f"{extra.amount}{UNIT_NAMES[extra.unit]}"
        why = f"经{extra.approver}于 {extra.approved_on} 批准延长 {text}，自原末日次日起算"
        if (expiry - extra.applied_on).days < ASK_DAYS_MIN:
            why += f"；{extra.applied_on} 申请，距原末日不足 {ASK_DAYS_MIN} 日"
        if extra.approved_on > expiry:
            why += "；批准时原期限已届满，请核对批准是否有效"
        self.step("extend", expiry, expiry, why, extra.document_no)

    def run_hours(
        self, period: Period, start_on: date, start_at: datetime | None, extras: Iterable[Extra]
    ) -> Counted:
        if start_at is None:
            begin = datetime.combine(start_on + ONE_DAY, time())
            self.step("start", start_on, start_on, "起算时刻未记载，自当日结束时起算")
        elif period.exact:
            begin = start_at
            self.step("start", start_on, start_on, f"自 {begin:%m-%d %H:%M} 执行时起算")
        else:
            begin = start_at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            self.step("start", start_on, start_on, f"自次时 {begin:%m-%d %H:%M} 起算（解释125）")
        hours = period.amount
        for extra in extras:
            if extra.unit is Unit.HOUR:
                self.note_extension(extra, start_on)
                hours += extra.amount
            else:
                self.step("note", start_on, start_on, "延长不以时计，与本期限单位不合，未计入")
        end = self.walk_hours(begin, hours)
        due_on = (end - timedelta(microseconds=1)).date()
        self.step("note", due_on, due_on, f"于 {end:%Y-%m-%d %H:%M} 届满；以时计算，不顺延")
        self.finish(due_on)
        return self.result(due_on, end, (due_on,))

    def walk_hours(self, begin: datetime, hours: int) -> datetime:
        at, left = begin, timedelta(hours=hours)
        why = f"连续计算 {hours} 小时"
        for stretch in self.ledger.closed:
            stop = datetime.combine(stretch.from_on, time())
            resume = datetime.combine(stretch.to_on + ONE_DAY, time())
            if resume <= at:
                continue
            gap = max(stop - at, timedelta())
            if left <= gap:
                break
            if gap:
                self.step("count", at.date(), (stop - timedelta(hours=1)).date(), why)
            self.skip(stretch, max(stretch.from_on, at.date()))
            left -= gap
            at = resume
        end = at + left
        self.step("count", at.date(), (end - timedelta(microseconds=1)).date(), why)
        return end


def period_of(limit: Limit) -> Period:
    """The limit as a period to count."""
    return Period(limit.amount, limit.unit, limit.roll)


@dataclass(frozen=True, slots=True)
class Due:
    """What ClockTable answers; `due_on` None when the node had no limit on its start day."""

    due_on: date | None
    due_at: datetime | None
    certain: bool
    warn_on: date | None
    version: str


class ClockTable:
    """Remembers (node, start day) -> Due, for nodes without pauses and extensions.

    Nodes of the same limit share one count. Holds at most nodes x days entries. A dict, so two
    threads that race cost a second computation and nothing else.
    """

    def __init__(self, catalogue: Catalogue, calendars: Calendars) -> None:
        self.catalogue, self.calendars = catalogue, calendars
        self._memo: dict[tuple[str, date], Due] = {}
        self._counts: dict[tuple[int, Unit, bool, str, date], Counted] = {}

    def due(self, rule: NodeRule, start: date) -> Due:
        """The due day of a node that began on `start`; hours run from the end of that day."""
        key = (rule.code, start)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._compute(rule, start)
        return found

    def _compute(self, rule: NodeRule, start: date) -> Due:
        limit = rule.limit_on(start)
        if limit is None:
            return Due(None, None, True, None, "")
        key = (limit.amount, limit.unit, limit.roll, rule.calendar, start)
        counted = self._counts.get(key)
        if counted is None:
            calendar = self.calendars.of(rule.calendar)
            counted = self._counts[key] = count(period_of(limit), start, calendar)
        warn_on = warn_day(rule, counted)
        return Due(counted.due_on, counted.due_at, counted.certain, warn_on, limit.version)


def warn_day(rule: NodeRule, counted: Counted) -> date | None:
    """`warn_days` calendar days before the due day; none while the due day is not known."""
    if not counted.certain:
        return None
    return counted.due_on - timedelta(days=rule.warn_days)


def state_of(clock: NodeClock, as_of: date) -> NodeState:
    """The state of a node on `as_of`: docs/law.md holds the same as a table, SQL as a CASE.

    Only comparisons of days. Unknown is never green: an uncertain node is 未知 until it is done
    on or before the earliest day on which it could be due.
    """
    due = clock.due_on
    if clock.done_on is not None and clock.done_on <= as_of:
        if due is not None and clock.done_on <= due:
            return NodeState.DONE
        if not clock.certain:
            return NodeState.UNKNOWN
        return NodeState.DONE if due is None else NodeState.DONE_LATE
    begun = clock.pause_from
    if begun is not None and begun <= as_of and (clock.pause_to is None or as_of <= clock.pause_to):
        late_before = clock.certain and due is not None and due < begun
        return NodeState.OVERDUE if late_before else NodeState.PAUSED
    if not clock.certain:
        return NodeState.UNKNOWN
    if due is not None and due < as_of:
        return NodeState.OVERDUE
    if clock.warn_on is not None and clock.warn_on <= as_of:
        return NodeState.DUE_SOON
    return NodeState.NORMAL


def overdue_days(clock: NodeClock, as_of: date) -> int:
    """Days late on `as_of`: to the done day where it was done late, to `as_of` while overdue."""
    state = state_of(clock, as_of)
    if clock.due_on is None:
        return 0
    if state is NodeState.OVERDUE:
        return (as_of - clock.due_on).days
    if state is NodeState.DONE_LATE and clock.done_on is not None:
        return (clock.done_on - clock.due_on).days
    return 0

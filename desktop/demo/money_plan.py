"""What money comes into the demo's account over five months, and what is to become of it. Pure.

Most cases that the city tells of money get it on that day; others pay by instalments. A few
payments lie where somebody has left them, at ages that show every rung of the ladder.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from math import exp
from random import Random
from typing import Final

from desktop.demo.money_words import account_of, payer, stranger
from desktop.demo.story import Told, World

MONTHS: Final = 5
INSTALMENT_CASES: Final = 60
_LEAST_CASES: Final = 40
_STRANGERS: Final = 56
# Days that money has lain on the demo's day, and before whose desk; what matters most first, since
# a small city has not so many cases.
_LYING: Final = (
    *((40, "none"), (58, "none"), (31, "none"), (44, "none"), (52, "none"), (66, "none")),
    *((7, "fund_keeper"), (12, "bureau_chief"), (23, "vice_president"), (9, "approved")),
    *((25, "sent"), (26, "unknown"), (2, "none"), (14, "none"), (33, "none")),
    *((19, "fund_keeper"), (36, "bureau_chief"), (13, "vice_president"), (17, "approved")),
    *((1, "none"), (3, "fund_keeper"), (4, "none"), (6, "none"), (8, "bureau_chief")),
    *((11, "fund_keeper"), (16, "none"), (21, "bureau_chief"), (28, "none")),
    *((29, "vice_president"), (47, "unknown"), (83, "none")),
)
# How a payment goes that does not go straight; most of them do.
_FATES: Final = (
    *("plain",) * 7,
    *("returned", "plain", "plain", "differs", "plain", "plain", "failed", "plain", "plain"),
    *("withdrawn", "plain", "plain", "returned_late", "plain", "plain", "expired", "plain"),
    *("unknown", "plain", "plain", "wrong", "plain", "escrow", "plain", "refund", "plain"),
)
_POOLS: Final = ((66, "settled"), (33, "objected"), (12, "draft"))  # days ago, how far it is
_OF_THE_CITY: Final = 0.6  # of the cases that the city tells of money, those that have it here
_LONG_AGO: Final = 40  # days: a fate that takes weeks needs as many


@dataclass(slots=True)
class Course:
    """How money goes out again: `submit` working days after it was booked; `stop` where it lies on
    the demo's day, and `lies` for how long; `paid_on` when the city says that it was paid."""

    fate: str = "plain"
    stop: str = ""
    submit: int = 2
    submit_on: date | None = None
    paid_on: date | None = None
    fee: bool = False
    lies: int = 0


@dataclass(slots=True)
class Arrival:
    """One incoming line of the bank. `case` None: nobody knows whose. `course` None: it waits for
    the next instalment. `found`: the case that a stranger's money turned out to be for, and
    `after` so many working days; without it `back` says that it was returned to the sender.
    `coded`: it was paid to the account of the case; `left`: nobody has looked at it yet;
    `pool`: how far the plan is by which several creditors share it."""

    day: date
    fen: int
    payer: str
    text: str
    account: str
    case: Told | None = None
    course: Course | None = None
    found: Told | None = None
    after: int = 0
    back: bool = False
    twins: int = 1
    coded: bool = True
    left: bool = False
    pool: str = ""


@dataclass(slots=True)
class Plan:
    """All of it, in the order of days."""

    first: date
    arrivals: list[Arrival] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Happened:
    """What the city itself tells of money in a case."""

    case_id: str
    arrived_on: date
    fen: int
    asked_on: date | None
    paid_on: date | None


def first_day(today: date) -> date:
    """The first day of the month `MONTHS` - 1 months before."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


class Planner:
    """Draws it from a generator of its own."""

    def __init__(self, world: World, rng: Random, home: str) -> None:
        self._world, self._rng, self._today = world, rng, world.days.today
        self._home = home
        self._plan = Plan(first_day(self._today))
        self._fates: Iterator[str] = cycle(_FATES)

    def plan(self, happened: Sequence[Happened], cases: int) -> Plan:
        """Everything that the bank will say; `cases`: how large the city is."""
        for one in happened:
            if self._rng.random() < _OF_THE_CITY:
                self._as_told(one)
        told = {one.case_id for one in happened}
        paying = [
            case
            for case in self._world.told.values()
            if case.court_code == self._home
            and case.type_word in ("执", "执恢")
            and case.case_id not in told
            and case.filed < self._today - timedelta(days=45)
        ]
        live = [case for case in paying if case.closed is None]
        live = self._rng.sample(live, len(live))
        shown, rest = live[: len(_POOLS) + len(_LYING)], live[len(_POOLS) + len(_LYING) :]
        for n, case in enumerate(shown):
            if n < len(_POOLS):
                self._pool(case, *_POOLS[n])
            else:
                self._lying(case, *_LYING[n - len(_POOLS)])
        early = self._plan.first + timedelta(days=30)
        rest += [case for case in paying if case.closed is not None and case.closed > early]
        wanted = max(INSTALMENT_CASES * cases // 50_000, _LEAST_CASES)
        paid = self._rng.sample(rest, min(wanted, len(rest)))
        for case in paid:
            self._instalments(case, case.closed or self._today)
        chosen = [*shown, *(case for case in paid if case.closed is None)]
        self._strangers(chosen)
        self._new(chosen)
        self._plan.arrivals.sort(key=lambda one: one.day)
        return self._plan

    def _as_told(self, one: Happened) -> None:
        case = self._world.told[one.case_id]
        course = Course(submit_on=one.asked_on, paid_on=one.paid_on, fee=self._rng.random() < 0.12)
        if one.paid_on is None:
            course.stop = "none" if one.asked_on is None else "fund_keeper"
        self._arrive(case, one.arrived_on, one.fen, course)

    def _lying(self, case: Told, age: int, stop: str) -> None:
        """Instalments that were paid out, and one that lies there."""
        last = self._today - timedelta(days=age)
        while self._world.days.workday(last) != last:
            last -= timedelta(days=1)
        self._instalments(case, last - timedelta(days=14))
        large = stop == "vice_president" or self._rng.random() < 0.2
        fen = self._amount(160_000, 0.3) if large else self._amount(24_000, 0.7)
        if stop == "vice_president":
            fen = max(fen, 100_000_00 + self._rng.randrange(9_000_000))
        self._arrive(case, last, fen, Course(stop=stop, submit=self._rng.randrange(0, 2), lies=age))

    def _pool(self, case: Told, age: int, how: str) -> None:
        """The price of something that was sold, for several creditors."""
        day = self._before(self._today - timedelta(days=age))
        fen = self._amount(260_000, 0.3)
        one = Arrival(day, fen, "司法拍卖平台", "拍卖成交款", account_of("司法拍卖平台"), case)
        one.pool = how
        self._plan.arrivals.append(one)

    def _instalments(self, case: Told, until: date) -> None:
        """About once a month until a day, each in up to five payments that go out together."""
        rng = self._rng
        rate = self._amount(5_200, 0.6)
        day = max(self._plan.first, case.filed) + timedelta(days=rng.randrange(0, 25))
        while day < until:
            parts = rng.choice((1, 3, 4, 5))
            for n in range(parts):
                fen = rate if rng.random() < 0.7 else self._amount(5_200, 0.6)
                last = n == parts - 1
                course = self._course((self._today - day).days) if last else None
                self._arrive(case, self._open(day + timedelta(days=n)), fen, course)
            day += timedelta(days=rng.randrange(24, 35))

    def _course(self, age: int) -> Course:
        """Straight, unless it is a fate's turn and there was time for it."""
        fate = next(self._fates)
        if fate != "plain" and age < _LONG_AGO:
            fate = "plain" if age < 14 or fate in ("expired", "escrow") else fate
        return Course(fate=fate, submit=self._rng.choice((1, 1, 2, 2, 3, 5, 8)))

    def _arrive(self, case: Told, day: date, fen: int, course: Course | None) -> None:
        if not self._plan.first <= day < self._today:
            return
        name, text = payer(self._rng, case)
        self._plan.arrivals.append(
            Arrival(
                *(day, fen, name, text, account_of(name)),
                case=case,
                course=course,
                coded=self._rng.random() < 0.93,
            )
        )

    def _strangers(self, cases: Sequence[Told]) -> None:
        """Money that nobody could place at first; most of it found its case."""
        rng, span = self._rng, (self._today - self._plan.first).days
        kept = (1, 2, 4, 6, 13, 38, 74)
        for n in range(min(_STRANGERS, len(cases))):
            lying = n < len(kept)
            age = kept[n] if lying else rng.randrange(4, max(span, 6))
            day = self._open(self._today - timedelta(days=age))
            if not self._plan.first <= day < self._today:
                continue
            name, text = stranger(rng)
            one = Arrival(day, self._amount(6_000, 0.9), name, text, account_of(name))
            if n == len(kept):
                one.fen, one.twins = 500_00, 2
            if not lying:
                one.after = rng.randrange(1, 6)
                one.back = n % 11 == 0
                one.found = None if one.back else rng.choice(cases)
            self._plan.arrivals.append(one)

    def _new(self, cases: Sequence[Told]) -> None:
        """Of the last two days of the bank: what no virtual account tells, so that somebody has to
        look at it. The last one's statement is not read yet."""
        last = self._before(self._today)
        for day, coded, hinted, unknown in ((self._before(last), 0, 6, 2), (last, 9, 5, 2)):
            for n, case in enumerate(self._rng.choices(cases, k=min(coded + hinted, len(cases)))):
                name, text = payer(self._rng, case)
                one = Arrival(day, self._amount(4_000, 0.7), name, text, account_of(name), case)
                one.coded, one.left = n < coded, True
                self._plan.arrivals.append(one)
            for _ in range(unknown):
                name, text = stranger(self._rng)
                one = Arrival(day, self._amount(3_000, 0.9), name, text, account_of(name))
                one.left = True
                self._plan.arrivals.append(one)
            if coded and cases:
                case = self._rng.choice(cases)
                one = Arrival(day, 500_00, case.debtor, "执行款", account_of(case.debtor), case)
                one.twins, one.left = 2, True
                self._plan.arrivals.append(one)

    def _before(self, day: date) -> date:
        """The last working day before `day`."""
        day -= timedelta(days=1)
        while self._world.days.workday(day) != day:
            day -= timedelta(days=1)
        return day

    def _open(self, day: date) -> date:
        """The last working day up to `day`; banks book on other days, too, but rarely."""
        while self._world.days.workday(day) != day and self._rng.random() < 0.9:
            day -= timedelta(days=1)
        return day

    def _amount(self, median: int, spread: float) -> int:
        """Fen, log-normal about so many yuan; often a round sum."""
        yuan = min(max(median * exp(self._rng.gauss(0.0, spread)), 200.0), 900_000.0)
        if self._rng.random() < 0.6:
            return round(yuan / 100) * 10_000
        return int(yuan) * 100 + self._rng.randrange(100)

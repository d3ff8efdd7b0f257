"""Petitions of the demo city over the last half year: who comes, about what, how it ends. Pure.

Late cases bring petitions more often, and the later the more. One court leaves clearly more of
them unresolved than chance explains; a small one is last in the last whole week by chance alone,
which the fair ranking has to tell apart.

Drawn from a generator of their own, so that the cases of a seed stay what they were.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Final

from desktop.demo import petition_words as words
from desktop.demo.courts import COURTS
from desktop.demo.names import natural_person
from desktop.demo.petition_course import Course, Office, Plan, Row
from desktop.demo.story import Delay, Told, World
from storage.records.people import TeamKind

WEEKS: Final = 26
_SALT: Final = 7
_REPEATS: Final = 0.16
_TWICE: Final = 0.035
_BAD_PULL: Final = 2.1  # how much more often people complain of the bad court
_LATE_MOST: Final = 45  # days behind beyond which nobody grows angrier
_CLOSED_TALK: Final = 120  # days after a closing while people still come about it
_REVIEW_WORDS: Final = frozenset(("执异", "执复", "执监"))
_SOURCES: Final = ("own", "first", "province", "supervision", "skip", "spc")
_SOURCE_SHARES: Final = (34, 22, 14, 14, 9, 7)
_CHANNELS: Final = {
    "own": ("visit", "visit", "visit", "letter", "call"),
    "first": ("visit", "visit", "letter", "online"),
    "skip": ("visit", "letter"),
}
_RESULTS: Final = ("resolved", "unresolved", "terminated", "written_off")
_SHARES: Final = (92, 4, 2, 2)
_BAD_SHARES: Final = (46, 40, 8, 6)
# Closed and resolved in the last whole week.
_BAD_WEEK: Final = (16, 6)
_SMALL_WEEK: Final = (6, 2)


@dataclass(slots=True)
class Petitions:
    """Rows in the column order of `city.COLUMNS`. `bad` and `small`: codes of the two courts."""

    petitions: list[Row]
    acts: list[Row]
    bad: str
    small: str


@dataclass(slots=True)
class _Pool:
    """Cases somebody may come about on the days of one week, with running weights."""

    late: list[Delay] = field(default_factory=list)
    late_weights: list[float] = field(default_factory=list)
    live: list[Told] = field(default_factory=list)
    live_weights: list[float] = field(default_factory=list)
    over: list[Told] = field(default_factory=list)
    over_weights: list[float] = field(default_factory=list)


class _Planner:
    """Draws the petitions themselves, before anything was done about them."""

    def __init__(self, world: World, rng: Random) -> None:
        self._world = world
        self._rng = rng
        self._today = world.days.today
        self._first = self._today - timedelta(days=7 * WEEKS - 1)
        slow = {
            team.court.code for held in world.staff.by_court.values() for team in held if team.slow
        }
        calm = [court for court in COURTS if court.weight and court.code not in slow]
        self.bad = rng.choice([c.code for c in calm if 8 <= c.weight < 12])
        self.small = rng.choice([c.code for c in calm if c.weight <= 5])
        self._codes = [court.code for court in COURTS if court.weight]
        self._weights = [court.weight * self._pull(court.code) for court in COURTS if court.weight]
        self._pools: dict[date, _Pool] = {}
        self._came: Counter[str] = Counter()

    def _pull(self, code: str) -> float:
        return _BAD_PULL if code == self.bad else 1.0

    def plans(self, count: int) -> list[Plan]:
        """`count` petitions in the order they came."""
        rng = self._rng
        days = self._open_days()
        growth = [
            (1.25 if day.weekday() == 0 else 1.0) * (0.8 + 0.4 * n / len(days))
            for n, day in enumerate(days)
        ]
        fresh = count - int(count * _REPEATS) - int(count * _TWICE)
        made: list[Plan] = [self._fresh(day) for day in sorted(rng.choices(days, growth, k=fresh))]
        firsts = [plan for plan in made if plan.told is not None] or list(made)
        for plan in rng.choices(firsts, k=int(count * _REPEATS)):
            made.append(self._again(plan))
        for plan in rng.sample(firsts, min(int(count * _TWICE), len(firsts))):
            made.append(self._twice(plan))
        while len(made) < count:
            made.append(self._fresh(rng.choice(days)))
        made.sort(key=lambda plan: (plan.received, plan.same_as is not None))
        return made

    def _open_days(self) -> list[date]:
        days = self._world.days
        span = range((self._today - self._first).days + 1)
        every = (self._first + timedelta(days=n) for n in span)
        return [day for day in every if days.workday(day) == day]

    def _pool(self, day: date) -> _Pool:
        """The cases of the week of `day`."""
        monday = day - timedelta(days=day.weekday())
        pool = self._pools.get(monday)
        if pool is None:
            pool = self._pools[monday] = self._fill(monday)
        return pool

    def _fill(self, monday: date) -> _Pool:
        pool, friday, told = _Pool(), monday + timedelta(days=4), self._world.told
        for delay in self._world.delays:
            if delay.due_on < friday and monday < delay.until:
                behind = min((friday - delay.due_on).days, _LATE_MOST)
                weight = self._pull(told[delay.case_id].court_code) * (2 + behind)
                pool.late.append(delay)
                pool.late_weights.append(weight)
        early = monday - timedelta(days=_CLOSED_TALK)
        for case in told.values():
            if case.filed >= monday or (case.closed is not None and case.closed <= early):
                continue
            pull = self._pull(case.court_code)
            if case.closed is None or case.closed > friday:
                # Who waits longer asks more often.
                pool.live.append(case)
                pool.live_weights.append(pull * (1 + min((monday - case.filed).days, 180) / 60))
            elif case.closed < monday:
                pool.over.append(case)
                pool.over_weights.append(pull)
        pool.late_weights = list(accumulate(pool.late_weights))
        pool.live_weights = list(accumulate(pool.live_weights))
        pool.over_weights = list(accumulate(pool.over_weights))
        return pool

    def _fresh(self, day: date) -> Plan:
        rng, roll = self._rng, self._rng.random()
        pool = self._pool(day)
        if roll < 0.42 and (plan := self._about_late(day, pool)) is not None:
            return plan
        if roll < 0.74 and pool.live:
            case = rng.choices(pool.live, cum_weights=pool.live_weights)[0]
            about = "review" if case.type_word in _REVIEW_WORDS or rng.random() < 0.12 else "open"
            return self._about(day, case, *words.grievance(rng, about=about), about)
        if roll < 0.88 and pool.over:
            case = rng.choices(pool.over, cum_weights=pool.over_weights)[0]
            about = "review" if case.type_word in _REVIEW_WORDS else "closed"
            return self._about(day, case, *words.grievance(rng, about=about), about)
        code = rng.choices(self._codes, self._weights)[0]
        said, wanted = words.grievance(rng, about="none")
        source, channel = self._how()
        plan = Plan(
            *(day, code, self._world.staff.court_ids[code], natural_person(rng), said, wanted),
            *(source, "implementation", channel),
        )
        return self._dated(plan)

    def _about_late(self, day: date, pool: _Pool) -> Plan | None:
        """About a case whose node is late on that very day."""
        for _ in range(6 if pool.late else 0):
            delay = self._rng.choices(pool.late, cum_weights=pool.late_weights)[0]
            # Who has come often is heard elsewhere, too.
            often = self._rng.random() * (1 + self._came[delay.case_id]) > 1
            if delay.due_on < day < delay.until and not often:
                behind = (day - delay.due_on).days
                case = self._world.told[delay.case_id]
                said, wanted = words.complaint(self._rng, delay.node_code, behind)
                plan = self._about(day, case, said, wanted, "open")
                if self._rng.random() < 0.85:
                    plan.node_code = delay.node_code
                return plan
        return None

    def _about(self, day: date, case: Told, said: str, wanted: str, about: str) -> Plan:
        rng = self._rng
        kind = "review" if about == "review" else "implementation"
        source, channel = self._how()
        if source == "first" and self._came[case.case_id]:
            source = "own"
        self._came[case.case_id] += 1
        who = case.debtor if about == "review" and rng.random() < 0.5 else case.applicant
        plan = Plan(
            *(day, case.court_code, case.court_id, who, said, wanted),
            *(source, kind, channel, case),
        )
        if "工资" in said or "工友" in said:
            plan.people = rng.randrange(4, 24)
        return self._dated(plan)

    def _how(self) -> tuple[str, str]:
        """(source, channel)."""
        source = self._rng.choices(_SOURCES, _SOURCE_SHARES)[0]
        return source, self._rng.choice(_CHANNELS.get(source, ("transfer",)))

    def _again(self, first: Plan) -> Plan:
        """The same person comes back, weeks later, often to a higher door."""
        rng = self._rng
        ahead = (self._today - first.received).days
        day = self._world.days.workday(first.received + timedelta(days=rng.randrange(9, 75)))
        if day > self._today:
            day = self._world.days.workday(first.received + timedelta(days=ahead // 2))
        source = rng.choice(("own", "own", "skip", "province", "supervision", "spc"))
        visit = first.visit + rng.choices((1, 2, 3), (70, 22, 8))[0]
        plan = Plan(
            *(max(day, first.received), first.court_code, first.court_id, first.petitioner),
            *(words.again(rng, visit, first.summary), first.demand, source, first.kind),
            channel=rng.choice(_CHANNELS.get(source, ("transfer",))),
            told=first.told,
            visit=visit,
            people=first.people,
            contact=first.contact,
            identity_no=first.identity_no,
        )
        if day > self._today:
            plan.received = self._today
        return self._dated(plan, new=False)

    def _twice(self, first: Plan) -> Plan:
        """The same matter entered once more by another desk a few days later."""
        rng, days = self._rng, self._world.days
        day = min(days.after(first.received, rng.randrange(0, 4)), self._today)
        plan = Plan(
            *(day, first.court_code, first.court_id, first.petitioner, first.summary, first.demand),
            *("supervision" if first.source != "supervision" else "own", first.kind),
            channel="transfer" if first.source != "supervision" else "visit",
            told=first.told,
            node_code=first.node_code,
            contact=first.contact if rng.random() < 0.7 else None,
            same_as=first,
            merged=rng.random() < 0.8,
        )
        return self._dated(plan, new=False)

    def _dated(self, plan: Plan, *, new: bool = True) -> Plan:
        """Whom to reach, when it is registered, when and how it would end."""
        rng, days = self._rng, self._world.days
        if new:
            if rng.random() < 0.8:
                plan.contact = _phone(rng)
            if rng.random() < 0.55 and "公司" not in plan.petitioner and len(plan.petitioner) < 5:
                plan.identity_no = _identity(rng)
            if plan.people == 1 and rng.random() < 0.06:
                plan.people = rng.randrange(2, 7)
        plan.urgent = rng.random() < (0.3 if plan.people > 4 else 0.04)
        wait = rng.choices((0, 0, 1, 2, 4, 8), (30, 26, 24, 12, 6, 2))[0]
        plan.register_on = days.after(plan.received, wait)
        bad = plan.court_code == self.bad
        lasts = min(int(rng.lognormvariate(3.12 if bad else 2.86, 0.48)) + 3, 120)
        if rng.random() < 0.025:
            lasts += rng.randrange(30, 90)
        plan.close_on = days.after(plan.register_on, lasts)
        plan.result = rng.choices(_RESULTS, _BAD_SHARES if bad else _SHARES)[0]
        return plan

    def arrange(self, plans: Sequence[Plan]) -> None:
        """The last whole week: the small court resolves two of six, and the bad one does little
        better over so many more that no chance explains it."""
        for code, least, resolved in ((self.bad, *_BAD_WEEK), (self.small, *_SMALL_WEEK)):
            self._arrange(
                [p for p in plans if p.court_code == code and not p.merged], least, resolved
            )

    def _arrange(self, plans: Sequence[Plan], least: int, resolved: int) -> None:
        """`least` of a court's petitions close in that week, `resolved` of them well; any more of
        the week close the week after."""
        monday = self._today - timedelta(days=self._today.weekday() + 7)
        ready = [plan for plan in plans if plan.register_on < monday - timedelta(days=3)]
        # Those whose day is nearest to the week are moved into it.
        ready.sort(key=lambda plan: abs((plan.close_on - monday).days - 2))
        for n, plan in enumerate(ready[:least]):
            plan.close_on = self._world.days.workday(monday + timedelta(days=n % 5))
            plan.result = "resolved" if n < resolved else "unresolved"
            plan.plain = True
        for plan in plans:
            if not plan.plain and 0 <= (plan.close_on - monday).days < 7:
                plan.close_on = self._world.days.after(monday, 8)


def _phone(rng: Random) -> str:
    """Eleven digits that no network gives out."""
    return f"100379{rng.randrange(100_000):05d}"


def _identity(rng: Random) -> str:
    """Shaped as an identity number; its month and day are noughts, so that it is nobody's."""
    return (
        f"4103{rng.randrange(2, 30):02d}{rng.randrange(1952, 2003)}0000{rng.randrange(10_000):04d}"
    )


def _office(world: World, rng: Random) -> Office:
    group = next(t for t in world.staff.by_court["豫03"] if t.kind is TeamKind.PETITION)
    ids = [str(row[1]) for row in world.staff.memberships if row[2] == group.id]
    names = {str(row[0]): str(row[2]) for row in world.staff.persons}
    members = [type(group.leader)(one, names[one]) for one in ids if one != group.leader.id]
    return Office(world, rng, group.leader, members)


def petitions(world: World, count: int) -> Petitions:
    """`count` petitions and their threads. The city's cases must be told already."""
    rng = Random(world.days.today.toordinal() * 31 + _SALT + len(world.told))
    planner = _Planner(world, rng)
    plans = planner.plans(count)
    planner.arrange(plans)
    office = _office(world, rng)
    for plan in plans:
        Course(office, plan).run()
    return Petitions(office.petitions, office.acts, planner.bad, planner.small)

"""Money in the demo city: five months of an account that holds other people's money.

Writer thread; no Qt. Everything that is to happen stands in one queue by its moment, since the
ledger takes no entry that is earlier than the last. Drawn from a generator of its own, so that the
city of a seed stays what it was.
"""

import heapq
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import Connection

from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import Law
from desktop.demo.bank_files import write_files
from desktop.demo.matters import BANKS
from desktop.demo.money_bank import Bank, Movement
from desktop.demo.money_desk import HOME, Purse, asked, judged, purse
from desktop.demo.money_orders import Order, OrderDesk
from desktop.demo.money_plan import Arrival, Course, Happened, Plan, Planner, first_day
from desktop.demo.money_pool import Pools
from desktop.demo.money_watch import Watch
from desktop.demo.money_words import COURT_ACCOUNT, virtual_account
from desktop.demo.papers import PAPERS_FROM
from desktop.demo.staff import Member
from desktop.demo.story import Told, World
from desktop.funds.statements import store
from desktop.rules.fees import fee
from storage.ids import drawn_by
from storage.ledger.accounts import account_of
from storage.ledger.moments import written_at
from storage.ledger.post import Slip, receive

_SALT: Final = 9
_MORNING, _NOW = time(8, 40), time(8, 30)
# What the bank takes each month; nobody books it, and somebody says why.
_CHARGED, _CHARGE_FEN, _BANKS_OWN = 21, 2_000, "03790000000001"
_YUAN: Final = re.compile(r"[\d,]+")
_TREASURY: Final = "洛阳市财政局非税收入专户"
_TO: Final = {"fee": "执行费", "refund": "退款", "escrow": "提存"}
_REFUSES: Final = "refuses"
Deed = Callable[[datetime], None]
_ARRIVED: Final = """
select a.case_id, a."on", a.note, a.subject, max(f."on"), max(p."on")
from node_event a join "case" c on c.id = a.case_id join court on court.id = c.court_id
left join node_event f on f.case_id = a.case_id and f.kind = 'finance_notified'
  and f.subject = a.subject
left join node_event p on p.case_id = a.case_id and p.kind = 'money_paid' and p.subject = a.subject
where a.kind = 'money_arrived' and a."on" >= ? and court.code = ? group by a.id order by 2, 1"""


@dataclass(slots=True)
class Office:
    """The finance office over the months of the demo."""

    connection: Connection
    world: World
    rng: Random
    purse: Purse
    law: Law
    end: datetime
    bank: Bank = field(default_factory=Bank)
    _queue: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    _count: "count[int]" = field(default_factory=count)
    _codes: dict[str, str] = field(default_factory=dict)
    _opened: set[str] = field(default_factory=set)
    orders: OrderDesk = field(init=False)
    watch: Watch = field(init=False)
    pools: Pools = field(init=False)

    def __post_init__(self) -> None:
        shared = (self.connection, self.world.days, self.rng, self.purse)
        self.orders = OrderDesk(*shared, self.bank, self.plan)
        self.watch = Watch(*shared, self.plan)
        home = [one for one in self.world.told.values() if one.court_code == HOME]
        self.pools = Pools(self.connection, self.law, self.rng, self.orders, home)

    def _clerk(self) -> Member:
        """Whoever of finance is next."""
        return self.purse.keepers[next(self._count) % len(self.purse.keepers)]

    def plan(self, moment: datetime, deed: Deed) -> None:
        """Puts a deed into the queue."""
        heapq.heappush(self._queue, (moment, next(self._count), deed))

    def open(self) -> None:
        """The court's account has the number that its statements bear."""
        bank = account_of(self.connection, "bank")
        self.connection.exec_driver_sql(
            "update fund set code = ? where id = ?", (COURT_ACCOUNT, bank.id)
        )

    def run(self) -> None:
        """Everything up to the end, in the order of moments."""
        while self._queue and self._queue[0][0] <= self.end:
            moment, _n, deed = heapq.heappop(self._queue)
            deed(moment)

    def expect(self, plan: Plan) -> None:
        """The bank's lines of the plan, and a morning at the office for each working day."""
        for one in plan.arrivals:
            for _ in range(one.twins):
                self.bank.move(self._movement(one))
        self.watch.months(plan.first, self.end.date())
        month = plan.first
        while (charged := month.replace(day=_CHARGED)) < self.end.date():
            text = "账户管理费"
            self.bank.move(Movement(charged, "out", _CHARGE_FEN, BANKS[0], _BANKS_OWN, text))
            month = (month + timedelta(days=32)).replace(day=1)
        day = plan.first
        while day <= self.end.date():
            if self.world.days.workday(day) == day:
                self.plan(datetime.combine(day, _MORNING, COURT_ZONE), self._morning)
            day += timedelta(days=1)

    def _movement(self, one: Arrival) -> Movement:
        code = self._code(one.case) if one.case is not None and one.coded else None
        return Movement(
            *(one.day, "in", one.fen, one.payer, one.account, one.text, code), arrival=one
        )

    def _code(self, case: Told) -> str:
        return self._codes.setdefault(case.case_id, virtual_account(len(self._codes) + 1_001))

    def _morning(self, moment: datetime) -> None:
        """Yesterday's statement is stored; what it says is booked, but for the last one."""
        for statement, moved in self.bank.statements(moment.date()):
            stored = store(self.connection, statement)
            for line_id, one in zip(stored.line_ids, moved, strict=True):
                moment += timedelta(seconds=self.rng.randrange(4, 30))
                if one.order is not None:
                    self.orders.settled(one.order, line_id, one.day, moment)
                elif one.back is not None:
                    self.orders.booked_back(one.back, one.day, moment)
                elif one.direction == "out" and one.day.month != self.end.month:
                    self.watch.explained(line_id, -one.fen, moment)
                elif one.arrival is not None and not one.arrival.left:
                    self._receive(one.arrival, line_id, moment)

    def _receive(self, one: Arrival, line_id: str, moment: datetime) -> None:
        clerk = self._clerk()
        case_id = None if one.case is None else one.case.case_id
        if one.case is not None and one.case.case_id not in self._opened:
            self._open_account(one.case)
        slip = Slip(clerk.id, booked_on=one.day, line_id=line_id)
        with written_at(moment):
            told = receive(self.connection, case_id, one.fen, slip, payer=one.payer)
        assert told.entry_id is not None, f"{moment}: {told}"
        if one.case is None:
            self._stranger(one, moment)
            return
        lies = int(bool(one.pool)) if one.course is None else one.course.lies
        self.watch.told(told.entry_id, one.day, moment, lies)
        if one.pool:
            self.pools.share(one.case, one.fen, one.pool, moment)
        if one.course is not None:
            self.watch.delay(one.case, told.entry_id, one.course.lies, moment)
            if one.course.stop != "none":
                self._wanted(one.case, one.course, moment)

    def _open_account(self, case: Told) -> None:
        """一案一账号: the account of a case gets its number before its first money."""
        self._opened.add(case.case_id)
        account = account_of(self.connection, "case", case.case_id)
        self.connection.exec_driver_sql(
            "update fund set code = ? where id = ?", (self._code(case), account.id)
        )

    def _wanted(self, case: Told, course: Course, moment: datetime) -> None:
        """承办人 asks for what lies on the account, some days later."""
        day = self.world.days.workday(moment.date() + timedelta(days=course.submit))
        if course.submit_on is not None:
            day = max(course.submit_on, moment.date())
        if course.paid_on is not None:
            day = min(day, max(course.paid_on, moment.date()))
        at = datetime.combine(day, time(10 + self.rng.randrange(5), 5), COURT_ZONE)
        if day == moment.date():
            at = moment + timedelta(minutes=30)
        self.plan(at, lambda then: self._submit(case, course, then))

    def _submit(self, case: Told, course: Course, moment: datetime) -> None:
        """Fee, refund and escrow go their ways first; the rest is paid out."""
        left = self.orders.on("case", case.case_id)
        if left <= 0:
            return
        due = None
        if course.paid_on is not None:
            due = datetime.combine(course.paid_on, time(15, 10), COURT_ZONE)
        if course.fee:
            charged = min(fee("execution", left, moment.date()).fee_fen, left // 10)
            if charged > 0:
                left -= charged
                self._inside(case, charged, "fee", moment)
        if course.fate in ("refund", "escrow"):
            part = left if course.fate == "escrow" else left // 5
            left -= part
            self._inside(case, part, course.fate, moment)
            course.fate = "plain"
        if left > 0:
            made = Order(case, course, left, case.applicant, case.handler, due=due)
            self.orders.submit(made, moment)

    def _inside(self, case: Told, fen: int, target: str, moment: datetime) -> None:
        """From the account of the case to another one of the court; and from there some day out."""
        made = Order(
            *(case, Course(), fen, _TO[target], case.handler, target, "case", target),
            ground=_REFUSES if target == "escrow" else None,
        )
        self.orders.submit(made, moment)
        if target == "refund":
            self.plan(
                self.orders.workdays(moment, 21, time(10)),
                lambda at: self._out(case, fen, "refund", case.debtor, at),
            )

    def _out(self, case: Told | None, fen: int, source: str, payee: str, moment: datetime) -> None:
        """Out of one of the court's own accounts, if it has come there."""
        kind = None if case is None or source != "escrow" else case.case_id
        if self.orders.on(source, kind) < fen:
            return
        maker = self._clerk()
        self.orders.submit(Order(case, Course(), fen, payee, maker, source, source), moment)

    def _fees_out(self, moment: datetime) -> None:
        """Fees go to the treasury once a month."""
        if (there := self.orders.on("fee")) > 0:
            self._out(None, there, "fee", _TREASURY, moment)

    def _stranger(self, one: Arrival, moment: datetime) -> None:
        if one.found is not None:
            found, then = one.found, self.orders.workdays(moment, one.after, time(11))
            self.plan(then, lambda at: self._assign(one, found, at))
        elif one.back:
            then = self.orders.workdays(moment, one.after + 8, time(11))
            self.plan(then, lambda at: self._out(None, one.fen, "unknown", one.payer, at))

    def _assign(self, one: Arrival, case: Told, moment: datetime) -> None:
        clerk = self._clerk()
        told = asked(
            *(self.connection, clerk, moment, "assign"),
            case_id=case.case_id,
            amount_fen=one.fen,
        )
        self.watch.told(told["id"], one.day, moment)
        self._wanted(case, Course(submit=3), moment)


def money(connection: Connection, world: World, law: Law, cases: int, folder: Path) -> None:
    """Writes all of it, and statements to try the import with into `folder`. The city's cases must
    be stored already."""
    if cases < PAPERS_FROM:
        return
    today = world.days.today
    rng = Random(today.toordinal() * 31 + _SALT)
    happened = _happened(connection, first_day(today))
    plan = Planner(world, rng, HOME).plan(happened, cases)
    end = datetime.combine(today, _NOW, COURT_ZONE)
    with judged(connection), drawn_by(world.ids):
        office = Office(connection, world, rng, purse(world), law, end)
        office.expect(plan)
        office.open()
        office.run()
    left = office.bank.untold()
    if left is not None:
        write_files(left, folder)


def _happened(connection: Connection, first: date) -> list[Happened]:
    """What the city tells of money at home since that day."""
    made = []
    rows = connection.exec_driver_sql(_ARRIVED, (first.isoformat(), HOME))
    for case_id, on, note, _subject, asked_on, paid_on in rows:
        found = _YUAN.search(note or "")
        if found is None:
            continue
        days = (None if day is None else date.fromisoformat(day) for day in (asked_on, paid_on))
        fen = int(found.group().replace(",", "")) * 100
        made.append(Happened(case_id, date.fromisoformat(on), fen, *days))
    return made

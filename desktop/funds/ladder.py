"""How money stands that has come in and not gone out: days held, colour, clock, step and holder.

One read for all cases. Dates are derived from the ledger and its orders, by the rules of
desktop.rules.fund_clocks; nothing here is stored. Reader lanes.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, select

from desktop.contract.courtesy import breathe, sorted_in_slices
from desktop.contract.law import Law, load_law
from desktop.funds.holders import Crowd, Holder, crowd
from desktop.funds.money_here import ALL, Granted, Here, Of, Receipt, money_here
from desktop.funds.standings import LIGHTS, Standing
from desktop.projection.local_days import local_days
from desktop.rules.calendar import LocalDay
from desktop.rules.fund_clocks import (
    DelayDays,
    FundClock,
    MoneyDays,
    Yardstick,
    fund_clocks,
    nearest,
)
from desktop.rules.fund_law import FundLaw, load_fund_law
from storage.records.states import NodeState
from storage.schema import table

TOLD_NODE: Final = "N35"  # its clock begins with the notice of arrival
TABLES: Final = (
    *("fund", "fund_entry", "bank_line", "payment_order", "payment_act", "payment_delay"),
    *("note", "case", "person", "delegation", "calendar_day"),
)
_NOTICES: Final = uuid.UUID("5b0b5ad4-3c1f-5f0e-9a34-3c8d7c1f6a10")
_SLICE: Final = 500
_BREATH: Final = 20
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Order:
    """What a grant's order says of where it stands. `passed`: who has had a hand in it."""

    state: str
    stage: str
    asked_on: date
    approved_on: date | None
    since: date
    passed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Delay:
    """An approved delay, of one receipt or of all money of a case."""

    id: str
    entry_id: str | None
    ground: str
    days: DelayDays


@dataclass(slots=True)
class _Sight:
    """What is needed to judge parts, read once."""

    today: date
    yard: Yardstick
    crowd: Crowd
    orders: Mapping[str, Order]
    delays: Mapping[str, Sequence[Delay]]
    told: "Told"
    clocks: dict[MoneyDays, FundClock | None] = field(default_factory=dict)

    @property
    def law(self) -> FundLaw:
        return self.yard.law

    def clock(self, days: MoneyDays) -> FundClock | None:
        """The clock that presses most; parts with the same days share it."""
        if days not in self.clocks:
            self.clocks[days] = nearest(fund_clocks(days, self.yard, self.today))
        return self.clocks[days]


@dataclass(frozen=True, slots=True)
class Told:
    """When handlers were told: by receipt, and by case where only that is on record."""

    receipts: Mapping[str, date]
    cases: Mapping[str, Sequence[tuple[str, date]]]

    def on(self, here: Here) -> date | None:
        """When the handler was told of this receipt: by its own notice, else by the first one of
        its case since it came that names no other receipt."""
        noted = self.receipts.get(here.receipt.id)
        if noted is not None:
            return noted
        receipt = here.receipt
        return min(
            (
                day
                for subject, day in self.cases.get(here.account.case_id or "", ())
                if day >= receipt.arrived_on
                and (subject == receipt.number or not subject.startswith("收"))
            ),
            default=None,
        )


def notice_id(entry_id: str) -> str:
    """The id of the note by which the handler is told of a receipt: one receipt, one notice."""
    return str(uuid.uuid5(_NOTICES, entry_id))


def law_of(connection: Connection) -> Law:
    """The law with this store's own days, for what is asked without a window."""
    return _law(tuple(local_days(connection)))


@lru_cache(maxsize=2)
def _law(days: tuple[LocalDay, ...]) -> Law:
    return load_law(days)


def yardstick(law: Law) -> Yardstick:
    """The measures of money under `law`."""
    return Yardstick(load_fund_law(), law.node, law.calendars, law.tables[law.catalogues[0].name])


def standing(
    connection: Connection,
    today: date,
    case_ids: Sequence[str] | None = None,
    law: Law | None = None,
) -> list[Standing]:
    """Every part of every receipt that is not paid out, what presses most first.

    case_ids: of these cases alone, without the 不明款. Entries after `today` are not counted;
    orders, delays and holders are as they are now.
    """
    of = ALL if case_ids is None else Of(case_ids=case_ids)
    found = standing_of(connection, of, today, law or law_of(connection))
    return sorted_in_slices(found, lambda one: one.order)


def standing_of(connection: Connection, of: Of, today: date, law: Law) -> list[Standing]:
    """As `standing`, of these cases or accounts, by account."""
    here = money_here(connection, today, of)
    sight = _sight(connection, here, today, law)
    found = []
    for number, part in enumerate(here):
        if number % _BREATH == 0:
            breathe()
        found.append(_standing(part, sight))
    return found


@dataclass(frozen=True, slots=True)
class Explained:
    """A part with every clock that runs or has run, each with its steps."""

    standing: Standing
    clocks: tuple[FundClock, ...]


def explain(
    connection: Connection,
    part: tuple[str, str | None],
    today: date,
    law: Law | None = None,
) -> Explained | None:
    """Every date of one part (receipt, order), so that it can be counted again; None when it is
    no longer here."""
    entry_id, order_id = part
    entry = table("fund_entry").c
    fund_id = connection.execute(select(entry.credit_id).where(entry.id == entry_id)).scalar()
    here = [
        one
        for one in money_here(connection, today, Of(fund_ids=(str(fund_id),)))
        if one.receipt.id == entry_id and (one.grant.id if one.grant else None) == order_id
    ]
    if not here:
        return None
    sight = _sight(connection, here, today, law or law_of(connection))
    clocks = fund_clocks(_days(here[0], sight), sight.yard, today, trace=True)
    return Explained(_standing(here[0], sight), clocks)


def _sight(connection: Connection, here: Sequence[Here], today: date, law: Law) -> _Sight:
    case_ids = sorted({one.account.case_id for one in here if one.account.case_id is not None})
    grants = sorted({one.grant.id for one in here if one.grant is not None})
    receipts = {one.receipt.id: one.receipt for one in here}
    return _Sight(
        today=today,
        yard=yardstick(law),
        crowd=crowd(connection, today),
        orders=_orders(connection, grants),
        delays=delays_of(connection, case_ids),
        told=_told(connection, case_ids, receipts),
    )


# One part


def _days(here: Here, sight: _Sight) -> MoneyDays:
    order = None if here.grant is None else sight.orders.get(here.grant.id)
    return MoneyDays(
        arrived_on=here.receipt.arrived_on,
        unknown=here.account.kind == "unknown",
        told_on=sight.told.on(here),
        asked_on=_asked_on(here, order),
        approved_on=None if order is None else order.approved_on,
        delays=tuple(one.days for one in _delays(here, sight)),
    )


def _asked_on(here: Here, order: Order | None) -> date | None:
    if here.grant is None:
        return None
    return order.asked_on if order is not None else _day(here.grant.at)


def _delays(here: Here, sight: _Sight) -> list[Delay]:
    return [
        one
        for one in sight.delays.get(here.account.case_id or "", ())
        if one.entry_id in (None, here.receipt.id)
    ]


def _standing(here: Here, sight: _Sight) -> Standing:
    days, today, account = _days(here, sight), sight.today, here.account
    delay = days.standing_delay(today)
    stands = next((one for one in _delays(here, sight) if one.days is delay), None)
    clock = sight.clock(days)
    held, delayed = days.days_held(today), days.days_delayed(today)
    colour = sight.law.colour(held - delayed)
    step, since, holder = _step(here, days, sight)
    rule = sight.law.steps[step]
    late = (today - since).days > rule.yellow_after
    if delay is not None:
        late = delay.until_on is not None and delay.until_on < today
    light = _light(clock, colour.state, late, paused=delay is not None)
    state = NodeState.NORMAL if clock is None else clock.state
    return Standing(
        entry_id=here.receipt.id,
        number=here.receipt.number,
        case_id=account.case_id,
        case_number=account.case_number,
        court_id=account.court_id,
        fund_id=account.id,
        payer=here.receipt.payer,
        arrived_on=days.arrived_on,
        told_on=days.told_on,
        left_fen=here.left_fen,
        days_held=held,
        days_delayed=delayed,
        colour=colour.code,
        light=light,
        due_on=None if clock is None else clock.due_on,
        state=state if delay is None else NodeState.PAUSED,
        certain=clock is None or clock.certain,
        clock_name="" if clock is None else clock.name,
        article="" if clock is None else clock.basis,
        step=step,
        step_name=rule.name,
        step_since=since,
        step_late=late,
        holder_id=holder.id,
        holder_name=holder.name,
        order_id=None if here.grant is None else here.grant.id,
        order_number="" if here.grant is None else here.grant.number,
        delay_id=None if stands is None else stands.id,
        delay_ground="" if stands is None else stands.ground,
        row=here.row,
    )


def _light(clock: FundClock | None, band: str, late: bool, *, paused: bool) -> str:
    """The worst of what is known; a delay that stands stops everything but its own end."""
    if paused:
        return "due_soon" if late else "paused"
    shown = {
        NodeState.OVERDUE: "overdue",
        NodeState.UNKNOWN: "unknown",
        NodeState.DUE_SOON: "due_soon",
    }
    lights = [band, "due_soon" if late else "normal"]
    if clock is not None:
        lights.append(shown.get(clock.state, "normal"))
    return min(lights, key=LIGHTS.index)


def _step(here: Here, days: MoneyDays, sight: _Sight) -> tuple[str, date, Holder]:
    """Where the part stands, since when, and who has to act."""
    account, staff = here.account, sight.crowd
    delay = days.standing_delay(sight.today)
    if delay is not None:
        return "delay", delay.from_on, staff.handler(account.handler_id)
    if here.grant is not None:
        return _step_of_order(here, here.grant, sight)
    if account.kind == "unknown":
        return "find", days.arrived_on, staff.holder("finance", None)
    if days.told_on is None:
        return "tell", days.arrived_on, staff.holder("finance", account.court_id)
    since = max(days.told_on, days.delay_ended_on(sight.today) or days.told_on)
    return "ask", since, staff.handler(account.handler_id)


def _step_of_order(here: Here, grant: Granted, sight: _Sight) -> tuple[str, date, Holder]:
    court, staff = here.account.court_id, sight.crowd
    order = sight.orders.get(grant.id)
    if order is None:  # granted before there were orders
        return "send", _day(grant.at), staff.holder("finance", court)
    if order.state in ("sent", "unknown"):
        return "answer", order.since, staff.holder("finance", court)
    if order.state == "approved" or order.stage not in sight.law.steps:
        return "send", order.since, staff.holder("finance", court, order.passed)
    return order.stage, order.since, staff.holder(order.stage, court, order.passed)


# What is read


def _orders(connection: Connection, ids: Sequence[str]) -> dict[str, Order]:
    found: dict[str, Order] = {}
    order, act = table("payment_order").c, table("payment_act").c
    for some in _slices(ids):
        acts: dict[str, list[Any]] = defaultdict(list)
        for row in connection.execute(
            select(act.order_id, act.act, act.at, act.person_id)
            .where(act.order_id.in_(some))
            .order_by(act.order_id, act.n)
        ):
            acts[row.order_id].append(row)
        asked = select(order.id, order.state, order.stage, order.made_at, order.maker_id)
        for one in connection.execute(asked.where(order.id.in_(some))):
            found[one.id] = _order(one, acts[one.id])
    return found


def _order(row: Any, acts: Sequence[Any]) -> Order:
    asked = _day(row.made_at)
    passes = [act for act in acts if act.act == "pass"]
    approved = None
    if row.state != "approving":
        approved = _day(passes[-1].at) if passes else asked
    return Order(
        state=row.state,
        stage=row.stage,
        asked_on=asked,
        approved_on=approved,
        since=_day(acts[-1].at) if acts else asked,
        passed=frozenset(
            who for who in (row.maker_id, *(act.person_id for act in passes)) if who is not None
        ),
    )


def delays_of(connection: Connection, case_ids: Sequence[str]) -> dict[str, list[Delay]]:
    """Approved delays, also those that have ended, by case. One counts from its approval on."""
    found: dict[str, list[Delay]] = defaultdict(list)
    c = table("payment_delay").c
    for some in _slices(case_ids):
        rows = connection.execute(
            select(
                *(c.id, c.case_id, c.entry_id, c.ground),
                *(c.from_on, c.until_on, c.ended_on, c.approved_at),
            )
            .where(c.case_id.in_(some), c.approved_at.is_not(None), c.state != "refused")
            .order_by(c.id)
        )
        for row in rows:
            ended = None if row.ended_on is None else _day(row.ended_on)
            begun = max(_day(row.from_on), _day(row.approved_at))
            until = None if row.until_on is None else _day(row.until_on)
            days = DelayDays(begun if ended is None else min(begun, ended), until, ended)
            found[row.case_id].append(Delay(row.id, row.entry_id, row.ground, days))
    return found


def _told(connection: Connection, case_ids: Sequence[str], receipts: Mapping[str, Receipt]) -> Told:
    note, clock = table("note").c, table("node_clock").c
    ids = {notice_id(key): key for key in receipts}
    noted: dict[str, date] = {}
    for some in _slices(list(ids)):
        rows = connection.execute(select(note.id, note.at).where(note.id.in_(some)))
        noted |= {ids[row.id]: _day(row.at) for row in rows}
    cases: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for some in _slices(case_ids):
        for row in connection.execute(
            select(clock.case_id, clock.subject, clock.started_on).where(
                clock.case_id.in_(some), clock.node_code == TOLD_NODE
            )
        ):
            cases[row.case_id].append((row.subject, date.fromisoformat(row.started_on)))
    return Told(noted, cases)


def _slices(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(items), _SLICE):
        breathe()
        yield items[at : at + _SLICE]


def _day(moment: str) -> date:
    return date.fromisoformat(moment[:10])

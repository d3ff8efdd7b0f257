"""技术装备: who has a thing and since when, what is due, what is broken. Pure.

Nothing of it is stored: it is folded from what was done (`Act`), in the order of the doers' clocks
whatever the order of arrival, so that a desk that was away for two days tells the same story.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

ACT_WORDS: Final[Mapping[str, str]] = {
    "lend": "借出",
    "give_back": "归还",
    "hand_over": "移交",
    "calibrate": "校准",
    "fault": "报修",
    "repair": "修复",
    "retire": "报废",
    "check": "检查",
}
_HOUR: Final = timedelta(hours=1)


class Flag(StrEnum):
    """What can be said of a thing; several at once."""

    RETIRED = "retired"
    FAULTY = "faulty"
    OVERDUE = "overdue"
    LENT = "lent"
    IN_STORE = "in_store"
    RETURN_SOON = "return_soon"
    CALIBRATE_DUE = "calibrate_due"
    CALIBRATE_SOON = "calibrate_soon"


FLAG_WORDS: Final[Mapping[Flag, str]] = {
    Flag.RETIRED: "已报废",
    Flag.FAULTY: "故障待修",
    Flag.OVERDUE: "逾期未还",
    Flag.LENT: "借出",
    Flag.IN_STORE: "在库",
    Flag.RETURN_SOON: "即将到期归还",
    Flag.CALIBRATE_DUE: "校准到期",
    Flag.CALIBRATE_SOON: "校准临期",
}
# One word for a thing of which several are true: the first of these.
_LOUDEST: Final = (
    *(Flag.RETIRED, Flag.OVERDUE, Flag.FAULTY, Flag.CALIBRATE_DUE, Flag.RETURN_SOON),
    *(Flag.LENT, Flag.CALIBRATE_SOON, Flag.IN_STORE),
)


@dataclass(frozen=True, slots=True)
class Thing:
    """A row of the register. `calibrate_days` None: needs no calibration."""

    id: str
    calibrate_days: int | None = None
    bought_on: date | None = None


class Act(NamedTuple):
    """One thing done. `at` with offset; `to_id`: who has it afterwards; `due_at`: end of a loan,
    of a repair's time, or of a calibration; `ticket`: the fault (its act) that a repair ends."""

    id: str
    act: str
    at: datetime
    person_id: str
    to_id: str | None = None
    due_at: datetime | None = None
    ticket: str | None = None
    document_no: str = ""
    body: str = ""

    @property
    def order(self) -> tuple[datetime, str]:
        """By the doers' clocks; ids decide within one instant."""
        return self.at, self.id


class Custody(NamedTuple):
    """One link of the chain: who had it (None: the store) from when to when, and by which act.
    `until` None: now. `due_at`: when it has to be back."""

    holder_id: str | None
    since: datetime | None
    until: datetime | None
    how: str
    by_id: str
    act_id: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A fault from its report to its repair (故障单); `due_at`: the end of the service level."""

    id: str
    at: datetime
    by_id: str
    body: str
    due_at: datetime | None
    repaired_at: datetime | None = None
    repaired_by: str = ""
    repair: str = ""

    @property
    def open(self) -> bool:
        """Not repaired yet."""
        return self.repaired_at is None

    def hours(self, now: datetime) -> float:
        """From the report to the repair, or to now."""
        return ((self.repaired_at or now) - self.at) / _HOUR

    def late(self, now: datetime) -> bool:
        """Took, or is taking, longer than the service level."""
        return self.due_at is not None and (self.repaired_at or now) > self.due_at


@dataclass(frozen=True, slots=True)
class Standing:
    """How a thing stands. `oddities`: Chinese sentences about acts that contradict one another,
    as a history of two desks may hold them."""

    chain: tuple[Custody, ...]
    tickets: tuple[Ticket, ...]
    calibrated_at: datetime | None
    calibrate_by: date | None
    needs_calibration: bool
    retired_at: datetime | None
    oddities: tuple[str, ...] = ()

    @property
    def now_with(self) -> Custody:
        """Where it is."""
        return self.chain[-1]

    @property
    def lent(self) -> bool:
        """Somebody has it."""
        return self.retired_at is None and self.now_with.holder_id is not None

    @property
    def open_tickets(self) -> tuple[Ticket, ...]:
        """Faults that nobody has repaired, the oldest first."""
        return tuple(one for one in self.tickets if one.open)

    @property
    def uncalibrated(self) -> bool:
        """Needs calibration, and nobody knows until when it is good."""
        return self.needs_calibration and self.calibrate_by is None

    def flags(self, now: datetime, *, calibrate_soon: int, loan_soon: int) -> frozenset[Flag]:
        """All that is true now; `calibrate_soon` days, `loan_soon` hours before the day."""
        if self.retired_at is not None:
            return frozenset((Flag.RETIRED,))
        found = {Flag.LENT if self.lent else Flag.IN_STORE}
        due = self.now_with.due_at
        if self.lent and due is not None:
            if due < now:
                found.add(Flag.OVERDUE)
            elif due - now <= loan_soon * _HOUR:
                found.add(Flag.RETURN_SOON)
        if self.open_tickets:
            found.add(Flag.FAULTY)
        if self.uncalibrated:
            found.add(Flag.CALIBRATE_DUE)
        elif self.calibrate_by is not None:
            left = (self.calibrate_by - now.date()).days
            if left < 0:
                found.add(Flag.CALIBRATE_DUE)
            elif left <= calibrate_soon:
                found.add(Flag.CALIBRATE_SOON)
        return frozenset(found)


def loudest(flags: Iterable[Flag]) -> Flag:
    """The one word for a thing."""
    there = set(flags)
    return next(one for one in _LOUDEST if one in there)


def fold(thing: Thing, acts: Iterable[Act], *, whole: bool = True) -> Standing:
    """How a thing stands after all of its acts, whatever order they came in. Without `whole` the
    story may begin with the return from a loan that was left out."""
    ordered = sorted(acts, key=lambda one: one.order)
    chain, oddities = _custody(ordered, whole=whole)
    calibrated, until = _calibration(thing, ordered)
    retired = next((one.at for one in ordered if one.act == "retire"), None)
    return Standing(
        chain,
        _tickets(ordered),
        calibrated,
        until,
        thing.calibrate_days is not None,
        retired,
        oddities,
    )


_STORE: Final = Custody(None, None, None, "register", "", "")


def _custody(ordered: Sequence[Act], *, whole: bool) -> tuple[tuple[Custody, ...], tuple[str, ...]]:
    chain = [_STORE]
    oddities = []
    for one in ordered:
        last = chain[-1]
        if one.act not in ("lend", "give_back", "hand_over"):
            continue
        if one.act == "give_back":
            if last.holder_id is None and (whole or len(chain) > 1):
                oddities.append(f"{_told(one)} 归还时并未借出")
                continue
            link = Custody(None, one.at, None, one.act, one.person_id, one.id)
        else:
            if one.act == "lend" and last.holder_id is not None:
                oddities.append(f"{_told(one)} 借出时尚未归还")
            if one.act == "hand_over" and last.holder_id is None:
                oddities.append(f"{_told(one)} 移交时并未借出")
            due = one.due_at or (last.due_at if one.act == "hand_over" else None)
            link = Custody(one.to_id, one.at, None, one.act, one.person_id, one.id, due)
        chain[-1] = last._replace(until=one.at)
        chain.append(link)
    return tuple(chain), tuple(oddities)


def _told(one: Act) -> str:
    return f"{one.at:%Y-%m-%d %H:%M}"


def _calibration(thing: Thing, ordered: Sequence[Act]) -> tuple[datetime | None, date | None]:
    """When it was calibrated last and until when that counts; new things count from purchase."""
    last = next((one for one in reversed(ordered) if one.act == "calibrate"), None)
    if last is not None and last.due_at is not None:
        return last.at, last.due_at.date()
    start = last.at.date() if last is not None else thing.bought_on
    if thing.calibrate_days is None or start is None:
        return (None if last is None else last.at), None
    until = start + timedelta(days=thing.calibrate_days)
    return (None if last is None else last.at), until


def _tickets(ordered: Sequence[Act]) -> tuple[Ticket, ...]:
    repairs: dict[str, Act] = {}
    for one in ordered:
        if one.act == "repair" and one.ticket is not None:
            repairs.setdefault(one.ticket, one)
    made = []
    for one in ordered:
        if one.act != "fault":
            continue
        done = repairs.get(one.id)
        ticket = Ticket(one.id, one.at, one.person_id, one.body, one.due_at)
        if done is not None:
            # A clock that was wrong must not make a repair end before its fault.
            ended = max(done.at, one.at)
            ticket = replace(
                ticket, repaired_at=ended, repaired_by=done.person_id, repair=done.body
            )
        made.append(ticket)
    return tuple(made)


# The service level and what it costs (服务水平)


@dataclass(frozen=True, slots=True)
class Service:
    """Tickets of one stretch. `repaired` ended in it, `within` of these in their time,
    `mean_hours` on average (None: none ended); `open` now, `late` of these."""

    repaired: int
    within: int
    mean_hours: float | None
    open: int
    late: int

    @property
    def share(self) -> float | None:
        """Of the repaired ones, those within the service level: 0 to 1; None without any."""
        return self.within / self.repaired if self.repaired else None


def service(tickets: Iterable[Ticket], start: datetime, end: datetime, now: datetime) -> Service:
    """The service level of what was repaired in [start, end), and what is open now."""
    known = list(tickets)
    ended = [one for one in known if one.repaired_at is not None and start <= one.repaired_at < end]
    open_ = [one for one in known if one.open]
    mean = sum(one.hours(now) for one in ended) / len(ended) if ended else None
    return Service(
        len(ended),
        sum(not one.late(now) for one in ended),
        mean,
        len(open_),
        sum(one.late(now) for one in open_),
    )


@dataclass(frozen=True, slots=True)
class Life:
    """A thing for the count of availability: in use from `since` (None: always) to `retired`."""

    since: datetime | None
    retired: datetime | None
    tickets: tuple[Ticket, ...]


def availability(lives: Iterable[Life], start: datetime, end: datetime) -> float | None:
    """Of the time that things were in use within [start, end), the share without an open fault:
    0 to 1; None where nothing was in use."""
    used = down = timedelta()
    for life in lives:
        first = start if life.since is None else max(start, life.since)
        last = end if life.retired is None else min(end, life.retired)
        if first >= last:
            continue
        used += last - first
        down += _covered(life.tickets, first, last)
    return None if not used else 1 - down / used


def _covered(tickets: Iterable[Ticket], first: datetime, last: datetime) -> timedelta:
    """How much of [first, last) lies in any ticket."""
    spans = sorted(
        (max(first, one.at), min(last, one.repaired_at or last))
        for one in tickets
        if one.at < last and (one.repaired_at is None or one.repaired_at > first)
    )
    total, reached = timedelta(), first
    for begin, end in spans:
        begin = max(begin, reached)  # noqa: PLW2901 (two faults of one thing overlap)
        if end > begin:
            total += end - begin
            reached = end
    return total

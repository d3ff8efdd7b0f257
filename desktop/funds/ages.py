"""How long money lies: the age of what is held, and the days that payments took. Reader lanes.

Both match money in with money out, the first in being the first out; an entry that was reversed
has not happened. The day of arrival is the bank's where its line is known. What is held is then
the newest money in that makes up the balance, so that only as many entries are read as it has.

平均发放天数: a payment's days are those from the arrival of the money it is made of to its
accounting day, in calendar days, weighted by amount where it is made of several receipts. By
payment: the mean of these; by amount: the sum of fen times days over the sum of fen. Payments
from case accounts to outside count; fees, refunds and 提存 do not.
"""

from array import array
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum
from typing import Any, Final

from sqlalchemy import Connection

from desktop.contract.courtesy import breathe
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.funds.account import end_of
from desktop.rules.fund_law import load_fund_law
from storage.ledger.balance import balance_after, seq_at

_BREATH: Final = 50
Lain = list[Any]  # the day money came, and what of it is still there
_STOOD: Final = (
    "e.kind in ('receipt', 'transfer') and e.seq <= ? and not exists"
    " (select 1 from fund_entry r where r.reverses = e.id and r.seq <= ?)"
)
_NEWEST: Final = (
    "select e.seq, e.amount_fen, e.booked_on, l.booked_on from fund_entry e"
    " left join bank_line l on l.id = e.line_id"
    f" where e.credit_id = ? and {_STOOD} order by e.seq desc"
)
_CAME_AFTER: Final = (
    "select coalesce(sum(e.amount_fen), 0) from fund_entry e where e.credit_id = ? and e.seq > ?"
    f" and {_STOOD}"
)
_TOLD: Final = (
    "select e.seq, e.id, e.number, e.case_id, k.number as case_number, e.payee as payer,"
    " e.amount_fen, e.booked_on, l.booked_on as line_on, e.credit_id from fund_entry e"
    ' left join "case" k on k.id = e.case_id left join bank_line l on l.id = e.line_id'
    " where e.seq in ({marks})"
)
_MOVES: Final = (
    "select e.id, e.kind, e.amount_fen, e.booked_on, l.booked_on, e.debit_id, e.credit_id"
    " from fund_entry e left join bank_line l on l.id = e.line_id and e.kind = 'receipt'"
    " where e.kind in ('receipt', 'payment', 'transfer') and e.seq is not null order by e.seq"
)


@dataclass(frozen=True, slots=True)
class Band:
    """Money that has lain from `from_days` on and less than `below` days (None: however long):
    how much in fen, of how many receipts and cases. `state`: the style key of its colour."""

    from_days: int
    below: int | None
    state: str
    fen: int
    receipts: int
    cases: int

    @property
    def words(self) -> str:
        """As the plot names it."""
        return f"≥{self.from_days}" if self.below is None else f"{self.from_days}–{self.below}"


@dataclass(frozen=True, slots=True)
class Lot:
    """Money in (the entry `seq`) of a case, and what of it is still there, in fen."""

    seq: int
    case_id: str
    arrived_on: date
    left_fen: int


@dataclass(frozen=True, slots=True)
class AgeFilter:
    """Money of cases of the so-many-th band of `ages`; None for all of it."""

    band: int | None = None


@dataclass(frozen=True, slots=True)
class MonthDays:
    """Payments of a month and the days they took; None where none was made."""

    month: date
    fen: int
    count: int
    by_amount: float | None
    by_count: float | None


def band_of(days: int) -> int:
    """The place among the colours of money that is held (resources/law/funds.toml)."""
    colours = load_fund_law().colours
    return colours.index(load_fund_law().colour(days))


def ages(connection: Connection, today: date) -> tuple[Band, ...]:
    """What lies on case accounts at the end of `today`, by age."""
    fen: dict[int, int] = defaultdict(int)
    receipts: dict[int, int] = defaultdict(int)
    cases: dict[int, set[str]] = defaultdict(set)
    for lot in lots(connection, today):
        band = band_of((today - lot.arrived_on).days)
        fen[band] += lot.left_fen
        receipts[band] += 1
        cases[band].add(lot.case_id)
    colours = load_fund_law().colours
    ends = [*(colour.from_days for colour in colours[1:]), None]
    return tuple(
        Band(colour.from_days, end, colour.state, fen[n], receipts[n], len(cases[n]))
        for n, (colour, end) in enumerate(zip(colours, ends, strict=True))
    )


def lots(connection: Connection, today: date) -> Iterator[Lot]:
    """Money in of which something is still there at the end of `today`, by account."""
    run = connection.exec_driver_sql
    upto = seq_at(connection, end_of(today))
    accounts = run(
        "select f.id, f.case_id, f.last_seq, f.balance_fen from fund f where f.kind = 'case'"
    ).all()
    for fund_id, case_id, last, now in accounts:
        breathe()
        left = now if last <= upto else balance_after(connection, fund_id, upto).balance_fen
        if left <= 0:
            continue
        for row in run(_NEWEST, (fund_id, upto, upto)):
            taken = min(left, int(row[1]))
            arrived = date.fromisoformat(min(row[2], row[3] or row[2]))
            yield Lot(int(row[0]), case_id, arrived, taken)
            left -= taken
            if not left:
                break


def snapshot(connection: Connection, args: SnapshotArgs[Dated[AgeFilter]]) -> Sequence[int]:
    """Places (`seq`) of the money in of that age, unless asked otherwise the oldest first."""
    today, band = args.filter.today, args.filter.filter.band
    some = [
        lot
        for lot in lots(connection, today)
        if band is None or band_of((today - lot.arrived_on).days) == band
    ]
    if args.sort == "left_fen":
        some.sort(key=lambda lot: (lot.left_fen, lot.seq), reverse=args.descending)
    else:  # whoever came first has lain longest
        turned = args.descending if args.sort == "arrived_on" else args.sort and not args.descending
        some.sort(key=lambda lot: (lot.arrived_on, lot.seq), reverse=bool(turned))
    return array("q", (lot.seq for lot in some))


def rows(connection: Connection, seqs: Sequence[int], today: date) -> dict[int, dict[str, Any]]:
    """The values of money in by place: what of it is still there, and since when."""
    marks = ", ".join("?" * len(seqs))
    told = connection.exec_driver_sql(_TOLD.format(marks=marks), tuple(seqs)).mappings()
    upto = seq_at(connection, end_of(today))
    found: dict[int, dict[str, Any]] = {}
    for row in told:
        after = connection.exec_driver_sql(_CAME_AFTER, (row["credit_id"], row["seq"], upto, upto))
        balance = balance_after(connection, row["credit_id"], upto).balance_fen
        left = max(0, min(row["amount_fen"], balance - int(after.scalar_one())))
        arrived = min(row["booked_on"], row["line_on"] or row["booked_on"])
        found[row["seq"]] = {
            **row,
            "arrived_on": arrived,
            "days": (today - date.fromisoformat(arrived)).days,
            "left_fen": left,
        }
    return found


def months_before(today: date, count: int) -> tuple[date, ...]:
    """The firsts of the last `count` months, this month being the last."""
    place = today.year * 12 + today.month - 1
    return tuple(date(n // 12, n % 12 + 1, 1) for n in range(place - count + 1, place + 1))


def pay_days(connection: Connection, today: date, months: int) -> tuple[MonthDays, ...]:
    """The days that payments took, for this month and those before it."""
    firsts = months_before(today, months)
    first = firsts[0].isoformat()
    spans: dict[date, list[tuple[int, int]]] = defaultdict(list)
    for paid_on, fen, coins in _payments(connection):
        if first <= paid_on <= today.isoformat():
            spans[date.fromisoformat(f"{paid_on[:7]}-01")].append((fen, coins))
    return tuple(_month(month, spans.get(month, [])) for month in firsts)


def _month(month: date, spans: Sequence[tuple[int, int]]) -> MonthDays:
    if not spans:
        return MonthDays(month, 0, 0, None, None)
    fen = sum(one for one, _coins in spans)
    return MonthDays(
        month,
        fen,
        len(spans),
        sum(coins for _one, coins in spans) / fen,
        fsum(coins / one for one, coins in spans) / len(spans),
    )


def _payments(connection: Connection) -> Iterator[tuple[str, int, int]]:
    """Every payment of a case: its day, its fen, and its fen times the days they had lain. One
    look at the ledger from its begin: payments of this month may be of money of years ago."""
    run = connection.exec_driver_sql
    cases = set(run("select id from fund where kind = 'case'").scalars())
    undone = set(run("select reverses from fund_entry where reverses is not null").scalars())
    into: dict[str, deque[Lain]] = defaultdict(deque)
    for n, (key, kind, fen, day, line, debit, credit) in enumerate(run(_MOVES)):
        if n % _BREATH == 0:
            breathe()
        if key in undone:
            continue
        if debit in cases:
            coins = take(into[debit], date.fromisoformat(day), fen)
            if kind == "payment":
                yield day, fen, coins
        elif credit in cases:
            into[credit].append([date.fromisoformat(min(day, line or day)), fen])


def take(into: deque[Lain], day: date, fen: int) -> int:
    """Takes fen that go out on a day from what came in (day, fen), the first in being the first
    out; gives them times the days they had lain, never less than nothing."""
    coins = 0
    while fen and into:
        came, left = into[0]
        taken = min(fen, left)
        coins += taken * max(0, (day - came).days)
        fen -= taken
        if taken == left:
            into.popleft()
        else:
            into[0][1] = left - taken
    return coins

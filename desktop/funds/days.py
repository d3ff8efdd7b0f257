"""Money received and paid, day by day. Reader lanes.

A day has what was booked for it and still stands: an entry that was reversed is left out of its own
day, and so is its reversal. EntryFilter with `live` lists the entries behind a number.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from desktop.contract.courtesy import breathe
from desktop.funds.entries import LIVE
from storage.schema.funds import REFUND, UNKNOWN

# What leaves the accounts of refunds and fees was no payment to who is owed.
_FLOWS: Final = f"""
select e.booked_on,
  sum(case when e.kind = 'receipt' then e.amount_fen else 0 end),
  sum(case when e.kind = 'payment' and e.debit_id not in ('{UNKNOWN}', '{REFUND}')
      and (f.kind is null or f.kind in ('case', 'escrow')) then e.amount_fen else 0 end)
from fund_entry e left join fund f on f.id = e.debit_id
where e.booked_on >= ? and e.booked_on <= ? and e.seq is not null
  and e.kind in ('receipt', 'payment') and {LIVE}
group by e.booked_on"""


@dataclass(frozen=True, slots=True)
class DayFlow:
    """One day, in fen."""

    day: date
    received_fen: int
    paid_fen: int


def per_day(connection: Connection, first: date, last: date) -> tuple[DayFlow, ...]:
    """Every day from `first` to `last`, also those without money."""
    found = {}
    for day, received, paid in connection.exec_driver_sql(
        _FLOWS, (first.isoformat(), last.isoformat())
    ):
        breathe()
        found[day] = (int(received), int(paid))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return tuple(DayFlow(day, *found.get(day.isoformat(), (0, 0))) for day in days)

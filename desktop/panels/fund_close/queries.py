"""What the panel reads: a day held against the bank, a month as it would be signed. Any lane."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from desktop.funds.closing import (
    Aged,
    MonthArgs,
    MonthState,
    Period,
    aged,
    court_name,
    month_state,
    periods,
)
from desktop.funds.differences import Difference, Note, notes_of
from desktop.funds.reconcile import Reconciliation, reconcile
from storage.ledger.post import closed_up_to

DAY_TABLES: Final = (
    *("bank_line", "bank_balance", "bank_match", "fund", "fund_entry"),
    *("reconcile_note", "case", "person"),
)
MONTH_TABLES: Final = (*DAY_TABLES, "ledger_period", "payment_delay", "party", "court", "request")


@dataclass(frozen=True, slots=True)
class DayState:
    """A day with the name that stands on its paper."""

    state: Reconciliation
    court: str


@dataclass(frozen=True, slots=True)
class Months:
    """The months one can look at, the last one first; those that were reported."""

    offered: tuple[str, ...]
    reported: tuple[Period, ...]
    next_open: str  # the month that is due to be closed, or the running one


def day_state(connection: Connection, day: date) -> DayState:
    """Bank, ledger and cases at the end of a day."""
    return DayState(reconcile(connection, day.isoformat()), court_name(connection))


def difference_notes(connection: Connection, one: Difference) -> tuple[Note, ...]:
    """Everything that was written about a difference."""
    return notes_of(connection, one.kind, one.about_id)


def month(connection: Connection, args: MonthArgs) -> MonthState:
    """A month as it would be reported, or as it was."""
    return month_state(connection, args)


def months(connection: Connection, today: date) -> Months:
    """From the first entry to the running month."""
    running = today.isoformat()[:7]
    first = connection.exec_driver_sql("select min(booked_on) from fund_entry").scalar()
    offered, one = [], str(first)[:7] if first else running
    while one <= running:
        offered.append(one)
        one = _after(one)
    waiting = _to_close(connection, running)
    return Months(tuple(reversed(offered)), periods(connection), waiting[0] if waiting else running)


def months_to_close(connection: Connection, today: date) -> tuple[int, str]:
    """How many months are over and not closed (for the navigator)."""
    count = len(_to_close(connection, today.isoformat()[:7]))
    return count, "due_soon" if count else ""


def old_money(connection: Connection, today: date) -> tuple[Aged, ...]:
    """Money nobody fetches by bands of age."""
    return aged(connection, today)


def _to_close(connection: Connection, running: str) -> list[str]:
    rows = connection.exec_driver_sql(
        "select distinct substr(booked_on, 1, 7) from fund_entry"
        " where booked_on < ? and booked_on > ? || '-31' order by 1",
        (running, closed_up_to(connection)),
    )
    return [str(one) for one in rows.scalars()]


def _after(one: str) -> str:
    year, number = int(one[:4]), int(one[5:])
    return f"{year + 1}-01" if number == 12 else f"{year}-{number + 1:02d}"

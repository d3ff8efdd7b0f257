"""What the watch over money reads. Reader lanes; gives frozen rows."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, select

from desktop.contract.law import Law
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.funds.delays import DelayRow, DelaysArgs, delays
from desktop.funds.ladder import (
    Explained,
    explain,
    standing,
    standing_of,
)
from desktop.funds.money_here import ROW_PARTS, Of
from desktop.funds.standings import LIGHTS, Standing, Unclaimed
from desktop.funds.unclaimed import unclaimed
from desktop.panels.fund_watch.rules import (
    UNKNOWN_MONEY,
    WatchFilter,
    chosen,
    clock_badge,
    held_badge,
    hint,
    step_badge,
)
from desktop.rules.fund_law import load_fund_law
from storage.schema import table

TABLES: Final = (
    *("fund", "fund_entry", "payment_order", "payment_act", "payment_delay"),
    *("note", "case", "person", "delegation", "calendar_day"),
)
_SLICE: Final = 500


def navigator_count(connection: Connection, today: date) -> tuple[int, str]:
    """How many parts are red."""
    late = sum(one.light == "overdue" for one in standing(connection, today))
    return late, "overdue" if late else ""


def listed(connection: Connection, wanted: WatchFilter, today: date, law: Law) -> list[Standing]:
    """The parts of a filter, what presses most first."""
    case_ids = None if wanted.case_id is None else (wanted.case_id,)
    return chosen(standing(connection, today, case_ids, law), wanted)


def snapshot(
    connection: Connection, args: SnapshotArgs[Dated[WatchFilter]], law: Law
) -> "array[int]":
    """Row numbers of the list; red and amber first unless sorted."""
    asked = args.filter
    found = listed(connection, asked.filter, asked.today, law)
    if args.sort is not None:
        key = args.sort
        found.sort(key=lambda one: _sort_key(one, key), reverse=args.descending)
    return array("q", (one.row for one in found))


def _sort_key(one: Standing, key: str) -> tuple[Any, ...]:
    if key == "clock":
        return one.order
    if key == "due_on":
        return (one.due_on or date.max, *one.order)
    values: Mapping[str, Any] = {
        "case_number": one.case_number,
        "number": one.number,
        "arrived_on": one.arrived_on,
        "held": one.days_held - one.days_delayed,
        "left_fen": one.left_fen,
        "step": one.step_name,
        "holder": one.holder_name,
        "payer": one.payer,
    }
    return (values[key], *one.order)


def rows(
    connection: Connection, ids: Sequence[int], today: date, law: Law
) -> dict[int, dict[str, object]]:
    """List rows by row number; badges carry (style key, words)."""
    wanted = set(ids)
    found = standing_of(connection, Of(fund_ids=_funds(connection, ids)), today, law)
    return {one.row: shown(one, today) for one in found if one.row in wanted}


def _funds(connection: Connection, ids: Sequence[int]) -> list[str]:
    """The accounts that the receipts of these rows came onto."""
    entry = table("fund_entry").c
    places = sorted({row // ROW_PARTS for row in ids})
    found: set[str] = set()
    for at in range(0, len(places), _SLICE):
        asked = select(entry.credit_id).where(entry.seq.in_(places[at : at + _SLICE]))
        found.update(connection.execute(asked).scalars())
    return sorted(found)


def shown(one: Standing, today: date) -> dict[str, object]:
    """A part as the list shows it."""
    law = load_fund_law()
    return {
        "entry_id": one.entry_id,
        "order_id": one.order_id,
        "case_id": one.case_id,
        "case_number": one.case_number or UNKNOWN_MONEY,
        "number": one.number,
        "payer": one.payer,
        "arrived_on": one.arrived_on.isoformat(),
        "left_fen": one.left_fen,
        "held": held_badge(one, law),
        "clock": clock_badge(one, today),
        "clock_name": one.clock_name,
        "article": one.article,
        "due_on": None if one.due_on is None else one.due_on.isoformat(),
        "step": step_badge(one),
        "step_since": one.step_since.isoformat(),
        "holder": one.holder_name,
        "order_number": one.order_number,
        "hint": hint(one, today, law),
    }


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands above the list: parts and fen by light, and the holders to choose from."""

    sums: Mapping[str, tuple[int, int]]
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SummaryArgs:
    """The day, and the law in force."""

    today: date
    law: Law


def summary(connection: Connection, args: SummaryArgs) -> Summary:
    """Sums by light and who holds anything, of all money."""
    found = {light: [0, 0] for light in LIGHTS}
    holders: set[str] = set()
    for one in standing(connection, args.today, None, args.law):
        found[one.light][0] += 1
        found[one.light][1] += one.left_fen
        holders.add(one.holder_name)
    sums = {light: (count, fen) for light, (count, fen) in found.items()}
    return Summary(sums, tuple(sorted(holders)))


@dataclass(frozen=True, slots=True)
class PartArgs:
    """One part: the receipt, and the order it is meant for."""

    entry_id: str
    order_id: str | None
    today: date
    law: Law


@dataclass(frozen=True, slots=True)
class Part:
    """A part with its clocks explained, and the delays that touch it."""

    explained: Explained
    delays: tuple[DelayRow, ...]


def part(connection: Connection, args: PartArgs) -> Part | None:
    """A part with all that its page shows; None when it is no longer here."""
    found = explain(connection, (args.entry_id, args.order_id), args.today, args.law)
    if found is None:
        return None
    case_id = found.standing.case_id
    if case_id is None:
        return Part(found, ())
    rows = delays(connection, DelaysArgs(args.today, args.law, None, case_id))
    return Part(found, tuple(one for one in rows if one.entry_id in (None, args.entry_id)))


@dataclass(frozen=True, slots=True)
class UnclaimedFilter:
    """Bands (their first days), and words in case, who has not come or handler."""

    bands: tuple[int, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class LyingQuery:
    """The day, and the law in force."""

    today: date
    law: Law


def all_lying(connection: Connection, asked: LyingQuery) -> tuple[Unclaimed, ...]:
    """All money nobody fetches, the oldest first."""
    return tuple(unclaimed(connection, asked.today, asked.law))


def lying(
    connection: Connection, wanted: UnclaimedFilter, today: date, law: Law
) -> list[Unclaimed]:
    """Money nobody fetches that fits a filter."""
    return fitting(unclaimed(connection, today, law), wanted)


def fitting(every: Iterable[Unclaimed], wanted: UnclaimedFilter) -> list[Unclaimed]:
    """Those that fit, in their order."""
    words = wanted.text.casefold().split()
    return [
        one
        for one in every
        if (not wanted.bands or one.band.from_days in wanted.bands)
        and all(
            word in f"{one.case_number}{one.who}{one.handler}{one.number}".casefold()
            for word in words
        )
    ]

"""What the pages of the panel read, in the values that their lists show. Reader lanes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.contract.sheets import Exported, SheetColumn, in_slices, write_sheet
from desktop.funds import account, ages, days, entries
from desktop.funds.account import AccountFilter
from desktop.funds.ages import AgeFilter, MonthDays
from desktop.funds.board import Fault
from desktop.funds.days import DayFlow
from desktop.funds.entries import EntryFilter, fund_words

ListFilter = EntryFilter | AccountFilter | AgeFilter
TABLES: Final = ("fund", "fund_entry")
_STYLES: Final = {
    "receipt": "normal",
    "hold": "due_soon",
    "payment": "done",
    "release": "paused",
    "transfer": "paused",
    "reversal": "unknown",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A fault with the words of its account and the number of its entry, if it is one's."""

    fault: Fault
    account: str
    number: str


def ids(connection: Connection, args: SnapshotArgs[Dated[Any]]) -> Sequence[int]:
    """Ordered ids of whichever list the filter is of."""
    filter_ = args.filter.filter
    if isinstance(filter_, EntryFilter):
        return entries.snapshot(connection, args)
    if isinstance(filter_, AccountFilter):
        return account.snapshot(connection, args)
    return ages.snapshot(connection, args)


def values(
    connection: Connection, some: Sequence[int], filter_: ListFilter, today: date
) -> dict[int, dict[str, Any]]:
    """The rows of whichever list the filter is of."""
    if isinstance(filter_, EntryFilter):
        found = entries.rows(connection, some, filter_)
        return {n: shown(row) for n, row in found.items()}
    if isinstance(filter_, AccountFilter):
        return account.rows(connection, some, filter_)
    return ages.rows(connection, some, today)


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """An entry as lists show it: what it is as a badge, and what it belongs to in a word."""
    links = [
        *([f"冲正 {row['original']}"] if row["original"] else []),
        *([f"已被 {row['reversal']} 冲正"] if row["reversal"] else []),
        *([f"批准 {row['hold']}"] if row["hold"] else []),
        *([f"办结 {row['ended']}"] if row["ended"] else []),
    ]
    style = "unknown" if row["reversal"] else _STYLES[row["kind"]]
    word = f"{row['word']}·已冲" if row["reversal"] else row["word"]
    return {**row, "code": row["kind"], "kind": (style, word), "link": "，".join(links)}


def total(connection: Connection, args: tuple[ListFilter, date]) -> tuple[int, int]:
    """What a list sums to in fen, and how many rows it has."""
    filter_, today = args
    if isinstance(filter_, EntryFilter):
        found = entries.total(connection, filter_)
        return found.fen, found.count
    if isinstance(filter_, AccountFilter):
        return account.total(connection, filter_)
    bands = ages.ages(connection, today)
    some = bands if filter_.band is None else bands[filter_.band : filter_.band + 1]
    return sum(band.fen for band in some), sum(band.receipts for band in some)


def named(connection: Connection, faults: tuple[Fault, ...]) -> tuple[Named, ...]:
    """Faults in words; at most as many as the count keeps."""
    run = connection.exec_driver_sql
    found = []
    for fault in faults:
        row = run(
            'select f.kind, k.number from fund f left join "case" k on k.id = f.case_id'
            " where f.id = ?",
            (fault.fund_id,),
        ).first()
        number = run("select number from fund_entry where seq = ?", (fault.seq,)).scalar()
        words = fund_words(None, None) if row is None else fund_words(row[0], row[1])
        found.append(Named(fault, words, str(number or "")))
    return tuple(found)


def per_day(connection: Connection, span: tuple[date, date]) -> tuple[DayFlow, ...]:
    """Money by day, both ends included."""
    return days.per_day(connection, *span)


def pay_days(connection: Connection, args: tuple[date, int]) -> tuple[MonthDays, ...]:
    """The days that payments took, of so many months up to that day."""
    return ages.pay_days(connection, *args)


@dataclass(frozen=True, slots=True)
class ExportArgs:
    """A list to write where, in which order."""

    filter: ListFilter
    today: date
    sort: str | None
    descending: bool
    columns: tuple[SheetColumn, ...]
    title: str
    path: Path


def export(connection: Connection, args: ExportArgs) -> Exported:
    """Writes exactly the rows of the list, money in yuan. Raises as write_sheet does."""
    asked = SnapshotArgs(Dated(args.filter, args.today), args.sort, args.descending)
    found = ids(connection, asked)
    money = {column.key for column in args.columns if column.kind == "money"}

    def page(some: Sequence[int]) -> dict[int, dict[str, Any]]:
        rows = values(connection, some, args.filter, args.today)
        return {
            n: {key: _cell(key in money, value) for key, value in row.items()}
            for n, row in rows.items()
        }

    keys = [column.key for column in args.columns]
    return write_sheet(
        args.path, args.title, args.columns, in_slices(found, page, keys), len(found)
    )


def _cell(money: bool, value: object) -> object:
    if isinstance(value, tuple):  # the words of a badge
        return value[1]
    if money and isinstance(value, int):
        return Decimal(value).scaleb(-2)
    return value

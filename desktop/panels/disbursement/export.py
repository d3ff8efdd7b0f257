"""Writes the whole list of orders and intents as XLSX. Runs on a reader lane; no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from desktop.contract.law import Law
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.contract.sheets import Exported, SheetColumn, in_slices, write_sheet
from desktop.panels.disbursement.queries import DisbursementFilter, rows, snapshot
from desktop.rules.money import yuan_text


@dataclass(frozen=True, slots=True)
class ExportArgs:
    """What to write where, in which order."""

    law: Law
    filter: DisbursementFilter
    today: date
    sort: str | None
    descending: bool
    columns: tuple[SheetColumn, ...]
    title: str
    path: Path


def export_list(connection: Connection, args: ExportArgs) -> Exported:
    """Writes exactly the rows of the list. Raises as write_sheet does."""
    asked = SnapshotArgs(Dated(args.filter, args.today), args.sort, args.descending)
    ids = snapshot(connection, asked, args.law)

    def page(some: Sequence[int]) -> dict[int, dict[str, Any]]:
        found = rows(connection, some, args.today, args.law)
        return {
            n: {key: _plain(key, value) for key, value in row.items()} for n, row in found.items()
        }

    keys = [column.key for column in args.columns]
    return write_sheet(args.path, args.title, args.columns, in_slices(ids, page, keys), len(ids))


def _plain(key: str, value: object) -> object:
    """The words of a badge, an amount in yuan."""
    if key == "amount" and isinstance(value, int):
        return yuan_text(value)
    return value[1] if isinstance(value, tuple) else value

"""Writes the register as it is listed. Runs on a reader lane; no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.contract.sheets import Exported, SheetColumn, in_slices, write_sheet
from desktop.panels.equipment.queries import EquipmentFilter, rows, snapshot


@dataclass(frozen=True, slots=True)
class ExportArgs:
    """What to write where, in which order."""

    filter: EquipmentFilter
    now: datetime
    today: date
    sort: str | None
    descending: bool
    columns: tuple[SheetColumn, ...]
    title: str
    path: Path


def export_list(connection: Connection, args: ExportArgs) -> Exported:
    """Writes exactly the rows of the list. Raises as write_sheet does."""
    asked = SnapshotArgs(Dated(args.filter, args.today), args.sort, args.descending)
    ids = snapshot(connection, asked, lambda: args.now)

    def page(some: Sequence[int]) -> dict[int, dict[str, Any]]:
        found = rows(connection, some, args.today, lambda: args.now)
        return {
            n: {key: value[1] if isinstance(value, tuple) else value for key, value in row.items()}
            for n, row in found.items()
        }

    keys = [column.key for column in args.columns]
    return write_sheet(args.path, args.title, args.columns, in_slices(ids, page, keys), len(ids))

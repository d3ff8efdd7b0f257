"""Writes the whole list, not the visible page, as XLSX or CSV. Runs on a reader lane; no Qt."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from desktop.contract.paging import SnapshotArgs
from desktop.contract.sheets import Exported, Kind, SheetColumn, in_slices, write_sheet
from desktop.panels.process_monitor.queries import list_ids, list_rows
from desktop.projection.select import NodeQuery

_COLUMNS: Final[tuple[tuple[str, Kind, int], ...]] = (
    ("case_number", "text", 26),
    ("node", "text", 18),
    ("court", "text", 24),
    ("team", "text", 16),
    ("handler", "text", 12),
    ("started_on", "date", 12),
    ("due_on", "date", 12),
    ("state", "text", 10),
    ("days", "number", 10),
)
KEYS: Final = tuple(key for key, _kind, _width in _COLUMNS)


@dataclass(frozen=True, slots=True)
class ExportArgs:
    """What to write where. `heads` are the words above the columns of KEYS."""

    query: NodeQuery
    sort: str | None
    descending: bool
    heads: tuple[str, ...]
    sheet: str
    path: Path


def export_list(connection: Connection, args: ExportArgs) -> Exported:
    """Writes the list; `args.path` says as what. Raises as write_sheet does."""
    ids = list_ids(connection, SnapshotArgs(args.query, args.sort, args.descending))
    page = partial(list_rows, connection, today=args.query.today)
    columns = [
        SheetColumn(key, head, kind, width)
        for (key, kind, width), head in zip(_COLUMNS, args.heads, strict=True)
    ]
    return write_sheet(args.path, args.sheet, columns, in_slices(ids, page, KEYS), len(ids))

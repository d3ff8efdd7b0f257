"""Writes the whole list, not the visible page, as XLSX or CSV. Runs on a reader lane; no Qt.

Rows are read in slices and written as they come, so that memory does not grow with the list.
Case numbers are text cells: Excel neither rounds nor reformats them.
"""

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import Connection

from desktop.contract.paging import SnapshotArgs
from desktop.errors import OutsideError, UserError
from desktop.panels.process_monitor.queries import list_ids, list_rows
from desktop.projection.select import NodeQuery

KEYS: Final = (
    "case_number",
    "node",
    "court",
    "team",
    "handler",
    "started_on",
    "due_on",
    "state",
    "days",
)
SLICE: Final = 2_000
XLSX_ROWS_MAX: Final = 1_048_575  # The sheet's own limit, less the head.
_WIDTHS: Final = (26, 18, 24, 16, 12, 12, 12, 10, 10)


@dataclass(frozen=True, slots=True)
class ExportArgs:
    """What to write where. `heads` are the words above the columns of KEYS."""

    query: NodeQuery
    sort: str | None
    descending: bool
    heads: tuple[str, ...]
    sheet: str
    kind: Literal["xlsx", "csv"]
    path: Path


@dataclass(frozen=True, slots=True)
class Exported:
    """The file and how many rows it holds."""

    path: Path
    rows: int


def export_list(connection: Connection, args: ExportArgs) -> Exported:
    """Writes the file beside its name and renames it, so that no half file is ever opened."""
    ids = list_ids(connection, SnapshotArgs(args.query, args.sort, args.descending))
    if args.kind == "xlsx" and len(ids) > XLSX_ROWS_MAX:
        raise UserError(f"共 {len(ids):,} 条，超过一张工作表的行数，请缩小范围或导出 CSV。")
    page = partial(list_rows, connection, today=args.query.today)

    def rows() -> Iterator[list[Any]]:
        for first in range(0, len(ids), SLICE):
            some = ids[first : first + SLICE]
            found = page(some)
            for n in some:
                if n in found:
                    yield [found[n].get(key) for key in KEYS]

    part = args.path.with_name(args.path.name + ".part")
    try:
        args.path.parent.mkdir(parents=True, exist_ok=True)
        write = _write_xlsx if args.kind == "xlsx" else _write_csv
        try:
            count = write(part, args, rows())
            os.replace(part, args.path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutsideError(
            f"文件无法写入 {args.path.parent}：{error.strerror or error}。"
        ) from error
    return Exported(args.path, count)


def _write_csv(path: Path, args: ExportArgs, rows: Iterator[list[Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(args.heads)
        for row in rows:
            writer.writerow(["" if value is None else value for value in row])
            count += 1
    return count


def _write_xlsx(path: Path, args: ExportArgs, rows: Iterator[list[Any]]) -> int:
    # Imported here: most sessions never export, and the library is slow to load.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(args.sheet)
    sheet.freeze_panes = "A2"
    for index, width in enumerate(_WIDTHS):
        sheet.column_dimensions[chr(ord("A") + index)].width = width

    def cell(value: Any, form: str, bold: bool = False) -> Any:
        made = WriteOnlyCell(sheet, value=value)
        made.number_format = form
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(head, "@", bold=True) for head in args.heads])
    dates = {KEYS.index("started_on"), KEYS.index("due_on")}
    days = KEYS.index("days")
    count = 0
    for row in rows:
        cells = []
        for index, value in enumerate(row):
            if index in dates:
                cells.append(cell(date.fromisoformat(value) if value else None, "yyyy-mm-dd"))
            elif index == days:
                cells.append(cell(value, "0"))
            else:
                cells.append(cell(value, "@"))
        sheet.append(cells)
        count += 1
    book.save(path)
    return count

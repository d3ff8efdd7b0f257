"""Gives rejected rows back as a sheet: the original columns, then 行号 and 原因. Any thread.

The file is read once more, so a sheet of rejects holds exactly what stood in the source, numbers
as numbers and dates as dates. Corrected, it can be imported with the same profile.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.errors import OutsideError, UserError
from desktop.importing.check import RowError
from desktop.importing.convert import shown
from desktop.importing.headers import known_headers
from desktop.importing.profile import Profile
from desktop.importing.readers import RawRow, Table, examine, open_table

ROW_TITLE: Final = "行号"
REASON_TITLE: Final = "原因"
_MARK: Final = "FFF4CCCC"
_HEAD: Final = "FFD9DFEA"
_COLUMN_WIDTH: Final = 18
_REASON_WIDTH: Final = 60


@dataclass(frozen=True, slots=True)
class RejectsArgs:
    """The imported file, how it was read, its faults, and where the sheet goes."""

    path: Path
    profile: Profile
    errors: Sequence[RowError]
    out: Path
    sheet: str = ""


def write_rejects(args: RejectsArgs) -> int:
    """Writes the sheet (.xlsx or .csv by the name of `out`); answers how many rows it holds.

    Raises UserError for another kind of name, OutsideError when the disk refuses.
    """
    by_row: dict[int, list[RowError]] = {}
    for error in args.errors:
        by_row.setdefault(error.row, []).append(error)
    source = examine(args.path)
    suffix = args.out.suffix.lower()
    if suffix not in (".xlsx", ".csv"):
        raise UserError("退回表的文件名应以 .xlsx 或 .csv 结尾")
    try:
        with open_table(source, known_headers(args.profile), sheet=args.sheet) as table:
            if suffix == ".csv":
                return _write_csv(table, by_row, args.out)
            return _write_workbook(table, by_row, args.out)
    except OSError as error:
        reason = error.strerror or error
        raise OutsideError(f"退回表“{args.out.name}”写不下去：{reason}") from error


def _rejected(table: Table, by_row: dict[int, list[RowError]]) -> Iterator[RawRow]:
    return (row for row in table.rows if row.number in by_row)


def _reasons(errors: Sequence[RowError]) -> str:
    return "；".join(f"{error.column}：{error.reason}" for error in errors)


def _padded(table: Table, row: RawRow) -> list[object]:
    cells = list(row.cells[: len(table.header.names)])
    return cells + [None] * (len(table.header.names) - len(cells))


def _write_csv(table: Table, by_row: dict[int, list[RowError]], out: Path) -> int:
    count = 0
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*table.header.names, ROW_TITLE, REASON_TITLE])
        for row in _rejected(table, by_row):
            cells = [shown(cell) for cell in _padded(table, row)]
            writer.writerow([*cells, row.number, _reasons(by_row[row.number])])
            count += 1
    return count


def _write_workbook(table: Table, by_row: dict[int, list[RowError]], out: Path) -> int:
    # The workbook library is heavy and only needed here; starting the desk does not wait for it.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("退回")
    sheet.freeze_panes = "A2"
    names = [*table.header.names, ROW_TITLE, REASON_TITLE]
    for n in range(1, len(names) + 1):
        wide = n == len(names)
        sheet.column_dimensions[get_column_letter(n)].width = (
            _REASON_WIDTH if wide else _COLUMN_WIDTH
        )
    mark = PatternFill("solid", fgColor=_MARK)
    head = PatternFill("solid", fgColor=_HEAD)

    def cell(value: object, fill: PatternFill | None = None) -> object:
        made = WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            # Text stays text: a cell that begins with "=" must not become a formula.
            made.data_type = "s"
            made.number_format = "@"
        if fill is not None:
            made.fill = fill
        return made

    heads = [cell(name, head) for name in names]
    for made in heads:
        made.font = Font(bold=True)  # type: ignore[attr-defined]
    sheet.append(heads)
    count = 0
    for row in _rejected(table, by_row):
        errors = by_row[row.number]
        faulty = {error.column for error in errors}
        cells = [
            cell(value, mark if name in faulty else None)
            for name, value in zip(table.header.names, _padded(table, row), strict=True)
        ]
        reason = cell(_reasons(errors), mark)
        reason.alignment = Alignment(wrap_text=True, vertical="top")  # type: ignore[attr-defined]
        sheet.append([*cells, cell(row.number), reason])
        count += 1
    book.save(out)
    return count

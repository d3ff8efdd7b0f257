"""Lists as files for a spreadsheet: XLSX or CSV, written row by row. Any thread; no Qt.

Memory does not grow with the list. Case numbers are text cells: Excel neither rounds nor reformats
them.
"""

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from desktop.errors import OutsideError, UserError

XLSX_ROWS_MAX: Final = 1_048_575  # The sheet's own limit, less the head.
SLICE: Final = 2_000
Kind = Literal["text", "date", "number", "money"]
_FORMS: Final = {"text": "@", "date": "yyyy-mm-dd", "number": "0", "money": "#,##0.00"}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: the words above it, what its cells are (dates as ISO text, money in yuan as
    Decimal), characters wide."""

    key: str
    head: str
    kind: Kind = "text"
    width: int = 16


@dataclass(frozen=True, slots=True)
class Exported:
    """The file and how many rows it holds."""

    path: Path
    rows: int


def in_slices(
    ids: Sequence[int],
    page: Callable[[Sequence[int]], Any],
    keys: Sequence[str],
) -> Iterator[list[Any]]:
    """The values of `keys` of each row of a list, read in slices; a row that is gone is left
    out."""
    for first in range(0, len(ids), SLICE):
        some = ids[first : first + SLICE]
        found = page(some)
        for n in some:
            if n in found:
                yield [found[n].get(key) for key in keys]


def write_sheet(
    path: Path, title: str, columns: Sequence[SheetColumn], rows: Iterable[list[Any]], count: int
) -> Exported:
    """Writes the file beside its name and renames it, so that no half file is ever opened.

    The name says which kind. Raises UserError when `count` rows do not fit, OutsideError when the
    file cannot be written.
    """
    sheet = path.suffix == ".xlsx"
    if sheet and count > XLSX_ROWS_MAX:
        raise UserError(f"共 {count:,} 条，超过一张工作表的行数，请缩小范围或导出 CSV。")
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            written = (
                _write_xlsx(part, title, columns, rows)
                if sheet
                else _write_csv(part, columns, rows)
            )
            os.replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutsideError(f"文件无法写入 {path.parent}：{error.strerror or error}。") from error
    return Exported(path, written)


def _write_csv(path: Path, columns: Sequence[SheetColumn], rows: Iterable[list[Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.head for column in columns])
        for row in rows:
            writer.writerow(["" if value is None else value for value in row])
            count += 1
    return count


def _write_xlsx(
    path: Path, title: str, columns: Sequence[SheetColumn], rows: Iterable[list[Any]]
) -> int:
    # Imported here: most sessions never export, and the library is slow to load.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for index, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width

    def cell(value: Any, form: str, bold: bool = False) -> Any:
        made = WriteOnlyCell(sheet, value=value)
        made.number_format = form
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(column.head, "@", bold=True) for column in columns])
    count = 0
    for row in rows:
        cells = []
        for column, value in zip(columns, row, strict=True):
            if column.kind == "date" and value:
                value = date.fromisoformat(value)  # noqa: PLW2901
            cells.append(
                cell(value or None if column.kind == "date" else value, _FORMS[column.kind])
            )
        sheet.append(cells)
        count += 1
    book.save(path)
    return count


def _dated(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

"""A wide sheet as a workbook: one table, one worksheet, the very words of the page. Any thread.

Amounts become numbers with their two decimals; everything else is text and never a formula.
"""

import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from desktop.circulars.wide import WideSheet, WideTable
from desktop.errors import OutsideError

_NUMBER: Final = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d+)?")
_NAME_MAX: Final = 31  # of a worksheet
_CHAR_SHARE: Final = 110  # characters that share a page


def write_wide_book(sheet: WideSheet, path: Path) -> Path:
    """Puts the workbook at `path`, whole or not at all. OutsideError where it cannot be."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write(sheet, part)
            os.replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutsideError(f"文件无法写入 {path.parent}：{error.strerror or error}。") from error
    return path


def _write(sheet: WideSheet, path: Path) -> None:
    # Imported here: most sessions never export, and the library is slow to load.
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    for table in sheet.tables:
        _table(book, table)
    last = book.create_sheet("说明")
    for words in (sheet.title, *(f"{name}：{told}" for name, told in sheet.facts), *sheet.closing):
        last.append([_cell(last, words)])
    last.append([_cell(last, f"内容校验值 SHA-256：{sheet.sha256()}")])
    book.save(path)


def _table(book: Any, table: WideTable) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415  As above.

    page = book.create_sheet(table.caption.partition("（")[0][:_NAME_MAX])
    page.freeze_panes = "A2"
    shares = sum(column.share for column in table.columns)
    for place, column in enumerate(table.columns, start=1):
        wide = max(10.0, _CHAR_SHARE * column.share / shares * table.share / 100 * 1.4)
        page.column_dimensions[get_column_letter(place)].width = wide
    page.append([_cell(page, column.head, strong=True) for column in table.columns])
    strong = set(table.strong)
    for place, row in enumerate(table.rows):
        page.append(
            [
                _cell(page, words, strong=place in strong, number=column.align == "right")
                for words, column in zip(row, table.columns, strict=True)
            ]
        )


def _cell(page: Any, words: str, *, strong: bool = False, number: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  As above.
    from openpyxl.styles import Font  # noqa: PLC0415

    if number and _NUMBER.fullmatch(words):
        made = WriteOnlyCell(page, value=Decimal(words.replace(",", "")))
        made.number_format = "#,##0.00" if "." in words else "#,##0"
    else:
        made = WriteOnlyCell(page, value=words or None)
        made.number_format = "@"
        if words:
            made.data_type = "s"
    if strong:
        made.font = Font(bold=True)
    return made

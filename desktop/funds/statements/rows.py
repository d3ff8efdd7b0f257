"""Rows out of a CSV or XLSX file, with the row numbers the user sees. Any thread.

Files are told apart by content. A workbook's parts may declare no document type: that is how an
entity bomb or a foreign entity would come in, and no spreadsheet program writes one.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from desktop.errors import OutsideError, UserError

BYTES_MAX: Final = 64 << 20
UNPACKED_MAX: Final = 512 << 20
ROWS_MAX: Final = 200_000
COLUMNS_MAX: Final = 100
_CELL_CHARS_MAX: Final = 1 << 15
_HEAD: Final = 1 << 12
_OLE: Final = b"\xd0\xcf\x11\xe0"
_ZIP: Final = b"PK\x03\x04"
_DELIMITERS: Final = (",", "\t", ";", "|", "，")

Row = tuple[int, Sequence[object]]


def read_bytes(path: Path) -> bytes:
    """The whole file. UserError when it is no file to import, OutsideError when the disk
    refuses."""
    try:
        size = path.stat().st_size
        if size > BYTES_MAX:
            raise UserError(f"“{path.name}”超过 {BYTES_MAX >> 20} MB，请分日期导出。")
        data = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"没有文件“{path}”。") from None
    except IsADirectoryError:
        raise UserError(f"“{path}”是文件夹，不是文件。") from None
    except OSError as fault:
        raise OutsideError(f"读取“{path.name}”失败：{fault.strerror or fault}。") from fault
    if not data.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise UserError(f"文件“{path.name}”是空的。")
    return data


def text_from(data: bytes, name: str) -> str:
    """Text in UTF-8, UTF-16 with its mark, or GB18030 (which holds GBK)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UserError(f"“{name}”的文字编码不明：既不是 UTF-8，也不是 GBK。")


def table_rows(data: bytes, name: str) -> list[Row]:
    """Every row of the only sheet, or of the first one that is visible."""
    if data.startswith(_OLE):
        raise UserError(
            f"“{name}”是旧版 .xls 或加了密码的工作簿，请在表格软件中另存为不加密的 .xlsx。"
        )
    rows = _sheet(data, name) if data.startswith(_ZIP) else _csv(text_from(data, name), name)
    found: list[Row] = []
    for number, cells in enumerate(rows, 1):
        if number > ROWS_MAX:
            raise UserError(f"“{name}”超过 {ROWS_MAX:,} 行，请分日期导出。")
        found.append((number, cells))
    return found


def _csv(text: str, name: str) -> Iterator[Sequence[object]]:
    if "\0" in text:
        raise UserError(f"“{name}”不是文本，也不是 .xlsx 工作簿。")
    csv.field_size_limit(_CELL_CHARS_MAX)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    except csv.Error as fault:
        raise UserError(f"“{name}”不是完整的 CSV：{fault}。") from None


def _delimiter(text: str) -> str:
    """The sign that most of the first lines hold, and most often; a comma when in doubt."""
    lines = text[: _HEAD * 4].splitlines()
    score = {
        sign: (sum(sign in line for line in lines), sum(line.count(sign) for line in lines))
        for sign in _DELIMITERS
    }
    # A title or a remark may hold commas in a file parted by tabs.
    best = max(_DELIMITERS, key=lambda sign: score[sign][1])
    return best if score[best][1] else ","


def _sheet(data: bytes, name: str) -> Iterator[Sequence[object]]:
    # The workbook library is heavy and only needed here; starting the desk does not wait for it.
    import openpyxl  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            _safe(parts, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        shown: list[Any] = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not shown:
            raise UserError(f"“{name}”里没有工作表。")
        # The size a workbook claims for a sheet is often wrong and would cut columns off.
        shown[0].reset_dimensions()
        for cells in shown[0].iter_rows(values_only=True):
            yield cells[:COLUMNS_MAX]
        book.close()
    except (zipfile.BadZipFile, EOFError, KeyError, ValueError, SyntaxError) as fault:
        raise UserError(f"“{name}”不是完整的 Excel 工作簿（.xlsx）。") from fault
    except InvalidFileException as fault:
        raise UserError(f"“{name}”不是 Excel 工作簿（.xlsx）。") from fault


def _safe(parts: zipfile.ZipFile, name: str) -> None:
    if sum(part.file_size for part in parts.infolist()) > UNPACKED_MAX:
        raise UserError(f"“{name}”解压后超过 {UNPACKED_MAX >> 20} MB，请分日期导出。")
    for part in parts.infolist():
        if part.filename.lower().endswith((".xml", ".rels")):
            with parts.open(part) as file:
                refuse_document_type(file.read(_HEAD), name)


def refuse_document_type(data: bytes, name: str) -> None:
    """UserError where XML declares a document type or entities, in whatever encoding."""
    plain = data.replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise UserError(f"“{name}”含有文档类型或实体声明（DOCTYPE），为安全起见不予读取。")

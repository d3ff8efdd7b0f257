"""Reads XLSX, CSV and JSON row by row, with the row numbers the user sees. Any thread, no Qt.

Nothing is read whole: memory stays the same for three hundred rows and for a million. Files are
told apart by their content, not by their name.
"""

import codecs
import gzip
import hashlib
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, Literal, cast

from desktop.errors import OutsideError, UserError
from desktop.importing.headers import HEADER_SEARCH_ROWS, Header, Known, find_header
from desktop.importing.text_rows import csv_rows, json_rows, sniff_delimiter

ROWS_MAX: Final = 2_000_000
COLUMNS_MAX: Final = 500
_CHUNK: Final = 1 << 16
_UNPACKED_MAX: Final = 4 << 30
_OLE: Final = b"\xd0\xcf\x11\xe0"
_ZIP: Final = b"PK\x03\x04"
_GZIP: Final = b"\x1f\x8b"
FileKind = Literal["xlsx", "csv", "json"]


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in the file. `number` counts from 1 as a spreadsheet does."""

    number: int
    cells: Sequence[object]


@dataclass(frozen=True, slots=True)
class Source:
    """What is known about a file before its rows are read. `total`: rows, where countable."""

    path: Path
    kind: FileKind
    sha256: str
    encoding: str
    packed: bool
    total: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """An opened file: its header and a stream of the rows below it."""

    source: Source
    header: Header
    sheet: str
    sheets: tuple[str, ...]
    from_1904: bool
    rows: Iterator[RawRow]

    @property
    def total(self) -> int | None:
        """Rows below the header, as far as the file tells."""
        if self.source.total is None:
            return None
        return max(self.source.total - self.header.last_row, 0)


def _open(path: Path, *, packed: bool) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb") if packed else path.open("rb"))


def examine(path: Path) -> Source:
    """Kind, fingerprint and encoding of a file, in one pass of small pieces.

    Raises UserError for a file no import can read, OutsideError when the disk refuses.
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
        if not head:
            raise UserError(f"文件“{path.name}”是空的")
        if head.startswith(_OLE):
            reason = "旧版 .xls 或加了密码的工作簿，请在表格软件中另存为不加密的 .xlsx"
            raise UserError(f"“{path.name}”是{reason}")
        if head.startswith(_ZIP):
            return Source(path, "xlsx", _fingerprint(path), "", False, None)
        return _examine_text(path, packed=head.startswith(_GZIP))
    except FileNotFoundError as error:
        raise UserError(f"没有文件“{path}”") from error
    except IsADirectoryError as error:
        raise UserError(f"“{path}”是文件夹，不是文件") from error
    except (EOFError, gzip.BadGzipFile) as error:
        raise UserError(f"压缩文件“{path.name}”不完整或已损坏") from error
    except OSError as error:
        raise OutsideError(f"读取“{path.name}”失败：{error.strerror or error}") from error


def _fingerprint(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


class _Encodings:
    """Tries UTF-8 and GB18030 side by side, strictly, over the whole file."""

    def __init__(self) -> None:
        self.open = {
            name: codecs.getincrementaldecoder(name)("strict") for name in ("utf-8", "gb18030")
        }

    def feed(self, piece: bytes, *, final: bool) -> None:
        for name in list(self.open):
            try:
                self.open[name].decode(piece, final)
            except UnicodeDecodeError:
                del self.open[name]


def _examine_text(path: Path, *, packed: bool) -> Source:
    digest, lines, size, head = _fingerprint(path), 0, 0, b""
    encodings = _Encodings()
    with _open(path, packed=packed) as file:
        while piece := file.read(_CHUNK):
            head = head or piece[:64]
            lines += piece.count(b"\n")
            size += len(piece)
            if size > _UNPACKED_MAX:
                raise UserError(f"“{path.name}”解压后超过 4 GB，请分开导入")
            encodings.feed(piece, final=False)
            last = piece[-1:]
    if not size:
        raise UserError(f"文件“{path.name}”是空的")
    encodings.feed(b"", final=True)
    encoding = _encoding(path, head, encodings)
    # A file without a final line end has one row more than line ends.
    lines += last != b"\n"
    text = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    if text[:1] in ("[", "{"):
        return Source(path, "json", digest, encoding, packed, None)
    return Source(path, "csv", digest, encoding, packed, lines)


def _encoding(path: Path, head: bytes, encodings: _Encodings) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if "utf-8" in encodings.open:
        return "utf-8-sig"
    if "gb18030" in encodings.open:
        return "gb18030"
    raise UserError(f"“{path.name}”的文字编码不明：既不是 UTF-8，也不是 GB18030")


@contextmanager
def open_table(source: Source, known: Known, *, sheet: str = "") -> Iterator[Table]:
    """Opens a file that `examine` has seen. `known` tells headers; `sheet` is for workbooks.

    Without `sheet` the sheet with most known headers is read. Raises UserError for a file that
    breaks off or has no rows.
    """
    try:
        if source.kind == "xlsx":
            with _workbook(source, known, sheet) as table:
                yield table
        else:
            with _open(source.path, packed=source.packed) as raw:
                stream = io.TextIOWrapper(raw, encoding=source.encoding, newline="")
                yield _text_table(source, stream, known)
    except (zipfile.BadZipFile, EOFError, gzip.BadGzipFile) as error:
        raise UserError(f"“{source.path.name}”不完整或已损坏") from error


def _text_table(source: Source, stream: IO[str], known: Known) -> Table:
    if source.kind == "json":
        names, objects = json_rows(stream, source.path.name)
        numbered = (RawRow(n, cells) for n, cells in enumerate(objects, 1))
        return Table(source, Header(names, 0), "", (), False, _limited(numbered))
    delimiter = sniff_delimiter(stream)
    raw = enumerate(csv_rows(stream, delimiter, source.path.name), 1)
    header, rows = _split_header((RawRow(n, cells) for n, cells in raw), known)
    return Table(source, header, "", (), False, rows)


def _split_header(rows: Iterator[RawRow], known: Known) -> tuple[Header, Iterator[RawRow]]:
    first = [row for _, row in zip(range(HEADER_SEARCH_ROWS), rows, strict=False)]
    header = find_header([row.cells for row in first], known)

    def rest() -> Iterator[RawRow]:
        yield from (row for row in first if row.number > header.last_row)
        yield from rows

    return header, _limited(rest())


def _limited(rows: Iterator[RawRow]) -> Iterator[RawRow]:
    for row in rows:
        if row.number > ROWS_MAX:
            raise UserError(f"文件超过 {ROWS_MAX:,} 行，请分开导入")
        if any(cell is not None and cell != "" for cell in row.cells):
            yield row


@contextmanager
def _workbook(source: Source, known: Known, sheet: str) -> Iterator[Table]:
    # The workbook library is heavy and only needed here; starting the desk does not wait for it.
    import openpyxl  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    name = source.path.name
    try:
        with zipfile.ZipFile(source.path) as parts:
            if sum(part.file_size for part in parts.infolist()) > _UNPACKED_MAX:
                raise UserError(f"“{name}”解压后超过 4 GB，请分开导入")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(source.path, read_only=True, data_only=True)
    except (KeyError, ValueError, InvalidFileException) as error:
        raise UserError(f"“{name}”不是完整的 Excel 工作簿（.xlsx）") from error
    try:
        sheets = tuple(ws.title for ws in book.worksheets)
        if sheet and sheet not in sheets:
            raise UserError(f"工作簿里没有工作表“{sheet}”；有：{'、'.join(sheets)}")
        if not sheets:
            raise UserError(f"“{name}”里没有工作表")
        # Looking for the header forgets the size a sheet claims, so it is asked for first.
        totals = {ws.title: ws.max_row for ws in book.worksheets}
        chosen = sheet or _best_sheet(book, known)
        worksheet, total = book[chosen], totals[chosen]
        header, rows = _split_header(_sheet_rows(worksheet), known)
        counted = Source(source.path, "xlsx", source.sha256, "", False, total)
        from_1904 = book.epoch.date() == date(1904, 1, 1)
        yield Table(counted, header, chosen, sheets, from_1904, rows)
    finally:
        book.close()


def _sheet_rows(worksheet: Any) -> Iterator[RawRow]:
    # The size a workbook claims for a sheet is often wrong and would cut columns off.
    worksheet.reset_dimensions()
    for n, cells in enumerate(worksheet.iter_rows(values_only=True), 1):
        yield RawRow(n, cells[:COLUMNS_MAX])


def _best_sheet(book: Any, known: Known) -> str:
    best, best_score = str(book.worksheets[0].title), -1
    for worksheet in book.worksheets:
        if worksheet.sheet_state != "visible" and best_score >= 0:
            continue
        rows = zip(range(HEADER_SEARCH_ROWS), _sheet_rows(worksheet), strict=False)
        header = find_header([row.cells for _, row in rows], known)
        score = sum(1 for name in header.names if name and known(name))
        if score > best_score:
            best, best_score = str(worksheet.title), score
    return best

"""One cell to one value: dates in every usual writing, money to fen, words to codes. Pure.

Each converter answers a value or raises CellError with a Chinese reason. Empty cells never reach
one. Dates come back as ISO text, money as integer fen: what the store keeps.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from desktop.importing.profile import ColumnSpec
from desktop.rules.case_number import CaseNumber, CaseNumberError, parse

Converter = Callable[[object], object]
TEXT_LENGTH_MAX: Final = 4_000
NAME_LENGTH_MAX: Final = 100
FEN_MAX: Final = 10**15
_YEARS: Final = (1949, 2100)
_ZONE: Final = "+08:00"
_DATE: Final = re.compile(
    r"(\d{4})(?:\s*[年\-/.]\s*)(\d{1,2})(?:\s*[月\-/.]\s*)(\d{1,2})\s*日?"
    r"(?:[T\s]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?秒?)?分?)?(?:Z|\+08:?00)?"
)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?")
_MONEY: Final = re.compile(
    r"[¥￥]?(-?)[¥￥]?((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(万亿|亿|万|千|百)?元?整?",
    re.ASCII,
)
_SCALE: Final[Mapping[str, int]] = {
    "": 1,
    "百": 100,
    "千": 1_000,
    "万": 10_000,
    "亿": 10**8,
    "万亿": 10**12,
}
_BOOLS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("是", "有", "√", "✓", "1", "true", "y", "yes", "t"), True),
    **dict.fromkeys(("否", "无", "×", "✗", "0", "false", "n", "no", "f", "没有"), False),
}
_NAMES: Final = re.compile(r"[、,，;；\n\r/]+")
_FORMULA_ERRORS: Final = frozenset(
    ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
)


class CellError(ValueError):
    """Why a cell cannot be taken; `str(error)` is Chinese."""


def is_blank(value: object) -> bool:
    """None, empty text, text of blanks only, and R's NA are all no value."""
    if value is None:
        return True
    if not isinstance(value, str):
        return False
    return value in ("", "NA") or not value.strip("\u3000\u00a0\u200b\ufeff \t\r\n")


def shown(value: object) -> str:
    """A cell as it is shown to the user in an error."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def to_text(value: object) -> str:
    """Text without surrounding blanks; whole numbers without a decimal point."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        if abs(value) >= 10**15:
            raise CellError("数字超过 15 位，表格软件已丢失尾数，请以文本格式保存后重新导入")
        return str(int(value)) if float(value).is_integer() else repr(value)
    if isinstance(value, datetime | date):
        return shown(value)
    text = str(value).strip("\u3000\u00a0\u200b\ufeff \t\r\n")
    if text in _FORMULA_ERRORS:
        raise CellError(f"单元格是公式错误 {text}")
    if len(text) > TEXT_LENGTH_MAX:
        raise CellError(f"文字超过 {TEXT_LENGTH_MAX} 个字符")
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    return text


def to_name(value: object) -> str:
    """A name of a person, team or court: one line, without inner blanks at the ends."""
    text = to_text(value).replace("\n", "").strip()
    if len(text) > NAME_LENGTH_MAX:
        raise CellError(f"名称超过 {NAME_LENGTH_MAX} 个字符")
    if text.isascii() and text.isdigit():
        raise CellError("这里应为名称，不是数字")
    return text


def to_names(value: object) -> tuple[str, ...]:
    """Several names, parted by 、, comma, semicolon, slash or a new line; each once."""
    names = [part.strip() for part in _NAMES.split(to_text(value))]
    kept = tuple(dict.fromkeys(name for name in names if name))
    if not kept:
        raise CellError("没有名称")
    if any(len(name) > NAME_LENGTH_MAX for name in kept):
        raise CellError(f"名称超过 {NAME_LENGTH_MAX} 个字符")
    return kept


def from_serial(serial: float, *, from_1904: bool) -> datetime:
    """An Excel serial as an instant.

    The 1900 system counts a 29 February 1900 that never was (serial 60); the 1904 system starts
    at 1904-01-01 = 0.
    """
    whole, part = divmod(serial, 1)
    days = int(whole)
    if from_1904:
        start = date(1904, 1, 1)
    elif days == 60:
        raise CellError("序列值 60 是不存在的 1900年2月29日")
    else:
        start = date(1899, 12, 30) if days > 60 else date(1899, 12, 31)
    try:
        midnight = datetime.combine(start, time())
        return midnight + timedelta(days=days, seconds=round(part * 86_400))
    except OverflowError as error:
        raise CellError("不是日期") from error


@lru_cache(maxsize=20_000)
def _instant_of_text(text: str, from_1904: bool) -> datetime:
    folded = unicodedata.normalize("NFKC", text).strip()
    if _SERIAL.fullmatch(folded):
        return from_serial(float(folded), from_1904=from_1904)
    found = _COMPACT.fullmatch(folded) or _DATE.fullmatch(folded)
    if found is None:
        raise CellError("不是日期，应如 2026-09-01、2026年9月1日 或 20260901")
    groups = (*found.groups(), None, None, None)[:6]
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in groups)
    try:
        return datetime.combine(date(year, month, day), time(hour, minute, second))
    except ValueError as error:
        raise CellError("没有这一天") from error


def _instant(value: object, *, from_1904: bool) -> datetime:
    if isinstance(value, datetime):
        found = value.replace(tzinfo=None)
    elif isinstance(value, date):
        found = datetime.combine(value, time())
    elif isinstance(value, bool):
        raise CellError("不是日期")
    elif isinstance(value, int | float):
        compact = isinstance(value, int) or value.is_integer()
        if compact and 19_000_000 < value < 21_010_000:
            found = _instant_of_text(str(int(value)), from_1904)
        elif 0 <= value < 100_000:
            found = from_serial(float(value), from_1904=from_1904)
        else:
            raise CellError("不是日期")
    else:
        found = _instant_of_text(to_text(value), from_1904)
    if not _YEARS[0] <= found.year <= _YEARS[1]:
        raise CellError(f"年份 {found.year} 不合理")
    return found


def to_date(value: object, *, from_1904: bool = False) -> str:
    """ISO day."""
    return _instant(value, from_1904=from_1904).date().isoformat()


def to_datetime(value: object, *, from_1904: bool = False) -> str:
    """ISO instant in court time."""
    return _instant(value, from_1904=from_1904).isoformat(timespec="minutes") + _ZONE


def to_fen(value: object, *, fen_per_unit: int = 100) -> int:
    """Money as integer fen. A remainder below one fen is refused, never rounded away."""
    if isinstance(value, bool | datetime | date):
        raise CellError("不是金额")
    if isinstance(value, int | float):
        # A binary fraction carries noise in its last digits; ten significant decimals do not.
        amount = Decimal(value) if isinstance(value, int) else round(Decimal(repr(value)), 8)
    else:
        folded = unicodedata.normalize("NFKC", to_text(value)).replace(" ", "")
        folded = folded.removeprefix("人民币").removeprefix("RMB")
        found = _MONEY.fullmatch(folded)
        if found is None:
            raise CellError("不是金额，应如 1,234.50 或 1.2万元")
        try:
            amount = Decimal(found[1] + found[2].replace(",", ""))
        except InvalidOperation as error:
            raise CellError("不是金额") from error
        if "元" in folded or found[3]:
            # A unit written in the cell wins over the unit of the column.
            fen_per_unit = 100 * _SCALE[found[3] or ""]
    fen = amount * fen_per_unit
    if fen < 0:
        raise CellError("金额不能为负")
    if fen != fen.to_integral_value():
        raise CellError("金额精确到分，多出的小数无法入账")
    if fen > FEN_MAX:
        raise CellError("金额过大")
    return int(fen)


def to_int(value: object) -> int:
    """A whole number."""
    text = unicodedata.normalize("NFKC", to_text(value)).replace(",", "")
    if not re.fullmatch(r"-?\d{1,15}", text, re.ASCII):
        raise CellError("不是整数")
    return int(text)


def to_bool(value: object) -> bool:
    """是/否, 有/无, √/×, 1/0."""
    found = _BOOLS.get(unicodedata.normalize("NFKC", to_text(value)).lower())
    if found is None:
        raise CellError("应为“是”或“否”")
    return found


@lru_cache(maxsize=4_096)
def read_number(text: str) -> CaseNumber:
    """`parse`, remembered: a number is looked at by the converter, the checker and the planner."""
    return parse(text)


def to_case_number(value: object) -> str:
    """A case's own number in its standard writing."""
    try:
        number = read_number(to_text(value))
    except CaseNumberError as error:
        raise CellError(f"案号有误：{error}") from error
    if number.follow_up is not None:
        raise CellError("这是后续文书的案号（之一、之二…），不是案件的案号")
    return number.format()


def _choice(table: Mapping[str, str], wanted: str) -> Converter:
    exact = {unicodedata.normalize("NFKC", text).strip(): code for text, code in table.items()}

    def convert(value: object) -> object:
        text = unicodedata.normalize("NFKC", to_text(value))
        found = exact.get(text)
        if found is None:
            raise CellError(f"不认识的{wanted}“{text}”")
        return found

    return convert


def converter(
    column: ColumnSpec,
    *,
    from_1904: bool,
    activities: Mapping[str, str],
    fen_per_unit: int | None = None,
) -> Converter:
    """The converter of a column; `fen_per_unit` is the unit its header names, if any."""
    unit = fen_per_unit or column.fen_per_unit
    plain: dict[str, Converter] = {
        "text": to_text,
        "int": to_int,
        "bool": to_bool,
        "case_number": to_case_number,
        "person": to_name,
        "team": to_name,
        "court": to_name,
        "names": to_names,
        "date": lambda value: to_date(value, from_1904=from_1904),
        "datetime": lambda value: to_datetime(value, from_1904=from_1904),
        "money": lambda value: to_fen(value, fen_per_unit=unit),
        "choice": _choice(column.choices, column.title),
        "event": _choice(activities, "事件"),
    }
    return plain[column.kind]

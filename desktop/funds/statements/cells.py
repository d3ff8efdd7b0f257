"""One cell of a statement to one value: money to fen, days to ISO text, accounts. Pure.

What a bank writes: thousands separators, full-width digits, ￥, a sign before or behind or
brackets for minus, days in five writings, spreadsheets' own numbers and dates.
"""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

FEN_MAX: Final = 10**15
YEARS: Final = (1990, 2100)
_MONEY: Final = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d{0,}))?", re.ASCII)
_DAY: Final = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?:\D.*)?", re.ASCII | re.DOTALL)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?(?:\s.*)?", re.ASCII)
_BLANKS: Final = " \t\r\n\u00a0\u3000\u200b\ufeff"
_NONE: Final = frozenset({"", "-", "--", "—", "——", "/", "无"})


class CellError(ValueError):
    """Why a cell cannot be taken; `str(error)` is Chinese."""


def text_of(value: object) -> str:
    """A cell as one line of text; whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return (
            value.strftime("%Y-%m-%d %H:%M:%S")
            if value.time() != value.min.time()
            else (value.date().isoformat())
        )
    return " ".join(str(value).strip(_BLANKS).split())


def folded(value: object) -> str:
    """Text with full-width letters and digits made plain, without a leading apostrophe or tab."""
    return unicodedata.normalize("NFKC", text_of(value)).strip(_BLANKS).lstrip("'`")


def blank(value: object) -> bool:
    """Whether a cell says nothing; banks also write dashes."""
    return folded(value) in _NONE


def fen(value: object) -> int:
    """Money as fen, with its sign. CellError for anything else, and for fractions of a fen."""
    if isinstance(value, bool):
        raise CellError("不是金额")
    if isinstance(value, int | float):
        # A spreadsheet's binary fraction: 0.1 + 0.2 there is thirty fen all the same.
        return _checked(round(Decimal(repr(value)), 6))
    text = folded(value).replace(" ", "")
    minus = False
    if text.startswith("(") and text.endswith(")"):
        minus, text = True, text[1:-1]
    text = text.removeprefix("¥").removeprefix("CNY").removeprefix("RMB").removesuffix("元")
    for sign in ("-", "−", "+"):
        if text.startswith(sign) or text.endswith(sign):
            minus ^= sign != "+"
            text = text.removeprefix(sign) if text.startswith(sign) else text.removesuffix(sign)
            break
    text = text.removeprefix("¥")
    found = _MONEY.fullmatch(text)
    if found is None or not any(found.groups()):
        raise CellError(f"“{text_of(value)[:40]}”不是金额，应如 1,234.56")
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise CellError(f"“{text_of(value)[:40]}”不是金额，应如 1,234.56") from None
    return _checked(-amount if minus else amount)


def _checked(amount: Decimal) -> int:
    if abs(amount) >= FEN_MAX // 100:
        raise CellError("金额过大")
    exact = amount * 100
    if exact != exact.to_integral_value():
        raise CellError(f"“{amount}”的小数超过两位")
    return int(exact)


def day(value: object) -> str:
    """A day as ISO text, from 2026-11-29, 2026/11/29, 2026年11月29日, 20261129, also with a time
    behind it, or from a spreadsheet's own date."""
    if isinstance(value, datetime):
        return _real(value.year, value.month, value.day)
    if isinstance(value, date):
        return _real(value.year, value.month, value.day)
    text = text_of(int(value) if isinstance(value, float) and value.is_integer() else value)
    text = unicodedata.normalize("NFKC", text).lstrip("'`")
    found = _COMPACT.fullmatch(text) or _DAY.fullmatch(text)
    if found is None:
        raise CellError(f"“{text[:40]}”不是日期，应如 2026-11-29 或 20261129")
    return _real(*(int(part) for part in found.groups()))


def _real(year: int, month: int, on: int) -> str:
    if not YEARS[0] <= year <= YEARS[1]:
        raise CellError(f"年份 {year} 不在 {YEARS[0]} 至 {YEARS[1]} 之间")
    try:
        return date(year, month, on).isoformat()
    except ValueError:
        raise CellError(f"没有 {year} 年 {month} 月 {on} 日这一天") from None


def account(value: object) -> str:
    """An account number: digits, letters and mask stars only. CellError where a spreadsheet has
    rounded it."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**15:
        raise CellError("账号超过 15 位而以数字保存，尾数已丢失；请以文本格式重新导出")
    text = folded(value)
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", text):
        raise CellError("账号被写成科学计数法，尾数已丢失；请以文本格式重新导出")
    return "".join(c for c in text if c.isalnum() or c == "*").upper()


def reference(value: object) -> str | None:
    """A virtual account or a key; blanks and dashes between figures alone are no part of it."""
    text = folded(value)
    if re.fullmatch(r"[\d\s-]+", text):
        text = re.sub(r"\D", "", text)
    return text or None

"""Amounts between text and integer fen, and the one rounding of money. Pure; any thread.

Interest and fees are computed as exact fractions of a fen and rounded once, half up; nothing here
ever is a float.
"""

import re
from fractions import Fraction
from typing import Final

from desktop.errors import UserError

AMOUNT_FEN_MAX: Final = 10**15
RATE_DIGITS_MAX: Final = 12
SHOWN_DIGITS: Final = 8
_QUOTED: Final = 40
_AMOUNT: Final = re.compile(r"(?P<yuan>0|[1-9][0-9]*)(?:\.(?P<fen>[0-9]{1,2}))?")
_RATE: Final = re.compile(r"(?P<number>(?:0|[1-9][0-9]*)(?:\.[0-9]{1,12})?)(?P<percent>%?)")


class InputError(UserError):
    """A figure that cannot be; the message names its field, such as principal[0].amount."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason
        super().__init__(f"{field}：{reason}。")


def fen_of(text: str, field: str) -> int:
    """1032.5 or 1032.50 yuan as fen. Raises InputError for anything else, negative ones too."""
    shown = quoted(text)
    if re.fullmatch(r"-[0-9]+(\.[0-9]+)?", text):
        raise InputError(field, f"金额不能为负数，现为“{shown}”")
    if re.fullmatch(r"[0-9]+\.[0-9]{3,}", text):
        raise InputError(field, f"金额至多两位小数，现为“{shown}”")
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise InputError(field, f"“{shown}”不是金额，应写作 1032.50")
    yuan, fen = found["yuan"], (found["fen"] or "").ljust(2, "0")
    if len(yuan) > len(str(AMOUNT_FEN_MAX)) or int(yuan + fen) > AMOUNT_FEN_MAX:
        raise InputError(field, f"金额超过上限 {yuan_text(AMOUNT_FEN_MAX)} 元")
    return int(yuan + fen)


def quoted(text: str) -> str:
    """What somebody wrote, fit for a sentence of one line."""
    line = "".join(char if char.isprintable() else "?" for char in text[: _QUOTED + 1])
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED]}…"


def rate_of(text: str) -> Fraction | None:
    """0.06 or 6% as a fraction; None for anything else."""
    found = _RATE.fullmatch(text) if len(text) <= 2 * RATE_DIGITS_MAX else None
    if found is None:
        return None
    return Fraction(found["number"]) / (100 if found["percent"] else 1)


def yuan_text(fen: int) -> str:
    """1032.50: for machines, without groups. Negative for what was taken away."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan}.{rest:02d}"


def grouped(fen: int) -> str:
    """1,032.50: for paper."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan:,}.{rest:02d}"


def half_up(value: Fraction) -> int:
    """The nearest whole number, a half upwards; for amounts that are not negative."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def decimal_text(value: Fraction, least: int = 0, most: int = SHOWN_DIGITS) -> str:
    """A fraction as decimals: at least `least` of them, at most `most`, half up; no zeros more.

    1/3 to eight digits is 0.33333333: for the eye of who recounts, never to compute with.
    """
    whole, digits = divmod(half_up(value * 10**most), 10**most)
    tail = f"{digits:0{most}d}".rstrip("0").ljust(least, "0")
    return f"{whole}.{tail}" if tail else str(whole)


def product_text(fen: Fraction) -> str:
    """A product in fen as yuan, with as many decimals as it has, at least two, at most eight."""
    return decimal_text(fen / 100, least=2)

"""How much of a year or month lies between two days, by the basis of a rate. Pure; any thread.

Each basis is a measure of days from a far origin, so stretches that meet add up exactly, wherever
they are cut. The first day of a stretch counts and the last one does not (算头不算尾).
"""

from calendar import monthrange
from datetime import date
from fractions import Fraction
from typing import Final

ACTUAL: Final = "actual"
THIRTY: Final = "30/360"
# What a rate per year, month or day may be counted by; the first is what is taken for "".
BASES: Final = {
    "year": ("360", "365", ACTUAL, THIRTY),
    "month": ("30", "360", "365", ACTUAL, THIRTY),
    "day": ("", "1", "30", "360", "365", ACTUAL, THIRTY),
}
_SPELLINGS: Final = {
    "act/360": "360",
    "act/365": "365",
    "act/act": ACTUAL,
    "actual/360": "360",
    "actual/365": "365",
    "actual/actual": ACTUAL,
    "30e/360": THIRTY,
}


def basis_of(per: str, text: str) -> str | None:
    """The basis that `text` names for a rate per day, month or year; None when it names none."""
    name = _SPELLINGS.get(text.lower(), text.lower())
    return name if name in BASES[per] else None


def measure(per: str, basis: str, day: date) -> Fraction:
    """How many periods of the rate lie before `day`; only differences mean something."""
    if per == "day":
        return Fraction(day.toordinal())
    if basis == THIRTY:
        days = 360 * day.year + 30 * day.month + min(day.day, 30)
        return Fraction(days, 360 if per == "year" else 30)
    if basis != ACTUAL:
        length = Fraction(int(basis))
        if per == "month" and basis != "30":
            length /= 12
        return day.toordinal() / length
    if per == "month":
        length = Fraction(monthrange(day.year, day.month)[1])
        return 12 * day.year + day.month + (day.day - 1) / length
    first = date(day.year, 1, 1)
    return day.year + Fraction((day - first).days, (date(day.year + 1, 1, 1) - first).days)


def between(per: str, basis: str, first: date, last: date) -> Fraction:
    """How many periods of the rate lie from `first` to `last`; zero when there is no time."""
    if last <= first:
        return Fraction(0)
    return measure(per, basis, last) - measure(per, basis, first)


def words(per: str, basis: str, first: date, last: date) -> str:
    """The same as it is counted by hand: 181÷360, (92÷365＋60÷366), 181."""
    days = (last - first).days
    if per == "day":
        return f"{days}"
    if basis == THIRTY:
        length = 360 if per == "year" else 30
        return f"{between(per, basis, first, last) * length}÷{length}"
    if basis != ACTUAL:
        return f"{days}×12÷{basis}" if per == "month" and basis != "30" else f"{days}÷{basis}"
    parts = _parts(per, first, last)
    return f"({'＋'.join(parts)})" if len(parts) > 1 else "".join(parts)


def _parts(per: str, first: date, last: date) -> list[str]:
    """Days over the length of their year or month, whole ones together."""
    found: list[str] = []
    whole, at = 0, first
    while at < last:
        if per == "year":
            start, end = date(at.year, 1, 1), date(at.year + 1, 1, 1)
        else:
            start = at.replace(day=1)
            end = date(at.year + at.month // 12, at.month % 12 + 1, 1)
        upto = min(end, last)
        if at == start and upto == end:
            whole += 1
        else:
            found.append(f"{(upto - at).days}÷{(end - start).days}")
        at = upto
    return found[:1] + ([f"{whole}"] if whole else []) + found[1:]

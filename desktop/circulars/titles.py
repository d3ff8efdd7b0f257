"""Titles of several lines: broken by sense, and shaped as a trapezium or a lozenge. Pure."""

from collections.abc import Sequence
from itertools import combinations, pairwise
from math import ceil
from typing import Final

from desktop.circulars.lines import NOT_FIRST, NOT_LAST
from desktop.errors import UserError

TITLE_CHARS: Final = 19  # of a line in 2号
_BEFORE: Final = ("关于",)  # a line likes to begin with these,
_AFTER: Final = ("中心", "法院", "部门", "的", "、", "和", "与", "》")  # and to end with these
_NOT_BEFORE: Final = tuple("年月日号的等者及们")
_NOT_AFTER: Final = tuple("第各全本不未")
_OPENING: Final = "（〔《“‘"
_CLOSING: Final = "）〕》”’"
_LIKED: Final = 3.0  # characters of unevenness that a break by sense is worth
_LINES_MAX: Final = 4


def titled(title: str) -> list[str]:
    """The lines of a title in 2号. Raises UserError for one that four lines do not hold."""
    try:
        return title_lines(title, TITLE_CHARS)
    except ValueError as wrong:
        raise UserError(f"标题过长，四行排不下（每行 {TITLE_CHARS} 字）：请缩短标题。") from wrong


def title_lines(title: str, most: int) -> list[str]:
    """`title` in lines of at most `most` characters, a digit or letter being half of one; its own
    line breaks are kept.

    Raises ValueError for a title that four lines do not hold.
    """
    if "\n" in title:
        lines = title.split("\n")
        if max(map(_wide, lines)) > most:
            raise ValueError(f"a line of the title is longer than {most} characters")
        return lines
    if _wide(title) <= most:
        return [title]
    least = ceil(_wide(title) / most)
    for count in range(least, _LINES_MAX + 1):
        places = [n for n in range(1, len(title)) if _allowed(title, n)]
        found = [
            made
            for chosen in combinations(places, count - 1)
            if max(map(_wide, made := _cut(title, chosen))) <= most
        ]
        if found:
            return min(found, key=_cost)
    raise ValueError(f"the title does not fit into {_LINES_MAX} lines of {most} characters")


def _allowed(title: str, at: int) -> bool:
    if title[at] in NOT_FIRST or title[at - 1] in NOT_LAST:
        return False
    inside = title[at - 1].isascii() and title[at].isascii()
    return not inside and title[at - 1 : at + 1] not in ("——", "……")


def _cut(title: str, places: Sequence[int]) -> list[str]:
    edges = [0, *places, len(title)]
    return [title[a:b] for a, b in pairwise(edges)]


def _cost(lines: list[str]) -> float:
    """Low for lines of nearly the same length whose breaks follow the sense; the standard asks for
    a trapezium or a lozenge, so neither an hourglass nor a short line in the middle."""
    lengths = [_wide(line) for line in lines]
    mean = sum(lengths) / len(lengths)
    cost = sum((length - mean) ** 2 for length in lengths) / len(lengths)
    middle = lengths[1:-1]
    if middle and min(middle) < max(lengths[0], lengths[-1]):
        rising, falling = sorted(lengths), sorted(lengths, reverse=True)
        cost += 0 if lengths in (rising, falling) else 10 * mean
    if len(set(lengths)) == 1:
        cost += 1.0  # a rectangle is none of the shapes
    for before, after in pairwise(lines):
        cost -= _LIKED * (after.startswith(_BEFORE) or before.endswith(_AFTER))
        cost += _LIKED * _open(before)
        cost += 2 * _LIKED * (after.startswith(_NOT_BEFORE) or before.endswith(_NOT_AFTER))
    return cost


def _wide(line: str) -> float:
    return sum(0.5 if char.isascii() else 1.0 for char in line)


def _open(line: str) -> int:
    """How many brackets and quotation marks a line leaves open: what they hold belongs together."""
    opened = sum(line.count(mark) for mark in _OPENING)
    return max(0, opened - sum(line.count(mark) for mark in _CLOSING))

"""Names short enough for an axis or a narrow column. Pure; any thread."""

import re
from collections.abc import Sequence
from typing import Final

_STACKED_MAX: Final = 4
_NUMBERED: Final = re.compile(r"^第([一二三四五六七八九十]+)执行团队$")


def short_place(name: str) -> str:
    """第一执行团队 → 一队, 执行裁决团队 → 裁决; anything else as it is."""
    numbered = _NUMBERED.match(name)
    if numbered:
        return f"{numbered.group(1)}队"
    return name.removesuffix("团队").removeprefix("执行") or name


def short_court(name: str) -> str:
    """洛阳中院 → 中院, the only one of a city; anything else as it is."""
    return "中院" if name.endswith("中院") else name


def narrow_names(names: Sequence[str]) -> list[str]:
    """For an axis whose words would run together: the first of two characters where it tells
    them apart (一队 → 一), else all of them one above the other."""
    first = [name[:1] for name in names]
    if len(set(first)) == len(first) and all(len(name) <= 2 for name in names):
        return first
    return ["\n".join(name[:_STACKED_MAX]) for name in names]


def without_year(number: str) -> str:
    """（2026）豫03执34号 → 豫03执34号."""
    return number.partition("）")[2] or number

"""What the workload plot says in one sentence, and short names for its axis. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_NUMBERED: Final = re.compile(r"^第([一二三四五六七八九十]+)执行团队$")
_EVEN_SHARE: Final = 1.1  # below this multiple of the mean nobody carries conspicuously more
_MINIMUM_COMPARED: Final = 2


@dataclass(frozen=True, slots=True)
class Load:
    """The open cases of one team or handler; `overdue` of them have an overdue node."""

    label: str
    open: int
    overdue: int


def short_label(name: str) -> str:
    """A team's name as short as an axis needs it: 第一执行团队 → 一队; a person stays whole."""
    numbered = _NUMBERED.match(name)
    if numbered:
        return f"{numbered.group(1)}队"
    return name.removesuffix("团队").removeprefix("执行") or name


def _joined(names: Sequence[str]) -> str:
    shown = "、".join(names[:3])
    return shown if len(names) <= 3 else f"{shown}等 {len(names)} 个"


def load_reading(loads: Sequence[Load]) -> str:
    """Who has most overdue cases, who carries most, and how far that is from the mean."""
    total = sum(load.open for load in loads)
    if not total:
        return "没有在办案件。"
    worst = max(load.overdue for load in loads)
    leaders = [load.label for load in loads if load.overdue == worst]
    if not worst:
        first = "均无超期案件"
    elif len(leaders) == 1:
        first = f"{leaders[0]}超期 {worst:,} 件，居首"
    else:
        first = f"{_joined(leaders)}超期各 {worst:,} 件，并列居首"
    if len(loads) < _MINIMUM_COMPARED:
        return f"{first}；在办 {total:,} 件。"
    heaviest = max(loads, key=lambda load: load.open)
    times = heaviest.open * len(loads) / total
    if times < _EVEN_SHARE:
        return f"{first}；在办共 {total:,} 件，各家负荷大体均衡。"
    return f"{first}；{heaviest.label}总负荷 {heaviest.open:,} 件，为均值的 {times:.1f} 倍。"


def closed_reading(weeks: Sequence[int]) -> str:
    """Cases closed a week, oldest first: the sum, this week, and against the week before."""
    if not sum(weeks):
        return "所示各周没有结案。"
    head = f"近 {len(weeks)} 周结案 {sum(weeks):,} 件，本周 {weeks[-1]:,} 件"
    if len(weeks) < _MINIMUM_COMPARED:
        return head + "。"
    step = weeks[-1] - weeks[-2]
    if not step:
        return head + "，与上周持平。"
    return f"{head}，较上周{'多' if step > 0 else '少'} {abs(step):,} 件。"

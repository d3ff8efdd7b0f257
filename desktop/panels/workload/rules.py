"""What the workload plot says in one sentence. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_EVEN_SHARE: Final = 1.1  # below this multiple of the mean nobody carries conspicuously more
_MINIMUM_COMPARED: Final = 2


@dataclass(frozen=True, slots=True)
class Load:
    """The open cases of one team or handler; `overdue` of them have an overdue node."""

    label: str
    open: int
    overdue: int


def _joined(names: Sequence[str]) -> str:
    shown = "、".join(names[:3])
    return shown if len(names) <= 3 else f"{shown}等 {len(names)} 个"


def load_reading(loads: Sequence[Load], rest: Load | None = None) -> str:
    """Who has most overdue cases, who carries most, and how far that is from the mean.

    `rest` sums up those too light to be shown: it is nobody, so it leads nothing, and without
    its members there is no mean.
    """
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
    heaviest = max(loads, key=lambda load: load.open)
    if rest is not None:
        most = f"{heaviest.label}负荷最重，{heaviest.open:,} 件"
        return f"所示各家中，{first}；{most}，其余合计 {rest.open:,} 件。"
    if len(loads) < _MINIMUM_COMPARED:
        return f"{first}；在办 {total:,} 件。"
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

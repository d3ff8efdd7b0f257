"""What the plot of the coming days says in one sentence. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

_WEEKDAYS: Final = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Due:
    """How many nodes fall due on a day; `off` None where the calendar is not published."""

    day: date
    count: int
    off: bool | None


def weekday(day: date) -> str:
    """周一 … 周日."""
    return f"周{_WEEKDAYS[day.weekday()]}"


def due_reading(days: Sequence[Due]) -> str:
    """The sum, the fullest day, what falls on days off, and years without a calendar."""
    total = sum(day.count for day in days)
    if not total:
        return f"未来 {len(days)} 日没有到期节点。"
    peak = max(days, key=lambda day: (day.count, -day.day.toordinal()))
    text = (
        f"未来 {len(days)} 日到期 {total:,} 个，"
        f"{peak.day.month}月{peak.day.day}日（{weekday(peak.day)}）最多，{peak.count:,} 个"
    )
    off = sum(day.count for day in days if day.off)
    if off:
        text += f"；{off:,} 个落在休息日，须提前办理"
    missing = sorted({day.day.year for day in days if day.off is None})
    if missing:
        text += f"；{'、'.join(map(str, missing))} 年放假安排未公布，休息日待核"
    return text + "。"

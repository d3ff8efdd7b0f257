"""How soon teams answer and arrive, and the sentence that says it. Pure; any thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Soon:
    """Of one team: how many orders were measured, the median and the time within which nine of
    ten were met, in minutes."""

    label: str
    team_id: str
    count: int
    median: float
    nine: float


def soon(label: str, team_id: str, seconds: Sequence[int]) -> Soon | None:
    """None when nothing was measured. The median of an even number is between the two in the
    middle; nine of ten is the smallest time that at least nine tenths did not exceed."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    half = len(ordered) // 2
    middle = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    nine = ordered[ceil(0.9 * len(ordered)) - 1]
    return Soon(label, team_id, len(ordered), middle / 60, nine / 60)


def reading(found: Sequence[Soon], what: str, days: int) -> str:
    """Who is soonest and who is slowest by the median; of one team only its figures."""
    if not found:
        return f"近 {days} 日没有可计算{what}的指令。"
    total = sum(one.count for one in found)
    head = f"近 {days} 日 {total:,} 件，"
    best = min(found, key=lambda one: (one.median, one.label))
    worst = max(found, key=lambda one: (one.median, one.label))
    if len(found) == 1 or best.median == worst.median:
        return f"{head}{what}中位数 {minutes(best.median)}。"
    return (
        f"{head}{best.label}{what}最短，中位数 {minutes(best.median)}；"
        f"{worst.label}最长，{minutes(worst.median)}，九成在 {minutes(worst.nine)}以内。"
    )


def minutes(count: float) -> str:
    """3.5 分钟; 1 小时 20 分钟 from an hour on."""
    if count >= 60:
        hours, rest = divmod(round(count), 60)
        return f"{hours} 小时" + (f" {rest} 分钟" if rest else "")
    return f"{count:.1f} 分钟" if count % 1 >= 0.05 else f"{count:.0f} 分钟"


@dataclass(frozen=True, slots=True)
class InHand:
    """What one team has in hand: orders by state, in the order of the plot's segments."""

    label: str
    team_id: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


def load_reading(teams: Sequence[InHand], unanswered: int) -> str:
    """Who has most in hand, and how much nobody has answered."""
    if not any(one.total for one in teams):
        return "没有正在办理的指令。"
    most = max(teams, key=lambda one: (one.total, one.label))
    words = f"在办指令 {sum(one.total for one in teams):,} 件，{most.label}最多，{most.total:,} 件"
    return words + (f"；待确认 {unanswered:,} 件。" if unanswered else "；均已确认。")

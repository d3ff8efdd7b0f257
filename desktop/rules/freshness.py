"""How old a shown position is, and how it fades by its age, accuracy and source (M60).

Age is counted from when the device was there, never from when the point came in: a buffered point
that arrives now is as old as it is. Pure; any thread.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from desktop.rules.track_law import Fading, FieldLaw
from desktop.rules.tracks import ZONE, Point

State = Literal["fresh", "fading", "stale", "gone", "ahead"]
FULL: Final = 100
STALE: Final = 40
GONE: Final = 15
AHEAD_S: Final = 5  # clocks differ a little, and nobody needs to hear of it
WORDS: Final[dict[State, str]] = {
    "fresh": "当前位置",
    "fading": "位置渐旧",
    "stale": "位置已旧",
    "gone": "仅为最后已知位置",
    "ahead": "设备时钟超前，位置时间不可信",
}


@dataclass(frozen=True, slots=True)
class Freshness:
    """`opacity` in per cent; `age_s` whole seconds; `sentence` what is said beside the mark."""

    state: State
    age_s: int
    opacity: int
    sentence: str


def freshness(point: Point, now: datetime, law: FieldLaw) -> Freshness:
    """How the position stands at `now` (with its zone). UserError: no rule on that day."""
    rule = law.fading(point.source, now.astimezone(ZONE).date())
    age = (now - point.at).total_seconds()
    state = _state(age, rule)
    rough = point.accuracy is not None and point.accuracy > rule.rough_m
    if rough and state == "fresh":
        state = "fading"
    opacity = _opacity(state, age, rule, rough)
    return Freshness(state, int(age), opacity, _sentence(state, age, rule, point))


def _state(age: float, rule: Fading) -> State:
    if age < -AHEAD_S:
        return "ahead"
    if age <= rule.fresh_s:
        return "fresh"
    if age <= rule.stale_s:
        return "fading"
    return "stale" if age <= rule.gone_s else "gone"


def _opacity(state: State, age: float, rule: Fading, rough: bool) -> int:
    """Full while fresh, then evenly down; never rises with age."""
    if state in ("gone", "ahead"):
        return GONE
    if state == "stale":
        return STALE
    over = max(0.0, age - rule.fresh_s) / (rule.stale_s - rule.fresh_s)
    top = (FULL + STALE) // 2 if rough else FULL
    return round(top - (top - STALE) * over)


def _sentence(state: State, age: float, rule: Fading, point: Point) -> str:
    parts = [WORDS[state], f"{age_words(int(age))}{'前' if age >= 0 else '后'}", rule.name]
    known = point.accuracy is not None
    parts.append(f"精度约 {point.accuracy:.0f} 米" if known else "未报精度")
    return "，".join(parts)


def age_words(age_s: int) -> str:
    """45 秒, 12 分钟, 3 小时, 2 天; the sign is not told."""
    age = abs(age_s)
    if age < 60:
        return f"{age} 秒"
    if age < 3600:
        return f"{age // 60} 分钟"
    return f"{age // 3600} 小时" if age < 86_400 else f"{age // 86_400} 天"

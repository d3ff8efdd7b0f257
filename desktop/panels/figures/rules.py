"""How a figure is worded and coloured. Pure."""

from dataclasses import dataclass
from typing import Final

RATE_KEY: Final = "in_time_rate"
_ALARMING: Final = {"overdue": "overdue", "passive": "overdue"}
_WATCHED: Final = {"due_week": "due_soon", "control_expiry": "due_soon"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One card: the number as words, the line beneath, its style key, and what it counts."""

    key: str
    title: str
    value: str
    sub: str
    state: str
    basis: str


def number_words(value: float, unit: str) -> str:
    """1,284 or 91.3 %."""
    return f"{value:.1f} %" if unit == "%" else f"{value:,.0f}"


def state_of_count(key: str, value: float) -> str:
    """A count of bad things is calm at nought."""
    return (_ALARMING | _WATCHED).get(key, "") if value else "normal"


def state_of_rate(value: float, denominator: int | None, target_permille: int | None) -> str:
    """Reached or missed; without a denominator or a target nothing can be said."""
    if not denominator or target_permille is None:
        return "unknown"
    return "normal" if value * 10 >= target_permille else "overdue"


def rate_line(target_permille: int | None) -> str:
    """The target in words."""
    if target_permille is None:
        return "目标未定"
    percent = target_permille / 10
    return f"目标 ≥ {percent:.0f} %" if percent == int(percent) else f"目标 ≥ {percent:.1f} %"

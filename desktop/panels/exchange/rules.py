"""What the exchange panel says about numbers and days. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Final

FRESH_DAYS: Final = 1
STALE_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old a court's last delivery is: a style key and Chinese words."""

    state: str
    words: str


def freshness(last_on: date | None, today: date) -> Freshness:
    """One import a day is the rule; a week without one is late, none ever is unknown."""
    if last_on is None:
        return Freshness("unknown", "从未导入")
    days = (today - last_on).days
    if days <= 0:
        return Freshness("normal", "今日")
    if days <= FRESH_DAYS:
        return Freshness("normal", f"{days} 天前")
    if days < STALE_DAYS:
        return Freshness("due_soon", f"{days} 天前")
    return Freshness("overdue", f"{days} 天前")

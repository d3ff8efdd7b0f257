"""Weeks from Monday to Sunday, named as in 2026-W40. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from desktop.errors import UserError

_LABEL: Final = re.compile(r"(\d{4})-W(\d{2})")
_DAYS: Final = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Week:
    """The week that begins on `first`, a Monday."""

    first: date

    def __post_init__(self) -> None:
        if self.first.weekday() != 0:
            raise ValueError(f"{self.first} is no Monday")

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + _DAYS

    @property
    def label(self) -> str:
        """2026-W40."""
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def words(self) -> str:
        """2026年第40周（9月28日至10月4日）; the year of the week, as ISO 8601 counts."""
        year, week, _ = self.first.isocalendar()
        return f"{year}年第{week}周（{_short(self.first)}至{_short(self.last)}）"

    def holds(self, day: str | None) -> bool:
        """Whether a day in ISO text lies inside; None does not."""
        return day is not None and self.first.isoformat() <= day <= self.last.isoformat()


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def week_of(day: date) -> Week:
    """The week in which `day` lies."""
    return Week(day - timedelta(days=day.weekday()))


def proposed(today: date) -> Week:
    """The last week that is over on `today`."""
    return week_of(today - timedelta(days=7))


def parse_week(text: str) -> Week:
    """2026-W40; UserError for what is no week."""
    found = _LABEL.fullmatch(text.strip().upper())
    if found is not None:
        try:
            return Week(date.fromisocalendar(int(found[1]), int(found[2]), 1))
        except ValueError:
            pass
    raise UserError(f"“{text}”不是周次，应写作 2026-W40。")

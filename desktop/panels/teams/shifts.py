"""Police shifts of a week: times, hours, who stands where. Pure; any thread.

洛中法〔2017〕57号 puts six bailiffs into the implementation teams; each is in one team on any day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from desktop.rules.police import time_of_day

WEEK_DAYS: Final = 7
DAYS_MAX: Final = 31
USUAL_FROM: Final = "08:30"
USUAL_TO: Final = "17:30"
_WEEKDAYS: Final = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Shift:
    """One officer's standing shift on one day; times as HH:MM of the same day."""

    person_id: str
    team_id: str
    team: str
    day: date
    from_time: str
    to_time: str

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return minutes_of(self.to_time) - minutes_of(self.from_time)


@dataclass(frozen=True, slots=True)
class Officer:
    """One row of the week grid. `days` has seven entries, Monday first; minutes are summed over
    standing shifts only. `away`: days of recorded absence, in words, beside each day."""

    person_id: str
    name: str
    court: str
    court_id: str
    days: tuple[Shift | None, ...]
    away: tuple[str, ...]
    week_minutes: int
    month_minutes: int


def read_time(text: str) -> str | None:
    """HH:MM from 8:30, 08:30, 0830 or with a full-width colon; None when it is no time."""
    found = time_of_day(text)
    return None if found is None else f"{found[0]:02d}:{found[1]:02d}"


def minutes_of(time: str) -> int:
    """Minutes since midnight of HH:MM."""
    return int(time[:2]) * 60 + int(time[3:])


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def week_days(monday: date) -> tuple[date, ...]:
    """The seven days from a Monday on."""
    return tuple(monday + timedelta(days=number) for number in range(WEEK_DAYS))


def month_of(monday: date) -> tuple[date, date]:
    """First and last day of the month in which most of the week lies."""
    middle = monday + timedelta(days=3)
    first = middle.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return first, following - timedelta(days=1)


def total_minutes(shifts: Iterable[Shift], first: date, last: date) -> int:
    """Minutes of the shifts whose day lies in the period."""
    return sum(shift.minutes for shift in shifts if first <= shift.day <= last)


def hours_text(minutes: int) -> str:
    """40, or 37.5: hours as people say them; empty for none."""
    if not minutes:
        return ""
    return f"{minutes / 60:.1f}".removesuffix(".0")


def day_title(day: date) -> str:
    """周一 11-23, as the grid's header."""
    return f"周{_WEEKDAYS[day.weekday()]} {day:%m-%d}"


def week_reading(officers: Sequence[Officer]) -> str:
    """One sentence: how many are on duty, for how long, and who has no shift at all."""
    if not officers:
        return "没有登记司法警察。"
    minutes = sum(officer.week_minutes for officer in officers)
    idle = [officer.name for officer in officers if not officer.week_minutes]
    head = f"本周 {len(officers)} 名法警共 {hours_text(minutes) or '0'} 小时"
    if not idle:
        return head + "，人人有勤务。"
    if len(idle) == len(officers):
        return "本周尚未排法警勤务。"
    return f"{head}；{'、'.join(idle)}本周无勤务。"

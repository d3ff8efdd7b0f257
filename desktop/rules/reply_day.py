"""When a reply is due if nobody says otherwise. Pure; any thread."""

from datetime import date, timedelta
from typing import Final

from desktop.rules.calendar import WorkCalendar

_DAYS_MAX: Final = 400


def reply_day(today: date, workdays: int, calendar: WorkCalendar) -> tuple[date, bool]:
    """The `workdays`-th working day after `today`, and whether it is certain.

    In a year without a published calendar Monday to Friday count, and the answer is not certain.
    """
    day, left, certain = today, workdays, True
    for _ in range(_DAYS_MAX):
        if left == 0:
            break
        day += timedelta(days=1)
        works = calendar.is_workday(day)
        if works is None:
            certain = False
            works = day.weekday() < 5
        left -= works
    return day, certain

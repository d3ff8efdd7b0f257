"""A second clock, written to be obviously right rather than quick: it walks one day at a time.

It imports nothing from desktop.rules and knows no arithmetic but "the next day". Holidays come
from the packaged State Council table directly. It answers the last day (the earliest possible
one where a calendar year is not published) and whether that day is certain.
"""

from datetime import date, datetime, time, timedelta

from chinese_calendar import constants

PUBLISHED = {day.year for day in constants.holidays}
Pause = tuple[date, date | None]
Leg = tuple[int, str]


def day_off(day: date, local: dict[date, bool]) -> bool | None:
    """True off, False working, None unknown."""
    if day in local:
        return local[day]
    if day.year not in PUBLISHED:
        return None
    if day in constants.workdays:
        return False
    if day in constants.holidays:
        return True
    return day.isoweekday() in (6, 7)


def next_day(day: date) -> date:
    """Tomorrow."""
    return day + timedelta(days=1)


def paused(day: date, pauses: list[Pause]) -> bool:
    """Whether the clock passes `day` over: a pause holds it, and none still stands by then.

    While a pause stands the clock shows what it showed on the day before that pause began.
    """
    held = False
    for first, last in pauses:
        if first <= day:
            if last is None:
                return False
            held = held or day <= last
    return held


def corresponding(day: date, months: int) -> date:
    """Walks month by month; where the month has no such day, its last day."""
    year, month = day.year, day.month
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    wanted = day.day
    while True:
        try:
            return date(year, month, wanted)
        except ValueError:
            wanted -= 1


def end_of_leg(
    start: date, amount: int, unit: str, pauses: list[Pause], local: dict[date, bool]
) -> tuple[date, bool]:
    """The last day of one limit after `start`."""
    certain = True
    wanted = amount
    if unit in ("month", "year"):
        plain = corresponding(start, amount if unit == "month" else amount * 12)
        wanted = 0
        day = start
        while day != plain:
            day = next_day(day)
            wanted += 1
    day, counted = start, 0
    while counted < wanted:
        day = next_day(day)
        if paused(day, pauses):
            continue
        if unit == "workday":
            off = day_off(day, local)
            if off is None:
                certain = False
            elif off:
                continue
        counted += 1
    return day, certain


def last_day(
    start: date, legs: list[Leg], pauses: list[Pause], local: dict[date, bool], roll: bool
) -> tuple[date, bool]:
    """The last day of the limit and its extensions, and whether it is certain."""
    certain = True
    day = start
    for amount, unit in legs:
        day, sure = end_of_leg(day, amount, unit, pauses, local)
        certain = certain and sure
    if not roll:
        return day, certain
    off = day_off(day, local)
    while off:
        day = next_day(day)
        while paused(day, pauses):
            day = next_day(day)
        off = day_off(day, local)
    return day, certain and off is not None


def last_hour(
    start_on: date, start_at: datetime | None, hours: int, pauses: list[Pause]
) -> datetime:
    """The hour at which a limit in hours ends: from the next full hour, hour by hour."""
    if start_at is None:
        at = datetime.combine(next_day(start_on), time())
    else:
        at = datetime.combine(start_at.date(), time(start_at.hour))
        at += timedelta(hours=1)
    counted = 0
    while counted < hours:
        if not paused(at.date(), pauses):
            counted += 1
        at += timedelta(hours=1)
    return at

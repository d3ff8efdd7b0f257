"""The time by which an order is to be done, as people type it: 30, 30分, 14:30, 11-30 14:30."""

import re
from datetime import datetime, timedelta
from typing import Final

MINUTES_MAX: Final = 7 * 24 * 60
# In December a day of January is the one to come.
_LONG_PAST: Final = timedelta(days=183)
_WIDE: Final = str.maketrans("０１２３４５６７８９：", "0123456789:")
_MINUTES: Final = re.compile(r"\+?(\d{1,5})\s*(?:分钟?|m(?:in)?)?")
_HOURS: Final = re.compile(r"\+?(\d{1,3}(?:\.5)?)\s*(?:小时|时|h)")
_CLOCK: Final = re.compile(r"(?:(?:(\d{4})-)?(\d{1,2})-(\d{1,2})\s+)?(\d{1,2})[:时](\d{2})分?")


def parse_due(text: str, now: datetime) -> datetime | None:
    """The instant that `text` names, None when it names none. Minutes and hours count from `now`; a
    clock time that has passed today is tomorrow's, a day long past without its year next year's."""
    plain = text.strip().translate(_WIDE)
    if found := _MINUTES.fullmatch(plain):
        minutes = int(found[1])
        return now + timedelta(minutes=minutes) if 0 < minutes <= MINUTES_MAX else None
    if found := _HOURS.fullmatch(plain):
        minutes = int(float(found[1]) * 60)
        return now + timedelta(minutes=minutes) if 0 < minutes <= MINUTES_MAX else None
    found = _CLOCK.fullmatch(plain)
    if found is None:
        return None
    year, month, day, hour, minute = found.groups()
    try:
        at = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        if month is None:
            return at if at > now else at + timedelta(days=1)
        at = at.replace(year=int(year or now.year), month=int(month), day=int(day))
        if year is None and now - at > _LONG_PAST:
            at = at.replace(year=at.year + 1)
        return at
    except ValueError:
        return None


def due_words(at: datetime, now: datetime) -> str:
    """A due time as short as it can be and still read back as itself: 14:30 later today,
    11-30 14:30 else, with its year in another one."""
    if at.date() == now.date() and at > now:
        return f"{at:%H:%M}"
    return f"{at:%m-%d %H:%M}" if at.year == now.year else f"{at:%Y-%m-%d %H:%M}"

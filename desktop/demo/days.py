"""Working days of the demo: which day an office would write under an act. Pure."""

from datetime import date, timedelta
from random import Random
from typing import Final

from desktop.contract.law import Law
from desktop.rules.catalogue import NodeRule

_FIRST: Final = date(2023, 10, 1)
Row = tuple[object, ...]

# What an operator would have entered from the yearly notice, invented for the demo and said so.
_INVENTED_SOURCE: Final = "演示数据：虚构的2027年放假安排"
_INVENTED_YEAR: Final = 2027
_INVENTED_OFF: Final = (
    ("元旦节", date(2027, 1, 1), date(2027, 1, 3)),
    ("春节", date(2027, 2, 5), date(2027, 2, 12)),
    ("清明节", date(2027, 4, 3), date(2027, 4, 5)),
    ("劳动节", date(2027, 5, 1), date(2027, 5, 5)),
    ("端午节", date(2027, 6, 9), date(2027, 6, 9)),
    ("中秋节", date(2027, 9, 15), date(2027, 9, 15)),
    ("国庆节", date(2027, 10, 1), date(2027, 10, 7)),
)
_INVENTED_WORK: Final = {
    date(2027, 1, 31): "春节",
    date(2027, 2, 20): "春节",
    date(2027, 4, 25): "劳动节",
    date(2027, 5, 8): "劳动节",
    date(2027, 9, 26): "国庆节",
    date(2027, 10, 9): "国庆节",
}
_WEEKDAYS: Final = "一二三四五六日"


def invented_calendar(law: Law) -> list[Row]:
    """Rows of `calendar_day` for the first year without a notice, if it is the one we invented."""
    if law.court_calendar.published(_INVENTED_YEAR):
        return []
    off = {
        first + timedelta(days=ahead): name
        for name, first, last in _INVENTED_OFF
        for ahead in range((last - first).days + 1)
    }
    rows: list[Row] = []
    day = date(_INVENTED_YEAR, 1, 1)
    while day.year == _INVENTED_YEAR:
        weekend = day.weekday() >= 5 and day not in _INVENTED_WORK
        name = off.get(day) or _INVENTED_WORK.get(day)
        name = name or (f"星期{_WEEKDAYS[day.weekday()]}" if weekend else "工作日")
        is_off = int(day in off or weekend)
        for calendar in ("court", "bank"):
            rows.append((day.isoformat(), calendar, is_off, name, _INVENTED_SOURCE))
        day += timedelta(days=1)
    return rows


class Days:
    """Days of the office and due days of the law, remembered."""

    def __init__(self, law: Law, today: date) -> None:
        self.today = today
        self._law = law
        self._rules: dict[str, NodeRule] = {}
        self._next: dict[date, date] = {}
        self.iso: dict[date, str] = {}
        span = (today - _FIRST).days + 1200
        ahead = _FIRST + timedelta(days=span)
        for back in range(span, -1, -1):
            day = _FIRST + timedelta(days=back)
            works = law.court_calendar.is_workday(day)
            if works or (works is None and day.weekday() < 5):
                ahead = day
            self._next[day] = ahead
            self.iso[day] = day.isoformat()

    def workday(self, day: date) -> date:
        """`day`, or the first day the office is open after it."""
        return self._next.get(day, day)

    def after(self, day: date, days: int) -> date:
        """The working day on or after `days` days later."""
        return self.workday(day + timedelta(days=days))

    def due(self, type_word: str, code: str, start: date) -> date | None:
        """The plain due day of a node, or None when it has no limit."""
        rule = self._rules.get(code)
        if rule is None:
            found = self._law.node(code)
            assert found is not None, f"the demo names a node that no rule has: {code}"
            rule = self._rules[code] = found
        return self._law.table_for(type_word).due(rule, start).due_on


def spread(rng: Random, first: date, last: date) -> date:
    """A day from `first` to `last`, rather early than late."""
    span = (last - first).days
    if span <= 0:
        return first
    return first + timedelta(days=int(span * rng.random() ** 1.4 + 0.5))

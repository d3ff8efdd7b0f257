"""Working days of the demo: which day an office would write under an act. Pure."""

from datetime import date, timedelta
from random import Random
from typing import Final

from desktop.contract.law import Law
from desktop.rules.catalogue import NodeRule

_FIRST: Final = date(2023, 10, 1)


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

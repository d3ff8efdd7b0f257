"""The engine and the naive clock agree on random periods, other ones each time.

EDESK_RANDOM_CLOCKS=100000 plays the long series; EDESK_SEED repeats one.
"""

import os
import random
from datetime import date, datetime, time, timedelta
from time import monotonic

import pytest

from desktop.rules.calendar import LocalDay, WorkCalendar
from desktop.rules.catalogue import Unit
from desktop.rules.clock import count
from desktop.rules.periods import Extra, Pause, Period
from tests.rules import naive_clock

CLOCKS = int(os.environ.get("EDESK_RANDOM_CLOCKS", "30000"))
FIRST, LAST = date(2003, 10, 1), date(2027, 6, 30)
LONGEST = {Unit.DAY: 90, Unit.WORKDAY: 45, Unit.MONTH: 8, Unit.YEAR: 2}


def random_day(rng: random.Random) -> date:
    """Mostly inside the published years, often near the edges and the long holidays."""
    if rng.random() < 0.2:
        edge = rng.choice((date(2004, 1, 1), date(2026, 12, 20), date(2017, 9, 25)))
        return edge + timedelta(days=rng.randint(-40, 40))
    return FIRST + timedelta(days=rng.randint(0, (LAST - FIRST).days))


def random_pauses(rng: random.Random, start: date) -> list[tuple[date, date | None]]:
    """None to four stretches round the start, some overlapping, at times one that stands."""
    found: list[tuple[date, date | None]] = []
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3, 4))):
        first = start + timedelta(days=rng.randint(-15, 120))
        found.append((first, first + timedelta(days=rng.choice((0, 1, 3, 10, 40)))))
    if rng.random() < 0.1:
        found.append((start + timedelta(days=rng.randint(-5, 90)), None))
    rng.shuffle(found)
    return found


def one_clock(rng: random.Random, calendar: WorkCalendar, local: dict[date, bool]) -> None:
    """Draws one period and compares both answers."""
    start = random_day(rng)
    spans = random_pauses(rng, start)
    pauses = [Pause(first, last, "中止执行", "某号") for first, last in spans]
    unit = rng.choice((Unit.DAY, Unit.DAY, Unit.WORKDAY, Unit.MONTH, Unit.YEAR, Unit.HOUR))
    drawn = (start, spans, unit)
    if unit is Unit.HOUR:
        hours = rng.randint(1, 96)
        at = datetime.combine(start, time(rng.randint(0, 23), rng.randint(0, 59)))
        start_at = at if rng.random() < 0.8 else None
        got = count(Period(hours, unit, False), start, calendar, start_at=start_at, pauses=pauses)
        wanted = naive_clock.last_hour(start, start_at, hours, spans)
        assert (got.due_at, got.certain) == (wanted, True), (drawn, hours, start_at)
        return
    legs: list[tuple[int, Unit]] = [(rng.randint(1, LONGEST[unit]), unit)]
    while rng.random() < 0.2:
        other = rng.choice((Unit.DAY, Unit.WORKDAY, Unit.MONTH))
        legs.append((rng.randint(1, LONGEST[other] // 2), other))
    extras = [Extra(n, u, start, start, "院长", "某号") for n, u in legs[1:]]
    roll = rng.random() < 0.7
    trace = rng.random() < 0.1
    counted = count(
        Period(*legs[0], roll), start, calendar, pauses=pauses, extras=extras, trace=trace
    )
    plain_legs = [(n, u.value) for n, u in legs]
    answer = naive_clock.last_day(start, plain_legs, spans, local, roll)
    assert (counted.due_on, counted.certain) == answer, (drawn, legs, roll)
    if trace:
        first = min(step.from_on for step in counted.steps if step.kind != "start")
        assert first >= start


@pytest.mark.slow
def test_random_clocks_agree(capsys: pytest.CaptureFixture[str]) -> None:
    seed = int(os.environ.get("EDESK_SEED", random.SystemRandom().randrange(2**32)))
    with capsys.disabled():
        print(f"\nrandom clocks: seed {seed}")
    rng = random.Random(seed)
    local = {
        date(2021, 7, 21): True,
        date(2021, 7, 24): False,
        date(2027, 1, 1): True,  # one known day in a year without a notice
    }
    special = {day: LocalDay(day, "court", off, "本院日", "本院通知") for day, off in local.items()}
    calendar = WorkCalendar("court", special=special)
    began = monotonic()
    for number in range(CLOCKS):
        try:
            one_clock(rng, calendar, local)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, clock {number}: {error}") from error
    with capsys.disabled():
        print(f"{CLOCKS} random clocks agree in {monotonic() - began:.1f} s")

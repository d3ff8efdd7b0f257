"""Statutory periods by table: each case was counted by hand."""

from datetime import date, datetime

import pytest

from desktop.rules.calendar import Calendars
from desktop.rules.catalogue import Unit
from desktop.rules.clock import count
from desktop.rules.periods import Counted, Extra, Pause, Period

UNITS = {
    "d": Unit.DAY,
    "wd": Unit.WORKDAY,
    "m": Unit.MONTH,
    "y": Unit.YEAR,
    "h": Unit.HOUR,
}


def run(
    calendars: Calendars,
    start: str,
    amount: int,
    unit: str,
    pauses: tuple[str, ...] = (),
    *,
    roll: bool = True,
    extras: tuple[Extra, ...] = (),
    at: str | None = None,
) -> Counted:
    spans = [span.partition("..") for span in pauses]
    made = [
        Pause(date.fromisoformat(a), date.fromisoformat(b) if b else None, "中止执行", f"中止{a}号")
        for a, _, b in spans
    ]
    return count(
        Period(amount, UNITS[unit], roll and unit != "h"),
        date.fromisoformat(start),
        calendars.court,
        start_at=datetime.fromisoformat(at) if at else None,
        pauses=made,
        extras=extras,
        trace=True,
    )


@pytest.mark.parametrize(
    ("start", "amount", "unit", "pauses", "due"),
    [
        ("2017-03-31", 6, "m", (), "2017-09-30"),  # a Saturday, but a make-up working day
        ("2017-09-28", 3, "d", (), "2017-10-09"),  # falls on the national holiday
        ("2017-09-28", 1, "d", (), "2017-09-29"),  # the start day is not counted
        ("2017-01-31", 1, "m", (), "2017-02-28"),  # no corresponding day: the month's end
        ("2016-02-29", 1, "y", (), "2017-02-28"),
        ("2015-02-28", 1, "y", (), "2016-02-29"),  # 2/28 is a Sunday and rolls
        ("2017-09-28", 10, "wd", (), "2017-10-18"),
        ("2017-09-29", 1, "wd", (), "2017-09-30"),  # make-up days are working days
        ("2017-03-01", 10, "d", ("2017-03-05..2017-03-07",), "2017-03-14"),
        ("2017-03-01", 10, "d", ("2017-03-05..2017-03-07", "2017-03-06..2017-03-09"), "2017-03-16"),
        ("2017-03-01", 10, "d", ("2017-02-01..2017-03-01",), "2017-03-13"),  # wholly before
        ("2017-03-01", 10, "d", ("2017-02-01..2017-03-02",), "2017-03-13"),  # 3/12 is a Sunday
        ("2017-03-01", 10, "d", ("2017-03-20..2017-03-25",), "2017-03-13"),  # wholly after
        ("2017-01-10", 1, "m", ("2017-02-05..2017-02-09", "2017-02-12..2017-02-14"), "2017-02-20"),
        ("2017-09-25", 5, "wd", ("2017-09-27..2017-09-28",), "2017-10-10"),
    ],
)
def test_due_days(
    calendars: Calendars, start: str, amount: int, unit: str, pauses: tuple[str, ...], due: str
) -> None:
    counted = run(calendars, start, amount, unit, pauses)
    assert counted.due_on.isoformat() == due
    assert counted.certain


def test_a_make_up_saturday_is_named(calendars: Calendars) -> None:
    counted = run(calendars, "2017-03-31", 6, "m")
    assert any("2017-09-30（星期六，国庆节调休上班日）" in step.why for step in counted.steps)


def test_a_roll_lists_each_holiday(calendars: Calendars) -> None:
    roll = next(s for s in run(calendars, "2017-09-28", 3, "d").steps if s.kind == "roll")
    assert [note.on.day for note in roll.dates] == list(range(1, 9))
    assert (roll.from_on, roll.to_on, roll.days) == (date(2017, 10, 1), date(2017, 10, 8), 8)
    assert any("10-04" in line and "中秋节" in line for line in roll.sentences())


def test_no_roll(calendars: Calendars) -> None:
    assert run(calendars, "2017-09-28", 3, "d", roll=False).due_on == date(2017, 10, 1)


def test_pauses_met_on_the_way_are_added_too(calendars: Calendars) -> None:
    # Plain end 2017-04-10; ten paused days move it into the second pause, which adds ten more.
    counted = run(
        calendars, "2017-03-10", 1, "m", ("2017-04-01..2017-04-10", "2017-04-15..2017-04-24")
    )
    assert counted.due_on == date(2017, 5, 2)  # 4/30 is a day off, so is 5/1
    skips = [step for step in counted.steps if step.kind == "skip"]
    assert [step.document_no for step in skips] == ["中止2017-04-01号", "中止2017-04-15号"]
    assert [step.days for step in skips] == [10, 10]


def test_counted_days_add_up(calendars: Calendars) -> None:
    counted = run(
        calendars, "2017-03-10", 1, "m", ("2017-04-01..2017-04-10", "2017-04-15..2017-04-24")
    )
    assert sum(step.days for step in counted.steps if step.kind == "count") == 31


def test_an_open_pause_keeps_the_old_due_day(calendars: Calendars) -> None:
    plain = run(calendars, "2017-03-01", 30, "d")
    stopped = run(calendars, "2017-03-01", 30, "d", ("2017-03-20..",))
    assert stopped.due_on == plain.due_on == date(2017, 3, 31)
    assert stopped.pause == (date(2017, 3, 20), None)
    assert any("暂停" in step.why for step in stopped.steps)


def test_a_pause_after_the_due_day_stops_nothing(calendars: Calendars) -> None:
    assert run(calendars, "2017-03-01", 10, "d", ("2017-03-20..",)).pause is None


def test_a_rolled_last_day_cannot_be_a_paused_one(calendars: Calendars) -> None:
    # 2017-03-11 is a Saturday; Monday 13th to Wednesday 15th are paused.
    counted = run(calendars, "2017-03-01", 10, "d", ("2017-03-13..2017-03-15",))
    assert counted.due_on == date(2017, 3, 16)


def extra(amount: int, unit: Unit, applied: str, approved: str) -> Extra:
    return Extra(
        amount, unit, date.fromisoformat(applied), date.fromisoformat(approved), "沈砚秋", "延1号"
    )


def test_an_extension_is_added_in_its_own_unit(calendars: Calendars) -> None:
    found = run(
        calendars,
        "2017-03-31",
        6,
        "m",
        extras=(extra(3, Unit.MONTH, "2017-09-20", "2017-09-22"),),
    )
    assert found.due_on == date(2018, 1, 2)  # 2017-12-30 is a Saturday, 2018-01-01 a holiday
    step = next(step for step in found.steps if step.kind == "extend")
    assert "沈砚秋" in step.why
    assert "不足 5 日" not in step.why
    assert step.document_no == "延1号"


def test_a_late_request_for_an_extension_is_noted(calendars: Calendars) -> None:
    found = run(
        calendars, "2017-03-31", 6, "m", extras=(extra(10, Unit.DAY, "2017-09-28", "2017-10-20"),)
    )
    step = next(step for step in found.steps if step.kind == "extend")
    assert "不足 5 日" in step.why
    assert "请核对" in step.why


@pytest.mark.parametrize(
    ("at", "hours", "due"),
    [
        ("2026-09-01T10:30", 48, "2026-09-03T11:00"),
        ("2026-09-01T10:00", 48, "2026-09-03T11:00"),
        ("2026-09-30T09:15", 24, "2026-10-01T10:00"),  # hours never roll past a holiday
    ],
)
def test_hours_run_from_the_next_hour(calendars: Calendars, at: str, hours: int, due: str) -> None:
    counted = run(calendars, at[:10], hours, "h", at=at)
    assert counted.due_at == datetime.fromisoformat(due)
    assert counted.due_on == datetime.fromisoformat(due).date()


def test_hours_without_a_time_run_from_the_end_of_the_day(calendars: Calendars) -> None:
    counted = run(calendars, "2026-09-01", 48, "h")
    assert counted.due_at == datetime.fromisoformat("2026-09-04")
    assert counted.due_on == date(2026, 9, 3)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "bound", "certain"),
    [
        ("2026-12-01", 60, "d", "2027-01-30", False),
        ("2026-12-20", 11, "d", "2026-12-31", True),
        ("2026-12-28", 10, "wd", "2027-01-07", False),
        ("2026-09-01", 6, "m", "2027-03-01", False),
        ("2003-12-01", 10, "d", "2003-12-11", False),
    ],
)
def test_an_unpublished_year_makes_the_day_uncertain(
    calendars: Calendars, start: str, amount: int, unit: str, bound: str, certain: bool
) -> None:
    counted = run(calendars, start, amount, unit)
    assert (counted.due_on.isoformat(), counted.certain) == (bound, certain)
    assert bool(counted.missing_years) is not certain
    assert any(step.kind == "unknown" for step in counted.steps) is not certain


def test_without_a_roll_no_calendar_is_needed(calendars: Calendars) -> None:
    counted = run(calendars, "2030-01-01", 90, "d", roll=False)
    assert counted.certain
    assert counted.due_on == date(2030, 4, 1)

"""Clocks of petitions: working days with make-up Saturdays, two limits side by side, set days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.contract.law import Law, load_law
from desktop.rules.petition_clocks import (
    CODES,
    PetitionClock,
    PetitionDays,
    nearest,
    petition_clocks,
)
from storage.records.states import NodeState

TODAY = date(2026, 1, 20)


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


def clocks(
    law: Law, days: PetitionDays, today: date = TODAY, *, trace: bool = False
) -> dict[str, PetitionClock]:
    rules = [rule for code in CODES if (rule := law.node(code)) is not None]
    assert len(rules) == len(CODES)
    found = petition_clocks(days, rules, law.calendars, today, trace=trace)
    return {one.key: one for one in found}


def workday(law: Law, day: date) -> bool:
    return bool(law.court_calendar.is_workday(day))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        # 2025: the 28th of September, a Sunday, and the 11th of October, a Saturday, are worked.
        ("2025-09-26", "2025-10-10"),  # 28, 29, 30 September, then 9 and 10 October
        ("2025-09-22", "2025-09-28"),
        ("2025-10-09", "2025-10-15"),
        # 2026: New Year is off from the 1st to the 3rd, the 4th, a Sunday, is worked.
        ("2025-12-30", "2026-01-07"),
    ],
)
def test_five_working_days_to_register(law: Law, received: str, due: str) -> None:
    start = date.fromisoformat(received)
    clock = clocks(law, PetitionDays(start))["D801"]
    day, left = start, 5
    while left:
        day += timedelta(days=1)
        left -= workday(law, day)
    assert clock.due_on == day, "counted by hand, day by day"
    assert clock.due_on == date.fromisoformat(due)


def test_both_limits_of_closing_stand_side_by_side(law: Law) -> None:
    days = PetitionDays(date(2025, 11, 3), registered_on=date(2025, 11, 5))
    found = clocks(law, days)
    plain, working = found["D802"], found["D802W"]
    assert plain.due_on == date(2025, 12, 5)
    assert working.due_on is not None
    assert working.due_on > date(2025, 12, 5)
    counted = sum(
        workday(law, date(2025, 11, 5) + timedelta(days=n))
        for n in range(1, (working.due_on - date(2025, 11, 5)).days + 1)
    )
    assert counted == 30
    assert (plain.basis, working.basis) == ("法〔2021〕227号", "法〔2021〕322号第30条")
    pressing = nearest(clocks(law, days, date(2025, 12, 1)).values())
    assert pressing is not None
    assert (pressing.key, pressing.state) == ("D802", NodeState.DUE_SOON)


def test_a_petition_about_a_lower_court_is_sorted(law: Law) -> None:
    day = date(2025, 11, 3)
    assert "D803" not in clocks(law, PetitionDays(day))
    sorted_ = clocks(law, PetitionDays(day, lower=True, screened_on=date(2025, 11, 24)))["D803"]
    assert (sorted_.due_on, sorted_.state) == (date(2025, 11, 24), NodeState.DONE)
    late = clocks(law, PetitionDays(day, lower=True, screened_on=date(2025, 11, 25)))["D803"]
    assert late.state is NodeState.DONE_LATE


def test_days_that_were_set(law: Law) -> None:
    days = PetitionDays(
        date(2026, 1, 5),
        registered_on=date(2026, 1, 6),
        superior_due=date(2026, 1, 30),
        inner_due=date(2026, 1, 21),
        promised=((date(2026, 1, 19), None), (date(2026, 1, 12), date(2026, 1, 12))),
    )
    found = petition_clocks(days, [], law.calendars, TODAY)
    states = [(one.key, one.state) for one in found]
    assert states == [
        ("superior", NodeState.NORMAL),
        ("inner", NodeState.DUE_SOON),
        ("promise", NodeState.OVERDUE),
        ("promise", NodeState.DONE),
    ]
    assert [one.days_left(TODAY) for one in found] == [10, 1, -1, None]
    pressing = nearest(found)
    assert pressing is not None
    assert pressing.key == "promise"
    answered = PetitionDays(
        date(2026, 1, 5), superior_due=date(2026, 1, 30), replied_on=date(2026, 1, 31)
    )
    assert petition_clocks(answered, [], law.calendars, date(2026, 2, 2))[0].state is (
        NodeState.DONE_LATE
    )


def test_a_year_without_a_calendar_is_never_green(law: Law) -> None:
    clock = clocks(law, PetitionDays(date(2049, 3, 1)), date(2049, 3, 2))["D801"]
    assert (clock.state, clock.certain) == (NodeState.UNKNOWN, False)
    assert clock.days_left(date(2049, 3, 2)) is None
    assert nearest([clock]) is clock


def test_before_the_rule_there_is_no_clock(law: Law) -> None:
    assert clocks(law, PetitionDays(date(2020, 3, 2))) == {}


def test_the_steps_count_every_day(law: Law) -> None:
    clock = clocks(law, PetitionDays(date(2025, 9, 22)), trace=True)["D801"]
    counted = [step for step in clock.steps if step.kind == "count"]
    skipped = [step for step in clock.steps if step.kind == "skip"]
    assert sum(step.days for step in counted) == 5
    assert clock.due_on is not None
    span = (clock.due_on - date(2025, 9, 22)).days
    assert sum(step.days for step in counted + skipped) == span
    assert clocks(law, PetitionDays(date(2025, 9, 22)))["D801"].steps == ()


@given(
    received=st.dates(date(2022, 1, 1), date(2025, 10, 1)),
    to_register=st.integers(0, 40),
    to_close=st.integers(0, 90),
    ahead=st.integers(0, 200),
)
def test_what_is_closed_presses_nobody(
    received: date, to_register: int, to_close: int, ahead: int
) -> None:
    law = load_law_once()
    registered = received + timedelta(days=to_register)
    closed = registered + timedelta(days=to_close)
    days = PetitionDays(received, registered, True, None, closed, None, None, closed)
    found = clocks(law, days, closed + timedelta(days=ahead))
    assert nearest(found.values()) is None
    for one in found.values():
        assert one.due_on is not None
        late = one.done_on is not None and one.done_on > one.due_on
        assert one.state is (NodeState.DONE_LATE if late else NodeState.DONE)


_LAW: list[Law] = []


def load_law_once() -> Law:
    if not _LAW:
        _LAW.append(load_law())
    return _LAW[0]

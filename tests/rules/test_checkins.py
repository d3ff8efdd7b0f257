"""报平安: colours by the clock, alarms that are held, late truth, and no order of arrival."""

from datetime import datetime, timedelta, timezone
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.rules.checkins import (
    CALL,
    Act,
    Level,
    Report,
    Watch,
    sentence,
    silent_key,
    to_notice,
    watch,
)
from desktop.rules.operation_law import OperationLimits, load_operation_law

ZONE: Final = timezone(timedelta(hours=8))
START: Final = datetime(2026, 11, 29, 9, 0, tzinfo=ZONE)
LIMITS: Final = OperationLimits(1800, 80, 25, 60, 2, 24, 2000)
INTERVAL: Final = 1800  # yellow after 24 minutes, red after 30, alarm after 37.5


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def report(act: Act, minutes: float, *, about: str = "", who: str = "甲") -> Report:
    return Report(f"{act}-{minutes:08.2f}-{about}", act, at(minutes), who, about)


JOIN: Final = report("join", 0)


def seen(minutes: float, *facts: Report, over: float | None = None) -> Watch:
    ended = None if over is None else at(over)
    return watch((JOIN, *facts), INTERVAL, LIMITS, at(minutes), over_at=ended)


@pytest.mark.parametrize(
    ("minutes", "level"),
    [
        (0, Level.GREEN),
        (23.9, Level.GREEN),
        (24, Level.YELLOW),
        (29.9, Level.YELLOW),
        (30, Level.RED),
        (37.4, Level.RED),
        (37.5, Level.ALARM),
        (300, Level.ALARM),
    ],
)
def test_silence_turns_yellow_red_and_to_an_alarm(minutes: float, level: Level) -> None:
    assert seen(minutes).level is level


def test_a_group_that_has_not_set_out_is_not_watched() -> None:
    state = watch((), INTERVAL, LIMITS, at(500))
    assert (state.level, state.clock, state.alarms) == (Level.WAITING, None, ())


def test_a_report_begins_the_time_anew() -> None:
    state = seen(50, report("ok", 25))
    assert state.level is Level.YELLOW
    assert state.heard_at == at(25)
    assert state.clock is not None
    assert state.clock.red_at == at(55)


def test_a_short_interval_leaves_a_minute_before_the_alarm() -> None:
    state = watch((JOIN,), 60, LIMITS, at(1.9))
    assert state.level is Level.RED
    assert watch((JOIN,), 60, LIMITS, at(2)).level is Level.ALARM


def test_an_alarm_is_held_although_the_group_reports_later() -> None:
    late = report("ok", 45)
    state = seen(46, late)
    (alarm,) = state.alarms
    assert state.level is Level.ALARM
    assert alarm.held
    assert (alarm.since, alarm.raised_at, alarm.answered_at) == (at(0), at(37.5), at(45))
    assert "09:45才恢复" in sentence(alarm, "第一组", at(46))
    done = seen(50, late, report("acknowledge", 47, about=alarm.key, who="值班员"))
    assert done.level is Level.GREEN
    assert not done.held
    assert done.alarms[0].acknowledged_by == "值班员"


def test_an_acknowledged_silence_that_goes_on_raises_the_next_alarm() -> None:
    noted = report("acknowledge", 40, about=silent_key(at(0)))
    assert seen(60, noted).level is Level.GREEN
    again = seen(78, noted)
    assert [alarm.key for alarm in again.held] == [silent_key(at(40))]


def test_a_report_made_in_time_that_arrives_late_corrects_the_alarm_and_does_not_end_it() -> None:
    key = silent_key(at(0))
    noticed = report("alarm", 37.6, about=key)
    before = seen(40, noticed)
    assert [alarm.key for alarm in before.held] == [key]
    after = seen(40, noticed, report("ok", 30))
    (alarm,) = after.held
    assert alarm.corrected_at == at(30)
    assert after.level is Level.ALARM
    assert "已更正" in sentence(alarm, "第一组", at(40))
    ended = seen(41, noticed, report("ok", 30), report("acknowledge", 40.5, about=key))
    assert ended.level is Level.GREEN
    assert ended.alarms[0].corrected_at == at(30)


def test_what_a_desk_only_acknowledged_is_not_forgotten_either() -> None:
    key = silent_key(at(0))
    state = seen(50, report("ok", 30), report("acknowledge", 40, about=key))
    assert [(one.key, one.corrected_at, one.held) for one in state.alarms] == [(key, at(30), False)]


def test_a_call_is_an_alarm_at_once() -> None:
    call = report("alarm", 10)
    state = seen(10, call)
    (alarm,) = state.held
    assert (state.level, alarm.key, alarm.kind) == (Level.ALARM, CALL + call.id, "call")
    later = seen(12, call, report("ok", 11))
    assert later.level is Level.ALARM  # that all is well again does not say that anybody heard
    assert seen(13, call, report("acknowledge", 12, about=alarm.key)).level is Level.GREEN


def test_nobody_is_silent_after_coming_back_or_after_the_end() -> None:
    assert seen(300, report("leave", 20)).alarms == ()
    assert seen(300, over=20).level is Level.LEFT
    # An alarm of before is held all the same.
    assert seen(300, over=60).level is Level.ALARM


def test_only_what_nobody_wrote_down_is_to_be_noticed() -> None:
    state = seen(40)
    assert [alarm.key for alarm in to_notice(state)] == [silent_key(at(0))]
    assert to_notice(seen(40, report("alarm", 38, about=silent_key(at(0))))) == ()
    assert to_notice(seen(40, report("acknowledge", 38, about=silent_key(at(0))))) == ()


@st.composite
def days(draw: st.DrawFn) -> list[Report]:
    """Facts of one group, with acknowledgements of silences that may have been."""
    facts = [JOIN]
    minutes = st.integers(1, 300)
    for n, minute in enumerate(draw(st.lists(minutes, max_size=12))):
        act: Act = draw(st.sampled_from(("ok", "ok", "ok", "alarm", "acknowledge", "alarm")))
        about = ""
        if act == "acknowledge" or (act == "alarm" and draw(st.booleans())):
            bases = [one.at for one in facts if one.act in ("join", "ok", "acknowledge")]
            about = silent_key(draw(st.sampled_from(bases)))
        facts.append(Report(f"{n:03d}", act, at(minute), "甲", about))
    return facts


@given(days(), st.integers(0, 400), st.randoms())
def test_the_order_of_arrival_changes_nothing(facts: list[Report], now: int, luck: object) -> None:
    expected = watch(facts, INTERVAL, LIMITS, at(now))
    mixed = [*facts, *facts]  # some come twice
    luck.shuffle(mixed)  # type: ignore[attr-defined]
    assert watch(mixed, INTERVAL, LIMITS, at(now)) == expected


@given(days(), st.lists(st.integers(0, 500), min_size=2, max_size=6))
def test_a_held_alarm_stays_held_as_time_goes_on_until_it_is_acknowledged(
    facts: list[Report], moments: list[int]
) -> None:
    said = {one.about for one in facts if one.act == "acknowledge"}
    held: set[str] = set()
    for minute in sorted(moments):
        state = watch(facts, INTERVAL, LIMITS, at(minute))
        now_held = {alarm.key for alarm in state.held}
        assert held - now_held <= said
        assert (state.level is Level.ALARM) >= bool(now_held)
        held = now_held


@given(st.lists(st.integers(1, 300), max_size=10), st.integers(0, 200), st.randoms())
def test_a_desk_forgets_no_alarm_that_it_noticed(
    minutes: list[int], delay: int, luck: object
) -> None:
    """Reports come late and in any order; what the desk raised meanwhile stays, held."""
    todo = [Report(f"{n:03d}", "ok", at(minute)) for n, minute in enumerate(minutes)]
    luck.shuffle(todo)  # type: ignore[attr-defined]
    known: list[Report] = [JOIN]
    noticed: set[str] = set()
    now = at(delay)
    for n, one in enumerate(todo):
        now = max(now + timedelta(minutes=10), one.at)
        for alarm in to_notice(watch(known, INTERVAL, LIMITS, now)):
            known.append(Report(f"n{n}{alarm.key}", "alarm", now, "值班员", alarm.key))
            noticed.add(alarm.key)
        known.append(one)
        assert noticed <= {alarm.key for alarm in watch(known, INTERVAL, LIMITS, now).held}
    final = watch(known, INTERVAL, LIMITS, at(2000))
    whole = watch((JOIN, *todo), INTERVAL, LIMITS, at(2000))
    true = {alarm.key for alarm in whole.alarms}
    corrected = {alarm.key for alarm in final.alarms if alarm.corrected_at is not None}
    assert {alarm.key for alarm in final.alarms} - corrected == true
    assert corrected == noticed - true


def test_the_shipped_law_is_whole() -> None:
    limits = load_operation_law().on(START.date())
    assert limits.checkin >= 60
    assert 0 < limits.yellow < 100

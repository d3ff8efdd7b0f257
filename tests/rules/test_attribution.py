"""Days held add up exactly; the smallest change is the smallest, by brute force."""

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from desktop.rules.attribution import ShareKind, attribute, smallest_change
from desktop.rules.calendar import WorkCalendar
from desktop.rules.catalogue import Unit
from desktop.rules.clock import count
from desktop.rules.periods import Pause, Period
from storage.records.cases import Hold, HolderKind
from tests.rules import naive_clock
from tests.rules.law_cases import CASE

START = date(2017, 3, 1)
CALENDAR = WorkCalendar("court")


def on(offset: int) -> date:
    """Days after START."""
    return START + timedelta(days=offset)


def hold(offset: int, name: str, node: str | None = None) -> Hold:
    """`name` holds from `offset` on."""
    return Hold(CASE, node, on(offset), HolderKind.HANDLER, None, name)


def test_each_day_has_one_holder() -> None:
    holds = [hold(-5, "甲"), hold(4, "乙", "N06"), hold(8, "丙", "N06"), hold(9, "丁")]
    pauses = [Pause(on(6), on(7), "公告送达", "公1号")]
    shares = attribute(START, on(12), on(10), "N06", holds, pauses)
    assert [(share.holder_name, share.days, share.late_days) for share in shares] == [
        ("甲", 3, 0),
        ("乙", 2, 0),
        ("公告送达", 2, 0),
        ("丙", 5, 2),
    ]


def test_days_without_a_holder_are_said() -> None:
    (share,) = attribute(START, on(3), None, "N06", [], [])
    assert (share.kind, share.days) == (ShareKind.UNRECORDED, 3)


def test_nothing_elapsed_is_nothing_held() -> None:
    assert attribute(START, START, None, "N06", [hold(0, "甲")], []) == ()


spans = st.tuples(st.integers(-10, 60), st.one_of(st.none(), st.integers(0, 20)))


@settings(max_examples=500, deadline=None)
@given(
    elapsed=st.integers(0, 60),
    due=st.one_of(st.none(), st.integers(-5, 70)),
    held=st.lists(st.tuples(st.integers(-10, 60), st.sampled_from("甲乙丙"), st.booleans())),
    stops=st.lists(spans, max_size=4),
)
def test_days_add_up_exactly(
    elapsed: int,
    due: int | None,
    held: list[tuple[int, str, bool]],
    stops: list[tuple[int, int | None]],
) -> None:
    holds = [hold(offset, name, "N06" if own else None) for offset, name, own in held]
    pauses = [
        Pause(on(first), None if days is None else on(first + days), "中止", "号")
        for first, days in stops
    ]
    due_on = None if due is None else on(due)
    shares = attribute(START, on(elapsed), due_on, "N06", holds, pauses)
    assert sum(share.days for share in shares) == elapsed
    late = 0 if due is None else max(elapsed - max(due, 0), 0)
    assert sum(share.late_days for share in shares) == late
    expected = START
    for share in shares:
        assert share.from_on == expected + timedelta(days=1)
        assert (share.to_on - share.from_on).days + 1 == share.days
        expected = share.to_on


def due_naively(amount: int, pauses: Sequence[tuple[date, date]]) -> date:
    """The last day by the naive clock."""
    return naive_clock.last_day(START, [(amount, "day")], list(pauses), {}, True)[0]


@settings(max_examples=300, deadline=None)
@given(
    amount=st.integers(1, 12),
    done=st.integers(1, 30),
    stops=st.lists(st.tuples(st.integers(1, 25), st.integers(0, 8)), max_size=2),
)
def test_the_smallest_change_is_minimal(
    amount: int, done: int, stops: list[tuple[int, int]]
) -> None:
    spans = [(on(first), on(first + days)) for first, days in stops]
    done_on = on(done)
    assume(done_on > due_naively(amount, spans))
    pauses = [Pause(first, last, "中止执行", "中1号") for first, last in spans]

    def due_with(changed: Sequence[Pause]) -> date:
        return count(Period(amount, Unit.DAY, True), START, CALENDAR, pauses=changed).due_on

    change = smallest_change(done_on, pauses, due_with, "反馈")
    assert change is not None
    costs = [
        days
        for days in range(1, 60)
        if done_on - timedelta(days=days) <= due_naively(amount, spans)
    ][:1]
    for index, (first, last) in enumerate(spans):
        for days in range(1, 60):
            moved = [*spans[:index], (first - timedelta(days=days), last), *spans[index + 1 :]]
            if due_naively(amount, moved) >= done_on:
                costs.append(days)
    assert change.days == min(costs)
    if change.kind == "finish":
        assert change.before_on == due_naively(amount, spans)


def test_papers_one_day_late_are_found() -> None:
    """The pause began the day after the due day: one day earlier, and all of it had counted."""
    pauses = [Pause(date(2017, 3, 14), date(2017, 3, 31), "中止执行", "中1号")]

    def due_with(changed: Sequence[Pause]) -> date:
        return count(Period(10, Unit.DAY, True), START, CALENDAR, pauses=changed).due_on

    change = smallest_change(date(2017, 3, 30), pauses, due_with, "反馈")
    assert change is not None
    assert (change.kind, change.days, change.before_on) == ("pause", 1, date(2017, 3, 13))
    assert "中1号" in change.sentence
    assert "早 1 日" in change.sentence


def test_in_time_needs_no_change() -> None:
    assert smallest_change(on(3), [], lambda _: on(3), "反馈") is None

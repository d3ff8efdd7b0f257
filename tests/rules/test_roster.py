"""The roster and the hand-over: what fits, who came, what is new, what blocks a signature."""

from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.rules.handover import (
    Item,
    items_of,
    lines,
    sha256_of,
    text_of,
    unopened,
    unowned,
)
from desktop.rules.roster import (
    Away,
    Shift,
    ShiftAct,
    attendance,
    faults,
    gaps,
    hours_of,
    may_arrive,
    rotation,
)

ZONE = timezone(timedelta(hours=8))
DAY = date(2026, 11, 23)
NAMES = {"a": "甲", "b": "乙", "c": "丙"}


def shift(kind: str = "day", day: date = DAY, a: str = "a", b: str | None = "b") -> Shift:
    begin, end = hours_of(kind, day, ZONE)
    return Shift(f"{kind}{day}{a}", day, kind, begin, end, a, b)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def test_day_and_night_leave_no_gap() -> None:
    day, night = hours_of("day", DAY, ZONE), hours_of("night", DAY, ZONE)
    assert day == (at(8, 20), at(18))
    assert night == (at(18), at(8, 20) + timedelta(days=1))
    assert hours_of("day", DAY + timedelta(days=1), ZONE)[0] == night[1]


def test_everything_that_does_not_fit_is_told_at_once() -> None:
    others = [shift("day", a="b", b=None), shift("night", DAY - timedelta(days=1), a="a", b=None)]
    away = [Away("a", DAY, DAY, "休假")]
    found = faults(shift(), others, away, NAMES)
    # The night before ends as the day begins: that is no overlap.
    assert found == ["甲11-23至11-23休假，不能排班。", "乙在2026-11-23白班已有排班。"]
    assert "不能是同一人" in faults(shift(b="a"), [], [], NAMES)[0]
    assert faults(shift(), [], [Away("c", DAY, DAY, "休假")], NAMES) == []
    # A night reaches into the next day, on which somebody may be away.
    tomorrow = DAY + timedelta(days=1)
    assert faults(shift("night", b=None), [], [Away("a", tomorrow, tomorrow, "培训")], NAMES)


def test_gaps_of_the_watch() -> None:
    days = [DAY, DAY + timedelta(days=1)]
    held = [shift("day"), shift("night"), shift("day", days[1]), shift("field", days[1], a="c")]
    assert gaps(held, days) == ((days[1], "night"),)


@given(st.integers(2, 6), st.integers(1, 40))
def test_by_turns_the_b_post_has_the_next_a_post(people: int, days: int) -> None:
    names = [f"p{n}" for n in range(people)]
    made = rotation(names, DAY, days)
    assert [day for day, _a, _b in made] == [DAY + timedelta(days=n) for n in range(days)]
    for (_day, one, other), (_next, following, _b) in pairwise(made):
        assert other == following
        assert one != other
    counts = [sum(1 for _d, a, _b in made if a == name) for name in names]
    assert max(counts) - min(counts) <= 1


ACTS = [
    ShiftAct("1", "ask_swap", "a", at(7), "c"),
    ShiftAct("2", "agree_swap", "c", at(7, 30)),
    ShiftAct("3", "absent", "b", at(8, 40), body="电话无人接听"),
    ShiftAct("4", "arrive", "c", at(8, 50)),
    ShiftAct("5", "leave", "c", at(17, 40)),
]


@given(st.integers())
def test_attendance_does_not_depend_on_the_order_of_arrival(seed: int) -> None:
    mixed = list(ACTS)
    Random(seed).shuffle(mixed)
    held = attendance(shift(), mixed)
    assert (held.late, held.early) == (30, 20)
    assert held.absent == "", "who came was not absent"
    assert held.swap is None
    assert held.swaps == ("已同意调班",)


def test_a_swap_that_nobody_answered_waits() -> None:
    held = attendance(shift(), ACTS[:1])
    assert held.swap == ACTS[0]
    assert attendance(shift(), [ACTS[2]]).absent == "电话无人接听"


@pytest.mark.parametrize(
    ("now", "may"),
    [(at(6, 19), False), (at(6, 20), True), (at(18), True), (at(18, 1), False)],
)
def test_when_one_may_sign_in(now: datetime, may: bool) -> None:
    assert may_arrive(shift(), attendance(shift(), ()), now) is may
    assert not may_arrive(shift(), attendance(shift(), ACTS), now)


def item(key: str, owner: str = "甲", step: str = "办", text: str = "事") -> Item:
    return Item(key, "事项", text, owner, step)


def test_the_list_is_the_difference_since_the_last_one() -> None:
    before = [item("a"), item("b"), item("c")]
    now = [item("a"), item("b", owner="乙"), item("d")]
    found = [(one.item.key, one.change) for one in lines(before, now)]
    assert found == [("d", "new"), ("b", "changed"), ("a", "carried"), ("c", "done")]


def test_what_blocks_the_signatures() -> None:
    items = [item("a"), item("b", owner=" "), item("c", step="")]
    assert [one.key for one in unowned(items)] == ["b", "c"]
    assert [one.key for one in unopened(items, {"a", "c"})] == ["b"]


@given(st.lists(st.text('甲乙"\\\n', max_size=4), max_size=4), st.integers())
def test_what_is_signed_does_not_depend_on_the_order(texts: list[str], seed: int) -> None:
    items = [item(f"k{n}", text=text) for n, text in enumerate(texts)]
    mixed = list(items)
    Random(seed).shuffle(mixed)
    assert text_of(mixed) == text_of(items)
    assert list(items_of(text_of(mixed))) == sorted(items, key=lambda one: one.key)
    changed = [*items, item("z")]
    assert sha256_of(text_of(changed)) != sha256_of(text_of(items))

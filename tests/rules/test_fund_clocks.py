"""Clocks of money that came in, its colours, and which receipt what is left belongs to."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.contract.law import Law, load_law
from desktop.rules.fund_clocks import (
    DelayDays,
    FundClock,
    MoneyDays,
    Yardstick,
    fund_clocks,
    nearest,
    parts_left,
)
from desktop.rules.fund_law import load_fund_law
from desktop.rules.rule_files import RuleFileError
from resources import path as resource_path
from storage.records.states import NodeState
from tests.rules.naive_clock import day_off

TODAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.fixture(scope="module")
def yard(law: Law) -> Yardstick:
    return Yardstick(load_fund_law(), law.node, law.calendars)


def clocks(
    yard: Yardstick, days: MoneyDays, today: date = TODAY, *, trace: bool = False
) -> dict[str, FundClock]:
    return {one.code: one for one in fund_clocks(days, yard, today, trace=trace)}


def by_hand(start: date, amount: int, *, working: bool) -> date:
    """Day by day; a last day that is off moves on."""
    day, left = start, amount
    while left:
        day += timedelta(days=1)
        left -= 1 if not working else not day_off(day, {})
    while not working and day_off(day, {}):
        day += timedelta(days=1)
    return day


LIMITS = {  # code -> (amount, working days?, the date it counts from)
    "tell": (3, False),
    "approve": (10, True),
    "opinion": (15, True),
    "thirty": (30, False),
    "pay": (5, True),
    "after_delay": (10, False),
    "find": (3, True),
}


@given(start=st.dates(date(2025, 1, 1), date(2025, 11, 1)), code=st.sampled_from(sorted(LIMITS)))
def test_every_limit_counts_as_by_hand(start: date, code: str) -> None:
    law = load_law_once()
    yard = Yardstick(load_fund_law(), law.node, law.calendars)
    amount, working = LIMITS[code]
    before = start - timedelta(days=40)
    days = {
        "tell": MoneyDays(start),
        "approve": MoneyDays(start),
        "opinion": MoneyDays(start),
        "thirty": MoneyDays(before, told_on=start),
        "pay": MoneyDays(before, told_on=before, asked_on=before, approved_on=start),
        "after_delay": MoneyDays(before, told_on=before, delays=(DelayDays(before, None, start),)),
        "find": MoneyDays(start, unknown=True),
    }[code]
    clock = clocks(yard, days, start + timedelta(days=1), trace=True)[code]
    assert clock.due_on == by_hand(start, amount, working=working)
    assert clock.start_on == start
    assert clock.steps, "a date that is shown can be explained"
    assert clock.steps[-1].kind == "due"
    counted = sum(step.days for step in clock.steps if step.kind == "count")
    assert counted == amount


_LAW: list[Law] = []


def load_law_once() -> Law:
    if not _LAW:
        _LAW.append(load_law())
    return _LAW[0]


@pytest.mark.parametrize(
    ("code", "article", "verified"),
    [
        ("tell", "法发〔2017〕6号第7条、第8条", False),
        ("thirty", "法发〔2017〕6号第10条", True),
        ("after_delay", "法发〔2017〕6号第10条", True),
        ("approve", "新疆法院执行款管理规定", False),
        ("opinion", "法〔2021〕322号", False),
    ],
)
def test_each_names_its_article(yard: Yardstick, code: str, article: str, verified: bool) -> None:
    days = MoneyDays(
        date(2026, 3, 2),
        told_on=date(2026, 3, 4),
        delays=(DelayDays(date(2026, 3, 20), None, date(2026, 5, 8)),),
    )
    basis = clocks(yard, days)[code].basis
    assert basis.startswith(article)
    assert basis.endswith("〔未核实〕") is not verified


def test_notice_then_request_then_payment(yard: Yardstick) -> None:
    came = date(2026, 6, 1)
    found = clocks(yard, MoneyDays(came), date(2026, 6, 3))
    assert set(found) == {"tell", "approve", "opinion"}
    assert found["tell"].state is NodeState.DUE_SOON
    told = clocks(yard, MoneyDays(came, told_on=date(2026, 6, 3)), date(2026, 6, 4))
    assert not told["tell"].open
    assert told["thirty"].due_on == date(2026, 7, 3)
    asked = MoneyDays(
        came, told_on=date(2026, 6, 3), asked_on=date(2026, 6, 8), approved_on=date(2026, 6, 10)
    )
    after = clocks(yard, asked, date(2026, 6, 11))
    assert not after["approve"].open
    assert after["pay"].due_on == date(2026, 6, 17)
    pressing = nearest(after.values())
    assert pressing is not None
    assert pressing.code == "pay"


def test_a_delay_stops_the_clocks_and_ten_days_run_after_it(yard: Yardstick) -> None:
    came, told = date(2026, 3, 2), date(2026, 3, 4)
    delay = DelayDays(date(2026, 3, 10), date(2026, 4, 30), None)
    standing = MoneyDays(came, told_on=told, delays=(delay,))
    assert nearest(clocks(yard, standing, date(2026, 3, 9)).values()) is not None
    assert nearest(clocks(yard, standing, date(2026, 5, 20)).values()) is None
    ended = MoneyDays(
        came, told_on=told, delays=(DelayDays(delay.from_on, delay.until_on, date(2026, 5, 8)),)
    )
    clock = nearest(clocks(yard, ended, date(2026, 5, 9)).values())
    assert clock is not None
    assert (clock.code, clock.due_on) == ("after_delay", date(2026, 5, 18))
    late = nearest(clocks(yard, ended, date(2026, 5, 19)).values())
    assert late is not None
    assert late.state is NodeState.OVERDUE
    # Approved when the thirty days were over: it does not undo them.
    too_late = MoneyDays(came, told_on=told, delays=(DelayDays(date(2026, 4, 20), None, None),))
    assert clocks(yard, too_late, date(2026, 5, 1))["thirty"].state is NodeState.DONE_LATE


def test_money_that_comes_while_a_delay_stands_is_stopped_too(yard: Yardstick) -> None:
    delay = DelayDays(date(2026, 3, 1), None, None)
    days = MoneyDays(date(2026, 4, 1), delays=(delay,))
    found = clocks(yard, days, date(2026, 6, 1))
    assert nearest(found.values()) is None
    assert {clock.done_on for clock in found.values()} == {date(2026, 4, 1)}
    over = DelayDays(date(2026, 3, 1), None, date(2026, 3, 20))
    later = clocks(yard, MoneyDays(date(2026, 4, 1), delays=(over,)), date(2026, 4, 2))
    assert "after_delay" not in later, "a delay of before it came is no matter of this money"
    assert later["tell"].open


def test_a_year_without_a_notice_is_not_green(yard: Yardstick) -> None:
    days = MoneyDays(date(2031, 3, 3), unknown=True)
    clock = nearest(clocks(yard, days, date(2031, 3, 4)).values())
    assert clock is not None
    assert clock.state is NodeState.UNKNOWN
    assert clock.days_left(date(2031, 3, 4)) is None


@pytest.mark.parametrize(
    ("days", "code", "state"),
    [
        *((0, "green", "normal"), (4, "green", "normal"), (5, "blue", "normal")),
        *((9, "blue", "normal"), (10, "yellow", "due_soon"), (14, "yellow", "due_soon")),
        *((15, "orange", "due_soon"), (29, "orange", "due_soon"), (30, "red", "overdue")),
        *((400, "red", "overdue"), (-1, "green", "normal")),
    ],
)
def test_colours(days: int, code: str, state: str) -> None:
    colour = load_fund_law().colour(days)
    assert (colour.code, colour.state) == (code, state)


def test_bands_of_unclaimed_money() -> None:
    law = load_fund_law()
    names = [law.band(days).name for days in (0, 29, 30, 89, 90, 179, 180, 364, 365)]
    assert names == ["不满30日"] * 2 + ["30—89日"] * 2 + ["90—179日"] * 2 + ["180—364日"] * 2 + [
        "一年以上"
    ]


def test_a_local_rule_counts_once_it_is_adopted(tmp_path: Path, law: Law) -> None:
    text = resource_path("law/funds.toml").read_text("utf-8")
    mine = tmp_path / "funds.toml"
    mine.write_text(text.replace("adopted = false", "adopted = true"), "utf-8")
    plain = Yardstick(load_fund_law(), law.node, law.calendars)
    local = Yardstick(load_fund_law(mine), law.node, law.calendars)
    days = MoneyDays(date(2026, 6, 1))
    assert "five" not in clocks(plain, days)
    clock = clocks(local, days)["five"]
    assert clock.due_on == date(2026, 6, 8), "the sixth of June is a Saturday"
    assert clock.basis.endswith("〔未核实〕")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('node = "N35A"', 'nodes = "N35A"', "字段"),
        ("from_days = 5\n", "from_days = 12\n", "逐级增大"),
        ('done = ["paid"]', 'done = ["payed"]', "终点须在"),
        ('code = "answer"', 'code = "answers"', "允许的取值"),
        ('start = "told"', 'start = "heard"', "允许的取值"),
    ],
)
def test_mistakes_in_the_file_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = resource_path("law/funds.toml").read_text("utf-8")
    assert old in text
    path = tmp_path / "funds.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(RuleFileError, match=said):
        load_fund_law(path)


fen = st.integers(1, 1_000)


@given(
    lots=st.lists(fen, max_size=12), spent=st.integers(0, 4_000), orders=st.lists(fen, max_size=6)
)
def test_parts_sum_to_what_is_left_and_the_first_goes_out_first(
    lots: list[int], spent: int, orders: list[int]
) -> None:
    parts = parts_left(lots, spent, orders)
    assert sum(part.amount_fen for part in parts) == max(0, sum(lots) - spent)
    assert all(part.amount_fen > 0 for part in parts)
    # Fen by fen, as anybody would do it by hand.
    every = [lot for lot, amount in enumerate(lots) for _ in range(amount)][spent:]
    wanted = [number for number, amount in enumerate(orders) for _ in range(amount)]
    meant = [*wanted, *[None] * len(every)][: len(every)]
    told = [(part.lot, part.order) for part in parts for _ in range(part.amount_fen)]
    assert told == list(zip(every, meant, strict=True))


spans = st.tuples(st.integers(-10, 60), st.none() | st.integers(0, 40))


@given(st.lists(spans, max_size=5), st.integers(0, 50))
def test_days_on_which_a_delay_stood_are_counted_each_once(
    found: list[tuple[int, int | None]], held: int
) -> None:
    came = date(2026, 1, 1)
    today = came + timedelta(days=held)
    days = MoneyDays(
        came,
        delays=tuple(
            DelayDays(
                came + timedelta(days=first),
                None,
                None if more is None else came + timedelta(days=first + more),
            )
            for first, more in found
        ),
    )
    # Each night between arrival and today on which a delay stood.
    nights = [
        came + timedelta(days=n)
        for n in range(held)
        if days.standing_delay(came + timedelta(days=n)) is not None
    ]
    assert days.days_held(today) == held
    assert days.days_delayed(today) == len(nights)

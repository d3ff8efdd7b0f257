"""The standing of a coercive measure, as a fold over what was done; its clocks to the minute."""

from datetime import date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.rules.catalogue import Catalogue, Granted
from desktop.rules.clock import ClockTable
from desktop.rules.coercive import (
    Done,
    History,
    Mark,
    Passed,
    Stand,
    amends,
    figure_fault,
    fold,
    left_words,
    next_acts,
    withdraw_fault,
)
from desktop.rules.derivation import explain
from desktop.rules.nodes import derive_nodes
from storage.records.cases import NodeEvent
from tests.rules.law_cases import CASE, case, facts

AT = datetime.fromisoformat("2026-11-23T09:00")
LATER = AT + timedelta(days=30)
MINUTE = timedelta(minutes=1)


def passed(minute: int, content: str = "a", who: str = "president", *, head: bool = True) -> Passed:
    return Passed(AT + minute * MINUTE, f"p{minute}", who, content, head)


def done(act: str, minute: int, **more: object) -> Done:
    return Done(AT + minute * MINUTE, f"{act}{minute}", act, "team", **more)  # type: ignore[arg-type]


def mark(minute: int, content: str = "") -> Mark:
    return Mark(AT + minute * MINUTE, f"m{minute}", content)


APPROVED = History((passed(5),), (), (mark(0, "a"),))
STANDS = (
    ("draft", History(), (), Stand.DRAFT),
    ("replying", History(), (), Stand.DRAFT),
    ("checking", History(), (), Stand.PENDING),
    ("signing", APPROVED, (), Stand.READY),
    ("issued", APPROVED, (done("execute", 9),), Stand.RUNNING),
    ("issued", APPROVED, (done("execute", 9), done("finish", 20)), Stand.FINISHED),
    ("issued", APPROVED, (done("execute", 9), done("pay", 20)), Stand.FINISHED),
    ("issued", APPROVED, (done("execute", 9), done("release", 20, body="x")), Stand.RELEASED),
    ("recalled", History(), (), Stand.RECALLED),
    ("checking", History((passed(5, head=False),)), (), Stand.PENDING),  # not the president
)


@pytest.mark.parametrize(("state", "history", "acts", "wanted"), STANDS)
def test_where_a_measure_stands(
    state: str, history: History, acts: tuple[Done, ...], wanted: Stand
) -> None:
    for order in permutations(acts):
        found = fold(state, history, order, LATER)
        assert found.stand is wanted
        assert not found.violation


VOIDED = (
    (History((passed(5),), (mark(6),)), 5, 7),  # sent back
    (History((passed(5),), (), (mark(0, "a"), mark(6, "b"))), 5, 7),  # other words
    # Changed and changed back have been other words meanwhile.
    (History((passed(5),), (), (mark(0, "a"), mark(6, "b"), mark(7, "a"))), 5, 8),
)


@pytest.mark.parametrize(("history", "good", "bad"), VOIDED)
def test_an_approval_counts_until_it_is_voided(history: History, good: int, bad: int) -> None:
    assert history.approval(AT + good * MINUTE) is not None
    assert history.approval(AT + bad * MINUTE) is None
    # What was done while it counted was lawful, whatever came later.
    lawful = fold("draft", history, [done("execute", good)], LATER)
    assert (lawful.stand, lawful.violation) == (Stand.RUNNING, "")
    assert fold("draft", history, [done("execute", bad)], LATER).violation


@given(st.integers(0, 20), st.integers(0, 20))
def test_executed_before_the_approval_stays_a_violation(approval: int, execution: int) -> None:
    history = History((passed(approval),), (), (mark(-1, "a"),))
    found = fold("issued", history, [done("execute", execution)], LATER)
    assert bool(found.violation) == (execution < approval)
    if execution < approval:
        assert "才批准" in found.violation


def test_what_was_entered_as_a_violation_stays_one() -> None:
    found = fold("issued", APPROVED, [done("execute", 9, violation=True, body="x")], LATER)
    assert found.violation == "登记时注明未经批准"


WITHDRAWALS = (
    (0, (), "president", ""),
    (60, (), "president", ""),
    (61, (), "president", "已逾一分钟"),
    (10, (), "vice", "只有批准人本人"),
    (10, (done("execute", 5),), "president", "可以决定提前解除"),
)


@pytest.mark.parametrize(("seconds", "acts", "who", "wanted"), WITHDRAWALS)
def test_an_approval_is_taken_back_within_its_minute(
    seconds: int, acts: tuple[Done, ...], who: str, wanted: str
) -> None:
    now = AT + 5 * MINUTE + timedelta(seconds=seconds)
    found = withdraw_fault(fold("signing", APPROVED, acts, now), who, now)
    assert wanted in found
    assert bool(found) == bool(wanted)
    assert "没有可以撤回" in withdraw_fault(fold("checking", History(), (), now), who, now)


NEXT = (
    ("detention_decision", "checking", (), ()),
    ("detention_decision", "signing", (), ("sign", "execute")),
    ("detention_decision", "signed", (), ("execute",)),
    (
        *("detention_decision", "signed", ("execute",)),
        ("notify_family", "hand_over", "serve", "finish"),
    ),
    (
        *("detention_decision", "signed", ("execute", "serve", "notify_family")),
        ("hand_over", "ask_review", "lapse", "finish"),
    ),
    # The family is told also after the end, and the review goes on.
    (
        *("detention_decision", "signed", ("execute", "serve", "finish")),
        ("notify_family", "ask_review", "lapse"),
    ),
    ("summons", "signed", ("execute",), ("finish",)),
    ("fine_decision", "signed", ("execute", "serve", "ask_review"), ("decide_review", "pay")),
)


@pytest.mark.parametrize(("kind", "state", "acts", "wanted"), NEXT)
def test_what_is_to_be_done_next(
    kind: str, state: str, acts: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    history = History() if state == "checking" else APPROVED
    stand = fold(state, history, [done(one, 10 + n) for n, one in enumerate(acts)], LATER)
    assert next_acts(kind, state, stand) == wanted


@pytest.mark.parametrize(
    ("kind", "after", "wanted"),
    [
        ("detention_decision", {"days": "10", "facts": "x"}, True),
        ("detention_decision", {"days": "15", "facts": "x"}, False),
        ("detention_decision", {"days": "10", "facts": "y"}, False),
        ("detention_decision", {"days": "10", "facts": "x", "person": "乙"}, False),
        ("fine_decision", {"days": "10", "facts": "x"}, False),
        ("summons", {"days": "10", "facts": "x"}, False),
    ],
)
def test_only_the_figure_is_amended(kind: str, after: dict[str, str], wanted: bool) -> None:
    assert amends(kind, {"days": "15", "facts": "x"}, after) is wanted


@pytest.mark.parametrize(
    ("kind", "figure", "party", "wanted"),
    [
        ("detention_decision", "15", "natural", ""),
        ("detention_decision", "16", "natural", "民诉法第118条"),
        ("detention_decision", "", "natural", "没有写明"),
        ("detention_decision", "5", "enterprise", "不能采取拘留"),
        ("fine_decision", "10000000", "natural", ""),
        ("fine_decision", "10000001", "natural", "民诉法第118条"),
        ("fine_decision", "4999900", "enterprise", "50,000元以上"),
        ("summons", "99", "natural", ""),
    ],
)
def test_a_figure_beyond_the_law_is_refused_with_its_article(
    kind: str, figure: str, party: str, wanted: str
) -> None:
    found = figure_fault(kind, figure, party, date(2026, 11, 23))
    assert wanted in found
    assert bool(found) == bool(wanted)


@pytest.mark.parametrize(
    ("minutes", "wanted"),
    [
        (5, "剩5分"),
        (65, "剩1小时05分"),
        (1_440, "剩1日"),
        (1_565, "剩1日2小时"),
        (-30, "逾30分"),
        (-1_500, "逾1日1小时"),
    ],
)
def test_time_left_in_words(minutes: int, wanted: str) -> None:
    assert left_words(AT + minutes * MINUTE, AT) == wanted


# ── the clocks ──


def event(kind: str, at: datetime, note: str | None) -> NodeEvent:
    return NodeEvent(f"{kind}{at}", CASE, kind, at.date(), at, "某甲", None, None, note)  # type: ignore[arg-type]


@given(
    st.integers(1, 15),
    st.datetimes(datetime.fromisoformat("2026-01-02"), datetime.fromisoformat("2026-12-01")),
)
def test_a_detention_ends_to_the_minute(
    court: Catalogue, table: ClockTable, days: int, at: datetime
) -> None:
    at = at.replace(second=0, microsecond=0)
    told = facts(case("2026-01-01"), event("detained", at, f"拘留{days}日；在家中执行"))
    clocks = derive_nodes(told, court, table, date(2026, 12, 31))
    (end,) = [one for one in clocks if one.node_code == "D712"]
    assert end.due_at == at + timedelta(days=days)
    (family,) = [one for one in clocks if one.node_code == "D710"]
    assert family.due_at is not None
    assert timedelta(hours=24) <= family.due_at - at <= timedelta(hours=25)


@pytest.mark.parametrize(
    ("kind", "note", "code", "hours"),
    [
        ("detained", "拘留10日", "D712", 240),
        ("detained", "拘留99日", "D712", 360),  # never beyond the law
        ("detained", None, "D712", 360),
        ("summoned", "询问8小时；带至院内", "D711", 8),
        ("summoned", "询问24小时", "D711", 24),
        ("summoned", "询问30小时", "D711", 24),
        ("summoned", None, "D711", 8),
    ],
)
def test_what_the_decision_grants(
    court: Catalogue, table: ClockTable, kind: str, note: str | None, code: str, hours: int
) -> None:
    at = datetime.fromisoformat("2026-11-23T14:00")
    told = facts(case("2026-01-01"), event(kind, at, note))
    clocks = derive_nodes(told, court, table, date(2026, 12, 31))
    (found,) = [one for one in clocks if one.node_code == code]
    # Without words of the decision, hours run from the next full one, as all periods do.
    late = timedelta(hours=0 if note else 1)
    assert found.due_at == at + timedelta(hours=hours) + late
    why = explain(told, code, "某甲", court, table.calendars, date(2026, 12, 31))
    assert why.due_at == found.due_at
    assert why.limit_text == f"{hours}小时"


def test_words_that_set_a_limit() -> None:
    rule = Granted("拘留{n}日", 24, 360)
    assert rule.of("经院长批准，拘留3日。") == 72
    for silent in (None, "", "拘留日", "拘留0日", "3日"):
        assert rule.of(silent) is None

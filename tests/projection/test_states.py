"""The state in SQL is the state of the rules, on any row and any day."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, func, insert, select

from desktop.contract.filters import NodeFilter
from desktop.projection.figures import overdue_trend
from desktop.projection.select import count_nodes, done_state_case, node_where, state_case
from desktop.rules.clock import overdue_days, state_of
from storage.ids import CaseId, EventId
from storage.records.cases import NodeClock
from storage.records.states import NodeState
from storage.schema import metadata
from storage.schema.local import node_clock

DAY = date(2026, 3, 16)
days = st.integers(-40, 40).map(lambda ahead: DAY + timedelta(days=ahead))
maybe_days = st.none() | days


@st.composite
def clocks(draw: st.DrawFn) -> NodeClock:
    """Any row, sensible or not; only a warning without a due day cannot be."""
    due_on = draw(maybe_days)
    pause_from = draw(maybe_days)
    pause_to = None if pause_from is None else draw(maybe_days)
    return NodeClock(
        CaseId("c"),
        "N11",
        "",
        EventId("e"),
        DAY - timedelta(days=60),
        due_on,
        None,
        draw(st.booleans()),
        None if due_on is None else draw(maybe_days),
        draw(maybe_days),
        pause_from,
        pause_to,
        "1",
    )


@pytest.fixture(scope="module")
def plain() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _put(connection: Connection, found: list[NodeClock]) -> None:
    connection.exec_driver_sql("delete from node_clock")
    rows = [
        {
            "n": n,
            "case_id": f"case {n}",
            "node_code": clock.node_code,
            "started_on": clock.started_on.isoformat(),
            "due_on": _iso(clock.due_on),
            "certain": clock.certain,
            "warn_on": _iso(clock.warn_on),
            "done_on": _iso(clock.done_on),
            "pause_from": _iso(clock.pause_from),
            "pause_to": _iso(clock.pause_to),
            "rule_version": "1",
            "case_number": f"（2026）豫03执{n}号",
            "type_word": "执",
            "court_n": 1,
        }
        for n, clock in enumerate(found)
    ]
    connection.execute(insert(node_clock), rows)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(clocks(), min_size=1, max_size=40), days)
def test_the_state_in_sql_is_the_state_of_the_rules(
    plain: Connection, found: list[NodeClock], as_of: date
) -> None:
    _put(plain, found)
    states = {row[0]: row[1] for row in plain.execute(select(node_clock.c.n, state_case(as_of)))}
    assert states == {n: state_of(clock, as_of).value for n, clock in enumerate(found)}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(clocks(), min_size=1, max_size=40), days)
def test_each_state_filter_lists_exactly_its_rows(
    plain: Connection, found: list[NodeClock], today: date
) -> None:
    # The projection keeps no act dated after its day.
    kept = [c for c in found if c.done_on is None or c.done_on <= today]
    if not kept:
        return
    _put(plain, kept)
    for state in NodeState:
        where = node_where(NodeFilter(states=(state.value,)), today)
        listed = set(plain.scalars(select(node_clock.c.n).where(*where)))
        assert listed == {n for n, clock in enumerate(kept) if state_of(clock, today) is state}
    late_or_soon = NodeFilter(states=(NodeState.OVERDUE.value, NodeState.DUE_SOON.value))
    wanted = {NodeState.OVERDUE, NodeState.DUE_SOON}
    assert count_nodes(plain, late_or_soon, today) == sum(
        state_of(clock, today) in wanted for clock in kept
    )
    done = select(node_clock.c.n, done_state_case()).where(node_clock.c.done_on.is_not(None))
    for n, state_text in plain.execute(done):
        assert state_text == state_of(kept[n], today).value


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(clocks(), min_size=1, max_size=40))
def test_the_trend_counts_what_was_overdue_on_each_day(
    plain: Connection, found: list[NodeClock]
) -> None:
    today = DAY + timedelta(days=40)
    _put(plain, found)
    for point in overdue_trend(plain, 10, today):
        expected = sum(state_of(clock, point.day) is NodeState.OVERDUE for clock in found)
        assert point.count == expected
        assert count_nodes(plain, point.filter, today) == expected


def test_days_late_agree_with_the_rules(plain: Connection) -> None:
    clock = NodeClock(
        *(CaseId("c"), "N11", "", EventId("e"), date(2026, 1, 5), date(2026, 1, 15), None),
        *(True, None, None, None, None, "1"),
    )
    _put(plain, [clock])
    assert overdue_days(clock, DAY) == 60
    assert plain.execute(select(func.count()).select_from(node_clock)).scalar_one() == 1

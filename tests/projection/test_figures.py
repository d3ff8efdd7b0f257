"""Every number is the length of the list its filter opens."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection

from desktop.contract.filters import NodeFilter
from desktop.contract.law import Law
from desktop.contract.paging import SnapshotArgs
from desktop.projection.activity import activities, fen_in, passive_cases, zombie_cases
from desktop.projection.cases import CaseFilter, CaseQuery, case_ids, case_rows, count_cases
from desktop.projection.figures import (
    By,
    due_next_days,
    figures,
    group_counts,
    overdue_count,
    overdue_trend,
    total,
    week_ends,
    workload,
)
from desktop.projection.select import NodeQuery, choices, count_nodes, node_ids, node_rows
from desktop.rules.passive import load_passive_rules, passive_hits
from storage.records.states import NodeState
from storage.session import Session
from tests.projection.conftest import CASES, TODAY

OVERDUE = NodeFilter(states=(NodeState.OVERDUE.value,))


def _ids(connection: Connection, filter_: NodeFilter, sort: str | None = None) -> list[int]:
    return list(node_ids(connection, SnapshotArgs(NodeQuery(filter_, TODAY), sort, False)))


def _cases(connection: Connection, filter_: CaseFilter, sort: str | None = None) -> list[int]:
    return list(case_ids(connection, SnapshotArgs(CaseQuery(filter_, TODAY), sort, False)))


def test_the_usual_order_is_longest_overdue_first(connection: Connection) -> None:
    ids = _ids(connection, OVERDUE)
    rows = node_rows(connection, ids, TODAY)
    days = [int(str(rows[n]["days"])) for n in ids]
    assert len(ids) == overdue_count(connection, TODAY) > 10
    assert days == sorted(days, reverse=True)
    assert min(days) >= 1


def test_all_nodes_come_in_order_with_dateless_last(connection: Connection) -> None:
    ids = _ids(connection, NodeFilter())
    due = {
        row[0]: row[1] or "9999"
        for row in connection.exec_driver_sql("select n, due_on from node_clock")
    }
    assert sorted(ids) == sorted(due)
    assert [due[n] for n in ids] == sorted(due.values())


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("case_number", "case_number"),
        ("team", "team"),
        ("handler", "handler"),
        ("started_on", "started_on"),
        ("node", "node_code"),
        ("state", None),
        ("days", None),
    ],
)
def test_each_sort_orders_the_same_rows(connection: Connection, sort: str, key: str | None) -> None:
    both = NodeFilter(states=(NodeState.OVERDUE.value, NodeState.DUE_SOON.value))
    plain = _ids(connection, both)
    ids = _ids(connection, both, sort)
    assert sorted(ids) == sorted(plain)
    rows = node_rows(connection, ids, TODAY)
    if key is not None:
        values = [str(rows[n][key]) for n in ids]
        assert values == sorted(values)
    if sort == "state":
        assert [rows[n]["state_key"] for n in ids] == sorted(
            (rows[n]["state_key"] for n in ids), key=("overdue", "due_soon").index
        )


def test_rows_carry_what_a_list_shows(connection: Connection) -> None:
    n = _ids(connection, OVERDUE)[0]
    row = node_rows(connection, [n, 10**9], TODAY)[n]
    assert row["state"] == "超期"
    assert row["state_key"] == "overdue"
    assert row["node"] != row["node_code"]
    for key in ("case_number", "court", "court_id", "team", "team_id", "handler", "due_on"):
        assert row[key]
    assert 10**9 not in node_rows(connection, [n, 10**9], TODAY)


def test_every_part_of_a_filter_narrows_exactly(connection: Connection) -> None:
    offered = choices(connection)
    team = offered.teams[3]
    handler = next(who for who in offered.handlers if who.parent == team.id)
    rows = list(node_rows(connection, _ids(connection, NodeFilter()), TODAY).values())
    wanted = [
        (NodeFilter(courts=(team.parent,)), lambda r: r["court_id"] == team.parent),
        (NodeFilter(teams=(team.id,)), lambda r: r["team_id"] == team.id),
        (NodeFilter(handlers=(handler.id,)), lambda r: r["handler_id"] == handler.id),
        (NodeFilter(type_words=("执恢",)), lambda r: r["type_word"] == "执恢"),
        (NodeFilter(nodes=("N11", "N37")), lambda r: r["node_code"] in ("N11", "N37")),
        (NodeFilter(text="执1"), lambda r: "执1" in r["case_number"]),
        (NodeFilter(text="%"), lambda r: False),
        (NodeFilter(case_id=str(rows[5]["case_id"])), lambda r: r["case_id"] == rows[5]["case_id"]),
        (NodeFilter(due_from=TODAY), lambda r: r["due_on"] and r["due_on"] >= TODAY.isoformat()),
        (NodeFilter(due_to=TODAY), lambda r: r["due_on"] and r["due_on"] <= TODAY.isoformat()),
    ]
    for filter_, keeps in wanted:
        ids = _ids(connection, filter_)
        assert set(ids) == {r["n"] for r in rows if keeps(r)}, filter_
        assert len(ids) == count_nodes(connection, filter_, TODAY)
    by_state: dict[object, int] = {}
    for row in rows:
        by_state[row["state"]] = by_state.get(row["state"], 0) + 1
    for state in NodeState:
        found = count_nodes(connection, NodeFilter(states=(state.value,)), TODAY)
        assert found == by_state.get(state.value, 0)


@pytest.mark.parametrize(
    "by",
    [("team", "node"), ("court",), ("handler",), ("node",), ("state",), ("type_word", "state")],
)
def test_groups_add_up_and_open_their_lists(connection: Connection, by: tuple[By, ...]) -> None:
    for filter_ in (OVERDUE, NodeFilter()):
        groups = group_counts(connection, TODAY, by, filter_)
        assert total(groups) == count_nodes(connection, filter_, TODAY)
        assert [group.count for group in groups] == sorted(
            (group.count for group in groups), reverse=True
        )
        for group in groups[:25]:
            assert all(group.labels)
            assert group.count == count_nodes(connection, group.filter, TODAY)


def test_the_trend_ends_today_and_each_point_opens_its_list(connection: Connection) -> None:
    points = overdue_trend(connection, 26, TODAY)
    assert [point.day for point in points] == week_ends(26, TODAY)
    assert points[-1].day == TODAY
    assert points[-1].count == count_nodes(connection, OVERDUE, TODAY)
    for point in points[::5]:
        assert point.count == len(_ids(connection, point.filter))
    court = choices(connection).courts[0].id
    own = overdue_trend(connection, 4, TODAY, NodeFilter(courts=(court,)))
    assert own[-1].count == count_nodes(
        connection, NodeFilter(courts=(court,), states=OVERDUE.states), TODAY
    )


def test_due_days_open_their_lists(connection: Connection) -> None:
    days = due_next_days(connection, TODAY, 14)
    assert [point.day for point in days] == [TODAY + timedelta(days=n) for n in range(14)]
    assert total(days) > 0
    for point in days:
        assert point.count == count_nodes(connection, point.filter, TODAY)


@pytest.mark.parametrize("by", ["team", "handler"])
def test_a_workload_bar_is_the_sum_of_its_segments(connection: Connection, by: str) -> None:
    rows = workload(connection, TODAY, by="team" if by == "team" else "handler")
    open_cases = count_cases(connection, CaseFilter(open=True), TODAY)
    assert sum(row.open for row in rows) == open_cases
    for row in rows[:8]:
        segments = {
            "超期": row.overdue,
            "临期": row.due_soon,
            "未知": row.unknown,
            "暂停": row.paused,
            "正常": row.normal,
        }
        assert row.open == sum(segments.values()) == count_cases(connection, row.cases, TODAY)
        for state, count in segments.items():
            assert count == len(_cases(connection, row.segment(state)))
            assert count == count_cases(connection, row.segment(state), TODAY)
        first = TODAY - timedelta(days=7 * 8 - 1)
        key = (row.key,)
        own = CaseFilter(teams=key) if by == "team" else CaseFilter(handlers=key)
        closed = CaseFilter(own.courts, own.teams, own.handlers, closed_from=first, closed_to=TODAY)
        assert sum(row.closed) == count_cases(connection, closed, TODAY)


def test_case_rows_show_the_worst_open_node(connection: Connection) -> None:
    ids = _cases(connection, CaseFilter(state="超期"))
    rows = case_rows(connection, ids, TODAY)
    assert len(rows) == len(ids) > 5
    for row in rows.values():
        assert row["state"] == "超期"
        assert int(str(row["overdue_nodes"])) >= 1
        assert int(str(row["days"])) >= 1
    closed = _cases(connection, CaseFilter(open=False), "closed_on")[:3]
    assert {row["state_key"] for row in case_rows(connection, closed, TODAY).values()} == {"done"}
    assert len(_cases(connection, CaseFilter())) == CASES


def test_a_case_filter_survives_its_journey_as_text() -> None:
    filter_ = CaseFilter(
        teams=("a", "b"), state="超期", open=True, closed_from=date(2026, 1, 1), in_time=False
    )
    assert CaseFilter.from_params(filter_.to_params()) == filter_
    assert CaseFilter.from_params({"other": "x"}) == CaseFilter()


def test_the_five_figures_open_their_lists(connection: Connection, law: Law) -> None:
    found = {figure.key: figure for figure in figures(connection, TODAY, law)}
    assert list(found) == ["overdue", "due_week", "passive", "control_expiry", "in_time_rate"]
    for figure in found.values():
        if isinstance(figure.filter, NodeFilter):
            assert figure.value == len(_ids(connection, figure.filter))
    rate = found["in_time_rate"]
    assert isinstance(rate.filter, CaseFilter)
    assert rate.numerator == len(_cases(connection, rate.filter))
    assert rate.numerator is not None
    assert rate.denominator is not None
    assert rate.value == pytest.approx(100 * rate.numerator / rate.denominator)
    assert found["passive"].value == len(passive_cases(connection, law, TODAY))
    before = overdue_trend(connection, 2, TODAY)[0].count
    assert found["overdue"].change == found["overdue"].value - before


def test_passive_cases_are_those_the_rules_hit(connection: Connection, law: Law) -> None:
    rules = load_passive_rules()
    listed = {case.activity.case.id: case.hits for case in passive_cases(connection, law, TODAY)}
    hit = {
        activity.case.id
        for activity in activities(connection, law, TODAY)
        if passive_hits(activity, rules, TODAY)
    }
    open_ids = {activity.case.id for activity in activities(connection, law, TODAY)}
    assert hit == set(listed) & open_ids
    assert all(hits for hits in listed.values())
    rules_hit = {found.rule for hits in listed.values() for found in hits}
    assert {"P01", "P02", "P03", "P08"} <= rules_hit
    assert zombie_cases(connection, law, TODAY)


def test_the_list_of_passive_cases_is_remembered_until_a_commit(
    own_city: Session, law: Law
) -> None:
    with own_city.read() as connection:
        first = passive_cases(connection, law, TODAY)
        assert passive_cases(connection, law, TODAY) is first
        assert passive_cases(connection, law, TODAY - timedelta(days=1)) is not first
    with own_city.read() as connection:
        first = passive_cases(connection, law, TODAY)
    with own_city.write("改") as write:
        write.connection.exec_driver_sql(
            'update "case" set remarks = \'改\' where id in (select id from "case" limit 1)'
        )
    with own_city.read() as connection:
        assert passive_cases(connection, law, TODAY) is not first


@pytest.mark.parametrize(
    ("note", "fen"),
    [
        ("到账 12,345.60 元", 1_234_560),
        ("到账12元", 1_200),
        ("0.5 元", 50),
        ("无金额", 0),
        (None, 0),
    ],
)
def test_a_note_names_a_sum(note: str | None, fen: int) -> None:
    assert fen_in(note) == fen

"""The expiry list: what is live, in which order, and how the windows cut."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, insert

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.panels.control import queries
from desktop.panels.control.rules import (
    ALL_CASES,
    FIRST,
    RENEWED,
    SUSPENDED_MODE,
    WAITING,
    WINDOWS,
    ControlFilter,
    rank_words,
    rung,
    term_state,
    window_days,
    window_of,
    with_window,
)
from storage.schema import table
from tests.panels.plot_city import TODAY, id_of, measures, small_city


@pytest.fixture
def connection() -> Iterator[Connection]:
    city = small_city(cases=20)
    with city.engine.begin() as connection:
        connection.execute(table("case").update().values(closed_on=None, close_mode=None))
        connection.execute(insert(table("control_measure")), measures())
        yield connection


def listed(connection: Connection, filter_: ControlFilter, sort: str | None = None) -> list[str]:
    args = SnapshotArgs(Dated(filter_, TODAY), sort, False)
    ids = queries.snapshot(connection, args)
    assert len(ids) == queries.count(connection, filter_)
    rows = queries.rows(connection, ids, TODAY)
    return [str(rows[n]["document_no"]) for n in ids]


def test_lapsed_and_unrenewed_comes_first_and_dead_measures_never(connection: Connection) -> None:
    everything = listed(connection, ControlFilter())
    assert everything == [f"协执{n}号" for n in (1, 2, 3, 4, 9, 5, 8)]


@pytest.mark.parametrize(
    ("window", "numbers"),
    [
        ("lapsed", (1, 2)),
        ("due30", (1, 2, 3, 4, 9)),
        ("7", (3, 4)),
        ("15", (3, 4)),
        ("30", (3, 4, 9)),
        ("60", (3, 4, 9, 5)),
        ("all", (1, 2, 3, 4, 9, 5, 8)),
    ],
)
def test_windows(connection: Connection, window: str, numbers: tuple[int, ...]) -> None:
    filter_ = with_window(ControlFilter(), window, TODAY)
    assert listed(connection, filter_) == [f"协执{n}号" for n in numbers]
    assert window_of(filter_, TODAY) == window
    assert ControlFilter.from_params(filter_.to_params()) == filter_


def test_kinds_ranks_renewals_and_places(connection: Connection) -> None:
    assert listed(connection, ControlFilter(kinds=("immovable",))) == ["协执4号"]
    assert listed(connection, ControlFilter(marks=(WAITING,))) == ["协执2号", "协执9号"]
    assert listed(connection, ControlFilter(marks=(RENEWED,))) == ["协执9号", "协执8号"]
    assert len(listed(connection, ControlFilter(marks=(FIRST, WAITING)))) == 7
    courts = connection.execute(table("court").select()).mappings().all()
    by_court = [len(listed(connection, ControlFilter(courts=(row["id"],)))) for row in courts]
    assert sum(by_court) == 7
    teams = connection.execute(table("team").select()).mappings().all()
    by_team = [len(listed(connection, ControlFilter(teams=(row["id"],)))) for row in teams]
    assert sum(by_team) == 7


@pytest.mark.parametrize("sort", [*queries._SORTS])
def test_every_sort_lists_the_same(connection: Connection, sort: str) -> None:
    assert sorted(listed(connection, ControlFilter(), sort)) == sorted(
        listed(connection, ControlFilter())
    )


def test_rows_show_rank_renewals_and_term(connection: Connection) -> None:
    args = SnapshotArgs(Dated(ControlFilter(), TODAY), None, False)
    rows = queries.rows(connection, queries.snapshot(connection, args), TODAY)
    found = {row["document_no"]: row for row in rows.values()}
    assert found["协执2号"]["rank"] == "轮候第 2 位"
    assert found["协执2号"]["state"] == ("overdue", "已失效 1 日")
    assert found["协执3号"]["state"] == ("due_soon", "今日到期")
    assert found["协执8号"]["renewals"] == "续 1"
    assert found["协执9号"]["renewals"] == "续 2"
    assert found["协执1号"]["renewals"] == ""
    assert found["协执1号"]["days_left"] == -40


def test_closed_cases_only_where_seizures_are_still_renewed(connection: Connection) -> None:
    case = table("case")
    connection.execute(
        case.update()
        .where(case.c.id.in_((id_of("e", 2), id_of("e", 3))))
        .values(closed_on=TODAY.isoformat(), close_mode="执行完毕")
    )
    connection.execute(
        case.update().where(case.c.id == id_of("e", 3)).values(close_mode=SUSPENDED_MODE)
    )
    assert len(listed(connection, ControlFilter(scope=ALL_CASES))) == 7
    left = listed(connection, ControlFilter())
    assert left == [f"协执{n}号" for n in (2, 3, 4, 9, 5, 8)]


def test_navigator_counts_the_list_it_opens(connection: Connection) -> None:
    first = with_window(ControlFilter(), "due30", TODAY)
    assert queries.navigator_count(connection, TODAY) == (
        len(listed(connection, first)),
        "overdue",
    )


def test_expiry_is_a_plain_day_and_is_never_rolled() -> None:
    saturday = date(2026, 11, 28)
    assert window_days("7", date(2026, 11, 21))[1] == saturday
    assert term_state(0) == ("今日到期", "due_soon")
    assert term_state(-1) == ("已失效 1 日", "overdue")


@pytest.mark.parametrize(
    ("days_left", "reached"),
    [(-1, None), (0, 1), (1, 1), (2, 3), (3, 3), (7, 7), (8, 15), (16, 30), (31, 60), (61, None)],
)
def test_ladder(days_left: int, reached: int | None) -> None:
    assert rung(days_left) == reached


def test_words() -> None:
    assert rank_words(0) == "首封"
    assert len({key for key, _ in WINDOWS}) == len(WINDOWS)
    own = replace(ControlFilter(), expires_from=TODAY + timedelta(days=2))
    assert window_of(own, TODAY) is None

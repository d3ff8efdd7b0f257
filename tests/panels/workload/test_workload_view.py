"""The workload panel with real clicks: each bar opens the list of its number."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from desktop.panels.workload.case_list import CaseListView
from desktop.panels.workload.view import WorkloadView
from desktop.projection.cases import CaseFilter, count_cases
from storage.records.changes import ALL, ChangeSet
from storage.schema import table
from tests.panels.clicks import click, painted, shown
from tests.panels.fake_context import FakeContext
from tests.panels.plot_city import TODAY, City, small_city


@pytest.fixture
def city() -> City:
    return small_city()


@pytest.fixture
def context(city: City, tmp_path: Path) -> FakeContext:
    return FakeContext(city.engine, SimpleNamespace(), today=TODAY, folder=tmp_path, deferred=True)


def length(city: City, params: dict[str, str]) -> int:
    with city.engine.connect() as connection:
        return count_cases(connection, CaseFilter.from_params(params), TODAY)


def test_each_segment_opens_its_list(qtbot: QtBot, city: City, context: FakeContext) -> None:
    view = WorkloadView(context)
    shown(qtbot, view, 640, 520)
    painted(qtbot, view.bars, "超期")
    assert len(view.data.bars) == 4
    clicked = 0
    for index, bar in enumerate(view.data.bars):
        low = 0
        for count in bar.counts:
            if count >= 3:
                click(qtbot, view.bars, index, low + count / 2)
                panel, params = context.opened[-1]
                assert panel == "workload_cases"
                assert length(city, params) == count
                clicked += 1
            low += count
        click(qtbot, view.bars, index, low + 0.6)
        assert length(city, context.opened[-1][1]) == bar.open
    assert clicked >= 6


def test_weeks_open_their_lists(qtbot: QtBot, city: City, context: FakeContext) -> None:
    view = WorkloadView(context)
    shown(qtbot, view)
    painted(qtbot, view.bars)
    view.switch.setCurrentIndex(view.switch.findData("closed"))
    painted(qtbot, view.weeks, "结案")
    assert any(week.closed for week in view.data.weeks)
    for index, week in enumerate(view.data.weeks):
        if week.closed:
            click(qtbot, view.weeks, index, week.closed / 2)
            assert length(city, context.opened[-1][1]) == week.closed


def test_handlers_and_other_courts(qtbot: QtBot, city: City, context: FakeContext) -> None:
    view = WorkloadView(context)
    shown(qtbot, view)
    painted(qtbot, view.bars)
    view.switch.setCurrentIndex(view.switch.findData("handler"))
    qtbot.waitUntil(lambda: len(view.data.bars) > 4)
    view.court_box.set_selected((city.courts[1],))
    names = {id_ for team in city.teams[city.courts[1]] for id_ in city.people[team]}
    qtbot.waitUntil(lambda: {key for bar in view.data.bars for key in bar.whole.handlers} <= names)


def close_one(connection: object, case_id: str) -> None:
    case = table("case")
    connection.execute(  # type: ignore[attr-defined]
        case.update().where(case.c.id == case_id).values(closed_on=TODAY.isoformat())
    )


def test_it_moves_within_a_second(qtbot: QtBot, city: City, context: FakeContext) -> None:
    view = WorkloadView(context)
    shown(qtbot, view)
    painted(qtbot, view.bars)
    before = sum(bar.open for bar in view.data.bars)
    open_here = next(
        case
        for case in city.cases
        if case["closed_on"] is None and case["court_id"] == city.courts[0]
    )
    context.write(view, "结案", close_one, open_here["id"], lambda _done: None)
    qtbot.waitUntil(lambda: sum(bar.open for bar in view.data.bars) == before - 1, timeout=1_000)


def test_hidden_it_waits_and_catches_up(qtbot: QtBot, city: City, context: FakeContext) -> None:
    view = WorkloadView(context)
    shown(qtbot, view)
    painted(qtbot, view.bars)
    view.hide()
    painted_before, data_before = view.bars.paint_count, view.data
    context.changed.emit(ChangeSet({"case": ALL}))
    assert view.live.stale
    with qtbot.waitSignal(context.changed):
        context.changed.emit(ChangeSet({"node_clock": ALL}))
    assert view.bars.paint_count == painted_before
    assert view.data is data_before
    view.show()
    qtbot.waitUntil(lambda: view.data is not data_before)
    assert not view.live.stale


def test_files_of_the_picture_and_the_numbers(
    qtbot: QtBot, context: FakeContext, tmp_path: Path
) -> None:
    view = WorkloadView(context)
    shown(qtbot, view)
    painted(qtbot, view.bars)
    view.menu.png_action.trigger()
    view.menu.csv_action.trigger()
    assert (tmp_path / f"团队负荷 {TODAY}.png").stat().st_size > 2_000
    lines = (tmp_path / f"团队负荷 {TODAY}.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == ",正常,临期,超期,暂停,未知"
    assert len(lines) == 1 + len(view.data.bars)
    assert [level for level, _ in context.notices] == ["done", "done"]


def test_a_file_that_cannot_be_written_is_said(qtbot: QtBot, tmp_path: Path, city: City) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    context = FakeContext(city.engine, SimpleNamespace(), today=TODAY, folder=blocked)
    view = WorkloadView(context)
    shown(qtbot, view)
    view.menu.csv_action.trigger()
    assert [level for level, _ in context.notices] == ["error"]


def test_no_cases_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    empty = FakeContext(small_city(0).engine, SimpleNamespace(), today=TODAY, folder=tmp_path)
    view = WorkloadView(empty)
    shown(qtbot, view)
    qtbot.waitUntil(lambda: view.bars.reading == "没有在办案件。")
    qtbot.waitUntil(lambda: view.bars.paint_count > 0 and not view.bars.view.isVisible())


def test_the_case_list_shows_exactly_the_bar(
    qtbot: QtBot, city: City, context: FakeContext
) -> None:
    view = WorkloadView(context)
    shown(qtbot, view)
    painted(qtbot, view.bars)
    bar = view.data.bars[0]
    listed = CaseListView(context)
    shown(qtbot, listed, 1200, 500)
    with qtbot.waitSignal(listed.model.snapshot_applied):
        listed.apply(bar.lists[2].to_params())
    assert listed.model.rowCount() == bar.counts[2]
    qtbot.waitUntil(lambda: listed.model.row_values(0) is not None)
    listed.table.select_id(listed.model.ids[0])
    row = listed.current_row()
    assert row is not None
    assert context.selection() is not None
    assert context.selection().case_id == row["case_id"]
    listed.supervise()
    panel, params = context.opened[-1]
    assert panel == "supervision"
    assert params["case_id"] == row["case_id"]


def test_on_a_wall_there_is_nothing_to_choose(qtbot: QtBot, context: FakeContext) -> None:
    view = WorkloadView(context)
    shown(qtbot, view)
    painted(qtbot, view.bars)
    view.set_large(True)
    assert not view.switch.isVisible()
    assert not view.court_box.isVisible()
    assert not view.menu.isVisible()
    assert view.note.isVisible()
    view.set_large(False)
    assert view.switch.isVisible()

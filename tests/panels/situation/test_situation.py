"""Case situation: stocks that add up, lists as long as their numbers, real clicks."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import update

from desktop.contract.law import load_law
from desktop.panels.situation import queries
from desktop.panels.situation.queries import MEASURES, By, Situation, SituationArgs
from desktop.panels.situation.rules import (
    Counts,
    Period,
    last_twelve_months,
    modes_reading,
    months_back,
    months_between,
    rate_text,
    reading,
    this_year,
)
from desktop.panels.situation.view import SituationView
from desktop.projection.cases import CaseFilter, count_cases
from desktop.projection.figures import figures
from storage.schema import table
from tests.panels.clicks import click, painted, shown
from tests.panels.fake_context import FakeContext
from tests.panels.plot_city import TODAY, City, small_city

LAW = load_law()
YEAR = this_year(TODAY)
PERIODS = (
    YEAR,
    last_twelve_months(TODAY),
    Period(date(2026, 3, 1), date(2026, 5, 31)),
    Period(TODAY, TODAY),
)
GROUPINGS: tuple[By, ...] = ("type_word", "court", "team", "handler")


@pytest.fixture
def city() -> City:
    """A third closed without property, some without a team or a handler, some of another word."""
    city = small_city()
    case = table("case")
    with city.engine.begin() as connection:
        for number, one in enumerate(city.cases):
            values: dict[str, object] = {}
            if one["closed_on"] and number % 3 == 0:
                values["close_mode"] = "终结本次执行程序" if number % 2 else None
            if number % 11 == 0:
                values |= {"team_id": None, "handler_id": None}
            if number % 5 == 0:
                values["type_word"] = "执恢"
            if values:
                connection.execute(update(case).where(case.c.id == one["id"]).values(**values))
    return city


def found(
    city: City, period: Period = YEAR, by: By = "court", court: str | None = None
) -> Situation:
    with city.engine.connect() as connection:
        return queries.situation(connection, SituationArgs(TODAY, period, by, court))


def count(city: City, filter_: CaseFilter) -> int:
    """The list's length as the list panel counts it, after a journey as text."""
    with city.engine.connect() as connection:
        return count_cases(connection, CaseFilter.from_params(filter_.to_params()), TODAY)


@pytest.mark.parametrize("period", PERIODS, ids=Period.words)
@pytest.mark.parametrize("by", GROUPINGS)
def test_old_and_received_are_closed_and_open(city: City, period: Period, by: By) -> None:
    whole = found(city, period, by)
    assert whole.groups
    for group in whole.groups:
        assert group.counts.old + group.counts.received == group.counts.closed + group.counts.open
    assert whole.total == sum((group.counts for group in whole.groups), Counts())
    assert sum(mode.count for mode in whole.modes) == whole.total.closed
    # Every grouping cuts the same cases.
    assert whole.total == found(city, period, "court").total


@pytest.mark.parametrize("by", GROUPINGS)
def test_every_number_is_the_length_of_its_list(city: City, by: By) -> None:
    whole = found(city, PERIODS[2], by)
    for group in (None, *whole.groups):
        counts = whole.total if group is None else group.counts
        for measure in MEASURES:
            assert count(city, whole.list_of(group, measure)) == getattr(counts, measure)
    for mode in whole.modes:
        assert count(city, mode.cases) == mode.count
    rest = queries.rest_of(whole.groups[1:], "其余")
    assert count(city, whole.list_of(rest, "open")) == rest.counts.open


def test_one_court_alone(city: City) -> None:
    whole = found(city, by="team", court=city.courts[1])
    own = next(g for g in found(city).groups if g.keys == (city.courts[1],))
    assert whole.total == own.counts
    assert any(group.label == "未定团队" for group in whole.groups)


def test_a_recount_by_hand(city: City) -> None:
    first, last = YEAR.first.isoformat(), YEAR.last.isoformat()
    received = [case for case in city.cases if first <= case["filed_on"] <= last]
    closed = [
        case for case in city.cases if case["closed_on"] and first <= case["closed_on"] <= last
    ]
    left = [case for case in city.cases if not case["closed_on"]]
    total = found(city).total
    assert (total.received, total.closed, total.open) == (len(received), len(closed), len(left))


def test_the_rate_is_that_of_the_headline(city: City) -> None:
    """The same numerator and denominator as the figure of the year."""
    with city.engine.connect() as connection:
        (figure,) = (one for one in figures(connection, TODAY, LAW) if one.key == "in_time_rate")
    total = found(city).total
    assert (total.in_time, total.judged) == (figure.numerator, figure.denominator)
    assert "口径第 1 版" in found(city).definition
    assert "÷" in found(city).definition


def test_rates_round_half_up() -> None:
    assert Counts(in_time=1, late=799).rate == Decimal("0.13")
    assert rate_text(Counts().rate) == "—"
    assert rate_text(Counts(in_time=2).rate) == "100.00%"


def test_periods() -> None:
    assert last_twelve_months(date(2026, 3, 9)) == Period(date(2025, 4, 1), date(2026, 3, 9))
    assert months_between(date(2026, 5, 1), date(2026, 2, 1)) == Period(
        date(2026, 2, 1), date(2026, 5, 31)
    )
    assert months_back(date(2025, 12, 9), date(2026, 2, 3)) == [
        date(2026, 2, 1),
        date(2026, 1, 1),
        date(2025, 12, 1),
    ]


def test_readings() -> None:
    east, west = Counts(2, 3, 1, 4), Counts(1, 1, 2, 0)
    total = east + west
    assert reading(total, [("东城", east), ("西城", west)]) == (
        "新收 4 件，结案 3 件，未结较期初增 1 件。"
    )
    assert reading(Counts(), []) == "所选期间没有案件。"
    both = [("东城", east), ("西城", Counts(1, 1, 1, 1))]
    assert "东城未结最多，4 件，占 80.0%" in reading(Counts(3, 4, 2, 5), both)
    assert modes_reading([("执行完毕", 3), ("销案", 1)]).endswith("执行完毕 3 件，占 75.0%。")


# The panel


@pytest.fixture
def context(city: City, tmp_path: Path) -> FakeContext:
    return FakeContext(city.engine, SimpleNamespace(), today=TODAY, folder=tmp_path, deferred=True)


@pytest.fixture
def view(qtbot: QtBot, context: FakeContext) -> SituationView:
    view = SituationView(context)
    shown(qtbot, view, 1290, 800)
    painted(qtbot, view.bars)
    return view


def opened(city: City, context: FakeContext) -> int:
    panel, params = context.opened[-1]
    assert panel == "workload_cases"
    return count(city, CaseFilter.from_params(params))


def test_a_bar_opens_its_cases(
    qtbot: QtBot, city: City, context: FakeContext, view: SituationView
) -> None:
    group = view._bars[0]
    at = 0
    for measure, row in (("old", 0), ("received", 0), ("closed", 1), ("open", 1)):
        value = getattr(group.counts, measure)
        at = 0 if measure in ("old", "closed") else at
        click(qtbot, view.bars, at + value / 2, row)
        assert opened(city, context) == value
        at += value
    painted(qtbot, view.modes)
    assert view.shown is not None
    mode = view.shown.modes[1]
    click(qtbot, view.modes, mode.count / 2, 1)
    assert opened(city, context) == mode.count


def test_a_number_of_the_table_opens_its_cases(
    qtbot: QtBot, city: City, context: FakeContext, view: SituationView
) -> None:
    qtbot.waitUntil(lambda: view.model.row_values(1) is not None)
    assert view.shown is not None
    expected = {0: view.shown.total, 1: view.shown.groups[0].counts}
    for row, counts in expected.items():
        for column, measure in enumerate(MEASURES, 1):
            rect = view.table.visualRect(view.model.index(row, column))
            qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
            assert opened(city, context) == getattr(counts, measure)
    seen = len(context.opened)
    name = view.table.visualRect(view.model.index(1, 0)).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=name)
    assert len(context.opened) == seen
    # The total stays on top however the table is sorted.
    view.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: view.model.row_values(0) is not None)
    assert view.model.id_at(0) == 0


def test_figures_and_choices(
    qtbot: QtBot, city: City, context: FakeContext, view: SituationView
) -> None:
    qtbot.mouseClick(view.figures["rate"], Qt.MouseButton.LeftButton)
    assert view.shown is not None
    assert opened(city, context) == view.shown.total.in_time
    view.by_box.setCurrentIndex(view.by_box.findData("handler"))
    qtbot.waitUntil(lambda: view.shown is not None and view.shown.args.by == "handler")
    assert view._bars[-1].label
    view.period_box.setCurrentIndex(view.period_box.findData("months"))
    assert view.first_box.isVisible()
    view.first_box.setCurrentIndex(view.first_box.findData("2026-03-01"))
    view.last_box.setCurrentIndex(view.last_box.findData("2026-05-01"))
    qtbot.waitUntil(lambda: view.shown is not None and view.shown.args.period == PERIODS[2])
    view.apply({"by": "team", "court": city.courts[1]})
    qtbot.waitUntil(lambda: view.shown is not None and view.shown.args.court == city.courts[1])
    view.period_box.setCurrentIndex(view.period_box.findData("twelve"))
    qtbot.waitUntil(lambda: view.shown is not None and view.shown.args.period == PERIODS[1])


def test_files(qtbot: QtBot, context: FakeContext, view: SituationView, tmp_path: Path) -> None:
    qtbot.mouseClick(view.csv_button, Qt.MouseButton.LeftButton)
    lines = (
        (tmp_path / f"案件情况 {YEAR.first}—{YEAR.last}.csv").read_text("utf-8-sig").splitlines()
    )
    assert len(lines) == 2 + len(view.shown.groups)  # type: ignore[union-attr]
    assert lines[1].endswith("%")
    view.bars_menu.png_action.trigger()
    view.bars_menu.csv_action.trigger()
    assert (tmp_path / f"案件情况 {TODAY}.png").stat().st_size > 2_000
    assert {level for level, _ in context.notices} == {"done"}


def test_it_moves_with_a_closing(
    qtbot: QtBot, city: City, context: FakeContext, view: SituationView
) -> None:
    case = table("case")
    one = next(case for case in city.cases if case["closed_on"] is None)
    before = view.shown
    assert before is not None

    def close(connection: object, case_id: str) -> None:
        connection.execute(  # type: ignore[attr-defined]
            update(case).where(case.c.id == case_id).values(closed_on=TODAY.isoformat())
        )

    context.write(view, "结案", close, one["id"], lambda _done: None)
    qtbot.waitUntil(
        lambda: view.shown is not None and view.shown.total.open == before.total.open - 1
    )
    assert view.shown is not None
    assert view.shown.total.closed == before.total.closed + 1


def test_nothing_to_show_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    empty = small_city(0)
    context = FakeContext(empty.engine, SimpleNamespace(), today=TODAY, folder=tmp_path)
    view = SituationView(context)
    shown(qtbot, view, 1290, 800)
    qtbot.waitUntil(lambda: view.bars.reading == "所选期间没有案件。")
    assert view.model.rowCount() == 0

"""The lists: what the boxes ask for, what parameters open, what is exported and counted."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import select, update

from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.panels.petitions import queries
from desktop.panels.petitions.register_view import PetitionRegisterView
from desktop.panels.petitions.rules import clock_words, filter_words, workdays_left
from desktop.panels.petitions.view import PetitionsView
from desktop.petitions.filters import PetitionFilter
from desktop.petitions.queries import petitions_of
from desktop.petitions.standing import PRESSING, yardstick
from storage.records.states import NodeState
from storage.schema import table
from tests.panels.real_city import TODAY, RealCity, real_city
from tests.petitions.crowd import put_crowd

LATE = NodeState.OVERDUE.value


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    made = real_city(tmp_path)
    put_crowd(made, 160, TODAY)
    return made


def open_view(qtbot: QtBot, city: RealCity) -> PetitionsView:
    view = PetitionsView(city.context)
    qtbot.addWidget(view)
    model = view.list.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    view.resize(1200, 640)
    view.show()
    qtbot.waitExposed(view)
    return view


def size(city: RealCity, wanted: PetitionFilter) -> int:
    with city.context.engine.connect() as connection:
        yard = yardstick(connection, city.law)
        return len(petitions_of(connection, wanted, yard, TODAY))


def test_each_box_lists_exactly_its_petitions(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    qtbot.waitUntil(lambda: view.list.model.rowCount() == size(city, PetitionFilter()))
    choices: dict[str, tuple[str, dict[str, Any]]] = {
        "states": (LATE, {"states": (LATE,)}),
        "open": ("0", {"open": False}),
        "courts": (city.court, {"courts": (city.court,)}),
        "sources": ("spc", {"sources": ("spc",)}),
        "classes": ("review", {"classes": ("review",)}),
        "levels": ("leader", {"levels": ("leader",)}),
        "results": ("resolved", {"results": ("resolved",)}),
        "hung": ("1", {"hung": True}),
    }
    for key, (value, parts) in choices.items():
        view.list.show_filter(PetitionFilter(open=None))
        view.list.box(key).set_selected([value])
        wanted = PetitionFilter(**{"open": None, **parts})
        assert view.list.filter == wanted, key
        expected = size(city, wanted)
        assert 0 < expected < 160
        qtbot.waitUntil(lambda expected=expected: view.list.model.rowCount() == expected)
        assert view.list.count_label.text().startswith(str(expected))


def test_a_filter_from_elsewhere_shows_its_list_and_says_so(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    wanted = PetitionFilter(
        open=None,
        courts=(city.court,),
        closed_from=TODAY - timedelta(days=60),
        closed_to=TODAY,
        results=("resolved",),
    )
    assert PetitionFilter.from_params(wanted.to_params()) == wanted
    view.apply(wanted.to_params())
    qtbot.waitUntil(lambda: view.list.model.rowCount() == size(city, wanted))
    assert view.list.what.isVisible()
    assert "办结" in view.list.what.text()
    QTest.mouseClick(view.list.what, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.list.model.rowCount() == size(city, PetitionFilter()))
    assert not view.list.what.isVisible()


@pytest.mark.parametrize(
    "parts",
    [
        {"overdue_on": TODAY},
        {"reply": "missed"},
        {"resent": True, "repeat": True, "posted": True, "duplicates": True},
        {"received_from": TODAY, "received_to": TODAY, "open": False},
        {"case_id": "a", "text": "张", "states": (LATE, "临期"), "hung": True},
    ],
)
def test_every_part_of_a_filter_travels(parts: dict[str, Any]) -> None:
    wanted = PetitionFilter(**parts)
    assert PetitionFilter.from_params(wanted.to_params()) == wanted
    told = filter_words(wanted)
    assert bool(told) == (set(parts) != {"case_id", "text"})


def test_the_search_takes_pinyin(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    QTest.keyClicks(view.list.search, "yss")
    qtbot.waitUntil(lambda: view.list.filter.text == "yss")
    expected = size(city, PetitionFilter(text="yss"))
    assert expected
    qtbot.waitUntil(lambda: view.list.model.rowCount() == expected)
    row = view.list.model.row_values(0)
    assert row is not None
    assert row["petitioner"] == "云杉商贸有限公司"


@pytest.mark.parametrize(
    "key",
    [
        *("code", "court", "petitioner", "case_number", "source", "class", "level", "state"),
        *("due_on", "left", "visits", "result"),
    ],
)
def test_every_column_sorts_both_ways(city: RealCity, key: str) -> None:
    asked = Dated(PetitionFilter(open=None), TODAY)
    with city.context.engine.connect() as connection:
        up = queries.snapshot(connection, SnapshotArgs(asked, key, False), city.law)
        down = queries.snapshot(connection, SnapshotArgs(asked, key, True), city.law)
        assert sorted(up) == sorted(down)
        assert len(up) == 160
        rows = queries.rows(connection, list(up), TODAY, city.law)
        found = petitions_of(connection, asked.filter, yardstick(connection, city.law), TODAY)
    if key == "state":
        places = {one.row: PRESSING.index(one.state) for one in found}
        assert [places[n] for n in up] == sorted(places.values())
    if key in ("petitioner", "court", "visits", "code"):
        values: list[Any] = [rows[n][key] for n in up if rows[n][key]]
        assert values == sorted(values)
    if key == "due_on":
        days = [str(rows[n][key]) for n in up if rows[n][key]]
        assert days == sorted(days)


def test_what_presses_most_stands_first(city: RealCity, qtbot: QtBot) -> None:
    view = open_view(qtbot, city)
    qtbot.waitUntil(lambda: view.list.model.row_values(0) is not None)
    row = view.list.model.row_values(0)
    assert row is not None
    assert row["state"][0] == "overdue"
    assert row["left"] < 0
    with city.context.engine.connect() as connection:
        count, style = queries.navigator_count(connection, TODAY)
    assert (count, style) == (size(city, queries.OVERDUE), "overdue")
    view.list.box("states").set_selected([LATE])
    qtbot.waitUntil(lambda: view.list.model.rowCount() == count)


def test_a_row_opens_its_petition(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    qtbot.waitUntil(lambda: view.list.model.row_values(0) is not None)
    view.list.table.setCurrentIndex(view.list.model.index(0, 0))
    QTest.keyClick(view.list.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.shown_page == "petition")
    row = view.list.model.row_values(0)
    assert row is not None
    assert view.page.shown is not None
    assert view.page.shown.id == row["id"]
    QTest.mouseClick(view.page.back_button, Qt.MouseButton.LeftButton)
    assert view.shown_page == "list"


def test_the_whole_list_is_exported_in_its_order(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.list.show_filter(PetitionFilter(open=None))
    qtbot.waitUntil(lambda: view.list.model.rowCount() == 160)
    qtbot.waitUntil(lambda: view.list.model.row_values(0) is not None)
    view.list.export()
    (path,) = city.context.documents_folder().glob("*.xlsx")
    sheet = load_workbook(path).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 161
    first = view.list.model.row_values(0)
    assert first is not None
    assert rows[1][0] == first["code"]
    assert isinstance(rows[1][rows[0].index("Due")], date)
    assert city.context.copies[-1][:2] == ("export", "信访件清单（160 行）")


def test_the_register_keeps_what_nobody_took_down(qtbot: QtBot, city: RealCity) -> None:
    view = PetitionRegisterView(city.context)
    qtbot.addWidget(view)
    view.resize(1200, 500)
    view.show()
    qtbot.waitExposed(view)
    petition = table("petition")
    posted = PetitionFilter(open=None, hung=True)
    qtbot.waitUntil(lambda: view.model.rowCount() == size(city, posted))
    before = view.model.rowCount()
    assert before > 3
    with city.context.engine.connect() as connection:
        late = connection.execute(
            select(petition.c.id).where(
                petition.c.hung_on.is_not(None), petition.c.unhung_on.is_(None)
            )
        ).scalars()
        key = next(iter(late))

    def take_down(connection: Any, petition_id: str) -> None:
        connection.execute(
            update(petition)
            .where(petition.c.id == petition_id)
            .values(unhung_on=TODAY.isoformat(), unhung_by=city.operator)
        )

    city.context.write(view, "摘牌", take_down, key, lambda _done: None)
    qtbot.waitUntil(lambda: view.model.rowCount() == before - 1)
    view.boxes["posted"].set_selected([])
    ever = PetitionFilter(open=None, posted=True)
    qtbot.waitUntil(lambda: view.model.rowCount() == size(city, ever))
    view.boxes["reply"].set_selected(["missed"])
    missed = PetitionFilter(open=None, posted=True, reply="missed")
    qtbot.waitUntil(lambda: view.model.rowCount() == size(city, missed) > 0)
    row = view.model.row_values(0)
    assert row is not None
    assert row["reply"][0] == "overdue"
    view.table.setCurrentIndex(view.model.index(0, 0))
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    assert city.context.opened[-1] == ("petitions", {"petition_id": row["id"]})


@pytest.mark.parametrize(
    ("due", "left"),
    [
        (date(2026, 11, 23), 0),  # a Monday
        (date(2026, 11, 24), 1),
        (date(2026, 11, 30), 5),
        (date(2026, 11, 29), 4),
        (date(2026, 11, 20), -1),
        (date(2026, 11, 16), -5),
    ],
)
def test_working_days_are_counted_by_the_calendar(city: RealCity, due: date, left: int) -> None:
    assert workdays_left(city.law.court_calendar, date(2026, 11, 23), due) == left


@pytest.mark.parametrize(
    ("state", "due", "left", "words"),
    [
        (NodeState.OVERDUE, TODAY - timedelta(days=3), -1, "超期 3 日"),
        (NodeState.DUE_SOON, TODAY, 0, "今日到期"),
        (NodeState.NORMAL, TODAY + timedelta(days=9), 7, "剩 7 工作日"),
        (NodeState.NORMAL, TODAY + timedelta(days=9), None, "剩 9 日"),
        (NodeState.UNKNOWN, TODAY + timedelta(days=9), 7, "未知"),
        (NodeState.UNKNOWN, None, None, "未知"),
    ],
)
def test_the_words_of_a_clock(
    state: NodeState, due: date | None, left: int | None, words: str
) -> None:
    assert clock_words(state, due, TODAY, left) == words

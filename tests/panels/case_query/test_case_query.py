"""Finding a case and reading its page, by real clicks."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.contract.sync import SyncState
from desktop.panels.case_query.rules import masked, number_part
from desktop.panels.case_query.view import CaseQueryView
from desktop.projection.cases import CaseFilter, count_cases
from tests.panels.real_city import NODE, TODAY, RealCity, real_city


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def open_view(qtbot: QtBot, city: RealCity) -> CaseQueryView:
    view = CaseQueryView(city.context)
    qtbot.addWidget(view)
    QAbstractItemModelTester(
        view.model, QAbstractItemModelTester.FailureReportingMode.Fatal, view.model
    )
    view.resize(1100, 620)
    view.show()
    qtbot.waitExposed(view)
    qtbot.waitUntil(lambda: view.model.rowCount() == 3)
    return view


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("(2026)豫0381执2962号", "（2026）豫0381执2962号"),
        ("〔2026〕豫0381执2962号之一", "（2026）豫0381执2962号"),
        ("[2026] 豫0381执 2962 号", "（2026）豫0381执2962号"),
        ("执2962", "执2962"),
        ("(2026)豫0381", "（2026）豫0381"),
        ("２９６２", "2962"),
    ],
)
def test_numbers_are_read_in_any_style(typed: str, kept: str) -> None:
    assert number_part(typed) == kept


@pytest.mark.parametrize(
    ("number", "shown"),
    [("410381199001011234", "4103**********1234"), ("12345", "*****"), (None, ""), ("", "")],
)
def test_identity_numbers_are_masked(number: str | None, shown: str) -> None:
    assert masked(number) == shown


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("(2026)豫0381执2962号", 1),
        ("云杉", 1),
        ("许南乔", 1),
        ("顾长风", 2),
        ("0381", 2),
        ("无此人", 0),
    ],
)
def test_search_by_number_party_or_handler(
    qtbot: QtBot, city: RealCity, typed: str, count: int
) -> None:
    view = open_view(qtbot, city)
    view.search.setText(typed)
    qtbot.keyClick(view.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.model.rowCount() == count)


def test_a_row_opens_its_page(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.search.setText("2962")
    qtbot.waitUntil(lambda: view.model.rowCount() == 1)
    qtbot.waitUntil(lambda: view.model.row_values(0) is not None)
    place = view.table.visualRect(view.model.index(0, 1)).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    # By the context's door, where the desk notes who read the file (U11).
    assert city.context.opened == [("case_query", {"case_id": city.late_case})]
    view.apply(city.context.opened[0][1])
    qtbot.waitUntil(lambda: view.shows_case)
    page = view.page
    assert page.shown is not None
    assert page.number.text() == "（2026）豫0381执2962号"
    assert dict(page.shown.head)["申请标的"] == "¥ 1,234,567.00"
    assert page.shown.parties[0].headline == "云杉商贸有限公司"
    assert len(page.shown.measures) == 1
    clock = next(one for one in page.shown.clocks if one.code == NODE)
    assert clock.state == "超期"
    button = page.findChild(QPushButton, f"clock_{NODE}")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    params = {"case_id": city.late_case, "node_code": NODE, "subject": ""}
    assert city.context.opened[-1] == ("derivation", params)
    qtbot.mouseClick(page.back_button, Qt.MouseButton.LeftButton)
    assert not view.shows_case


def test_who_looked_and_the_seal(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.apply({"case_id": city.late_case})
    qtbot.waitUntil(lambda: view.shows_case)
    page = view.page
    qtbot.mouseClick(page.looks_button, Qt.MouseButton.LeftButton)
    assert city.context.opened[-1] == ("read_log", {"of_case": city.late_case})
    for sealed, label in ((True, "封存案件"), (False, "解除封存")):
        qtbot.mouseClick(page.seal_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda state=sealed: page.shown is not None and page.shown.sealed == state)
        assert city.context.labels[-1] == label


def test_only_those_who_lead_seal_once_a_hub_is_there(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.apply({"case_id": city.late_case})
    qtbot.waitUntil(lambda: view.shows_case)
    city.context.sync.say(SyncState("idle", "", roles=("operator",)))
    qtbot.mouseClick(view.page.seal_button, Qt.MouseButton.LeftButton)
    assert city.context.labels == []
    assert city.context.notices
    city.context.sync.say(SyncState("idle", "", roles=("operator", "bureau_chief")))
    qtbot.mouseClick(view.page.seal_button, Qt.MouseButton.LeftButton)
    assert city.context.labels == ["封存案件"]


def test_the_page_leads_on(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.apply({"case_id": city.late_case})
    qtbot.waitUntil(lambda: view.shows_case)
    qtbot.mouseClick(view.page.nodes_button, Qt.MouseButton.LeftButton)
    assert city.context.opened[-1][0] == "process_monitor"
    assert city.context.opened[-1][1]["case_id"] == city.late_case
    qtbot.mouseClick(view.page.timeline_button, Qt.MouseButton.LeftButton)
    assert city.context.opened[-1] == ("case_timeline", {"case_id": city.late_case})
    qtbot.mouseClick(view.page.papers_button, Qt.MouseButton.LeftButton)
    assert city.context.opened[-1] == ("documents", {"case_id": city.late_case})
    qtbot.mouseClick(view.page.letter_button, Qt.MouseButton.LeftButton)
    assert city.context.opened[-1][0] == "supervision"
    assert city.context.opened[-1][1]["new"] == "1"


def test_a_filter_of_cases_lists_exactly_its_number(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    wanted = CaseFilter(courts=(city.court,), open=True)
    with city.context.engine.connect() as connection:
        count = count_cases(connection, wanted, TODAY)
    view.apply(wanted.to_params())
    qtbot.waitUntil(lambda: view.model.rowCount() == count == 2)


def test_a_case_that_is_gone_is_said(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.apply({"case_id": "missing"})
    qtbot.waitUntil(lambda: bool(city.context.notices))
    assert city.context.notices[-1][0] == "warning"
    assert not view.shows_case

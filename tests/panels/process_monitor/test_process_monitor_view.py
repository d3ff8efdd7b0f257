"""The node list by real clicks: filters, selection, ways out, export, live rows."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import insert

from desktop.contract.context import Selection
from desktop.contract.filters import NodeFilter
from desktop.panels.process_monitor.queries import overdue_count
from desktop.panels.process_monitor.timeline_view import CaseTimelineView
from desktop.panels.process_monitor.view import ProcessMonitorView
from desktop.projection.select import count_nodes
from storage.schema import table
from tests.panels.real_city import NODE, TODAY, RealCity, new, real_city


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    return real_city(tmp_path)


def open_view(qtbot: QtBot, city: RealCity) -> ProcessMonitorView:
    view = ProcessMonitorView(city.context)
    qtbot.addWidget(view)
    QAbstractItemModelTester(
        view.model, QAbstractItemModelTester.FailureReportingMode.Fatal, view.model
    )
    view.resize(1200, 520)
    view.show()
    qtbot.waitExposed(view)
    qtbot.waitUntil(lambda: view.count_label.text() != "")
    return view


def numbers(view: ProcessMonitorView) -> list[tuple[str, str]]:
    rows = [view.model.row_values(row) for row in range(view.model.rowCount())]
    return [(str(row["case_number"]), str(row["node_code"])) for row in rows if row is not None]


def click_row(qtbot: QtBot, view: ProcessMonitorView, row: int, *, twice: bool = False) -> None:
    place = view.table.visualRect(view.model.index(row, 1)).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    if twice:
        qtbot.mouseDClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_the_first_list_is_late_and_soon_due_and_the_count_agrees(
    qtbot: QtBot, city: RealCity
) -> None:
    view = open_view(qtbot, city)
    with city.context.engine.connect() as connection:
        wanted = count_nodes(connection, NodeFilter(states=("超期", "临期")), TODAY)
        late, style = overdue_count(connection, TODAY)
    assert view.model.rowCount() == wanted > 0
    assert f"{wanted:,}" in view.count_label.text()
    assert style == "overdue"
    view.show_filter(NodeFilter(states=("超期",)))
    qtbot.waitUntil(lambda: view.model.rowCount() == late)


def test_the_worst_row_is_selected_at_the_start(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    qtbot.waitUntil(lambda: city.context.selection() is not None)
    chosen = city.context.selection()
    assert chosen is not None
    assert view.model.row_values(0)["case_id"] == chosen.case_id  # type: ignore[index]


def test_params_list_exactly_their_nodes_and_a_chip_takes_one_part_away(
    qtbot: QtBot, city: RealCity
) -> None:
    view = open_view(qtbot, city)
    wanted = NodeFilter(nodes=(NODE,), due_from=TODAY, due_to=TODAY + timedelta(days=14))
    view.apply(wanted.to_params())
    qtbot.waitUntil(lambda: view.filter == wanted)
    qtbot.waitUntil(lambda: view.model.rowCount() == 1 and bool(numbers(view)))
    assert numbers(view) == [("（2026）豫0382执17号", NODE)]
    chip = view.chip_row.findChild(QPushButton, "chip_due")
    assert chip is not None
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.model.rowCount() == 3)
    assert view.filter == NodeFilter(nodes=(NODE,))
    assert not view.chip_row.isVisible()


def test_choosing_a_court_narrows_the_teams_and_the_rows(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.show_filter(NodeFilter(nodes=(NODE,), teams=(city.team,)))
    qtbot.waitUntil(lambda: view.model.rowCount() == 2)
    view.filters.courts.set_selected([city.other_court])  # announces like a click in the popup
    assert view.filter.teams == ()
    assert [option.key for option in view.filters.teams.options()] == [city.other_team]
    assert [option.key for option in view.filters.handlers.options()] == [city.other_handler]
    qtbot.waitUntil(lambda: numbers(view) == [("（2026）豫0382执17号", NODE)])


def test_a_filter_survives_until_its_choices_are_known(qtbot: QtBot, city: RealCity) -> None:
    city.context.deferred = True
    view = ProcessMonitorView(city.context)
    qtbot.addWidget(view)
    wanted = NodeFilter(teams=(city.team,), states=("超期",))
    view.apply(wanted.to_params())
    view.show()
    qtbot.waitUntil(lambda: view.count_label.text() != "")
    assert view.filter == wanted
    qtbot.waitUntil(lambda: view.filters.teams.selected() == (city.team,))


def test_a_row_leads_to_derivation_and_letter(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.show_filter(NodeFilter(nodes=(NODE,), states=("超期",)))
    qtbot.waitUntil(lambda: numbers(view) == [("（2026）豫0381执2962号", NODE)])
    click_row(qtbot, view, 0)
    assert city.context.selection() == Selection(city.late_case, NODE, "")
    params = {"case_id": city.late_case, "node_code": NODE, "subject": ""}
    click_row(qtbot, view, 0, twice=True)
    assert city.context.opened[-1] == ("derivation", params)
    qtbot.keyClick(view.table, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: city.context.opened[-1] == ("supervision", {"new": "1", **params}))
    city.context.opened.clear()
    qtbot.mouseClick(view.letter_button, Qt.MouseButton.LeftButton)
    assert city.context.opened == [("supervision", {"new": "1", **params})]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_row_menu_narrows_to_the_case(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.show_filter(NodeFilter(nodes=(NODE,), states=("超期",)))
    qtbot.waitUntil(lambda: bool(numbers(view)))
    view.table.context_menu_requested.emit(view.model.id_at(0), QPoint(5, 5))
    menu = view.findChild(QMenu, "row_menu")
    assert menu is not None
    action = next(item for item in menu.actions() if item.objectName() == "only_case")
    menu.close()
    action.trigger()
    qtbot.waitUntil(lambda: view.filter == NodeFilter(case_id=city.late_case))
    assert view.chip_row.findChild(QPushButton, "chip_case_id").text() == (
        "案件 （2026）豫0381执2962号"
    )
    qtbot.waitUntil(lambda: bool(numbers(view)))
    assert {number for number, _code in numbers(view)} == {"（2026）豫0381执2962号"}


def test_a_new_fact_changes_the_rows_and_the_selection_survives(
    qtbot: QtBot, city: RealCity
) -> None:
    view = open_view(qtbot, city)
    view.show_filter(NodeFilter(nodes=(NODE,)))
    qtbot.waitUntil(lambda: len(numbers(view)) == 3)
    row = next(i for i, (number, _c) in enumerate(numbers(view)) if "3001" in number)
    click_row(qtbot, view, row)
    kept = view.table.current_id()

    def answered(connection: object, case_id: str) -> None:
        connection.execute(  # type: ignore[attr-defined]
            insert(table("node_event")).values(
                id=new("event"), case_id=case_id, kind="query_fed_back", on=TODAY.isoformat()
            )
        )

    view.show_filter(NodeFilter(nodes=(NODE,), states=("超期", "暂停", "正常", "临期")))
    qtbot.waitUntil(lambda: len(numbers(view)) == 3)
    city.context.write(view, "反馈", answered, city.late_case, lambda _done: None)
    qtbot.waitUntil(lambda: len(numbers(view)) == 2, timeout=1_000)
    assert view.table.current_id() == kept


def test_the_day_turns_and_the_list_follows(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.show_filter(NodeFilter(nodes=(NODE,), states=("超期",)))
    qtbot.waitUntil(lambda: view.model.rowCount() == 1)
    city.context.turn_day(date(2026, 12, 20))
    qtbot.waitUntil(lambda: view.model.rowCount() == 2)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_export_writes_the_whole_list_with_numbers_as_text(
    qtbot: QtBot, city: RealCity, kind: str
) -> None:
    view = open_view(qtbot, city)
    view.show_filter(NodeFilter(nodes=(NODE,)))
    qtbot.waitUntil(lambda: len(numbers(view)) == 3)
    view.export(kind)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: bool(city.context.notices))
    assert city.context.notices[-1][0] == "done"
    path = next(city.context.documents_folder().glob(f"*.{kind}"))
    if kind == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    else:
        sheet = load_workbook(path).active
        assert sheet is not None
        assert sheet["A2"].number_format == "@"
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert len(rows) == 4
    assert sorted(row[0] for row in rows[1:]) == sorted(number for number, _c in numbers(view))
    assert not list(city.context.documents_folder().glob("*.part"))


def test_saved_filters_are_kept_and_forgotten(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    wanted = NodeFilter(nodes=(NODE,), states=("暂停",))
    view.show_filter(wanted)
    view.save_filter("查控暂停")
    view.show_filter(NodeFilter())
    menu = view.saved_button.menu()
    menu.aboutToShow.emit()
    next(item for item in menu.actions() if item.text() == "查控暂停").trigger()
    qtbot.waitUntil(lambda: view.filter == wanted)
    view.forget_filter("查控暂停")
    menu.aboutToShow.emit()
    assert "查控暂停" not in [item.text() for item in menu.actions()]


def test_an_empty_list_says_what_would_be_here(qtbot: QtBot, city: RealCity) -> None:
    view = open_view(qtbot, city)
    view.show_filter(NodeFilter(text="没有这样的案号"))
    qtbot.waitUntil(lambda: view.model.rowCount() == 0)
    assert "0" in view.count_label.text()


def test_the_timeline_draws_the_selected_case(qtbot: QtBot, city: RealCity) -> None:
    view = CaseTimelineView(city.context)
    qtbot.addWidget(view)
    view.resize(420, 500)
    view.show()
    qtbot.waitExposed(view)
    city.context.select(Selection(city.late_case, NODE))
    qtbot.waitUntil(lambda: view.shown is not None)
    assert view.shown is not None
    assert "（2026）豫0381执2962号" in view.title.text()
    node = next(one for one in view.shown.nodes if one.code == NODE)
    assert node.due_on is not None
    assert node.state.value == "超期"
    assert view.shown.pauses[0].document_no == "豫0381执公〔2026〕88号"
    assert len(view.shown.measures) == 1
    view.chart.span_clicked.emit(f"{NODE}\x1f")
    assert city.context.selection() == Selection(city.late_case, NODE, "")

"""The who-read log with real widgets: newest first, narrowed, one case's looks, nothing changed."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from desktop.panels.read_log.rules import ReadFilter
from desktop.panels.read_log.view import ReadLogView
from tests.panels.clicks import shown
from tests.panels.real_city import TODAY, RealCity, real_city


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    found = real_city(tmp_path, deferred=True)
    look(found, 0, "open", found.late_case, person=found.handler)
    look(found, 1, "print", found.late_case, person=found.operator, object="推导单")
    look(found, 2, "open", found.calm_case, purpose="核对查封期限")
    look(found, 40, "export", None, object="节点列表")
    return found


def look(city: RealCity, days_ago: int, act: str, case_id: str | None, **values: object) -> None:
    person = values.pop("person", None)
    city.put(
        "read_log",
        case_id=case_id,
        person_id=person,
        at=f"{TODAY - timedelta(days=days_ago)}T09:00:00.000+08:00",
        act=act,
        object=values.pop("object", "案卷"),
        changed_by="clerk",
        **values,
    )


def opened(qtbot: QtBot, city: RealCity) -> ReadLogView:
    view = ReadLogView(city.context)
    QAbstractItemModelTester(view.model, QAbstractItemModelTester.FailureReportingMode.Fatal, view)
    shown(qtbot, view, 1290, 400)
    return view


def column(view: ReadLogView, key: str) -> list[object]:
    rows = [view.model.row_values(row) for row in range(view.model.rowCount())]
    return [None if row is None else row[key] for row in rows]


def test_newest_first_of_the_last_thirty_days(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    qtbot.waitUntil(lambda: column(view, "who") == ["顾长风", "周清和", "clerk"])
    assert column(view, "at")[0] == f"{TODAY} 09:00:00"
    assert view.count_label.text().startswith("3")
    view.span_box.set_selected(())
    qtbot.waitUntil(lambda: view.model.rowCount() == 4)
    view.act_box.set_selected(("export",))
    qtbot.waitUntil(lambda: column(view, "object") == ["节点列表"])


def test_the_looks_at_one_case_and_back(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    qtbot.waitUntil(lambda: view.model.rowCount() == 3)
    view.apply({"of_case": city.late_case, "span": "30"})
    qtbot.waitUntil(lambda: column(view, "who") == ["顾长风", "周清和"])
    qtbot.waitUntil(lambda: not view.case_button.isHidden())
    assert "（2026）" in view.case_button.text()
    qtbot.mouseClick(view.case_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.model.rowCount() == 3)
    assert view.case_button.isHidden()


def test_searched_by_name_and_purpose(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    view.search.setText("顾长风")
    qtbot.waitUntil(lambda: column(view, "who") == ["顾长风"])
    view.search.setText("查封")
    qtbot.waitUntil(lambda: column(view, "purpose") == ["核对查封期限"])
    view.search.clear()
    qtbot.mouseClick(view.stated_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: column(view, "who") == ["clerk"])


def test_passing_over_the_log_is_no_look_at_its_cases(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    qtbot.waitUntil(lambda: view.model.rowCount() == 3)
    view.table.select_id(view.model.ids[0])
    qtbot.waitUntil(lambda: view.current_row() is not None)
    chosen = city.context.selection()
    assert chosen is None or not chosen.case_id
    view.open_case()
    assert city.context.opened[-1] == ("case_query", {"case_id": city.late_case})


def test_a_filter_travels() -> None:
    for filter_ in (
        ReadFilter(),
        ReadFilter("顾", ("open", "print"), "7", "some-id", True),
        ReadFilter(span=""),
    ):
        assert ReadFilter.from_params(filter_.to_params()) == filter_

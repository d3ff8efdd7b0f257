"""The expiry list with real widgets: windows, filters, parameters, live refresh, new day."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, insert

from desktop.panels.control.rules import ControlFilter, with_window
from desktop.panels.control.view import ControlView
from storage.schema import table
from tests.panels.clicks import shown
from tests.panels.fake_context import FakeContext
from tests.panels.plot_city import TODAY, measures, small_city


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    city = small_city(cases=20)
    with city.engine.begin() as connection:
        connection.execute(table("case").update().values(closed_on=None, close_mode=None))
        connection.execute(insert(table("control_measure")), measures())
    return FakeContext(city.engine, SimpleNamespace(), today=TODAY, folder=tmp_path, deferred=True)


def numbers(view: ControlView) -> list[str]:
    rows = [view.model.row_values(row) for row in range(view.model.rowCount())]
    return ["" if row is None else str(row["document_no"]) for row in rows]


def expected(*wanted: int) -> list[str]:
    return [f"协执{n}号" for n in wanted]


def test_opens_on_what_lapses_and_narrows(qtbot: QtBot, context: FakeContext) -> None:
    view = ControlView(context)
    shown(qtbot, view, 1290, 500)
    qtbot.waitUntil(lambda: numbers(view) == expected(1, 2, 3, 4, 9))
    assert view.count_label.text().startswith("5")
    view.window_box.set_selected(("lapsed",))
    qtbot.waitUntil(lambda: numbers(view) == expected(1, 2))
    view.window_box.set_selected(("all",))
    qtbot.waitUntil(lambda: view.model.rowCount() == 7)
    view.kind_box.set_selected(("immovable",))
    qtbot.waitUntil(lambda: numbers(view) == expected(4))


def test_parameters_open_exactly_their_list(qtbot: QtBot, context: FakeContext) -> None:
    view = ControlView(context)
    shown(qtbot, view, 1290, 500)
    qtbot.waitUntil(lambda: view.model.rowCount() == 5)
    view.apply(with_window(ControlFilter(), "30", TODAY).to_params())
    qtbot.waitUntil(lambda: numbers(view) == expected(3, 4, 9))
    assert view.window_box.selected() == ("30",)
    view.apply({"expires_from": str(TODAY + timedelta(days=5)), "expires_to": "2026-12-24"})
    qtbot.waitUntil(lambda: numbers(view) == expected(4, 9, 5))


def test_supervise_from_a_row(qtbot: QtBot, context: FakeContext) -> None:
    view = ControlView(context)
    shown(qtbot, view, 1290, 500)
    qtbot.waitUntil(lambda: numbers(view) == expected(1, 2, 3, 4, 9))
    view.table.select_id(view.model.ids[1])
    row = view.current_row()
    assert row is not None
    button = next(b for b in view.findChildren(QPushButton) if b.property("kind") == "primary")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    panel, params = context.opened[-1]
    assert panel == "supervision"
    assert params == {"new": "1", "case_id": row["case_id"], "node_code": "", "subject": ""}
    selected = context.selection()
    assert selected is not None
    assert selected.case_id == row["case_id"]


def lift(connection: Connection, id_: str) -> None:
    measure = table("control_measure")
    connection.execute(
        measure.update().where(measure.c.id == id_).values(lifted_on=TODAY.isoformat())
    )


def test_a_lifted_measure_leaves_and_the_selection_stays(
    qtbot: QtBot, context: FakeContext
) -> None:
    view = ControlView(context)
    shown(qtbot, view, 1290, 500)
    qtbot.waitUntil(lambda: numbers(view) == expected(1, 2, 3, 4, 9))
    kept = view.model.ids[2]
    view.table.select_id(kept)
    context.write(view, "解除", lift, measures()[0]["id"], lambda _done: None)
    qtbot.waitUntil(lambda: numbers(view) == expected(2, 3, 4, 9), timeout=1_000)
    assert view.table.current_id() == kept


def test_a_new_day_moves_the_window(qtbot: QtBot, context: FakeContext) -> None:
    view = ControlView(context)
    shown(qtbot, view, 1290, 500)
    qtbot.waitUntil(lambda: view.model.rowCount() == 5)
    context.turn_day(TODAY + timedelta(days=1))
    qtbot.waitUntil(lambda: numbers(view) == expected(1, 2, 3, 4, 9, 5))


def test_nothing_is_said_in_words(qtbot: QtBot, context: FakeContext) -> None:
    view = ControlView(context)
    shown(qtbot, view, 1290, 500)
    view.apply({"expires_from": "2040-01-01"})
    qtbot.waitUntil(lambda: view.model.rowCount() == 0 and not view.model.loading)
    assert view.count_label.text().startswith("0")

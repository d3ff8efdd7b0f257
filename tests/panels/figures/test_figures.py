"""Each figure with a real click: the list that opens is as long as the number says."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import insert

from desktop.contract.filters import NodeFilter
from desktop.contract.law import Law, load_law
from desktop.panels.figures.rules import (
    number_words,
    rate_line,
    state_of_count,
    state_of_rate,
)
from desktop.panels.figures.view import FiguresView
from desktop.projection.activity import passive_cases
from desktop.projection.cases import CaseFilter, count_cases
from desktop.projection.select import count_nodes
from storage.schema import table
from tests.panels.clicks import shown
from tests.panels.fake_context import FakeContext
from tests.panels.plot_city import TODAY, City, measures, small_city


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.fixture
def city() -> City:
    city = small_city()
    with city.engine.begin() as connection:
        connection.execute(insert(table("control_measure")), measures())
    return city


def length(city: City, law: Law, panel: str, params: dict[str, str]) -> int:
    """The list as the panel of that name would count it, from the tables alone."""
    with city.engine.connect() as connection:
        if panel == "process_monitor":
            return count_nodes(connection, NodeFilter.from_params(params), TODAY)
        if panel == "workload_cases":
            return count_cases(connection, CaseFilter.from_params(params), TODAY)
        if panel == "passive":
            return len(passive_cases(connection, law, TODAY))
        rows = measures()
        renewed = {row["renewal_of"] for row in rows}
        return sum(
            params["expires_from"] <= str(row["expires_on"]) <= params["expires_to"]
            for row in rows
            if row["lifted_on"] is None and row["id"] not in renewed
        )


def test_each_number_is_its_list(qtbot: QtBot, city: City, law: Law, tmp_path: Path) -> None:
    context = FakeContext(city.engine, law, today=TODAY, folder=tmp_path, deferred=True)
    view = FiguresView(context)
    shown(qtbot, view, 1290, 98)
    qtbot.waitUntil(lambda: len(view.cards) == 5)
    for card in view.cards:
        figure = view.figures[card.shown.key]
        qtbot.mouseClick(figure, Qt.MouseButton.LeftButton)
        panel, params = context.opened[-1]
        number = length(city, law, panel, params)
        if card.shown.key == "in_time_rate":
            assert card.shown.basis.startswith(f"{number:,} / ")
        else:
            assert card.shown.value == f"{number:,}"
            assert number > 0
    assert [panel for panel, _ in context.opened] == [
        "process_monitor",
        "process_monitor",
        "passive",
        "control",
        "workload_cases",
    ]


def test_keyboard_opens_too(qtbot: QtBot, city: City, law: Law, tmp_path: Path) -> None:
    context = FakeContext(city.engine, law, today=TODAY, folder=tmp_path)
    view = FiguresView(context)
    shown(qtbot, view, 1290, 98)
    qtbot.waitUntil(lambda: len(view.cards) == 5)
    qtbot.keyClick(view.figures["overdue"], Qt.Key.Key_Return)
    assert context.opened[-1][0] == "process_monitor"


def test_an_empty_store_is_calm_and_says_no_rate(qtbot: QtBot, law: Law, tmp_path: Path) -> None:
    context = FakeContext(small_city(0).engine, law, today=TODAY, folder=tmp_path)
    view = FiguresView(context)
    shown(qtbot, view, 1290, 98)
    qtbot.waitUntil(lambda: len(view.cards) == 5)
    by_key = {card.shown.key: card.shown for card in view.cards}
    assert by_key["overdue"].value == "0"
    assert by_key["overdue"].state == "normal"
    assert by_key["in_time_rate"].value == "—"
    assert by_key["in_time_rate"].state == "unknown"


def test_words_and_states() -> None:
    assert number_words(1284, "个") == "1,284"
    assert number_words(91.26, "%") == "91.3 %"
    assert state_of_count("overdue", 3) == "overdue"
    assert state_of_count("due_week", 3) == "due_soon"
    assert state_of_count("due_week", 0) == "normal"
    assert state_of_rate(90.0, 10, 900) == "normal"
    assert state_of_rate(89.9, 10, 900) == "overdue"
    assert state_of_rate(0.0, 0, 900) == "unknown"
    assert state_of_rate(95.0, 10, None) == "unknown"
    assert rate_line(900) == "目标 ≥ 90 %"
    assert rate_line(None) == "目标未定"

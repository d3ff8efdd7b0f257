"""Overdue nodes that wait for a circular: told once, to whom it may concern, until named (M66)."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, insert, update

from desktop.contract.filters import NodeFilter
from desktop.contract.panel import DailyArgs
from desktop.documents.figures_draft import NewOverdue, make_overdue
from desktop.evidence.overdue_snapshot import quiet_rule
from desktop.evidence.overdue_taking import TakeOverdue, node_key, take_overdue
from desktop.panels.fresh_overdue.commands import tell_new
from desktop.panels.fresh_overdue.queries import fresh, waiting
from desktop.panels.fresh_overdue.rules import SUBSCRIPTION, TOLD, stored, subscription
from desktop.panels.fresh_overdue.view import FreshOverdueView
from desktop.projection.select import count_nodes
from storage.records.changes import ALL, ChangeSet
from storage.schema import table
from tests.documents.office import Office, office
from tests.panels.clicks import shown
from tests.panels.real_city import NODE, TODAY, new

QUIET = quiet_rule().quiet_days


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path)


def keys(desk: Office, day: date = TODAY, nodes: tuple[str, ...] = ()) -> set[str]:
    with desk.engine.connect() as connection:
        return set(fresh(connection, day, nodes).values())


def late(desk: Office) -> str:
    return node_key(desk.city.late_case, NODE, "")


def drafted(desk: Office) -> str:
    with desk.engine.begin() as connection:
        snapshot = take_overdue(connection, desk.city.law, TakeOverdue(TODAY, desk.clock, {}))
        return make_overdue(connection, NewOverdue(snapshot, desk.people["clerk"], desk.clock))


def kept(desk: Office, key: str, value: str) -> None:
    setting = table("setting")
    with desk.engine.begin() as connection:
        connection.execute(setting.delete().where(setting.c.key == key))
        connection.execute(insert(setting).values(key=key, value=value))


def told(desk: Office, day: date = TODAY) -> int:
    with desk.engine.begin() as connection:
        return tell_new(connection, DailyArgs(day, desk.city.law))


def test_what_waits_is_the_list_of_overdue_nodes_less_what_is_named(desk: Office) -> None:
    with desk.engine.connect() as connection:
        assert len(keys(desk)) == count_nodes(connection, NodeFilter(states=("超期",)), TODAY) > 0
    assert late(desk) in keys(desk)
    made = drafted(desk)
    assert keys(desk) == set()  # somebody has taken it in hand
    document = table("document")
    issued = {
        "state": "issued",
        "year": 2026,
        "serial": 3,
        "signed_sha256": "0" * 64,
        "issued_at": desk.clock.isoformat(timespec="milliseconds"),
    }
    with desk.engine.begin() as connection:
        connection.execute(update(document).where(document.c.id == made).values(**issued))
    assert keys(desk) == set()
    assert late(desk) in keys(desk, TODAY + timedelta(days=QUIET + 1))


def test_a_draft_that_lies_about_hides_nothing_for_ever(desk: Office) -> None:
    drafted(desk)
    assert late(desk) not in keys(desk, TODAY + timedelta(days=QUIET - 1))
    assert late(desk) in keys(desk, TODAY + timedelta(days=QUIET))


def test_the_count_follows_the_subscription(desk: Office) -> None:
    def count() -> tuple[int, str]:
        with desk.engine.connect() as connection:
            return waiting(connection, TODAY)

    assert count() == (len(keys(desk)), "overdue")
    kept(desk, SUBSCRIPTION, stored((NODE, NODE)))
    assert count()[0] == len(keys(desk, nodes=(NODE,))) > 0
    kept(desk, SUBSCRIPTION, "N99")
    assert count() == (0, "")
    assert told(desk) == 0
    assert subscription(stored(("b", "a"))) == ("a", "b")
    assert subscription("") == ()


def test_a_node_is_told_once_within_the_quiet_days(desk: Office) -> None:
    first = told(desk)
    assert first == len(keys(desk)) > 0
    assert told(desk) == 0
    assert told(desk, TODAY + timedelta(days=QUIET - 1)) == len(
        keys(desk, TODAY + timedelta(days=QUIET - 1)) - keys(desk)
    )
    again = TODAY + timedelta(days=QUIET)
    assert told(desk, again) >= first
    for spoilt in ("{", "[]", '{"x": 1, "y": "soon"}'):
        kept(desk, TOLD, spoilt)
        assert told(desk, again) == len(keys(desk, again))


def start(connection: Connection, case_id: str) -> None:
    connection.execute(
        insert(table("node_event")).values(
            id=new("event"), case_id=case_id, kind="query_handed_over", on="2026-10-01"
        )
    )


def rows(view: FreshOverdueView) -> Sequence[object]:
    found = [view.model.row_values(row) for row in range(view.model.rowCount())]
    return [None if row is None else (row["case_id"], row["node_code"]) for row in found]


def test_a_fact_entered_late_shows_at_once_and_one_click_leads_to_the_circular(
    qtbot: QtBot, desk: Office
) -> None:
    context = desk.city.context
    view = FreshOverdueView(context)
    QAbstractItemModelTester(view.model, QAbstractItemModelTester.FailureReportingMode.Fatal, view)
    shown(qtbot, view, 1280, 400)
    before = len(keys(desk))
    qtbot.waitUntil(lambda: len(rows(view)) == before and None not in rows(view))
    assert (desk.city.late_case, NODE) in rows(view)
    case_id = desk.city.put(
        "case",
        number="（2026）豫0381执9002号",
        court_id=desk.city.court,
        year=2026,
        type_word="执",
        serial=9002,
        filed_on="2026-09-30",
        team_id=desk.city.team,
    )
    context.write(view, "补录", start, case_id, lambda _done: None)
    context.changed.emit(ChangeSet({"node_clock": ALL}))  # as the projector tells after a write
    qtbot.waitUntil(lambda: (case_id, NODE) in rows(view))
    # The subscription stays and narrows the list.
    other = next(code for _case, code in rows(view) if code != NODE)  # type: ignore[misc]
    view.node_box.set_selected((other,))
    qtbot.waitUntil(lambda: {row[1] for row in rows(view) if row} == {other})  # type: ignore[index]
    assert context.settings[SUBSCRIPTION] == other
    assert FreshOverdueView(context).filter.nodes == (other,)
    (button,) = [one for one in view.findChildren(QPushButton) if one.property("kind") == "primary"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert context.opened[-1] == ("weekly", {"new": "1"})

"""提到我的 by real clicks: what waits, what opening does, whose list it is."""

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.contract.context import Who
from desktop.notes.commands import NoteText, write_note
from desktop.notes.rules import About
from desktop.panels.mentions.queries import waiting
from desktop.panels.mentions.view import MentionsView
from tests.panels.fake_context import CHINA
from tests.panels.real_city import TODAY, RealCity, real_city

AT = datetime(2026, 11, 23, 9, 20, tzinfo=CHINA)


@pytest.fixture
def city(tmp_path: Path) -> RealCity:
    """Two notes mention the handler, a third one hands a case over to him."""
    made = real_city(tmp_path)
    petition = made.put(
        "petition",
        code="LY-1",
        received_at=AT.isoformat(),
        source="own",
        petitioner="甲某",
        court_id=made.court,
        summary="久未执行",
        **{"class": "implementation"},
    )
    case = About("case", made.late_case, made.late_case)
    for note in (
        NoteText(case, "@顾长风 请核对扣押清单", made.operator, AT),
        NoteText(About("petition", petition), "@顾长风 来访人又来了", made.operator, AT),
        NoteText(case, "笔录在卷二", made.operator, AT, to_id=made.handler),
    ):
        with made.context.engine.begin() as connection:
            write_note(connection, note)
    made.context.who = Who(made.handler, "顾长风", "员额法官")
    return made


def opened(qtbot: QtBot, city: RealCity) -> MentionsView:
    view = MentionsView(city.context)
    qtbot.addWidget(view)
    QAbstractItemModelTester(
        view.model, QAbstractItemModelTester.FailureReportingMode.Fatal, view.model
    )
    view.resize(1000, 400)
    view.show()
    qtbot.waitExposed(view)
    qtbot.waitUntil(lambda: view.count_label.text() != "")
    return view


def bodies(view: MentionsView) -> set[str]:
    rows = [view.model.row_values(n) for n in range(view.model.rowCount())]
    return {str(row["body"]) for row in rows if row is not None}


def choose(qtbot: QtBot, view: MentionsView, body: str) -> None:
    qtbot.waitUntil(lambda: body in bodies(view))
    for n in range(view.model.rowCount()):
        row = view.model.row_values(n)
        if row is not None and row["body"] == body:
            place = view.table.visualRect(view.model.index(n, 1)).center()
            qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def press(qtbot: QtBot, view: MentionsView, text: str) -> None:
    (button,) = (one for one in view.findChildren(QPushButton) if one.text() == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def count(city: RealCity, person: str | None) -> tuple[int, str]:
    with city.context.engine.connect() as connection:
        return waiting(connection, TODAY, person)


def test_opening_reads_and_shows_the_object(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    qtbot.waitUntil(lambda: len(bodies(view)) == 3)
    assert count(city, city.handler) == (3, "due_soon")
    choose(qtbot, view, "@顾长风 来访人又来了")
    row = view.current_row()
    assert row is not None
    assert row["object"] == "LY-1 甲某"
    press(qtbot, view, "Open")
    assert city.context.opened[-1] == ("petitions", {"petition_id": row["object_id"]})
    qtbot.waitUntil(lambda: bodies(view) == {"@顾长风 请核对扣押清单", "笔录在卷二"})
    qtbot.mouseClick(view.waiting_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(bodies(view)) == 3)
    assert count(city, city.handler)[0] == 2


def test_a_hand_over_waits_until_it_is_taken(qtbot: QtBot, city: RealCity) -> None:
    view = opened(qtbot, city)
    choose(qtbot, view, "笔录在卷二")
    press(qtbot, view, "Mark as read")
    assert count(city, city.handler)[0] == 3, "read, but not taken"
    choose(qtbot, view, "笔录在卷二")
    press(qtbot, view, "I take over")
    qtbot.waitUntil(lambda: "笔录在卷二" not in bodies(view))
    assert count(city, city.handler)[0] == 2
    choose(qtbot, view, "@顾长风 请核对扣押清单")
    press(qtbot, view, "I take over")
    assert city.context.notices[-1][1] == "Choose a hand-over first."


def test_nobody_sees_the_mentions_of_others(qtbot: QtBot, city: RealCity) -> None:
    city.context.who = Who(city.other_handler, "许南乔", "员额法官")
    view = opened(qtbot, city)
    assert view.model.rowCount() == 0
    assert count(city, city.other_handler) == (0, "")
    assert count(city, None) == (0, "")

"""The replay as a user meets it: loaded, played both ways, stepped, scrubbed, hidden, exported."""

import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import insert

from desktop.command.replay.exporting import Bundle
from desktop.command.replay.loading import Ask, load, span
from desktop.contract.context import Who
from desktop.contract.law import load_law
from desktop.panels.replay.player import SPEEDS
from desktop.panels.replay.view import ReplayView
from storage.schema import table
from tests.circulars.certificates import WORD, TestAuthority
from tests.command.replay.day import START, Day, drawn
from tests.panels.clicks import shown
from tests.panels.fake_context import FakeContext, memory_engine


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[FakeContext, Day]]:
    """One day for all: nothing here changes its facts."""
    engine = memory_engine()
    with engine.begin() as connection:
        day = drawn(connection, 5, 3)
        for write in day.facts(None, day.end):
            write(connection)
        for row in day.positions(None, day.end):
            connection.execute(insert(table("position_batch")).values(row))
    context = FakeContext(
        engine,
        load_law(),
        today=day.end.date() + timedelta(days=1),
        folder=Path("unset"),
        who=Who(day.field.officer, "林知远", "operator"),
        deferred=True,
    )
    yield context, day
    engine.dispose()


@pytest.fixture
def view(qtbot: QtBot, told: tuple[FakeContext, Day], tmp_path: Path) -> ReplayView:
    context, day = told
    context._folder = tmp_path
    made = ReplayView(context)
    shown(qtbot, made, 1200, 720)
    made.apply({"operation_id": day.operations[0]})
    qtbot.waitUntil(lambda: made._reel is not None)
    return made


def press(qtbot: QtBot, view: ReplayView, name: str) -> None:
    qtbot.mouseClick(view.transport.buttons[name], Qt.MouseButton.LeftButton)


def test_an_operation_is_shown_as_it_stood(qtbot: QtBot, view: ReplayView) -> None:
    assert view._reel is not None
    found = view._reel.found
    view.player.go(found.until)
    pane, state = view.pane, view._reel.at(found.until)
    qtbot.waitUntil(lambda: pane.lines.model.rowCount() == len(state.lines) > 0)
    assert pane.groups.model.rowCount() == 3
    assert pane.pictures.model.rowCount() == len(state.pictures) > 0
    assert pane.orders.model.rowCount() == len(state.orders) > 0
    assert pane.cases.model.rowCount() > 3
    assert len(view.map.canvas.units) >= 2
    view.player.go(found.since)
    first = view._reel.at(found.since)
    assert len(first.lines) < len(state.lines)
    qtbot.waitUntil(lambda: pane.lines.model.rowCount() == len(first.lines))
    assert pane.pictures.model.rowCount() == len(first.pictures)
    assert "未显示" in view.chooser.note.text() or "withheld" in view.chooser.note.text()


def test_it_plays_both_ways_and_as_fast_as_asked(qtbot: QtBot, view: ReplayView) -> None:
    assert view._reel is not None
    middle = view._reel.found.since + timedelta(minutes=60)
    view.player.go(middle)
    view.transport.speed.setCurrentIndex(SPEEDS.index(32))
    press(qtbot, view, "replay_forwards")
    qtbot.waitUntil(lambda: view.player.at > middle + timedelta(seconds=8))
    there = view.player.at
    press(qtbot, view, "replay_backwards")
    qtbot.waitUntil(lambda: view.player.at < there - timedelta(seconds=8))
    press(qtbot, view, "replay_pause")
    assert view.player.direction == 0
    assert not view.player.running
    # At its end it stops by itself, and begins anew when asked.
    view.player.go(view._reel.found.until - timedelta(seconds=2))
    press(qtbot, view, "replay_forwards")
    qtbot.waitUntil(lambda: view.player.direction == 0)
    assert view.player.at == view._reel.found.until
    press(qtbot, view, "replay_forwards")
    assert view.player.at < view._reel.found.since + timedelta(minutes=5)


def test_hidden_it_rests_and_goes_on_when_it_is_seen(qtbot: QtBot, view: ReplayView) -> None:
    view.player.play(1)
    assert view.player.running
    view.hide()
    assert not view.player.running
    assert view.player.direction == 1
    view.show()
    assert view.player.running


def test_it_steps_from_event_to_event_and_the_bar_names_them(
    qtbot: QtBot, view: ReplayView
) -> None:
    assert view._reel is not None
    events = view._reel.found.events
    seen = []
    for _step in range(3):
        press(qtbot, view, "replay_after")
        seen.append(view.player.at)
    times = sorted({one.at for one in events})
    assert seen == times[:3]
    press(qtbot, view, "replay_before")
    assert view.player.at == times[1]
    where = view.bar.x_of(events[0].at)
    assert events[0].words in view.bar.words_at(where)


def test_a_click_on_the_bar_shows_that_instant(qtbot: QtBot, view: ReplayView) -> None:
    bar = view.bar
    place = QPoint(bar.width() // 3, 10)
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=place)
    assert view.player.at == bar.moment_at(place.x())
    before = view.player.at
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert view.player.at == before + timedelta(seconds=1)


def test_ways_of_persons_are_shown_once_it_is_said_why(
    qtbot: QtBot, view: ReplayView, told: tuple[FakeContext, Day]
) -> None:
    context, day = told
    assert [unit.name for unit in view._reel.found.withheld] == ["林知远"]  # type: ignore[union-attr]
    view.chooser.purpose.setText("复盘行动")
    view._reel = None
    qtbot.mouseClick(view.chooser.load_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view._reel is not None)
    assert view._reel is not None
    assert not view._reel.found.withheld
    with context.engine.connect() as connection:
        rows = connection.exec_driver_sql("select object, purpose, person_id from read_log").all()
    ((subject, purpose, who),) = rows
    assert "林知远" in subject
    assert (purpose, who) == ("复盘行动", day.field.officer)


def test_a_span_is_played_and_a_wrong_one_is_told(
    qtbot: QtBot, view: ReplayView, told: tuple[FakeContext, Day]
) -> None:
    _context, day = told
    view.apply({"from": f"{START:%Y-%m-%d %H:%M}", "to": f"{day.end:%Y-%m-%d %H:%M}"})
    qtbot.waitUntil(lambda: len(view._reel.found.operations) == 2)  # type: ignore[union-attr]
    view.chooser.until.setText("明天")
    qtbot.mouseClick(view.chooser.load_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(view.fault.isVisible)
    assert "起止时间" in view.fault.text()


def test_ways_of_long_ago_are_closed_but_to_the_replay_of_an_operation(
    told: tuple[FakeContext, Day],
) -> None:
    context, day = told
    later = day.end + timedelta(days=181)
    with context.engine.connect() as connection:
        for operation_id, closed in (("", True), (day.operations[0], False)):
            ask = Ask(context.law, later, None, operation_id, START, day.end)
            found = span(connection, ask)
            assert bool(found.closed) is closed
            assert [unit.name for unit in found.open_people] == ([] if closed else ["林知远"])
        film = load(connection, Ask(context.law, later, None, "", START, day.end))
    assert "180 日的可查期限" in film.closed
    assert [unit.name for unit in film.withheld] == ["林知远"]


def test_it_is_exported_under_a_certificate(
    qtbot: QtBot, view: ReplayView, told: tuple[FakeContext, Day], tmp_path: Path
) -> None:
    context, _day = told
    authority = TestAuthority()
    pen = authority.issue().bundle(tmp_path / "a.p12", authority.root)
    context.settings["signing_certificate"] = str(pen)
    qtbot.mouseClick(view.chooser.export_button, Qt.MouseButton.LeftButton)
    form = view.form
    assert form is not None
    pin, sign = form.findChild(QLineEdit, "pin"), form.findChild(QPushButton, "sign")
    pin.setText("wrong")
    qtbot.mouseClick(sign, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "口令不对" in form.error.text())
    assert pin.text() == ""
    pin.setText(WORD)
    qtbot.mouseClick(sign, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(list(tmp_path.glob("回放*.edreplay.zip"))))
    (path,) = tmp_path.glob("回放*.edreplay.zip")
    qtbot.waitUntil(lambda: view.form is None)
    assert "manifest.json" in zipfile.ZipFile(path).namelist()
    assert context.copies[-1][0] == "export"


def test_an_export_names_whose_ways_it_holds(
    qtbot: QtBot, view: ReplayView, told: tuple[FakeContext, Day]
) -> None:
    context, _day = told
    view.chooser.purpose.setText("复盘行动")
    view._reel = None
    view.load()
    qtbot.waitUntil(lambda: view._reel is not None)
    view._on_signed(Bundle("清场", START, START, (), (), "", START), Path("a"))
    assert "含人员轨迹：林知远" in str(context.copies[-1])


def test_a_low_panel_leaves_the_map_its_room(qtbot: QtBot, view: ReplayView) -> None:
    """The middle of a desk of 1280 × 800, once a film is loaded."""
    view.chooser.tell("6 人轨迹未显示：未写明用途", lacks=True)
    view.setFixedSize(795, 262)
    qtbot.waitUntil(lambda: 80 < view.map.canvas.height() < 262)
    assert view.chooser.height() < 60  # one row
    assert not view.chooser.note.isVisible()
    assert view.chooser.purpose.placeholderText() == view.chooser.note.text()
    tools = view.map._tools
    assert view.map.canvas.rect().contains(tools.geometry())
    view.setFixedSize(795, 700)
    qtbot.waitUntil(view.chooser.note.isVisible)
    assert view.chooser.purpose.placeholderText() != view.chooser.note.text()

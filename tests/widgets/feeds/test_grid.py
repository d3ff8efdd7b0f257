"""The grid without any stream: cells, enlarging, moving, sound, and what a machine cannot play."""

import subprocess
import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDropEvent, QImage
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from widgets.feeds import FeedGrid, FeedSource, FeedState, Standing, sentence
from widgets.feeds.course import Act, Limits
from widgets.feeds.tile import MIME, EmptyCell, picture_theme
from widgets.feeds.watch import FeedWatch
from widgets.feeds.words import Cause, last_text
from widgets.theme import current_theme

NOWHERE = "http://127.0.0.1:9/live"


@pytest.fixture
def still(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> FeedGrid:
    """A grid on a machine that has no QtMultimedia: nothing is opened."""
    monkeypatch.setitem(sys.modules, "widgets.feeds.eye", None)
    made = FeedGrid(limits=Limits())
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


def sources(count: int) -> list[FeedSource]:
    return [FeedSource(f"{n}", f"图像{n}", NOWHERE, n) for n in range(count)]


@pytest.mark.parametrize(("count", "cells"), [(0, 4), (1, 4), (4, 4), (5, 6), (7, 9), (16, 16)])
def test_there_are_at_least_four_cells(still: FeedGrid, count: int, cells: int) -> None:
    still.set_sources(sources(count))
    assert still.cells == cells
    shown = [cell for cell in still.findChildren(EmptyCell) if cell.isVisible()]
    assert len(shown) == cells - count
    places = {still.tile(f"{n}").geometry().topLeft().toTuple() for n in range(count)}
    assert len(places) == count


def test_two_feeds_for_one_cell_stand_side_by_side(still: FeedGrid) -> None:
    still.set_sources([FeedSource(key, key, NOWHERE, 0) for key in "abc"])
    assert sorted(still.tile(key).place for key in "abc") == [0, 1, 2]


def test_a_click_enlarges_and_the_next_brings_the_grid_back(qtbot: QtBot, still: FeedGrid) -> None:
    still.set_sources(sources(4))
    before = still.tile("2").geometry()
    with qtbot.waitSignal(still.enlarged) as heard:
        qtbot.mouseClick(still.tile("2"), Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert heard.args == ["2"]
    large = still.tile("2").geometry()
    assert large.height() == still.height()
    assert large.width() > 0.7 * still.width()
    assert all(still.tile(key).isVisible() for key in "013")
    qtbot.keyClick(still.tile("2"), Qt.Key.Key_Escape)
    assert still.large == ""
    assert still.tile("2").geometry() == before


def test_a_feed_is_dropped_on_another_cell(qtbot: QtBot, still: FeedGrid) -> None:
    still.set_sources(sources(3))
    data = QMimeData()
    data.setData(MIME, b"1")
    cell = next(cell for cell in still.findChildren(EmptyCell) if cell.isVisible())
    drop = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(still.moved) as heard:
        cell.dropEvent(drop)
    assert heard.args == ["1", 3]
    menu = still.menu("1")
    places = menu.findChildren(QMenu)[0]
    with qtbot.waitSignal(still.moved) as heard:
        places.actions()[0].trigger()
    assert heard.args == ["1", 0]
    menu.deleteLater()


def test_a_wall_writes_larger_than_anybody_may_choose(
    still: FeedGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of painting, an error of Python's ends the program."""
    wall = replace(current_theme(), scale=2.7)
    monkeypatch.setattr("widgets.feeds.tile.current_theme", lambda: wall)
    assert picture_theme().scale == 2.7
    still.set_sources(sources(1))
    assert not still.grab().isNull()


def test_on_a_wall_there_is_nothing_to_press(qtbot: QtBot, still: FeedGrid) -> None:
    still.set_sources(sources(2))
    still.set_plain(True)
    still.set_sources(sources(4))
    course = still.tile("3").watch._course
    course.state, course.last_at = FeedState.FROZEN, 1.0
    for n in range(4):
        still.tile(f"{n}").refresh()
        buttons = still.tile(f"{n}").findChildren(QToolButton)
        assert buttons
        assert not any(button.isVisible() for button in buttons)
    still.tile("0").menu_asked.emit("0", QPoint())
    assert not still.findChildren(QMenu)


def test_one_is_heard_at_a_time(still: FeedGrid) -> None:
    still.set_sources(sources(3))

    def heard() -> list[str]:
        return [key for key in "012" if not still.tile(key).watch.muted]

    assert heard() == []
    still.listen("0")
    assert heard() == ["0"]
    still.listen("2")
    assert heard() == ["2"]
    still.listen("2")
    assert heard() == []


def test_the_sound_of_one_line_is_not_said_of_the_next(still: FeedGrid) -> None:
    """A camera may be put in another's place that has no microphone."""
    still.set_sources(sources(1))
    watch = still.tile("0").watch
    watch._on_sounding(watch._line, True)
    assert watch.standing.has_sound
    watch._do(Act.OPEN)
    assert not watch.standing.has_sound


def test_a_machine_that_cannot_play_says_what_it_lacks(still: FeedGrid) -> None:
    still.set_sources(sources(1))
    assert still.standings()["0"].state is FeedState.UNAVAILABLE
    assert "libpulse0" in sentence(still.standings()["0"])


def test_what_is_lost_is_dimmed_and_names_its_moment(qtbot: QtBot, still: FeedGrid) -> None:
    still.set_sources(sources(1))
    tile = still.tile("0")
    watch: FeedWatch = tile.watch
    white = QImage(64, 36, QImage.Format.Format_RGB32)
    white.fill(QColor("white"))
    watch.picture = white
    at = QPoint(tile.width() // 2, tile.height() - 60)
    lost = tile.grab().toImage().pixelColor(at)
    assert lost.lightness() < 130  # a white picture that is not live is dark
    watch._course.state = FeedState.LIVE
    assert tile.grab().toImage().pixelColor(at).lightness() > 240


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing(), ("Not being watched.", "No picture yet")),
        (Standing(FeedState.OPENING), ("Connecting…",)),
        (
            Standing(FeedState.LOST, Cause.CUT, 1_700_000_000.0, 4, 2),
            ("The line broke; try 3 in 4 s.", "06:13:20"),
        ),
        (Standing(FeedState.FROZEN, last_at=1_700_000_000.0), ("no new picture", "11-15 06:13:20")),
    ],
)
def test_each_standing_has_its_sentence(standing: Standing, words: tuple[str, ...]) -> None:
    said = f"{sentence(standing)} {last_text(standing)}"
    assert all(word in said for word in words), said


def test_nothing_is_loaded_before_a_feed_is_opened() -> None:
    """The desk must not start later for pictures that nobody looks at."""
    code = (
        "import sys, desktop.panels.feeds.view, widgets.feeds\n"
        "print('PySide6.QtMultimedia' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

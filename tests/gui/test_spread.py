"""One panel over the whole desk: by key and by its button, and everything as it was after it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from desktop.shell.docks import Docks
from tests.gui.conftest import Rig

Open = Callable[..., Rig]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def sizes(docks: Docks) -> dict[str, QSize]:
    """How large every card is."""
    frames = {name: docks.frame(name) for name in docks.ids() if docks.is_visible(name)}
    return {name: frame.size() for name, frame in frames.items() if frame is not None}


def test_a_panel_takes_the_desk_and_gives_it_back(
    panels: Path, open_window: Open, qtbot: QtBot
) -> None:
    rig = open_window()
    assert rig.window.desk is not None
    docks, keyboard = rig.window.desk.docks, rig.window
    before, saved = sizes(docks), docks.save()
    with qtbot.waitSignal(docks.changed):
        qtbot.keyClick(keyboard, Qt.Key.Key_F8)
    assert docks.is_spread()
    qtbot.waitUntil(lambda: sizes(docks)["list"].height() > before["list"].height())
    assert set(sizes(docks)) == {"list"}
    room = docks.widget.size()
    assert sizes(docks)["list"].width() > room.width() - 8
    assert sizes(docks)["list"].height() > room.height() - 8
    why = rig.window.desk.host("why")
    assert why is not None
    assert not why.isVisible()
    with qtbot.waitSignal(docks.changed):
        qtbot.keyClick(keyboard, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: sizes(docks) == before)
    assert docks.save() == saved


def test_the_button_spreads_its_own_area(panels: Path, open_window: Open, qtbot: QtBot) -> None:
    rig = open_window()
    assert rig.window.desk is not None
    docks = rig.window.desk.docks
    frame = docks.frame("bars")
    assert frame is not None
    button = frame.findChild(QToolButton, "spread_button")
    assert isinstance(button, QToolButton)
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert docks.is_spread()
    assert set(sizes(docks)) == {"bars"}
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not docks.is_spread()
    assert {"list", "why", "strip"} <= set(sizes(docks))


def test_another_panel_or_view_brings_the_desk_back(
    panels: Path, open_window: Open, qtbot: QtBot
) -> None:
    rig = open_window()
    assert rig.window.desk is not None
    docks = rig.window.desk.docks
    before = sizes(docks)
    assert docks.spread("list")
    rig.window.open_panel("letters")  # a tab of the same place: it has the desk now
    assert docks.is_spread()
    assert set(sizes(docks)) == {"letters"}
    rig.window.open_panel("why")
    assert not docks.is_spread()
    rig.window.open_panel("list")
    qtbot.waitUntil(lambda: sizes(docks) == before)
    assert docks.spread("list")
    rig.window.enter("meeting")
    assert not docks.is_spread()
    rig.window.enter("duty")
    qtbot.waitUntil(lambda: set(sizes(docks)) == set(before))

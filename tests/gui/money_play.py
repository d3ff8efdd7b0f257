"""The hands that play scenario S4: they open panels, press what is shown, and wait for answers."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QDialog, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.rules.signing_matrix import POST_NAMES
from storage.records.people import Post
from tests.gui.circular_town import Clock
from tests.gui.conftest import Rig
from tests.gui.money_town import CAST, Town

WAIT = 60_000  # ms; the machine may be busy with something else


class Play:
    """The window, the town behind it, and the hands that work the panels."""

    def __init__(self, qtbot: QtBot, rig: Rig, town: Town, clock: Clock) -> None:
        self.qtbot, self.rig, self.town, self.clock = qtbot, rig, town, clock
        self.told: list[str] = []  # what the desk told whoever sat there
        rig.context.noticed.connect(lambda text, _level: self.told.append(text))
        self._pictures = 0

    def wait(self, condition: Callable[[], Any]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT)
        assert not self.rig.crashes, self.rig.crashes

    def panel(self, name: str, **params: str) -> Any:
        """Opens a panel over the whole desk and gives its view."""
        assert self.rig.window.open_panel(name, params)
        desk = self.rig.window.desk
        assert desk is not None
        host = desk.host(name)
        assert host is not None
        self.wait(lambda: host.view is not None)
        desk.docks.spread(name)
        view = host.view
        self.wait(lambda: view is not None and view.isVisible())
        return view

    def sit(self, who: str) -> None:
        """Somebody else sits down; the window says who."""
        self.town.sit(self.rig, who)
        name, post = CAST[who]
        self.rig.window.header.set_person(name, POST_NAMES[Post(post)])

    def button(self, owner: QWidget, name: str) -> QAbstractButton | None:
        """The button of that name, if it can be pressed now."""
        for one in owner.findChildren(QAbstractButton, name):
            if one.isVisible() and one.isEnabled():
                return one
        return None

    def press(self, owner: QWidget, name: str) -> None:
        """Clicks a button once it can be pressed."""
        self.wait(lambda: self.button(owner, name))
        found = self.button(owner, name)
        assert found is not None
        self.qtbot.mouseClick(found, Qt.MouseButton.LeftButton)

    def dialog(self, owner: QWidget, name: str) -> QDialog:
        """A question that the panel asks."""
        self.wait(lambda: owner.findChild(QDialog, name))
        found = owner.findChild(QDialog, name)
        assert found is not None
        return found

    def answer(self, owner: QWidget, name: str, words: str = "") -> None:
        """Answers it."""
        dialog = self.dialog(owner, name)
        if words:
            entry = dialog.findChild(QPlainTextEdit, "text")
            assert entry is not None
            self.qtbot.keyClicks(entry, "x")
            entry.setPlainText(words)
        self.press(dialog, "accept")

    def hover(self, widget: QWidget, at: QPoint) -> None:
        """Moves the mouse there."""
        self.qtbot.mouseMove(widget, at)

    def picture(self, name: str) -> None:
        """A picture of the whole window, where they are asked for."""
        folder = os.environ.get("EDESK_PICTURES")
        self._pictures += 1
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.qtbot.wait(700)  # plots and pages are painted when it is their turn
            path = Path(folder) / f"{self._pictures:02d}-{name}.png"
            assert self.rig.window.grab().save(str(path))

"""The hands that play scenario S5: they press what the window shows, and wait for its answer."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.panels.coercive.view import CoerciveView
from storage.schema import table
from tests.gui.coercive_town import Scene
from tests.gui.conftest import Rig

PIN = "仅供测试-135790"
WAIT = 60_000  # ms; the machine may be busy with something else


class Hands:
    """The window, its panel, and the hands that work it."""

    def __init__(self, qtbot: QtBot, rig: Rig, scene: Scene) -> None:
        self.qtbot, self.rig, self.scene = qtbot, rig, scene
        self._pictures = 0
        view = self.panel("coercive")
        assert isinstance(view, CoerciveView)
        self.view = view

    @property
    def page(self) -> Any:
        return self.view.page

    def panel(self, name: str) -> QWidget:
        """Opens a panel; its view."""
        assert self.rig.window.open_panel(name)
        assert self.rig.window.desk is not None
        host = self.rig.window.desk.host(name)
        assert host is not None
        self.wait(lambda: host.view is not None)
        assert host.view is not None
        return host.view

    def wait(self, condition: Callable[[], Any]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT)
        assert not self.rig.crashes, self.rig.crashes

    def press(self, name: str, owner: QWidget | None = None) -> None:
        """Clicks a button by its name, once it can be pressed."""

        def found() -> QPushButton | None:
            for one in (owner or self.view).findChildren(QPushButton, name):
                if one.isVisible() and one.isEnabled():
                    return one
            return None

        self.wait(found)
        button = found()
        assert button is not None
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def sit(self, who: str) -> None:
        """Somebody sits down, before the list."""
        self.scene.sit(self.rig, who)
        if self.view.shown_page != "list":
            self.view._go("list")
        self.view.live.ask()
        self.wait(lambda: self.view._chosen_for == self.scene.people[who])
        self.wait(lambda: not self.view.live.stale)

    def open(self, document_id: str) -> None:
        """A double click on its row."""
        self.wait(lambda: document_id in [one.id for one in self.view.lines])
        self.view.listing.choose(document_id)
        number, before = self.view.listing.table.current_id(), self.page.found
        self.view.listing.table.row_activated.emit(number)
        self.wait(lambda: self.page.found is not None and self.page.found is not before)
        self.wait(lambda: self.page.found.id == document_id)
        self.wait(lambda: self.page.preview.data)

    def dialog(self, name: str) -> QDialog:
        def found() -> QDialog | None:
            shown = [one for one in self.view.findChildren(QDialog, name) if one.isVisible()]
            return shown[0] if shown else None

        self.wait(found)
        dialog = found()
        assert dialog is not None
        return dialog

    def enter(self, act: str, words: str, when: datetime | None = None) -> None:
        """An act by its button and its form."""
        self.press("release" if act == "release" else f"act_{act}")
        if act == "execute" and self.page.found.standing.approval is None:
            self.press("accept", self.dialog("violation_confirm"))
        dialog = self.dialog("carry_dialog")
        if when is not None:
            dialog.when.setText(when.strftime("%Y-%m-%d %H:%M"))  # type: ignore[attr-defined]
        dialog.words.setPlainText(words)  # type: ignore[attr-defined]
        self.press("accept", dialog)
        self.wait(lambda: act in self.page.found.standing.acts)

    def approve(self, words: str = "") -> None:
        """With the PIN, over the pages on the screen."""
        bar = self.page.decision
        self.wait(lambda: bar.isVisible() and bar.approve_button.isEnabled())
        if words:
            bar.words.setPlainText(words)
        bar.pin.setText(PIN)
        self.press("approve_measure")
        self.wait(lambda: "approve" in self.page.found.standing.acts)

    def picture(self, name: str) -> None:
        """A picture of the whole window, where they are asked for."""
        folder = os.environ.get("EDESK_PICTURES")
        self._pictures += 1
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.qtbot.wait(700)
            path = Path(folder) / f"{self._pictures:02d}-{name}.png"
            assert self.rig.window.grab().save(str(path))

    def rows(self, name: str, **equal: str) -> list[Any]:
        """Stored rows, oldest first."""
        stored = table(name)
        with self.rig.session.read() as connection:
            return list(
                connection.execute(
                    select(stored)
                    .where(*(stored.c[key] == value for key, value in equal.items()))
                    .order_by(stored.c.id)
                )
            )

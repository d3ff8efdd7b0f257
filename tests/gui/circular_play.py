"""The hands that play scenario S2: they press what the window shows, and wait for its answer."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pdfplumber
import pypdf
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.circulars.appearance import as_it_looks
from desktop.evidence.figures import Figures
from desktop.panels.weekly.rules import Step
from desktop.panels.weekly.view import WeeklyView
from tests.gui.circular_town import Scene
from tests.gui.conftest import Rig

WAIT = 60_000  # ms; the machine may be busy with something else


class Play:
    """The window, its panel, and the hands that work it."""

    def __init__(self, qtbot: QtBot, rig: Rig, scene: Scene, view: WeeklyView) -> None:
        self.qtbot, self.rig, self.scene, self.view = qtbot, rig, scene, view
        self._pictures = 0

    @property
    def page(self) -> Any:
        return self.view.page

    def wait(self, condition: Callable[[], Any]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT)
        assert not self.rig.crashes, self.rig.crashes

    def press(self, name: str, owner: QWidget | None = None) -> None:
        """Clicks a button by its name, once it can be pressed."""
        place = owner or self.view

        def found() -> QPushButton | None:
            for one in place.findChildren(QPushButton, name):
                if one.isVisible() and one.isEnabled():
                    return one
            return None

        self.wait(found)
        button = found()
        assert button is not None
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def press_words(self, words: str) -> None:
        """Clicks a button by what stands on it."""
        (button,) = [one for one in self.view.findChildren(QPushButton) if one.text() == words]
        assert button.isVisible()
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def answer(self, dialog_name: str, words: str = "") -> None:
        """Answers a question that the panel asks."""
        self.wait(lambda: self.view.findChild(QDialog, dialog_name))
        dialog = self.view.findChild(QDialog, dialog_name)
        assert dialog is not None
        if words:
            entry = dialog.findChild(QPlainTextEdit, "text")
            assert entry is not None
            self.qtbot.keyClicks(entry, "x")
            entry.setPlainText(words)
        self.press("accept", dialog)

    def sit(self, who: str, document_id: str, step: Step | None = None) -> None:
        """Somebody of the centre sits down and opens the circular."""
        self.scene.sit(self.rig, who)
        self.open(document_id, step)

    def open(self, document_id: str, step: Step | None = None) -> None:
        self.view.open_circular(document_id, step)
        self.wait(lambda: self.page.found is not None and self.page.found.id == document_id)

    def go(self, step: Step) -> None:
        self.press(f"step_{step.value}")
        assert self.page.step is step

    def figures(self) -> Figures:
        found = self.page.found
        assert found is not None
        assert found.figures is not None
        return found.figures

    def picture(self, name: str) -> None:
        """A picture of the whole window, where they are asked for."""
        folder = os.environ.get("EDESK_PICTURES")
        self._pictures += 1
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.qtbot.wait(700)  # plots and pages are painted when it is their turn
            path = Path(folder) / f"{self._pictures:02d}-{name}.png"
            assert self.rig.window.grab().save(str(path))

    def sheets(self, file: bytes) -> None:
        """The first pages and the one with the seal, where pictures are asked for."""
        folder = os.environ.get("EDESK_PICTURES")
        if not folder:
            return
        sealed = next(
            number
            for number, page in enumerate(pypdf.PdfReader(io.BytesIO(file)).pages)
            if "/Annots" in page
        )
        with pdfplumber.open(io.BytesIO(as_it_looks(file))) as pdf:
            for number in sorted({0, 1, 2, 3, sealed}):
                image = pdf.pages[number].to_image(resolution=110, antialias=True).original
                image.save(Path(folder) / f"sheet-{number + 1:02d}.png")

    def make_room(self) -> None:
        """The panel over the whole desk: she reads documents now."""
        desk = self.rig.window.desk
        assert desk is not None
        assert desk.docks.spread("weekly")
        self.wait(lambda: self.view.height() > self.rig.window.height() // 2)

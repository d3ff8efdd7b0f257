"""What all steps of a circular share: the circular, the act of whoever sits here. UI thread."""

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QWidget

from desktop.contract.context import PanelContext
from desktop.documents.course import ActArgs
from desktop.panels.weekly.queries import Circular
from widgets.theme import current_theme

A = TypeVar("A")
T = TypeVar("T")


class StepPage(QWidget):
    """`said(words)` follows an act that was done; a refusal stands in `error`."""

    said = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.found: Circular | None = None
        self.error = text_label(self, "error")
        self.error.setObjectName("step_error")
        self.error.hide()

    def show_circular(self, found: Circular) -> None:
        """Shows a circular as it stands now."""
        self.found = found
        self.fill(found)

    def fill(self, found: Circular) -> None:
        """What a step does with it."""

    def act(self, body: str = "") -> ActArgs:
        """The person at the desk acts on the words that are shown."""
        assert self.found is not None
        who = self.context.who.person_id
        return ActArgs(self.found.id, who, self.context.now(), self.found.content, body)

    def write(
        self,
        label: str,
        command: Callable[[Any, A], T],
        args: A,
        words: Callable[[T], str],
    ) -> None:
        """One act; `words` tells what was done."""

        def done(answer: T) -> None:
            self.refuse("")
            self.said.emit(words(answer))

        self.context.write(self, label, command, args, done, self.refuse)

    def refuse(self, sentence: str) -> None:
        """Shows why something was not done; empty takes it away."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))


def scrolled(page: QWidget, least: int) -> QScrollArea:
    """`page`, scrolled where a small dock leaves it less than `least` pixels of height."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    page.setMinimumHeight(current_theme().px(least))
    page.setProperty("plain", True)
    area.setWidget(page)
    return area


def text_label(parent: QWidget, role: str = "") -> QLabel:
    """Words that wrap and can be selected."""
    made = QLabel(parent)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        made.setProperty("role", role)
    return made


def button(
    parent: QWidget, name: str, text: str, slot: Callable[[], object], *, kind: str = ""
) -> QPushButton:
    """A button with an object name."""
    made = QPushButton(text, parent)
    made.setObjectName(name)
    made.setAutoDefault(False)
    if kind:
        made.setProperty("kind", kind)
    made.clicked.connect(lambda _checked=False: slot())
    return made

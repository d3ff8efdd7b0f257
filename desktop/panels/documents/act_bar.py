"""What can be done with a document now: buttons, and a sentence where none can. UI thread."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop.panels.documents.possible import Do, Possible, stage_word
from desktop.rules.signing_matrix import Stage
from widgets.flow import FlowLayout
from widgets.theme import repolish


class ActBar(QWidget):
    """`asked(Do)` for a press; a button that may not be pressed says why, and who can."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        words = {
            Do.EDIT: self.tr("Edit"),
            Do.SUBMIT: self.tr("Send for review"),
            Do.ASK_REPLIES: self.tr("Ask courts…"),
            Do.OBJECT: self.tr("Object…"),
            Do.PASS: self.tr("Pass"),
            Do.RETURN: self.tr("Send back…"),
            Do.NUMBER: self.tr("Number"),
            Do.SIGN: self.tr("Sign…"),
            Do.ISSUE: self.tr("Issue…"),
            Do.REMIND: self.tr("Remind"),
            Do.PRINT: self.tr("Print…"),
            Do.VERIFY: self.tr("Verify"),
            Do.REPRODUCE: self.tr("Make again"),
            Do.SUPERSEDE: self.tr("Replace by a new one"),
            Do.RECALL: self.tr("Recall…"),
        }
        self.buttons: dict[Do, QPushButton] = {}
        for do, text in words.items():
            button = QPushButton(text, self)
            button.setObjectName(f"do_{do.value}")
            button.clicked.connect(lambda _checked=False, do=do: self.asked.emit(do))
            button.hide()
            self.buttons[do] = button
            self._row.addWidget(button)

    def show_acts(self, possible: Mapping[Do, Possible]) -> None:
        """Shows those of the document's state; the first that may be done stands out."""
        first = next((do for do, one in possible.items() if one.allowed), None)
        for do, button in self.buttons.items():
            one = possible.get(do)
            button.setVisible(one is not None)
            if one is None:
                continue
            button.setEnabled(one.allowed)
            button.setToolTip(one.why)
            button.setAccessibleDescription(one.why)
            if do is Do.PASS and one.stage:
                button.setText(self.tr("{stage}: agree…").format(stage=stage_word(one.stage)))
            if do is Do.RETURN:
                # Three judges decide by their votes: nobody sends back alone.
                votes = one.stage == Stage.PANEL
                button.setText(self.tr("Vote against…") if votes else self.tr("Send back…"))
            kind = "primary" if do is first and do not in _QUIET else ""
            if button.property("kind") != kind:
                button.setProperty("kind", kind)
                repolish(button)
        self.updateGeometry()

    def wait(self) -> None:
        """Nothing can be pressed until the document is shown anew."""
        for button in self.buttons.values():
            button.setEnabled(False)


_QUIET = frozenset((Do.PRINT, Do.VERIFY, Do.REPRODUCE, Do.RECALL, Do.SUPERSEDE))

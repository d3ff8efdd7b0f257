"""Where whoever approves decides: the figure, his words, the PIN. UI thread.

A figure beyond the law is refused in the field while it is typed, with the article. A changed one
is first stored and laid out, so that what is approved is what was seen.
"""

from datetime import date
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.rules.coercive import FIGURES, figure_fault
from widgets.forms.inputs import parse_money
from widgets.parts import named_button, words_label
from widgets.theme import current_theme, repolish

_FIGURE_MAX: Final = 16
_PIN_MAX: Final = 128
_BODY_MAX: Final = 1_000


class DecisionBar(QWidget):
    """`amended(figure, note)`, `approved(pin, note)`, `returned(note)`."""

    amended = Signal(str, str)
    approved = Signal(str, str)
    returned = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("decision_bar")
        self._kind = self._stored = self._party = ""
        self._day: date | None = None
        self._ready = False
        self.figure_label = QLabel(self)
        self.figure_label.setProperty("role", "small")
        self.figure = QLineEdit(self)
        self.figure.setObjectName("figure")
        self.figure.setMaxLength(_FIGURE_MAX)
        self.figure.setFixedWidth(current_theme().px(120))
        self.figure_label.setBuddy(self.figure)
        self.fault = words_label(self, "error")
        self.fault.setObjectName("figure_fault")
        self.words = QPlainTextEdit(self)
        self.words.setObjectName("decision_words")
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(self.words.fontMetrics().lineSpacing() * 2 + 14)
        self.words.setPlaceholderText(self.tr("Note; needed for a changed figure and a return"))
        self.words.setAccessibleName(self.tr("Note"))
        self.pin = QLineEdit(self)
        self.pin.setObjectName("approval_pin")
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setMaxLength(_PIN_MAX)
        self.pin.setPlaceholderText(self.tr("PIN"))
        self.pin.setAccessibleName(self.tr("PIN or passphrase of the certificate"))
        self.pin.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.pin.setFixedWidth(current_theme().px(170))
        self.error = words_label(self, "error")
        self.error.setObjectName("approval_error")
        self.return_button = named_button(self, "return_measure", self.tr("Send back"))
        self.amend_button = named_button(self, "amend_measure", self.tr("Change and look again"))
        self.approve_button = named_button(self, "approve_measure", self.tr("Approve"))
        for button in (self.amend_button, self.approve_button):
            button.setProperty("kind", "primary")
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self.figure_label)
        left.addWidget(self.figure)
        left.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addLayout(left)
        top.addWidget(self.words, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        for part in (self.return_button, self.amend_button, self.pin, self.approve_button):
            foot.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.fault)
        layout.addLayout(top)
        layout.addWidget(self.error)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.figure.textChanged.connect(lambda _text: self._judge())
        self.words.textChanged.connect(self._judge)
        self.pin.textEdited.connect(lambda _text: self.say(""))
        self.pin.returnPressed.connect(self._approve)
        self.approve_button.clicked.connect(lambda _checked=False: self._approve())
        self.amend_button.clicked.connect(
            lambda _checked=False: self.amended.emit(self.stored(), self._note())
        )
        self.return_button.clicked.connect(lambda _checked=False: self.returned.emit(self._note()))

    # What the page calls

    def show_measure(self, kind: str, figure: str, party: str, day: date) -> None:
        """Before the decision about a paper: its figure as stored, and of whom it is. What was
        typed stays while the paper is the same."""
        same = (kind, figure, party) == (self._kind, self._stored, self._party)
        self._kind, self._stored, self._party, self._day = kind, figure, party, day
        has = kind in FIGURES
        fine = kind == "fine_decision"
        self.figure_label.setText(self.tr("Amount (yuan)") if fine else self.tr("Days"))
        self.figure_label.setVisible(has)
        self.figure.setVisible(has)
        if not same:
            self.figure.setText(_typed(kind, figure))
        self._judge()

    def clear(self) -> None:
        """Another paper: nothing typed for the last one stays."""
        self._kind = self._stored = self._party = ""
        self._ready = False
        self.words.clear()
        self.pin.clear()
        self.say("")

    def set_ready(self, on: bool) -> None:
        """Whether the pages that are approved are on the screen, and the law lets them pass."""
        self._ready = on
        self._judge()

    def say(self, sentence: str) -> None:
        """Why an approval came to nothing: a wrong PIN, say."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        self.pin.setProperty("problem", bool(sentence))
        repolish(self.pin)

    def stored(self) -> str:
        """The typed figure as it is stored: days, or fen; empty where it is no number."""
        text = self.figure.text().strip()
        if self._kind == "fine_decision":
            fen = parse_money(text)
            return "" if fen is None else str(fen)
        return str(int(text)) if text.isascii() and text.isdigit() else ""

    # Inside

    def _note(self) -> str:
        return self.words.toPlainText().strip()[:_BODY_MAX]

    def _judge(self) -> None:
        has = self._kind in FIGURES
        changed = has and self.stored() != self._stored
        fault = ""
        if has and self._day is not None:
            fault = figure_fault(self._kind, self.stored(), self._party, self._day)
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))
        if self.figure.property("problem") != bool(fault):
            self.figure.setProperty("problem", bool(fault))
            repolish(self.figure)
        noted = bool(self._note())
        self.amend_button.setVisible(changed)
        self.amend_button.setEnabled(changed and not fault and noted)
        self.pin.setVisible(not changed)
        self.approve_button.setVisible(not changed)
        self.approve_button.setEnabled(self._ready and not fault)
        self.return_button.setEnabled(noted)

    def _approve(self) -> None:
        if not self.approve_button.isEnabled() or not self.approve_button.isVisible():
            return
        pin = self.pin.text()
        self.pin.clear()
        if not pin:
            self.say(self.tr("Enter the PIN."))
            return
        self.say("")
        self.approve_button.setEnabled(False)
        self.approved.emit(pin, self._note())


def _typed(kind: str, stored: str) -> str:
    """A stored figure as it is typed: fen as yuan."""
    if kind == "fine_decision" and stored.isdigit():
        yuan, fen = divmod(int(stored), 100)
        return f"{yuan}.{fen:02d}" if fen else str(yuan)
    return stored

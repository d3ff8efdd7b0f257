"""The page before the desk: passphrase, progress of opening, and what stands in the way. UI thread.

Nothing here is a dialog: a start never blocks, and a fault keeps its sentence on the screen with
the acts that can help.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets.theme import current_theme, repolish

Act = Literal["retry", "restore", "passphrase", "connect", "quit"]
CARD_WIDTH: Final = 460
PASSPHRASE_LEAST: Final = 8


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why the store does not open: the fault's own sentence and the acts that can help."""

    title: str
    sentence: str
    acts: Sequence[Act] = ("retry", "quit")


class UnlockPage(QWidget):
    """One card in the middle of the window."""

    submitted = Signal(str, bool)  # passphrase, whether to remember it
    act_chosen = Signal(str)  # an Act

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unlock_page")
        self._creating = False
        self._card = QFrame()
        self._card.setProperty("card", True)
        self._card.setFixedWidth(current_theme().px(CARD_WIDTH))
        self._box = QVBoxLayout(self._card)
        self._box.setContentsMargins(28, 24, 28, 24)
        self._box.setSpacing(10)
        self._title = _label(self._box, "unlock_title", "large")
        self._sentence = _label(self._box, "unlock_sentence", "muted")
        self._add_form()
        self._add_progress()
        self._acts = QHBoxLayout()
        self._acts.setSpacing(8)
        self._box.addLayout(self._acts)
        # An alignment would ignore that wrapped sentences need more height in a fixed width.
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(self._card)
        across.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(across)
        outer.addStretch(3)
        self.show_busy(self.tr("Opening the desk…"))

    def ask(self, error: str = "") -> None:
        """Asks for the passphrase of the store; `error` stands under the field."""
        self._ask(
            self.tr("Open the replica"),
            self.tr("The data on this device are encrypted. Enter the passphrase."),
            self.tr("Open"),
            error,
        )

    def ask_again(self, error: str = "") -> None:
        """Asks for the passphrase of the store that is open behind this page."""
        self._ask(
            self.tr("The desk is locked"),
            self.tr(
                "What was begun stays as it is, and the exchange goes on. "
                "Enter the passphrase of this device to go on."
            ),
            self.tr("Go on"),
            error,
            remember=False,
        )

    def ask_hub(self, who: str, error: str) -> None:
        """Asks for the password of `who` at the shared database."""
        title = self.tr("Log in to the shared database")
        words = self.tr("Password of {who} at the shared database.").format(who=who)
        self._ask(title, words, self.tr("Connect"), error)

    def _ask(
        self, title: str, words: str, button: str, error: str, *, remember: bool = True
    ) -> None:
        self._creating = False
        self._set_words(title, words)
        self._show_form(button, error)
        self._remember.setVisible(remember)

    def ask_new(self) -> None:
        """Asks for the passphrase of a store that is to be made."""
        self._creating = True
        self._set_words(
            self.tr("Set up this device"),
            self.tr(
                "There is no replica here yet. Choose a passphrase of at least 8 characters. "
                "It cannot be recovered: write it down and keep it safe."
            ),
        )
        self._show_form(self.tr("Create"), "")
        self._remember.show()

    def show_busy(self, words: str) -> None:
        """Something is under way that needs no answer."""
        self._set_words(words, "")
        self._show(form=False, progress=True)
        self._bar.setRange(0, 0)

    def show_progress(self, words: str, done: int, total: int) -> None:
        """How far the work has come."""
        self._set_words(words, f"{done:,} / {total:,}")
        self._show(form=False, progress=True)
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(min(done, total))

    def show_obstacle(self, obstacle: Obstacle) -> None:
        """The store does not open; says why and what can be done."""
        self._set_words(obstacle.title, obstacle.sentence)
        self._show(form=False, progress=False)
        words: dict[Act, str] = {
            "retry": self.tr("Try again"),
            "restore": self.tr("Restore the newest backup"),
            "passphrase": self.tr("Enter another passphrase"),
            "connect": self.tr("Connect now"),
            "quit": self.tr("Quit"),
        }
        for act in obstacle.acts:
            button = QPushButton(words[act])
            button.setObjectName(f"act-{act}")
            if act == obstacle.acts[0]:
                button.setProperty("kind", "primary")
            button.clicked.connect(lambda _down, chosen=act: self.act_chosen.emit(chosen))
            self._acts.addWidget(button)
        self._acts.addStretch(1)

    @property
    def error(self) -> str:
        """The sentence under the field; empty when there is none."""
        return self._error.text()

    def _submit(self) -> None:
        text = self._field.text()
        if self._creating:
            if len(text) < PASSPHRASE_LEAST:
                self._show_error(self.tr("The passphrase needs at least 8 characters."))
                return
            if text != self._again.text():
                self._show_error(self.tr("The two passphrases differ."))
                return
        elif not text:
            self._show_error(self.tr("Enter the passphrase."))
            return
        self.submitted.emit(text, self._remember.isChecked())

    def _add_form(self) -> None:
        self._form = QWidget()
        box = QVBoxLayout(self._form)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        self._field = QLineEdit()
        self._field.setObjectName("passphrase")
        self._again = QLineEdit()
        self._again.setObjectName("passphrase_again")
        for field, words in (
            (self._field, self.tr("Passphrase")),
            (self._again, self.tr("Passphrase once more")),
        ):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setPlaceholderText(words)
            field.setAccessibleName(words)
            field.returnPressed.connect(self._submit)
            field.textEdited.connect(lambda _text: self._show_error(""))
            box.addWidget(field)
        self._error = _label(box, "unlock_error", "error")
        self._remember = QCheckBox(self.tr("Remember it in the key ring of this account"))
        self._remember.setObjectName("remember")
        box.addWidget(self._remember)
        row = QHBoxLayout()
        self._submit_button = QPushButton()
        self._submit_button.setObjectName("submit")
        self._submit_button.setProperty("kind", "primary")
        self._submit_button.clicked.connect(self._submit)
        row.addWidget(self._submit_button)
        row.addStretch(1)
        box.addLayout(row)
        self._box.addWidget(self._form)

    def _add_progress(self) -> None:
        self._bar = QProgressBar()
        self._bar.setObjectName("opening_progress")
        self._bar.setTextVisible(False)
        self._box.addWidget(self._bar)

    def _show_form(self, words: str, error: str) -> None:
        self._show(form=True, progress=False)
        self._again.setVisible(self._creating)
        self._field.clear()
        self._again.clear()
        self._submit_button.setText(words)
        self._show_error(error)
        self._field.setFocus()

    def _show_error(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self._field.setProperty("problem", bool(text))
        repolish(self._field)

    def _set_words(self, title: str, sentence: str) -> None:
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))

    def _show(self, *, form: bool, progress: bool) -> None:
        self._form.setVisible(form)
        self._bar.setVisible(progress)
        while self._acts.count():
            item = self._acts.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def _label(box: QVBoxLayout, name: str, role: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setWordWrap(True)
    box.addWidget(label)
    return label

"""Asks why a sealed case is to be opened, in the window and not in front of it. UI thread."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from widgets.states import state_pixmap
from widgets.theme import current_theme, theme_notifier

LENGTH_LEAST: Final = 4  # a word that says nothing is no purpose
LENGTH_MOST: Final = 200


class PurposeBar(QFrame):
    """`answered(case id, purpose)`; an empty purpose: the case stays closed."""

    answered = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("purpose_bar")
        self.setProperty("banner", True)
        self._case_id = ""
        self._picture = QLabel(self)
        self.words = QLabel(self)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.purpose = QLineEdit(self)
        self.purpose.setObjectName("purpose")
        self.purpose.setMaxLength(LENGTH_MOST)
        self.purpose.setPlaceholderText(self.tr("For what do you need to see it?"))
        self.open_button = QPushButton(self.tr("Open and note it"), self)
        self.open_button.setObjectName("state_purpose")
        self.open_button.setProperty("kind", "primary")
        self.leave_button = QPushButton(self.tr("Leave it closed"), self)
        self.leave_button.setObjectName("leave_closed")
        self.leave_button.setProperty("kind", "quiet")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 3, 8, 3)
        layout.setSpacing(10)
        layout.addWidget(self._picture)
        layout.addWidget(self.words)
        layout.addWidget(self.purpose, 1)
        layout.addWidget(self.open_button)
        layout.addWidget(self.leave_button)
        self.purpose.textChanged.connect(lambda _text: self._check())
        self.purpose.returnPressed.connect(self._open)
        self.open_button.clicked.connect(lambda _down=False: self._open())
        self.leave_button.clicked.connect(lambda _down=False: self._answer(""))
        theme_notifier().theme_changed.connect(self._paint_state)
        self._paint_state()
        self._check()
        self.hide()

    def ask(self, case_id: str, number: str) -> None:
        """Shows the question; what was typed for another case is dropped."""
        if case_id != self._case_id:
            self.purpose.clear()
        self._case_id = case_id
        text = self.tr("{number} is sealed. Who opens it states the purpose, which is kept.")
        self.words.setText(text.format(number=number))
        self.show()
        self.purpose.setFocus()

    def _paint_state(self) -> None:
        self._picture.setPixmap(state_pixmap("paused", current_theme().px(16)))

    def _check(self) -> None:
        self.open_button.setEnabled(len(self.purpose.text().strip()) >= LENGTH_LEAST)

    def _open(self) -> None:
        if self.open_button.isEnabled():
            self._answer(self.purpose.text().strip())

    def _answer(self, purpose: str) -> None:
        case_id, self._case_id = self._case_id, ""
        self.hide()
        self.purpose.clear()
        self.answered.emit(case_id, purpose)

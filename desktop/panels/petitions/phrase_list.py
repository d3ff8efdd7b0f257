"""Canned words beside a form: Alt and a digit puts them into the text being written. UI thread."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

SHOWN_MAX: Final = 9
_AROUND: Final = 36  # pixels of padding


class PhraseList(QWidget):
    """Follows the focus among the texts it was told of; `words` gives the phrases of a step."""

    def __init__(
        self, words: Callable[[str], Sequence[str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._steps: dict[QPlainTextEdit, str] = {}
        self._into: QPlainTextEdit | None = None
        self._shown: tuple[str, ...] = ()
        self.title = QLabel(self.tr("Usual words (Alt + digit)"), self)
        self.title.setProperty("role", "group")
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        self._rows.addWidget(self.title)
        self.buttons: list[QPushButton] = []
        self.hide()

    def serve(self, text: QPlainTextEdit, step: str) -> None:
        """Offers the phrases of `step` while `text` is written."""
        self._steps[text] = step
        text.installEventFilter(self)

    @property
    def shown(self) -> tuple[str, ...]:
        """The phrases offered now."""
        return self._shown

    def refresh(self) -> None:
        """The words depend on something else that changed."""
        if self._into is not None:
            self._offer(self._into)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QPlainTextEdit):
            if event.type() == QEvent.Type.FocusIn:
                self._offer(watched)
            elif event.type() == QEvent.Type.ShortcutOverride and _digit(event):
                event.accept()
            elif event.type() == QEvent.Type.KeyPress and (number := _digit(event)):
                self.put(number)
                return True
        return super().eventFilter(watched, event)

    def put(self, number: int) -> None:
        """Writes the phrase of that number where the cursor stands; more than one are parted."""
        if self._into is None or number > len(self._shown):
            return
        cursor = self._into.textCursor()
        before = self._into.toPlainText()[: cursor.position()]
        joint = "；" if before and before[-1] not in "，。；：、\n " else ""
        cursor.insertText(joint + self._shown[number - 1])
        self._into.setTextCursor(cursor)
        self._into.setFocus()

    def _offer(self, text: QPlainTextEdit) -> None:
        self._into = text
        self._shown = tuple(self._words(self._steps[text]))[:SHOWN_MAX]
        for old in self.buttons:
            self._rows.removeWidget(old)
            old.deleteLater()
        self.buttons = []
        for number, words in enumerate(self._shown, start=1):
            button = _Phrase(f"{number}  {words}", self)
            button.clicked.connect(lambda _checked=False, number=number: self.put(number))
            self._rows.addWidget(button)
            self.buttons.append(button)
        self.setVisible(bool(self._shown))


class _Phrase(QPushButton):
    """Shortens its words; the whole of them is in the tooltip."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(words, parent)
        self._words = words
        self.setProperty("kind", "quiet")
        self.setStyleSheet("text-align: left;")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(words)
        self.setAccessibleName(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = max(0, self.width() - _AROUND)
        self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room))


def _digit(event: QEvent) -> int:
    """The digit of Alt + digit, else 0."""
    if not isinstance(event, QKeyEvent) or event.modifiers() != Qt.KeyboardModifier.AltModifier:
        return 0
    number = event.key() - Qt.Key.Key_0
    return number if 1 <= number <= SHOWN_MAX else 0

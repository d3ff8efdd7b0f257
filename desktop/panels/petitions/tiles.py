"""Numbers in a row under one heading; each opens the list that makes it. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from widgets.states import state_pixmap
from widgets.theme import current_theme, repolish

_HIGH = 52


class NumberTile(QPushButton):
    """A number over its words, pressed by mouse or keys."""

    def __init__(self, key: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.setObjectName(f"tile_{key}")
        self.setProperty("kind", "quiet")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme = current_theme()
        self.setFixedHeight(theme.px(_HIGH))
        self._mark = QLabel(self)
        self._number = QLabel("—", self)
        self._number.setProperty("role", "large")
        self._words = QLabel(words, self)
        self._words.setProperty("role", "small")
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self._number)
        top.addWidget(self._mark)
        top.addStretch(1)
        body = QVBoxLayout(self)
        body.setContentsMargins(8, 2, 8, 2)
        body.setSpacing(0)
        body.addLayout(top)
        body.addWidget(self._words)
        for part in (self._mark, self._number, self._words):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._label = words
        self.setMinimumWidth(self._words.sizeHint().width() + 18)

    def set_number(self, text: str, state: str = "") -> None:
        """The number as words and, where it means trouble, the shape of its state."""
        self._number.setText(text)
        if state:
            self._mark.setPixmap(state_pixmap(state, current_theme().px(12)))
        self._mark.setVisible(bool(state))
        self.setAccessibleName(f"{self._label} {text}")
        repolish(self._number)

    @property
    def number(self) -> str:
        """The words of the number."""
        return self._number.text()


class TileGroup(QFrame):
    """`chosen(key)`: a number was pressed."""

    chosen = Signal(str)

    def __init__(
        self, title: str, tiles: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        heading = QLabel(title, self)
        heading.setProperty("role", "group")
        self.note = QLabel(self)
        self.note.setProperty("role", "small")
        head = QHBoxLayout()
        head.addWidget(heading)
        head.addStretch(1)
        head.addWidget(self.note)
        row = QHBoxLayout()
        row.setSpacing(2)
        self.tiles: dict[str, NumberTile] = {}
        for key, words in tiles:
            tile = NumberTile(key, words, self)
            tile.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            row.addWidget(tile, 1)
            self.tiles[key] = tile
        body = QVBoxLayout(self)
        body.setContentsMargins(8, 6, 8, 6)
        body.setSpacing(2)
        body.addLayout(head)
        body.addLayout(row)

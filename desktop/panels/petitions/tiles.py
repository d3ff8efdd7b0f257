"""Numbers in a row under one heading; each opens the list that makes it. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.states import STATES, paint_shape
from widgets.theme import current_theme, theme_notifier

_MARGIN: Final = 8
_MARK: Final = 10


class NumberTile(QWidget):
    """A number over its words, pressed by mouse or keys."""

    clicked = Signal()

    def __init__(self, key: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"tile_{key}")
        self._words = words
        self._number = "—"
        self._state = ""
        self._hovered = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(words)
        theme_notifier().theme_changed.connect(self._on_theme)

    def set_number(self, text: str, state: str = "") -> None:
        """The number as words and, where it means trouble, the shape of its state."""
        self._number, self._state = text, state
        self.setAccessibleName(f"{self._words} {text}")
        self.updateGeometry()
        self.update()

    @property
    def number(self) -> str:
        """The words of the number."""
        return self._number

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        theme = current_theme()
        number = QFontMetrics(theme.font("large", bold=True))
        words = QFontMetrics(theme.font("small"))
        width = max(
            number.horizontalAdvance(self._number) + theme.px(_MARK + 6),
            words.horizontalAdvance(self._words),
        )
        margin = theme.px(_MARGIN)
        return QSize(width + 2 * margin, number.height() + words.height() + theme.px(8))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._hovered or self.hasFocus():
            painter.setPen(theme.color("accent") if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            frame = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(frame, theme.radius, theme.radius)
        margin = theme.px(_MARGIN)
        room = self.rect().adjusted(margin, theme.px(3), -margin, -theme.px(3))
        font = theme.font("large", bold=True)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(theme.text_color(self._state))
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        painter.drawText(room, left, self._number)
        if self._state in STATES:
            size = theme.px(_MARK)
            at = room.left() + metrics.horizontalAdvance(self._number) + theme.px(6)
            spot = QRect(at, room.top() + (metrics.height() - size) // 2, size, size)
            paint_shape(painter, spot.toRectF(), self._state, theme)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        below = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        painter.drawText(room, below, self._words)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._hover(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(False)

    def _hover(self, on: bool) -> None:
        self._hovered = on
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)


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
            tile.clicked.connect(lambda key=key: self.chosen.emit(key))
            row.addWidget(tile, 1)
            self.tiles[key] = tile
        body = QVBoxLayout(self)
        body.setContentsMargins(8, 6, 8, 6)
        body.setSpacing(2)
        body.addLayout(head)
        body.addLayout(row)

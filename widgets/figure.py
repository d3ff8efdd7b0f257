"""One number that says how things stand, with its label and a line beneath. UI thread."""

from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.states import STATES, paint_shape
from widgets.theme import Theme, current_theme, theme_notifier

LARGE_TEXT_PX: Final = 32
_COMPACT_HIGH: Final = 74


class FigureCard(QWidget):
    """A card that opens the list behind its number.

    The number is never shortened: it shrinks to fit; label and line beneath elide.
    """

    clicked = Signal()

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._value = "—"
        self._sub = ""
        self._state = ""
        self._large = False
        self._compact = False
        self._hovered = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme_notifier().theme_changed.connect(self._on_theme)
        self._describe()

    def set_figure(self, value: str, sub: str = "", state: str = "") -> None:
        """The number as words, the line beneath, and a style key for its colour."""
        self._value, self._sub, self._state = value, sub, state
        self._describe()
        self.update()

    def set_label(self, label: str) -> None:
        """Changes the words above the number."""
        self._label = label
        self._describe()
        self.update()

    def set_large(self, large: bool) -> None:
        """Fixed pixels that are read across a room, for a wall whose theme is large already."""
        self._large = large
        self.updateGeometry()
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Without the line beneath, which is then in the tooltip: for many cards in little room."""
        self._compact = compact
        self.updateGeometry()
        self.update()

    def number_font(self) -> QFont:
        """The font the number is painted in: as large as fits the width."""
        theme = current_theme()
        font = theme.font("figure", bold=True)
        size = 84 if self._large else theme.px(28)
        room = self.width() - 2 * self._margin(theme)
        while size > theme.px(12):
            font.setPixelSize(size)
            if QFontMetrics(font).horizontalAdvance(self._value) <= room:
                break
            size -= 1
        font.setPixelSize(size)
        return font

    def _describe(self) -> None:
        self.setAccessibleName(f"{self._label} {self._value}")
        self.setAccessibleDescription(self._sub)
        self.setToolTip(self._sub)

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

    def _margin(self, theme: Theme) -> int:
        return 24 if self._large else theme.px(14)

    def sizeHint(self) -> QSize:
        theme = current_theme()
        if self._large:
            return QSize(360, 224)
        return QSize(theme.px(240), theme.px(_COMPACT_HIGH if self._compact else 92))

    def minimumSizeHint(self) -> QSize:
        theme = current_theme()
        return QSize(200 if self._large else theme.px(120), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "accent" if self.hasFocus() else "line_strong" if self._hovered else "line"
        painter.setPen(QPen(theme.color(edge), 1))
        painter.setBrush(theme.color("surface"))
        frame = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, theme.radius, theme.radius)
        margin = self._margin(theme)
        above, below = (18, 16) if self._large else (theme.px(10), theme.px(9))
        self._paint_words(painter, self.rect().adjusted(margin, above, -margin, -below), theme)
        painter.end()

    def _paint_words(self, painter: QPainter, room: QRect, theme: Theme) -> None:
        small = theme.font("body")
        if self._large:
            small.setPixelSize(LARGE_TEXT_PX)
        metrics = QFontMetrics(small)
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        left, line = int(Qt.AlignmentFlag.AlignLeft), metrics.height()
        flags = left | int(Qt.AlignmentFlag.AlignVCenter)
        words = QRect(room.left(), room.top(), room.width(), line)
        mode = Qt.TextElideMode.ElideRight
        size = 24 if self._large else theme.px(10)
        mark = size if self._state in STATES else 0
        label_room = room.width() - mark - (6 if mark else 0)
        painter.drawText(words, flags, metrics.elidedText(self._label, mode, label_room))
        if mark:
            spot = QRect(room.right() - mark, words.center().y() - mark // 2, mark, mark)
            paint_shape(painter, spot.toRectF(), self._state, theme)
        sub_font = theme.font("small")
        if self._large:
            sub_font.setPixelSize(LARGE_TEXT_PX)
        sub_metrics = QFontMetrics(sub_font)
        below = QRect(room.left(), 0, room.width(), sub_metrics.height())
        below.moveBottom(room.bottom())
        painter.setFont(sub_font)
        painter.setPen(theme.color("faint_text"))
        if self._compact:
            below.setTop(room.bottom() + 1)
        else:
            painter.drawText(below, flags, sub_metrics.elidedText(self._sub, mode, room.width()))
        painter.setFont(self.number_font())
        painter.setPen(theme.text_color(self._state))
        middle = QRect(room.left(), words.bottom(), room.width(), below.top() - words.bottom())
        painter.drawText(middle, flags, self._value)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
            return
        super().keyPressEvent(event)

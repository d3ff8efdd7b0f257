"""A state as a small pill: shape, colour and word. UI thread."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.states import BADGE_HEIGHT, badge_width, paint_badge
from widgets.theme import current_theme, theme_notifier


class Badge(QWidget):
    """Shows one state. An empty key shows nothing and takes no room."""

    def __init__(self, key: str = "", text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self._text = text
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        theme_notifier().theme_changed.connect(self.updateGeometry)
        self.set_state(key, text)

    def set_state(self, key: str, text: str) -> None:
        """Shows the style `key` with the words `text`."""
        self._key, self._text = key, text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        if not self._key:
            return QSize(0, 0)
        theme = current_theme()
        return QSize(badge_width(self._text, theme), theme.px(BADGE_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._key:
            return
        painter = QPainter(self)
        paint_badge(painter, self.rect(), self._key, self._text, current_theme())
        painter.end()

"""Groups above, log or list beneath, scrolled only where both would get too little. UI thread."""

from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from widgets.theme import current_theme

_LOG_HIGH: Final = 170
_GAP: Final = 10


class DutyArea(QScrollArea):
    """What is beneath takes what the groups leave. A resizable scroll area would give it what it
    likes best and scroll for that; `gap` in pixels between both and above."""

    def __init__(
        self, groups: QWidget, log: QWidget, parent: QWidget | None = None, *, gap: int = _GAP
    ) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._groups = groups
        self._inside = QWidget(self)
        self._inside.setProperty("plain", True)
        inner = QVBoxLayout(self._inside)
        inner.setContentsMargins(0, gap, 0, 0)
        inner.setSpacing(gap)
        self._gap = gap
        inner.addWidget(groups)
        inner.addWidget(log, 1)
        log.setMinimumHeight(current_theme().px(_LOG_HIGH))
        self.setWidget(self._inside)
        self._inside.installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Another line of cards has come, or one has gone.
        if watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        room = self.viewport().size()
        least = self._groups.height() + current_theme().px(_LOG_HIGH) + 2 * self._gap
        wanted = max(room.height(), least)
        if (self._inside.width(), self._inside.height()) != (room.width(), wanted):
            self._inside.resize(room.width(), wanted)

"""Notices: a banner that does not block, and the list that keeps them all. UI thread."""

from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from widgets.notice import NoticeBar, NoticeList

_STATES: Final = {"info": "paused", "done": "normal", "warning": "due_soon", "error": "overdue"}
POPUP_WIDTH: Final = 420
POPUP_HEIGHT: Final = 480


class Notices(QObject):
    """Keeps every notice until it was seen, and afterwards too."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.bar = NoticeBar(parent)
        self.bar.setObjectName("notice_bar")
        self.bar.changed.connect(self.changed)
        self._popup: QFrame | None = None

    @property
    def unseen(self) -> int:
        """How many nobody has looked at."""
        return self.bar.unseen_count()

    def post(self, text: str, level: str = "info") -> None:
        """Shows a notice and keeps it."""
        self.bar.post(text, state=_STATES.get(level, "paused"))

    def texts(self) -> list[str]:
        """The words of all notices of this session."""
        return [notice.text for notice in self.bar.history()]

    def show_list(self, below: QWidget) -> None:
        """Opens the list under a button; opening it marks all as seen."""
        popup = QFrame(below.window(), Qt.WindowType.Popup)
        popup.setObjectName("notice_popup")
        popup.setProperty("popup", True)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box = QVBoxLayout(popup)
        box.addWidget(NoticeList(self.bar, popup))
        popup.resize(POPUP_WIDTH, POPUP_HEIGHT)
        corner = below.mapToGlobal(QPoint(below.width() - POPUP_WIDTH, below.height() + 4))
        popup.move(corner)
        popup.show()
        self._popup = popup
        self.bar.mark_all_seen()

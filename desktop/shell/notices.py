"""Notices: what went wrong in a banner, the rest in the foot line, all in a list. UI thread.

Only an error takes room from the desk. Everything else is one line at the foot and the number on
the bell, so that a desk whose backup ran or whose letters went up a rung looks as calm as before.
"""

from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from widgets.notice import Notice, NoticeBar, NoticeList
from widgets.states import state_pixmap
from widgets.theme import current_theme, theme_notifier

_BANNER: Final = frozenset({"overdue"})
# What a user's own act led to has been read by then; what waits for somebody stays.
_BRIEF: Final = frozenset({"normal", "paused"})
BRIEF_MS: Final = 10_000
_STATES: Final = {"info": "paused", "done": "normal", "warning": "due_soon", "error": "overdue"}
POPUP_WIDTH: Final = 420
POPUP_HEIGHT_MAX: Final = 480
POPUP_ROW: Final = 44


class Notices(QObject):
    """Keeps every notice until it was seen, and afterwards too."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.bar = NoticeBar(parent, states=_BANNER)
        self.bar.setObjectName("notice_bar")
        self.line = NoticeLine(self.bar, parent)
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
        theme = current_theme()
        width = theme.px(POPUP_WIDTH)
        rows = max(2, len(self.bar.history()) + 1)
        popup.resize(width, theme.px(min(POPUP_HEIGHT_MAX, rows * POPUP_ROW)))
        corner = below.mapToGlobal(QPoint(below.width() - width, below.height() + 4))
        popup.move(corner)
        popup.show()
        self._popup = popup
        self.bar.mark_all_seen()


class NoticeLine(QWidget):
    """The newest notice that is no error, for the foot of the window."""

    def __init__(self, bar: NoticeBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice_line")
        self._bar = bar
        self._shown: Notice | None = None
        self._picture = QLabel()
        self._words = QLabel()
        self._words.setObjectName("notice_words")
        self._words.setProperty("role", "small")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._close = QPushButton(self.tr("Got it"))
        self._close.setProperty("kind", "caption")
        self._close.clicked.connect(self._dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._picture)
        row.addWidget(self._words)
        row.addWidget(self._close)
        self._brief = QTimer(self)
        self._brief.setSingleShot(True)
        self._brief.setInterval(BRIEF_MS)
        self._brief.timeout.connect(self._dismiss)
        bar.changed.connect(self._show)
        theme_notifier().theme_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        notice = self._bar.waiting()
        if notice is not None and (self._shown is None or notice.id != self._shown.id):
            self._brief.stop()
            if notice.state in _BRIEF:
                self._brief.start()
        self._shown = notice
        self.setVisible(notice is not None)
        if notice is None:
            self._brief.stop()
            return
        theme = current_theme()
        self._picture.setPixmap(state_pixmap(notice.state, theme.px(12)))
        room = theme.px(560)
        metrics = self._words.fontMetrics()
        words = " ".join(notice.text.split())
        self._words.setText(metrics.elidedText(words, Qt.TextElideMode.ElideRight, room))
        self._words.setToolTip(notice.text)
        self.setAccessibleName(notice.text)

    def _dismiss(self) -> None:
        if self._shown is not None:
            self._bar.dismiss(self._shown.id)

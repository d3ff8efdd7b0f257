"""Notices that stand in the window, block nothing and are kept until seen. UI thread."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from widgets.states import state_pixmap
from widgets.theme import current_theme, theme_notifier

HISTORY_MAX: Final = 500
SHOWN_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that was said. state: style key."""

    id: int
    text: str
    state: str
    at: datetime
    action_text: str = ""
    seen: bool = False


class NoticeBar(QFrame):
    """Shows the newest notice nobody has seen; dismissing shows the one before it.

    Nothing goes away by itself. The oldest seen ones fall out beyond 500, unseen ones never.
    `states` are the style keys that the bar itself shows, all when None; the others are kept
    for `waiting` and the list.
    """

    changed = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, states: frozenset[str] | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("banner", True)
        self._states = states
        self._notices: list[Notice] = []
        self._actions: dict[int, Callable[[], None]] = {}
        self._next = 1
        self._picture = QLabel()
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._more = QLabel()
        self._more.setProperty("role", "small")
        self._action = QPushButton()
        self._action.clicked.connect(self._act)
        self._close = QPushButton(self.tr("Got it"))
        self._close.setProperty("kind", "quiet")
        self._close.clicked.connect(self._dismiss_shown)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 3, 8, 3)
        layout.setSpacing(10)
        layout.addWidget(self._picture)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._more)
        layout.addWidget(self._action)
        layout.addWidget(self._close)
        self.hide()
        theme_notifier().theme_changed.connect(self._show_newest)

    def post(
        self,
        text: str,
        *,
        state: str = "normal",
        action_text: str = "",
        on_action: Callable[[], None] | None = None,
    ) -> int:
        """Says something and gives the notice's number for `dismiss`."""
        number = self._next
        self._next += 1
        shown_action = action_text if on_action is not None else ""
        self._notices.append(Notice(number, text, state, datetime.now(), shown_action))
        if on_action is not None:
            self._actions[number] = on_action
        self._forget_old()
        self._show_newest()
        self.changed.emit()
        return number

    def dismiss(self, number: int) -> None:
        """Marks one as seen; it stays in the history."""
        self._notices = [
            replace(one, seen=True) if one.id == number else one for one in self._notices
        ]
        self._show_newest()
        self.changed.emit()

    def mark_all_seen(self) -> None:
        """Marks all as seen, e.g. when the list was opened."""
        self._notices = [replace(one, seen=True) for one in self._notices]
        self._show_newest()
        self.changed.emit()

    def history(self) -> tuple[Notice, ...]:
        """All that was said, newest first."""
        return tuple(reversed(self._notices))

    def unseen_count(self) -> int:
        """How many nobody has seen."""
        return sum(not one.seen for one in self._notices)

    def waiting(self) -> Notice | None:
        """The newest notice nobody has seen that the bar itself does not show."""
        return next(
            (one for one in reversed(self._notices) if not one.seen and not self._bars(one)), None
        )

    def refresh(self) -> None:
        """Shows again what there is to show, after the bar was hidden from outside."""
        self._show_newest()

    def act(self, number: int) -> None:
        """Runs the notice's action and marks it as seen."""
        action = self._actions.get(number)
        self.dismiss(number)
        if action is not None:
            action()

    def _forget_old(self) -> None:
        surplus = len(self._notices) - HISTORY_MAX
        for one in [one for one in self._notices if one.seen][: max(0, surplus)]:
            self._notices.remove(one)
            self._actions.pop(one.id, None)

    def _bars(self, notice: Notice) -> bool:
        return self._states is None or notice.state in self._states

    def _shown(self) -> Notice | None:
        return next(
            (one for one in reversed(self._notices) if not one.seen and self._bars(one)), None
        )

    def _show_newest(self) -> None:
        shown = self._shown()
        self.setVisible(shown is not None)
        if shown is None:
            return
        self._picture.setPixmap(state_pixmap(shown.state, current_theme().px(16)))
        self._words.setText(shown.text)
        self.setAccessibleName(shown.text)
        self._action.setText(shown.action_text)
        self._action.setVisible(bool(shown.action_text))
        others = sum(not one.seen and self._bars(one) for one in self._notices) - 1
        self._more.setVisible(others > 0)
        self._more.setText(self.tr("{count} more").replace("{count}", str(others)))

    def _dismiss_shown(self) -> None:
        shown = self._shown()
        if shown is not None:
            self.dismiss(shown.id)

    def _act(self) -> None:
        shown = self._shown()
        if shown is not None:
            self.act(shown.id)


class NoticeList(QWidget):
    """The history of a bar, newest first, with the actions still to take."""

    def __init__(self, bar: NoticeBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = bar
        body = QWidget()
        body.setProperty("plain", True)
        self._rows = QVBoxLayout(body)
        self._rows.setContentsMargins(0, 0, 6, 0)
        self._rows.setSpacing(10)
        self._empty = QLabel(
            self.tr("No notices yet. What happens in the background is kept here.")
        )
        self._empty.setProperty("role", "muted")
        self._empty.setWordWrap(True)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 6, 10)
        layout.addWidget(self._empty)
        layout.addWidget(area, 1)
        # A burst of notices is one rebuild, and none while nobody looks.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._rebuild)
        bar.changed.connect(self._on_changed)
        theme_notifier().theme_changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        if self.isVisible():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._rebuild()

    def _rebuild(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        history = self._bar.history()
        self._empty.setVisible(not history)
        for notice in history[:SHOWN_MAX]:
            self._rows.addWidget(self._row(notice))
        self._rows.addStretch(1)

    def _row(self, notice: Notice) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        picture = QLabel()
        picture.setPixmap(state_pixmap(notice.state, current_theme().px(14)))
        words = QLabel(notice.text)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        if notice.seen:
            words.setProperty("role", "muted")
        at = QLabel(f"{notice.at:%H:%M}")
        at.setProperty("role", "small")
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(words, 1)
        if notice.action_text:
            action = QPushButton(notice.action_text)
            action.clicked.connect(lambda: self._bar.act(notice.id))
            layout.addWidget(action)
        layout.addWidget(at, 0, Qt.AlignmentFlag.AlignTop)
        return row

"""The line at the foot: connection, what waits, age of the data, whose data. UI thread."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from desktop.contract.context import PanelContext
from widgets.theme import current_theme, theme_notifier

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.outbox import Pending
    from storage.records.changes import ChangeSet

HEIGHT_PX: Final = 28


def _pending(connection: Connection, _args: None) -> Pending:
    from storage.outbox import pending  # noqa: PLC0415  Reader lane; the frame needs no SQL.

    return pending(connection)


class StatusBar(QFrame):
    """Says how fresh the desk is. This build has no hub to connect to, and says so."""

    def __init__(self, notice: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status_bar")
        self.setFixedHeight(current_theme().px(HEIGHT_PX))
        self._context: PanelContext | None = None
        self._words = QLabel()
        self._words.setObjectName("status_words")
        self._words.setProperty("role", "small")
        self._right = QLabel()
        self._right.setObjectName("status_right")
        self._right.setProperty("role", "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 2)
        row.addWidget(self._words)
        row.addSpacing(24)
        row.addWidget(notice)
        self._said = QLabel()
        self._said.setObjectName("status_said")
        self._said.setProperty("role", "small")
        row.addSpacing(24)
        row.addWidget(self._said)
        row.addStretch(1)
        row.addWidget(self._right)
        self._waiting = 0
        self._as_of: datetime | None = None
        theme_notifier().theme_changed.connect(self._fit)
        self._rewrite()

    def attach(self, context: PanelContext, *, demo: bool) -> None:
        """Begins to count what waits to be sent."""
        self._context = context
        self._right.setText(self.tr("Demonstration data · all people are invented") if demo else "")
        context.changed.connect(self._on_changed)
        self._fresh()

    def say(self, sentence: str) -> None:
        """Shows what just happened beside the lasting words."""
        self._said.setText(sentence)

    def _fit(self) -> None:
        self.setFixedHeight(current_theme().px(HEIGHT_PX))

    def _on_changed(self, _changes: ChangeSet) -> None:
        self._fresh()

    def _fresh(self) -> None:
        if self._context is None:
            return
        self._as_of = self._context.now()
        self._context.read(self, "pending", _pending, None, self._on_pending)
        self._rewrite()

    def _on_pending(self, found: Pending) -> None:
        self._waiting = found.bundles
        self._rewrite()

    def _rewrite(self) -> None:
        words = [
            self.tr("Offline"),
            self.tr("%1 to send").replace("%1", str(self._waiting)),
            self.tr("%1 conflicts").replace("%1", "0"),
        ]
        if self._as_of is not None:
            words.append(self.tr("Data as of %1").replace("%1", f"{self._as_of:%H:%M:%S}"))
        self._words.setText(" · ".join(words))

"""Keeps a view as fresh as its tables. UI thread.

A visible view reads again soon after a change; a hidden one remembers that it is stale and reads
when it is shown. At most one read of a view is under way, so a flood of changes cannot queue.
"""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop.contract.context import PanelContext
from storage.records.changes import ChangeSet

INTERVAL_MS: Final = 300


class LiveRefresh(QObject):
    """Calls `refresh` of a view when one of `tables` changed, the day changed, or it was asked.

    `refresh` starts a read; the view calls `finished()` when the answer, or an error, is there.
    Two reads begin at least `interval_ms` apart.
    """

    def __init__(
        self,
        view: QWidget,
        context: PanelContext,
        tables: Sequence[str],
        refresh: Callable[[], None],
        *,
        interval_ms: int = INTERVAL_MS,
    ) -> None:
        super().__init__(view)
        self._view = view
        self._tables = tuple(tables)
        self._refresh = refresh
        self._stale = True
        self._reading = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._begin)
        view.installEventFilter(self)
        context.changed.connect(self._on_changed)
        context.day_changed.connect(self._on_day_changed)

    @property
    def stale(self) -> bool:
        """Whether something changed that the view does not show yet."""
        return self._stale

    def ask(self) -> None:
        """Reads at once if the view is visible, else when it is shown.

        For what the user asks: an answer still under way is superseded, not waited for.
        """
        self._stale = True
        self._reading = False
        self._begin()

    def finished(self) -> None:
        """The answer has come; reads once more if facts changed meanwhile."""
        self._reading = False
        if self._stale and self._view.isVisible():
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and watched is self._view and self._stale:
            self._begin(showing=True)
        return False

    def _begin(self, showing: bool = False) -> None:
        if self._reading or not self._stale or not (showing or self._view.isVisible()):
            return
        self._timer.stop()
        self._stale = False
        self._reading = True
        self._refresh()

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*self._tables):
            self._mark()

    def _on_day_changed(self, _day: object) -> None:
        self._mark()

    def _mark(self) -> None:
        self._stale = True
        if not self._reading and self._view.isVisible() and not self._timer.isActive():
            self._timer.start()

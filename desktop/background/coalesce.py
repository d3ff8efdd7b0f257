"""Merges what writes changed into few announcements. UI thread.

The first change after a quiet time is announced at once, so a click is answered without delay;
what follows is merged and announced every 200 ms, at most five times a second.
"""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from storage.records.changes import ChangeSet

INTERVAL_MS: Final = 200


class Coalescer(QObject):
    """Takes ChangeSets, emits merged ones."""

    announced = Signal(object)

    def __init__(self, parent: QObject | None = None, *, interval_ms: int = INTERVAL_MS) -> None:
        super().__init__(parent)
        self._waiting = ChangeSet()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._tick)

    def add(self, changes: ChangeSet) -> None:
        """Announces `changes` now or with the next batch; an empty one is dropped."""
        if not changes:
            return
        self._waiting = self._waiting.merge(changes) if self._waiting else changes
        if not self._timer.isActive():
            self._announce()

    def flush(self) -> None:
        """Announces at once what waits."""
        if self._waiting:
            self._announce()

    def _tick(self) -> None:
        if self._waiting:
            self._announce()

    def _announce(self) -> None:
        changes, self._waiting = self._waiting, ChangeSet()
        self._timer.start()
        self.announced.emit(changes)

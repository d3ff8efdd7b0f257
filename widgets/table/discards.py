"""Lets go of many rows a few at a time. UI thread.

Python frees what nothing holds any more at once: 40 pages of rows keep the window for 25 ms.
"""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QObject, QTimer

TURN_MS: Final = 10
TURN_ROWS: Final = 100


class Discards(QObject):
    """Holds what is not needed any more, for less than a second."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[object] = []
        self._timer = QTimer(self)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self._turn)

    def take(self, rows: Iterable[object]) -> None:
        """From now on only this object holds `rows`."""
        self._rows.extend(rows)
        if self._rows and not self._timer.isActive():
            self._timer.start()

    @property
    def held(self) -> int:
        """How many rows are still to go."""
        return len(self._rows)

    def _turn(self) -> None:
        del self._rows[-TURN_ROWS:]
        if not self._rows:
            self._timer.stop()

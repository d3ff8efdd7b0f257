"""The court's day and instant (Asia/Shanghai), and the turn of the day. UI thread.

A demo or a test holds the day still: the clock runs on, the day does not.
"""

from datetime import date, datetime
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.contract.court_zone import COURT_ZONE

CHECK_MS: Final = 15_000


class CourtTime(QObject):
    """Knows what day it is at the court."""

    day_changed = Signal(object)  # date

    def __init__(self, held: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held = date.fromisoformat(held) if held else None
        self._day = self.today()
        self._timer = QTimer(self)
        self._timer.setInterval(CHECK_MS)
        self._timer.timeout.connect(self.check)
        self._timer.start()

    def today(self) -> date:
        """The held day, else the day in the court's zone."""
        return self._held or datetime.now(COURT_ZONE).date()

    def now(self) -> datetime:
        """The instant; on the held day if there is one."""
        now = datetime.now(COURT_ZONE)
        if self._held is None:
            return now
        return now.replace(year=self._held.year, month=self._held.month, day=self._held.day)

    def check(self) -> None:
        """Announces a day that has turned since the last look; a laptop may have slept."""
        today = self.today()
        if today != self._day:
            self._day = today
            self.day_changed.emit(today)

    def hold(self, day: date | None) -> None:
        """Holds the day still, or lets it run again."""
        self._held = day
        self.check()

    def stop(self) -> None:
        """Stops looking."""
        self._timer.stop()

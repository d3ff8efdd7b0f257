"""The hand of the clock: forwards and backwards at 1 to 32 times, event by event. UI thread."""

from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from desktop.contract.court_zone import COURT_ZONE

NEVER: Final = datetime.min.replace(tzinfo=COURT_ZONE)
SPEEDS: Final = (1, 2, 4, 8, 16, 32)
TICK_MS: Final = 100


class Player(QObject):
    """`moved(moment)` with each step; `changed()` when it starts, stops or turns round.

    The time that really passed is what counts, so a late tick loses nothing.
    """

    moved = Signal(object)
    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._since = self._until = self._at = NEVER
        self._direction = 0
        self.speed = 8
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)

    @property
    def at(self) -> datetime:
        """The instant shown."""
        return self._at

    @property
    def direction(self) -> int:
        """1 forwards, -1 backwards, 0 standing."""
        return self._direction

    @property
    def running(self) -> bool:
        """Whether its timer runs; it does not while nobody looks."""
        return self._timer.isActive()

    def load(self, since: datetime, until: datetime) -> None:
        """Another film, from its beginning, standing."""
        self._since, self._until = since, until
        self.play(0)
        self.go(since)

    def go(self, moment: datetime) -> None:
        """Shows an instant, the nearest of the film."""
        self._at = min(max(moment, self._since), self._until)
        self.moved.emit(self._at)

    def play(self, direction: int) -> None:
        """1 forwards, -1 backwards, 0 stops. At its end the film begins anew."""
        if direction > 0 and self._at >= self._until:
            self.go(self._since)
        elif direction < 0 and self._at <= self._since:
            self.go(self._until)
        self._direction = direction
        self.rest(direction == 0)
        self.changed.emit()

    def rest(self, resting: bool) -> None:
        """Stops the timer and lets it go on, without forgetting which way it went."""
        if resting or not self._direction:
            self._timer.stop()
        elif not self._timer.isActive():
            self._clock.start()
            self._timer.start()

    def _on_tick(self) -> None:
        passed = timedelta(milliseconds=self._clock.restart())
        moment = self._at + passed * self.speed * self._direction
        if not self._since < moment < self._until:
            self.play(0)
        self.go(moment)

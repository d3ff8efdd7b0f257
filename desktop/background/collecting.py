"""Collects garbage in moments that nobody notices. UI thread.

Young objects are looked through forty times a second, which takes a millisecond or two. The
middle ones have their turn when no answer is awaited, and after a few looks at the young in any
case: whoever works ten minutes without a pause would else pay for all of them in one go, with a
quarter of a second. All have theirs when nothing was asked for half a minute. What was there when
the desk had opened is never walked again.
"""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from desktop.contract.collector import give_back, take_over

if TYPE_CHECKING:  # The frame of the window comes up without the database library.
    from desktop.background.context import DeskContext

START_MS: Final = 1_500  # what the start leaves behind does not make it longer
TICK_MS: Final = 25  # with 50 a look at the middle ones took up to 24 ms
YOUNG_MIN: Final = 1_000  # fewer are not worth a look
MIDDLE_AFTER: Final = 1  # looks at the young; with five one look took 33 ms instead of 15
AWAY_MS: Final = 30_000
FULL_EVERY_S: Final = 300.0


class Collecting(QObject):
    """The desk's collector; `stop` gives it back to Python."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        take_over()
        self._full_at = time.monotonic()
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._collect_young)
        self._begin = QTimer(self)
        self._begin.setSingleShot(True)
        self._begin.timeout.connect(self._tick.start)
        self._begin.start(START_MS)
        self._away = QTimer(self)
        self._away.setSingleShot(True)
        self._away.setInterval(AWAY_MS)
        self._away.timeout.connect(self._collect_all)
        self._settled = False
        self._context: DeskContext | None = None
        self._begun = 0

    def attach(self, context: DeskContext) -> None:
        """Begins to use the quiet moments of an open desk."""
        self._context = context
        context.idle.connect(self.rest)

    @property
    def away_pending(self) -> bool:
        """Whether the pause after which nobody is thought to be at work still runs."""
        return self._away.isActive()

    def rest(self) -> None:
        """No answer is awaited. The first time the desk stands: what is there will stay."""
        if not self._settled:
            self._settled = True
            gc.freeze()
        gc.collect(1)
        if self._context is not None:
            self._begun = self._context.begun
        self._away.start()

    def stop(self) -> None:
        """Python collects by itself again."""
        self._begin.stop()
        self._tick.stop()
        self._away.stop()
        gc.unfreeze()
        give_back()

    def _collect_young(self) -> None:
        young, looks, _ = gc.get_count()
        if young >= YOUNG_MIN:
            gc.collect(1 if looks >= MIDDLE_AFTER else 0)

    def _collect_all(self) -> None:
        now = time.monotonic()
        # Somebody who scrolls is at work also between two questions.
        busy = self._context is not None and self._context.begun != self._begun
        if not busy and now - self._full_at >= FULL_EVERY_S:
            self._full_at = now
            gc.collect()

"""One picture for whoever of this desk wants it: the map, and what is attended to without it.
UI thread; the reading is done on a reader lane, once at a time.
"""

from typing import Final, cast

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.command.positions.live import TABLES, Ask, LivePicture, Now
from desktop.contract.context import PanelContext
from desktop.panels.live_map.queries import picture_now
from desktop.rules.track_law import load_field_law
from storage.records.changes import ChangeSet

REST_MS: Final = 500  # between two readings
NEXT_MS: Final = 30  # where rows of the day are still to be taken in


class Keeper(QObject):
    """Reads again after each change of what the picture rests on; `changed` brings it."""

    changed = Signal(object)  # Now
    failed = Signal(str)

    def __init__(self, context: PanelContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._picture = LivePicture(load_field_law())
        self._reading = self._stale = False
        self.now: Now | None = None
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._read)
        context.changed.connect(self._on_changed)

    def ask(self) -> None:
        """Has the picture read now, if it is not being read already."""
        self._stale = True
        if not self._rest.isActive():
            self._read()

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*TABLES):
            self.ask()

    def _read(self) -> None:
        if self._reading or not self._stale:
            return
        self._reading, self._stale = True, False
        args = (self._picture, Ask(self._context.now()))
        self._context.read(self, "live_map", picture_now, args, self._take, self._fail)

    def _take(self, now: Now) -> None:
        self._reading = False
        self.now = now
        self._stale = self._stale or now.left > 0
        self._rest.start(NEXT_MS if now.left else REST_MS)
        self.changed.emit(now)

    def _fail(self, sentence: str) -> None:
        self._reading = False
        self._rest.start(REST_MS)
        self.failed.emit(sentence)


def keeper_of(context: PanelContext) -> Keeper:
    """The keeper of an open desk; made when it is first asked for, and gone with the desk."""
    desk = cast(QObject, context)
    found = desk.findChild(Keeper)
    return found if found is not None else Keeper(context, desk)

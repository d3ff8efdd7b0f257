"""Whether the desk may be shown: who sits here, and how long it may do without its hub. UI thread.

A pause locks the desk until the passphrase is typed again, with or without a network. A device that
has not met its hub for the days the hub allows shows nothing until it has (U13, U30).
"""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.background.context import DeskContext
from desktop.background.sync_driver import SyncDriver
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.sync import SyncState
from storage.session import Session
from storage.sync.validity import ended_words, note_time, validity

EVERY_MS: Final = 10 * 60_000


class Admission(QObject):
    """Says what stands in front of the desk, and when it goes."""

    locked = Signal()
    refused = Signal(str)  # what was typed is wrong, or comes too soon
    ended = Signal(str)  # the sentence
    hub_asked = Signal(str, str)  # login, why the hub refused it
    admitted = Signal()

    def __init__(
        self,
        context: DeskContext,
        session: Session,
        driver: SyncDriver,
        ended: str = "",
        parent: QObject | None = None,
    ) -> None:
        """`ended`: what opening the store found about its validity."""
        super().__init__(parent)
        self._context = context
        self._session = session
        self._driver = driver
        self._locked = False
        self._ended = ended
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        context.day_changed.connect(lambda _day: self.look())
        driver.rounded.connect(lambda _outcome: self._on_round())
        driver.changed.connect(self._on_sync)

    def start(self) -> None:
        """Covers the desk at once if its time is over."""
        if self._ended:
            self._tell()

    def lock(self) -> None:
        """Nobody sits here any more, as far as the desk can tell."""
        self._locked = True
        self._tell()

    def prove(self, passphrase: str) -> None:
        """Somebody says that he may go on."""
        self._context.layout(
            self, self._session.replica.prove, passphrase, self._on_proven, self.refused.emit
        )

    def look(self) -> None:
        """Asks the store whether its time is over."""
        self._context.layout(
            self, self._sentence, datetime.now(COURT_ZONE), self._on_sentence, lambda _why: None
        )

    def _sentence(self, now: datetime) -> str:
        """Layout lane."""
        with self._session.read() as connection:
            found = validity(connection, now)
        if found is None:
            return ""
        with self._session.apply() as write:
            note_time(write.connection, now)
        return ended_words(found) if found.over else ""

    def _on_sentence(self, sentence: str) -> None:
        if sentence != self._ended:
            self._ended = sentence
            self._tell()

    def _on_proven(self, _none: object) -> None:
        self._locked = False
        self._tell()

    def _on_round(self) -> None:
        if self._ended:
            self.look()

    def _on_sync(self, state: SyncState) -> None:
        if self._ended and state.phase == "refused" and state.next_try is None:
            self.hub_asked.emit(state.who, state.sentence)

    def _tell(self) -> None:
        if self._ended:
            self.ended.emit(self._ended)
            self._on_sync(self._driver.state())
        elif self._locked:
            self.locked.emit()
        else:
            self.admitted.emit()

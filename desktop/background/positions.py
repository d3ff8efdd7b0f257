"""Reads the sources of positions, each on a thread of its own, and has what they give stored.

The window's thread says which sources are read and when it is time to store; the writer lane
stores. Points are on the disk before a thread asks for the next ones.
"""

import threading
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.background.context import DeskContext
from desktop.command.positions import lines as sources
from desktop.command.positions.journal import FILE, Journal
from desktop.command.positions.lines import Line, Silent, Situation
from desktop.command.positions.recorder import MINUTE_S, Recorder
from desktop.command.positions.storing import LABEL, Stored, noted, store
from desktop.contract.positions import SOURCE_KEYS, Health, PositionState, SourceLine
from desktop.errors import UserError
from desktop.tracking.sources import IDLE, Source, SourceState
from storage.records.changes import ChangeSet
from storage.session import Session

TICK_MS: Final = 1_000
READ_S: Final = 1.0
AGAIN_S: Final = 60.0  # after a fault of our own, and where a person has to do something
CLOSE_S: Final = 1.0
_HEALTH: Final[dict[str, Health]] = {
    "idle": "waiting",
    "connecting": "waiting",
    "waiting": "trouble",
    "no_device": "trouble",
    "no_fix": "trouble",
    "live": "live",
    "refused": "refused",
}


class SourceThread:
    """Reads one source until it is ended. `state` may be read on any thread."""

    def __init__(
        self, line: Line, left: str, recorder: Recorder, on_crash: Callable[[BaseException], object]
    ) -> None:
        self.line = line
        self._said: SourceState = IDLE
        self._left, self._recorder, self._on_crash = left, recorder, on_crash
        self._ended = threading.Event()
        self._source: Source | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"source-{line.name}", daemon=True)
        self._thread.start()

    @property
    def state(self) -> SourceState:
        """How the source stands, also in the middle of a read."""
        with self._lock:
            return self._said if self._source is None else self._source.state

    def end(self) -> None:
        """Asks it to stop; a wait for the line ends at once."""
        self._ended.set()
        with self._lock:
            source = self._source
        if source is not None:
            source.close()

    def join(self, seconds: float) -> bool:
        """Whether it has stopped within that time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._read()
            except UserError as error:
                self._said = SourceState("refused", str(error))
                if self._left:  # what an earlier run left cannot be used: read the day once more
                    self._left = ""
                    continue
            except Exception as fault:
                self._on_crash(fault)
                self._said = SourceState("waiting", "定位来源出现程序错误，已记录，稍后自动重试")
            self._ended.wait(AGAIN_S)

    def _read(self) -> None:
        source = self.line.make(self._left)
        with self._lock:
            self._source = source
        try:
            while not self._ended.is_set():
                points = source.read(READ_S)
                if points:
                    self._recorder.take(points, getattr(source, "cursor", None))
        finally:
            with self._lock:
                self._source = None
            source.close()


class Positions(QObject):
    """Implements desktop.contract.positions.PositionDoor."""

    changed = Signal(object)  # PositionState

    def __init__(
        self,
        context: DeskContext,
        session: Session,
        on_crash: Callable[[BaseException], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._session, self._on_crash = context, session, on_crash
        self._recorder: Recorder | None = None
        self._token = ""
        self._cursor = ""
        self._situation = Situation()
        self._threads: dict[str, SourceThread] = {}
        self._ending: list[SourceThread] = []
        self._silent: list[Silent] = []
        self._watched = 0
        self._dropped = 0
        self._refused = ""
        self._state = PositionState()
        self._asked = self._begun = self._closed = False
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._look)
        context.changed.connect(self._on_changed)

    # PositionDoor

    def state(self) -> PositionState:
        """See PositionDoor."""
        return self._state

    def watch(self, wanted: bool) -> None:
        """See PositionDoor."""
        self._watched = max(0, self._watched + (1 if wanted else -1))

    def set_token(self, token: str) -> None:
        """See PositionDoor."""
        self._token = token.strip()
        folder = self._session.replica.folder

        def told(kept: bool) -> None:
            if not kept:
                words = self.tr("This system has no keyring: type the token again after a restart.")
                self._context.notify(words, level="warning")

        self._context.outside(
            self, lambda given: sources.keep_token(folder, given), self._token, told
        )
        self._arrange()

    def restart(self) -> None:
        """See PositionDoor."""
        self._asked = True
        if self._recorder is None:
            self._begin()
        else:
            self._arrange()

    # The desk's own use

    def start(self) -> None:
        """Begins, once, where there is a source or something left of an earlier run."""
        if self._asked:
            return
        self._asked = True
        wanted = any(self._context.setting(key) for key in ("position_receiver", "traccar_address"))
        if wanted or (self._session.replica.folder / FILE).exists():
            self._begin()

    def _begin(self) -> None:
        if not self._begun and not self._closed:
            self._begun = True
            self._context.layout(self, self._open, None, self._opened, self._on_unopened)

    def close(self) -> None:
        """Ends the threads; what waits lies in the journal and is stored by the next run."""
        self._closed = True
        self._tick.stop()
        for thread in self._threads.values():
            thread.end()
        for thread in [*self._threads.values(), *self._ending]:
            thread.join(CLOSE_S)
        self._threads.clear()
        if self._recorder is not None:
            self._recorder.close()

    # Inside

    def _open(self, _none: None) -> tuple[Recorder, str, str, Situation]:
        """Layout lane: files and the keyring."""
        with self._session.read() as connection:
            done, cursor = noted(connection)
            found = sources.situation(connection)
        replica = self._session.replica
        recorder = Recorder(Journal(replica.folder, replica.key, done))
        return recorder, cursor, sources.find_token(replica.folder), found

    def _opened(self, made: tuple[Recorder, str, str, Situation]) -> None:
        recorder, self._cursor, token, self._situation = made
        if self._closed:
            recorder.close()
            return
        self._recorder = recorder
        self._token = self._token or token
        self._tick.start()
        self._arrange()

    def _on_unopened(self, sentence: str) -> None:
        self._begun = False
        self._say(PositionState(fault=sentence))

    def _on_changed(self, changes: ChangeSet) -> None:
        if self._recorder is not None and changes.touches(*sources.TABLES):
            self._context.read(self, "situation", sources.situation, None, self._on_situation)

    def _on_situation(self, found: Situation) -> None:
        self._situation = found
        self._arrange()

    def _arrange(self) -> None:
        """Begins and ends threads until they are what the settings and the duty ask for."""
        if self._recorder is None or self._closed:
            return
        settings = {key: self._context.setting(key) for key in SOURCE_KEYS}
        wanted, self._silent = sources.wanted_lines(settings, self._token, self._situation)
        by_name = {line.name: line for line in wanted}
        for name, thread in list(self._threads.items()):
            if name not in by_name or by_name[name].about != thread.line.about:
                thread.end()
                self._ending.append(self._threads.pop(name))
        for name, line in by_name.items():
            # The line of the one before (a serial port) is let go first; the next tick looks again.
            busy = any(one.line.name == name and not one.join(0) for one in self._ending)
            if name not in self._threads and not busy:
                left = self._recorder.cursor or self._cursor
                self._threads[name] = SourceThread(line, left, self._recorder, self._on_crash)
        self._look()

    def _look(self) -> None:
        if self._recorder is None:
            return
        waiting = len(self._ending)
        self._ending = [thread for thread in self._ending if not thread.join(0)]
        if len(self._ending) < waiting:
            self._arrange()
            return
        live = self._watched or self._situation.running
        after_s = float(self._context.setting("position_live_seconds") or 10) if live else MINUTE_S
        wanted = self._recorder.due(after_s)
        if wanted is not None:
            self._context.write(self, LABEL, store, wanted, self._on_stored, self._on_unstored)
        self._say(self._now(self._recorder))

    def _now(self, recorder: Recorder) -> PositionState:
        lines = [
            SourceLine(name, _HEALTH[thread.state.standing], thread.state.sentence)
            for name, thread in self._threads.items()
        ]
        lines += [
            SourceLine(one.name, "refused" if one.refused else "off", one.sentence)
            for one in self._silent
        ]
        held = recorder.held
        fault = held.fault or self._refused
        return PositionState(tuple(lines), held.waiting, self._dropped, fault)

    def _say(self, state: PositionState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit(state)

    def _on_stored(self, stored: Stored) -> None:
        self._refused = stored.sentence
        self._dropped += stored.off_duty
        recorder = self._recorder
        if recorder is not None and not self._closed:
            # It deletes from a file; the next `due` waits for it.
            self._context.layout(self, recorder.stored, stored, lambda _none: None)

    def _on_unstored(self, sentence: str) -> None:
        self._refused = sentence
        if self._recorder is not None:
            self._recorder.failed()

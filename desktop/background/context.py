"""The application's side of PanelContext. UI thread; work goes to the lanes and comes back.

Sentences for the user travel as DeskError or ReplicaFault. Any other exception is a bug: it goes
to the crash report, and whoever asked is told that it was recorded.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Signal
from sqlalchemy import Connection, event

from desktop.background.body_keeper import BodyKeeper
from desktop.background.coalesce import Coalescer
from desktop.background.court_time import CourtTime
from desktop.background.hub import Hub
from desktop.background.keeping import DraftKeeper, SettingKeeper, store_setting
from desktop.background.lanes import Lane, LaneFullError, Lanes, Rank
from desktop.background.pack_keeper import PackKeeper
from desktop.background.progress import Progress
from desktop.background.read_log import ReadLog, keeper, sealed_cases
from desktop.background.requests import Errand, OpenRequests, Request
from desktop.contract.collector import calm_collector
from desktop.contract.context import Selection, Who
from desktop.contract.courtesy import breathe
from desktop.contract.law import Law, load_law
from desktop.contract.positions import PositionDoor
from desktop.contract.reading import Act
from desktop.contract.sync import SyncDoor
from desktop.errors import DeskError
from desktop.projection.local_days import local_days
from desktop.settings import DeviceSettings
from storage.drafts import Drafts
from storage.faults import ReplicaFault
from storage.records.changes import ChangeSet
from storage.session import Session

T = TypeVar("T")
A = TypeVar("A")
Level = Literal["info", "done", "warning", "error"]

READ_S: Final = 30.0
# Nobody sits and waits for a figure; beside an import it has a third of a processor at most.
READ_ASIDE_S: Final = 120.0
WRITE_S: Final = 120.0
WRITE_LONG_S: Final = 4 * 3600.0
LAYOUT_S: Final = 300.0
OUTSIDE_S: Final = 120.0
_FIRST_CHANNELS: Final = ("snapshot", "page-")
_LAST_CHANNELS: Final = ("count",)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a DeskContext is joined from; bootstrap makes it once the store is open."""

    hub: Hub
    lanes: Lanes
    session: Session
    drafts: Drafts
    law: Law
    who: Who
    device: DeviceSettings
    settings: Mapping[str, str]
    documents: Path
    on_crash: Callable[[BaseException], object]
    sealed: Mapping[str, str] = field(default_factory=dict)  # id to number of sealed cases


class DeskContext(QObject):
    """Implements desktop.contract.context.PanelContext. Bootstrap sets `sync` and
    `positions` before any panel."""

    sync: SyncDoor
    positions: PositionDoor
    changed = Signal(object)  # ChangeSet
    selected = Signal(object)  # Selection
    day_changed = Signal(object)  # date
    idle = Signal()  # no request was outstanding for 150 ms
    caught_up = Signal()  # no rows were outstanding for 30 ms
    open_requested = Signal(str, object)  # panel id, params
    noticed = Signal(str, str)  # text, level
    setting_changed = Signal(str, str)  # key, value
    written = Signal()  # something was committed: counters of the status bar

    def __init__(self, parts: Parts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.law = parts.law
        self.who = parts.who
        self._parts = parts
        self._requests = OpenRequests(self)
        self._requests.idle.connect(self.idle)
        self._requests.caught_up.connect(self.caught_up)
        self._requests.expired.connect(self._on_expired)
        self._coalescer = Coalescer(self)
        self._coalescer.announced.connect(self._on_announced)
        self._drafts = DraftKeeper(parts.hub, parts.lanes.drafts, parts.drafts, self._on_unkept)
        self._settings = SettingKeeper(parts.device, parts.settings, self._persist_setting)
        self._time = CourtTime(self._settings.get("today"), self)
        self._time.day_changed.connect(self.day_changed)
        self._selection: Selection | None = None
        self.reading = ReadLog(
            keeper(self._note_look, parts.who.person_id), self.now, parts.sealed, self
        )
        self.bodies = BodyKeeper(self, parts.session)
        self.packs = PackKeeper(self, parts.session)
        self._closed = False

    # Reading and writing

    def read(
        self,
        owner: Any,
        channel: str,
        query: Callable[[Connection, A], T],
        args: A,
        on_result: Callable[[T], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """See PanelContext. A query for rows that takes over 30 s is interrupted and refused, any
        other after 120 s; what the window takes for itself does not count."""
        rank = _rank(channel)
        seconds = READ_S if rank is Rank.FIRST else READ_ASIDE_S
        request = Request(owner, channel, seconds, on_result, on_error, rank=rank)

        def work() -> T:
            with self._parts.session.read() as connection, request.task.using(_raw(connection)):
                event.listen(connection, "before_cursor_execute", _breathe)
                return query(connection, args)

        self._start(self._parts.lanes.readers, request, work)

    def write(
        self,
        owner: Any,
        label: str,
        command: Callable[[Connection, A], T],
        args: A,
        on_done: Callable[[T], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """See PanelContext."""
        self._write(
            Request(owner, None, WRITE_S, on_done, on_error, must_finish=True), label, command, args
        )

    def _write(
        self, request: Request, label: str, command: Callable[[Connection, A], T], args: A
    ) -> None:
        def work() -> T:
            # The inner block ends before the commit, which must never be interrupted.
            with (
                self._parts.session.write(label) as write,
                request.task.using(_raw(write.connection)),
            ):
                result = command(write.connection, args)
            self._announce(write.changes)
            return result

        self._start(self._parts.lanes.writer, request, work)

    def write_long(
        self,
        owner: Any,
        label: str,
        command: Callable[[Connection, A, Callable[[int, int], bool]], T],
        args: A,
        on_progress: Callable[[int, int], None],
        on_done: Callable[[T], None],
        on_error: Callable[[str], None] | None = None,
    ) -> Callable[[], None]:
        """See PanelContext. A cancelled command leaves nothing and answers through `on_error`."""
        request = Request(owner, None, WRITE_LONG_S, on_done, on_error)
        progress = Progress(self._parts.hub, request.task, _if_alive(request, on_progress))
        cancelled = QCoreApplication.translate("DeskContext", "Cancelled; nothing was saved.")

        def work() -> T:
            # A full collection while nodes are projected would stop the window for 0.1 s.
            with (
                calm_collector(),
                self._parts.session.write(label, origin="import") as write,
            ):
                with request.task.using(_raw(write.connection)):
                    result = command(write.connection, args, progress.report)
                if request.task.cancelled:
                    write.abandon()
            if request.task.cancelled:
                raise CancelledError(cancelled)
            self._announce(write.changes)
            return result

        self._start(self._parts.lanes.writer, request, work)
        return request.task.cancel

    def layout(
        self,
        owner: Any,
        work: Callable[[A], T],
        args: A,
        on_result: Callable[[T], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """See PanelContext."""
        request = Request(owner, None, LAYOUT_S, on_result, on_error)
        self._start(self._parts.lanes.layout, request, lambda: work(args))

    def outside(
        self,
        owner: Any,
        work: Callable[[A], T],
        args: A,
        on_result: Callable[[T], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """See PanelContext."""
        request = Request(owner, None, OUTSIDE_S, on_result, on_error)
        self._start(self._parts.lanes.outside, request, lambda: work(args))

    # What the user looks at, and notices

    def select(self, selection: Selection) -> None:
        """See PanelContext; announces only a selection that differs from the last one."""
        if selection != self._selection:
            self.reading.glance(selection.case_id, lambda: self._announce_selection(selection))

    def selection(self) -> Selection | None:
        """See PanelContext."""
        return self._selection

    def open(self, panel_id: str, params: Mapping[str, str] | None = None) -> None:
        """See PanelContext; the window listens to `open_requested`."""
        given = dict(params or {})
        case_id = given.get("case_id")
        if case_id:
            self.reading.open(case_id, lambda: self.open_requested.emit(panel_id, given))
        else:
            self.open_requested.emit(panel_id, given)

    def copied(self, act: Act, subject: str, case_id: str | None = None) -> None:
        """See PanelContext."""
        self.reading.copied(act, subject, case_id)

    def notify(self, text: str, *, level: Level = "info") -> None:
        """See PanelContext."""
        self.noticed.emit(text, level)

    # Drafts, time, settings

    def save_draft(self, key: str, value: Mapping[str, Any]) -> None:
        """See PanelContext."""
        self._drafts.save(key, value)

    def load_draft(self, key: str, on_result: Callable[[Mapping[str, Any] | None], None]) -> None:
        """See PanelContext."""
        self._drafts.load(key, on_result)

    def discard_draft(self, key: str) -> None:
        """See PanelContext."""
        self._drafts.discard(key)

    def today(self) -> date:
        """See PanelContext."""
        return self._time.today()

    def now(self) -> datetime:
        """See PanelContext."""
        return self._time.now()

    def setting(self, key: str) -> str:
        """See PanelContext."""
        return self._settings.get(key)

    def set_setting(self, key: str, value: str) -> None:
        """See PanelContext. Raises ValueError for a value the setting does not take."""
        if self._settings.get(key) != value:
            self._settings.set(key, value)
            self.setting_changed.emit(key, value)

    def documents_folder(self) -> Path:
        """See PanelContext; made when it is first asked for."""
        chosen = self.setting("documents_folder")
        folder = Path(chosen) if chosen else self._parts.documents
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    # The desk's own use

    @property
    def outstanding(self) -> int:
        """Requests without an answer."""
        return self._requests.outstanding

    @property
    def begun(self) -> int:
        """How many requests there ever were; the same number later: nothing was asked since."""
        return self._requests.begun

    def settle(self) -> None:
        """Emits `idle` after the quiet time even when nothing was asked."""
        self._requests.settle()

    def look_up(self) -> None:
        """Emits `caught_up` after its pause unless rows are asked for meanwhile."""
        self._requests.look_up()

    def announce(self, changes: ChangeSet) -> None:
        """Tells the panels of a change that was written elsewhere. UI thread."""
        self._coalescer.add(changes)
        self.written.emit()

    def close(self) -> None:
        """No more work; answers on their way are dropped. The lanes are closed by their owner."""
        self.reading.close()
        self._closed = True
        self._requests.stop()
        self._time.stop()

    # Inside

    def _announce_selection(self, selection: Selection) -> None:
        self._selection = selection
        self.selected.emit(selection)

    def _note_look(self, label: str, command: Callable[[Connection, A], None], args: A) -> None:
        # It may have to wait for an import; nobody waits for it.
        request = Request(self, None, WRITE_LONG_S, lambda _done: None, None, must_finish=True)
        self._write(request, label, command, args)

    def _start(self, lane: Lane, request: Request, work: Callable[[], Any]) -> None:
        if self._closed:
            return
        self._requests.begin(request)
        errand = Errand(request, work)
        hub = self._parts.hub

        def run() -> None:
            errand.run(_dropped)
            hub.post(lambda: self._returned(errand))

        try:
            accepted = lane.submit(request.task, run)
        except LaneFullError as full:
            self._failed(request, full)
            return
        if not accepted:
            self._requests.end(request)

    def _returned(self, errand: Errand) -> None:
        request, result, fault = errand.unpack()
        if fault is not None:
            self._failed(request, fault)
        elif self._requests.end(request) and request.wanted:
            request.on_result(result)

    def _failed(self, request: Request, fault: BaseException) -> None:
        if not self._requests.end(request):
            return
        if request.stale or (request.task.cancelled and not isinstance(fault, CancelledError)):
            # An interrupted statement ends in a database error that nobody needs to hear of.
            if request.wanted:
                text = QCoreApplication.translate("DeskContext", "Cancelled; nothing was saved.")
                self._refuse(request, text)
            return
        if isinstance(fault, DeskError | ReplicaFault):
            self._refuse(request, str(fault))
            return
        self._parts.on_crash(fault)
        text = QCoreApplication.translate("DeskContext", "A program error was recorded.")
        if request.alive and request.on_error is not None:
            request.on_error(text)

    def _on_announced(self, changes: ChangeSet) -> None:
        """A changed calendar is read before anybody counts with it."""
        if changes.touches("case"):
            self.read(self, "sealed", sealed_cases, None, self.reading.set_sealed)
        if not changes.touches("calendar_day"):
            self.changed.emit(changes)
            return

        def take(law: Law) -> None:
            self.law = law
            self.changed.emit(changes)

        def keep(sentence: str) -> None:
            self.noticed.emit(sentence, "error")
            self.changed.emit(changes)

        self.read(self, "law", _fresh_law, None, take, keep)

    def _on_expired(self, request: Request) -> None:
        if self._requests.end(request) and request.alive:
            text = QCoreApplication.translate("DeskContext", "This took too long and was stopped.")
            self._refuse(request, text)

    def _refuse(self, request: Request, sentence: str) -> None:
        if not request.alive:
            return
        if request.on_error is not None:
            request.on_error(sentence)
        else:
            self.notify(sentence, level="error")

    def _announce(self, changes: ChangeSet) -> None:
        """Any thread."""
        self._parts.hub.post(lambda: self.announce(changes))

    def _persist_setting(self, key: str, value: str) -> None:
        self.write(self, key, store_setting, (key, value), lambda _done: None)

    def _on_unkept(self, fault: BaseException) -> None:
        if isinstance(fault, DeskError | ReplicaFault):
            self.notify(str(fault), level="error")
        else:
            self._parts.on_crash(fault)


class CancelledError(DeskError):
    """Long work stopped because the user asked; nothing was written."""


def _dropped() -> BaseException:
    """Work that was cancelled while it waited: a stale read, or long work nobody wants."""
    text = QCoreApplication.translate("DeskContext", "Cancelled; nothing was saved.")
    return CancelledError(text)


def _fresh_law(connection: Connection, _args: None) -> Law:
    return load_law(local_days(connection))


def _breathe(*_about: object) -> None:
    """Before each statement of a read: most of its Python runs between two of them."""
    breathe()


def _rank(channel: str) -> Rank:
    """Rows of a list come before choices, plots and figures; counts of other duties come last."""
    if channel.startswith(_FIRST_CHANNELS):
        return Rank.FIRST
    return Rank.LAST if channel in _LAST_CHANNELS else Rank.USUAL


def _raw(connection: Connection) -> Any:
    """The driver's connection, which another thread may interrupt."""
    return connection.connection.dbapi_connection


def _if_alive(
    request: Request, on_progress: Callable[[int, int], None]
) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        if request.wanted:
            on_progress(done, total)

    return tell

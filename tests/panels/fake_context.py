"""A PanelContext for view tests: the same promises, kept at once on the calling thread.

Queries and commands run on plain SQLite with the real tables. `changed` is announced after each
write with the tables it touched. `deferred=True` answers reads from the event loop instead, which
is how the real desk answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from desktop.contract.context import Selection, Who
from desktop.errors import DeskError
from storage.faults import ReplicaFault
from storage.records.changes import ALL, ChangeSet
from storage.schema import metadata
from tests.fake_bodies import FakeBodies
from tests.fake_packs import FakePacks
from tests.fake_positions import FakePositions
from tests.fake_sync import FakeSync

CHINA = timezone(timedelta(hours=8))
_WRITES = re.compile(
    r'\s*(?:insert(?:\s+or\s+\w+)?\s+into|update|delete\s+from)\s+"?(\w+)"?', re.IGNORECASE
)
Hook = Callable[[Connection, ChangeSet], object]


def memory_engine(content: bytes | None = None) -> Engine:
    """A store in memory: one shared connection, all tables, foreign keys checked; empty, or what
    `contents` gave of another.

    All share one dialect and what it has compiled: a statement is compiled once a process.
    """
    pattern = _pattern()
    engine = Engine(pattern.pool.recreate(), pattern.dialect, pattern.url)
    engine._compiled_cache = pattern._compiled_cache

    def fill(raw: Any, _record: object) -> None:
        raw.deserialize(content or _tables())
        raw.execute("pragma foreign_keys = on")

    event.listen(engine, "connect", fill)
    return engine


def contents(engine: Engine) -> bytes:
    """Everything in a store in memory, to fill others with."""
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        found: bytes = raw.serialize()
    return found


@cache
def _pattern() -> Engine:
    return create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )


@cache
def _tables() -> bytes:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    made = contents(engine)
    engine.dispose()
    return made


class FakeContext(QObject):
    """Answers like the desk; remembers what was opened, noticed, drafted and labelled."""

    changed = Signal(object)
    selected = Signal(object)
    day_changed = Signal(object)
    caught_up = Signal()

    def __init__(
        self,
        engine: Engine,
        law: Any,
        *,
        today: date,
        folder: Path,
        who: Who | None = None,
        hooks: tuple[Hook, ...] = (),
        deferred: bool = False,
    ) -> None:
        super().__init__()
        self.engine = engine
        self.law = law
        self.sync = FakeSync()
        self.bodies = FakeBodies()
        self.packs = FakePacks()
        self.positions = FakePositions()
        self.who = who or Who(None, "周清和", "operator")
        self.hooks = hooks
        self.deferred = deferred
        self.opened: list[tuple[str, dict[str, str]]] = []
        self.copies: list[tuple[str, str, str | None]] = []
        self.notices: list[tuple[str, str]] = []
        self.labels: list[str] = []
        self.drafts: dict[str, dict[str, Any]] = {}
        self.settings: dict[str, str] = {}
        self._today = today
        self._folder = folder
        self._selection: Selection | None = None
        self._newest: dict[tuple[int, str], int] = {}
        self._dead: set[int] = set()
        self._draft_run: Callable[[Callable[[], None]], None] = self._run

    # Reading and writing

    def look_up(self) -> None:
        self.caught_up.emit()

    def read(
        self,
        owner: Any,
        channel: str,
        query: Callable[[Connection, Any], Any],
        args: Any,
        on_result: Callable[[Any], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """Answers at once, or from the event loop when `deferred`."""
        key = (id(owner), channel)
        number = self._newest.get(key, 0) + 1
        self._newest[key] = number
        owner.destroyed.connect(lambda *_: self._dead.add(key[0]))

        def answer() -> None:
            if key[0] in self._dead or self._newest[key] != number:
                return
            try:
                with self.engine.connect() as connection:
                    found = query(connection, args)
            except (DeskError, ReplicaFault) as refusal:
                self._refused(refusal, on_error)
                return
            on_result(found)

        self._run(answer)

    def write(
        self,
        owner: Any,
        label: str,
        command: Callable[[Connection, Any], Any],
        args: Any,
        on_done: Callable[[Any], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """One transaction; the hooks run inside it; then `changed`, then `on_done`."""
        try:
            done, changes = self._transaction(command, args)
        except (DeskError, ReplicaFault) as refusal:
            self._refused(refusal, on_error)
            return
        self.labels.append(label)
        if changes:
            self.changed.emit(changes)
        on_done(done)

    def write_long(
        self,
        owner: Any,
        label: str,
        command: Callable[[Connection, Any, Callable[[int, int], bool]], Any],
        args: Any,
        on_progress: Callable[[int, int], None],
        on_done: Callable[[Any], None],
        on_error: Callable[[str], None] | None = None,
    ) -> Callable[[], None]:
        """As `write`; the cancel function it gives comes too late by nature."""

        def progress(done: int, total: int) -> bool:
            on_progress(done, total)
            return True

        def whole(connection: Connection, given: Any) -> Any:
            return command(connection, given, progress)

        self.write(owner, label, whole, args, on_done, on_error)
        return lambda: None

    def layout(
        self,
        owner: Any,
        work: Callable[[Any], Any],
        args: Any,
        on_result: Callable[[Any], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """Runs the work at once, or from the event loop when `deferred`."""

        def answer() -> None:
            try:
                made = work(args)
            except (DeskError, ReplicaFault) as refusal:
                self._refused(refusal, on_error)
                return
            on_result(made)

        self._run(answer)

    def outside(
        self,
        owner: Any,
        work: Callable[[Any], Any],
        args: Any,
        on_result: Callable[[Any], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """As `layout`."""
        self.layout(owner, work, args, on_result, on_error)

    # Selection, panels, notices

    def select(self, selection: Selection) -> None:
        """Announces a selection that differs from the last one."""
        if selection != self._selection:
            self._selection = selection
            self.selected.emit(selection)

    def selection(self) -> Selection | None:
        """What was selected last."""
        return self._selection

    def copied(self, act: str, subject: str, case_id: str | None = None) -> None:
        self.copies.append((act, subject, case_id))

    def open(self, panel_id: str, params: Mapping[str, str] | None = None) -> None:
        """Remembers what a panel asked to open."""
        self.opened.append((panel_id, dict(params or {})))

    def notify(self, text: str, *, level: str = "info") -> None:
        """Remembers a notice."""
        self.notices.append((level, text))

    # Drafts, time, settings

    def save_draft(self, key: str, value: Mapping[str, Any]) -> None:
        """Keeps a draft in memory."""
        self.drafts[key] = dict(value)

    def load_draft(self, key: str, on_result: Callable[[Mapping[str, Any] | None], None]) -> None:
        """Gives a draft, at once or from the event loop."""
        self._draft_run(lambda: on_result(self.drafts.get(key)))

    def hold_drafts(self, answers: list[Callable[[], None]]) -> None:
        """From now on answers about drafts are put there; the test gives them."""
        self._draft_run = answers.append

    def discard_draft(self, key: str) -> None:
        """Forgets a draft."""
        self.drafts.pop(key, None)

    def today(self) -> date:
        """The day given at the start or by `turn_day`."""
        return self._today

    def turn_day(self, day: date) -> None:
        """Moves the clock to `day` and announces it."""
        self._today = day
        self.day_changed.emit(day)

    def now(self) -> datetime:
        """Half past eight of the held day."""
        day = self._today
        return datetime(day.year, day.month, day.day, 8, 30, tzinfo=CHINA)

    def setting(self, key: str) -> str:
        """A setting, empty when nobody set it."""
        return self.settings.get(key, "")

    def set_setting(self, key: str, value: str) -> None:
        """Keeps a setting in memory."""
        self.settings[key] = value

    def documents_folder(self) -> Path:
        """The folder given at the start."""
        return self._folder

    # Inside

    def _run(self, answer: Callable[[], None]) -> None:
        if self.deferred:
            QTimer.singleShot(0, self, answer)
        else:
            answer()

    def _refused(self, refusal: Exception, on_error: Callable[[str], None] | None) -> None:
        if on_error is None:
            self.notify(str(refusal), level="error")
        else:
            on_error(str(refusal))

    def _transaction(
        self, command: Callable[[Connection, Any], Any], args: Any
    ) -> tuple[Any, ChangeSet]:
        touched: set[str] = set()

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            found = _WRITES.match(statement)
            if found is not None:
                touched.add(found[1])

        with self.engine.begin() as connection:
            event.listen(connection, "before_cursor_execute", note)
            done = command(connection, args)
            changes = ChangeSet(dict.fromkeys(touched, ALL))
            for hook in self.hooks:
                hook(connection, changes)
        return done, changes

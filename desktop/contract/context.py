"""Everything a panel may ask of the application. All methods are called on the UI thread.

Answers come back on the UI thread. A read names a `channel`; a newer request on the same channel
of the same owner makes the older answer disappear, and so does the owner's death.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    # The frame of the window knows this contract before the replica is open; what only types name
    # here (the database library, the law) would double the time to its first paint.
    from sqlalchemy import Connection

    from desktop.contract.bodies import BodyDoor
    from desktop.contract.law import Law
    from desktop.contract.packs import PackDoor
    from desktop.contract.positions import PositionDoor
    from desktop.contract.reading import Act
    from desktop.contract.sync import SyncDoor

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)
A = TypeVar("A")


class Connectable(Protocol):
    """A Qt signal as seen from here: something one can connect a slot to."""

    def connect(self, slot: Callable[..., object], /) -> object: ...

    def disconnect(self, slot: Callable[..., object], /) -> object: ...


class Owner(Protocol):
    """A QObject: knows when it dies."""

    @property
    def destroyed(self) -> Connectable:
        """The signal of its death."""


@dataclass(frozen=True, slots=True)
class Who:
    """The person at the keyboard."""

    person_id: str | None
    name: str
    post: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user is looking at, shared by all panels; `case_id` always, a node perhaps."""

    case_id: str
    node_code: str | None = None
    subject: str = ""


class PanelContext(Protocol):
    """The one door from a panel to the application."""

    law: Law
    who: Who
    sync: SyncDoor
    positions: PositionDoor
    bodies: BodyDoor
    packs: PackDoor
    changed: Connectable  # ChangeSet, at most five times a second
    selected: Connectable  # Selection
    day_changed: Connectable  # date
    caught_up: Connectable  # no rows of a list are outstanding; what can wait may begin

    def look_up(self) -> None:
        """Has `caught_up` emitted soon, even if no rows were asked for."""

    def read(
        self,
        owner: Owner,
        channel: str,
        query: Callable[[Connection, A], T],
        args: A,
        on_result: Callable[[T], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """Runs `query(connection, args)` on a reader lane; `connection` refuses writes.

        Of what waits, the channels of lists ("snapshot", "page-…") run first and "count" last.
        """

    def write(
        self,
        owner: Owner,
        label: str,
        command: Callable[[Connection, A], T],
        args: A,
        on_done: Callable[[T], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """Runs `command` in one transaction on the writer lane: one user action, one bundle.

        `label` is Chinese text that names the action in the outbox. Projections are brought up to
        date in the same transaction. Without `on_error` a refusal becomes a notice.
        """

    def write_long(
        self,
        owner: Owner,
        label: str,
        command: Callable[[Connection, A, Callable[[int, int], bool]], T],
        args: A,
        on_progress: Callable[[int, int], None],
        on_done: Callable[[T], None],
        on_error: Callable[[str], None] | None = None,
    ) -> Callable[[], None]:
        """As `write`, for long work; `command` calls its third argument with (done, total) and
        stops when that answers False; then nothing is written, whatever it did, and `on_error`
        hears that it was cancelled. Gives a function that cancels."""

    def layout(
        self,
        owner: Owner,
        work: Callable[[A], T],
        args: A,
        on_result: Callable[[T], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """Runs page layout (PDF) or file parsing off the UI thread, without a database."""

    def outside(
        self,
        owner: Owner,
        work: Callable[[A], T],
        args: A,
        on_result: Callable[[T], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """Runs work that waits for a server other than the hub (a bank), without a database.

        One after another; an owner that dies meanwhile never hears of it, so whatever may not
        happen twice has to be noted before."""

    def select(self, selection: Selection) -> None:
        """Tells all panels what the user is looking at."""

    def selection(self) -> Selection | None:
        """What was selected last."""

    def open(self, panel_id: str, params: Mapping[str, str] | None = None) -> None:
        """Shows a panel; its view's `apply(params)` is called if it has one.

        With a `case_id` this is a look at the case: it is noted, and waits for a purpose where
        the case is sealed; so does `select`.
        """

    def copied(self, act: Act, subject: str, case_id: str | None = None) -> None:
        """Notes that something was printed or exported; `subject`: what it was, in Chinese."""

    def notify(
        self, text: str, *, level: Literal["info", "done", "warning", "error"] = "info"
    ) -> None:
        """A notice that does not block and is kept in the notice list."""

    def save_draft(self, key: str, value: Mapping[str, Any]) -> None:
        """Keeps typed text; durable within a second, whatever the writer lane is doing."""

    def load_draft(self, key: str, on_result: Callable[[Mapping[str, Any] | None], None]) -> None:
        """The kept text of `key`, or None."""

    def discard_draft(self, key: str) -> None:
        """Forgets the kept text of `key`, once it was submitted."""

    def today(self) -> date:
        """The court's day; a demo or a test may hold it still."""

    def now(self) -> datetime:
        """The instant, with zone."""

    def setting(self, key: str) -> str:
        """A setting's value as text (desktop.settings names the keys)."""

    def set_setting(self, key: str, value: str) -> None:
        """Changes a setting of this device."""

    def documents_folder(self) -> Path:
        """Where files for the user go (exports, PDFs)."""

"""What the sync driver is joined from, and the reads it makes. UI thread unless said otherwise."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from sqlalchemy import Connection

from desktop.background.hub import Hub
from desktop.background.lanes import Lane
from desktop.contract.context import Connectable
from storage.records.changes import ChangeSet
from storage.session import Session
from storage.sync.counts import Counts, count, synced_at
from storage.sync.port import Hello

if TYPE_CHECKING:
    from desktop.background.sync_exchange import Link

T = TypeVar("T")
A = TypeVar("A")


class Desk(Protocol):
    """What the driver needs of the application."""

    @property
    def written(self) -> Connectable:
        """Emitted after each commit."""

    def read(
        self,
        owner: Any,
        channel: str,
        query: Callable[[Any, A], T],
        args: A,
        on_result: Callable[[T], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """See PanelContext."""

    def announce(self, changes: ChangeSet) -> None:
        """Tells the panels of a change that was written elsewhere."""

    def notify(
        self, text: str, *, level: Literal["info", "done", "warning", "error"] = "info"
    ) -> None:
        """See PanelContext."""

    def setting(self, key: str) -> str:
        """See PanelContext."""

    def set_setting(self, key: str, value: str) -> None:
        """See PanelContext."""


def _reach(session: Session, dsn: str, password: str | None, remember: bool) -> Link:
    """The real hub. Network lane: psycopg and the keyring are slow to load."""
    from storage.sync import identity, login  # noqa: PLC0415
    from storage.sync.postgres import PostgresRemote  # noqa: PLC0415

    folder = session.replica.folder
    if password is not None and remember:
        login.remember(folder, dsn, password)
    return PostgresRemote(
        dsn,
        password=password or login.find(folder, dsn),
        bell=True,
        identity=identity.recall(session),
    )


@dataclass(slots=True)
class Wiring:
    """What a driver is joined from. `given`: a hub for this run alone, from the command line."""

    hub: Hub
    lane: Lane
    session: Session
    on_crash: Callable[[BaseException], object]
    given: str = ""
    app_ver: str = ""
    reach: Callable[[Session, str, str | None, bool], Link] = _reach
    chance: random.Random = field(default_factory=random.Random)


def facts_of(told: Hello) -> dict[str, Any]:
    return {
        "who": told.who,
        "roles": told.roles,
        "scopes": told.scopes,
        "clock_off_ms": told.clock_off_ms,
    }


def count_for(connection: Connection, names: tuple[str, str]) -> Counts:
    return count(connection, *names)


def last_contact(connection: Connection, _args: None) -> datetime | None:
    return synced_at(connection)


def ignore(_sentence: str) -> None:
    """A count that fails is made again at the next write."""

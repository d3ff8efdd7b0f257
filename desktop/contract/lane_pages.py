"""Joins a paged table to the reader lanes without either knowing the other. UI thread.

`LanePages` has the two methods a paged table asks for: the ordered ids, and rows by id.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from desktop.contract.context import Owner, PanelContext
from desktop.contract.courtesy import breathe
from desktop.contract.paging import Row, SnapshotArgs
from widgets.table.positions import Positions

F = TypeVar("F")


class LanePages(Generic[F]):
    """A page source over PanelContext.read. Set `filter` and refresh the table."""

    def __init__(
        self,
        context: PanelContext,
        owner: Owner,
        snapshot: Callable[[Connection, SnapshotArgs[F]], Sequence[int]],
        page: Callable[[Connection, Sequence[int]], Mapping[int, Row]],
        filter_: F,
        *,
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        self._context = context
        self._owner = owner
        self._snapshot = snapshot
        self._page = page
        self._on_error = on_error
        self._pages_asked = 0
        self.filter = filter_

    def snapshot(
        self, sort: str | None, descending: bool, done: Callable[[Positions], None]
    ) -> None:
        """Asks for the ordered ids; an older unanswered question is dropped."""
        args = SnapshotArgs(self.filter, sort, descending)
        placed = partial(_placed, self._snapshot)
        self._context.read(self._owner, "snapshot", placed, args, done, self._on_error)

    def page(
        self, ids: Sequence[int], done: Callable[[Mapping[int, Mapping[str, Any]]], None]
    ) -> None:
        """Asks for rows; pages do not supersede one another, so each has its own channel."""
        self._pages_asked += 1
        channel = f"page-{self._pages_asked}"
        self._context.read(self._owner, channel, self._page, ids, done, self._on_error)


def _placed(
    snapshot: Callable[[Connection, SnapshotArgs[F]], Sequence[int]],
    connection: Connection,
    args: SnapshotArgs[F],
) -> Positions:
    """On the lane: the ids and where each stands."""
    return Positions(snapshot(connection, args)).prepare(breathe)

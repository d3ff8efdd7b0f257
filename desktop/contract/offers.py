"""What a panel offers to choose from, read again whenever it may have changed. UI thread.

A desk that is filled by its first exchange, or told of a new team, must offer it at once: a list
read when the panel was built would stay empty until the next start.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject

from desktop.contract.context import PanelContext
from storage.records.changes import ChangeSet

T = TypeVar("T")
A = TypeVar("A")


class Offers(QObject, Generic[T]):
    """Reads at once and after each change of `tables`; `on_result` hears only what differs."""

    def __init__(
        self,
        view: QObject,
        context: PanelContext,
        query: Callable[[Any, A], T],
        args: A,
        on_result: Callable[[T], None],
        *,
        tables: Sequence[str] = ("court", "team", "person"),
    ) -> None:
        super().__init__(view)
        self._context = context
        self._query: Callable[[Any, Any], T] = query
        self._args: Any = args
        self._on_result = on_result
        self._tables = tuple(tables)
        self._found: T | None = None
        context.changed.connect(self._on_changed)
        self._read()

    def _read(self) -> None:
        self._context.read(self, "offers", self._query, self._args, self._on_found)

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*self._tables):
            self._read()

    def _on_found(self, found: T) -> None:
        if found != self._found:
            self._found = found
            self._on_result(found)

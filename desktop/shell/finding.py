"""Answers the search box: commands at once, the replica from a reader lane. UI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from desktop.contract.context import PanelContext
from desktop.shell.header import COMMAND_MARK
from desktop.shell.matching import warm
from desktop.shell.palette import Command, commands, matching
from storage.records.changes import ChangeSet
from widgets.search_box import SearchResult

if TYPE_CHECKING:
    from desktop.shell.search import Hit, NameIndex

COMMANDS_ONLY_MAX: Final = 60
COMMANDS_MAX: Final = 6
Done = Callable[[Sequence[SearchResult]], None]


class Finder(QObject):
    """Provides results and carries out the chosen one."""

    hit_chosen = Signal(object)  # Hit

    def __init__(self, menu: QMenu, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._menu = menu
        self._context: PanelContext | None = None
        self._names: NameIndex | None = None
        self._warm = False

    def attach(self, context: PanelContext) -> None:
        """Begins to search the replica."""
        from desktop.shell.search import NameIndex  # noqa: PLC0415  The frame needs no SQL.

        self._context = context
        self._names = NameIndex()
        context.changed.connect(self._on_changed)

    def warm(self) -> None:
        """Loads the pinyin tables on a lane, once; for a moment when nothing else is going on."""
        if not self._warm and self._context is not None:
            self._warm = True
            self._context.layout(self, lambda _none: warm(), None, lambda _done: None)

    def provide(self, text: str, done: Done) -> None:
        """Results for what stands in the box; ">" in front asks for commands alone."""
        if text.startswith(COMMAND_MARK):
            query = text.removeprefix(COMMAND_MARK)
            done([self._command(row) for row in self._commands(query, COMMANDS_ONLY_MAX)])
            return
        if not text.strip() or self._context is None or self._names is None:
            done([])
            return
        from desktop.shell.search import find  # noqa: PLC0415

        own = [self._command(row) for row in self._commands(text, COMMANDS_MAX)]
        self._context.read(
            self,
            "search",
            find,
            (self._names, text),
            lambda hits: done([*(self._hit(hit) for hit in hits), *own]),
            lambda _sentence: done(own),
        )

    def choose(self, key: object) -> None:
        """Does what a result stands for."""
        if isinstance(key, Command):
            key.action.trigger()
        elif key is not None:
            self.hit_chosen.emit(key)

    def _commands(self, query: str, limit: int) -> list[Command]:
        return matching(commands([self._menu]), query, limit=limit)

    def _command(self, command: Command) -> SearchResult:
        return SearchResult(
            key=command,
            title=command.title,
            detail=command.shortcut,
            group=self.tr("Commands"),
        )

    def _hit(self, hit: Hit) -> SearchResult:
        groups = {
            "case": self.tr("Cases"),
            "person": self.tr("Staff"),
            "party": self.tr("Parties"),
        }
        return SearchResult(key=hit, title=hit.title, detail=hit.detail, group=groups[hit.kind])

    def _on_changed(self, changes: ChangeSet) -> None:
        if self._names is not None and changes.touches("party", "person", "court"):
            self._names.forget()

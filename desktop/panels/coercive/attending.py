"""What goes on while nobody looks at the panel: the duty leader is told of an empty office, and the
team of a clock that takes or gives freedom within two hours. UI thread, without a widget."""

from typing import Final

from PySide6.QtCore import QObject, QTimer

from desktop.contract.context import PanelContext
from desktop.panels.coercive.queries import (
    TABLES,
    Lines,
    ListArgs,
    Pressing,
    lines,
    pressing,
)
from desktop.panels.coercive.telling import Tell, tell
from storage.records.changes import ChangeSet

_EVERY_MS: Final = 60_000
_PAUSE_MS: Final = 500


class Attending(QObject):
    """Lives as long as its window; each sentence is said once."""

    def __init__(self, context: PanelContext, owner: QObject) -> None:
        super().__init__(owner)
        self._context = context
        self._said: set[str] = set()
        self._soon = QTimer(self)  # a burst of changes is one question
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._ask)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._ask)
        self._timer.start()
        context.changed.connect(self._on_changed)
        self._ask()

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*TABLES) and not self._soon.isActive():
            self._soon.start()

    def _ask(self) -> None:
        if self._context.who.person_id is None:
            return
        args = ListArgs(self._context.who.person_id, self._context.now())
        self._context.read(self, "attend-lines", lines, args, self._on_lines, _silent)
        self._context.read(self, "attend-clocks", pressing, args, self._on_pressing, _silent)

    def _on_lines(self, found: Lines) -> None:
        for document_id in found.untold:
            args = Tell(document_id, self._context.who.person_id, self._context.now())
            self._context.write(self, "报告值班领导", tell, args, lambda _name: None, _silent)

    def _on_pressing(self, found: tuple[Pressing, ...]) -> None:
        for one in found:
            if one.key not in self._said:
                self._said.add(one.key)
                self._context.notify(one.words, level="error" if one.late else "warning")


def start(context: PanelContext, owner: QObject) -> QObject:
    """See PanelSpec.attend."""
    return Attending(context, owner)


def _silent(_sentence: str) -> None:
    """The page of the paper tells the same once it is opened."""

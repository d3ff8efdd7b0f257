"""Tells a new conflict as soon as a change completes it, wherever it was made. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer

from desktop.command.separation.watching import TABLES, Look, settle
from desktop.command.separation.words import Told
from desktop.contract.context import PanelContext
from desktop.panels.separation.queries import Found, seek
from desktop.rules.separation import ConflictBook, News
from storage.records.changes import ChangeSet

PAUSE_MS: Final = 200  # changes of one exchange are judged together
TOLD_MAX: Final = 3  # more at a time are counted in one notice


class SeparationAttending(QObject):
    """Keeps the book of conflicts; what stood before the start is not told again."""

    def __init__(self, context: PanelContext, owner: QObject) -> None:
        super().__init__(owner)
        self._context = context
        self._waiting: ChangeSet | None = None
        self._reading = True
        self._missed = False
        self.book: ConflictBook | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._look)
        context.changed.connect(self._on_changed)
        context.read(self, "separation", seek, Look(), self._on_first, self._on_error)

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*TABLES):
            before = self._waiting
            self._waiting = changes if before is None else before.merge(changes)
            self._soon()

    def _soon(self) -> None:
        if self._waiting is not None and not self._reading and not self._timer.isActive():
            self._timer.start()

    def _look(self) -> None:
        if self._waiting is None or self._reading:
            return
        book = self.book
        changes, self._waiting = self._waiting, None
        self._reading = True
        known = () if book is None else tuple(book.conflicts.values())
        args = Look(known, None if book is None or self._missed else changes)
        self._missed = False
        self._context.read(self, "separation", seek, args, self._on_found, self._on_error)

    def _on_first(self, found: Found) -> None:
        self.book = ConflictBook(found.seen.conflicts)
        self._ended()

    def _on_found(self, found: Found) -> None:
        if self.book is None:
            self._on_first(found)
            return
        news = settle(self.book, found.seen)
        self._tell(news, found.words)
        self._tell_gone(news, found.gone)
        self._ended()

    def _on_error(self, sentence: str) -> None:
        # What changed meanwhile is unknown now: the next look counts everything, and tells what is
        # new against what was known.
        self._missed = True
        self._context.notify(sentence, level="error")
        self._ended()

    def _ended(self) -> None:
        self._reading = False
        self._soon()

    def _tell(self, news: News, words: Sequence[Told]) -> None:
        come = {one.key for one in news.come}
        said = [one for one in words if one.conflict.key in come]
        if len(said) > TOLD_MAX:
            text = self.tr("{count} new conflicts between judging and execution")
            self._context.notify(text.format(count=len(said)), level="warning")
            return
        for one in said:
            self._context.notify(one.sentence, level="warning")

    def _tell_gone(self, news: News, words: Sequence[tuple[Told, str]]) -> None:
        """None goes in silence: what changed is named, to be looked into."""
        gone = {one.key for one in news.gone}
        said = [(one, why) for one, why in words if one.conflict.key in gone]
        if len(said) > TOLD_MAX:
            text = self.tr("{count} conflicts between judging and execution stand no more")
            self._context.notify(text.format(count=len(said)), level="warning")
            return
        text = self.tr("No longer a conflict, as {why} changed; look into it. It was: {words}")
        for one, why in said:
            self._context.notify(text.format(why=why, words=one.sentence), level="warning")


def start(context: PanelContext, owner: QObject) -> QObject:
    """Begins to attend; see PanelSpec.attend."""
    return SeparationAttending(context, owner)

"""Counts the ledger in parts on the reader lanes, and again after each change of it. UI thread.

What was counted once is shown at once with what came since; then everything is counted anew, so
that what somebody changed past the program shows after the next posting.
"""

from PySide6.QtCore import QObject, Signal

from desktop.contract.context import PanelContext
from desktop.funds.board import Count, Counted, go_on


class Recount(QObject):
    """`counted(Counted)` follows each part; one that is `done` is proven. `failed(sentence)`."""

    counted = Signal(object)
    failed = Signal(str)

    def __init__(self, context: PanelContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._proven: Count | None = None
        self._running: Count | None = None
        self._again = False
        self.found: Counted | None = None

    @property
    def busy(self) -> bool:
        """Whether a count is under way."""
        return self._running is not None

    def begin(self) -> None:
        """Counts; where a count was done, first what came since."""
        if self._proven is not None:
            ahead, self._proven = self._proven, None
            self._context.read(self, "ahead", go_on, ahead, lambda got: self._on_ahead(ahead, got))
        if self._running is not None:
            self._again = True
            return
        self._again = False
        self._running = Count()
        self._next()

    def _next(self) -> None:
        running = self._running
        assert running is not None
        self._context.read(
            self, "part", go_on, running, lambda got: self._on_part(running, got), self._on_error
        )

    def _on_ahead(self, ahead: Count, got: Counted) -> None:
        """The older count is kept for the next change until the newer one is done."""
        if self._proven is None:
            self._proven = ahead
        if got.done and self.busy:
            self.found = got
            self.counted.emit(got)

    def _on_part(self, running: Count, got: Counted) -> None:
        if running is not self._running:
            return
        if not got.done:
            if self.found is None:
                self.counted.emit(got)
            self._next()
            return
        self._proven, self._running = running, None
        self.found = got
        self.counted.emit(got)
        if self._again:
            self.begin()

    def _on_error(self, sentence: str) -> None:
        self._running = self._proven = None
        self.failed.emit(sentence)

"""Charts paint one after another. UI thread.

A notice that pushes the desk down gives six plots a new size at once; painted in one go they keep
the window for 100 ms, twice. So whoever wants to paint queues here, and one at a time has its turn
between two events.
"""

from typing import Protocol

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from shiboken6 import isValid


class Painter(Protocol):
    """A widget that waits for its turn."""

    def paint_in_turn(self) -> None: ...


class Turns(QObject):
    """Who waits, in order; nobody twice."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[Painter, None] = {}
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._next)

    def take(self, painter: Painter) -> None:
        """`painter` is called in one of the next rounds of the event loop."""
        self._waiting.setdefault(painter)
        if not self._timer.isActive():
            self._timer.start(0)

    def _next(self) -> None:
        painter = next(iter(self._waiting), None)
        if painter is not None:
            del self._waiting[painter]
            if isValid(painter):
                painter.paint_in_turn()
        if not self._waiting:
            self._timer.stop()


def turns() -> Turns:
    """The queue of the application."""
    app = QCoreApplication.instance()
    assert app is not None, "charts belong to an application"
    found = app.findChild(Turns)
    return found if found is not None else Turns(app)

"""A map on screen, with the map that comes along or without."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.widgets.map.invented import Queue
from widgets.map import MapView


class Paints(QObject):
    """Counts what a widget is asked to paint."""

    def __init__(self, watched: QObject) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.count += 1
        return False


@pytest.fixture
def queue() -> Queue:
    """What the map wants done elsewhere."""
    return Queue(at_once=True)


@pytest.fixture
def shown(qtbot: QtBot, queue: Queue) -> MapView:
    """A map of 800 × 600 without a base map, seen."""
    view = MapView(queue)
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    qtbot.waitExposed(view)
    return view


@pytest.fixture
def paints(shown: MapView) -> Paints:
    """How often the map was painted."""
    return Paints(shown.canvas)


@pytest.fixture
def settled(qtbot: QtBot) -> Callable[[MapView], None]:
    """Waits until the map shows what it should and wants to paint nothing more."""

    def wait(view: MapView) -> None:
        canvas = view.canvas
        qtbot.waitUntil(
            lambda: (
                canvas._ground.fits(canvas.view)
                and not canvas._timer.isActive()
                and not canvas._slices.isActive()
            )
        )
        QApplication.processEvents()  # the last picture that was asked for

    return wait

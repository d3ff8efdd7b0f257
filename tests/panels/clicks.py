"""Clicks on plots as a user makes them: a mouse button at the pixel that shows a data point."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets.plot import Chart


def shown(qtbot: QtBot, view: QWidget, width: int = 460, height: int = 360) -> None:
    """Shows a view and waits until it stands on the screen."""
    qtbot.addWidget(view)
    view.resize(width, height)
    view.show()
    qtbot.waitExposed(view)


def painted(qtbot: QtBot, chart: Chart, reading: str = "") -> None:
    """Waits until the chart painted data (with that reading, when given)."""

    def ready() -> bool:
        return chart.view.isVisible() and bool(chart.reading) and reading in chart.reading

    qtbot.waitUntil(ready)
    count = chart.paint_count
    if not count:
        qtbot.waitUntil(lambda: chart.paint_count > count)


def click(qtbot: QtBot, chart: Chart, x: float, y: float) -> None:
    """One click of the left button at a data point."""
    pixel = chart.view.pixel_of(x, y).toPoint()
    viewport = chart.view.viewport()
    assert viewport.rect().contains(pixel), (x, y, pixel)
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=pixel)

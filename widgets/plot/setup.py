"""The one place that sets pyqtgraph up. UI thread.

No default grey, no context menu, no wheel that traps scrolling, no dragging: a chart on a desk
is read and clicked. Marks are painted in device pixels by `PixelItem`, so that one-pixel lines
stay crisp and text never stretches; only trend lines use pyqtgraph's own curves.
"""

from collections.abc import Callable
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QWidget

from widgets.busy import begin_work
from widgets.plot.turns import turns
from widgets.theme import Theme

pg.setConfigOptions(antialias=False, useOpenGL=False, leftButtonPan=False, exitCleanup=False)

WORD_GAP_PX: Final = 6
KEEP_MS: Final = 500
Draw = Callable[[QPainter, "PixelMap", Theme], None]


class PixelMap:
    """Data coordinates to pixels of the painter in hand."""

    def __init__(self, transform: QTransform, area: QRectF) -> None:
        self._transform = transform
        self.area = area

    def point(self, x: float, y: float) -> QPointF:
        """The pixel of a data point."""
        return self._transform.map(QPointF(x, y))

    def rect(self, left: float, bottom: float, right: float, top: float) -> QRectF:
        """The pixel rectangle of a data rectangle, on whole pixels so that edges are sharp."""
        first, last = self.point(left, top), self.point(right, bottom)
        x, y = round(min(first.x(), last.x())), round(min(first.y(), last.y()))
        width = max(1, round(max(first.x(), last.x())) - x)
        height = max(0, round(max(first.y(), last.y())) - y)
        return QRectF(x, y, width, height)


class PixelItem(pg.GraphicsObject):  # type: ignore[misc]
    """A graphics item whose owner paints in pixels."""

    def __init__(self, draw: Draw, theme: Callable[[], Theme]) -> None:
        super().__init__()
        self._draw = draw
        self._theme = theme
        self.setZValue(10)

    def boundingRect(self) -> QRectF:
        # The whole view: marks, totals and end labels may stand anywhere in it.
        return QRectF(self.viewRect())

    def paint(self, painter: QPainter, *_args: Any) -> None:
        world = painter.worldTransform()
        area = world.mapRect(self.boundingRect())
        painter.save()
        painter.setWorldTransform(QTransform())
        self._draw(painter, PixelMap(world, area), self._theme())
        painter.restore()

    def viewTransformChanged(self) -> None:  # noqa: N802
        self.prepareGeometryChange()
        super().viewTransformChanged()


class PlotView(pg.PlotWidget):  # type: ignore[misc]
    """A plot without chrome that reports hovers and clicks in data coordinates.

    With a new size it shows the picture it had until `show_anew`, so that its owner says when.
    """

    hovered = Signal(QPointF, QPointF)
    left = Signal()
    clicked = Signal(QPointF)
    resized = Signal()

    # Of the class: the view is given sizes while it is still being made.
    _picture: QPixmap | None = None
    _outgrown = False
    _keeping = False

    def __init__(
        self, parent: QWidget | None = None, *, axes: dict[str, Any] | None = None
    ) -> None:
        super().__init__(parent, background=None, axisItems=axes or {}, enableMenu=False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(80, 60)
        item = self.getPlotItem()
        item.layout.setContentsMargins(0, 4, 4, 0)
        item.vb.setDefaultPadding(0)
        item.vb.setBorder(None)
        self._pressed: QPointF | None = None
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(KEEP_MS)
        self._keep.timeout.connect(self._queue)

    def paintEvent(self, event: QPaintEvent) -> None:
        begin_work()
        if self._outgrown and self._picture is not None:
            painter = QPainter(self.viewport())
            painter.drawPixmap(0, 0, self._picture)
            painter.end()
            return
        super().paintEvent(event)
        if not self._keeping:
            self._keep.start()

    def show_anew(self) -> None:
        """Paints at its present size from now on."""
        self._outgrown = False
        self.viewport().update()

    def _queue(self) -> None:
        turns().take(self)

    def paint_in_turn(self) -> None:
        """In a quiet moment: a picture for the next change of size. See widgets.plot.turns."""
        if self.isVisible() and not self._outgrown:
            self._keeping = True
            self._picture = self.viewport().grab()
            self._keeping = False

    def data_at(self, pixel: QPointF) -> QPointF:
        """The data coordinates under a pixel of this widget."""
        return QPointF(self.getPlotItem().vb.mapSceneToView(self.mapToScene(pixel.toPoint())))

    def pixel_of(self, x: float, y: float) -> QPointF:
        """The pixel of this widget that shows a data point."""
        scene = self.getPlotItem().vb.mapViewToScene(QPointF(x, y))
        return QPointF(self.mapFromScene(scene))

    def apply_theme(self, theme: Theme) -> None:
        """Axis colours and fonts; the background is the card's."""
        # Half a line above the highest tick, and pyqtgraph drops words that stand out further
        # than this from the axis: at a large text size the nought would be lost.
        half_line = theme.px(10)
        self.getPlotItem().layout.setContentsMargins(0, half_line, 4, 0)
        for name in ("left", "bottom"):
            axis = self.getAxis(name)
            axis.setPen(pg.mkPen(theme.hex("line"), width=1))
            axis.setTextPen(pg.mkPen(theme.hex("muted")))
            axis.setStyle(tickFont=theme.font("small"), tickLength=0, tickTextOffset=theme.px(6))
            axis.setStyle(hideOverlappingLabels=half_line + 5)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._outgrown = self._picture is not None
        self.resized.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        # The wheel belongs to whatever scrolls around the chart.
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hovered.emit(self.data_at(event.position()), event.globalPosition())
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if event.button() != Qt.MouseButton.LeftButton or pressed is None:
            return
        if (pressed - event.position()).manhattanLength() < 6:
            self.clicked.emit(self.data_at(event.position()))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def leaveEvent(self, event: Any) -> None:
        super().leaveEvent(event)
        self.left.emit()


class WordAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of words; shows every second, third … word when they would run together."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.setStyle(hideOverlappingLabels=False)
        self._words: list[tuple[float, str]] = []
        self._measure = ""

    def set_words(self, words: list[tuple[float, str]], *, measure: str = "") -> None:
        """Places and words in data coordinates; `measure` is a word of the usual length."""
        self._words = words
        self._measure = measure
        self.setTicks([words])
        if self.orientation == "bottom":
            self._fit_height()

    def _fit_height(self) -> None:
        """pyqtgraph reckons four fifths of a line, which cuts the foot of Chinese characters."""
        font = self.style.get("tickFont")
        if font is not None:
            lines = max((word.count("\n") + 1 for _, word in self._words), default=1)
            self.setHeight(QFontMetrics(font).height() * lines + self.style["tickTextOffset"][1])

    def generateDrawSpecs(self, painter: QPainter) -> Any:  # noqa: N802
        self.setTicks([thinned(self._words, self._room(), self._needed(painter))], update=False)
        return super().generateDrawSpecs(painter)

    def setTicks(self, ticks: Any, update: bool = True) -> None:  # noqa: N802
        if update:
            super().setTicks(ticks)
        else:
            # Called while painting: pyqtgraph's own setter would throw the picture away again.
            self._tickLevels = ticks

    def _room(self) -> float:
        """Pixels between two neighbouring words."""
        if len(self._words) < 2:
            return float("inf")
        low, high = sorted(self.range)
        span = high - low
        length = self.width() if self.orientation in ("bottom", "top") else self.height()
        step = abs(self._words[1][0] - self._words[0][0])
        return float(length * step / span) if span else float("inf")

    def _needed(self, painter: QPainter) -> float:
        """Pixels one word needs along the axis."""
        metrics = painter.fontMetrics()
        font = self.style.get("tickFont")
        if font is not None:
            painter.setFont(font)
            metrics = painter.fontMetrics()
        if self.orientation in ("left", "right"):
            return float(metrics.height())
        words = [self._measure] if self._measure else [word for _, word in self._words]
        lines = [line for word in words for line in word.split("\n")]
        gap = 4 if self._measure else WORD_GAP_PX
        return float(max((metrics.horizontalAdvance(line) for line in lines), default=0) + gap)


def thinned(words: list[tuple[float, str]], room: float, needed: float) -> list[tuple[float, str]]:
    """Every n-th word, n so small that they do not touch."""
    if room <= 0 or not words:
        return []
    every = max(1, -(-int(needed) // max(1, int(min(room, 10_000)))))
    return words[::every]


def headroom(length: int, pixels: int) -> float:
    """How much longer than the longest bar an axis must be to leave `pixels` beyond its end."""
    return length / (length - pixels) if length > 3 * pixels else 1.5


def nice_step(top: float, *, lines: int = 5) -> float:
    """A round distance between grid lines so that about `lines` of them reach `top`."""
    if top <= 0:
        return 1.0
    raw = top / lines
    power = 1.0
    while power * 10 <= raw:
        power *= 10
    while power > raw:
        power /= 10
    for factor in (1, 2, 2.5, 5, 10):
        if power * factor >= raw:
            return max(1.0, power * factor) if top >= lines else power * factor
    return power * 10


def value_ticks(top: float, *, lines: int = 5) -> list[tuple[float, str]]:
    """Places and words of the value axis from 0 to the first round value not below `top`."""
    step = nice_step(top, lines=lines)
    count = max(1, -(-round(top * 1000) // round(step * 1000)))
    return [(step * n, number_text(step * n)) for n in range(count + 1)]


def number_text(value: float) -> str:
    """Whole numbers with thousands groups, others with one decimal."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"

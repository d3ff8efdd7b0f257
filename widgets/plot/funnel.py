"""控制图: rates over volume, with the limits that chance alone explains. UI thread.

Who is outside is the word of whoever made the figures; the chart only shows it, by colour, shape
and name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from widgets.plot.chart import Chart
from widgets.plot.setup import PixelMap, WordAxis, number_text, value_ticks
from widgets.states import paint_shape
from widgets.theme import Theme, current_theme

_DOT_PX: Final = 10
_NEAR_PX: Final = 14


@dataclass(frozen=True, slots=True)
class Dot:
    """One court. rate in per cent of `count` matters; state: a style key; `named`: always."""

    key: str
    label: str
    count: float
    rate: float
    state: str
    named: bool = False


class FunnelPlot(Chart):
    """`curve`: count, lowest and highest rate that chance explains, by count."""

    dot_clicked = Signal(str)

    def __init__(self, title: str, note: str = "", *, parent: QWidget | None = None) -> None:
        self._counts = WordAxis("bottom")
        self._rates = WordAxis("left")
        self._dots: Sequence[Dot] = ()
        self._curve: Sequence[tuple[float, float, float]] = ()
        self._centre: tuple[float, str] = (0.0, "")
        self._ticks: list[tuple[float, str]] = []
        axes = {"bottom": self._counts, "left": self._rates}
        super().__init__(title, note, axes=axes, parent=parent)

    def set_data(
        self,
        dots: Sequence[Dot],
        curve: Sequence[tuple[float, float, float]],
        centre: tuple[float, str],
        reading: str = "",
    ) -> None:
        """Stores the dots; `centre`: the rate of all together and its words."""
        self._dots, self._curve, self._centre = dots, curve, centre
        self._changed(reading)

    def _has_data(self) -> bool:
        return bool(self._dots)

    def _apply_data(self, theme: Theme) -> None:
        most = max(one.count for one in self._dots)
        counts = value_ticks(most, lines=6)
        lowest = min([one.rate for one in self._dots] + [low for _n, low, _high in self._curve])
        floor = max(0.0, (lowest // 20) * 20)
        step = 10.0 if floor >= 40 else 20.0
        places = [floor + step * n for n in range(int((100 - floor) / step) + 1)]
        self._ticks = [(at, f"{number_text(at)}%") for at in places]
        self._counts.set_words(counts)
        self._rates.set_words(self._ticks)
        self.view.getPlotItem().vb.setRange(
            xRange=(0, counts[-1][0] * 1.04), yRange=(floor, 100 + (100 - floor) * 0.06), padding=0
        )

    def _draw_marks(self, painter: QPainter, to: PixelMap, theme: Theme) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(theme.mix("line", "surface", 0.7), 1))
        for value, _ in self._ticks:
            y = round(to.point(0, value).y()) + 0.5
            painter.drawLine(QPointF(to.area.left(), y), QPointF(to.area.right(), y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._draw_limits(painter, to, theme)
        painter.setFont(theme.font("small"))
        size = theme.px(_DOT_PX)
        taken: list[QRectF] = []
        places = [(one, to.point(one.count, one.rate)) for one in self._dots]
        for one, at in places:
            box = QRectF(at.x() - size / 2, at.y() - size / 2, size, size)
            paint_shape(painter, box, one.state, theme)
            taken.append(box)
        words = painter.fontMetrics().horizontalAdvance(self._centre[1]) + 8
        line = to.point(0, self._centre[0]).y()
        high = painter.fontMetrics().height()
        taken.append(QRectF(to.area.right() - words, line - high, words, high))
        for one, at in sorted(places, key=lambda place: not place[0].named):
            self._draw_name(painter, to, theme, one, at, taken)

    def _draw_limits(self, painter: QPainter, to: PixelMap, theme: Theme) -> None:
        """Limits by dashes with a pale ground between, the middle by a line with its words."""
        if self._curve:
            upper = [to.point(n, high) for n, _low, high in self._curve]
            lower = [to.point(n, low) for n, low, _high in self._curve]
            ground = QPainterPath(upper[0])
            for at in (*upper[1:], *reversed(lower)):
                ground.lineTo(at)
            painter.fillPath(ground, theme.mix("paused", "surface", 0.1))
            painter.setPen(QPen(theme.color("control_line"), 1, Qt.PenStyle.DashLine))
            painter.drawPolyline(upper)
            painter.drawPolyline(lower)
        rate, words = self._centre
        left, right = to.point(0, rate), QPointF(to.area.right(), to.point(0, rate).y())
        painter.setPen(QPen(theme.color("muted"), 1))
        painter.drawLine(QPointF(to.area.left(), left.y()), right)
        painter.setFont(theme.font("small"))
        wide = painter.fontMetrics().horizontalAdvance(words)
        painter.drawText(QPointF(right.x() - wide - 4, right.y() - 4), words)

    def _draw_name(
        self,
        painter: QPainter,
        to: PixelMap,
        theme: Theme,
        one: Dot,
        at: QPointF,
        taken: list[QRectF],
    ) -> None:
        """Beside its dot where there is room; a court outside the limits in any case."""
        metrics = painter.fontMetrics()
        wide, high = metrics.horizontalAdvance(one.label), metrics.height()
        gap = theme.px(_DOT_PX) / 2 + 3
        spots = [
            QRectF(at.x() + gap, at.y() - high / 2, wide, high),
            QRectF(at.x() - gap - wide, at.y() - high / 2, wide, high),
            QRectF(at.x() - wide / 2, at.y() + gap, wide, high),
            QRectF(at.x() - wide / 2, at.y() - gap - high, wide, high),
        ]
        free = [
            spot
            for spot in spots
            if to.area.contains(spot) and not any(spot.intersects(other) for other in taken)
        ]
        if not free and not one.named:
            return
        spot = (free or spots)[0]
        taken.append(spot)
        painter.setPen(theme.text_color(one.state) if one.named else theme.color("muted"))
        painter.drawText(QPointF(spot.left(), spot.top() + metrics.ascent()), one.label)

    def _nearest(self, place: QPointF) -> Dot | None:
        """The dot that lies under the mouse."""
        here = self.view.pixel_of(place.x(), place.y())
        reach = current_theme().px(_NEAR_PX)
        found: tuple[float, Dot] | None = None
        for one in self._dots:
            away = (self.view.pixel_of(one.count, one.rate) - here).manhattanLength()
            if away <= reach and (found is None or away < found[0]):
                found = (away, one)
        return None if found is None else found[1]

    def _tip_at(self, place: QPointF) -> str:
        one = self._nearest(place)
        return "" if one is None else f"{one.label}  {one.rate:.2f}%  ({number_text(one.count)})"

    def _on_clicked(self, place: QPointF) -> None:
        one = self._nearest(place)
        if one is not None:
            self.dot_clicked.emit(one.key)

    def _csv_rows(self) -> Sequence[Sequence[object]]:
        return [["", "n", "%"], *[[one.label, one.count, one.rate] for one in self._dots]]

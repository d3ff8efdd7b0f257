"""Lines over days with their names at their ends and a crosshair that reads values. UI thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from widgets.dates import month_word, year_word
from widgets.plot.chart import Chart
from widgets.plot.setup import PixelItem, PixelMap, WordAxis, number_text, value_ticks
from widgets.states import STATES, state_color
from widgets.theme import Theme, current_theme

_THICK_POINTS_MAX: Final = 400


@dataclass(frozen=True, slots=True)
class Series:
    """One line. color: style key or token. values: one for each day, None where unknown."""

    key: str
    label: str
    color: str
    values: Sequence[float | None]


class TrendLines(Chart):
    """Several lines over one row of days."""

    point_clicked = Signal(str, int)

    def __init__(self, title: str, note: str = "", *, parent: QWidget | None = None) -> None:
        self._dates = WordAxis("bottom")
        self._numbers = WordAxis("left")
        self._days: Sequence[date] = ()
        self._series: Sequence[Series] = ()
        self._curves: list[Any] = []
        self._ticks: list[tuple[float, str]] = []
        self._hovered: int | None = None
        super().__init__(
            title, note, axes={"bottom": self._dates, "left": self._numbers}, parent=parent
        )
        # Beneath the curves, while names and the crosshair lie above them.
        self._grid = PixelItem(self._draw_grid, current_theme)
        self._grid.setZValue(1)
        self.view.addItem(self._grid, ignoreBounds=True)
        self.view.left.connect(self._on_left)

    def set_data(self, days: Sequence[date], series: Sequence[Series], reading: str = "") -> None:
        """Stores the lines. Raises ValueError when a series has not one value for each day."""
        if any(len(one.values) != len(days) for one in series):
            raise ValueError("each series needs one value for each day")
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError("days must ascend")
        self._days, self._series = days, series
        self._hovered = None
        self._changed(reading)

    def _has_data(self) -> bool:
        return bool(self._days) and bool(self._series)

    def _apply_data(self, theme: Theme) -> None:
        values = [v for one in self._series for v in one.values if v is not None]
        self._ticks = value_ticks(max(values, default=1) or 1, lines=4)
        first, last = self._days[0].toordinal(), self._days[-1].toordinal()
        span = max(1, last - first)
        # Room at the right for the names at the ends of the lines.
        self.view.getPlotItem().vb.setRange(
            xRange=(first - span * 0.02, last + span * 0.06),
            yRange=(0, self._ticks[-1][0] * 1.04),
            padding=0,
        )
        self._grid.prepareGeometryChange()
        self._grid.update()
        self._numbers.set_words(self._ticks)
        self._dates.set_words(date_ticks(self._days))
        self._set_curves(theme)

    def _set_curves(self, theme: Theme) -> None:
        plot = self.view.getPlotItem()
        while len(self._curves) > len(self._series):
            plot.removeItem(self._curves.pop())
        while len(self._curves) < len(self._series):
            curve = pg.PlotDataItem(connect="finite", skipFiniteCheck=False)
            curve.setDownsampling(auto=True, method="peak")
            curve.setClipToView(True)
            curve.setZValue(5)
            plot.addItem(curve)
            self._curves.append(curve)
        days = np.array([day.toordinal() for day in self._days], dtype=np.float64)
        # Qt strokes wide pens slowly, so long series get the cheap one-pixel line.
        few = len(days) * len(self._series) <= _THICK_POINTS_MAX
        for curve, one in zip(self._curves, self._series, strict=True):
            values = np.array([np.nan if v is None else v for v in one.values], dtype=np.float64)
            width = theme.px(2) if few else 1
            curve.setData(
                days,
                values,
                pen=pg.mkPen(state_color(one.color, theme), width=width),
                antialias=few,
                # Without gaps Qt draws separate segments, several times faster than one path.
                connect="finite" if np.isnan(values).any() else "all",
            )

    def _draw_grid(self, painter: QPainter, to: PixelMap, theme: Theme) -> None:
        if not self._has_data():
            return
        painter.setPen(QPen(theme.mix("line", "surface", 0.7), 1))
        for value, _ in self._ticks[1:]:
            y = round(to.point(self._days[0].toordinal(), value).y()) + 0.5
            painter.drawLine(QPointF(to.area.left(), y), QPointF(to.area.right(), y))

    def _draw_marks(self, painter: QPainter, to: PixelMap, theme: Theme) -> None:
        self._draw_end_labels(painter, to, theme)
        if self._hovered is not None and self._hovered < len(self._days):
            self._draw_crosshair(painter, to, theme, self._hovered)

    def _draw_end_labels(self, painter: QPainter, to: PixelMap, theme: Theme) -> None:
        """Name and last value above each line's end, moved apart when they would overlap."""
        painter.setFont(theme.font("small", bold=True))
        metrics = painter.fontMetrics()
        height = metrics.height() + 2
        wanted: list[tuple[float, float, str, str]] = []
        for one in self._series:
            known = [n for n, value in enumerate(one.values) if value is not None]
            if not known:
                continue
            value = one.values[known[-1]]
            assert value is not None
            at = to.point(self._days[known[-1]].toordinal(), value)
            text = f"{one.label} {number_text(value)}"
            left = at.x() + 4 - metrics.horizontalAdvance(text)
            # Clear of the whole stretch of its own line beneath the words, not of its end alone.
            path = [to.point(self._days[n].toordinal(), one.values[n] or 0) for n in known]
            top = _highest_from(path, left - theme.px(6))
            wanted.append((top - theme.px(6), at.x(), text, one.color))
        above = -1e9
        for y, x, text, color in sorted(wanted):
            line = max(y, above + height, to.area.top() + metrics.ascent())
            above = line
            key = color if color in STATES else ""
            painter.setPen(theme.text_color(key) if key else state_color(color, theme))
            right = min(x + 4, to.area.right())
            painter.drawText(QPointF(right - metrics.horizontalAdvance(text), line), text)

    def _draw_crosshair(self, painter: QPainter, to: PixelMap, theme: Theme, index: int) -> None:
        day = self._days[index].toordinal()
        x = round(to.point(day, 0).x()) + 0.5
        painter.setPen(QPen(theme.color("muted"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, to.area.top()), QPointF(x, to.area.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("surface"), 1.5))
        for one in self._series:
            value = one.values[index]
            if value is not None:
                painter.setBrush(state_color(one.color, theme))
                painter.drawEllipse(to.point(day, value), 4, 4)

    def _nearest_day(self, place: QPointF) -> int | None:
        if not self._days:
            return None
        days = [day.toordinal() for day in self._days]
        span = max(1, days[-1] - days[0])
        if not days[0] - span * 0.05 <= place.x() <= days[-1] + span * 0.05:
            return None
        return min(range(len(days)), key=lambda n: abs(days[n] - place.x()))

    def _tip_at(self, place: QPointF) -> str:
        index = self._nearest_day(place)
        if index != self._hovered:
            self._hovered = index
            self._item.update()
        if index is None:
            return ""
        lines = [self._days[index].isoformat()]
        for one in self._series:
            value = one.values[index]
            lines.append(f"{one.label}  {'—' if value is None else number_text(value)}")
        return "\n".join(lines)

    def _on_left(self) -> None:
        self._hovered = None
        QToolTip.hideText()
        self._item.update()

    def _on_clicked(self, place: QPointF) -> None:
        index = self._nearest_day(place)
        if index is None:
            return
        near = [
            (abs(value - place.y()), one.key)
            for one in self._series
            if (value := one.values[index]) is not None
        ]
        if near:
            self.point_clicked.emit(min(near)[1], index)

    def _csv_rows(self) -> Sequence[Sequence[object]]:
        head: list[object] = ["", *[one.label for one in self._series]]
        rows = [
            [day.isoformat(), *[one.values[n] for one in self._series]]
            for n, day in enumerate(self._days)
        ]
        return [head, *rows]


def _highest_from(path: Sequence[QPointF], left: float) -> float:
    """The smallest y of a line at and right of the x `left`, where a segment may cross it."""
    heights = [point.y() for point in path if point.x() >= left]
    for before, after in pairwise(path):
        if before.x() < left < after.x():
            share = (left - before.x()) / (after.x() - before.x())
            heights.append(before.y() + share * (after.y() - before.y()))
    return min(heights)


def date_ticks(days: Sequence[date]) -> list[tuple[float, str]]:
    """Month starts over long spans, single days over short ones, in Chinese."""
    span = (days[-1] - days[0]).days
    if span <= 45:
        every = max(1, len(days) // 8)
        return [(float(d.toordinal()), f"{d.month}-{d.day:02d}") for d in days[::every]]
    ticks: list[tuple[float, str]] = []
    year, month = days[0].year, days[0].month
    while date(year, month, 1) <= days[-1]:
        first = date(year, month, 1)
        if first >= days[0]:
            word = year_word(year) if month == 1 and span > 200 else month_word(month)
            ticks.append((float(first.toordinal()), word))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    every = max(1, len(ticks) // 12)
    return ticks[::every]

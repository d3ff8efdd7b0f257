"""Bars side by side: for each category one bar a series, which must not be added up. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from widgets.plot.bars import Segment
from widgets.plot.chart import Chart
from widgets.plot.setup import PixelMap, WordAxis, headroom, number_text, value_ticks
from widgets.states import paint_area, state_color
from widgets.theme import Theme

_SPAN: Final = 0.72  # of a category, for all its bars
_KEY_PX: Final = 10


class GroupedBars(Chart):
    """`values[category][series]`; hover reads all bars of a category, a click names one."""

    bar_clicked = Signal(int, object)

    def __init__(self, title: str, note: str = "", *, parent: QWidget | None = None) -> None:
        self._words = WordAxis("bottom")
        self._numbers = WordAxis("left")
        self._categories: Sequence[str] = ()
        self._series: Sequence[Segment] = ()
        self._values: Sequence[Sequence[float]] = ()
        self._ticks: list[tuple[float, str]] = []
        axes = {"bottom": self._words, "left": self._numbers}
        super().__init__(title, note, axes=axes, parent=parent)

    def set_data(
        self,
        categories: Sequence[str],
        series: Sequence[Segment],
        values: Sequence[Sequence[float]],
        reading: str = "",
    ) -> None:
        """Stores the bars. Raises ValueError when the shape of `values` does not fit."""
        if len(values) != len(categories) or any(len(row) != len(series) for row in values):
            raise ValueError("values must be categories by series")
        self._categories, self._series, self._values = categories, series, values
        self._changed(reading)

    def _has_data(self) -> bool:
        return bool(self._categories)

    def _apply_data(self, theme: Theme) -> None:
        highest = max((max(row, default=0) for row in self._values), default=0)
        self._ticks = value_ticks(highest or 1, lines=5)
        # Above the bars stand their numbers, above these the names of the series.
        room = headroom(self.view.height() - theme.px(40), theme.px(42))
        top = max(self._ticks[-1][0] * 1.02, highest * room)
        self._words.set_words([(float(n), name) for n, name in enumerate(self._categories)])
        self._numbers.set_words(self._ticks)
        self.view.getPlotItem().vb.setRange(
            xRange=(-0.6, len(self._categories) - 0.4), yRange=(0, top), padding=0
        )

    def _bar(self, to: PixelMap, category: int, series: int, value: float) -> QRectF:
        wide = _SPAN / len(self._series)
        left = category - _SPAN / 2 + series * wide
        return to.rect(left, 0, left + wide, value).adjusted(0, 0, -1, 0)

    def _draw_marks(self, painter: QPainter, to: PixelMap, theme: Theme) -> None:
        painter.setPen(QPen(theme.mix("line", "surface", 0.7), 1))
        for value, _ in self._ticks[1:]:
            y = round(to.point(0, value).y()) + 0.5
            painter.drawLine(QPointF(to.area.left(), y), QPointF(to.area.right(), y))
        painter.setFont(theme.font("small"))
        metrics = painter.fontMetrics()
        bars = [
            (self._bar(to, category, n, value), value, one)
            for category, row in enumerate(self._values)
            for n, (one, value) in enumerate(zip(self._series, row, strict=True))
        ]
        for rect, value, one in bars:
            if value > 0:
                paint_area(painter, rect, one.state, theme)
        words = [metrics.horizontalAdvance(number_text(value)) for _rect, value, _one in bars]
        painter.setPen(theme.color("text"))
        if bars and max(words) + 3 <= bars[0][0].width():
            for (rect, value, _one), wide in zip(bars, words, strict=True):
                at = QPointF(rect.center().x() - wide / 2, rect.top() - 5)
                painter.drawText(at, number_text(value))
        self._draw_names(painter, to, theme)

    def _draw_names(self, painter: QPainter, to: PixelMap, theme: Theme) -> None:
        """What the colours mean, at the right above the bars."""
        metrics = painter.fontMetrics()
        key = theme.px(_KEY_PX)
        right, top = to.area.right(), to.area.top() + 2
        for one in reversed(self._series):
            right -= metrics.horizontalAdvance(one.label)
            painter.setPen(theme.color("muted"))
            painter.drawText(QPointF(right, top + metrics.ascent()), one.label)
            right -= key + 5
            box = QRectF(right, top + (metrics.height() - key) / 2, key, key)
            painter.fillRect(box, state_color(one.state, theme))
            right -= 14

    def _hit(self, place: QPointF) -> tuple[int, int | None] | None:
        """The category at a data place and its bar; a place above a bar still names the bar."""
        category = round(place.x())
        if not 0 <= category < len(self._categories):
            return None
        along = (place.x() - category + _SPAN / 2) / _SPAN * len(self._series)
        return category, int(along) if 0 <= along < len(self._series) else None

    def _tip_at(self, place: QPointF) -> str:
        hit = self._hit(place)
        if hit is None:
            return ""
        row = zip(self._series, self._values[hit[0]], strict=True)
        lines = [f"{one.label}  {number_text(value)}" for one, value in row]
        return "\n".join([self._categories[hit[0]], *lines])

    def _on_clicked(self, place: QPointF) -> None:
        hit = self._hit(place)
        if hit is not None and hit[1] is not None:
            self.bar_clicked.emit(hit[0], self._series[hit[1]].key)

    def _csv_rows(self) -> Sequence[Sequence[object]]:
        head: list[object] = ["", *[one.label for one in self._series]]
        return [head, *[[n, *r] for n, r in zip(self._categories, self._values, strict=True)]]

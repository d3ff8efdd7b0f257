"""Stacked bars: categories by segments, totals at the ends, upright or lying. UI thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QWidget

from widgets.plot.chart import Chart
from widgets.plot.setup import PixelMap, WordAxis, headroom, number_text, value_ticks
from widgets.states import paint_area
from widgets.theme import Theme, current_theme

_HALF: Final = 0.33
BAR_PIXELS_MAX: Final = 44  # at a text size of 100 %


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of every bar. state: a style key or a colour token."""

    key: str
    label: str
    state: str


class StackedBars(Chart):
    """`values[category][segment]`; hover reads all parts of a bar, a click names one."""

    bar_clicked = Signal(int, object)

    def __init__(
        self,
        title: str,
        note: str = "",
        *,
        horizontal: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self._horizontal = horizontal
        self._words = WordAxis("left" if horizontal else "bottom")
        self._numbers = WordAxis("bottom" if horizontal else "left")
        axes = {self._words.orientation: self._words, self._numbers.orientation: self._numbers}
        self._categories: Sequence[str] = ()
        self._narrow: Sequence[str] = ()
        self._segments: Sequence[Segment] = ()
        self._values: Sequence[Sequence[float]] = ()
        self._ticks: list[tuple[float, str]] = []
        super().__init__(title, note, axes=axes, parent=parent)

    def set_data(
        self,
        categories: Sequence[str],
        segments: Sequence[Segment],
        values: Sequence[Sequence[float]],
        reading: str = "",
        *,
        narrow_categories: Sequence[str] = (),
    ) -> None:
        """Stores the bars. Raises ValueError when the shape of `values` does not fit.

        `narrow_categories` are words for the same bars where `categories` would run together
        below upright ones.
        """
        if narrow_categories and len(narrow_categories) != len(categories):
            raise ValueError("narrow_categories must name every category")
        if len(values) != len(categories) or any(len(row) != len(segments) for row in values):
            raise ValueError("values must be categories by segments")
        self._categories, self._segments, self._values = categories, segments, values
        self._narrow = narrow_categories
        self._changed(reading)

    def _has_data(self) -> bool:
        return bool(self._categories)

    def _apply_data(self, theme: Theme) -> None:
        highest = max((sum(row) for row in self._values), default=0)
        self._ticks = value_ticks(highest or 1, lines=6 if not self._horizontal else 4)
        along = self.view.width() if self._horizontal else self.view.height()
        room = theme.px(52 if self._horizontal else 24)
        top = max(self._ticks[-1][0] * 1.02, highest * headroom(along - theme.px(40), room))
        if self._horizontal:
            # Half the last number of the axis stands beyond its tick.
            half = QFontMetrics(theme.font("small")).horizontalAdvance(self._ticks[-1][1]) // 2
            top = max(top, self._ticks[-1][0] * headroom(along - theme.px(90), half))
        count = len(self._categories)
        box = self.view.getPlotItem().vb
        narrow = not self._horizontal and self._run_together(self._categories, theme)
        names = self._narrow if narrow and self._narrow else self._categories
        self._words.set_words([(float(n), name) for n, name in enumerate(names)])
        self._numbers.set_words(self._ticks)
        if self._horizontal:
            box.invertY(True)
            box.setRange(xRange=(0, top), yRange=(-0.6, count - 0.4), padding=0)
        else:
            box.setRange(xRange=(-0.6, count - 0.4), yRange=(0, top), padding=0)

    def _bar(self, to: PixelMap, category: int, low: float, high: float) -> QRectF:
        """The pixels of one part, no wider than a bar should be."""
        widest = current_theme().px(BAR_PIXELS_MAX)
        if self._horizontal:
            rect = to.rect(low, category + _HALF, high, category - _HALF)
            if rect.height() > widest:
                rect.adjust(0, (rect.height() - widest) // 2, 0, 0)
                rect.setHeight(widest)
            return rect
        rect = to.rect(category - _HALF, low, category + _HALF, high)
        if rect.width() > widest:
            rect.adjust((rect.width() - widest) // 2, 0, 0, 0)
            rect.setWidth(widest)
        return rect

    def _draw_marks(self, painter: QPainter, to: PixelMap, theme: Theme) -> None:
        self._draw_grid(painter, to, theme)
        painter.setFont(theme.font("small", bold=True))
        metrics = painter.fontMetrics()
        totals = [sum(row) for row in self._values]
        crowded = not self._horizontal and self._run_together(
            [number_text(total) for total in totals], theme
        )
        for category, row in enumerate(self._values):
            low = 0.0
            for segment, value in zip(self._segments, row, strict=True):
                if value > 0:
                    self._draw_part(
                        painter, self._bar(to, category, low, low + value), segment, theme
                    )
                low += value
            # Where numbers would run into each other only the highest stays; hovering reads all.
            if not crowded or totals[category] == max(totals):
                self._draw_total(painter, to, category, low, metrics, theme)

    def _draw_grid(self, painter: QPainter, to: PixelMap, theme: Theme) -> None:
        painter.setPen(QPen(theme.mix("line", "surface", 0.7), 1))
        for value, _ in self._ticks[1:]:
            at = to.point(value, value)
            if self._horizontal:
                x = round(at.x()) + 0.5
                painter.drawLine(QPointF(x, to.area.top()), QPointF(x, to.area.bottom()))
            else:
                y = round(at.y()) + 0.5
                painter.drawLine(QPointF(to.area.left(), y), QPointF(to.area.right(), y))

    def _draw_part(self, painter: QPainter, rect: QRectF, segment: Segment, theme: Theme) -> None:
        paint_area(painter, rect, segment.state, theme)
        # One pixel of surface parts two neighbours where colour alone might not.
        edge = QRectF(rect)
        if self._horizontal:
            edge.setLeft(rect.right() - 1)
        else:
            edge.setHeight(1)
        if min(rect.width(), rect.height()) > 3:
            painter.fillRect(edge, theme.color("surface"))

    def _draw_total(
        self,
        painter: QPainter,
        to: PixelMap,
        category: int,
        total: float,
        metrics: QFontMetrics,
        theme: Theme,
    ) -> None:
        text = number_text(total)
        width = metrics.horizontalAdvance(text)
        painter.setPen(theme.color("text"))
        if self._horizontal:
            at = to.point(total, category)
            painter.drawText(
                QPointF(at.x() + 6, at.y() + metrics.ascent() / 2 - 1),
                text,
            )
        else:
            at = to.point(category, total)
            painter.drawText(QPointF(at.x() - width / 2, at.y() - 6), text)

    def _hit(self, place: QPointF) -> tuple[int, str | None] | None:
        """The bar at a data place, and its part; a place above a bar still names the bar."""
        along, value = (place.y(), place.x()) if self._horizontal else (place.x(), place.y())
        category = round(along)
        if not 0 <= category < len(self._categories) or abs(along - category) > _HALF + 0.1:
            return None
        low = 0.0
        for segment, part in zip(self._segments, self._values[category], strict=True):
            if low <= value < low + part:
                return category, segment.key
            low += part
        return category, None

    def _tip_at(self, place: QPointF) -> str:
        hit = self._hit(place)
        if hit is None:
            return ""
        row = self._values[hit[0]]
        lines = [f"{self._categories[hit[0]]}  {number_text(sum(row))}"]
        lines += [
            f"{segment.label}  {number_text(value)}"
            for segment, value in zip(self._segments, row, strict=True)
        ]
        return "\n".join(lines)

    def _on_clicked(self, place: QPointF) -> None:
        hit = self._hit(place)
        if hit is not None:
            self.bar_clicked.emit(*hit)

    def _csv_rows(self) -> Sequence[Sequence[object]]:
        head: list[object] = ["", *[segment.label for segment in self._segments]]
        return [head, *[[n, *r] for n, r in zip(self._categories, self._values, strict=True)]]

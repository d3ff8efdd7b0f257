"""A horizontal bar of days by whom they belong to. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from widgets.states import paint_area
from widgets.theme import Theme, current_theme, ink_on, theme_notifier
from widgets.timeline.records import StripSegment

_BAR: Final = 40
_LEGEND: Final = 20
_NARROWEST: Final = 6.0


class DayStrip(QWidget):
    """Segments as wide as their days; every one stays visible; a legend names them below."""

    segment_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._segments: Sequence[StripSegment] = ()
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme_notifier().theme_changed.connect(self.update)

    def set_segments(self, segments: Sequence[StripSegment]) -> None:
        """Replaces the segments; those of no days are left out. Raises ValueError below zero."""
        if any(one.days < 0 for one in segments):
            raise ValueError("days must not be negative")
        self._segments = [one for one in segments if one.days > 0]
        words = [f"{one.label} {one.days}" for one in self._segments]
        self.setAccessibleDescription("；".join(words))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, self._height_for(self.width() or 280))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._height_for(max(120, self.width())))

    def resizeEvent(self, event: object) -> None:
        self.updateGeometry()

    def _height_for(self, width: int) -> int:
        if not self._segments:
            return 0
        theme = current_theme()
        rows = self._legend_places(theme, width)[-1][1] + 1
        return theme.px(_BAR) + theme.px(8) + rows * theme.px(_LEGEND)

    def segment_rects(self) -> list[QRectF]:
        """Where the segments are painted, in order."""
        total = sum(one.days for one in self._segments)
        if not total:
            return []
        gap = 1.0
        room = self.width() - gap * (len(self._segments) - 1)
        least = min(_NARROWEST, room / len(self._segments))
        widths = [max(least, room * one.days / total) for one in self._segments]
        surplus = sum(widths) - room
        wide = sum(width - least for width in widths)
        if surplus > 0 and wide > 0:
            widths = [width - surplus * (width - least) / wide for width in widths]
        rects: list[QRectF] = []
        left = 0.0
        height = current_theme().px(_BAR)
        for width in widths:
            rects.append(QRectF(round(left), 0, round(left + width) - round(left), height))
            left += width + gap
        return rects

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._segments:
            return
        theme = current_theme()
        painter = QPainter(self)
        font = theme.font("small", bold=True)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        for rect, one in zip(self.segment_rects(), self._segments, strict=True):
            color = paint_area(painter, rect, one.state, theme)
            words = str(one.days)
            if metrics.horizontalAdvance(words) + 6 <= rect.width():
                painter.setPen(ink_on(color))
                painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), words)
        self._paint_legend(painter, theme)
        painter.end()

    def _legend_places(self, theme: Theme, width: int) -> list[tuple[float, int]]:
        """Left edge and row of each legend entry."""
        metrics = QFontMetrics(theme.font("small"))
        places: list[tuple[float, int]] = []
        left, row = 0.0, 0
        for one in self._segments:
            need = metrics.horizontalAdvance(_legend(one)) + theme.px(30)
            if left and left + need > width + theme.px(14):
                left, row = 0.0, row + 1
            places.append((left, row))
            left += need
        return places or [(0.0, 0)]

    def _paint_legend(self, painter: QPainter, theme: Theme) -> None:
        painter.setFont(theme.font("small"))
        places = self._legend_places(theme, self.width())
        top = theme.px(_BAR) + theme.px(8)
        for (left, row), one in zip(places, self._segments, strict=True):
            line = QRectF(left, top + row * theme.px(_LEGEND), self.width(), theme.px(_LEGEND))
            size = theme.px(10)
            key = QRectF(left, round(line.center().y() - size / 2), size, size)
            paint_area(painter, key, one.state, theme)
            painter.setPen(theme.color("muted"))
            words = line.adjusted(size + theme.px(5), 0, 0, 0)
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), _legend(one))

    def _segment_at(self, place: QPointF) -> int | None:
        rects = self.segment_rects()
        return next((n for n, rect in enumerate(rects) if rect.contains(place)), None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self._segment_at(QPointF(event.pos()))
            if number is None:
                QToolTip.hideText()
            else:
                one = self._segments[number]
                QToolTip.showText(event.globalPos(), one.tooltip or _legend(one), self)
            return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = self._segment_at(event.position())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self.segment_clicked.emit(number)


def _legend(one: StripSegment) -> str:
    return f"{one.label} {one.days}"

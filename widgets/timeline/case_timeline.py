"""A case over time: lanes of spans, markers, pauses across them, and today. UI thread.

Ctrl and the wheel zoom about the mouse, dragging pans, a click names a span or a marker; the wheel
alone scrolls lanes that do not all fit, else it zooms too. The keys + - and the arrows do the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from widgets.dates import month_word, year_word
from widgets.states import paint_area, paint_shape, state_color
from widgets.theme import Theme, current_theme, ink_on, theme_notifier
from widgets.timeline.records import Band, Lane, Marker, Span

_LANE: Final = 30
_AXIS: Final = 34
_BAR: Final = 16
_LANE_LEAST: Final = 20
_DAYS_MIN: Final = 10.0
_DAYS_MAX: Final = 366.0 * 12
_DRAG_PIXELS: Final = 5


@dataclass(frozen=True, slots=True)
class _Hit:
    """A painted thing that a mouse can find."""

    rect: QRectF
    tooltip: str
    span: str = ""
    marker: str = ""


class CaseTimeline(QWidget):
    """Paints itself; takes everything from `set_data`."""

    span_clicked = Signal(str)
    marker_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lanes: Sequence[Lane] = ()
        self._bands: Sequence[Band] = ()
        self._today: date | None = None
        self._empty_text = self.tr("Nothing on this timeline")
        self._first = 0.0
        self._span_days = 60.0
        self._scrolled = 0.0  # Pixels of lanes above the sight.
        self._hits: list[_Hit] = []
        self._drag: tuple[QPointF, float] | None = None
        self._dragged = False
        self._focus_span = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme_notifier().theme_changed.connect(self.update)

    # What the owner asks for -----------------------------------------------------------------

    def set_data(
        self, lanes: Sequence[Lane], *, bands: Sequence[Band] = (), today: date | None = None
    ) -> None:
        """Replaces everything and shows the whole of it."""
        self._lanes, self._bands, self._today = lanes, bands, today
        self._focus_span = -1
        self._scrolled = 0.0
        names = [f"{lane.label}：{len(lane.spans)}" for lane in lanes]
        self.setAccessibleDescription("；".join(names))
        self.updateGeometry()
        self.fit()

    def set_empty_text(self, text: str) -> None:
        """The words shown when there are no lanes."""
        self._empty_text = text
        self.update()

    def fit(self) -> None:
        """Zooms so that everything is in sight."""
        days = self._all_days()
        if days:
            low, high = min(days), max(days) + 1
            room = max(_DAYS_MIN, (high - low) * 1.06)
            self._span_days = min(room, _DAYS_MAX)
            self._first = low - (room - (high - low)) / 2
        self.update()

    def visible_days(self) -> tuple[float, float]:
        """The ordinals of the first and last day in sight."""
        return self._first, self._first + self._span_days

    def place_of(self, span_id: str) -> QPointF | None:
        """The middle of a painted span in this widget's pixels, None when out of sight."""
        for hit in self._hits:
            if hit.span == span_id:
                return hit.rect.center()
        return None

    def _all_days(self) -> list[int]:
        days = [marker.day.toordinal() for lane in self._lanes for marker in lane.markers]
        stretches: list[Span | Band] = [*self._spans(), *self._bands]
        for stretch in stretches:
            days += [day.toordinal() for day in (stretch.start, stretch.end) if day is not None]
        if days and self._today is not None:
            days.append(self._today.toordinal())
        return days

    # Geometry --------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        theme = current_theme()
        return QSize(480, theme.px(_AXIS + _LANE * max(3, len(self._lanes)) + 8))

    def minimumSizeHint(self) -> QSize:
        theme = current_theme()
        return QSize(260, theme.px(_AXIS + _LANE_LEAST * min(6, max(1, len(self._lanes))) + 8))

    def _label_width(self, theme: Theme) -> float:
        metrics = QFontMetrics(theme.font("small"))
        widest = max((metrics.horizontalAdvance(lane.label) for lane in self._lanes), default=0)
        return float(min(widest + 16, self.width() * 0.35))

    def _area(self, theme: Theme) -> QRectF:
        left = self._label_width(theme)
        top = theme.px(_AXIS)
        return QRectF(left, top, max(1.0, self.width() - left - 6), max(1.0, self.height() - top))

    def _lane_height(self, area: QRectF, theme: Theme) -> float:
        """Lanes share the room, but never so that their words run into each other."""
        shared = min(theme.px(_LANE) * 1.6, area.height() / max(1, len(self._lanes)))
        return max(float(theme.px(_LANE_LEAST)), shared)

    def _scroll_to(self, pixels: float) -> None:
        theme = current_theme()
        area = self._area(theme)
        hidden = self._lane_height(area, theme) * len(self._lanes) - area.height()
        self._scrolled = max(0.0, min(pixels, hidden))
        self.update()

    def _x(self, day: float, area: QRectF) -> float:
        return area.left() + (day - self._first) / self._span_days * area.width()

    # Painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        self._hits = []
        if not self._lanes:
            painter.setFont(theme.font())
            painter.setPen(theme.color("muted"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._empty_text)
            painter.end()
            return
        area = self._area(theme)
        height = self._lane_height(area, theme)
        self._paint_axis(painter, area, theme)
        painter.save()
        painter.setClipRect(area)
        self._paint_bands(painter, area, theme)
        for number, lane in enumerate(self._lanes):
            row = QRectF(area.left(), self._lane_top(number, area, height), area.width(), height)
            if row.bottom() > area.top() and row.top() < area.bottom():
                self._paint_lane(painter, lane, row, area, theme)
        painter.setClipRect(area.adjusted(0, -theme.px(_AXIS), 0, 0))
        self._paint_today(painter, area, theme)
        painter.restore()
        painter.setClipRect(QRectF(0, area.top(), self.width(), area.height()))
        self._paint_labels(painter, area, height, theme)
        self._paint_handle(painter, area, height, theme)
        painter.end()

    def _lane_top(self, number: int, area: QRectF, height: float) -> float:
        return area.top() + number * height - self._scrolled

    def _paint_handle(self, painter: QPainter, area: QRectF, height: float, theme: Theme) -> None:
        """How much of all lanes is in sight, where not all are."""
        whole = height * len(self._lanes)
        if whole > area.height() + 1:
            top = area.top() + self._scrolled / whole * area.height()
            length = area.height() ** 2 / whole
            painter.fillRect(QRectF(self.width() - 5, top, 4, length), theme.color("line_strong"))

    def _paint_axis(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        painter.setFont(theme.font("small"))
        metrics = painter.fontMetrics()
        painter.setPen(theme.color("line"))
        painter.drawLine(QPointF(area.left(), area.top()), QPointF(area.right(), area.top()))
        last_right = area.left() - 1
        for day, word in self._axis_ticks():
            x = round(self._x(day, area)) + 0.5
            if not area.left() <= x <= area.right():
                continue
            painter.setPen(theme.mix("line", "surface", 0.7))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            if x > last_right and x + metrics.horizontalAdvance(word) <= area.right() + 4:
                painter.setPen(theme.color("muted"))
                painter.drawText(QPointF(x + 3, area.top() - theme.px(5)), word)
                last_right = x + metrics.horizontalAdvance(word) + 10

    def _axis_ticks(self) -> list[tuple[int, str]]:
        """Months, or weeks when few days are in sight."""
        low = date.fromordinal(max(1, int(self._first)))
        high = min(int(self._first + self._span_days) + 1, date.max.toordinal())
        if self._span_days <= 70:
            every = 1 if self._span_days <= 16 else 7
            start = low.toordinal() - low.weekday()
            days = (date.fromordinal(n) for n in range(max(1, start), high, every))
            return [(day.toordinal(), f"{day.month}-{day.day:02d}") for day in days]
        ticks: list[tuple[int, str]] = []
        year, month = low.year, low.month
        while year < 9999 and date(year, month, 1).toordinal() <= high:
            word = year_word(year) if month == 1 else month_word(month)
            ticks.append((date(year, month, 1).toordinal(), word))
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return ticks

    def _paint_bands(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        painter.setFont(theme.font("small"))
        for band in self._bands:
            rect = self._rect_of(band.start, band.end, area.top(), area.height(), area)
            painter.fillRect(rect, theme.mix(_token(band.state), "surface", 0.14))
            painter.setPen(QPen(theme.mix(_token(band.state), "surface", 0.5), 1))
            painter.drawLine(rect.topLeft(), rect.bottomLeft())
            painter.drawLine(rect.topRight(), rect.bottomRight())
            words = painter.fontMetrics().elidedText(
                band.label, Qt.TextElideMode.ElideRight, int(rect.width()) - 6
            )
            painter.setPen(theme.text_color(band.state))
            strip = QRectF(
                rect.left() + 4, rect.bottom() - theme.px(18), rect.width(), theme.px(16)
            )
            painter.drawText(strip, int(Qt.AlignmentFlag.AlignVCenter), words)
            self._hits.append(_Hit(rect, band.tooltip or band.label))

    def _rect_of(
        self, start: date, end: date | None, top: float, height: float, area: QRectF
    ) -> QRectF:
        """The pixels of whole days; an open end reaches today, or a day past the start."""
        stop = end or self._today or start
        left = self._x(start.toordinal(), area)
        right = self._x(max(stop, start).toordinal() + 1, area)
        return QRectF(round(left), top, max(3, round(right) - round(left)), height)

    def _paint_lane(
        self, painter: QPainter, lane: Lane, row: QRectF, area: QRectF, theme: Theme
    ) -> None:
        thick = min(theme.px(_BAR), row.height() - 8)
        top = row.center().y() - thick / 2
        for span in lane.spans:
            rect = self._rect_of(span.start, span.end, round(top), thick, area)
            self._paint_span(painter, span, rect, theme)
        for marker in lane.markers:
            self._paint_marker(painter, marker, row, area, theme)

    def _paint_span(self, painter: QPainter, span: Span, rect: QRectF, theme: Theme) -> None:
        color = state_color(span.state, theme)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if span.end is None:
            painter.setBrush(theme.mix(_token(span.state), "surface", 0.35))
            painter.drawRoundedRect(rect, 3, 3)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color, 1.2, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            ground = theme.mix(_token(span.state), "surface", 0.35)
        else:
            ground = paint_area(painter, rect, span.state, theme)
        if self._is_focused(span):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("text"), 1.5))
            painter.drawRoundedRect(rect.adjusted(-1.5, -1.5, 1.5, 1.5), 4, 4)
        font = theme.font("small")
        painter.setFont(font)
        room = int(rect.width()) - 10
        if room > QFontMetrics(font).horizontalAdvance("一…") and span.label:
            painter.setPen(ink_on(ground))
            words = QFontMetrics(font).elidedText(span.label, Qt.TextElideMode.ElideRight, room)
            painter.drawText(rect.adjusted(5, 0, -5, 0), int(Qt.AlignmentFlag.AlignVCenter), words)
        painter.restore()
        self._hits.append(_Hit(rect, span.tooltip or _span_words(span), span=span.id))

    def _paint_marker(
        self, painter: QPainter, marker: Marker, row: QRectF, area: QRectF, theme: Theme
    ) -> None:
        size = theme.px(11)
        x = self._x(marker.day.toordinal() + 0.5, area)
        rect = QRectF(x - size / 2, row.center().y() - size / 2, size, size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("surface"))
        painter.drawEllipse(rect.adjusted(-2, -2, 2, 2))
        paint_shape(painter, rect, marker.state, theme)
        if marker.label:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("text"))
            words = self._free_place(marker.label, rect, row, painter.fontMetrics())
            if words is not None:
                painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), marker.label)
        tip = marker.tooltip or f"{marker.day.isoformat()} {marker.label}"
        self._hits.append(_Hit(rect.adjusted(-3, -3, 3, 3), tip, marker=marker.id))

    def _free_place(
        self, label: str, mark: QRectF, row: QRectF, metrics: QFontMetrics
    ) -> QRectF | None:
        """Room for a marker's words right or left of it, clear of the lane's spans."""
        width = metrics.horizontalAdvance(label) + 2
        taken = [hit.rect for hit in self._hits if hit.span and hit.rect.intersects(row)]
        for left in (mark.right() + 5, mark.left() - 5 - width):
            place = QRectF(left, row.top(), width, row.height())
            clear = row.left() <= place.left() and place.right() <= row.right()
            if clear and not any(rect.intersects(place) for rect in taken):
                return place
        return None

    def _paint_today(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        if self._today is None:
            return
        x = round(self._x(self._today.toordinal() + 0.5, area)) + 0.5
        painter.setPen(QPen(theme.color("accent"), 1))
        painter.drawLine(QPointF(x, area.top() - theme.px(14)), QPointF(x, area.bottom()))
        painter.setFont(theme.font("small", bold=True))
        word = self.tr("Today")
        width = painter.fontMetrics().horizontalAdvance(word)
        height = theme.px(16)
        left = min(x - width / 2 - 5, area.right() - width - 10)
        pill = QRectF(left, area.top() - theme.px(_AXIS) + 1, width + 10, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_fill"))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        painter.setPen(theme.color("accent_text"))
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), word)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_labels(self, painter: QPainter, area: QRectF, height: float, theme: Theme) -> None:
        painter.setFont(theme.font("small"))
        metrics = painter.fontMetrics()
        for number, lane in enumerate(self._lanes):
            row = QRectF(0, self._lane_top(number, area, height), area.left() - 10, height)
            painter.setPen(theme.color("muted"))
            words = metrics.elidedText(
                lane.label, Qt.TextElideMode.ElideRight, int(row.width()) + 1
            )
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(row, int(flags), words)

    # Mouse and keys --------------------------------------------------------------------------

    def _hit_at(self, place: QPointF) -> _Hit | None:
        return next((hit for hit in reversed(self._hits) if hit.rect.contains(place)), None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hit = self._hit_at(QPointF(event.pos()))
            if hit is not None and hit.tooltip:
                QToolTip.showText(event.globalPos(), hit.tooltip, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self._lanes:
            event.ignore()
            return
        theme = current_theme()
        area = self._area(theme)
        overflows = self._lane_height(area, theme) * len(self._lanes) > area.height() + 1
        if overflows and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._scroll_to(self._scrolled - event.angleDelta().y() / 2)
            event.accept()
            return
        share = min(1.0, max(0.0, (event.position().x() - area.left()) / area.width()))
        self._zoom(0.85 if event.angleDelta().y() > 0 else 1 / 0.85, share)
        event.accept()

    def _zoom(self, factor: float, share: float) -> None:
        """Zooms so that the day at `share` of the width stays where it is."""
        day = self._first + self._span_days * share
        self._span_days = min(_DAYS_MAX, max(_DAYS_MIN, self._span_days * factor))
        self._go_to(day - self._span_days * share)

    def _go_to(self, first: float) -> None:
        """Pans, but never so far that everything is out of sight."""
        days = self._all_days() or [0]
        lowest = min(days) - self._span_days * 0.9
        highest = max(days) - self._span_days * 0.1
        self._first = min(max(first, lowest, 1.0), max(highest, lowest))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = (event.position(), self._first)
            self._dragged = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            moved = event.position().x() - self._drag[0].x()
            if self._dragged or abs(moved) > _DRAG_PIXELS:
                self._dragged = True
                width = self._area(current_theme()).width()
                self._go_to(self._drag[1] - moved / width * self._span_days)
            return
        hit = self._hit_at(event.position())
        opens = hit is not None and bool(hit.span or hit.marker)
        self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is None or self._dragged or event.button() != Qt.MouseButton.LeftButton:
            return
        hit = self._hit_at(event.position())
        if hit is not None and hit.span:
            self.span_clicked.emit(hit.span)
        elif hit is not None and hit.marker:
            self.marker_clicked.emit(hit.marker)

    def _spans(self) -> list[Span]:
        return [span for lane in self._lanes for span in lane.spans]

    def _is_focused(self, span: Span) -> bool:
        spans = self._spans()
        return (
            self.hasFocus()
            and 0 <= self._focus_span < len(spans)
            and spans[self._focus_span] is span
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = self._span_days * 0.1
        key = event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(0.8, 0.5)
        elif key == Qt.Key.Key_Minus:
            self._zoom(1.25, 0.5)
        elif key == Qt.Key.Key_Left:
            self._go_to(self._first - step)
        elif key == Qt.Key.Key_Right:
            self._go_to(self._first + step)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._move_focus(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._focus_span >= 0:
            self.span_clicked.emit(self._spans()[self._focus_span].id)
        else:
            super().keyPressEvent(event)

    def _move_focus(self, step: int) -> None:
        spans = self._spans()
        if spans:
            self._focus_span = (self._focus_span + step) % len(spans)
            self.setAccessibleName(_span_words(spans[self._focus_span]))
            self._show_lane_of(spans[self._focus_span])

    def _show_lane_of(self, span: Span) -> None:
        theme = current_theme()
        area = self._area(theme)
        height = self._lane_height(area, theme)
        number = next(n for n, lane in enumerate(self._lanes) if span in lane.spans)
        least = (number + 1) * height - area.height()
        self._scroll_to(min(max(self._scrolled, least), number * height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scroll_to(self._scrolled)


def _token(state: str) -> str:
    """The colour token of a style key or of a token itself."""
    if state == "done":
        return "normal"
    if state == "done_late":
        return "overdue"
    return state if state in current_theme().colors else "unknown"


def _span_words(span: Span) -> str:
    end = span.end.isoformat() if span.end else "…"
    days = (span.end - span.start + timedelta(days=1)).days if span.end else None
    tail = f"（{days}）" if days else ""
    return f"{span.label}\n{span.start.isoformat()} → {end}{tail}".strip()

"""Bars by day with rest days marked under the axis. UI thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from widgets.dates import weekday_letter, weekday_word
from widgets.plot.chart import Chart
from widgets.plot.setup import PixelMap, WordAxis, headroom, number_text, value_ticks
from widgets.states import fill_brush
from widgets.theme import Theme

DayKind = Literal["workday", "weekend", "holiday"]
BAR_PIXELS_MAX: Final = 36


@dataclass(frozen=True, slots=True)
class Day:
    """One day. state: style key or token of its bar. note: e.g. the name of the holiday."""

    day: date
    value: float
    kind: DayKind = "workday"
    state: str = "normal"
    note: str = ""


class DayBars(Chart):
    """One bar for each day; weekends and holidays lie on a shaded ground and are named."""

    day_clicked = Signal(int)

    def __init__(self, title: str, note: str = "", *, parent: QWidget | None = None) -> None:
        self._axis = WordAxis("bottom")
        self._numbers = WordAxis("left")
        self._days: Sequence[Day] = ()
        self._ticks: list[tuple[float, str]] = []
        super().__init__(
            title, note, axes={"bottom": self._axis, "left": self._numbers}, parent=parent
        )

    def set_data(self, days: Sequence[Day], reading: str = "") -> None:
        """Stores the days, oldest first."""
        self._days = days
        self._changed(reading)

    def _has_data(self) -> bool:
        return bool(self._days)

    def _apply_data(self, theme: Theme) -> None:
        highest = max(one.value for one in self._days)
        self._ticks = value_ticks(highest or 1, lines=4)
        factor = headroom(self.view.height() - theme.px(40), theme.px(24))
        self.view.getPlotItem().vb.setRange(
            xRange=(-0.6, len(self._days) - 0.4),
            yRange=(0, max(self._ticks[-1][0] * 1.02, highest * factor)),
            padding=0,
        )
        wide = self.view.width() / len(self._days) > theme.px(46)
        words = [(float(n), _day_words(one, wide=wide)) for n, one in enumerate(self._days)]
        self._axis.set_words(words, measure="12-30" if wide else "30")
        self._numbers.set_words(self._ticks)
        self._axis.setHeight(theme.px(44))

    def _draw_marks(self, painter: QPainter, to: PixelMap, theme: Theme) -> None:
        for number, one in enumerate(self._days):
            if one.kind != "workday":
                share = 0.35 if one.kind == "weekend" else 0.6
                ground = to.rect(number - 0.5, 0, number + 0.5, self._ticks[-1][0])
                painter.fillRect(ground, theme.mix("line", "surface", share))
        painter.setPen(QPen(theme.mix("line", "surface", 0.7), 1))
        for value, _ in self._ticks[1:]:
            y = round(to.point(0, value).y()) + 0.5
            painter.drawLine(QPointF(to.area.left(), y), QPointF(to.area.right(), y))
        painter.setFont(theme.font("small", bold=True))
        highest = max(one.value for one in self._days)
        slot = to.point(1, 0).x() - to.point(0, 0).x()
        # Where numbers would run together only the highest is written; hover reads the others.
        tight = painter.fontMetrics().horizontalAdvance(number_text(highest)) > slot
        for number, one in enumerate(self._days):
            rect = to.rect(number - 0.32, 0, number + 0.32, one.value)
            if rect.width() > BAR_PIXELS_MAX:
                rect.adjust((rect.width() - BAR_PIXELS_MAX) // 2, 0, 0, 0)
                rect.setWidth(BAR_PIXELS_MAX)
            if one.value > 0:
                painter.fillRect(rect, fill_brush(one.state, theme))
            if not tight or one.value == highest:
                self._draw_value(painter, rect, one, theme)

    def _draw_value(self, painter: QPainter, rect: QRectF, one: Day, theme: Theme) -> None:
        if one.value <= 0 and one.kind != "workday":
            return
        painter.setPen(theme.color("text" if one.value else "faint_text"))
        words = QRectF(rect.center().x() - 40, rect.top() - theme.px(20), 80, theme.px(18))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        painter.drawText(words, int(flags), number_text(one.value))

    def _hit(self, place: QPointF) -> int | None:
        number = round(place.x())
        return number if 0 <= number < len(self._days) else None

    def _tip_at(self, place: QPointF) -> str:
        number = self._hit(place)
        if number is None:
            return ""
        one = self._days[number]
        words = f"{one.day.isoformat()}  {weekday_word(one.day)}"
        note = f"\n{one.note}" if one.note else ""
        return f"{words}\n{number_text(one.value)}{note}"

    def _on_clicked(self, place: QPointF) -> None:
        number = self._hit(place)
        if number is not None:
            self.day_clicked.emit(number)

    def _csv_rows(self) -> Sequence[Sequence[object]]:
        return [[one.day.isoformat(), one.value, one.kind, one.note] for one in self._days]


def _day_words(one: Day, *, wide: bool) -> str:
    """The day (with its month where there is room) over its weekday or the mark of a holiday."""
    if one.kind == "holiday":
        under = QCoreApplication.translate("Dates", "off")
    else:
        under = weekday_letter(one.day)
    number = f"{one.day.month}-{one.day.day}" if wide else str(one.day.day)
    return f"{number}\n{under}"

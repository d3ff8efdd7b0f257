"""The course of an order as six stations with time and actor, painted as vectors. UI thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.states import state_color
from widgets.theme import Theme, current_theme, theme_notifier

_HEIGHT: Final = 76
_RADIUS: Final = 9
_LINE_Y: Final = 18


@dataclass(frozen=True, slots=True)
class Station:
    """One state of the course. `at` and `who` are empty while it was not reached; `style`: a state
    key; `waiting`: reached here, but known to nobody else yet; `now`: where the order stands."""

    word: str
    at: str = ""
    who: str = ""
    style: str = ""
    waiting: bool = False
    now: bool = False


class CourseStrip(QWidget):
    """Paints what `set_stations` was given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stations: tuple[Station, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme_notifier().theme_changed.connect(self._on_theme)

    @property
    def stations(self) -> tuple[Station, ...]:
        """What is shown."""
        return self._stations

    def set_stations(self, stations: Sequence[Station]) -> None:
        """Shows these, left to right."""
        self._stations = tuple(stations)
        said = [f"{one.word} {one.at} {one.who}".strip() for one in self._stations]
        self.setAccessibleName("；".join(said))
        self.update()

    def sizeHint(self) -> QSize:
        theme = current_theme()
        return QSize(theme.px(560), theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        theme = current_theme()
        return QSize(theme.px(420), theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._stations:
            return
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / len(self._stations)
        y = float(theme.px(_LINE_Y))
        for n, one in enumerate(self._stations):
            x = width * (n + 0.5)
            if n + 1 < len(self._stations):
                reached = bool(self._stations[n + 1].at) and bool(one.at)
                self._line(painter, theme, (x, x + width), y, reached=reached)
        for n, one in enumerate(self._stations):
            self._station(painter, theme, one, QPointF(width * (n + 0.5), y), width)
        painter.end()

    def _line(
        self, painter: QPainter, theme: Theme, ends: tuple[float, float], y: float, *, reached: bool
    ) -> None:
        gap = theme.px(_RADIUS) + theme.px(5)
        color = theme.color("accent") if reached else theme.color("line")
        pen = QPen(color, theme.px(2))
        if not reached:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QPointF(ends[0] + gap, y), QPointF(ends[1] - gap, y))

    def _station(
        self, painter: QPainter, theme: Theme, one: Station, at: QPointF, width: float
    ) -> None:
        radius = theme.px(_RADIUS)
        ink = state_color(one.style) if one.style else theme.color("accent")
        if not one.at:
            painter.setPen(QPen(theme.color("faint"), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, radius, radius)
        elif one.waiting:
            painter.setPen(QPen(ink, 2, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, radius, radius)
        else:
            if one.now:
                halo = QColor(ink)
                halo.setAlpha(64)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(halo)
                painter.drawEllipse(at, radius * 1.6, radius * 1.6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(at, radius, radius)
            if one.style in ("overdue", "paused"):
                self._cross(painter, theme, at, radius)
            else:
                self._tick(painter, theme, at, radius)
        self._words(painter, theme, one, QRectF(at.x() - width / 2, 0, width, self.height()))

    def _tick(self, painter: QPainter, theme: Theme, at: QPointF, radius: float) -> None:
        pen = QPen(theme.color("surface"), theme.px(2))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        left, low, right = (
            at + QPointF(-radius * 0.42, 0),
            at + QPointF(-radius * 0.08, radius * 0.36),
            at + QPointF(radius * 0.45, -radius * 0.36),
        )
        painter.drawLine(left, low)
        painter.drawLine(low, right)

    def _cross(self, painter: QPainter, theme: Theme, at: QPointF, radius: float) -> None:
        pen = QPen(theme.color("surface"), theme.px(2))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        arm = radius * 0.36
        painter.drawLine(at + QPointF(-arm, -arm), at + QPointF(arm, arm))
        painter.drawLine(at + QPointF(-arm, arm), at + QPointF(arm, -arm))

    def _words(self, painter: QPainter, theme: Theme, one: Station, box: QRectF) -> None:
        font = theme.font("body", bold=one.now)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        top = theme.px(_LINE_Y) + theme.px(_RADIUS) + theme.px(6)
        line = metrics.lineSpacing()
        middle = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.setPen(theme.color("text" if one.at else "faint"))
        painter.drawText(QRectF(box.left(), top, box.width(), line), middle, one.word)
        if not one.at:
            return
        small = theme.font("small")
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        said = " ".join(part for part in (one.at, one.who) if part)
        cut = QFontMetrics(small).elidedText(
            said, Qt.TextElideMode.ElideRight, int(box.width()) - theme.px(4)
        )
        painter.drawText(QRectF(box.left(), top + line, box.width(), line), middle, cut)

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

"""The bar of the whole film with a mark for each event; a click or a drag shows that instant.

UI thread. Marks are painted once into a picture and painted again when the size or look changes.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.command.replay.reel import Event
from desktop.panels.replay.player import NEVER
from widgets.states import state_color
from widgets.theme import Theme, current_theme, theme_notifier

# Which events stand in which row, and their colour; what is grave has its own.
ROWS: Final = (
    (("course", "group", "police"), "accent"),
    (("order",), "paused"),
    (("checkin", "alarm"), "normal"),
    (("message", "log", "picture"), "muted"),
    (("case",), "due_soon"),
)
_ROW: Final = 9
_ROW_LOW: Final = 6  # where the panel has little height
_LABELS: Final = 18
_EDGE: Final = 8
_NEAR: Final = 5
_STEPS_S: Final = (60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_LABEL_WIDE: Final = 74
_LISTED: Final = 8


class TimeBar(QWidget):
    """`asked(moment)`: the user wants to see that instant; arrow keys step by a second."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("time_bar")
        self._since = self._until = self._at = NEVER
        self._events: Sequence[Event] = ()
        self._times: list[datetime] = []
        self._painted: QPixmap | None = None
        self._row = _ROW
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Time bar"))
        theme_notifier().theme_changed.connect(self._again)

    def set_film(self, since: datetime, until: datetime, events: Sequence[Event]) -> None:
        """Another film; events in order of time."""
        self._since, self._until, self._at = since, until, since
        self._events = events
        self._times = [one.at for one in events]
        self._again()

    def set_moment(self, at: datetime) -> None:
        """Moves the hand."""
        self._at = at
        self.setAccessibleDescription(f"{at:%Y-%m-%d %H:%M:%S}")
        self.update()

    def set_low(self, low: bool) -> None:
        """Lower rows where there is little height."""
        row = _ROW_LOW if low else _ROW
        if row != self._row:
            self._row = row
            self.updateGeometry()
            self._again()

    def sizeHint(self) -> QSize:
        theme = current_theme()
        return QSize(400, theme.px(self._row) * len(ROWS) + theme.px(_LABELS) + 2 * theme.px(4))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def x_of(self, at: datetime) -> float:
        """Where an instant stands, in pixels."""
        span = (self._until - self._since).total_seconds()
        part = (at - self._since).total_seconds() / span if span else 0.0
        edge = current_theme().px(_EDGE)
        return edge + part * (self.width() - 2 * edge)

    def moment_at(self, x: float) -> datetime:
        """The instant at a place, within the film."""
        edge = current_theme().px(_EDGE)
        wide = max(1, self.width() - 2 * edge)
        part = min(1.0, max(0.0, (x - edge) / wide))
        return self._since + timedelta(
            seconds=round(part * (self._until - self._since).total_seconds())
        )

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._until > self._since:
            return
        theme = current_theme()
        if self._painted is None:
            self._painted = self._marks(theme)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._painted)
        x, low = self.x_of(self._at), self.height() - theme.px(_LABELS)
        past = theme.color("accent")
        past.setAlpha(34)
        painter.fillRect(QRectF(0, 0, x, low), past)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.drawLine(QPointF(x, 0), QPointF(x, low))
        painter.setBrush(theme.color("accent"))
        painter.setPen(Qt.PenStyle.NoPen)
        size = theme.px(5)
        painter.drawPolygon(
            QPolygonF([QPointF(x - size, 0), QPointF(x + size, 0), QPointF(x, size * 1.4)])
        )
        painter.end()

    def _marks(self, theme: Theme) -> QPixmap:
        ratio = self.devicePixelRatioF()
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(theme.color("surface"))
        painter = QPainter(made)
        low = self.height() - theme.px(_LABELS)
        self._paint_scale(painter, theme, low)
        row = theme.px(self._row)
        places = {kind: n for n, (kinds, _token) in enumerate(ROWS) for kind in kinds}
        for one in self._events:
            n = places.get(one.kind, len(ROWS) - 1)
            token = ROWS[n][1]
            color = state_color(one.style) if one.style == "overdue" else theme.color(token)
            top = theme.px(4) + n * row
            painter.fillRect(QRectF(self.x_of(one.at) - 1, top + 1, 2, row - 2), color)
        painter.end()
        return made

    def _paint_scale(self, painter: QPainter, theme: Theme, low: float) -> None:
        span = (self._until - self._since).total_seconds()
        wide = max(1, self.width() // theme.px(_LABEL_WIDE))
        step = next((one for one in _STEPS_S if span / one <= wide), _STEPS_S[-1])
        midnight = self._since.replace(hour=0, minute=0, second=0, microsecond=0)
        first = int((self._since - midnight).total_seconds() // step + 1) * step
        painter.setFont(theme.font("small"))
        at = midnight + timedelta(seconds=first)
        while at <= self._until:
            x = self.x_of(at)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(QPointF(x, 0), QPointF(x, low))
            painter.setPen(theme.color("muted"))
            words = f"{at:%m-%d}" if (at - midnight).total_seconds() % 86400 == 0 else f"{at:%H:%M}"
            half = theme.px(_LABEL_WIDE) / 2
            if x - half / 2 > 0 and x + half / 2 < self.width():
                box = QRectF(x - half, low, 2 * half, theme.px(_LABELS))
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
            at += timedelta(seconds=step)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(QPointF(0, low), QPointF(self.width(), low))

    def _again(self) -> None:
        self._painted = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._again()

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._until > self._since:
            self.asked.emit(self.moment_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._until > self._since:
            self.asked.emit(self.moment_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._until > self._since:
            super().keyPressEvent(event)
            return
        self.asked.emit(self._at + timedelta(seconds=step))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(event.pos().x())
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def words_at(self, x: float) -> str:
        """What happened about that place."""
        if not self._until > self._since:
            return ""
        first = bisect_left(self._times, self.moment_at(x - _NEAR))
        last = bisect_left(self._times, self.moment_at(x + _NEAR) + timedelta(seconds=1))
        found = self._events[first:last]
        lines = [f"{one.at:%H:%M:%S} {one.words}" for one in found[:_LISTED]]
        if len(found) > _LISTED:
            lines.append(self.tr("… and {count} more").format(count=len(found) - _LISTED))
        return "\n".join(lines) or f"{self.moment_at(x):%H:%M:%S}"

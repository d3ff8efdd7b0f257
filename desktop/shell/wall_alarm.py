"""What stands on the wall while an alarm waits: who, what, since when; nothing else. UI thread."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.contract.alarms import HeldAlarm
from widgets.parts import named_button, words_label
from widgets.states import paint_shape
from widgets.theme import current_theme, theme_notifier

_MARK: Final = 36
_EDGE: Final = 3


class WallAlarm(QWidget):
    """One alarm at a time, the oldest first. `acknowledged(key)` when somebody pressed the button
    or Enter: a keeper ends it, and it goes with the next look."""

    acknowledged = Signal(str)
    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wall_alarm")
        self._alarms: tuple[HeldAlarm, ...] = ()
        self._mark = _Mark(self)
        self.title = QLabel(self)
        self.words = words_label(self, "wall_words")
        self.lapse = QLabel(self)
        self.detail = words_label(self, "wall_detail")
        self.more = words_label(self, "wall_detail")
        self.button: QPushButton = named_button(self, "acknowledge", self.tr("Acknowledge (Enter)"))
        self.button.setProperty("kind", "wall")
        self.button.setDefault(True)
        for label, role in ((self.title, "wall_title"), (self.lapse, "wall_lapse")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", role)
        self._arrange()
        self.button.clicked.connect(lambda _checked=False: self.acknowledge())
        theme_notifier().theme_changed.connect(self.update)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(24)
        head.addWidget(self._mark)
        head.addWidget(self.title, 1)
        head.addWidget(self.lapse)
        foot = QHBoxLayout()
        foot.addWidget(self.more, 1)
        foot.addWidget(self.button)
        box = QVBoxLayout(self)
        box.setContentsMargins(48, 32, 48, 32)
        box.setSpacing(20)
        box.addStretch(1)
        box.addLayout(head)
        box.addWidget(self.words)
        box.addWidget(self.detail)
        box.addStretch(2)
        box.addLayout(foot)

    @property
    def alarm(self) -> HeldAlarm | None:
        """The one on show."""
        return self._alarms[0] if self._alarms else None

    def show_alarms(self, alarms: Sequence[HeldAlarm], now: datetime) -> None:
        """Shows the first of them, and how long the matter lasts."""
        self._alarms = tuple(alarms)
        alarm = self.alarm
        if alarm is None:
            return
        self.title.setText(alarm.title)
        self.words.setText(alarm.words)
        self.detail.setText("\n".join(alarm.detail))
        seconds = max(0, int((now - alarm.since).total_seconds()))
        self.lapse.setText(_lapse(seconds))
        others = len(self._alarms) - 1
        said = self.tr("%1 more alarms wait").replace("%1", str(others)) if others else ""
        self.more.setText(said)
        self._mark.set_state("due_soon" if alarm.corrected else "overdue")

    def acknowledge(self) -> None:
        """Has the alarm on show ended."""
        if self.alarm is not None:
            self.acknowledged.emit(self.alarm.key)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("overdue"), theme.px(_EDGE)))
        painter.setBrush(theme.mix("overdue", "canvas", 0.1))
        inset = theme.px(_EDGE) / 2
        frame = self.rect().toRectF().adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(frame, theme.radius, theme.radius)
        painter.end()


class _Mark(QWidget):
    """The shape of the alarm's state."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = "overdue"
        size = current_theme().px(_MARK)
        self.setFixedSize(size, size)

    def set_state(self, state: str) -> None:
        """Another shape and colour."""
        self._state = state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_shape(painter, self.rect().toRectF(), self._state, current_theme())
        painter.end()


def _lapse(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    if hours >= 24:
        return f"{hours // 24}天{hours % 24:02d}:{rest // 60:02d}"
    clock = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{clock}" if hours else clock

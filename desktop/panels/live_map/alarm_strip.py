"""Alarms over the map, each until somebody takes note; a refuted one says so. UI thread."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.command.positions.alarms import AlarmNow
from desktop.rules.tracks import ZONE
from widgets.badge import Badge
from widgets.parts import named_button
from widgets.theme import current_theme

SHOWN: Final = 2
SHOWN_LOW: Final = 1  # where the map is low
_SENTENCE_LEAST: Final = 150


class _Sentence(QLabel):
    """One line of words that ends in dots where there is no room; its tooltip has all of it."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(words, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setToolTip(words)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(current_theme().px(_SENTENCE_LEAST))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = self.contentsRect()
        words = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.setPen(self.palette().windowText().color())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.end()


class AlarmStrip(QFrame):
    """`found` shows where it was; `noted` takes note. It takes no room while nothing waits."""

    found = Signal(object)  # AlarmNow
    noted = Signal(object)  # AlarmNow

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("alarm_strip")
        self.setProperty("banner", True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self._more = QLabel(self)
        self._more.setProperty("role", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 8, 6)
        column.setSpacing(2)
        column.addLayout(self._rows)
        column.addWidget(self._more)
        self._shown: tuple[AlarmNow, ...] = ()
        self._now: datetime | None = None
        self._most = SHOWN
        self.hide()

    @property
    def shown(self) -> tuple[AlarmNow, ...]:
        """What waits, the newest first; all of it, also what has no room."""
        return self._shown

    def show_alarms(self, alarms: Sequence[AlarmNow], now: datetime) -> None:
        """Shows those that wait, of another day than `now` with their day."""
        waiting = tuple(one for one in alarms if one.open)
        now = now.astimezone(ZONE)
        if waiting != self._shown or self._now is None or now.date() != self._now.date():
            self._shown, self._now = waiting, now
            self._fill()

    def set_low(self, low: bool) -> None:
        """Takes less room where there is little."""
        most = SHOWN_LOW if low else SHOWN
        if most != self._most:
            self._most = most
            self._fill()

    def _fill(self) -> None:
        waiting = self._shown
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        # What still holds comes before what was refuted: somebody has to act upon it.
        ordered = sorted(waiting, key=lambda one: one.corrected)
        more = max(0, len(ordered) - self._most)
        words = self.tr("{n} more wait behind these").format(n=more)
        low = self._most == SHOWN_LOW
        for alarm in ordered[: self._most]:
            self._rows.addWidget(self._row(alarm, more if low else 0, words))
        self._more.setVisible(more > 0 and not low)
        self._more.setText(words)
        self.setVisible(bool(waiting))

    def _row(self, alarm: AlarmNow, more: int, words: str) -> QWidget:
        """One alarm; where it stands alone, with how many `more` there are."""
        made = QWidget(self)
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        word = self.tr("Corrected") if alarm.corrected else self.tr("Alarm")
        row.addWidget(Badge("paused" if alarm.corrected else "overdue", word, made))
        said = alarm.record.sentence(self._now)
        row.addWidget(_Sentence(said, made), 1)
        if more:
            behind = QLabel(f"+{more}", made)
            behind.setProperty("role", "small")
            behind.setToolTip(words)
            behind.setAccessibleName(words)
            row.addWidget(behind)
        find = named_button(made, "find_alarm", self.tr("Show place"))
        find.setProperty("kind", "quiet")
        find.clicked.connect(partial(self._emit, self.found, alarm))
        note = named_button(made, "note_alarm", self.tr("Take note"))
        note.clicked.connect(partial(self._emit, self.noted, alarm))
        row.addWidget(find)
        row.addWidget(note)
        self.setAccessibleName(said)
        return made

    def _emit(self, signal: object, alarm: AlarmNow, _checked: bool = False) -> None:
        signal.emit(alarm)  # type: ignore[attr-defined]

    def buttons(self, name: str) -> list[QPushButton]:
        """The buttons of that name, row by row."""
        found = []
        for n in range(self._rows.count()):
            item = self._rows.itemAt(n)
            row = None if item is None else item.widget()
            button = None if row is None else row.findChild(QPushButton, name)
            found += [button] if isinstance(button, QPushButton) else []
        return found

"""A day and a time to look back from; without a day it is now. UI thread."""

import re
from datetime import datetime, time
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from storage.ledger.post import ZONE
from widgets.forms import DateField
from widgets.parts import named_button
from widgets.theme import current_theme, repolish

_DELAY_MS: Final = 150
_LAST: Final = time(23, 59, 59)


class MomentBar(QWidget):
    """`changed()` follows another moment; a time that is none counts as the end of the day."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        label = QLabel(self.tr("As of"), self)
        self.day = DateField(self)
        self.day.setObjectName("board_day")
        self.day.setPlaceholderText(self.tr("now"))
        self.clock = QLineEdit(self)
        self.clock.setObjectName("board_time")
        self.clock.setPlaceholderText(self.tr("end of day"))
        self.clock.setToolTip(self.tr("Hour and minute, such as 14:05; empty: the end of the day"))
        self.clock.setMaximumWidth(current_theme().px(84))
        self.now = named_button(self, "board_now", self.tr("Now"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for part in (label, self.day, self.clock, self.now):
            layout.addWidget(part)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_DELAY_MS)
        self._soon.timeout.connect(self._tell)
        self._told: datetime | None = None
        self.day.changed.connect(self._on_edited)
        self.clock.textChanged.connect(lambda _text: self._on_edited())
        self.now.clicked.connect(lambda _checked=False: self.set_moment(None))
        self._on_edited()

    @property
    def moment(self) -> datetime | None:
        """The moment chosen; None is now."""
        day = self.day.value()
        if day is None:
            return None
        return datetime.combine(day, parse_time(self.clock.text()) or _LAST, ZONE)

    def set_moment(self, moment: datetime | None) -> None:
        """Chooses a moment; None is now."""
        self.day.set_value(None if moment is None else moment.date())
        at_end = moment is None or moment.time() == _LAST
        self.clock.setText("" if at_end or moment is None else f"{moment:%H:%M:%S}")
        self._soon.stop()
        self._tell()

    def _on_edited(self) -> None:
        self.clock.setEnabled(self.day.value() is not None)
        self.now.setEnabled(bool(self.day.text()))
        text = self.clock.text().strip()
        self.clock.setProperty("problem", bool(text) and parse_time(text) is None)
        repolish(self.clock)
        self._soon.start()

    def _tell(self) -> None:
        if self.moment != self._told:
            self._told = self.moment
            self.changed.emit()


def parse_time(text: str) -> time | None:
    """14:05, 14:05:30 or 1405 as a time of day; None for anything else."""
    found = re.fullmatch(r"(\d{1,2})[:：]?(\d{2})(?:[:：]?(\d{2}))?", text.strip())
    if found is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return time(hour, minute, second)
    except ValueError:
        return None

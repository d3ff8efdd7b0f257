"""Inputs for dates and money that take what people type. UI thread."""

import re
from datetime import date
from typing import Final

from PySide6.QtCore import QDate, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QFrame, QLineEdit, QVBoxLayout, QWidget

from widgets.icon import icon
from widgets.theme import current_theme, theme_notifier

AMOUNT_FEN_MAX: Final = 10**15
_THUMB_PX: Final = 46


class DateField(QLineEdit):
    """Takes 2017-09-30, 20170930, 2017.9.30, 2017年9月30日 or 9-30 (of this year)."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, optional: bool = True) -> None:
        super().__init__(parent)
        self._optional = optional
        self._popup: QFrame | None = None
        self.setPlaceholderText(self.tr("YYYY-MM-DD"))
        self._action = self.addAction(
            icon("ri.calendar-line"), QLineEdit.ActionPosition.TrailingPosition
        )
        self._action.setToolTip(self.tr("Choose a day"))
        self._action.triggered.connect(self._open_calendar)
        self.textEdited.connect(lambda _text: self.changed.emit())
        self.editingFinished.connect(self._tidy)
        theme_notifier().theme_changed.connect(self._on_theme)
        self.setMinimumWidth(current_theme().px(132))

    def value(self) -> date | None:
        """The day, or None when empty or not a day; `problem` tells the two apart."""
        return parse_date(self.text(), today=date.today())

    def set_value(self, value: date | None) -> None:
        """Shows that day; tells `changed` only when it differs."""
        text = value.isoformat() if value else ""
        if text != self.text():
            self.setText(text)
            self.changed.emit()

    def problem(self) -> str:
        """One sentence when the text is no day, else nothing."""
        if not self.text().strip():
            return "" if self._optional else self.tr("Enter a day.")
        return "" if self.value() else self.tr("This is not a day; write 2017-09-30.")

    def _on_theme(self) -> None:
        self._action.setIcon(icon("ri.calendar-line"))

    def _tidy(self) -> None:
        found = self.value()
        if found is not None and self.text() != found.isoformat():
            self.setText(found.isoformat())

    def _open_calendar(self) -> None:
        popup = QFrame(self, Qt.WindowType.Popup)
        popup.setObjectName("date_popup")
        popup.setProperty("popup", True)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar = QCalendarWidget(popup)
        calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        for rest_day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            quiet = QTextCharFormat()
            quiet.setForeground(current_theme().color("muted"))
            calendar.setWeekdayTextFormat(rest_day, quiet)
        if current_theme().touch:
            calendar.setMinimumSize(_THUMB_PX * 7, _THUMB_PX * 9)  # six weeks, their names, the bar
        shown = self.value() or date.today()
        calendar.setSelectedDate(QDate(shown.year, shown.month, shown.day))

        def choose(day: QDate) -> None:
            self.set_value(date(day.year(), day.month(), day.day()))
            popup.close()

        calendar.clicked.connect(choose)
        calendar.activated.connect(choose)
        layout = QVBoxLayout(popup)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(calendar)
        popup.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        popup.show()
        calendar.setFocus()
        self._popup = popup

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A thumb need not hit the small picture, only the end of the field."""
        near = event.position().x() >= self.width() - _THUMB_PX
        if current_theme().touch and near:
            self._open_calendar()
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down move by a day, with Ctrl by a month's thirty days."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        found = self.value()
        if step is not None and found is not None:
            days = 30 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1
            self.set_value(date.fromordinal(found.toordinal() + step * days))
            return
        super().keyPressEvent(event)


def parse_date(text: str, *, today: date) -> date | None:
    """The day that `text` names, or None; a day without a year is of `today`'s year."""
    plain = text.strip().translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    if re.fullmatch(r"\d{8}", plain):
        parts = [plain[:4], plain[4:6], plain[6:]]
    else:
        parts = [part for part in re.split(r"[-./年月日\s]+", plain) if part]
    if not all(part.isdecimal() for part in parts):
        return None
    if len(parts) == 2:
        parts.insert(0, str(today.year))
    if len(parts) != 3 or len(parts[0]) != 4:
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None


class MoneyField(QLineEdit):
    """An amount in yuan, kept as integer fen; groups of thousands appear on leaving."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setPlaceholderText("0.00")
        self.textEdited.connect(lambda _text: self.changed.emit())

    def value(self) -> int | None:
        """The amount in fen, or None when empty or not an amount."""
        return parse_money(self.text())

    def set_value(self, value: int | None) -> None:
        """Shows that many fen."""
        text = "" if value is None else _grouped(value)
        if text != self.text():
            self.setText(text)
            self.changed.emit()

    def problem(self) -> str:
        """One sentence when the text is no amount, else nothing."""
        if not self.text().strip() or self.value() is not None:
            return ""
        return self.tr("This is not an amount; write yuan with at most two decimals.")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        found = self.value()
        if found is not None:
            self.setText(_grouped(found))


def parse_money(text: str) -> int | None:
    """Yuan with at most two decimals as integer fen; None for anything else."""
    plain = re.sub(r"[,，\s¥￥元]", "", text)
    match = re.fullmatch(r"(-?)(\d{1,14})(?:\.(\d{1,2}))?", plain)
    if match is None:
        return None
    sign, yuan, fen = match.groups()
    amount = int(yuan) * 100 + int((fen or "0").ljust(2, "0"))
    if amount > AMOUNT_FEN_MAX:
        return None
    return -amount if sign else amount


def _grouped(amount_fen: int) -> str:
    sign = "-" if amount_fen < 0 else ""
    yuan, fen = divmod(abs(amount_fen), 100)
    return f"{sign}{yuan:,}.{fen:02d}"

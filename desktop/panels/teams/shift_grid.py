"""The week of police shifts as a grid: an officer a row, a day a column. UI thread."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop.panels.teams.shifts import Officer, day_title, hours_text, week_days
from widgets.theme import current_theme, theme_notifier

_NAME, _FIRST_DAY, _DAYS = 0, 1, 7
_WEEK, _MONTH = 8, 9
_WEEKEND_FROM: Final = 5


class ShiftGrid(QTableWidget):
    """`cell_chosen(row, day)`: a day was double-clicked or Enter was pressed on it."""

    cell_chosen = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, _MONTH + 1, parent)
        self.setObjectName("shift_grid")
        self._officers: Sequence[Officer] = ()
        self._days: tuple[date, ...] = ()
        self._today: date | None = None
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(True)
        self.setWordWrap(True)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column in (_NAME, _WEEK, _MONTH):
            self.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        self.cellActivated.connect(self._on_activated)
        self.cellDoubleClicked.connect(self._on_activated)
        theme_notifier().theme_changed.connect(self._fill)

    def set_week(self, officers: Sequence[Officer], monday: date, today: date) -> None:
        """Shows a week; the chosen cell stays where it is."""
        self._officers, self._days, self._today = officers, week_days(monday), today
        self._fill()

    def chosen(self) -> tuple[Officer, date] | None:
        """The officer and the day of the current cell; None outside the days."""
        row, column = self.currentRow(), self.currentColumn()
        if not 0 <= row < len(self._officers) or not _FIRST_DAY <= column <= _DAYS:
            return None
        return self._officers[row], self._days[column - _FIRST_DAY]

    def _on_activated(self, row: int, column: int) -> None:
        if row < len(self._officers) and _FIRST_DAY <= column <= _DAYS:
            self.cell_chosen.emit(row, self._days[column - _FIRST_DAY])

    def _fill(self) -> None:
        if not self._days:
            return
        theme = current_theme()
        # A line in the ground's own colour parts two days of the same team.
        self.setStyleSheet(
            f"QTableWidget {{ gridline-color: {theme.hex('surface')}; }}"
            "QTableWidget::item { padding: 0 5px; }"
        )
        self.setRowCount(len(self._officers))
        titles = [self.tr("Officer"), *map(day_title, self._days)]
        self.setHorizontalHeaderLabels([*titles, self.tr("Week (h)"), self.tr("Month (h)")])
        for column, width in ((_NAME, 112), (_WEEK, 84), (_MONTH, 84)):
            self.setColumnWidth(column, theme.px(width))
        self.verticalHeader().setDefaultSectionSize(theme.px(52))
        for row, officer in enumerate(self._officers):
            self._put(row, _NAME, f"{officer.name}\n{officer.court}", "text")
            for at, day in enumerate(self._days):
                self._put_day(row, at, officer, day)
            for column, minutes in ((_WEEK, officer.week_minutes), (_MONTH, officer.month_minutes)):
                item = self._put(row, column, hours_text(minutes) or "0", "text")
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _put_day(self, row: int, at: int, officer: Officer, day: date) -> None:
        theme = current_theme()
        shift, away = officer.days[at], officer.away[at]
        if shift is not None:
            words, token = f"{shift.team}\n{shift.from_time}—{shift.to_time}", "text"
        elif away:
            words, token = f"‖ {away}", "paused_text"
        else:
            words, token = "—", "faint_text"
        item = self._put(row, _FIRST_DAY + at, words, token)
        if day == self._today:
            item.setBackground(theme.mix("accent", "surface", 0.14))
        elif shift is not None:
            item.setBackground(theme.mix("normal", "surface", 0.12))
        elif day.weekday() >= _WEEKEND_FROM:
            item.setBackground(theme.mix("line", "surface", 0.35))
        item.setToolTip(f"{officer.name} {day.isoformat()}\n{words}")

    def _put(self, row: int, column: int, words: str, token: str) -> QTableWidgetItem:
        item = QTableWidgetItem(words)
        item.setForeground(QColor(current_theme().color(token)))
        self.setItem(row, column, item)
        return item

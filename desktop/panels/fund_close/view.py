"""对账结账: the day, the month. UI thread."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.fund_close.day_page import DayPage
from desktop.panels.fund_close.month_page import MonthPage

_TABS: Final = ("day", "month")


class FundCloseView(QWidget):
    """`apply({"day": "2026-10-31"})` shows a day, `{"month": "2026-10"}` a month; `{"tab"}` one of
    the pages as it is."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fund_close_view")
        self.day = DayPage(context, self)
        self.month = MonthPage(context, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.day, self.tr("A day"))
        self.tabs.addTab(self.month, self.tr("A month"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        self.month.differences_asked.connect(self._show_day)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows what `params` name; see the class. What is no day or month is passed over."""
        if params.get("tab") in _TABS:
            self.tabs.setCurrentIndex(_TABS.index(params["tab"]))
        try:
            if params.get("day"):
                self._show_day(date.fromisoformat(params["day"]))
            if params.get("month"):
                date.fromisoformat(f"{params['month']}-01")
                self.tabs.setCurrentWidget(self.month)
                self.month.show_month(params["month"])
        except ValueError:
            return

    def _show_day(self, day: date) -> None:
        self.tabs.setCurrentWidget(self.day)
        self.day.show_day(day)

"""案款监督: what waits by its clock, delays, and what nobody fetches. UI thread."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.fund_watch.delay_page import DelayPage
from desktop.panels.fund_watch.page import PartPage
from desktop.panels.fund_watch.rules import WatchFilter
from desktop.panels.fund_watch.unclaimed_page import UnclaimedPage
from desktop.panels.fund_watch.watch_list import WatchList

_TABS: Final = ("waiting", "delays", "unclaimed")


class FundWatchView(QWidget):
    """`apply({"entry_id", "order_id"})` opens one sum; `{"case_id"}` what waits of a case, and
    WatchFilter.to_params() any list; `{"tab": "delays" | "unclaimed"}` the other pages."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fund_watch_view")
        self._context = context
        self.list = WatchList(context, self)
        self.page = PartPage(context, self)
        self.delays = DelayPage(context, self)
        self.unclaimed = UnclaimedPage(context, self)
        self.waiting = QStackedWidget(self)
        self.waiting.addWidget(self.list)
        self.waiting.addWidget(self.page)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        for part, title in (
            (self.waiting, self.tr("Money that waits")),
            (self.delays, self.tr("Delays")),
            (self.unclaimed, self.tr("Money nobody fetches")),
        ):
            self.tabs.addTab(part, title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        self.list.opened.connect(lambda entry, order: self.open_part(entry, order or None))
        self.page.left.connect(lambda: self.waiting.setCurrentWidget(self.list))

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows what `params` name; see the class."""
        tab = params.get("tab", "")
        if tab in _TABS[1:]:
            self.tabs.setCurrentIndex(_TABS.index(tab))
            if tab == "delays":
                self.delays.show_case(params.get("case_id") or None)
            return
        self.tabs.setCurrentIndex(0)
        if params.get("entry_id"):
            self.open_part(params["entry_id"], params.get("order_id") or None)
            return
        self.waiting.setCurrentWidget(self.list)
        if params:
            self.list.show_filter(WatchFilter.from_params(params))

    def open_part(self, entry_id: str, order_id: str | None) -> None:
        """Shows one sum with its clocks."""
        self.waiting.setCurrentWidget(self.page)
        self.page.open_part(entry_id, order_id)

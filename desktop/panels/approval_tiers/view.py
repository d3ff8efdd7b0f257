"""审批层级: the tiers of a day with the people who may pass, and their changes. UI thread."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.approval_tiers.change_page import TierChanges
from desktop.panels.approval_tiers.tier_page import TierPage

_TABS: Final = ("tiers", "changes")


class ApprovalTiersView(QWidget):
    """`apply({"tab": "changes"})` shows a page; `{"purpose", "amount"}` (fen) puts the question
    what such an order would need."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("approval_tiers_view")
        self.tiers = TierPage(context, self)
        self.changes = TierChanges(context, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        for page, title in (
            (self.tiers, self.tr("Tiers")),
            (self.changes, self.tr("Changes")),
        ):
            self.tabs.addTab(page, title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows what `params` name; see the class."""
        if params.get("tab") in _TABS:
            self.tabs.setCurrentIndex(_TABS.index(params["tab"]))
        if params.get("amount", "").isdigit():
            self.tabs.setCurrentIndex(0)
            self.tiers.ask(params.get("purpose") or "payment", int(params["amount"]))

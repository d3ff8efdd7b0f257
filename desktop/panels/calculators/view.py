"""计算器: fees, interest for delayed performance, a quick distribution. UI thread."""

from collections.abc import Mapping

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext, Selection
from desktop.contract.live import LiveRefresh
from desktop.panels.calculators.fee_tab import FeeTab
from desktop.panels.calculators.interest_tab import InterestTab
from desktop.panels.calculators.queries import CaseFacts, case_facts
from desktop.panels.calculators.share_tab import ShareTab

TABLES = ("case", "party", "node_event", "fund", "fund_entry", "bank_line")


class CalculatorsView(QWidget):
    """`apply({"tab": "fee" | "interest" | "distribute", "case_id": …})` opens a calculator for a
    case; without a case it follows the shared selection."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("calculators_view")
        self._context = context
        self._case_id = ""
        self.fee = FeeTab(context, self)
        self.interest = InterestTab(context, self)
        self.share = ShareTab(context, self)
        self._by_kind = {tab.KIND: tab for tab in (self.fee, self.interest, self.share)}
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.interest, self.tr("Interest for delay"))
        self.tabs.addTab(self.fee, self.tr("Fees"))
        self.tabs.addTab(self.share, self.tr("Quick distribution"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        context.selected.connect(self._on_selected)
        self.live = LiveRefresh(self, context, TABLES, self._read)
        selection = context.selection()
        if selection is not None:
            self._on_selected(selection)

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        tab = self._by_kind.get(params.get("tab", ""))
        if tab is not None:
            self.tabs.setCurrentWidget(tab)
        if params.get("case_id"):
            self._want(params["case_id"])

    def _on_selected(self, selection: Selection) -> None:
        self._want(selection.case_id)

    def _want(self, case_id: str) -> None:
        if case_id != self._case_id:
            self._case_id = case_id
            self.live.ask()

    def _read(self) -> None:
        if not self._case_id:
            self.live.finished()
            return
        self._context.read(self, "facts", case_facts, self._case_id, self._on_facts)

    def _on_facts(self, facts: CaseFacts | None) -> None:
        for tab in self._by_kind.values():
            tab.show_facts(facts)
        self.live.finished()

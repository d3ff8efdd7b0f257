"""审执分离: conflicts, bonds between cases, who may sit. UI thread."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.separation.conflict_page import ConflictPage
from desktop.panels.separation.judges_page import JudgesPage
from desktop.panels.separation.kin_page import KinPage
from desktop.panels.separation.settled_page import SettledPage

_TABS: Final = ("conflicts", "settled", "kin", "judges")


class SeparationView(QWidget):
    """`apply({"case_id"})` shows the conflicts of a case; with `"tab"` the other pages: "settled",
    "kin" or "judges"."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("separation_view")
        self._context = context
        self.conflicts = ConflictPage(context, self)
        self.settled = SettledPage(context, self)
        self.kin = KinPage(context, self)
        self.judges = JudgesPage(context, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        for part, title in (
            (self.conflicts, self.tr("Conflicts")),
            (self.settled, self.tr("Settled")),
            (self.kin, self.tr("Cases that belong together")),
            (self.judges, self.tr("Who may sit")),
        ):
            self.tabs.addTab(part, title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows what `params` name; see the class."""
        tab, case_id = params.get("tab", ""), params.get("case_id", "")
        self.tabs.setCurrentIndex(_TABS.index(tab) if tab in _TABS else 0)
        if tab == "judges" and case_id:
            self.judges.show_case(case_id)
        elif tab not in _TABS[1:]:
            self.conflicts.show_case(case_id or None)

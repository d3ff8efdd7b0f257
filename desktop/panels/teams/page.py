"""团队编制, 法警勤务 and 在岗预警 side by side as tabs. UI thread."""

from collections.abc import Mapping

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.teams.presence_view import PresenceView
from desktop.panels.teams.shift_view import ShiftView
from desktop.panels.teams.view import TeamsView

TABS = ("staffing", "shifts", "presence")


class TeamsPage(QWidget):
    """`apply({"tab": "shifts"})` opens a tab; everything else goes to the staffing list."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.staffing = TeamsView(context, self)
        self.shifts = ShiftView(context, self)
        self.presence = PresenceView(context, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.staffing, self.tr("Staffing"))
        self.tabs.addTab(self.shifts, self.tr("Police shifts"))
        self.tabs.addTab(self.presence, self.tr("Presence"))
        self.presence.counted.connect(self._on_counted)
        self._on_counted(len(self.presence.shown.gaps) if self.presence.shown else 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens the tab of `params`, or the staffing list they describe."""
        tab = params.get("tab", "staffing")
        self.tabs.setCurrentIndex(TABS.index(tab) if tab in TABS else 0)
        if tab == "staffing":
            self.staffing.apply(params)

    def _on_counted(self, gaps: int) -> None:
        title = self.tr("Presence")
        self.tabs.setTabText(2, f"{title}　▲ {gaps}" if gaps else title)

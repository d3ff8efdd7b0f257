"""值班: the roster and the hand-over, each a tab. UI thread."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from desktop.command.roster import Offered, offered
from desktop.contract.context import PanelContext
from desktop.contract.offers import Offers
from desktop.panels.roster.handover_page import HandoverPage
from desktop.panels.roster.shift_page import ShiftPage

_TABS: Final = ("roster", "handover", "past")


class RosterView(QWidget):
    """`apply({"tab": "handover"})` shows the hand-over."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("roster_view")
        self.shifts = ShiftPage(context, self)
        self.handover = HandoverPage(context, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.shifts, self.tr("Roster"))
        self.tabs.addTab(self.handover, self.tr("Hand-over"))
        self.tabs.addTab(self.handover.past_page, self.tr("Past hand-overs"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        Offers(self, context, offered, context.who.person_id, self._on_offered)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows what `params` name; see the class."""
        if params.get("tab") in _TABS:
            self.tabs.setCurrentIndex(_TABS.index(params["tab"]))

    def _on_offered(self, found: Offered) -> None:
        self.shifts.set_offered(found)
        self.handover.set_team(found.team_id)

"""The cases that make a bar or a figure. UI thread."""

from collections.abc import Mapping

from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.panels.workload import queries
from desktop.panels.workload.columns import columns
from desktop.projection.cases import CaseFilter


class CaseListView(ListPanel[CaseFilter]):
    """Opened by a click elsewhere, with exactly the filter that was counted there."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(queries.snapshot, queries.rows, ("case", "node_clock")),
            filter_=CaseFilter(open=True),
        )
        self.what = QLabel(self)
        self.what.setProperty("role", "muted")
        self.add_filter(self.what)
        self.all_button = QPushButton(self.tr("All open cases"), self)
        self.all_button.clicked.connect(lambda _checked=False: self.apply({"open": "1"}))
        self.add_filter(self.all_button)
        self.table.set_empty_text(
            self.tr("No such cases"), self.tr("The cases counted meanwhile changed their state.")
        )
        self._say(self.filter)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows exactly the cases of `params` (CaseFilter.to_params)."""
        filter_ = CaseFilter.from_params(params)
        self._say(filter_)
        self.set_filter(filter_)

    def _say(self, filter_: CaseFilter) -> None:
        if filter_.in_time is not None:
            text = self.tr("closed in time") if filter_.in_time else self.tr("closed late")
        elif filter_.closed_from or filter_.closed_to:
            text = self.tr("closed {first} to {last}").format(
                first=filter_.closed_from or "…", last=filter_.closed_to or "…"
            )
        elif filter_.filed_from or filter_.filed_to:
            text = self.tr("filed {first} to {last}").format(
                first=filter_.filed_from or "…", last=filter_.filed_to or "…"
            )
        elif filter_.open_on:
            text = self.tr("open at the end of {day}").format(day=filter_.open_on)
        elif filter_.state:
            text = self.tr("worst node: {state}").format(state=filter_.state)
        else:
            text = self.tr("open cases") if filter_.open else self.tr("all cases")
        self.what.setText(text)

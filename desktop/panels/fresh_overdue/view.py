"""超期待通报: what waits for a circular, and one click to it. UI thread."""

from collections.abc import Sequence

from PySide6.QtWidgets import QMenu, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.panels.fresh_overdue import PANELS, queries
from desktop.panels.fresh_overdue.columns import columns
from desktop.panels.fresh_overdue.rules import SUBSCRIPTION, FreshFilter, stored, subscription
from widgets.forms import FilterBox, Option


class FreshOverdueView(ListPanel[FreshFilter]):
    """Overdue nodes that no circular names. The box is a subscription: it stays, and the count in
    the navigator and the notice of a new day follow it."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        nodes = subscription(context.setting(SUBSCRIPTION))
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(queries.snapshot, queries.rows, PANELS[0].tables),
            filter_=FreshFilter(nodes),
        )
        self.setObjectName("fresh_overdue_view")
        self.node_box = FilterBox(
            self.tr("Nodes told of"), all_text=self.tr("All nodes"), parent=self
        )
        self.node_box.setObjectName("subscription")
        self.node_box.changed.connect(self._on_nodes)
        self.add_filter(self.node_box)
        self.add_button(self.tr("Open case"), self.open_case)
        self.add_button(self.tr("Draft the circular"), self.draft, primary=True)
        self.table.set_empty_text(
            self.tr("No overdue node waits for a circular"),
            self.tr("Nodes that become overdue appear here until a circular names them."),
        )
        context.read(self, "choices", queries.choices, None, self._on_choices)
        context.day_changed.connect(lambda _day: self.set_filter(self.filter))

    def draft(self) -> None:
        """Goes to where what is overdue today is frozen."""
        self.context.open("weekly", {"new": "1"})

    def count_text(self, count: int) -> str:
        return self.tr("{count} nodes named in no circular").format(count=f"{count:,}")

    def fill_menu(self, menu: QMenu) -> None:
        super().fill_menu(menu)
        menu.addAction(self.tr("Draft the circular"), self.draft)

    def _on_choices(self, found: Sequence[tuple[str, str]]) -> None:
        was = self.node_box.blockSignals(True)
        self.node_box.set_options([Option(code, label, hint=code) for code, label in found])
        self.node_box.set_selected(self.filter.nodes)
        self.node_box.blockSignals(was)

    def _on_nodes(self) -> None:
        nodes = tuple(str(code) for code in self.node_box.selected())
        self.context.set_setting(SUBSCRIPTION, stored(nodes))
        self.set_filter(FreshFilter(nodes))

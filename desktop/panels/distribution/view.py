"""参与分配: the list of plans, the editor, one plan's page, its orders. UI thread."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.funds.distributions import Plan, PlanArgs, plan
from desktop.panels.distribution import PANELS, queries
from desktop.panels.distribution.columns import columns
from desktop.panels.distribution.editor import PlanEditor
from desktop.panels.distribution.orders_page import OrdersPage
from desktop.panels.distribution.page import PlanPage
from desktop.panels.distribution.queries import PlanFilter, Start
from desktop.panels.distribution.rules import STAND_WORDS
from storage.records.changes import ChangeSet
from widgets.forms import FilterBox, Option


class PlanList(ListPanel[PlanFilter]):
    """What waits for somebody first."""

    def __init__(self, context: PanelContext, parent: "DistributionView") -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(queries.snapshot, queries.rows, PANELS[0].tables),
            filter_=PlanFilter(),
        )
        self._owner = parent
        self.stands = FilterBox(self.tr("State"), all_text=self.tr("All states"), parent=self)
        self.stands.setObjectName("plan_stands")
        self.stands.set_options([Option(key.value, word) for key, word in STAND_WORDS.items()])
        self.search = QLineEdit(self)
        self.search.setObjectName("plan_search")
        self.search.setPlaceholderText(self.tr("Case, title or creditor"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(220)
        for part in (self.stands, self.search):
            self.add_filter(part)
        self.add_button(self.tr("New plan"), parent.new_for_selection, primary=True)
        self.table.set_empty_text(
            self.tr("No plan of distribution"),
            self.tr("Choose a case in any list and press “New plan”."),
        )
        self.stands.changed.connect(self._on_filter)
        self.search.textChanged.connect(lambda _text: self._on_filter())

    def show_case(self, case_id: str) -> None:
        """The plans of one case."""
        was = self.stands.blockSignals(True)
        self.stands.set_selected([])
        self.stands.blockSignals(was)
        self.set_filter(PlanFilter(case_id=case_id))

    def count_text(self, count: int) -> str:
        return self.tr("{count} plans").format(count=f"{count:,}")

    def open_case(self) -> None:
        """Opens the plan of the current row; its page leads to the case."""
        row = self.current_row()
        if row is not None:
            self._owner.open_plan(str(row["id"]))

    def fill_menu(self, menu: QMenu) -> None:
        menu.addAction(self.tr("Open"), self.open_case)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    def _on_filter(self) -> None:
        self.set_filter(
            replace(
                self.filter,
                stands=tuple(str(key) for key in self.stands.selected()),
                text=self.search.text().strip(),
                case_id=None,
            )
        )


class DistributionView(QWidget):
    """`apply({"distribution_id": …})` opens a plan; `apply({"case_id": …})` lists those of a case;
    `apply({"new": "1", "case_id": …})` opens the editor, with `computation` filled from the
    quick distribution of the calculators."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("distribution_view")
        self._context = context
        self._show_id: str | None = None
        self.list = PlanList(context, self)
        self.editor = PlanEditor(context, self)
        self.page = PlanPage(context, self)
        self.orders = OrdersPage(context, self)
        self._stack = QStackedWidget(self)
        for part in (self.list, self.editor, self.page, self.orders):
            self._stack.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.editor.saved.connect(self.open_plan)
        self.editor.left.connect(self._back_from_editor)
        self.page.left.connect(self._go_back)
        self.page.change_asked.connect(self._on_change)
        self.page.orders_asked.connect(self._on_orders)
        self.orders.left.connect(self._back_to_page)
        self.orders.made.connect(self._back_to_page)
        context.changed.connect(self._on_changed)

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("distribution_id"):
            self.open_plan(params["distribution_id"])
        elif params.get("new"):
            if params.get("case_id"):
                self.new_plan(params["case_id"], params.get("computation", ""))
            else:
                self.new_for_selection()
        elif params.get("case_id"):
            self._go_back()
            self.list.show_case(params["case_id"])

    @property
    def shown(self) -> QWidget:
        """The list, the editor, a plan's page or its orders."""
        return self._stack.currentWidget()

    def new_for_selection(self) -> None:
        """A new plan of the case that is selected."""
        chosen = self._context.selection()
        if chosen is None:
            self._context.notify(self.tr("Choose a case first."))
            return
        self.new_plan(chosen.case_id, "")

    def new_plan(self, case_id: str, computation: str) -> None:
        """Opens the editor for a case, with what a calculator counted."""
        self._show_id = None
        given = given_by(computation)

        def show(found: Start | None) -> None:
            if found is None:
                self._context.notify(self.tr("The case is not on this device."), level="warning")
                return
            self.editor.open_new(found, given)
            self._stack.setCurrentWidget(self.editor)

        self._context.read(self, "start", queries.start, case_id, show)

    def open_plan(self, plan_id: str) -> None:
        """Shows one plan."""
        self._show_id = plan_id
        args = PlanArgs(plan_id, self._context.law)
        self._context.read(self, "plan", plan, args, self._on_plan)

    def _on_plan(self, found: Plan | None) -> None:
        if found is None:
            self._go_back()
        elif found.id == self._show_id:
            self.page.show_plan(found)
            if self.shown is not self.orders:
                self._stack.setCurrentWidget(self.page)

    def _on_change(self, found: Plan) -> None:
        self._show_id = None
        self.editor.open_plan(found)
        self._stack.setCurrentWidget(self.editor)

    def _on_orders(self, found: Plan) -> None:
        self.orders.open_plan(found)
        self._stack.setCurrentWidget(self.orders)

    def _back_to_page(self) -> None:
        self._stack.setCurrentWidget(self.page)
        if self._show_id is not None:
            self.open_plan(self._show_id)

    def _back_from_editor(self) -> None:
        if self.page.plan is not None and self.editor.plan_id == self.page.plan.id:
            self.open_plan(self.page.plan.id)
            return
        self._go_back()

    def _go_back(self) -> None:
        self._show_id = None
        self._stack.setCurrentWidget(self.list)

    def _on_changed(self, changes: ChangeSet) -> None:
        if self._show_id is not None and changes.touches(*PANELS[0].tables):
            self.open_plan(self._show_id)


def given_by(computation: str) -> Mapping[str, Any] | None:
    """The rows of a quick distribution as the editor holds them; None for anything else."""
    try:
        told = json.loads(computation) if computation else None
    except ValueError:
        return None
    if not isinstance(told, dict) or told.get("kind") != "distribute":
        return None
    asked = told["input"]
    return {
        "pool": asked["pool"],
        "debtor": asked["debtor"],
        "costs": [dict(one) for one in asked["costs"]],
        "claims": [
            {
                "creditor": one["id"],
                "kind": one["kind"],
                "amount": one["amount"],
                "seizure_rank": str(one["seizure_rank"] or ""),
            }
            for one in asked["claims"]
        ],
    }

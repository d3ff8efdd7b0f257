"""Passive enforcement as a list; a supervision letter can be made from any row. UI thread."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.offers import Offers
from desktop.contract.team_options import team_options
from desktop.panels.passive import PANELS, queries
from desktop.panels.passive.columns import columns
from desktop.panels.passive.rules import PassiveFilter
from desktop.projection.places import Place
from desktop.rules.passive import load_passive_rules
from widgets.forms import FilterBox, Option


class PassiveView(ListPanel[PassiveFilter]):
    """Each row names the rules it tripped and what was seen."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(
                partial(queries.snapshot, context.law),
                partial(queries.rows, context.law),
                PANELS[0].tables,
            ),
            filter_=PassiveFilter(),
        )
        self._teams: Sequence[Place] = ()
        self._courts: dict[str, str] = {}
        self.court_box = FilterBox(self.tr("Court"), all_text=self.tr("All courts"), parent=self)
        self.team_box = FilterBox(self.tr("Team"), all_text=self.tr("All teams"), parent=self)
        self.rule_box = FilterBox(self.tr("Rule"), all_text=self.tr("All rules"), parent=self)
        for box in (self.court_box, self.team_box, self.rule_box):
            self.add_filter(box)
        self.add_button(self.tr("Supervise"), self.supervise, primary=True)
        self.table.set_empty_text(
            self.tr("No passive enforcement found"),
            self.tr("Cases that trip a rule appear here with the evidence."),
        )
        self.rule_box.set_options([Option(rule.code, rule.name) for rule in load_passive_rules()])
        self.court_box.changed.connect(self._on_court)
        self.team_box.changed.connect(self._on_boxes)
        self.rule_box.changed.connect(self._on_boxes)
        Offers(self, context, queries.choices, None, self._on_choices)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows exactly the list of `params` (PassiveFilter.to_params)."""
        filter_ = PassiveFilter.from_params(params)
        self._show_filter(filter_)
        self.set_filter(filter_)

    def count_text(self, count: int) -> str:
        return self.tr("{count} cases").format(count=f"{count:,}")

    def _on_choices(self, found: tuple[Sequence[Place], Sequence[Place]]) -> None:
        places, self._teams = found
        self._courts = {court.id: court.label for court in places}
        self.court_box.set_options([Option(court.id, court.label) for court in places])
        self._offer_teams()
        self._show_filter(self.filter)

    def _offer_teams(self) -> None:
        chosen = self.court_box.selected()
        self.team_box.set_options(team_options(self._teams, self._courts, chosen))

    def _show_filter(self, filter_: PassiveFilter) -> None:
        """Lets the boxes say what the filter is, without asking for another list."""
        boxes = (self.court_box, self.team_box, self.rule_box)
        for box, keys in zip(boxes, (filter_.courts, filter_.teams, filter_.rules), strict=True):
            box.blockSignals(True)
            box.set_selected(keys)
            box.blockSignals(False)

    def _on_court(self) -> None:
        self._offer_teams()
        self._on_boxes()

    def _on_boxes(self) -> None:
        def keys(box: FilterBox) -> tuple[str, ...]:
            return tuple(str(key) for key in box.selected())

        self.set_filter(
            PassiveFilter(keys(self.court_box), keys(self.team_box), keys(self.rule_box))
        )

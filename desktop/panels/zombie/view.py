"""Dormant cases as a list, with the check list of the current one at its side. UI thread."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.offers import Offers
from desktop.contract.team_options import team_options
from desktop.panels.zombie import PANELS, queries
from desktop.panels.zombie.columns import columns
from desktop.panels.zombie.queries import CheckArgs
from desktop.panels.zombie.rules import PROPOSAL_WORDS, ZombieFilter
from desktop.projection.places import Place
from desktop.rules.zombie import Check, Zombie
from widgets.forms import FilterBox, Option
from widgets.timeline import Step, StepList


class ZombieView(ListPanel[ZombieFilter]):
    """Each row proposes 终本, 转破 or 恢复; the pane says what that still needs."""

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
            filter_=ZombieFilter(),
        )
        self._teams: Sequence[Place] = ()
        self._courts: dict[str, str] = {}
        self.court_box = FilterBox(self.tr("Court"), all_text=self.tr("All courts"), parent=self)
        self.team_box = FilterBox(self.tr("Team"), all_text=self.tr("All teams"), parent=self)
        self.proposal_box = FilterBox(
            self.tr("Proposal"), all_text=self.tr("All proposals"), parent=self
        )
        for box in (self.court_box, self.team_box, self.proposal_box):
            self.add_filter(box)
        self.add_button(self.tr("Supervise"), self.supervise, primary=True)
        self.table.set_empty_text(
            self.tr("No dormant cases"),
            self.tr("Open cases without property, act or motion for long appear here."),
        )
        self.proposal_box.set_options([Option(key, words) for key, words in PROPOSAL_WORDS.items()])
        self._build_checks()
        self.court_box.changed.connect(self._on_court)
        self.team_box.changed.connect(self._on_boxes)
        self.proposal_box.changed.connect(self._on_boxes)
        Offers(self, context, queries.choices, None, self._on_choices)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows exactly the list of `params` (ZombieFilter.to_params)."""
        filter_ = ZombieFilter.from_params(params)
        self._show_filter(filter_)
        self.set_filter(filter_)

    def count_text(self, count: int) -> str:
        return self.tr("{count} cases").format(count=f"{count:,}")

    def _build_checks(self) -> None:
        self.checks_label = QLabel(self.tr("Check list"), self)
        self.checks_label.setProperty("role", "title")
        self.why_label = QLabel(self.tr("Choose a case to see what its proposal needs."), self)
        self.why_label.setWordWrap(True)
        self.why_label.setProperty("role", "muted")
        self.checks = StepList(self, scroll=True)
        side = QWidget(self)
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 0, 0, 0)
        column.addWidget(self.checks_label)
        column.addWidget(self.why_label)
        column.addWidget(self.checks, 1)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.removeWidget(self.table)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("zombie_splitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(side)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([900, 260])
        layout.addWidget(splitter, 1)

    def _on_current(self, current: object) -> None:
        super()._on_current(current)
        row = self.current_row()
        if row is not None:
            args = CheckArgs(self.context.law, str(row["case_id"]), self.context.today())
            self.context.read(self, "checks", queries.check_list, args, self._on_checks)

    def _on_checks(self, found: Zombie | None) -> None:
        if found is None:
            self.why_label.setText(self.tr("This case is no longer dormant."))
            self.checks.set_steps([])
            return
        self.checks_label.setText(
            self.tr("Check list: {proposal}").format(proposal=PROPOSAL_WORDS[found.proposal])
        )
        self.why_label.setText(found.why)
        self.checks.set_steps([self._step(check) for check in found.checklist])

    def _step(self, check: Check) -> Step:
        if check.ok is None:
            return Step("note", check.text, self.tr("to be checked") + " · " + check.article)
        if check.ok:
            return Step("done", check.text, check.article)
        return Step("late", check.text, self.tr("not met") + " · " + check.article)

    def _on_choices(self, found: tuple[Sequence[Place], Sequence[Place]]) -> None:
        places, self._teams = found
        self._courts = {court.id: court.label for court in places}
        self.court_box.set_options([Option(court.id, court.label) for court in places])
        self._offer_teams()
        self._show_filter(self.filter)

    def _offer_teams(self) -> None:
        chosen = self.court_box.selected()
        self.team_box.set_options(team_options(self._teams, self._courts, chosen))

    def _show_filter(self, filter_: ZombieFilter) -> None:
        """Lets the boxes say what the filter is, without asking for another list."""
        boxes = (self.court_box, self.team_box, self.proposal_box)
        keys = (filter_.courts, filter_.teams, filter_.proposals)
        for box, chosen in zip(boxes, keys, strict=True):
            box.blockSignals(True)
            box.set_selected(chosen)
            box.blockSignals(False)

    def _on_court(self) -> None:
        self._offer_teams()
        self._on_boxes()

    def _on_boxes(self) -> None:
        def keys(box: FilterBox) -> tuple[str, ...]:
            return tuple(str(key) for key in box.selected())

        self.set_filter(
            ZombieFilter(keys(self.court_box), keys(self.team_box), keys(self.proposal_box))
        )

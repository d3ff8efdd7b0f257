"""Control-measure expiries as a list. UI thread."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.offers import Offers
from desktop.contract.team_options import team_options
from desktop.panels.control import queries
from desktop.panels.control.columns import columns
from desktop.panels.control.rules import (
    ALL_CASES,
    DEFAULT_WINDOW,
    FIRST,
    KIND_WORDS,
    RENEWED,
    WAITING,
    WINDOWS,
    ControlFilter,
    window_of,
    with_window,
)
from desktop.projection.places import Place
from widgets.forms import FilterBox, Option

_OWN_DAYS = "own"


class ControlView(ListPanel[ControlFilter]):
    """What lapses within the chosen time; lapsed and not renewed stands on top."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        first = with_window(ControlFilter(), DEFAULT_WINDOW, context.today())
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(
                queries.snapshot, queries.rows, ("control_measure", "case", "court", "team")
            ),
            filter_=first,
        )
        self._teams: Sequence[Place] = ()
        self._courts: dict[str, str] = {}
        self._window: str | None = DEFAULT_WINDOW
        self.window_box = FilterBox(
            self.tr("Term"), all_text=self.tr("All terms"), multiple=False, parent=self
        )
        self.court_box = FilterBox(self.tr("Court"), all_text=self.tr("All courts"), parent=self)
        self.team_box = FilterBox(self.tr("Team"), all_text=self.tr("All teams"), parent=self)
        self.kind_box = FilterBox(self.tr("Kind"), all_text=self.tr("All kinds"), parent=self)
        self.mark_box = FilterBox(self.tr("Rank"), all_text=self.tr("Any rank"), parent=self)
        self.scope_box = FilterBox(
            self.tr("Cases"), all_text=self.tr("Open or suspended"), multiple=False, parent=self
        )
        self._boxes = (
            self.window_box,
            self.court_box,
            self.team_box,
            self.kind_box,
            self.mark_box,
            self.scope_box,
        )
        for box in self._boxes:
            self.add_filter(box)
        self.add_button(self.tr("Supervise"), self.supervise, primary=True)
        self.table.set_empty_text(
            self.tr("Nothing lapses in this time"),
            self.tr("Choose a longer time or another court to see more measures."),
        )
        self.kind_box.set_options([Option(key, words) for key, words in KIND_WORDS.items()])
        self.mark_box.set_options(
            [
                Option(FIRST, self.tr("First seizure")),
                Option(WAITING, self.tr("In waiting")),
                Option(RENEWED, self.tr("Renewed before")),
            ]
        )
        self.scope_box.set_options([Option(ALL_CASES, self.tr("All cases"))])
        self._show_filter(first)
        for box in self._boxes:
            if box is self.court_box:
                continue
            box.changed.connect(self._on_boxes)
        self.court_box.changed.connect(self._on_court)
        context.day_changed.connect(self._on_new_day)
        Offers(self, context, queries.choices, None, self._on_choices)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows exactly the list of `params` (ControlFilter.to_params)."""
        filter_ = ControlFilter.from_params(params)
        self._show_filter(filter_)
        self.set_filter(filter_)

    def count_text(self, count: int) -> str:
        return self.tr("{count} measures").format(count=f"{count:,}")

    def _on_choices(self, found: tuple[Sequence[Place], Sequence[Place]]) -> None:
        courts, self._teams = found
        self._courts = {court.id: court.label for court in courts}
        self.court_box.set_options([Option(court.id, court.label) for court in courts])
        self._offer_teams()
        self._show_filter(self.filter)

    def _offer_teams(self) -> None:
        chosen = self.court_box.selected()
        self.team_box.set_options(team_options(self._teams, self._courts, chosen))

    def _show_filter(self, filter_: ControlFilter) -> None:
        """Lets the boxes say what the filter is, without asking for another list."""
        window = self._window = window_of(filter_, self.context.today())
        options = [Option(key, words) for key, words in WINDOWS]
        if window is None:
            own = self.tr("{first} to {last}").format(
                first=filter_.expires_from or "…", last=filter_.expires_to or "…"
            )
            options.append(Option(_OWN_DAYS, own))
        for box in self._boxes:
            box.blockSignals(True)
        self.window_box.set_options(options)
        self.window_box.set_selected((window or _OWN_DAYS,))
        self.court_box.set_selected(filter_.courts)
        self.team_box.set_selected(filter_.teams)
        self.kind_box.set_selected(filter_.kinds)
        self.mark_box.set_selected(filter_.marks)
        self.scope_box.set_selected((filter_.scope,))
        for box in self._boxes:
            box.blockSignals(False)

    def _on_court(self) -> None:
        self._offer_teams()
        self._on_boxes()

    def _on_new_day(self, _day: object) -> None:
        if self._window is not None:
            self.set_filter(with_window(self.filter, self._window, self.context.today()))

    def _on_boxes(self) -> None:
        def keys(box: FilterBox) -> tuple[str, ...]:
            return tuple(str(key) for key in box.selected())

        window = (keys(self.window_box) or ("all",))[0]
        base = replace(
            self.filter,
            courts=keys(self.court_box),
            teams=keys(self.team_box),
            kinds=keys(self.kind_box),
            marks=keys(self.mark_box),
            scope=next(iter(keys(self.scope_box)), ""),
            case_id=None,
        )
        if window != _OWN_DAYS:
            self._window = window
            base = with_window(base, window, self.context.today())
        self.set_filter(base)

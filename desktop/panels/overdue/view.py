"""The heat map of overdue nodes: node × team of a court, or node × court. UI thread."""

from dataclasses import replace
from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.contract.context import PanelContext
from desktop.contract.offers import Offers
from desktop.contract.plot_panel import PlotPanel
from desktop.panels.overdue import queries
from desktop.panels.overdue.queries import Across, Courts, Heat, HeatArgs
from desktop.panels.overdue.rules import ROWS_SHOWN, heat_reading
from desktop.panels.overdue.words import short_nodes
from desktop.rules.short_names import narrow_names, short_place
from widgets.forms import Option
from widgets.plot import HeatMap
from widgets.theme import current_theme

_ROW_PX: Final = 18  # below this the number in a cell no longer stands clear
_BESIDE_ROWS_PX: Final = 76  # the axis of names and the sentence below
_ROWS_LEAST: Final = 3


class OverdueHeatView(PlotPanel):
    """Every overdue node of the chosen court is in one cell; a cell clicked opens its list."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        self.chart = HeatMap("", "")
        super().__init__(
            context,
            parent,
            chart=self.chart,
            name="节点团队超期热力",
            tables=("node_clock", "team", "court"),
        )
        self._heat: Heat | None = None
        self._across: Across = "team"
        self._rows = ROWS_SHOWN
        self._court_known = False
        self._offered = False  # one's own court is chosen once, when there is one
        self.set_note(self.tr("nodes"))
        self.chart.set_empty_text(self.tr("No overdue node here."))
        self.switch = self.add_switch(
            (("team", self.tr("Node × team")), ("court", self.tr("Node × court"))),
            self._on_switch,
        )
        self.court_box = self.add_court_box(self.tr("Court"), self.tr("Choose a court"))
        self.chart.cell_clicked.connect(self._on_cell)
        Offers(self, context, queries.courts, context.who.person_id, self._on_courts)

    @property
    def data(self) -> Heat | None:
        """What is shown, with the list behind each cell."""
        return self._heat

    def read(self) -> None:
        if not self._court_known:
            self.live.finished()
            return
        court = next(iter(self.court_box.selected()), None)
        if self._across == "court" or court is None:
            args = HeatArgs(self.context.today(), "court", None, self._rows)
        else:
            args = HeatArgs(self.context.today(), "team", str(court), self._rows)
        self.context.read(self, "heat", queries.heat, args, self._on_heat, self.failed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        theme = current_theme()
        room = self.chart.height() - theme.px(_BESIDE_ROWS_PX)
        rows = max(_ROWS_LEAST, min(ROWS_SHOWN, room // theme.px(_ROW_PX) - 1))
        if rows != self._rows:
            self._rows = rows
            self.live.ask()

    def _on_courts(self, found: Courts) -> None:
        self.court_box.blockSignals(True)
        kept = self.court_box.selected() if self._offered else (found.own,)
        self.court_box.set_options([Option(key, name) for key, name in found.courts])
        self.court_box.set_selected(kept)
        self.court_box.blockSignals(False)
        self._court_known = True
        self._offered = bool(found.courts)
        self.live.ask()

    def _on_switch(self, key: str) -> None:
        self._across = "court" if key == "court" else "team"
        self.court_box.setEnabled(self._across == "team")
        self.live.ask()

    def _on_heat(self, heat: Heat) -> None:
        self._heat = heat
        table = replace(
            heat.table,
            row_labels=tuple(short_nodes(heat.table.row_labels)),
            column_labels=tuple(map(short_place, heat.table.column_labels)),
        )
        shown = bool(table.total)
        self.chart.set_data(
            table.row_labels if shown else (),
            table.column_labels if shown else (),
            table.values if shown else (),
            heat_reading(table),
            narrow_columns=narrow_names(table.column_labels) if shown else (),
        )
        self.live.finished()

    def _on_cell(self, row: int, column: int) -> None:
        if self._heat is not None and self._heat.table.values[row][column]:
            self.open_nodes(self._heat.cell(row, column))

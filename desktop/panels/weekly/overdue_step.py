"""The frozen rows of a circular on overdue nodes and passive enforcement. UI thread."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.evidence.figures import CITY
from desktop.panels.weekly.columns import overdue_columns
from desktop.panels.weekly.figures_table import FiguresTable
from desktop.panels.weekly.overdue_tables import (
    FRESH,
    NAMES,
    court_table,
    line_of,
    rows_of,
    told_of,
)
from desktop.panels.weekly.queries import Circular
from desktop.panels.weekly.step_page import StepPage, text_label
from widgets.table import DataTable, PagedTableModel, StaticSource

_FIRST: Final = (CITY, FRESH)


class OverdueStep(StepPage):
    """A number opens its rows below; a row opens why it is overdue, or its case."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("overdue_step")
        self.frozen = text_label(self, "muted")
        self.frozen.setObjectName("overdue_frozen_at")
        self.table = FiguresTable(self)
        self.title = QLabel(self)
        self.title.setObjectName("overdue_title")
        self.title.setProperty("role", "title")
        self.source = StaticSource()
        self.model = PagedTableModel(overdue_columns(), self.source, self)
        self.list = DataTable(self.model, self)
        self.list.set_compact(True)
        self.list.set_empty_text(self.tr("Nothing here"), "")
        self._asked = _FIRST
        below = QWidget(self)
        inner = QVBoxLayout(below)
        inner.setContentsMargins(0, 8, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.title)
        inner.addWidget(self.list, 1)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.addWidget(self.table)
        split.addWidget(below)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.frozen)
        layout.addWidget(self.error)
        layout.addWidget(split, 1)
        self.table.figure_asked.connect(lambda court, code, _part: self.ask(court, code))
        self.list.row_activated.connect(self._open)

    def fill(self, found: Circular) -> None:
        """Shows the rows that stand."""
        snapshot = found.overdue
        if snapshot is None:
            return
        self.frozen.setText(
            self.tr("{day}, frozen at {at}, snapshot {digits}").format(
                day=snapshot.day.isoformat(),
                at=f"{snapshot.taken_at:%Y-%m-%d %H:%M}",
                digits=snapshot.sha256[:12],
            )
        )
        self.table.set_table(court_table(told_of(snapshot, found.struck, found.own_court)))
        self.ask(*self._asked)

    def ask(self, court_id: str, code: str) -> None:
        """Opens the rows behind a number."""
        found = self.found
        if found is None or found.overdue is None:
            return
        self._asked = (court_id, code)
        told = told_of(found.overdue, found.struck, found.own_court)
        rows = rows_of(told, code, court_id)
        names = {court.id: court.short for court in found.overdue.courts}
        where = names.get(court_id, self.tr("All courts"))
        self.title.setText(f"{where}　{NAMES[code]} {len(rows)}")
        self.source.set_rows([line_of(found.overdue, row) for row in rows])
        self.model.refresh()

    def _open(self, row_id: object) -> None:
        row = self.model.row_of(row_id) if isinstance(row_id, int) else None
        values = self.model.row_values(row) if row is not None else None
        if not values:
            return
        case_id, code = str(values["case_id"]), str(values["node_code"])
        if code:
            subject = str(values["subject"])
            params = {"case_id": case_id, "node_code": code, "subject": subject}
            self.context.open("derivation", params)
        else:
            self.context.open("case_query", {"case_id": case_id})

"""What is behind a figure: numerator and denominator as lists, the definition below. UI thread."""

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.evidence.figures import Figure, Figures
from desktop.evidence.snapshot import Snapshot
from desktop.panels.weekly.columns import behind_columns
from desktop.panels.weekly.tables import rows_behind
from widgets.table import DataTable, PagedTableModel, StaticSource

Part = Literal["hits", "of"]


class DrillPane(QFrame):
    """Shows the rows of one figure; a row opens its petition. `closed()` by its button."""

    closed = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drill")
        self.setProperty("card", True)
        self._context = context
        self._snapshot: Snapshot | None = None
        self._figures: Figures | None = None
        self.figure: Figure | None = None
        self.part: Part = "hits"
        self.source = StaticSource()
        self.model = PagedTableModel(behind_columns(), self.source, self)
        self.table = DataTable(self.model, self)
        self.table.set_compact(True)
        self.table.set_empty_text(self.tr("No petition"), "")
        self.title = QLabel(self)
        self.title.setObjectName("drill_title")
        self.title.setProperty("role", "title")
        self.title.setWordWrap(True)
        self.hits_button = _part_button(self, "numerator")
        self.of_button = _part_button(self, "denominator")
        self.definition = QLabel(self)
        self.definition.setObjectName("definition")
        self.definition.setProperty("role", "small")
        self.definition.setWordWrap(True)
        self.definition.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._arrange()
        self.hits_button.clicked.connect(lambda _checked=False: self._show("hits"))
        self.of_button.clicked.connect(lambda _checked=False: self._show("of"))
        self.table.row_activated.connect(self._open)

    def _arrange(self) -> None:
        parts = QHBoxLayout()
        parts.setSpacing(6)
        parts.addWidget(self.hits_button)
        parts.addWidget(self.of_button)
        parts.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addLayout(parts)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.definition)

    def show_figure(
        self, snapshot: Snapshot, figures: Figures, court_id: str, code: str, part: str
    ) -> None:
        """Shows the figure `code` of a court, or of the city."""
        self._snapshot, self._figures = snapshot, figures
        court = figures.of(court_id)
        figure = court[code]
        self.figure = figure
        words = figure.words()
        told = words if words == figure.parts() else f"{words}（{figure.parts()}）"
        self.title.setText(f"{court.name}　{figure.definition.name} {told}")
        self.hits_button.setText(
            self.tr("Numerator {count}").format(count=len(figure.hit_ids))
            if figure.of is not None
            else self.tr("{count} rows").format(count=len(figure.hit_ids))
        )
        self.of_button.setText(self.tr("Denominator {count}").format(count=len(figure.of_ids)))
        self.of_button.setVisible(figure.of is not None)
        self.definition.setText(f"{figure.definition.name}＝{figure.definition.words()}")
        self._show("of" if part == "of" else "hits")

    def _show(self, part: Part) -> None:
        if self.figure is None or self._snapshot is None or self._figures is None:
            return
        self.part = part
        self.hits_button.setChecked(part == "hits")
        self.of_button.setChecked(part == "of")
        ids = self.figure.hit_ids if part == "hits" else self.figure.of_ids
        self.source.set_rows(rows_behind(self._snapshot, self._figures, ids))
        self.model.refresh()

    def _open(self, row_id: object) -> None:
        row = self.model.row_of(row_id) if isinstance(row_id, int) else None
        values = self.model.row_values(row) if row is not None else None
        if values and values.get("petition_id"):
            self._context.open("petitions", {"petition_id": str(values["petition_id"])})


def _part_button(parent: QWidget, name: str) -> QPushButton:
    made = QPushButton(parent)
    made.setObjectName(name)
    made.setCheckable(True)
    made.setProperty("kind", "segment")
    made.setAutoDefault(False)
    return made

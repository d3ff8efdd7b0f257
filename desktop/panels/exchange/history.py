"""The log of past imports, their rejects, and how fresh each court's data is. UI thread."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.exchange import queries
from desktop.panels.exchange.columns import court_columns, error_columns, run_columns
from widgets.table import Cell, DataTable, PagedTableModel, StaticSource


class HistoryPage(QWidget):
    """Reads itself; `refresh` after an import."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._runs: tuple[queries.PastRun, ...] = ()
        self._titles: Mapping[str, str] = {}
        self._run_source, self.run_table = self._table(run_columns())
        self._reject_source, self.reject_table = self._table(error_columns())
        self._court_source, self.court_table = self._table(court_columns())
        self.run_table.set_empty_text(
            self.tr("Nothing was imported yet"),
            self.tr("Each import leaves a line: read = added + changed + unchanged + rejected."),
        )
        self.court_table.set_empty_text(
            self.tr("No courts yet"), self.tr("Courts appear with their first case.")
        )
        self.reject_table.set_empty_text(
            self.tr("No rejected rows in this import"), self.tr("Choose another line above.")
        )
        self.reject_table.data_model.refresh()
        self.run_table.current_id_changed.connect(self._on_run)
        left = QSplitter(Qt.Orientation.Vertical, self)
        left.addWidget(self._titled(self.tr("Past imports"), self.run_table))
        left.addWidget(self._titled(self.tr("Rejected in the chosen import"), self.reject_table))
        left.setStretchFactor(0, 3)
        left.setStretchFactor(1, 2)
        both = QSplitter(Qt.Orientation.Horizontal, self)
        both.addWidget(left)
        fresh = self._titled(self.tr("Freshness by court"), self.court_table)
        fresh.setMinimumWidth(270)
        both.addWidget(fresh)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(both)

    def _table(self, columns: Sequence[object]) -> tuple[StaticSource, DataTable]:
        source = StaticSource()
        model = PagedTableModel(columns, source, self)  # type: ignore[arg-type]
        return source, DataTable(model, self)

    def _titled(self, title: str, table: QWidget) -> QWidget:
        box = QWidget(self)
        label = QLabel(title, box)
        label.setProperty("role", "muted")
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(label)
        layout.addWidget(table, 1)
        return box

    def set_titles(self, titles: Mapping[str, str]) -> None:
        """Chinese titles of the profiles, by name."""
        self._titles = titles

    def refresh(self) -> None:
        """Reads the log again."""
        self._context.read(
            self, "history", queries.history, self._context.today(), self._on_history
        )

    def _on_history(self, found: queries.History) -> None:
        self._runs = found.runs
        self._run_source.set_rows(
            [
                {
                    "id": n,
                    "at": run.at[:16].replace("T", " "),
                    "file": run.file_name,
                    "profile": self._titles.get(run.profile, run.profile),
                    "court": run.court,
                    "read": run.read,
                    "added": run.added,
                    "changed": run.changed,
                    "unchanged": run.unchanged,
                    "rejected": Cell(run.rejected, state="overdue") if run.rejected else 0,
                    "actor": run.actor,
                }
                for n, run in enumerate(found.runs)
            ]
        )
        self.run_table.data_model.refresh()
        self._court_source.set_rows(
            [
                {
                    "id": n,
                    "court": age.court,
                    "last": age.last_on.isoformat() if age.last_on else None,
                    "age": Cell(age.age.state, state=age.age.state, text=age.age.words),
                }
                for n, age in enumerate(found.courts)
            ]
        )
        self.court_table.data_model.refresh()

    def _on_run(self, row: object) -> None:
        if isinstance(row, int) and 0 <= row < len(self._runs):
            run_id = self._runs[row].id
            self._context.read(self, "rejects", queries.rejects, run_id, self._on_rejects)

    def _on_rejects(self, found: tuple[queries.Rejected, ...]) -> None:
        self._reject_source.set_rows(
            [
                {"id": n, "row": e.row, "column": e.column, "value": e.value, "reason": e.reason}
                for n, e in enumerate(found)
            ]
        )
        self.reject_table.data_model.refresh()

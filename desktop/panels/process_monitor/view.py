"""The node list: filters, paged table, export, and the way from a row to letter and derivation."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext, Selection
from desktop.contract.filters import NodeFilter
from desktop.contract.lane_pages import LanePages
from desktop.contract.live import LiveRefresh
from desktop.contract.sheets import Exported
from desktop.panels.process_monitor.columns import columns, dressed, export_heads
from desktop.panels.process_monitor.export import ExportArgs, export_list
from desktop.panels.process_monitor.filter_row import ChipRow, FilterRow
from desktop.panels.process_monitor.queries import choices_of, list_ids, list_rows
from desktop.panels.process_monitor.rules import (
    DEFAULT_FILTER,
    chips,
    read_saved,
    with_saved,
    without,
    write_saved,
)
from desktop.projection import FACT_TABLES
from desktop.projection.select import Choices, NodeQuery
from storage.records.changes import ChangeSet
from widgets.dialogs import ask_text
from widgets.icon import icon
from widgets.table import DataTable, PagedTableModel

SAVED_KEY = "process_monitor.saved_filters"
_PLACES = ("court", "team", "person", "membership")


class ProcessMonitorView(QWidget):
    """流程监控. `apply(params)` shows the list a number stands for (NodeFilter.to_params)."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._case_number = ""
        self._begun = False
        self.filters = FilterRow(self)
        self.chip_row = ChipRow(self)
        self._pages: LanePages[NodeQuery] = LanePages(
            context,
            self,
            list_ids,
            self._page,
            NodeQuery(DEFAULT_FILTER, context.today()),
            on_error=self._on_error,
        )
        self.model = PagedTableModel(columns(), self._pages, self)
        self.table = DataTable(self.model, self)
        self.count_label = QLabel(self)
        self.count_label.setObjectName("row_count")
        self.count_label.setProperty("role", "muted")
        self.export_button = QPushButton(self.tr("Export"), self)
        self.letter_button = QPushButton(self.tr("Supervise"), self)
        self.saved_button = QToolButton(self)
        self._error = QLabel(self)
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, FACT_TABLES, self._read)
        self.filters.set_filter(DEFAULT_FILTER)
        self._show_chips()
        self._read_choices()

    # What the desk calls

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows exactly the list of `params`; without any, the list as it stands stays."""
        if not params:
            return
        self._case_number = params.get("case_number", "")
        self.show_filter(NodeFilter.from_params(params))

    def show_filter(self, wanted: NodeFilter) -> None:
        """Shows another list."""
        self.filters.set_filter(wanted)
        self._on_filter()

    @property
    def filter(self) -> NodeFilter:
        """The filter of the list shown or asked for."""
        return self._pages.filter.filter

    def current_row(self) -> Mapping[str, Any] | None:
        """Values of the current row; None while it loads or without one."""
        current = self.table.current_id()
        row = self.model.row_of(current) if current is not None else None
        return self.model.row_values(row) if row is not None else None

    # Keys

    def event(self, event: QEvent) -> bool:
        """Claims F6 before the window's own F6, so that two of them never cancel each other."""
        if event.type() == QEvent.Type.ShortcutOverride and _is_f6(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_f6(event):
            self.supervise()
        else:
            super().keyPressEvent(event)

    # Parts

    def _arrange(self) -> None:
        self.setObjectName("process_monitor_view")
        self.export_button.setObjectName("export")
        menu = QMenu(self.export_button)
        menu.addAction(self.tr("Whole list as XLSX"), lambda: self.export("xlsx"))
        menu.addAction(self.tr("Whole list as CSV"), lambda: self.export("csv"))
        self.export_button.setMenu(menu)
        self.letter_button.setObjectName("supervise")
        self.letter_button.setProperty("kind", "primary")
        self.letter_button.setToolTip(self.tr("New supervision letter for this row (F6)"))
        self.saved_button.setObjectName("saved_filters")
        self.saved_button.setIcon(icon("ri.bookmark-line"))
        self.saved_button.setToolTip(self.tr("Saved filters"))
        self.saved_button.setAccessibleName(self.tr("Saved filters"))
        self.saved_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        saved_menu = QMenu(self.saved_button)
        saved_menu.aboutToShow.connect(self._fill_saved)
        self.saved_button.setMenu(saved_menu)
        self.table.set_empty_text(
            self.tr("No node in this state"),
            self.tr("Widen the filters above; imported cases appear here at once."),
        )
        self._error.setProperty("role", "error")
        self._error.setWordWrap(True)
        self._error.hide()

        right = QHBoxLayout()
        right.setSpacing(8)
        for part in (self.count_label, self.saved_button, self.export_button, self.letter_button):
            right.addWidget(part)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.filters, 1)
        top.addLayout(right)
        top.setAlignment(right, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.chip_row)
        layout.addWidget(self._error)
        layout.addWidget(self.table, 1)

    def _connect(self) -> None:
        self.filters.changed.connect(self._on_filter)
        self.chip_row.removed.connect(self._on_chip_removed)
        self.model.snapshot_applied.connect(self._on_snapshot)
        self.model.page_arrived.connect(self._tell_selection)
        self.table.current_id_changed.connect(lambda _id: self._tell_selection())
        self.table.row_activated.connect(lambda _id: self.open_derivation())
        self.table.context_menu_requested.connect(self._show_menu)
        self.letter_button.clicked.connect(lambda _checked=False: self.supervise())
        self._context.changed.connect(self._on_changed)

    # Reading

    def _page(self, connection: Any, ids: Any) -> dict[int, dict[str, object]]:
        # Runs on a reader lane: it touches nothing of the view but the day of the query.
        return dressed(list_rows(connection, ids, today=self._pages.filter.today))

    def _read(self) -> None:
        self._pages.filter = NodeQuery(self.filters.filter(), self._context.today())
        self.model.refresh()

    def _read_choices(self) -> None:
        self._context.read(self, "choices", choices_of, self._context.today(), self._on_choices)

    def _on_choices(self, found: Choices) -> None:
        self.filters.set_choices(found)

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*_PLACES):
            self._read_choices()

    def _on_filter(self) -> None:
        if self.filters.filter().case_id is None:
            self._case_number = ""
        self._show_chips()
        self._pages.filter = NodeQuery(self.filters.filter(), self._context.today())
        self.live.ask()

    def _on_chip_removed(self, key: str) -> None:
        self.show_filter(without(self.filters.filter(), key))

    def _show_chips(self) -> None:
        self.chip_row.set_chips(chips(self.filters.filter(), self._case_number))

    def _on_snapshot(self, count: int) -> None:
        self._error.hide()
        self.count_label.setText(self.tr("{count} rows").format(count=f"{count:,}"))
        self.live.finished()
        if count and not self._begun:
            # The worst node is explained at once: a desk that starts shows no empty pane.
            self._begun = True
            if self._context.selection() is None:
                self.table.setCurrentIndex(self.model.index(0, 0))

    def _on_error(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.show()
        self.live.finished()

    # From a row to other panels

    def _tell_selection(self, *_args: object) -> None:
        row = self.current_row()
        if row is not None:
            self._context.select(
                Selection(str(row["case_id"]), str(row["node_code"]), str(row["subject"] or ""))
            )

    def _node_params(self) -> dict[str, str] | None:
        row = self.current_row()
        if row is None:
            self._context.notify(self.tr("Choose a row first."))
            return None
        return {key: str(row[key] or "") for key in ("case_id", "node_code", "subject")}

    def supervise(self) -> None:
        """Opens a new supervision letter for the current row."""
        params = self._node_params()
        if params is not None:
            self._context.open("supervision", {"new": "1", **params})

    def open_derivation(self) -> None:
        """Opens the derivation of the current row."""
        params = self._node_params()
        if params is not None:
            self._context.open("derivation", params)

    def open_timeline(self) -> None:
        """Opens the time line of the current row's case."""
        params = self._node_params()
        if params is not None:
            self._context.open("case_timeline", {"case_id": params["case_id"]})

    def open_case(self) -> None:
        """Opens the page of the current row's case."""
        params = self._node_params()
        if params is not None:
            self._context.open("case_query", {"case_id": params["case_id"]})

    def only_case(self) -> None:
        """Lists every node of the current row's case, whatever its state."""
        row = self.current_row()
        if row is not None:
            self._case_number = str(row["case_number"])
            self.show_filter(NodeFilter(case_id=str(row["case_id"])))

    def only_handler(self) -> None:
        """Lists what is late or soon due at the current row's handler."""
        row = self.current_row()
        if row is not None and row["handler_id"]:
            states = self.filters.filter().states
            self.show_filter(NodeFilter(handlers=(str(row["handler_id"]),), states=states))

    def _show_menu(self, row_id: object, at: QPoint) -> None:
        if isinstance(row_id, int) and row_id not in self.table.selected_ids():
            self.table.select_id(row_id)
        menu = QMenu(self)
        menu.setObjectName("row_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Supervision letter…"), self.supervise)
        menu.addAction(self.tr("Why overdue"), self.open_derivation)
        menu.addAction(self.tr("Time line"), self.open_timeline)
        menu.addAction(self.tr("Open case"), self.open_case)
        menu.addSeparator()
        menu.addAction(self.tr("Copy"), self.table.copy_selection)
        menu.addSeparator()
        menu.addAction(self.tr("Only this case"), self.only_case).setObjectName("only_case")
        menu.addAction(self.tr("Only this handler"), self.only_handler)
        menu.popup(at)

    # Export

    def export(self, kind: Literal["xlsx", "csv"]) -> None:
        """Writes the whole list, in the order shown, into the documents folder."""
        stamp = f"{self._context.now():%Y%m%d-%H%M%S}"
        title = self.tr("Process monitor list")
        args = ExportArgs(
            query=NodeQuery(self.filters.filter(), self._context.today()),
            sort=self.model.sort_key,
            descending=self.model.descending,
            heads=tuple(export_heads()),
            sheet=title,
            path=self._context.documents_folder() / f"{title}_{stamp}.{kind}",
        )
        self.export_button.setEnabled(False)
        self._context.read(
            self, "export", export_list, args, self._on_exported, self._on_export_failed
        )

    def _on_exported(self, made: Exported) -> None:
        self.export_button.setEnabled(True)
        self._context.copied("export", f"流程节点清单（{made.rows:,} 行）")
        text = self.tr("Exported {rows} rows: {path}")
        self._context.notify(text.format(rows=f"{made.rows:,}", path=made.path), level="done")

    def _on_export_failed(self, sentence: str) -> None:
        self.export_button.setEnabled(True)
        self._context.notify(sentence, level="error")

    # Saved filters and widths

    def _fill_saved(self) -> None:
        menu = self.saved_button.menu()
        menu.clear()
        menu.addAction(self.tr("Save this filter…"), self._ask_name)
        menu.addAction(self.tr("Late and soon due"), partial(self.show_filter, DEFAULT_FILTER))
        saved = read_saved(self._context.setting(SAVED_KEY))
        if not saved:
            return
        menu.addSeparator()
        for name, wanted in saved.items():
            menu.addAction(name, partial(self.show_filter, wanted))
        remove = menu.addMenu(self.tr("Remove"))
        for name in saved:
            remove.addAction(name, partial(self.forget_filter, name))

    def _ask_name(self) -> None:
        ask_text(
            self,
            object_name="save_filter_dialog",
            title=self.tr("Save this filter"),
            label=self.tr("Name"),
            accept_text=self.tr("Save"),
            on_accept=self.save_filter,
        )

    def save_filter(self, name: str) -> None:
        """Keeps the present filter under a name, on this device."""
        saved = read_saved(self._context.setting(SAVED_KEY))
        kept = with_saved(saved, name.strip(), self.filters.filter())
        self._context.set_setting(SAVED_KEY, write_saved(kept))

    def forget_filter(self, name: str) -> None:
        """Removes a saved filter."""
        saved = read_saved(self._context.setting(SAVED_KEY))
        saved.pop(name, None)
        self._context.set_setting(SAVED_KEY, write_saved(saved))


def _is_f6(event: QEvent) -> bool:
    plain = Qt.KeyboardModifier.NoModifier
    return isinstance(event, QKeyEvent) and (
        event.key() == Qt.Key.Key_F6 and event.modifiers() == plain
    )

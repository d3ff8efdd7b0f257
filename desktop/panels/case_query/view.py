"""案件查询: a search line over a list, and the page of one case. UI thread."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext, Selection
from desktop.contract.lane_pages import LanePages
from desktop.contract.live import LiveRefresh
from desktop.panels.case_query.case_page import CasePageView
from desktop.panels.case_query.columns import columns
from desktop.panels.case_query.queries import (
    CasePage,
    CaseSearch,
    PageArgs,
    case_page,
    search_ids,
    search_rows,
)
from desktop.projection import FACT_TABLES
from desktop.projection.cases import CaseFilter
from storage.records.changes import ChangeSet
from widgets.table import DataTable, PagedTableModel

TABLES = (*FACT_TABLES, "party")
PAGE_TABLES = (*TABLES, "execution_log", "control_measure", "supervision_letter", "letter_rung")
TYPING_PAUSE_MS = 200


class CaseQueryView(QWidget):
    """`apply({"case_id": …})` opens a case; `apply({"text": …})` searches;
    `apply(CaseFilter.to_params())` lists exactly those cases."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case_query_view")
        self._context = context
        self._case_id: str | None = None
        self._pages: LanePages[CaseSearch] = LanePages(
            context,
            self,
            search_ids,
            self._page,
            CaseSearch("", context.today()),
            on_error=self._on_error,
        )
        self.model = PagedTableModel(columns(), self._pages, self)
        self.table = DataTable(self.model, self)
        self.search = QLineEdit(self)
        self.count_label = QLabel(self)
        self.page = CasePageView(context, self)
        self._stack = QStackedWidget(self)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, TABLES, self._read)

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("case_id"):
            self.open_case(params["case_id"])
        elif params:
            self._pages.filter = CaseSearch(
                "", self._context.today(), CaseFilter.from_params({**params, "text": ""})
            )
            was = self.search.blockSignals(True)
            self.search.setText(params.get("text", ""))
            self.search.blockSignals(was)
            self._search_now()

    def open_case(self, case_id: str) -> None:
        """Shows the page of one case."""
        self._case_id = case_id
        args = PageArgs(self._context.law, case_id, self._context.today())
        self._context.read(self, "case", case_page, args, self._on_case)

    @property
    def shows_case(self) -> bool:
        """Whether the page of a case is on show."""
        return self._stack.currentWidget() is self.page

    def _arrange(self) -> None:
        self.search.setObjectName("case_search")
        self.search.setPlaceholderText(self.tr("Case number, party or handler"))
        self.search.setClearButtonEnabled(True)
        self.count_label.setProperty("role", "muted")
        self.table.set_empty_text(
            self.tr("No case found"),
            self.tr("Any brackets will do; a part of a number or of a name is enough."),
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.count_label)
        listing = QWidget(self)
        inner = QVBoxLayout(listing)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.setSpacing(8)
        inner.addLayout(row)
        inner.addWidget(self.table, 1)
        self._stack.addWidget(listing)
        self._stack.addWidget(self.page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self._search_now)
        self._typing.timeout.connect(self._search_now)
        self.model.snapshot_applied.connect(self._on_snapshot)
        self.table.row_activated.connect(self._on_activated)
        self.table.current_id_changed.connect(lambda _id: self._on_current())
        self.page.left.connect(self._leave)
        self._context.changed.connect(self._on_changed)
        self._context.day_changed.connect(lambda _day: self._reopen())

    def _page(self, connection: Any, ids: Any) -> dict[int, dict[str, object]]:
        # Runs on a reader lane: it touches nothing of the view but the day of the search.
        return search_rows(connection, ids, today=self._pages.filter.today)

    def _read(self) -> None:
        self._pages.filter = self._asked()
        self.model.refresh()

    def _asked(self) -> CaseSearch:
        return CaseSearch(self.search.text(), self._context.today(), self._pages.filter.filter)

    def _search_now(self) -> None:
        self._typing.stop()
        self._leave()
        self._pages.filter = self._asked()
        self.live.ask()

    def _on_snapshot(self, count: int) -> None:
        self.count_label.setText(self.tr("{count} cases").format(count=f"{count:,}"))
        self.live.finished()

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _row(self, row_id: object) -> Mapping[str, Any] | None:
        row = self.model.row_of(row_id) if isinstance(row_id, int) else None
        return self.model.row_values(row) if row is not None else None

    def _on_activated(self, row_id: object) -> None:
        row = self._row(row_id)
        if row is not None:
            self._context.open("case_query", {"case_id": str(row["case_id"])})

    def _on_current(self) -> None:
        row = self._row(self.table.current_id())
        if row is not None:
            self._context.select(Selection(str(row["case_id"])))

    def _on_case(self, found: CasePage | None) -> None:
        if found is None:
            self._leave()
            self._context.notify(self.tr("This case is no longer in the store."), level="warning")
        elif found.case_id == self._case_id:
            self.page.show_case(found)
            self._stack.setCurrentWidget(self.page)

    def _leave(self) -> None:
        self._case_id = None
        self._stack.setCurrentIndex(0)

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*PAGE_TABLES):
            self._reopen()

    def _reopen(self) -> None:
        if self._case_id is not None and self.isVisible():
            self.open_case(self._case_id)

"""A duty's list as a panel: filters, count, buttons above a paged table. UI thread.

Gives every list the same manners: ids first, pages as they are looked at, selection that survives
a change, fresh while visible and stale-but-knowing while hidden, an error as a sentence in place.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext, Selection
from desktop.contract.lane_pages import LanePages
from desktop.contract.listing import Dated, DatedPage, ListQueries
from desktop.contract.live import LiveRefresh
from widgets.flow import FlowLayout
from widgets.table import Column, DataTable, PagedTableModel
from widgets.theme import current_theme

F = TypeVar("F")
_EDGE: Final = 12
_GAP: Final = 8


class ListPanel(QWidget, Generic[F]):
    """Base of the list panels. A row carries `case_id` where it belongs to a case, and
    `node_code` and `subject` where it belongs to one of its nodes.

    Subclasses put filter boxes at the left with `add_filter` (they go on in the next line when one
    is full), buttons at the right with `add_button`, and call `set_filter`.
    """

    def __init__(
        self,
        context: PanelContext,
        parent: QWidget | None,
        *,
        columns: Sequence[Column],
        queries: ListQueries[F],
        filter_: F,
    ) -> None:
        super().__init__(parent)
        self.context = context
        self._page = DatedPage(queries, context.today())
        self._pages: LanePages[Dated[F]] = LanePages(
            context,
            self,
            queries.snapshot,
            self._page,
            Dated(filter_, context.today()),
            on_error=self._on_error,
        )
        self.model = PagedTableModel(columns, self._pages, self)
        self.table = DataTable(self.model, self)
        self.count_label = QLabel(self)
        self.count_label.setProperty("role", "muted")
        self.count_label.setMinimumHeight(current_theme().px(32))
        self._error_label = QLabel(self)
        self._error_label.setProperty("role", "error")
        self._error_label.setWordWrap(True)
        self._error_label.hide()
        self._unannounced = False
        self._arrange()
        self.live = LiveRefresh(self, context, queries.tables, self._read)
        self.model.snapshot_applied.connect(self._on_snapshot)
        self.model.page_arrived.connect(self._on_page)
        self.table.current_id_changed.connect(self._on_current)
        self.table.row_activated.connect(lambda _id: self.open_case())
        self.table.context_menu_requested.connect(self._show_menu)

    # What a subclass adds

    def add_filter(self, box: QWidget) -> None:
        """Puts a filter box at the left of the row."""
        self._filters.addWidget(box)

    def add_button(self, text: str, slot: Callable[[], None], *, primary: bool = False) -> None:
        """Puts a button at the right end of the row."""
        button = QPushButton(text, self)
        if primary:
            button.setProperty("kind", "primary")
        button.clicked.connect(lambda _checked=False: slot())
        self.filter_row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def fill_menu(self, menu: QMenu) -> None:
        """Adds the actions of a row; called each time its menu opens."""
        menu.addAction(self.tr("Supervise…"), self.supervise)
        menu.addAction(self.tr("Give an order…"), self.give_order)
        menu.addAction(self.tr("Open case"), self.open_case)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    def page_day(self) -> date:
        """The day rows are asked for; today unless a list shows another day."""
        return self.context.today()

    def count_text(self, count: int) -> str:
        """The words at the right of the filters."""
        return self.tr("{count} items").format(count=f"{count:,}")

    # What others call

    @property
    def filter(self) -> F:
        """The filter of the list shown or being read."""
        return self._pages.filter.filter

    def set_filter(self, filter_: F) -> None:
        """Shows another list."""
        self._pages.filter = Dated(filter_, self.context.today())
        self.live.ask()

    def current_row(self) -> Mapping[str, Any] | None:
        """The values of the current row; None without one, or while it loads."""
        current = self.table.current_id()
        if current is None:
            return None
        row = self.model.row_of(current)
        return None if row is None else self.model.row_values(row)

    def supervise(self) -> None:
        """Opens a new supervision letter for the current row."""
        row = self.current_row()
        if row is None or not row.get("case_id"):
            self.context.notify(self.tr("Choose a row first."))
            return
        self.context.open(
            "supervision",
            {
                "new": "1",
                "case_id": str(row["case_id"]),
                "node_code": str(row.get("node_code") or ""),
                "subject": str(row.get("subject") or ""),
            },
        )

    def give_order(self) -> None:
        """Begins an order to the field about the case of the current row."""
        row = self.current_row()
        if row is None or not row.get("case_id"):
            self.context.notify(self.tr("Choose a row first."))
            return
        self.context.open("remote_command", {"new": "1", "case_id": str(row["case_id"])})

    def open_case(self) -> None:
        """Opens the case of the current row."""
        row = self.current_row()
        if row is not None and row.get("case_id"):
            self.context.open("case_query", {"case_id": str(row["case_id"])})

    # Inside

    def _arrange(self) -> None:
        self.filter_row = QHBoxLayout()
        self.filter_row.setSpacing(_GAP)
        self._filter_area = boxes = QWidget(self)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        boxes.setSizePolicy(policy)
        self._filters = FlowLayout(boxes)
        self._filters_beneath = False
        self.filter_row.addWidget(boxes, 1, Qt.AlignmentFlag.AlignTop)
        self.filter_row.addWidget(self.count_label, 0, Qt.AlignmentFlag.AlignTop)
        self._list_head = QVBoxLayout()
        self._list_head.setSpacing(_GAP)
        self._list_head.addLayout(self.filter_row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_EDGE, 8, _EDGE, 8)
        layout.setSpacing(_GAP)
        layout.addLayout(self._list_head)
        layout.addWidget(self._error_label)
        layout.addWidget(self.table, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_filters()

    def _place_filters(self) -> None:
        """Beside count and buttons, or beneath them where a narrow list loses fewer lines so."""
        row, boxes = self.filter_row, self._filter_area
        parts = (row.itemAt(at) for at in range(row.count()))
        shown = [part for part in parts if part is not None and not part.isEmpty()]
        hints = [part.sizeHint() for part in shown if part.widget() not in (None, boxes)]
        room = self.width() - 2 * _EDGE
        beside = room - sum(hint.width() + _GAP for hint in hints)
        # A list may have neither count nor button to show.
        head = max((hint.height() for hint in hints), default=0)
        high = head + _GAP + self._filters.heightForWidth(room)
        beneath = beside <= 0 or self._filters.heightForWidth(beside) > high
        if beneath == self._filters_beneath:
            return
        self._filters_beneath = beneath
        if beneath:
            row.removeWidget(boxes)
            row.insertStretch(0, 1)
            self._list_head.addWidget(boxes)
        else:
            self._list_head.removeWidget(boxes)
            row.takeAt(0)
            row.insertWidget(0, boxes, 1, Qt.AlignmentFlag.AlignTop)

    def _read(self) -> None:
        self._page.today = self.page_day()
        self._pages.filter = Dated(self._pages.filter.filter, self.context.today())
        self.model.refresh()

    def _on_snapshot(self, count: int) -> None:
        self._error_label.hide()
        self.count_label.setText(self.count_text(count))
        self.live.finished()

    def _on_error(self, sentence: str) -> None:
        self._error_label.setText(sentence)
        self._error_label.show()
        self.live.finished()

    def _on_current(self, _current: object) -> None:
        row = self.current_row()
        # A row may become current before its page has come; it is announced then.
        self._unannounced = row is None
        if row is not None and row.get("case_id"):
            code = row.get("node_code")
            self.context.select(
                Selection(
                    str(row["case_id"]), str(code) if code else None, row.get("subject") or ""
                )
            )

    def _on_page(self) -> None:
        if self._unannounced and self.table.current_id() is not None:
            self._on_current(None)

    def _show_menu(self, row_id: object, at: QPoint) -> None:
        if isinstance(row_id, int):
            self.table.select_id(row_id)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu)
        menu.popup(at)

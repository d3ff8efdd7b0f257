"""Objections to a plan and its payment orders, as two small lists. UI thread."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop.funds.distributions import DECISIONS, Objection, PlanOrder
from desktop.panels.distribution.rules import PURPOSE_WORDS
from desktop.rules.money import grouped
from widgets.theme import current_theme

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class _Listing(QTableWidget):
    """Rows to read; `opened(str)` with the id of a row on Enter or double click."""

    opened = Signal(str)

    def __init__(self, columns: int, stretch: int, parent: QWidget) -> None:
        super().__init__(0, columns, parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setWordWrap(True)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        self.itemActivated.connect(self._on_activated)

    def current(self) -> str:
        """The id of the current row, or empty."""
        item = self.item(self.currentRow(), 0)
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    def put(self, rows: Sequence[tuple[str, Sequence[str]]], right: frozenset[int]) -> None:
        """Rows as id and words; `right`: columns whose words stand at the right."""
        kept = self.current()
        self.setRowCount(len(rows))
        for n, (row_id, words) in enumerate(rows):
            for column, text in enumerate(words):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if column in right:
                    item.setTextAlignment(_RIGHT)
                if column == 0:
                    item.setData(Qt.ItemDataRole.UserRole, row_id)
                self.setItem(n, column, item)
            self.setRowHeight(n, current_theme().px(30))
        for n, (row_id, _words) in enumerate(rows):
            if row_id == kept:
                self.selectRow(n)

    def _on_activated(self, item: QTableWidgetItem) -> None:
        self.selectRow(item.row())
        self.opened.emit(self.current())


class ObjectionTable(_Listing):
    """Who objects to what, and what became of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(5, 4, parent)
        self.setHorizontalHeaderLabels(
            [
                self.tr("Objector"),
                self.tr("Against"),
                self.tr("Raised"),
                self.tr("Decision"),
                self.tr("Words"),
            ]
        )
        self.setObjectName("objections")

    def show_objections(self, found: Sequence[Objection]) -> None:
        """The earliest first."""
        rows = []
        for one in found:
            decided = f"{DECISIONS.get(one.decision, one.decision)}（{one.decided_on}）"
            rows.append(
                (
                    one.id,
                    (
                        one.by_name,
                        one.claim_id or self.tr("The whole plan"),
                        one.raised_on,
                        decided if one.decided_on else self.tr("Open"),
                        one.body if not one.reason else f"{one.body}　{one.reason}",
                    ),
                )
            )
        self.put(rows, frozenset())


class OrderTable(_Listing):
    """Orders made of the plan."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(5, 0, parent)
        self.setHorizontalHeaderLabels(
            [
                self.tr("Payee"),
                self.tr("Amount (yuan)"),
                self.tr("For"),
                self.tr("State"),
                self.tr("Number"),
            ]
        )
        self.setObjectName("plan_order_list")

    def show_orders(self, found: Sequence[PlanOrder], words: Mapping[str, str]) -> None:
        """In the order of their numbers."""
        self.put(
            [
                (
                    one.id,
                    (
                        one.payee,
                        grouped(one.amount_fen),
                        PURPOSE_WORDS.get(one.purpose, one.purpose),
                        words.get(one.state, one.state),
                        one.number or "—",
                    ),
                )
                for one in found
            ],
            frozenset((1,)),
        )

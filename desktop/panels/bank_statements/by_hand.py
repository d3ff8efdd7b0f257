"""Giving a line to a case that a person looks for: search, choose, amount, reason. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.panels.bank_statements.queries import Hit, LinePage, find_cases
from desktop.rules.money import grouped
from widgets.card import Card
from widgets.forms import MoneyField
from widgets.parts import named_button
from widgets.theme import current_theme

_DELAY_MS: Final = 150
_CASE: Final = Qt.ItemDataRole.UserRole


class ByHand(Card):
    """`assigned(case id, fen, why)`."""

    assigned = Signal(str, int, str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("by_hand")
        self.set_title(self.tr("Claim by hand"))
        self._context = context
        self._line = ""
        self._others: Sequence[Hit] = ()
        self.search = QLineEdit(self)
        self.search.setObjectName("case_search")
        self.search.setPlaceholderText(self.tr("Case number or party"))
        self.search.setClearButtonEnabled(True)
        self.hits = QListWidget(self)
        self.hits.setObjectName("case_hits")
        self.hits.setFixedHeight(current_theme().px(132))
        self.amount = MoneyField(self)
        self.amount.setObjectName("claim_amount")
        self.amount.setMinimumWidth(current_theme().px(90))
        self.amount.setToolTip(self.tr("Amount (yuan)"))
        self.why = QLineEdit(self)
        self.why.setObjectName("claim_why")
        self.why.setPlaceholderText(self.tr("How you know"))
        self.button = named_button(self, "assign", self.tr("Claim"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.amount, 1)
        row.addWidget(self.button)
        inner = QVBoxLayout()
        inner.setSpacing(8)
        for piece in (self.search, self.hits, self.why):
            inner.addWidget(piece)
        inner.addLayout(row)
        self.body.addLayout(inner)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_DELAY_MS)
        self._soon.timeout.connect(self._ask)
        self.search.textChanged.connect(lambda _text: self._soon.start())
        self.hits.currentItemChanged.connect(lambda _now, _before: self._allow())
        self.amount.textChanged.connect(lambda _text: self._allow())
        self.why.textChanged.connect(lambda _text: self._allow())
        self.button.clicked.connect(lambda _checked=False: self.assign())
        self._allow()

    def show_line(self, page: LinePage) -> None:
        """Begins with the cases that come nearest, and with what is left of the line."""
        if page.id != self._line:
            self.clear()
            self._line = page.id
        self._others = page.others
        if not self.search.text().strip():
            self._fill(self._others)
        self.amount.set_value(page.left_fen)
        self._allow()

    def clear(self) -> None:
        """Forgets what was typed."""
        self._line = ""
        for piece in (self.search, self.why):
            piece.clear()
        self._fill(())

    def assign(self) -> None:
        """Asks for the claim that is filled in."""
        case_id, fen = self._chosen(), self.amount.value()
        if case_id and fen and self.why.text().strip():
            self.assigned.emit(case_id, fen, self.why.text().strip())

    def _chosen(self) -> str:
        item = self.hits.currentItem()
        return "" if item is None else str(item.data(_CASE))

    def _allow(self) -> None:
        ready = bool(self._chosen() and self.amount.value() and self.why.text().strip())
        self.button.setEnabled(ready)

    def _ask(self) -> None:
        text = self.search.text().strip()
        if not text:
            self._fill(self._others)
            return
        self._context.read(self, "cases", find_cases, text, self._fill)

    def _fill(self, hits: Sequence[Hit]) -> None:
        self.hits.clear()
        for hit in hits:
            left = self.tr("{yuan} yuan open").format(yuan=grouped(hit.open_fen))
            item = QListWidgetItem(f"{hit.number}　{hit.debtors}　{left}")
            item.setData(_CASE, hit.case_id)
            self.hits.addItem(item)
        if len(hits) == 1:
            self.hits.setCurrentRow(0)
        self._allow()

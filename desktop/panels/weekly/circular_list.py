"""The list of circulars: week, state, number, receipts. UI thread."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.documents.states import STATE_STYLES, STATE_WORDS
from desktop.panels.weekly.columns import circular_columns
from desktop.panels.weekly.queries import CircularFilter, circular_ids, circular_rows
from desktop.panels.weekly.rules import KINDS
from widgets.forms import FilterBox, Option
from widgets.theme import current_theme

TABLES = ("document", "document_recipient", "objection")


class CircularList(ListPanel[CircularFilter]):
    """`open_asked(document id)`, `new_asked()`, `verify_asked()`."""

    open_asked = Signal(str)
    new_asked = Signal()
    verify_asked = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=circular_columns(),
            queries=ListQueries(circular_ids, circular_rows, TABLES),
            filter_=CircularFilter(),
        )
        self.setObjectName("circular_list")
        self.kinds = FilterBox(self.tr("Kind"), all_text=self.tr("All kinds"), parent=self)
        self.kinds.setObjectName("circular_kinds")
        self.kinds.set_options([Option(key, word) for key, word in KINDS.items()])
        self.states = FilterBox(self.tr("State"), all_text=self.tr("All states"), parent=self)
        self.states.setObjectName("circular_states")
        self.states.set_options(
            [Option(key, word, state=STATE_STYLES[key]) for key, word in STATE_WORDS.items()]
        )
        self.search = QLineEdit(self)
        self.search.setObjectName("circular_search")
        self.search.setPlaceholderText(self.tr("Number or title"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(current_theme().px(180))
        for box in (self.kinds, self.states, self.search):
            self.add_filter(box)
        self.add_button(self.tr("Verify a file"), self.verify_asked.emit)
        self.add_button(self.tr("New circular"), self.new_asked.emit, primary=True)
        self.table.set_empty_text(
            self.tr("No circular yet"), self.tr("Freeze the figures of last week to begin one.")
        )
        self.kinds.changed.connect(self._on_filter)
        self.states.changed.connect(self._on_filter)
        self.search.textChanged.connect(lambda _text: self._on_filter())

    def fill_menu(self, menu: QMenu) -> None:
        """A circular is opened or copied."""
        menu.addAction(self.tr("Open"), self.open_case)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    def open_case(self) -> None:
        """Opens the circular of the current row."""
        row = self.current_row()
        if row is not None:
            self.open_asked.emit(str(row["id"]))

    def count_text(self, count: int) -> str:
        """The words at the right of the filters."""
        return self.tr("{count} circulars").format(count=f"{count:,}")

    def _on_filter(self) -> None:
        self.set_filter(
            replace(
                self.filter,
                kinds=tuple(str(key) for key in self.kinds.selected()),
                states=tuple(str(key) for key in self.states.selected()),
                text=self.search.text().strip(),
            )
        )

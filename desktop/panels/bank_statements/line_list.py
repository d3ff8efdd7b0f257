"""The list of the bank's lines. UI thread."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.panels.bank_statements import commands, queries
from desktop.panels.bank_statements.columns import columns
from desktop.panels.bank_statements.rules import STATE_STYLES, STATE_WORDS, TO_DO, LineFilter
from widgets.forms import FilterBox, Option
from widgets.parts import named_button

_SEARCH_DELAY_MS: Final = 200


class LineList(ListPanel[LineFilter]):
    """`chosen(line id)` when another line is current; empty for none."""

    chosen = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(
                queries.snapshot,
                lambda connection, ids, day: queries.rows(connection, ids, day, context.law),
                queries.TABLES,
            ),
            filter_=LineFilter(),
        )
        self.setObjectName("bank_lines")
        self._told = ""
        self.states = FilterBox(self.tr("State"), all_text=self.tr("All states"), parent=self)
        self.states.setObjectName("line_states")
        self.states.set_options(
            [
                Option(state.value, words, state=STATE_STYLES[state])
                for state, words in STATE_WORDS.items()
            ]
        )
        self.to_do = named_button(self, "lines_to_do", self.tr("To be claimed"))
        self.to_do.setCheckable(True)
        self.search = QLineEdit(self)
        self.search.setObjectName("line_search")
        self.search.setPlaceholderText(self.tr("Name, remark, amount or number"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(190)
        self.restriction = named_button(self, "line_restriction", self.tr("One case only ✕"))
        self.restriction.setProperty("kind", "quiet")
        self.restriction.hide()
        for part in (self.states, self.to_do, self.search, self.restriction):
            self.add_filter(part)
        self.table.set_empty_text(
            self.tr("No line of the bank here"),
            self.tr("Import a statement, or choose other states."),
        )
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SEARCH_DELAY_MS)
        self._soon.timeout.connect(self._on_boxes)
        self.search.textChanged.connect(lambda _text: self._soon.start())
        self.states.changed.connect(self._on_boxes)
        self.to_do.toggled.connect(self._on_to_do)
        self.restriction.clicked.connect(lambda _checked=False: self.show_filter(LineFilter()))
        self.table.current_id_changed.connect(lambda _id: self._choose())
        self.model.page_arrived.connect(self._choose)
        self.model.snapshot_applied.connect(self._get_ready)

    def show_filter(self, wanted: LineFilter) -> None:
        """Shows exactly that list, with the boxes saying so."""
        boxes = (self.states, self.search, self.to_do)
        was = [box.blockSignals(True) for box in boxes]
        self.states.set_selected(wanted.states)
        self.search.setText(wanted.text)
        self.to_do.setChecked(set(wanted.states) == set(TO_DO))
        for box, blocked in zip(boxes, was, strict=True):
            box.blockSignals(blocked)
        self.restriction.setVisible(bool(wanted.case_id))
        self.set_filter(wanted)

    def count_text(self, count: int) -> str:
        return self.tr("{count} lines").format(count=f"{count:,}")

    def fill_menu(self, menu: QMenu) -> None:
        """Adds the actions of a row."""
        menu.addAction(self.tr("Book all that is sure by now"), self.book_sure)
        menu.addSeparator()
        menu.addAction(self.tr("Open case"), self.open_case)
        menu.addAction(self.tr("Account of the case"), self._open_account)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    def book_sure(self) -> None:
        """Books waiting lines whose account was opened since, or that nobody was there to book."""
        by = self.context.who.person_id
        if by is None:
            self.context.notify(self.tr("Nobody sits at this desk; choose a person first."))
            return
        self.context.write(self, "入账可确定的流水", commands.book_all_sure, by, self._on_sure)

    def _on_sure(self, done: tuple[int, str]) -> None:
        count, refused = done
        self.context.notify(self.tr("{count} lines booked").format(count=count), level="done")
        if refused:
            self.context.notify(refused, level="warning")

    def next_line(self) -> None:
        """Goes to the line below, so that one key after another works through a list."""
        current = self.table.current_id()
        row = None if current is None else self.model.row_of(current)
        if row is not None:
            following = self.model.id_at(row + 1)
            if following is not None:
                self.table.select_id(following)

    def _open_account(self) -> None:
        row = self.current_row()
        if row is not None and row.get("case_id"):
            self.context.open("fund_board", {"case_id": str(row["case_id"])})

    def _get_ready(self, count: int) -> None:
        """The first page does not wait until all cases are read; its proposals come after it."""
        if count:
            self.context.read(self, "ready", queries.get_ready, None, self._on_ready)

    def _on_ready(self, read: bool) -> None:
        if read:
            self.live.ask()

    def _on_to_do(self, on: bool) -> None:
        states = tuple(state.value for state in TO_DO) if on else ()
        self.show_filter(replace(self.filter, states=states))

    def _on_boxes(self) -> None:
        states = tuple(str(key) for key in self.states.selected())
        self.show_filter(replace(self.filter, states=states, text=self.search.text().strip()))

    def _choose(self) -> None:
        """Once for each other row: a list that is read anew leaves the line on show alone."""
        row: Mapping[str, object] | None = self.current_row()
        line_id = str(row["id"]) if row is not None else ""
        if line_id != self._told:
            self._told = line_id
            self.chosen.emit(line_id)

"""The queue: every order and intent, what presses most first. UI thread."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.sheets import Exported
from desktop.panels.disbursement import queries
from desktop.panels.disbursement.columns import columns, sheet_columns
from desktop.panels.disbursement.export import ExportArgs, export_list
from desktop.panels.disbursement.queries import TABLES, DisbursementFilter
from desktop.panels.disbursement.rules import (
    COURSE_STYLES,
    COURSE_WORDS,
    PURPOSE_WORDS,
    Course,
    batch_fault,
)
from widgets.forms import FilterBox, Option
from widgets.theme import current_theme

_SEARCH_DELAY_MS: Final = 200


class OrderList(ListPanel[DisbursementFilter]):
    """`opened(order id)`, `new_asked()`, `sending_asked(rows)`, `bank_asked()`, `inquiry_asked()`,
    `idle_asked()`, `caseless_asked()`, `less_asked(row)`: an intent that was not taken is to be
    made again over what is there."""

    opened = Signal(str)
    new_asked = Signal()
    sending_asked = Signal(object)
    bank_asked = Signal()
    less_asked = Signal(object)
    inquiry_asked = Signal()
    idle_asked = Signal()
    caseless_asked = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        person_id = context.who.person_id
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(
                lambda connection, args: queries.snapshot(connection, args, context.law),
                lambda connection, ids, day: queries.rows(
                    connection, ids, day, context.law, person_id
                ),
                TABLES,
            ),
            filter_=DisbursementFilter(person_id=person_id),
        )
        self.setObjectName("order_list")
        self._make_filters()
        self._make_buttons()
        self.table.set_empty_text(
            self.tr("No disbursement is asked for"),
            self.tr("Choose a case in any list and press F9."),
        )
        self.table.row_activated.connect(lambda _id: self.open_current())
        self.table.selection_ids_changed.connect(self._on_selection)
        self.table.current_id_changed.connect(lambda _id: self._on_selection())
        self.model.page_arrived.connect(self._on_selection)
        self._show_filter(self.filter)

    def _make_filters(self) -> None:
        self.waiting_button = QPushButton(self.tr("Waiting for me"), self)
        self.waiting_button.setObjectName("waiting_for_me")
        self.mine_button = QPushButton(self.tr("Mine"), self)
        self.mine_button.setObjectName("mine")
        self.mine_button.setToolTip(self.tr("What I asked for or approved"))
        self.open_button = QPushButton(self.tr("Open ones"), self)
        self.open_button.setObjectName("open_only")
        self.open_button.setToolTip(self.tr("What still waits for somebody"))
        self._toggles = (self.waiting_button, self.mine_button, self.open_button)
        for button in self._toggles:
            button.setCheckable(True)
            self.add_filter(button)
        self.course_box = FilterBox(self.tr("State"), all_text=self.tr("All states"), parent=self)
        self.course_box.setObjectName("courses")
        self.course_box.set_options(
            [
                Option(key.value, word, state=COURSE_STYLES[key])
                for key, word in COURSE_WORDS.items()
            ]
        )
        self.purpose_box = FilterBox(
            self.tr("Purpose"), all_text=self.tr("All purposes"), parent=self
        )
        self.purpose_box.setObjectName("purposes")
        self.purpose_box.set_options([Option(key, word) for key, word in PURPOSE_WORDS.items()])
        self.search = QLineEdit(self)
        self.search.setObjectName("order_search")
        self.search.setPlaceholderText(self.tr("Number, case number or payee"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(current_theme().px(180))
        for part in (self.course_box, self.purpose_box, self.search):
            self.add_filter(part)
        self.what = QPushButton(self)
        self.what.setObjectName("order_restriction")
        self.what.setProperty("kind", "quiet")
        self.what.hide()
        self.what.clicked.connect(lambda _checked=False: self.show_filter(self._usual()))
        self.add_filter(self.what)
        self._search_soon = QTimer(self)
        self._search_soon.setSingleShot(True)
        self._search_soon.setInterval(_SEARCH_DELAY_MS)
        self._search_soon.timeout.connect(self._on_boxes)
        self.search.textChanged.connect(lambda _text: self._search_soon.start())
        for box in (self.course_box, self.purpose_box):
            box.changed.connect(self._on_boxes)
        for button in self._toggles:
            button.toggled.connect(lambda _on: self._on_boxes())

    def _make_buttons(self) -> None:
        self.more = QPushButton(self.tr("More"), self)
        self.more.setObjectName("more")
        menu = QMenu(self.more)
        menu.addAction(self.tr("Whole list as XLSX"), self.export)
        menu.addAction(self.tr("Order without a case…"), self.caseless_asked.emit)
        menu.addAction(self.tr("Batches and status files"), self.bank_asked.emit)
        menu.addAction(self.tr("Ask the bank about all without a result"), self.inquiry_asked.emit)
        menu.addAction(self.tr("Take back what nobody moved…"), self.idle_asked.emit)
        menu.addSeparator()
        menu.addAction(
            self.tr("Who approves how much"), partial(self.context.open, "approval_tiers")
        )
        self.more.setMenu(menu)
        self.filter_row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        self.send_button = QPushButton(self.tr("Send to the bank"), self)
        self.send_button.setObjectName("send_batch")
        self.send_button.clicked.connect(lambda _checked=False: self._ask_sending())
        self.send_button.hide()
        self.less_button = QPushButton(self)
        self.less_button.setObjectName("ask_for_less")
        self.less_button.setProperty("kind", "primary")
        self.less_button.clicked.connect(lambda _checked=False: self._ask_less())
        self.less_button.hide()
        for button in (self.send_button, self.less_button):
            self.filter_row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.add_button(self.tr("New order (F9)"), self.new_asked.emit, primary=True)

    # What the view calls

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows exactly the list of `params` (DisbursementFilter.to_params)."""
        wanted = DisbursementFilter.from_params(params)
        self.show_filter(replace(wanted, person_id=self.context.who.person_id))

    def show_filter(self, wanted: DisbursementFilter) -> None:
        """Shows exactly that list."""
        self._show_filter(wanted)
        self.set_filter(wanted)

    def count_text(self, count: int) -> str:
        return self.tr("{count} requests").format(count=f"{count:,}")

    def open_current(self) -> None:
        """Opens the order of the current row; an intent has its case."""
        row = self.current_row()
        if row is None:
            return
        if row["is_order"]:
            self.opened.emit(str(row["id"]))
        elif row.get("case_id"):
            self.context.open("fund_board", {"case_id": str(row["case_id"])})

    def open_case(self) -> None:
        """A double click opens the order; the case has its own entry in the menu."""

    def fill_menu(self, menu: QMenu) -> None:
        row = self.current_row()
        if row is not None and row["is_order"]:
            menu.addAction(self.tr("Open order"), self.open_current)
        if row is not None and row.get("possible_fen"):
            menu.addAction(self.less_button.text(), self._ask_less)
        if row is not None and row.get("case_id"):
            account = partial(self.context.open, "fund_board", {"case_id": str(row["case_id"])})
            menu.addAction(self.tr("Account of the case"), account)
            menu.addAction(self.tr("Open case"), super().open_case)
            menu.addAction(self.tr("Supervise…"), self.supervise)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    def chosen(self) -> list[Mapping[str, Any]]:
        """The selected rows that are loaded."""
        found = []
        for n in self.table.selected_ids():
            place = self.model.row_of(n)
            row = self.model.row_values(place) if place is not None else None
            if row is not None:
                found.append(row)
        return found

    # Acts on rows

    def _on_selection(self) -> None:
        chosen = self.chosen()
        self.send_button.setVisible(any(row["sendable"] for row in chosen))
        fen = chosen[0]["possible_fen"] if len(chosen) == 1 else None
        self.less_button.setVisible(fen is not None)
        if fen is not None:
            words = self.tr("Ask for {amount} instead")
            self.less_button.setText(words.format(amount=f"¥{fen // 100:,}.{fen % 100:02d}"))

    def _ask_sending(self) -> None:
        chosen = self.chosen()
        fault = batch_fault([(Course(row["course"]), bool(row["sendable"])) for row in chosen])
        if fault:
            self.context.notify(fault, level="warning")
        else:
            self.sending_asked.emit(chosen)

    def _ask_less(self) -> None:
        chosen = self.chosen()
        if len(chosen) == 1 and chosen[0]["possible_fen"]:
            self.less_asked.emit(chosen[0])

    # Filter

    def _usual(self) -> DisbursementFilter:
        return DisbursementFilter(person_id=self.context.who.person_id)

    def _show_filter(self, wanted: DisbursementFilter) -> None:
        """Lets the boxes say what the filter is, without asking for another list."""
        parts: list[QObject] = [self.course_box, self.purpose_box, self.search]
        parts += self._toggles
        was = [part.blockSignals(True) for part in parts]
        self.course_box.set_selected(wanted.courses)
        self.purpose_box.set_selected(wanted.purposes)
        if self.search.text().strip() != wanted.text:
            self.search.setText(wanted.text)
        self.waiting_button.setChecked(wanted.waiting)
        self.mine_button.setChecked(wanted.mine)
        self.open_button.setChecked(wanted.open_only)
        for part, blocked in zip(parts, was, strict=True):
            part.blockSignals(blocked)
        self.what.setText(self.tr("One case only　×"))
        self.what.setVisible(wanted.case_id is not None)

    def _on_boxes(self) -> None:
        wanted = replace(
            self.filter,
            courses=tuple(str(key) for key in self.course_box.selected()),
            purposes=tuple(str(key) for key in self.purpose_box.selected()),
            text=self.search.text().strip(),
            open_only=self.open_button.isChecked(),
            mine=self.mine_button.isChecked(),
            waiting=self.waiting_button.isChecked(),
        )
        self.set_filter(wanted)

    # Export

    def export(self) -> None:
        """Writes the whole list, in the order shown, into the documents folder."""
        title = self.tr("Disbursement list")
        stamp = f"{self.context.now():%Y%m%d-%H%M%S}"
        args = ExportArgs(
            law=self.context.law,
            filter=self.filter,
            today=self.context.today(),
            sort=self.model.sort_key,
            descending=self.model.descending,
            columns=tuple(sheet_columns()),
            title=title,
            path=self.context.documents_folder() / f"{title}_{stamp}.xlsx",
        )
        failed = partial(self.context.notify, level="error")
        self.context.read(self, "export", export_list, args, self._on_exported, failed)

    def _on_exported(self, made: Exported) -> None:
        self.context.copied("export", f"案款发放清单（{made.rows:,} 行）")
        text = self.tr("Exported {rows} rows: {path}")
        self.context.notify(text.format(rows=f"{made.rows:,}", path=made.path), level="done")

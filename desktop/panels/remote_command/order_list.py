"""The list of orders: what presses most first, one click for the usual next report. UI thread."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QPushButton, QWidget

from desktop.command.orders.acts import Deed, do
from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.sync import SyncState
from desktop.panels.remote_command import queries
from desktop.panels.remote_command.columns import columns
from desktop.panels.remote_command.queries import DAYS, TABLES, OrderFilter
from desktop.panels.remote_command.words import STATE_STYLES
from desktop.rules.field_orders import ACT_WORDS, STATE_WORDS
from widgets.forms import FilterBox, Option
from widgets.parts import named_button
from widgets.theme import current_theme

_SEARCH_DELAY_MS: Final = 200
# Time alone changes the list: an order goes unanswered, or its hour passes.
_TICK_MS: Final = 10_000
_REACHED: Final = ("current", "sending", "receiving", "off")


def is_offline(state: SyncState) -> bool:
    """Whether what is written now waits on this device."""
    return state.phase not in _REACHED


class FieldOrderList(ListPanel[OrderFilter]):
    """`opened(order id)`, `new_asked()`, `edit_asked(order id)` of a draft."""

    opened = Signal(str)
    new_asked = Signal()
    edit_asked = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        self._moment = OrderFilter(person_id=context.who.person_id, now=context.now())
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(
                queries.snapshot,
                lambda connection, ids, day: queries.rows(connection, ids, self._moment, day),
                TABLES,
            ),
            filter_=OrderFilter(person_id=context.who.person_id),
        )
        self.setObjectName("order_list")
        self._make_filters()
        self._make_buttons()
        self.table.set_empty_text(
            self.tr("No orders here"), self.tr("Press F12 to give one, or right-click a team.")
        )
        self.table.row_activated.connect(lambda _id: self.open_current())
        self.table.current_id_changed.connect(lambda _id: self._on_row())
        self.model.page_arrived.connect(self._on_row)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._tick.start()
        self._offline = is_offline(context.sync.state())
        context.sync.changed.connect(self._on_sync)

    def _make_filters(self) -> None:
        self.waiting_button = named_button(self, "waiting_for_me", self.tr("Waiting for me"))
        self.mine_button = named_button(self, "mine", self.tr("Given by me"))
        for button in (self.waiting_button, self.mine_button):
            button.setCheckable(True)
            button.toggled.connect(lambda _on: self._on_boxes())
            self.add_filter(button)
        self.state_box = FilterBox(self.tr("State"), all_text=self.tr("All states"), parent=self)
        self.state_box.setObjectName("states")
        self.state_box.set_options(
            [Option(key.value, word, state=STATE_STYLES[key]) for key, word in STATE_WORDS.items()]
        )
        self.state_box.changed.connect(self._on_boxes)
        self.days_box = QComboBox(self)
        self.days_box.setObjectName("days")
        words = (
            *(self.tr("Open and today's"), self.tr("Open and three days")),
            *(self.tr("Open and a month"), self.tr("Open and a year")),
        )
        for days, word in zip(DAYS, words, strict=True):
            self.days_box.addItem(word, days)
        self.days_box.setCurrentIndex(DAYS.index(self.filter.days))
        self.days_box.currentIndexChanged.connect(lambda _at: self._on_boxes())
        self.search = QLineEdit(self)
        self.search.setObjectName("order_search")
        self.search.setPlaceholderText(self.tr("Order, place or case number"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(current_theme().px(180))
        self.what = named_button(self, "order_restriction", "")
        self.what.setProperty("kind", "quiet")
        self.what.hide()
        self.what.clicked.connect(lambda _checked=False: self.show_filter(self._usual()))
        for part in (self.state_box, self.days_box, self.search, self.what):
            self.add_filter(part)
        self._search_soon = QTimer(self)
        self._search_soon.setSingleShot(True)
        self._search_soon.setInterval(_SEARCH_DELAY_MS)
        self._search_soon.timeout.connect(self._on_boxes)
        self.search.textChanged.connect(lambda _text: self._search_soon.start())

    def _make_buttons(self) -> None:
        self.next_button = named_button(self, "next_report", "")
        self.next_button.setProperty("kind", "primary")
        self.next_button.clicked.connect(lambda _checked=False: self._do_next())
        self.next_button.hide()
        self.filter_row.addWidget(self.next_button, 0, Qt.AlignmentFlag.AlignTop)
        self.new_button = QPushButton(self.tr("New order (F12)"), self)
        self.new_button.setObjectName("new_order")
        self.new_button.clicked.connect(lambda _checked=False: self.new_asked.emit())
        self.filter_row.addWidget(self.new_button, 0, Qt.AlignmentFlag.AlignTop)

    # What the view calls

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows exactly the list of `params`."""
        wanted = OrderFilter.from_params(params)
        self.show_filter(replace(wanted, person_id=self.context.who.person_id))

    def show_filter(self, wanted: OrderFilter) -> None:
        """Shows exactly that list."""
        parts: list[QObject] = [self.waiting_button, self.mine_button, self.state_box]
        parts += [self.days_box, self.search]
        was = [part.blockSignals(True) for part in parts]
        self.waiting_button.setChecked(wanted.waiting)
        self.mine_button.setChecked(wanted.mine)
        self.state_box.set_selected(wanted.states)
        self.days_box.setCurrentIndex(DAYS.index(wanted.days))
        if self.search.text().strip() != wanted.text:
            self.search.setText(wanted.text)
        for part, blocked in zip(parts, was, strict=True):
            part.blockSignals(blocked)
        self._show_what(wanted)
        self.set_filter(wanted)

    def count_text(self, count: int) -> str:
        return self.tr("{count} orders").format(count=f"{count:,}")

    def open_current(self) -> None:
        """Opens the order of the current row; a draft of one's own in the form."""
        row = self.current_row()
        if row is None:
            return
        (self.edit_asked if row["is_draft"] else self.opened).emit(str(row["id"]))

    def open_case(self) -> None:
        """A double click opens the order; the case has its own entry in the menu."""

    def fill_menu(self, menu: QMenu) -> None:
        row = self.current_row()
        if row is not None:
            menu.addAction(self.tr("Open order"), self.open_current)
            if row["next"]:
                menu.addAction(ACT_WORDS[str(row["next"])], self._do_next)
            if row.get("case_id"):
                menu.addAction(self.tr("Open case"), super().open_case)
        menu.addAction(self.tr("New order (F12)"), self.new_asked.emit)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    # Inside

    def _read(self) -> None:
        wanted = queries.at_moment(self.filter, self.context.now(), offline=self._offline)
        self._moment = wanted
        self._pages.filter = replace(self._pages.filter, filter=wanted)
        super()._read()

    def _on_tick(self) -> None:
        if self.isVisible():
            self.live.ask()

    def _on_sync(self, state: SyncState) -> None:
        if is_offline(state) != self._offline:
            self._offline = not self._offline
            self.live.ask()

    def _on_row(self) -> None:
        row: Mapping[str, Any] = self.current_row() or {}
        self.next_button.setVisible(bool(row.get("next")))
        if row.get("next"):
            self.next_button.setText(ACT_WORDS[str(row["next"])])

    def _do_next(self) -> None:
        """One click: the usual next report on the current order."""
        row = self.current_row()
        if row is None or not row["next"]:
            return
        act = str(row["next"])
        deed = Deed(str(row["id"]), act, self.context.who.person_id, self.context.now())
        done = partial(self._on_done, ACT_WORDS[act], str(row["title"]))
        self.context.write(self, f"指令{ACT_WORDS[act]}", do, deed, done)

    def _on_done(self, word: str, title: str, _before: object) -> None:
        self.context.notify(f"{title}：{word}", level="done")

    def _usual(self) -> OrderFilter:
        return OrderFilter(person_id=self.context.who.person_id)

    def _show_what(self, wanted: OrderFilter) -> None:
        words = {
            "case_id": self.tr("One case only　×"),
            "operation_id": self.tr("One operation only　×"),
            "team_id": self.tr("One team only　×"),
        }
        text = next((word for key, word in words.items() if getattr(wanted, key)), "")
        self.what.setText(text)
        self.what.setVisible(bool(text))

    def _on_boxes(self) -> None:
        wanted = replace(
            self.filter,
            states=tuple(str(key) for key in self.state_box.selected()),
            waiting=self.waiting_button.isChecked(),
            mine=self.mine_button.isChecked(),
            days=int(self.days_box.currentData()),
            text=self.search.text().strip(),
        )
        self.set_filter(wanted)

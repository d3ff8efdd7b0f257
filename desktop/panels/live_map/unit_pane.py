"""The units beside the map: a list whose ages go on, and what is known of the chosen one.
UI thread.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from desktop.command.positions.live import UnitNow
from desktop.contract.short_list import Listing
from desktop.panels.live_map.columns import unit_columns
from desktop.panels.live_map.showing import Told, about, accuracy_text, age_text, duty_text
from widgets.parts import named_button, words_label
from widgets.table import Cell
from widgets.theme import current_theme

_CARD_PX: Final = 200
_FAR: Final = 10**9  # of who was never heard: behind all others


class UnitPane(QWidget):
    """`chosen`: another unit is current; `day_asked`, `order_asked`, `duty_asked`: its buttons."""

    chosen = Signal(str)
    opened = Signal(str)
    day_asked = Signal(str)
    order_asked = Signal(str)
    duty_asked = Signal(str)
    menu_asked = Signal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._listing: Listing[UnitNow] = Listing(unit_columns(), self)
        self.table = self._listing.table
        self.table.setObjectName("map_units")
        self.table.set_empty_text(
            self.tr("No unit here"),
            self.tr("Register people and vehicles with their devices: “Units” above the map."),
        )
        self._units: dict[str, UnitNow] = {}
        self._told: Mapping[str, Told] = {}
        self._card = UnitCard(self)
        self._card.day.clicked.connect(lambda: self._ask(self.day_asked))
        self._card.order.clicked.connect(lambda: self._ask(self.order_asked))
        self._card.duty.clicked.connect(lambda: self._ask(self.duty_asked))
        self.table.current_id_changed.connect(lambda _id: self._on_current())
        self.table.row_activated.connect(lambda _id: self._ask(self.opened))
        self.table.context_menu_requested.connect(self._on_menu)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.addWidget(self.table)
        split.addWidget(self._card)
        split.setStretchFactor(0, 1)
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        self._card.tell(None, None, duty_word="")

    @property
    def card(self) -> "UnitCard":
        """What is known of the chosen unit."""
        return self._card

    @property
    def model(self) -> object:
        """The list's model."""
        return self._listing.model

    def show_units(self, units: Sequence[UnitNow], told: Mapping[str, Told]) -> None:
        """Lists the units; the current one stays."""
        self._units = {one.unit.id: one for one in units}
        self._told = told
        self._listing.show([(one.unit.id, one, _row(one, told[one.unit.id])) for one in units])
        self._tell()

    def set_low(self, low: bool) -> None:
        """Leaves the whole room to the list where there is little; its menu has all acts."""
        self._card.setVisible(not low)

    def choose(self, unit_id: str) -> None:
        """Makes a unit the current one."""
        self._listing.choose(unit_id)

    def current(self) -> str:
        """The id of the current unit; empty for none."""
        found = self._listing.current()
        return "" if found is None else found.unit.id

    def _on_current(self) -> None:
        self._tell()
        self.chosen.emit(self.current())

    def _ask(self, signal: object) -> None:
        if self.current():
            signal.emit(self.current())  # type: ignore[attr-defined]

    def _on_menu(self, row_id: object, at: QPoint) -> None:
        if isinstance(row_id, int):
            self.table.select_id(row_id)
        if self.current():
            self.menu_asked.emit(self.current(), at)

    def _tell(self) -> None:
        one = self._units.get(self.current())
        word = ""
        if one is not None:
            word = self.tr("Go on duty") if one.duty is None else self.tr("Go off duty")
        self._card.tell(one, None if one is None else self._told[one.unit.id], duty_word=word)


class UnitCard(QFrame):
    """Name, words and the three things that one does with a unit."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = QLabel(self)
        self.name.setProperty("role", "title")
        self.words = words_label(self, "muted")
        self.words.setObjectName("unit_words")
        self.day = named_button(self, "unit_day", self.tr("Trips of today"))
        self.order = named_button(self, "unit_order", self.tr("Give an order"))
        self.order.setProperty("kind", "primary")
        self.duty = named_button(self, "unit_duty", "")
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.order, self.day, self.duty):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 8, 4, 4)
        self.setMinimumHeight(current_theme().px(_CARD_PX))
        column.setSpacing(6)
        column.addWidget(self.name)
        column.addWidget(self.words)
        column.addStretch(1)
        column.addLayout(row)

    def tell(self, one: UnitNow | None, told: Told | None, *, duty_word: str) -> None:
        """Tells of a unit; None: that one can choose one."""
        for button in (self.day, self.order, self.duty):
            button.setVisible(one is not None)
        if one is None or told is None:
            self.name.setText("")
            self.words.setText(self.tr("Choose a unit in the list or on the map."))
            return
        self.name.setText(one.unit.name)
        self.words.setText("\n".join(about(one, told)))
        self.duty.setText(duty_word)


def _row(one: UnitNow, told: Told) -> dict[str, object]:
    age = told.age_s
    near = None if told.point is None else told.point.accuracy
    return {
        "name": one.unit.name,
        "state": (told.style, told.word),
        "age": Cell(_FAR if age is None else age, text=age_text(told) or "—"),
        "accuracy": Cell(near, text=accuracy_text(told.point) or "—"),
        "duty": duty_text(one),
        "team": one.unit.team,
        "plate": one.unit.plate,
    }

"""装备台账: every thing, who has it, what is due, what is broken. UI thread.

One letter does what is done most with the chosen rows: L lend, B give back, H hand over,
C calibrate, F fault; Enter opens the page.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.sheets import Exported
from desktop.panels.equipment import queries
from desktop.panels.equipment.columns import columns, sheet_columns
from desktop.panels.equipment.export import ExportArgs, export_list
from desktop.panels.equipment.queries import TABLES, Choice, EquipmentFilter, Offered
from desktop.panels.equipment.rules import FLAG_STYLES
from desktop.rules.equipment import FLAG_WORDS
from widgets.forms import FilterBox, Option
from widgets.parts import named_button
from widgets.theme import current_theme

_SEARCH_DELAY_MS: Final = 200
_MINUTE_MS: Final = 60_000
# What the letters ask for, in the order of the menu.
KEYS: Final = {"lend": "L", "give_back": "B", "hand_over": "H", "calibrate": "C", "fault": "F"}


class RegisterList(ListPanel[EquipmentFilter]):
    """`opened(id)`, `asked(act, ids)`, `new_asked()`, `slip_asked(ids)`, `import_asked()`."""

    opened = Signal(str)
    asked = Signal(str, list)
    new_asked = Signal()
    slip_asked = Signal(list)
    import_asked = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(
                lambda connection, args: queries.snapshot(connection, args, context.now),
                lambda connection, ids, day: queries.rows(connection, ids, day, context.now),
                TABLES,
            ),
            filter_=EquipmentFilter(),
        )
        self.setObjectName("equipment_list")
        self._words = {
            "lend": self.tr("Lend…"),
            "give_back": self.tr("Give back…"),
            "hand_over": self.tr("Hand over…"),
            "calibrate": self.tr("Calibrated…"),
            "fault": self.tr("Report a fault…"),
        }
        self._make_filters()
        self._make_buttons()
        self._make_keys()
        self.table.set_empty_text(
            self.tr("No equipment here"),
            self.tr("Enter a thing with “New equipment”, or change the filter."),
        )
        self.table.row_activated.connect(lambda _id: self.open_current())
        # A loan becomes late without any row changing.
        self._clock = QTimer(self)
        self._clock.setInterval(_MINUTE_MS)
        self._clock.timeout.connect(self._on_minute)
        self._clock.start()
        self._show_filter(self.filter)

    # Parts

    def _make_filters(self) -> None:
        names = {
            "flags": (self.tr("State"), self.tr("All in use")),
            "kinds": (self.tr("Kind"), self.tr("All kinds")),
            "teams": (self.tr("Team"), self.tr("All teams")),
            "holders": (self.tr("With"), self.tr("Anybody")),
        }
        self._boxes = {
            key: FilterBox(name, all_text=every, parent=self)
            for key, (name, every) in names.items()
        }
        self._boxes["flags"].set_options(
            [Option(flag.value, FLAG_WORDS[flag], state=FLAG_STYLES[flag]) for flag in FLAG_STYLES]
        )
        for key, box in self._boxes.items():
            box.setObjectName(f"equipment_{key}")
            self.add_filter(box)
            box.changed.connect(self._on_boxes)
        self.search = QLineEdit(self)
        self.search.setObjectName("equipment_search")
        self.search.setPlaceholderText(self.tr("Number, name or person"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(current_theme().px(180))
        self.add_filter(self.search)
        self._search_soon = QTimer(self)
        self._search_soon.setSingleShot(True)
        self._search_soon.setInterval(_SEARCH_DELAY_MS)
        self._search_soon.timeout.connect(self._on_boxes)
        self.search.textChanged.connect(lambda _text: self._search_soon.start())

    def _make_buttons(self) -> None:
        self.more = named_button(self, "equipment_more", self.tr("More"))
        menu = QMenu(self.more)
        menu.addAction(self.tr("Import a register…"), self.import_asked.emit)
        menu.addAction(self.tr("Whole list as XLSX"), self.export)
        self.more.setMenu(menu)
        self.filter_row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        self.add_button(self.tr("New equipment"), self.new_asked.emit)
        self.back_button = self._act_button("give_back")
        self.lend_button = self._act_button("lend", primary=True)

    def _act_button(self, act: str, *, primary: bool = False) -> QPushButton:
        button = named_button(self, f"do_{act}", f"{self._words[act]} {KEYS[act]}")
        if primary:
            button.setProperty("kind", "primary")
        button.clicked.connect(lambda _checked=False: self._ask(act))
        self.filter_row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return button

    def _make_keys(self) -> None:
        for act, letter in KEYS.items():
            key = QShortcut(QKeySequence(letter), self.table)
            key.setContext(Qt.ShortcutContext.WidgetShortcut)
            key.activated.connect(partial(self._ask, act))

    def _ask(self, act: str) -> None:
        """With the chosen rows; without any, says what to do."""
        chosen = self._chosen(lambda ids: self.asked.emit(act, ids))
        if not chosen:
            self.context.notify(self.tr("Choose a row first."))

    def _chosen(self, done: Callable[[list[str]], None]) -> bool:
        numbers = self.table.selected_ids(most=200)
        if not numbers:
            return False
        self.model.collect(numbers, lambda rows: done([str(row["id"]) for row in rows]))
        return True

    def fill_menu(self, menu: QMenu) -> None:
        menu.addAction(self.tr("Open"), self.open_current)
        menu.addSeparator()
        for act, words in self._words.items():
            menu.addAction(f"{words}\t{KEYS[act]}", partial(self._ask, act))
        menu.addSeparator()
        menu.addAction(self.tr("Print loan slip"), lambda: self._chosen(self.slip_asked.emit))
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    # What the view calls

    def set_offered(self, found: Offered) -> None:
        """What the boxes offer; a choice made before stays."""
        for key, options in (
            ("kinds", found.kinds),
            ("teams", found.teams),
            ("holders", found.holders),
        ):
            box = self._boxes[key]
            was = box.blockSignals(True)
            box.set_options([_option(one) for one in options])
            box.set_selected(getattr(self.filter, key))
            box.blockSignals(was)

    def show_filter(self, wanted: EquipmentFilter) -> None:
        """Shows exactly that list."""
        self._show_filter(wanted)
        self.set_filter(wanted)

    def open_current(self) -> None:
        """Opens the thing of the current row."""
        row = self.current_row()
        if row is not None:
            self.opened.emit(str(row["id"]))

    def open_case(self) -> None:
        """A double click opens the thing; it has no case."""

    def count_text(self, count: int) -> str:
        return self.tr("{count} things").format(count=f"{count:,}")

    # Filter

    def _show_filter(self, wanted: EquipmentFilter) -> None:
        for key, box in self._boxes.items():
            was = box.blockSignals(True)
            box.set_selected(getattr(wanted, key))
            box.blockSignals(was)
        was = self.search.blockSignals(True)
        if self.search.text().strip() != wanted.text:
            self.search.setText(wanted.text)
        self.search.blockSignals(was)

    def _on_boxes(self) -> None:
        chosen = {
            key: tuple(str(one) for one in box.selected()) for key, box in self._boxes.items()
        }
        self.set_filter(replace(self.filter, **chosen, text=self.search.text().strip()))

    def _on_minute(self) -> None:
        if self.isVisible():
            self.live.ask()

    # Export

    def export(self) -> None:
        """Writes the whole list, in the order shown, into the documents folder."""
        title = self.tr("Equipment register")
        now = self.context.now()
        args = ExportArgs(
            self.filter,
            now,
            self.context.today(),
            self.model.sort_key,
            self.model.descending,
            tuple(sheet_columns()),
            title,
            self.context.documents_folder() / f"{title}_{now:%Y%m%d-%H%M%S}.xlsx",
        )
        failed = partial(self.context.notify, level="error")
        self.context.read(self, "export", export_list, args, self._on_exported, failed)

    def _on_exported(self, made: Exported) -> None:
        self.context.copied("export", f"技术装备台账（{made.rows:,} 行）")
        text = self.tr("Exported {rows} rows: {path}")
        self.context.notify(text.format(rows=f"{made.rows:,}", path=made.path), level="done")


def _option(one: Choice) -> Option:
    return Option(one.id, one.label, one.sounds)

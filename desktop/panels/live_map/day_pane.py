"""A unit's day beside the map: trips, stops and silence, each trip with its errand. UI thread."""

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.command.positions.days import Piece, UnitDay
from desktop.contract.short_list import Listing
from desktop.panels.live_map.columns import day_columns
from desktop.panels.live_map.showing import day_sentence, piece_row
from widgets.parts import named_button, words_label


class DayPane(QWidget):
    """`left` goes back to the units; `day_asked(unit, day)` asks for another day;
    `piece_chosen` shows a stretch on the map."""

    left = Signal()
    day_asked = Signal(str, object)
    piece_chosen = Signal(object)  # Piece

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._day: UnitDay | None = None
        self._today: date | None = None
        self._listing: Listing[Piece] = Listing(day_columns(), self)
        self.table = self._listing.table
        self.table.setObjectName("map_day")
        self.table.set_empty_text(
            self.tr("Nothing was heard on this day"),
            self.tr("Positions come while the unit is on duty and its device reports."),
        )
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.words = words_label(self, "muted")
        self.back = named_button(self, "day_back", self.tr("Back to the units"))
        self.before = named_button(self, "day_before", self.tr("Day before"))
        self.after = named_button(self, "day_after", self.tr("Day after"))
        self.back.clicked.connect(lambda _checked=False: self.left.emit())
        self.before.clicked.connect(lambda: self._go(-1))
        self.after.clicked.connect(lambda: self._go(1))
        self.table.current_id_changed.connect(lambda _id: self._on_current())
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.back, self.before, self.after):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 4, 4)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)

    @property
    def day(self) -> UnitDay | None:
        """What is shown."""
        return self._day

    def show_day(self, day: UnitDay, today: date) -> None:
        """Shows a day."""
        self._day, self._today = day, today
        self.title.setText(f"{day.unit.name}  {day.day.isoformat()}")
        self.words.setText(day_sentence(day))
        self.after.setEnabled(day.day < today)
        self._listing.show(self._rows(day.pieces))

    def _rows(self, pieces: Sequence[Piece]) -> list[tuple[object, Piece, dict[str, object]]]:
        return [(n, piece, piece_row(piece)) for n, piece in enumerate(pieces)]

    def _go(self, days: int) -> None:
        if self._day is not None:
            self.day_asked.emit(self._day.unit.id, self._day.day + timedelta(days=days))

    def _on_current(self) -> None:
        piece = self._listing.current()
        if piece is not None:
            self.piece_chosen.emit(piece)

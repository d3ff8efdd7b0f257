"""What a column is and how a value becomes words. Pure; any thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from PySide6.QtCore import QCoreApplication

from widgets.states import STATES

Kind = Literal["text", "number", "date", "money", "state", "mono"]
Align = Literal["left", "center", "right"]

EMPTY_TEXT: Final = "—"
_ALIGN: Final[Mapping[Kind, Align]] = {
    "text": "left",
    "mono": "left",
    "date": "left",
    "state": "center",
    "number": "right",
    "money": "right",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    key: of the row mapping. width: logical pixels at 100 %. stretch: share of the room left
    over (0 keeps the width). align: None follows the kind. tooltip: row key with longer words.
    shorten: shorter words for a cell too narrow for the whole ones. spare: above 0 the column
    steps aside where the table would have to scroll, the highest first; it is copied all the same.
    never_wrap: elide in the middle keeps both ends of a case number. copy_as_text: spreadsheets
    keep the value as text; None decides by kind.
    """

    key: str
    title: str
    width: int = 120
    stretch: int = 0
    align: Align | None = None
    kind: Kind = "text"
    tooltip: str = ""
    sortable: bool = True
    shorten: Callable[[str], str] | None = None
    spare: int = 0
    never_wrap: bool = True
    copy_as_text: bool | None = None

    @property
    def side(self) -> Align:
        """Where the words stand."""
        return self.align or _ALIGN[self.kind]

    @property
    def text_in_sheet(self) -> bool:
        """Whether a spreadsheet must take the value as text."""
        if self.copy_as_text is not None:
            return self.copy_as_text
        return self.kind in ("text", "mono", "state")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with a state. text: the words shown instead of the formatted value."""

    value: object = None
    state: str = ""
    text: str = ""
    tooltip: str = ""


def as_cell(value: object, kind: Kind) -> Cell:
    """The cell of a raw row value; a state may be a style key or (style key, words)."""
    if isinstance(value, Cell):
        if kind == "state" and not value.state and isinstance(value.value, str):
            return Cell(value.value, value.value, value.text, value.tooltip)
        return value
    if kind == "state":
        if isinstance(value, tuple) and len(value) == 2:
            return Cell(value[0], str(value[0]), str(value[1]))
        return Cell(value, str(value) if value else "")
    return Cell(value)


def cell_text(cell: Cell, kind: Kind) -> str:
    """The words of a cell, for painting, reading aloud and copying."""
    if cell.text:
        return cell.text
    value = cell.value
    if kind == "state":
        return state_word(cell.state)
    if value is None or value == "":
        return EMPTY_TEXT
    if kind == "money" and isinstance(value, int):
        return money_text(value)
    if kind == "number" and isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def money_text(amount_fen: int) -> str:
    """Integer fen as yuan with thousands groups and two decimals."""
    sign = "-" if amount_fen < 0 else ""
    yuan, fen = divmod(abs(amount_fen), 100)
    return f"{sign}{yuan:,}.{fen:02d}"


def state_word(key: str) -> str:
    """The word of a style key when the caller gave none."""
    words = {
        "normal": QCoreApplication.translate("States", "Normal"),
        "due_soon": QCoreApplication.translate("States", "Due soon"),
        "overdue": QCoreApplication.translate("States", "Overdue"),
        "paused": QCoreApplication.translate("States", "Paused"),
        "unknown": QCoreApplication.translate("States", "Unknown"),
        "done": QCoreApplication.translate("States", "Done"),
        "done_late": QCoreApplication.translate("States", "Done late"),
    }
    return words[key] if key in STATES else key

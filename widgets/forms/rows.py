"""Rows of figures that people type, as a model: a blank row stands at the end for the next one.

Values are text as typed; an amount or a day that can be read is written the plain way. UI thread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from widgets.forms.inputs import parse_date, parse_money
from widgets.table.columns import money_text
from widgets.theme import current_theme

Kind = Literal["text", "money", "date", "choice", "flag", "shown"]
Index = QModelIndex | QPersistentModelIndex
ROWS_MAX: Final = 500
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that is offered while one types: `words` stand in the cell once it is chosen,
    `note` stands beside them in the list alone."""

    id: str
    words: str
    note: str = ""

    @property
    def label(self) -> str:
        """As the list has it."""
        return f"{self.words}　{self.note}" if self.note else self.words


@dataclass(frozen=True, slots=True)
class RowColumn:
    """One column. `choices`: key and word, the first is what a new row has; `default`: what a new
    row has otherwise. A column of the kind "shown" is filled by the owner, to read only; `right`
    puts its words at the right. `id_key`: under this key a row holds the id of the one of `offers`
    that was chosen or typed, and holds it no longer once its words are others."""

    key: str
    title: str
    kind: Kind = "text"
    width: int = 120
    stretch: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    tooltip: str = ""
    right: bool = False
    offers: tuple[Offer, ...] = ()
    id_key: str = ""

    def offered(self, text: str) -> Offer | None:
        """The one that was chosen from the list, or is the only one of these words."""
        for one in self.offers:
            if one.label == text:
                return one
        named = [one for one in self.offers if one.words == text]
        return named[0] if len(named) == 1 else None


class RowsModel(QAbstractTableModel):
    """`edited()` follows what a user did, not what the owner put in. Without `grows` there is no
    blank row: only what the owner put in can be changed."""

    edited = Signal()

    def __init__(
        self, columns: Sequence[RowColumn], parent: Any = None, *, grows: bool = True
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._grows = grows
        self._rows: list[dict[str, str]] = []
        self._shown: dict[tuple[int, str], str] = {}
        self._states: dict[tuple[int, str], str] = {}
        self._faults: dict[tuple[int, str], str] = {}
        self._struck: frozenset[int] = frozenset()

    # What the owner asks for

    def values(self) -> list[dict[str, str]]:
        """All rows that somebody filled, blank ones between them too; every key as text."""
        return [dict(row) for row in self._rows]

    def set_values(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Other rows; what is not told is as in a new row."""
        self.beginResetModel()
        self._rows = []
        for row in rows[:ROWS_MAX]:
            made = self._new()
            made.update({key: str(row[key] or "") for key in made if key in row})
            self._rows.append(made)
        self._shown, self._faults, self._states = {}, {}, {}
        self._struck = frozenset()
        self.endResetModel()

    def set_shown(
        self,
        shown: Mapping[tuple[int, str], str],
        states: Mapping[tuple[int, str], str] | None = None,
    ) -> None:
        """The words of the columns to read only and of empty amounts, and styles of state."""
        self._shown, self._states = dict(shown), dict(states or {})
        self._repaint()

    def set_faults(self, faults: Mapping[tuple[int, str], str]) -> None:
        """Cells that are wrong, and why; a key "" means the whole row."""
        self._faults = dict(faults)
        self._repaint()

    def set_struck(self, rows: frozenset[int]) -> None:
        """Rows that are shown crossed out."""
        self._struck = rows
        self._repaint()

    def remove(self, row: int) -> None:
        """Takes a row out; the blank one at the end stays."""
        if 0 <= row < len(self._rows):
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._rows[row]
            self._shown, self._faults, self._states = {}, {}, {}
            self.endRemoveRows()
            self.edited.emit()

    def paste(self, at: Index, text: str) -> None:
        """Cells from a spreadsheet, from `at` on to the right and down."""
        for down, line in enumerate(text.rstrip("\n").split("\n")):
            for right, words in enumerate(line.split("\t")):
                cell = self.index(at.row() + down, at.column() + right)
                if cell.isValid() and self.flags(cell) & Qt.ItemFlag.ItemIsEditable:
                    self._put(cell, words.strip())
        self.edited.emit()

    # What the view asks for

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature.
        if parent.isValid():
            return 0
        return min(len(self._rows) + self._grows, ROWS_MAX)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  As above.
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tooltip or column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.kind == "money" or column.right else _LEFT
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        plain = super().flags(index)
        if not index.isValid():
            return plain
        kind = self.columns[index.column()].kind
        if kind == "shown":
            return plain
        if kind == "flag":
            return plain | Qt.ItemFlag.ItemIsUserCheckable
        return plain | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._words(row, column)
            case Qt.ItemDataRole.EditRole:
                return self._raw(row, column.key)
            case Qt.ItemDataRole.CheckStateRole if column.kind == "flag":
                on = self._raw(row, column.key) == "1"
                return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column.kind == "money" or column.right else _LEFT
            case Qt.ItemDataRole.ToolTipRole:
                return self._fault(row, column.key) or self._words(row, column)
            case Qt.ItemDataRole.ForegroundRole:
                return self._color(row, column)
            case Qt.ItemDataRole.FontRole if row in self._struck:
                font = current_theme().font()
                font.setStrikeOut(True)
                return font
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid():
            return False
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.CheckStateRole and column.kind == "flag":
            checked = Qt.CheckState(value) == Qt.CheckState.Checked
            self._put(index, "1" if checked else "")
        elif role == Qt.ItemDataRole.EditRole and column.kind not in ("shown", "flag"):
            if str(value or "").strip() == self._raw(index.row(), column.key):
                return False
            self._put(index, str(value or "").strip())
        else:
            return False
        self.edited.emit()
        return True

    # Inside

    def _new(self) -> dict[str, str]:
        made = {column.id_key: "" for column in self.columns if column.id_key}
        return made | {
            column.key: column.choices[0][0] if column.choices else column.default
            for column in self.columns
            if column.kind != "shown"
        }

    def _put(self, index: Index, text: str) -> None:
        row, column = index.row(), self.columns[index.column()]
        while row >= len(self._rows):
            last = len(self._rows)
            # The blank row becomes a real one and another blank one follows, unless all are used.
            if last + 1 < ROWS_MAX:
                self.beginInsertRows(QModelIndex(), last + 1, last + 1)
                self._rows.append(self._new())
                self.endInsertRows()
            else:
                self._rows.append(self._new())
        self._rows[row][column.key] = _plain(text, column)
        if column.id_key:
            chosen = column.offered(text)
            self._rows[row][column.id_key] = "" if chosen is None else chosen.id
        self._faults.pop((row, column.key), None)
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))

    def _raw(self, row: int, key: str) -> str:
        # The blank row shows what a new one would have, so that becoming one changes nothing.
        return (self._rows[row] if row < len(self._rows) else self._new()).get(key, "")

    def _words(self, row: int, column: RowColumn) -> str:
        if column.kind == "shown":
            return self._shown.get((row, column.key), "")
        raw = self._raw(row, column.key)
        if column.kind == "flag":
            return ""
        if column.kind == "choice":
            return dict(column.choices).get(raw, raw)
        if column.kind == "money":
            if not raw:
                return self._shown.get((row, column.key), "")  # what the owner works out for it
            fen = parse_money(raw)
            return raw if fen is None else money_text(fen)
        return raw

    def _fault(self, row: int, key: str) -> str:
        return self._faults.get((row, key)) or self._faults.get((row, ""), "")

    def _color(self, row: int, column: RowColumn) -> Any:
        theme = current_theme()
        if self._fault(row, column.key):
            return theme.text_color("overdue")
        if row in self._struck:
            return theme.color("muted")
        if row >= len(self._rows):
            return theme.color("faint_text")
        state = self._states.get((row, column.key), "")
        return theme.text_color(state) if state else None

    def _repaint(self) -> None:
        if self.rowCount():
            last = self.index(self.rowCount() - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def _plain(text: str, column: RowColumn) -> str:
    """The plain way to write what was typed, where it can be read."""
    if column.kind == "money":
        fen = parse_money(text)
        return text if fen is None else money_text(fen).replace(",", "")
    if column.kind == "date":
        day = parse_date(text, today=date.today())
        return text if day is None else day.isoformat()
    if column.kind == "choice":
        words = {word: key for key, word in column.choices}
        return words.get(text, text)
    chosen = column.offered(text)
    return text if chosen is None else chosen.words

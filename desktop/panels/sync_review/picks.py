"""The rows of a card: each field before, mine and theirs, and which is to hold. UI thread."""

from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from desktop.panels.sync_review.queries import Card
from desktop.panels.sync_review.words import MONEY, field_words, table_words, value_words
from storage.sync.tray import HeldField, HeldOp
from widgets.forms.inputs import parse_money

MINE: Final = "mine"
THEIRS: Final = "theirs"
OTHER: Final = "other"
_COLUMNS: Final = 5
_WIDE: Final = {"U": 1, "I": 3}  # columns of one value: before, mine, theirs; the choice is last


class PickGrid(QWidget):
    """`changed` when a choice or a typed value is another one."""

    changed = Signal()

    def __init__(self, card: Card, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card = card
        self._boxes: dict[tuple[int, str], tuple[HeldField, QComboBox, QLineEdit]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._line = 0
        for op in card.held.ops:
            self._add_op(op)

    def values(self) -> dict[int, dict[str, Any]]:
        """Place of the operation -> column -> chosen value. Raises ValueError for a typed value
        that is none, with the field's name."""
        found: dict[int, dict[str, Any]] = {}
        for op in self._card.held.ops:
            chosen = found.setdefault(op.k, {})
            for field in op.fields:
                picked = self._boxes.get((op.k, field.column))
                if picked is None:
                    chosen[field.column] = field.mine
                    continue
                _field, box, line = picked
                how = box.currentData()
                if how == OTHER:
                    chosen[field.column] = _typed(op, field, line.text())
                else:
                    chosen[field.column] = field.mine if how == MINE else field.theirs
        return {k: values for k, values in found.items() if values}

    def pick_all(self, how: str) -> None:
        """Chooses mine or theirs for every field."""
        for _field, box, _line in self._boxes.values():
            box.setCurrentIndex(max(0, box.findData(how)))

    def box(self, k: int, column: str) -> QComboBox:
        """The choice of one field. Raises KeyError."""
        return self._boxes[k, column][1]

    def line(self, k: int, column: str) -> QLineEdit:
        """Where another value is typed. Raises KeyError."""
        return self._boxes[k, column][2]

    def _add_op(self, op: HeldOp) -> None:
        shown = [field for field in op.fields if _worth_showing(op, field)]
        same = len(op.fields) - len(shown)
        words = {
            "I": self.tr("new: {table}"),
            "R": self.tr("asked: {table}"),
            "D": self.tr("deleted: {table}"),
        }.get(op.kind, self.tr("changed: {table}"))
        heads = (words.format(table=table_words(op.table)), *self._heads(op))
        for column, text in enumerate(heads):
            self._put(column, text, "group")
        self._line += 1
        for field in shown:
            self._add_field(op, field)
        if same and op.kind == "U":
            self._put(0, self.tr("{count} more fields are alike").format(count=same), "small")
            self._line += 1

    def _heads(self, op: HeldOp) -> tuple[str, ...]:
        if op.kind != "U":
            return (self.tr("Mine"),)
        return (self.tr("Before"), self.tr("Mine"), self.tr("Theirs"), self.tr("Take"))

    def _add_field(self, op: HeldOp, field: HeldField) -> None:
        # Not to be broken: the sign alone on a line says nothing.
        name = field_words(op.table, field.column) + ("\N{NO-BREAK SPACE}⚖" if field.legal else "")
        label = self._put(0, name, "muted")
        if field.legal:
            label.setToolTip(self.tr("Has legal effect; it is never merged by itself."))
        values = (field.base, field.mine, field.theirs) if op.kind == "U" else (field.mine,)
        for column, value in enumerate(values, start=1):
            said = value_words(field.column, value, self._card.name, op.table)
            self._put(column, said, "", _WIDE.get(op.kind, _COLUMNS - 1))
        if op.kind in ("U", "I") and op.table != "request":
            self._add_choice(op, field)
        self._line += 1

    def _add_choice(self, op: HeldOp, field: HeldField) -> None:
        box, line = QComboBox(self), QLineEdit(self)
        box.setObjectName(f"take_{op.k}_{field.column}")
        line.setObjectName(f"typed_{op.k}_{field.column}")
        box.addItem(self.tr("Mine"), MINE)
        if op.kind == "U":
            box.addItem(self.tr("Theirs"), THEIRS)
        if not field.column.endswith("_id"):
            box.addItem(self.tr("Another value…"), OTHER)
        line.hide()
        line.setText("" if field.mine is None else _as_text(field.column, field.mine))
        box.currentIndexChanged.connect(lambda _n: line.setVisible(box.currentData() == OTHER))
        box.currentIndexChanged.connect(lambda _n: self.changed.emit())
        line.textEdited.connect(lambda _text: self.changed.emit())
        holder = QWidget(self)
        inner = QGridLayout(holder)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(4)
        inner.addWidget(box, 0, 0)
        inner.addWidget(line, 1, 0)
        self._grid.addWidget(holder, self._line, 4, Qt.AlignmentFlag.AlignTop)
        self._boxes[op.k, field.column] = (field, box, line)

    def _put(self, column: int, text: str, role: str, wide: int = 1) -> QLabel:
        label = QLabel(text, self)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if role:
            label.setProperty("role", role)
        self._grid.addWidget(label, self._line, column, 1, wide, Qt.AlignmentFlag.AlignTop)
        return label


def _worth_showing(op: HeldOp, field: HeldField) -> bool:
    return op.kind != "U" or field.refused or field.mine != field.theirs


def _as_text(column: str, value: Any) -> str:
    return f"{value / 100:.2f}" if column in MONEY and isinstance(value, int) else str(value)


def _typed(op: HeldOp, field: HeldField, text: str) -> Any:
    """What was typed, of the kind that the field holds."""
    plain = text.strip()
    if not plain:
        return None
    if field.column in MONEY:
        fen = parse_money(plain)
        if fen is None:
            raise ValueError(field_words(op.table, field.column))
        return fen
    known = next((v for v in (field.mine, field.theirs, field.base) if v is not None), None)
    if isinstance(known, int):
        if not plain.lstrip("-").isdecimal():
            raise ValueError(field_words(op.table, field.column))
        return int(plain)
    return plain

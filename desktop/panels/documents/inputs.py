"""Inputs of a draft: a control for each type of field, notes from a list, a case by number."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.documents.bench import panel_words
from desktop.documents.filling import yuan_words
from desktop.documents.kinds import Field
from desktop.panels.documents.queries import CaseChoice, cases_like
from widgets.forms import DateField, MoneyField
from widgets.theme import current_theme

_LONG: Final = 2_000  # characters of a text field that gets a high box
_LINES: Final = {True: 11, False: 4}
_TYPED_LEAST: Final = 2
_SEARCH_MS: Final = 250
_ID = Qt.ItemDataRole.UserRole


def control_of(field: Field, parent: QWidget) -> QWidget:
    """An empty control for that field."""
    if field.type == "day":
        return DateField(parent, optional=not field.needed)
    if field.type == "money":
        return MoneyField(parent)
    if field.type == "text":
        box = QPlainTextEdit(parent)
        box.setTabChangesFocus(True)
        height = box.fontMetrics().lineSpacing()
        box.setFixedHeight(height * (_LINES[field.most >= _LONG] + 1) + 12)
        return box
    return QLineEdit(parent)


def hint_of(field: Field) -> str:
    """The limits of a field in words; empty where they say nothing."""
    if field.type == "number":
        return f"{field.least} 至 {field.most}"
    if field.type == "money":
        return f"不少于 {yuan_words(field.least)}" if field.least > 1 else ""
    return f"不超过 {field.most} 字" if field.type in ("line", "text") else ""


def as_text(value: object) -> str:
    """What a control holds, as a document keeps it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def from_text(field: Field, text: str) -> object:
    """What a control is to hold; None for a kept day or amount that is none."""
    if field.type == "day":
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            return None
    if field.type == "money":
        return int(text) if text.isascii() and text.isdigit() else None
    return text


class NoteField(QComboBox):
    """A short remark, typed or taken from a list."""

    changed = Signal()

    def __init__(self, words: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.addItems([*words])
        self.setCurrentIndex(-1)
        self.editTextChanged.connect(lambda _text: self.changed.emit())

    def value(self) -> str:
        """What stands there now."""
        return self.currentText().strip()

    def set_value(self, value: object) -> None:
        """Puts words in."""
        self.setCurrentText("" if value is None else str(value))


class BenchField(QWidget):
    """Three judges, each from a list, whoever presides first. Its value is their ids joined by
    commas, empty while one of the three lacks."""

    changed = Signal()

    def __init__(self, offered: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: list[QComboBox] = []
        self._names = dict(offered)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for seat, word in enumerate(
            (self.tr("Presiding judge"), self.tr("Judge"), self.tr("Judge"))
        ):
            box = QComboBox(self)
            box.setObjectName(f"seat_{seat}")
            box.setPlaceholderText(word)
            box.setAccessibleName(word)
            for id_, name in offered:
                box.addItem(name, id_)
            box.setCurrentIndex(-1)
            box.currentIndexChanged.connect(lambda _index: self.changed.emit())
            self.boxes.append(box)
            layout.addWidget(box, 1)
        self.setFocusProxy(self.boxes[0])

    def value(self) -> str:
        """Ids joined by commas."""
        ids = [str(box.currentData() or "") for box in self.boxes]
        return panel_words(ids) if all(ids) else ""

    def set_value(self, value: object) -> None:
        """Chooses who is named; whoever is not offered any more is left out."""
        ids = str(value or "").split(",")
        for at, box in enumerate(self.boxes):
            box.setCurrentIndex(box.findData(ids[at]) if at < len(ids) and ids[at] else -1)

    def names(self) -> list[str]:
        """Of those chosen, in their order."""
        return [self._names.get(one, "") for one in self.value().split(",") if one]


class CasePicker(QWidget):
    """Finds a case by number or party; `chosen(case id)`."""

    chosen = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.words = QLabel(self.tr("Such a document belongs to a case. Which one?"), self)
        self.search = QLineEdit(self)
        self.search.setObjectName("case_search")
        self.search.setPlaceholderText(self.tr("Case number or party"))
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget(self)
        self.list.setObjectName("case_choices")
        self.list.setMaximumHeight(current_theme().px(320))
        self.empty = QLabel(self.tr("Type at least two characters."), self)
        self.empty.setProperty("role", "muted")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SEARCH_MS)
        self._timer.timeout.connect(self._look)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for part in (self.words, self.search, self.empty, self.list):
            layout.addWidget(part)
        layout.addStretch(1)
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.search.returnPressed.connect(self._take_first)
        self.list.itemActivated.connect(self._take)
        self.list.itemClicked.connect(self._take)

    def _look(self) -> None:
        typed = self.search.text().strip()
        if len(typed) < _TYPED_LEAST:
            self._show(())
            self.empty.setText(self.tr("Type at least two characters."))
            return
        self._context.read(self, "cases", cases_like, typed, self._show)

    def _show(self, found: Sequence[CaseChoice]) -> None:
        self.list.clear()
        for case in found:
            item = QListWidgetItem(f"{case.number}　{case.parties}")
            item.setData(_ID, case.id)
            self.list.addItem(item)
        self.empty.setText("" if found else self.tr("No case has these words."))

    def _take_first(self) -> None:
        if self.list.count() == 1:
            self._take(self.list.item(0))

    def _take(self, item: QListWidgetItem) -> None:
        self.chosen.emit(str(item.data(_ID)))

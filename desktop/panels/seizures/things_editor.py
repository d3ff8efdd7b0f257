"""The things on the list while it is filled: one card each, the plate held against the case as it
is typed. UI thread."""

from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from desktop.rules.seizure_form import Item, Known, check_plate
from desktop.rules.seizure_law import load_seizure_law
from widgets.forms import MoneyField
from widgets.parts import named_button, words_label
from widgets.states import state_pixmap
from widgets.theme import current_theme

_MARKS: Final = {"known": "normal", "unknown": "due_soon", "elsewhere": "due_soon"}
_TEXTS: Final = ("name", "quantity", "mark", "condition", "owner", "basis")


class ThingCard(QFrame):
    """One thing. `removed()` when the officer takes it off the list."""

    changed = Signal()
    removed = Signal()

    def __init__(self, n: int, known: Known, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setObjectName(f"thing_{n}")
        self.n = n
        self.place = n
        self._known = known
        self.kind = QComboBox(self)
        self.kind.setObjectName(f"thing_{n}_kind")
        self.kind.setItemDelegate(QStyledItemDelegate(self.kind))  # rows as high as a thumb
        for thing in load_seizure_law().things:
            self.kind.addItem(thing.name, thing.code)
        self.texts = {key: QLineEdit(self) for key in _TEXTS}
        self.labels = {key: QLabel(self) for key in (*_TEXTS, "value_fen")}
        self.value_field = MoneyField(self)
        self.check_mark = QLabel(self)
        self.check_words = words_label(self, "small")
        self.remove_button = named_button(self, f"thing_{n}_remove", self.tr("Take off"))
        self.remove_button.setProperty("kind", "quiet")
        self._arrange()
        self._connect()
        self._on_kind()

    def _arrange(self) -> None:
        words = {
            "name": self.tr("Name"),
            "quantity": self.tr("Quantity"),
            "condition": self.tr("Condition"),
            "owner": self.tr("Owner"),
            "basis": self.tr("Why it is the debtor's"),
            "value_fen": self.tr("Estimate (yuan)"),
        }
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        for column in range(6):
            grid.setColumnStretch(column, 1)
        places = (
            *(("name", 0, 0, 3), ("quantity", 0, 3, 1), ("mark", 0, 4, 2)),
            *(("condition", 2, 0, 3), ("value_fen", 2, 3, 1), ("owner", 2, 4, 2)),
            ("basis", 4, 0, 6),
        )
        for key, row, column, span in places:
            label = self.labels[key]
            label.setProperty("role", "small")
            label.setText(words.get(key, ""))
            control: QWidget = self.value_field if key == "value_fen" else self.texts[key]
            control.setObjectName(f"thing_{self.n}_{key}")
            label.setBuddy(control)
            grid.addWidget(label, row, column, 1, span)
            grid.addWidget(control, row + 1, column, 1, span)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        head.addWidget(self.title)
        head.addWidget(self.kind)
        head.addStretch(1)
        head.addWidget(self.remove_button)
        told = QHBoxLayout()
        told.setSpacing(6)
        told.addWidget(self.check_mark)
        told.addWidget(self.check_words, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 8, 12, 10)
        box.setSpacing(6)
        box.addLayout(head)
        box.addLayout(grid)
        box.addLayout(told)

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(lambda _index: self._on_kind())
        for field in self.texts.values():
            field.textChanged.connect(lambda _text: self._on_text())
        self.value_field.changed.connect(self.changed)
        self.remove_button.clicked.connect(lambda _checked=False: self.removed.emit())

    def set_place(self, place: int) -> None:
        """Which of the things it is, as the paper will number it."""
        self.place = place
        self.title.setText(self.tr("Thing {n}").format(n=place))

    def set_known(self, known: Known) -> None:
        """What the case says of plates."""
        self._known = known
        self._on_text()

    def item(self) -> Item:
        """As it is typed."""
        texts = {key: field.text().strip() for key, field in self.texts.items()}
        kind = str(self.kind.currentData())
        return Item(n=self.n, kind=kind, value_fen=self.value_field.value(), **texts)

    def problem(self) -> str:
        """One sentence when the estimate is typed and is no amount, else nothing."""
        typed = self.value_field.text().strip()
        value = self.value_field.value()
        if not typed or (value is not None and value >= 0):
            return ""
        return self.tr("Thing {n}: {typed} is not an amount.").format(n=self.place, typed=typed)

    def value(self) -> dict[str, Any]:
        """The same for a draft; a half-typed amount is kept as it is."""
        texts = {key: field.text() for key, field in self.texts.items()}
        return {
            "n": self.n,
            "kind": self.kind.currentData(),
            "value": self.value_field.text(),
            **texts,
        }

    def set_value(self, given: dict[str, Any]) -> None:
        """Shows what `value` gave."""
        self.kind.setCurrentIndex(max(0, self.kind.findData(given.get("kind"))))
        for key, field in self.texts.items():
            field.setText(str(given.get(key) or ""))
        self.value_field.setText(str(given.get("value") or ""))

    def focus(self, part: str) -> None:
        """Puts the cursor where something is missing."""
        control = self.value_field if part == "value_fen" else self.texts.get(part)
        (control or self.texts["name"]).setFocus()

    def _on_kind(self) -> None:
        thing = load_seizure_law().thing(str(self.kind.currentData()))
        self.labels["mark"].setText(thing.mark)
        self.texts["mark"].setPlaceholderText("豫C12345" if thing.code == "vehicle" else "")
        self._on_text()

    def _on_text(self) -> None:
        vehicle = self.kind.currentData() == "vehicle"
        check = check_plate(self.texts["mark"].text(), self._known)
        shown = vehicle and check.state != "none"
        self.check_words.setVisible(shown)
        self.check_mark.setVisible(shown)
        if shown:
            theme = current_theme()
            mark = _MARKS.get(check.state, "overdue")
            self.check_mark.setPixmap(state_pixmap(mark, theme.px(12), theme))
            self.check_words.setText(check.words)
        # Why it is the debtor's is asked where the case does not know the thing.
        asked = bool(self.texts["basis"].text()) or (
            vehicle and check.state in ("unknown", "elsewhere")
        )
        self.labels["basis"].setVisible(asked)
        self.texts["basis"].setVisible(asked)
        self.changed.emit()


class ThingsEditor(QWidget):
    """All cards. A number is given once, so that a thing taken off never lends its number."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[ThingCard] = []
        self._known = Known()
        self._next = 1
        self.add_button = named_button(self, "add_thing", self.tr("Add a thing"))
        self._box = QVBoxLayout()
        self._box.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(self._box)
        foot = QHBoxLayout()
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        layout.addLayout(foot)
        self.setFocusProxy(self.add_button)
        self.add_button.clicked.connect(lambda _checked=False: self.add())

    def set_known(self, known: Known) -> None:
        """What the case says of plates."""
        self._known = known
        for card in self.cards:
            card.set_known(known)

    def reserve(self, next_n: int) -> None:
        """Numbers below are given, also to things that were taken off."""
        self._next = max(self._next, next_n)

    def add(self, given: dict[str, Any] | None = None) -> ThingCard:
        """One more card, empty or with what was kept."""
        n = given.get("n") if given else None
        number = n if isinstance(n, int) and n > 0 else self._next
        self._next = max(self._next, number + 1)
        card = ThingCard(number, self._known, self)
        if given:
            card.set_value(given)
        card.changed.connect(self.changed)
        card.removed.connect(lambda gone=card: self._remove(gone))
        self.cards.append(card)
        self._box.addWidget(card)
        self._number()
        if given is None:
            card.texts["quantity"].setText("1")
            card.texts["name"].setFocus()
        self.changed.emit()
        return card

    def items(self) -> tuple[Item, ...]:
        """As they are typed."""
        return tuple(card.item() for card in self.cards)

    def value(self) -> list[dict[str, Any]]:
        """The same for a draft."""
        return [card.value() for card in self.cards]

    def set_value(self, value: Any) -> None:
        """Shows what `value` gave, in place of what is there."""
        for card in list(self.cards):
            self._drop(card)
        self._next = 1
        for given in value if isinstance(value, list) else []:
            if isinstance(given, dict):
                self.add(given)
        self.changed.emit()

    def problems(self) -> list[tuple[str, str]]:
        """What is typed and is no amount: its part as blocks name it, and a sentence."""
        return [(f"item:{card.n}:value_fen", card.problem()) for card in self.cards]

    def focus(self, part: str) -> None:
        """`part` as blocks name it: 2:mark."""
        number, _, key = part.partition(":")
        for card in self.cards:
            if str(card.n) == number:
                card.focus(key)

    def _remove(self, card: ThingCard) -> None:
        self._drop(card)
        self._number()
        self.changed.emit()

    def _drop(self, card: ThingCard) -> None:
        self.cards.remove(card)
        self._box.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _number(self) -> None:
        for place, card in enumerate(self.cards, start=1):
            card.set_place(place)

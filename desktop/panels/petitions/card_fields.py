"""The fields of the reception card, in the order in which one asks for them. UI thread."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any, Final

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget

from desktop.panels.petitions.chooser import Chooser, Provider, among
from desktop.panels.petitions.rules import CHANNELS
from desktop.petitions.rules import CLASSES, SOURCES
from widgets.forms import DateField, FormPane, GrowingText

COURT: Final = "court"
_PEOPLE_MAX: Final = 9_999
_LINES: Final = 4
_ORDERED: Final = ("spc", "province", "supervision")
_DAYS: Final = ("superior_due", "promise_on")
# What a refusal names -> the field it belongs to.
_REFUSED: Final[Mapping[str, str]] = {
    "来访人": "petitioner",
    "反映事项": "summary",
    "来源": "source",
    "类别": "class",
    "人数": "people",
    "被反映法院": COURT,
    "案号": "case",
    "承诺内容": "promise",
    "承诺日期": "promise_on",
}


def errors_of(sentence: str) -> tuple[dict[str, str], str]:
    """Refusals by field, and what belongs to none."""
    at_fields: dict[str, str] = {}
    rest: list[str] = []
    for line in sentence.splitlines():
        name, _, reason = line.partition("：")
        key = _REFUSED.get(name)
        if key is None or not reason:
            rest.append(line)
        else:
            at_fields[key] = f"{at_fields[key]}；{reason}" if key in at_fields else reason
    return at_fields, "\n".join(rest)


class CardFields(QWidget):
    """Makes the form and knows what its draft looks like."""

    def __init__(self, find_cases: Provider, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hide()  # the form goes to the card; this only holds the parts together
        self.form = FormPane(
            parent, submit_text=self.tr("Register"), cancel_text=self.tr("Back to list")
        )
        self.first = QLineEdit()
        self.case = Chooser(find_cases, free=True, slow=True)
        self.court = Chooser(among(()), needed=True)
        self.promise_on = DateField()
        self.superior_due = DateField()
        self.texts = {key: GrowingText(_LINES) for key in ("summary", "demand", "promise")}
        self._add_who()
        self._add_case()
        self._add_words()
        self.source = self.form.field("source").control
        self.form.field("source").changed.connect(self._on_source)
        self._on_source()
        self._set_tab_order()

    def _add_who(self) -> None:
        form = self.form
        people = QSpinBox()
        people.setRange(1, _PEOPLE_MAX)
        name = form.add_field("petitioner", self.tr("Visitor"), self.first, required=True)
        identity = form.add_field("identity_no", self.tr("Identity number"), QLineEdit())
        contact = form.add_field("contact", self.tr("Telephone"), QLineEdit())
        number = form.add_field("people", self.tr("People"), people)
        form.add_line(((name, 3), (identity, 3), (contact, 3), (number, 1)))

    def _add_case(self) -> None:
        form = self.form
        self.case.setPlaceholderText(self.tr("Whole, or its last part: 2026-2962, 执2962, 2962"))
        self.court.setPlaceholderText(self.tr("Name, pinyin or initials"))
        case = form.add_field("case", self.tr("Case number"), self.case)
        court = form.add_field(COURT, self.tr("Court concerned"), self.court, required=True)
        form.add_line(((case, 3), (court, 2)))
        boxes = {
            "source": (self.tr("Source"), SOURCES),
            "class": (self.tr("Class"), CLASSES),
            "channel": (self.tr("Channel"), CHANNELS),
        }
        line = []
        for key, (label, words) in boxes.items():
            box = QComboBox()
            for value, word in words.items():
                box.addItem(word, value)
            line.append((form.add_field(key, label, box), 2))
        due = form.add_field("superior_due", self.tr("Superior's day"), self.superior_due)
        form.add_line((*line, (due, 2)))

    def _add_words(self) -> None:
        form = self.form
        told = form.add_field(
            "summary", self.tr("What is reported"), self.texts["summary"], required=True
        )
        wanted = form.add_field("demand", self.tr("What is wanted"), self.texts["demand"])
        form.add_line(((told, 3), (wanted, 2)))
        day = form.add_field(
            "promise_on",
            self.tr("Promised by"),
            self.promise_on,
            check=self._check_promise_day,
        )
        promise = form.add_field(
            "promise", self.tr("Promise"), self.texts["promise"], check=self._check_promise
        )
        form.add_line(((day, 1), (promise, 3)))
        urgent = form.add_field("urgent", "", QCheckBox(self.tr("Urgent")))
        register = form.add_field(
            "register", "", QCheckBox(self.tr("Register at once (starts the clock of closing)"))
        )
        form.add_line(((urgent, 1), (register, 3)))

    def _check_promise(self, value: object) -> str:
        if self.promise_on.text().strip() and not value:
            return self.tr("Say what is promised.")
        return ""

    def _check_promise_day(self, value: object) -> str:
        if self.texts["promise"].toPlainText().strip() and value is None:
            return self.tr("A promise needs its day.")
        return ""

    def _on_source(self) -> None:
        """Only what somebody above ordered has a day that was set above."""
        ordered = self.form.field("source").value() in _ORDERED
        self.form.field("superior_due").setVisible(ordered)
        if not ordered:
            self.superior_due.set_value(None)

    def _set_tab_order(self) -> None:
        keys = ["petitioner", "identity_no", "contact", "people", "case", COURT, "source"]
        keys += ["class", "channel", "superior_due", "summary", "demand", "promise_on"]
        keys += ["promise", "urgent", "register"]
        controls = [self.form.field(key).control for key in keys]
        controls += [self.form.submit_button, self.form.cancel_button]
        for one, after in pairwise(controls):
            QWidget.setTabOrder(one, after)

    # Values

    def blank(self) -> dict[str, object]:
        """An empty card: one's own visitor, about enforcement, registered at once."""
        values: dict[str, object] = dict.fromkeys(self.form.values(), "")
        nothing = {"key": "", "text": ""}
        values |= {"case": dict(nothing), COURT: dict(nothing), "people": 1}
        values |= {"source": "own", "class": "implementation", "channel": "visit"}
        values |= {"superior_due": None, "promise_on": None, "urgent": False, "register": True}
        return values

    def as_draft(self) -> dict[str, object]:
        """What stands in the fields, as JSON keeps it."""
        return self.draft_of(self.form.values())

    def draft_of(self, values: Mapping[str, object]) -> dict[str, object]:
        """Values as JSON keeps them."""
        return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}

    def from_draft(self, kept: Mapping[str, Any]) -> dict[str, object]:
        """Values of a kept draft; what it lacks or cannot be read is as on an empty card."""
        values = self.blank()
        for key, empty in values.items():
            if key in _DAYS:
                values[key] = _day(kept.get(key))
            elif isinstance(kept.get(key), type(empty)):
                values[key] = kept[key]
        return values


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:  # a day half typed
        return None

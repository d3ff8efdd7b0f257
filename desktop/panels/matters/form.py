"""The form of an opinion item or a brief; what is typed is kept. UI thread."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.panels.matters.commands import By, MatterDraft, save
from desktop.panels.matters.queries import Choice, Matter
from desktop.panels.matters.rules import (
    ASKED_WORDS,
    HEAT_WORDS,
    LINES_MAX,
    TONE_WORDS,
    Kind,
    conventions,
    lines_of,
    page_fault,
    reply_due,
)
from widgets.forms import DateField, FormPane

_WIDTH_MAX: Final = 860
_LINES: Final = {"body": 7, "advice": 4}
_DAYS: Final = ("raised_on", "due_on")


class MatterForm(QWidget):
    """One of each kind. `saved(id)` follows the write; `left()` when the user goes back."""

    saved = Signal(str)
    left = Signal()

    def __init__(self, context: PanelContext, kind: Kind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{kind}_form")
        self._context = context
        self.kind: Kind = kind
        self._matter_id: str | None = None
        self._open = False
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.note = QLabel(self)
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self.form = FormPane(self, submit_text=self.tr("Save"), cancel_text=self.tr("Back to list"))
        self.form.submit_button.setObjectName(f"save_{kind}")
        self.owner = QComboBox(self)
        self.heat = QComboBox(self)
        self.raised_on = DateField(self, optional=False)
        self.due_on = DateField(self)
        self._fill()
        self.form.setMaximumWidth(_WIDTH_MAX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        for part in (self.title, self.note):
            layout.addWidget(part)
        layout.addWidget(self.form, 1)
        self.form.edited.connect(self._on_edited)
        self.form.submitted.connect(self._on_submitted)
        self.form.closed.connect(self._on_closed)

    def _fill(self) -> None:
        form = self.form
        form.add_field("title", self.tr("Title"), QLineEdit(self), required=True)
        case = QLineEdit(self)
        case.setPlaceholderText(self.tr("Case number, if it is about one"))
        if self.kind == "opinion":
            self._fill_opinion(case)
        else:
            self._fill_brief(case)
            for unused in (self.owner, self.heat, self.due_on):  # of opinion items alone
                unused.hide()

    def _fill_opinion(self, case: QLineEdit) -> None:
        form, optional = self.form, self.tr("not judged")
        source = form.add_field("source", self.tr("Source"), QLineEdit(self), required=True)
        raised = form.add_field("raised_on", self.tr("Found on"), self.raised_on, required=True)
        form.add_line(((source, 3), (raised, 1)))
        link = form.add_field("link", self.tr("Link"), QLineEdit(self))
        form.add_line(((link, 3), (form.add_field("case_number", self.tr("Case"), case), 2)))
        tone = QComboBox(self)
        for box, words in ((tone, TONE_WORDS), (self.heat, HEAT_WORDS)):
            box.addItem(optional, None)
            for key, word in words.items():
                box.addItem(word, key)
        parts = (
            form.add_field("tone", self.tr("Tone"), tone),
            form.add_field("heat", self.tr("Heat"), self.heat),
            form.add_field("owner_id", self.tr("Who answers"), self.owner),
            form.add_field("due_on", self.tr("Answer by"), self.due_on),
        )
        form.add_line(tuple((part, 1) for part in parts))
        form.add_field("body", self.tr("What is said"), self._text("body"), required=True)
        self.heat.currentIndexChanged.connect(lambda _index: self._propose_due())
        self.raised_on.changed.connect(self._propose_due)

    def _fill_brief(self, case: QLineEdit) -> None:
        form = self.form
        asked = QComboBox(self)
        for key, word in ASKED_WORDS.items():
            asked.addItem(word, key)
        parts = (
            form.add_field("asked_of", self.tr("Asked of"), asked, required=True),
            form.add_field("raised_on", self.tr("Day"), self.raised_on, required=True),
            form.add_field("case_number", self.tr("Case"), case),
        )
        form.add_line(tuple((part, 1) for part in parts))
        form.add_field("body", self.tr("Problem"), self._text("body"), required=True)
        form.add_field("advice", self.tr("Advice"), self._text("advice"), required=True)
        form.edited.connect(lambda _values: self._count_lines())

    def _text(self, key: str) -> QPlainTextEdit:
        box = QPlainTextEdit(self)
        box.setTabChangesFocus(True)
        box.setFixedHeight(box.fontMetrics().lineSpacing() * (_LINES[key] + 1) + 12)
        return box

    # Opening

    @property
    def draft_key(self) -> str:
        """Under which what is typed is kept; one per kind, and one per matter that is changed."""
        return f"matter:{self._matter_id or self.kind}"

    def set_owners(self, owners: Sequence[Choice]) -> None:
        """Who can be chosen to answer."""
        chosen = self.owner.currentData()
        self.owner.clear()
        self.owner.addItem("—", None)
        for one in owners:
            self.owner.addItem(one.label, one.id)
        self.owner.setCurrentIndex(max(0, self.owner.findData(chosen)))

    def open_new(self, case_number: str) -> None:
        """An empty form, filled with what was typed before and not saved."""
        self._show(
            None,
            {"raised_on": self._context.today(), "case_number": case_number},
            self.tr("New opinion item") if self.kind == "opinion" else self.tr("New brief"),
        )

    def open_matter(self, found: Matter) -> None:
        """The stored words, to be changed."""
        values: dict[str, object] = {
            "title": found.title,
            "source": found.source,
            "link": found.link,
            "case_number": found.case_number,
            "tone": found.tone,
            "heat": found.heat,
            "owner_id": found.owner_id,
            "asked_of": found.asked_of,
            "body": found.body,
            "advice": found.advice,
            "raised_on": _day(found.raised_on),
            "due_on": _day(found.due_on),
        }
        self._show(found.id, values, found.title)

    def _show(self, matter_id: str | None, values: dict[str, object], title: str) -> None:
        self._matter_id = matter_id
        self._open = True
        self.title.setText(title)
        self.note.setText(conventions().basis if self.kind == "opinion" else "")
        self.form.set_values(dict.fromkeys(self.form.values()))
        self.form.set_values(values)
        if matter_id is None and self.kind == "opinion":
            self._propose_due()
        self._count_lines()
        self.form.set_waiting(True)
        key = self.draft_key
        self._context.load_draft(key, lambda kept: self._on_draft(key, kept))

    def _on_draft(self, key: str, kept: Mapping[str, Any] | None) -> None:
        if not self._open or key != self.draft_key:
            return  # another matter is open meanwhile: its own answer is on the way
        self.form.set_waiting(False)
        if kept:
            values = {name: _day(v) if name in _DAYS else v for name, v in kept.items()}
            self.form.set_values(values)
            self.note.setText(self.tr("What you typed before was restored."))
        self.form.field("title").control.setFocus()

    def _propose_due(self) -> None:
        found_on = self.raised_on.value()
        if found_on is not None:
            heat = self.heat.currentData()
            self.due_on.set_value(reply_due(found_on, heat, self._context.law.court_calendar))

    def _count_lines(self) -> None:
        """A brief is one page; how full it is shows while somebody writes."""
        if self.kind != "brief":
            return
        values = {key: str(value or "") for key, value in self.form.values().items()}
        used = lines_of(values["body"], values["advice"])
        words = self.tr("One page: {used} of {most} lines").format(used=used, most=LINES_MAX)
        fault = page_fault(values["title"], values["body"], values["advice"])
        self.form.field("advice").set_hint(words)
        self.form.field("advice").set_error(fault)

    # Writing

    def _on_edited(self, values: Mapping[str, object]) -> None:
        if self._open:
            kept = {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
            self._context.save_draft(self.draft_key, kept)

    def _on_submitted(self, values: Mapping[str, Any]) -> None:
        raised_on = values["raised_on"]
        if not isinstance(raised_on, date):
            return
        self.form.set_busy(True)
        draft = MatterDraft(
            matter_id=self._matter_id,
            kind=self.kind,
            title=str(values["title"]),
            body=str(values["body"]),
            raised_on=raised_on,
            by=By(self._context.who.person_id, self._context.now()),
            case_number=str(values.get("case_number") or ""),
            source=str(values.get("source") or ""),
            link=str(values.get("link") or ""),
            tone=values.get("tone"),
            heat=values.get("heat"),
            advice=str(values.get("advice") or ""),
            asked_of=values.get("asked_of"),
            owner_id=values.get("owner_id"),
            due_on=values.get("due_on"),
        )
        label = "登记舆情" if self.kind == "opinion" else "起草汇报"
        self._context.write(self, label, save, draft, self._on_saved, self._on_refused)

    def _on_saved(self, matter_id: str) -> None:
        self._context.discard_draft(self.draft_key)
        self.form.set_busy(False)
        self._open = False
        self.saved.emit(matter_id)

    def _on_refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        self.note.setText(sentence)
        self._context.notify(sentence, level="error")

    def _on_closed(self, values: Mapping[str, object]) -> None:
        self._on_edited(values)
        self._open = False
        self.left.emit()


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:  # A half typed day is kept as it was.
        return None

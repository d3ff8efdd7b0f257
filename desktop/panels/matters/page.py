"""One matter: its words, its thread, its notes, and what can be done with it now. UI thread."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.names import file_name
from desktop.contract.context import PanelContext
from desktop.notes.box import NotesBox
from desktop.notes.rules import About
from desktop.panels.matters.commands import By, MatterAct, act
from desktop.panels.matters.paper import BriefPrint, fill, print_brief
from desktop.panels.matters.queries import Choice, Matter
from desktop.panels.matters.rules import (
    ACT_WORDS,
    ASKED_WORDS,
    HEAT_WORDS,
    KIND_WORDS,
    STATE_WORDS,
    TONE_WORDS,
    Act,
    State,
    acts,
    days_late,
    follow_up_due,
    style_of,
)
from widgets.badge import Badge
from widgets.dialogs import ask_text, confirm
from widgets.forms import DateField, FormDialog
from widgets.parts import named_button, words_label
from widgets.pdf_preview import PdfPreview
from widgets.timeline import Step, StepList
from widgets.timeline.records import StepKind

_PRIMARY: Final = (Act.REPLY, Act.SUBMIT, Act.DECIDE)
_ASKED: Final = (Act.REPLY, Act.CLOSE, Act.REMIND)
_ORDERED: Final = (Act.ASSIGN, Act.DECIDE)
_STEPS: Final[Mapping[str, StepKind]] = {
    "raise": "start",
    "decide": "due",
    "reply": "due",
    "close": "done",
}


class MatterPage(QWidget):
    """`left()` when the user goes back; `change_asked(Matter)` to change its words."""

    left = Signal()
    change_asked = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matter_page")
        self._context = context
        self.matter: Matter | None = None
        self.owners: Sequence[Choice] = ()
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.title.setWordWrap(True)
        self.state = Badge(parent=self)
        self.head = words_label(self, "muted")
        self.body = words_label(self, "")
        self.course = StepList(self, scroll=True)
        self.notes = NotesBox(context, self)
        self.tabs = QTabWidget(self)
        self.back_button = named_button(self, "back", self.tr("Back to list"))
        self.print_button = named_button(self, "print", self.tr("Print on one page"))
        self.case_button = named_button(self, "open_case", self.tr("Go to case"))
        self.act_buttons = {
            kind: named_button(self, f"act_{kind.value}", text)
            for kind, text in (
                (Act.REPLY, self.tr("Publish reply")),
                (Act.SUBMIT, self.tr("Submit")),
                (Act.DECIDE, self.tr("Decide")),
                (Act.ASSIGN, self.tr("Assign")),
                (Act.REMIND, self.tr("Remind")),
                (Act.CHANGE, self.tr("Change")),
                (Act.WITHDRAW, self.tr("Withdraw")),
                (Act.CLOSE, self.tr("Close")),
            )
        }
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back_button)
        top.addWidget(self.title, 1)
        top.addWidget(self.state)
        for kind, button in self.act_buttons.items():
            if kind in _PRIMARY:
                button.setProperty("kind", "primary")
            top.addWidget(button)
        words = QWidget(self)
        words.setProperty("plain", True)
        inner = QVBoxLayout(words)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(12)
        inner.addWidget(self.head)
        inner.addWidget(self.body)
        inner.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(words)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.course, self.tr("Course"))
        self.tabs.addTab(self.notes, self.tr("Notes"))
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("matter_splitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(area)
        splitter.addWidget(self.tabs)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([600, 400])
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.print_button)
        foot.addWidget(self.case_button)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(splitter, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        self.print_button.clicked.connect(lambda _checked=False: self.print())
        self.case_button.clicked.connect(lambda _checked=False: self._open_case())
        self.notes.counted.connect(
            lambda count: self.tabs.setTabText(1, self.tr("Notes") + f" {count}")
        )
        for kind, button in self.act_buttons.items():
            button.clicked.connect(lambda _checked=False, kind=kind: self._ask(kind))

    # Showing

    def show_matter(self, found: Matter) -> None:
        """Shows a matter as it stands today."""
        self.matter = found
        today, calendar = self._context.today(), self._context.law.court_calendar
        due = date.fromisoformat(found.due_on) if found.due_on else None
        late = days_late(found.state, due, today)
        words = self.tr("{days} days late").format(days=late) if late else STATE_WORDS[found.state]
        self.title.setText(f"{KIND_WORDS[found.kind]}　{found.title}")
        self.state.set_state(style_of(found.state, due, today, calendar), words)
        self.head.setText(self._head_words(found))
        self.body.setText("\n\n".join(self._parts(found)))
        self.course.set_steps(
            [
                Step(_STEPS.get(line.kind, "note"), line.headline, line.detail)
                for line in found.thread
            ]
        )
        self.notes.show_object(About("matter", found.id, found.case_id))
        possible = acts(found.state)
        for kind, button in self.act_buttons.items():
            button.setVisible(kind in possible)
        self.print_button.setVisible(found.kind == "brief")
        self.case_button.setVisible(found.case_id is not None)

    def _head_words(self, found: Matter) -> str:
        words = [
            self.tr("raised by {name} on {day}").format(name=found.maker, day=found.raised_on),
            found.source,
            TONE_WORDS.get(found.tone or "", ""),
            self.tr("heat {heat}").format(heat=HEAT_WORDS[found.heat]) if found.heat else "",
            self.tr("asked of {whom}").format(whom=ASKED_WORDS[found.asked_of])
            if found.asked_of
            else "",
            found.case_number,
            self.tr("owner {name}").format(name=found.owner) if found.owner else "",
            self.tr("due {day}").format(day=found.due_on) if found.due_on else "",
            found.link,
        ]
        return " · ".join(word for word in words if word)

    def _parts(self, found: Matter) -> list[str]:
        opinion = found.kind == "opinion"
        said = self.tr("What is said: {text}") if opinion else self.tr("Problem: {text}")
        parts = [said.format(text=found.body)]
        if found.advice:
            parts.append(self.tr("Advice: {text}").format(text=found.advice))
        if found.answered_on:
            told = (
                self.tr("Published on {day} by {name}: {text}")
                if opinion
                else self.tr("Decided on {day} by {name}: {text}")
            )
            parts.append(
                told.format(day=found.answered_on, name=found.answered_by, text=found.answer)
            )
        if found.closed_on:
            told = self.tr("Closed on {day} by {name}: {text}")
            parts.append(
                told.format(day=found.closed_on, name=found.closed_by, text=found.result or "")
            )
        return parts

    # Acts

    def _ask(self, kind: Act) -> None:
        found = self.matter
        if found is None:
            return
        if kind is Act.CHANGE:
            self.change_asked.emit(found)
        elif kind in _ORDERED:
            self._ask_order(found, kind)
        elif kind in _ASKED:
            labels = {
                Act.REPLY: self.tr("The words that were published"),
                Act.CLOSE: self.tr("What came of it? Without a reply, say why none was needed."),
                Act.REMIND: self.tr("What is the owner reminded of?"),
            }
            ask_text(
                self,
                object_name=f"ask_{kind.value}",
                title=found.title,
                label=labels[kind],
                accept_text=ACT_WORDS[kind.value],
                on_accept=lambda text: self.do(MatterAct(found.id, kind, self._by(), text)),
                multiline=True,
            )
        else:
            confirm(
                self,
                object_name=f"confirm_{kind.value}",
                title=found.title,
                text=self.tr("{act} this brief?").format(act=ACT_WORDS[kind.value]),
                accept_text=ACT_WORDS[kind.value],
                on_accept=lambda: self.do(MatterAct(found.id, kind, self._by())),
            )

    def _ask_order(self, found: Matter, kind: Act) -> None:
        """Who does it by when; a decision has its words as well."""
        dialog = FormDialog(found.title, self, submit_text=ACT_WORDS[kind.value])
        dialog.setObjectName(f"ask_{kind.value}")
        if kind is Act.DECIDE:
            box = QPlainTextEdit(dialog)
            box.setTabChangesFocus(True)
            dialog.form.add_field("body", self.tr("Decision"), box, required=True)
        owner = QComboBox(dialog)
        for one in self.owners:
            owner.addItem(one.label, one.id)
        owner.setCurrentIndex(owner.findData(found.owner_id) if found.owner_id else -1)
        due_on = DateField(dialog, optional=False)
        dialog.form.add_field("owner_id", self.tr("Owner"), owner, required=True)
        dialog.form.add_field("due_on", self.tr("Due"), due_on, required=True)
        today = self._context.today()
        proposed = follow_up_due(today, self._context.law.court_calendar)
        due_on.set_value(date.fromisoformat(found.due_on) if found.due_on else proposed)

        def send(values: Mapping[str, Any]) -> None:
            wanted = MatterAct(
                found.id,
                kind,
                self._by(),
                str(values.get("body") or ""),
                values["owner_id"],
                values["due_on"],
            )
            self.do(wanted, dialog.accept)

        dialog.form.submitted.connect(send)
        dialog.show()

    def _by(self) -> By:
        return By(self._context.who.person_id, self._context.now())

    def do(self, wanted: MatterAct, then: Any = None) -> None:
        """Does an act; the list and this page follow the change."""

        def done(state: State) -> None:
            if then is not None:
                then()
            self._context.notify(STATE_WORDS[state], level="done")

        label = (
            f"{KIND_WORDS[self.matter.kind] if self.matter else ''}{ACT_WORDS[wanted.act.value]}"
        )
        self._context.write(self, label, act, wanted, done)

    def _open_case(self) -> None:
        if self.matter is not None and self.matter.case_id:
            self._context.open("case_query", {"case_id": self.matter.case_id})

    def print(self) -> None:
        """Lays the brief out as PDF and shows it."""
        if self.matter is None:
            return
        sheet = fill(self.matter, self._context.now())
        path = self._context.documents_folder() / file_name(
            "汇报", self.matter.title, self.matter.raised_on
        )
        done = partial(self._on_printed, self.matter.case_id)
        self._context.layout(self, print_brief, BriefPrint(sheet, path), done)

    def _on_printed(self, case_id: str | None, path: Path) -> None:
        self._context.copied("print", "重大问题汇报", case_id)
        preview = PdfPreview(path, self.tr("Brief"), self)
        preview.failed.connect(lambda text: self._context.notify(text, level="error"))
        preview.show()
        self._context.notify(self.tr("Saved: {path}").format(path=path), level="done")

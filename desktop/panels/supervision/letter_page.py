"""One letter: its text, its ladder, and what can be done with it now. UI thread."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.names import file_name, subject_words
from desktop.circulars.office import office
from desktop.contract.context import PanelContext
from desktop.panels.supervision.commands import LetterAct, act
from desktop.panels.supervision.paper import LetterPrint, fill, print_letter
from desktop.panels.supervision.queries import Letter
from desktop.panels.supervision.rules import (
    ACT_WORDS,
    LEVEL_STYLES,
    LEVEL_WORDS,
    STATE_WORDS,
    Act,
    LetterState,
    acts,
    state_style,
)
from desktop.panels.supervision.seed import post_name
from desktop.panels.supervision.sign_sheet import SignSheet
from desktop.rules.reply_day import reply_day
from widgets.badge import Badge
from widgets.dialogs import ask_text, confirm
from widgets.parts import named_button, words_label
from widgets.pdf_preview import PdfPreview
from widgets.timeline import Step, StepList

_SIGNED: Final = (
    LetterState.ISSUED,
    LetterState.REPLIED,
    LetterState.RETURNED,
    LetterState.CLOSED,
)


class LetterPage(QWidget):
    """`left()` when the user goes back; `edit_asked(Letter)` for a draft."""

    left = Signal()
    edit_asked = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("letter_page")
        self._context = context
        self.letter: Letter | None = None
        self.number = QLabel(self)
        self.number.setProperty("role", "title")
        self.level = Badge(parent=self)
        self.state = Badge(parent=self)
        self.head = words_label(self, "muted")
        self.body = words_label(self, "")
        self.answer = words_label(self, "")
        self.ladder = StepList(self)
        self.back_button = named_button(self, "back", self.tr("Back to list"))
        self.print_button = named_button(self, "print", self.tr("Print"))
        self.sign_button = named_button(self, "sign_file", self.tr("Sign as PDF"))
        self.case_button = named_button(self, "open_case", self.tr("Go to case"))
        self.why_button = named_button(self, "why", self.tr("Why overdue"))
        self.act_buttons = {
            Act.ISSUE: named_button(self, "act_issue", self.tr("Edit and issue")),
            Act.REPLY: named_button(self, "act_reply", self.tr("Enter reply")),
            Act.CLOSE: named_button(self, "act_close", self.tr("Close letter")),
            Act.RETURN: named_button(self, "act_return", self.tr("Send back")),
            Act.WITHDRAW: named_button(self, "act_withdraw", self.tr("Withdraw")),
        }
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        for part in (self.back_button, self.number, self.level, self.state):
            top.addWidget(part)
        top.addStretch(1)
        for kind, button in self.act_buttons.items():
            if kind in (Act.ISSUE, Act.REPLY, Act.CLOSE):
                button.setProperty("kind", "primary")
            top.addWidget(button)
        body = QWidget(self)
        body.setProperty("plain", True)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(12)
        ladder_title = QLabel(self.tr("Escalation ladder"), self)
        ladder_title.setProperty("role", "group")
        for text in (self.head, self.body, self.answer, ladder_title, self.ladder):
            inner.addWidget(text)
        inner.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(body)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for part in (self.print_button, self.sign_button, self.why_button, self.case_button):
            foot.addWidget(part)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(scroll, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        self.print_button.clicked.connect(lambda _checked=False: self.print())
        self.sign_button.clicked.connect(lambda _checked=False: self._sign())
        self.case_button.clicked.connect(lambda _checked=False: self._open("case_query"))
        self.why_button.clicked.connect(lambda _checked=False: self._open("derivation"))
        for kind, button in self.act_buttons.items():
            button.clicked.connect(lambda _checked=False, kind=kind: self._ask(kind))

    def show_letter(self, found: Letter) -> None:
        """Shows a letter as it stands today."""
        self.letter = found
        self.number.setText(found.number)
        self.level.set_state(LEVEL_STYLES[found.level], LEVEL_WORDS[found.level])
        style = state_style(found.state, found.reply_by, self._context.today())
        self.state.set_state(style, STATE_WORDS[found.state])
        words = (
            found.case_number,
            found.node_name + subject_words(found.subject),
            self.tr("To {name}").format(name=found.addressee),
            self.tr("reply by {day}").format(day=found.reply_by.isoformat()),
            self.tr("issued {day}").format(day=found.issued_on.isoformat())
            if found.issued_on
            else "",
        )
        self.head.setText(" · ".join(word for word in words if word))
        text = found.text
        self.body.setText(
            "\n\n".join(
                (
                    self.tr("Basis: {text}").format(text=text.basis),
                    self.tr("Facts: {text}").format(text=text.facts),
                    self.tr("Demand: {text}").format(text=text.demand),
                )
            )
        )
        answers = []
        if found.replied_on is not None:
            said = self.tr("Reply of {day}: {text}")
            answers.append(said.format(day=found.replied_on.isoformat(), text=found.reply))
        if found.reviewed_on is not None:
            said = self.tr("Review of {day}: {text}")
            answers.append(said.format(day=found.reviewed_on.isoformat(), text=found.review))
        self.answer.setText("\n\n".join(answers))
        self.answer.setVisible(bool(answers))
        self.ladder.set_steps(self._steps(found))
        possible = () if found.numbering else acts(found.state)
        for kind, button in self.act_buttons.items():
            button.setVisible(kind in possible)
        self.why_button.setVisible(bool(found.node_code))
        # Who issued it puts his signature on the file, and nobody else.
        me = self._context.who.person_id
        self.sign_button.setVisible(
            found.state in _SIGNED and me is not None and found.issuer_id == me
        )

    def _steps(self, found: Letter) -> list[Step]:
        steps = []
        waiting = found.state in (LetterState.ISSUED, LetterState.RETURNED)
        for rung in found.rungs:
            who = post_name(rung.post)
            if rung.to_person:
                who += f" {rung.to_person}"
            if rung.fired_on is not None:
                said = self.tr("{day} escalated to {who}")
                headline = said.format(day=rung.fired_on.isoformat(), who=who)
                steps.append(Step("late", headline, rung.text, "overdue"))
                continue
            said = self.tr("{day} goes to {who}") if waiting else self.tr("Not fired: {who}")
            headline = said.format(day=rung.due_on.isoformat(), who=who)
            steps.append(Step("note", headline, rung.text))
        return steps

    # Acts

    def _ask(self, kind: Act) -> None:
        found = self.letter
        if found is None:
            return
        if kind is Act.ISSUE:
            self.edit_asked.emit(found)
        elif kind in (Act.CLOSE, Act.WITHDRAW):
            confirm(
                self,
                object_name=f"confirm_{kind.value}",
                title=found.number,
                text=self.tr("{act} letter {number}?").format(
                    act=ACT_WORDS[kind], number=found.number
                ),
                accept_text=ACT_WORDS[kind],
                on_accept=lambda: self.do(kind, ""),
                danger=kind is Act.WITHDRAW,
            )
        else:
            label = self.tr("What did the addressee answer?")
            if kind is Act.RETURN:
                day = self._next_reply_day(found).isoformat()
                label = self.tr("Why is it sent back? New reply day: {day}").format(day=day)
            ask_text(
                self,
                object_name=f"ask_{kind.value}",
                title=found.number,
                label=label,
                accept_text=ACT_WORDS[kind],
                on_accept=lambda text: self.do(kind, text),
                multiline=True,
            )

    def _next_reply_day(self, found: Letter) -> date:
        days = office().reply_workdays[found.level]
        return reply_day(self._context.today(), days, self._context.law.court_calendar)[0]

    def do(self, kind: Act, body: str) -> None:
        """Does an act other than issuing; the list and this page follow the change."""
        found = self.letter
        if found is None:
            return
        today = self._context.today()
        wanted = LetterAct(
            found.id,
            kind,
            today,
            self._context.who.person_id,
            body,
            self._next_reply_day(found) if kind is Act.RETURN else None,
        )
        label = f"督办单{ACT_WORDS[kind]}"
        self._context.write(self, label, act, wanted, self._on_done)

    def _on_done(self, state: LetterState) -> None:
        number = self.letter.number if self.letter is not None else ""
        self._context.notify(f"{number} {STATE_WORDS[state]}", level="done")

    def _open(self, panel_id: str) -> None:
        if self.letter is not None:
            params = {
                "case_id": self.letter.case_id,
                "node_code": self.letter.node_code,
                "subject": self.letter.subject,
            }
            self._context.open(panel_id, params)

    def print(self) -> None:
        """Lays the letter out as PDF and shows it."""
        if self.letter is None:
            return
        sheet = fill(self.letter, self._context.now())
        path = self._context.documents_folder() / file_name(
            self.letter.number, self.letter.case_number
        )
        self._context.layout(
            self,
            print_letter,
            LetterPrint(sheet, path),
            partial(self._on_printed, self.letter.case_id),
        )

    def _sign(self) -> None:
        """The pages with a field for the PIN; the signed file is shown at once."""
        if self.letter is None:
            return
        sheet = SignSheet(self._context, self.letter, self)
        sheet.signed.connect(self._show_file)
        sheet.open()

    def _show_file(self, path: Path) -> None:
        preview = PdfPreview(path, self.tr("Supervision letter"), self)
        preview.failed.connect(lambda text: self._context.notify(text, level="error"))
        preview.show()

    def _on_printed(self, case_id: str, path: Path) -> None:
        self._context.copied("print", "督办单", case_id)
        self._show_file(path)
        self._context.notify(self.tr("Saved: {path}").format(path=path), level="done")

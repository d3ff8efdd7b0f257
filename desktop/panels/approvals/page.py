"""One thing that waits, with everything the decision rests on, and the buttons that decide it.

UI thread. The page stays when somebody else decides meanwhile: it says who did and when, and what
was typed remains.
"""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext, Selection
from desktop.panels.approvals.commands import DecideArgs, decide
from desktop.panels.approvals.evidence import Evidence, EvidenceArgs, Past, evidence
from desktop.panels.approvals.rules import ELSEWHERE, STEP_WORDS, Item, Kind, urgency
from desktop.paper.preview import PagesPreview
from desktop.rules.signing_matrix import Stage
from widgets.badge import Badge
from widgets.beside import BesidePages, FactGrid
from widgets.parts import named_button, scrolled, words_label
from widgets.theme import current_theme
from widgets.timeline import Step, StepList

BODY_MAX: Final = 2_000
_NARROW: Final = 900
_LABEL: Final = 96


class ItemPage(QWidget):
    """`left()` when the user goes back; `decided(str)` after an act, with what was done;
    `sign_wanted(document_id)` where a signature is what is waited for."""

    left = Signal()
    decided = Signal(str)
    sign_wanted = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("approval_page")
        self._context = context
        self._asked: tuple[Kind, str] | None = None
        self._seen_stage = ""
        self._shown_document = ""
        self._shown_words = ""
        self._may = False
        self.item: Item | None = None
        self.found: Evidence | None = None
        self._make_head()
        self._make_body()
        self._make_foot()
        self._arrange()

    # Parts

    def _make_head(self) -> None:
        self.back_button = named_button(self, "back", self.tr("Back to list"))
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setMinimumWidth(current_theme().px(80))
        self.urgency = Badge(parent=self)
        self.place = QLabel(self)
        self.place.setProperty("role", "muted")
        self.head = words_label(self, "muted")
        self.standing_in = words_label(self, "")
        self.standing_in.setObjectName("standing_in")
        self.settled = words_label(self, "error")
        self.settled.setObjectName("settled")
        self.reason = words_label(self, "muted")
        self.reason.setObjectName("reason")
        self.fault = words_label(self, "error")
        self.fault.setObjectName("fault")
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())

    def _make_body(self) -> None:
        self.law = words_label(self, "")
        self.law.setObjectName("law")
        self.facts = FactGrid(self)
        self.acts = StepList(self)
        self.preview = PagesPreview(self._context, self)

    def _make_foot(self) -> None:
        self.words = QPlainTextEdit(self)
        self.words.setObjectName("words")
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(self.words.fontMetrics().lineSpacing() * 2 + 14)
        self.words.setPlaceholderText(self.tr("Remark; needed for a return or a dissent"))
        self.words.setAccessibleName(self.tr("Remark"))
        self.words.textChanged.connect(self._on_typed)
        self.agree_button = named_button(self, "agree", self.tr("Agree"))
        self.agree_button.setProperty("kind", "primary")
        self.refuse_button = named_button(self, "refuse", self.tr("Send back"))
        self.pages_button = named_button(self, "pages", self.tr("Pages"))
        self.open_button = named_button(self, "open_document", self.tr("Open document"))
        self.case_button = named_button(self, "open_case", self.tr("Go to case"))
        self.agree_button.clicked.connect(lambda _checked=False: self._on_agree())
        self.refuse_button.clicked.connect(lambda _checked=False: self._do(agreed=False))
        self.open_button.clicked.connect(lambda _checked=False: self._open_document())
        self.case_button.clicked.connect(lambda _checked=False: self._open_case())

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back_button)
        top.addWidget(self.urgency)
        top.addWidget(self.title, 1)
        top.addWidget(self.place)
        for button in (self.pages_button, self.open_button, self.case_button):
            top.addWidget(button)
        body = QWidget(self)
        body.setProperty("plain", True)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 10, 0)
        inner.setSpacing(8)
        for heading, part in (
            ("", self.head),
            ("", self.standing_in),
            ("", self.settled),
            ("", self.fault),
            ("", self.reason),
            (self.tr("What the law says"), self.law),
            (self.tr("Facts"), self.facts),
            (self.tr("Earlier acts"), self.acts),
        ):
            if heading:
                inner.addWidget(_heading(self, heading))
            inner.addWidget(part)
        inner.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.words, 1)
        foot.addStretch(0)
        for button in (self.refuse_button, self.agree_button):
            foot.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        left = QWidget(self)
        side = QVBoxLayout(left)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(8)
        side.addWidget(scrolled(body, self), 1)
        side.addLayout(foot)
        self._sides = BesidePages(left, self.preview, self.pages_button, _NARROW, (520, 560), self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self._sides, 1)

    # Showing

    def open_item(self, kind: Kind, id_: str) -> None:
        """Shows one item from the start; what was typed for another one goes."""
        if self._asked != (kind, id_):
            self._asked, self._seen_stage, self._shown_document = (kind, id_), "", ""
            self.item = self.found = None
            self.words.clear()
            self.preview.clear()
            self.pages_button.setChecked(False)
        self.refresh()

    def set_place(self, words: str) -> None:
        """Which of several this one is; empty for one alone."""
        self.place.setText(words)
        self.place.setVisible(bool(words))

    def refresh(self) -> None:
        """Reads the item again as it stands now."""
        if self._asked is None:
            return
        kind, id_ = self._asked
        person_id, now = self._context.who.person_id, self._context.now()
        args = EvidenceArgs(kind, id_, person_id, now, self._seen_stage)
        self._context.read(self, "evidence", evidence, args, self._on_found, self._on_gone)

    def _on_gone(self, sentence: str) -> None:
        self._set_buttons(on=False)
        self.reason.setText(sentence)
        self.reason.show()

    def _on_found(self, found: Evidence) -> None:
        self.found = found
        if found.item is not None:
            self._show_item(found.item)
        _say(self.standing_in, found.standing_in)
        _say(self.settled, found.settled)
        _say(self.reason, found.reason)
        fault = found.item.limit.fault if found.item is not None else ""
        _say(self.fault, fault)
        self.law.setText("\n".join(found.law))
        self.facts.show_facts(found.facts)
        self.acts.set_steps([_step(past) for past in found.acts])
        self._set_buttons(on=found.allowed and not found.settled)

    def _show_item(self, item: Item) -> None:
        changed = self.item is not None and item.content != self.item.content
        if self.item is None and item.case_id:
            self._context.select(Selection(item.case_id))  # a look at the case, and noted as one
        self.item = item
        # The stage that was on the page first is the one a faster colleague is told about.
        self._seen_stage = self._seen_stage or item.stage
        self.title.setText(item.title)
        self.title.setToolTip(item.title)
        self.urgency.set_state(*urgency(item, self._context.today()))
        words = (
            item.what,
            self.tr("stage: {stage}").format(stage=item.stage_word),
            self.tr("from {name}").format(name=item.sender) if item.sender else "",
            self.tr("since {time}").format(time=item.since[:16].replace("T", " ")),
        )
        self.head.setText(" · ".join(word for word in words if word))
        self.case_button.setVisible(bool(item.case_id))
        self.open_button.setVisible(bool(item.document_id))
        self._name_buttons(item)
        self._sides.set_has_pages(bool(item.document_id))
        if item.document_id and (changed or self._shown_document != item.document_id):
            self._shown_document = item.document_id
            self.preview.show_document(item.document_id)

    def _name_buttons(self, item: Item) -> None:
        agree, refuse = self.tr("Agree"), self.tr("Refuse")
        if item.kind is Kind.DOCUMENT:
            stage = Stage(item.stage)
            agree = STEP_WORDS.get(stage, agree)
            if item.coercive and stage is Stage.APPROVE:
                agree = self.tr("Go and approve")
            refuse = self.tr("Vote against") if stage is Stage.PANEL else self.tr("Send back")
        elif item.kind is Kind.OBJECTION:
            agree, refuse = self.tr("Accept in the document"), self.tr("Reject objection")
        elif item.kind is Kind.REPLY:
            agree = self.tr("Review in the letter")
        elif item.kind is Kind.BRIEF:
            agree = self.tr("Answer in the brief")
        self.agree_button.setText(agree)
        self.refuse_button.setText(refuse)
        self.refuse_button.setVisible(item.kind not in ELSEWHERE)
        typed = item.kind in (Kind.DOCUMENT, Kind.OBJECTION)
        self.words.setVisible(typed)

    def _set_buttons(self, *, on: bool) -> None:
        fault = self.item is not None and bool(self.item.limit.fault)
        self.agree_button.setEnabled(on and not fault)
        self._may = on
        self._on_typed()

    def _on_typed(self) -> None:
        """A return needs words."""
        item = self.item
        needs = item is not None and item.kind in (Kind.DOCUMENT, Kind.OBJECTION)
        typed = bool(self.words.toPlainText().strip())
        self.refuse_button.setEnabled(self._may and (typed or not needs))

    # Acts

    def _on_agree(self) -> None:
        item = self.item
        if item is None:
            return
        # What is counted anew or reviewed as a whole has a page of its own.
        if item.kind in ELSEWHERE or item.kind is Kind.OBJECTION:
            self._open_document()
        elif item.stage == Stage.SIGN:
            self.sign_wanted.emit(item.document_id)
        elif item.coercive:
            # Approved with a PIN over the very pages, on a page of its own.
            self._context.open("coercive", {"document_id": item.document_id})
            self.decided.emit("")
        else:
            self._do(agreed=True)

    def _do(self, *, agreed: bool) -> None:
        if self.item is None:
            return
        self._set_buttons(on=False)
        body = self.words.toPlainText().strip()[:BODY_MAX]
        person_id = self._context.who.person_id
        args = DecideArgs(self.item, agreed, person_id, self._context.now(), body)
        label = f"审批：{self.item.title}"
        self._context.write(self, label, decide, args, self._on_done, self._on_refused)

    def _on_done(self, done: str) -> None:
        title = self.item.title if self.item is not None else ""
        self.words.clear()
        self._context.notify(f"{done}：{title}", level="done")
        self.decided.emit(done)

    def _on_refused(self, sentence: str) -> None:
        """What was typed stays; the page tells how things stand now."""
        self._context.notify(sentence, level="error")
        self.refresh()

    def _open_document(self) -> None:
        item = self.item
        if item is None:
            return
        if item.kind in ELSEWHERE:
            panel, key = ELSEWHERE[item.kind]
            self._context.open(panel, {key: item.id})
            return
        self._context.open("documents", {"document_id": item.document_id})

    def _open_case(self) -> None:
        if self.item is not None and self.item.case_id:
            self._context.open("case_query", {"case_id": self.item.case_id})


def _step(past: Past) -> Step:
    when = past.at[:16].replace("T", " ")
    state = "overdue" if past.back else ""
    return Step("note", f"{when}　{past.who}　{past.what}", past.body, state)


def _say(label: QLabel, words: str) -> None:
    label.setText(words)
    label.setVisible(bool(words))


def _heading(parent: QWidget, text: str) -> QLabel:
    made = QLabel(text, parent)
    made.setProperty("role", "group")
    return made

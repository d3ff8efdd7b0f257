"""One circular: its steps in a row, and the page of the step that is chosen. UI thread."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.documents.course import ActArgs
from desktop.documents.receipts import opened
from desktop.documents.states import STATE_STYLES, STATE_WORDS
from desktop.panels.weekly.figures_step import FiguresStep
from desktop.panels.weekly.issue_step import IssueStep
from desktop.panels.weekly.object_step import ObjectStep
from desktop.panels.weekly.overdue_step import OverdueStep
from desktop.panels.weekly.pages_step import PagesStep
from desktop.panels.weekly.proof_step import ProofStep
from desktop.panels.weekly.queries import Circular, CircularArgs, circular
from desktop.panels.weekly.replies_step import RepliesStep
from desktop.panels.weekly.rules import Step, done, next_step, steps_of
from desktop.panels.weekly.step_page import StepPage, button, scrolled, text_label
from desktop.paper.printing import PrintBox, PrintItem
from desktop.paper.signing import SignBox
from storage.records.changes import ChangeSet
from widgets.badge import Badge

TABLES = (
    *("document", "document_version", "document_act", "document_recipient", "document_file"),
    *("objection", "request"),
)


class CircularPage(QWidget):
    """`left()` by the way back."""

    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("circular_page")
        self._context = context
        self._id = ""
        self._step: Step | None = None
        self._shown: tuple[str, str] | None = None
        self.found: Circular | None = None
        self.back_button = button(self, "circular_back", self.tr("Back to the list"), self._leave)
        self.papers_button = button(self, "in_documents", self.tr("In the papers"), self._papers)
        self.papers_button.setToolTip(self.tr("Versions, recall and replacement"))
        self.title = text_label(self, "title")
        self.title.setObjectName("circular_title")
        self.state = Badge(parent=self)
        self.said = text_label(self, "muted")
        self.said.setObjectName("circular_said")
        self.said.setWordWrap(False)
        self.buttons: Mapping[Step, QPushButton] = {one: self._button(one) for one in Step}
        self.figures = FiguresStep(context, self)
        self.overdue = OverdueStep(context, self)
        self.replies = RepliesStep(context, self)
        self.objecting = ObjectStep(context, self)
        self.pages = PagesStep(context, self)
        self.signing = SignBox(context, self)
        self.printing = PrintBox(context, self)
        self.issuing = IssueStep(context, self)
        self.proof = ProofStep(context, self)
        self._stack = QStackedWidget(self)
        self._arrange()
        self._connect()

    def _button(self, step: Step) -> QPushButton:
        made = button(self, f"step_{step.value}", "", partial(self.go, step), kind="segment")
        made.setCheckable(True)
        return made

    def _step_words(self, step: Step) -> str:
        return {
            Step.FIGURES: self.tr("Figures"),
            Step.REPLIES: self.tr("Replies"),
            Step.PAGES: self.tr("Pages"),
            Step.SIGN: self.tr("Signature"),
            Step.PRINT: self.tr("Print"),
            Step.ISSUE: self.tr("Receipts"),
            Step.PROOF: self.tr("Proof"),
        }[step]

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back_button)
        top.addWidget(self.title, 1)
        top.addWidget(self.papers_button)
        top.addWidget(self.state)
        steps = QHBoxLayout()
        steps.setSpacing(6)
        for one in self.buttons.values():
            steps.addWidget(one)
        steps.addStretch(1)
        steps.addWidget(self.said)
        self._areas = {page: scrolled(page, least) for page, least in self._pages().items()}
        for area in self._areas.values():
            self._stack.addWidget(area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addLayout(steps)
        layout.addWidget(self._stack, 1)

    def _pages(self) -> Mapping[QWidget, int]:
        """Every page and the height below which it scrolls, in pixels."""
        return {
            self.figures: 560,
            self.overdue: 420,
            self.replies: 380,
            self.objecting: 440,
            self.pages: 320,
            self.issuing: 260,
            self.proof: 320,
            self.signing: 340,
            self.printing: 340,
        }

    def _connect(self) -> None:
        for page in self._pages():
            if isinstance(page, StepPage):
                page.said.connect(self._say)
        self.signing.signed.connect(lambda _id: self._say(self.tr("Signed.")))
        self.signing.left.connect(partial(self.go, Step.PAGES))
        self.printing.left.connect(partial(self.go, Step.ISSUE))
        self._context.changed.connect(self._on_changed)
        self._context.day_changed.connect(lambda _day: self.reload())

    # Which circular

    def open(self, document_id: str, step: Step | None = None) -> None:
        """Shows a circular at a step, else at the first one that is not done."""
        self._id, self._step, self._shown = document_id, step, None
        self.found = None
        self.said.clear()
        self.reload()

    def reload(self) -> None:
        """Reads it anew."""
        if not self._id:
            return
        args = CircularArgs(self._id, self._context.who.person_id, self._context.now())
        self._context.read(self, "circular", circular, args, self._on_read, self._say)

    def _on_read(self, found: Circular) -> None:
        if found.id != self._id:
            return
        first = self.found is None
        self.found = found
        if self._step is None or self._step not in steps_of(found.standing):
            self._step = next_step(found.standing)
        self.title.setText(f"{found.number}　{found.title}".strip("　"))
        self.state.set_state(STATE_STYLES[found.state], STATE_WORDS[found.state])
        self._show_step()
        if first and not found.own and found.state == "issued":
            self._open_receipt(found)

    def _open_receipt(self, found: Circular) -> None:
        """Whoever opens it turns the receipt of the court green."""
        if any(one.court_id == found.own_court and not one.opened_at for one in found.receipts):
            who = self._context.who.person_id
            act = ActArgs(found.id, who, self._context.now(), found.content)
            self._context.write(self, f"签收{found.number}", opened, act, lambda _count: None)

    def _on_changed(self, changes: ChangeSet) -> None:
        if self._id and changes.touches(*TABLES):
            self.reload()

    # Which step

    @property
    def step(self) -> Step | None:
        """The step that is shown."""
        return self._step

    def go(self, step: Step) -> None:
        """Shows a step."""
        self._step = step
        if self.found is not None:
            self._show_step()

    def _show_step(self) -> None:
        found, step = self.found, self._step
        if found is None or step is None:
            return
        shown = steps_of(found.standing)
        for number, one in enumerate(Step, start=1):
            made = self.buttons[one]
            made.setVisible(one in shown)
            made.setChecked(one is step)
            tick = "✓ " if done(one, found.standing) else ""
            made.setText(f"{tick}{number} {self._step_words(one)}")
        page = self._page_of(step, found)
        # Noted first: what a page begins may change the circular and come back here.
        before, self._shown = self._shown, (found.id, step.value)
        self._stack.setCurrentWidget(self._areas[page])
        if isinstance(page, StepPage):
            page.show_circular(found)
        elif before != self._shown:
            self._begin(step, found)

    def _page_of(self, step: Step, found: Circular) -> QWidget:
        pages: dict[Step, QWidget] = {
            Step.FIGURES: self.figures if found.overdue is None else self.overdue,
            Step.REPLIES: self.replies if found.own else self.objecting,
            Step.PAGES: self.pages,
            Step.SIGN: self.signing,
            Step.PRINT: self.printing,
            Step.ISSUE: self.issuing,
            Step.PROOF: self.proof,
        }
        return pages[step]

    def _begin(self, step: Step, found: Circular) -> None:
        """Signing and printing go on by themselves; a change elsewhere must not begin them anew."""
        if step is Step.SIGN:
            self.signing.sign_document(found.id)
        else:
            item = PrintItem(found.id, found.title, found.number, len(found.recipients))
            self.printing.show_items([item])

    def _papers(self) -> None:
        """The panel of all documents, which also recalls and replaces."""
        if self._id:
            self._context.open("documents", {"document_id": self._id})

    def _say(self, words: str) -> None:
        self.said.setText(words)

    def _leave(self) -> None:
        self._id = ""
        self.left.emit()

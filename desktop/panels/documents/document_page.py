"""One document: its pages, its course, and what the person at the desk may do now. UI thread.

What came to him or his court is opened by being shown: the receipt turns green then.
"""

from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext, Selection
from desktop.contract.live import LiveRefresh
from desktop.documents.course import ActArgs
from desktop.documents.receipts import acknowledge, opened
from desktop.panels.documents.act_bar import ActBar
from desktop.panels.documents.acts import DocumentActs
from desktop.panels.documents.page_queries import (
    CourseStep,
    DocumentPage,
    PageArgs,
    document_page,
)
from desktop.panels.documents.possible import Do
from desktop.panels.documents.proof_tab import ProofTab
from desktop.panels.documents.queries import TABLES
from desktop.panels.documents.receipts_tab import ReceiptsTab
from desktop.panels.documents.replies_tab import RepliesTab
from desktop.panels.documents.service_tab import ServiceTab
from desktop.panels.documents.versions_tab import VersionsTab
from desktop.paper.preview import PagesPreview
from widgets.badge import Badge
from widgets.theme import current_theme
from widgets.timeline import Step, StepList

NARROW: Final = 860  # pixels at 100 per cent: below, pages and tabs do not fit side by side
_MARKS: Final = {
    "done": ("done", "done"),
    "returned": ("late", "overdue"),
    "waits": ("due", "due_soon"),
    "later": ("note", ""),
    "note": ("note", ""),
}


class DocumentPageView(QWidget):
    """`left()` when the user goes back; what needs a page of its own is asked of the panel by the
    signals of `acts`."""

    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("document_page")
        self._context = context
        self.document_id = ""
        self.page: DocumentPage | None = None
        self._shown_pages: tuple[str, ...] = ()
        self.back_button = QPushButton(self.tr("Back to list"), self)
        self.back_button.setObjectName("back")
        self.case_button = QPushButton(self.tr("Go to case"), self)
        self.case_button.setObjectName("open_case")
        self.number = QLabel(self)
        self.number.setProperty("role", "title")
        self.state = Badge(parent=self)
        self.head = _words(self, "muted")
        self.stamp = _words(self, "error")
        self.stamp.setObjectName("stamp")
        self.hint = _words(self, "muted")
        self.hint.setObjectName("why_not")
        self.seen_button = QPushButton(self.tr("Acknowledge"), self)
        self.seen_button.setObjectName("acknowledge")
        self.seen_button.setProperty("kind", "primary")
        self.bar = ActBar(self)
        self.preview = PagesPreview(context, self)
        self.tabs = QTabWidget(self)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.course = StepList(self, scroll=True)
        self.versions = VersionsTab(context, self)
        self.replies = RepliesTab(self)
        self.receipts = ReceiptsTab(self)
        self.service = ServiceTab(context, self)
        self.proof = ProofTab(self)
        self.acts = DocumentActs(context, self)
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, (*TABLES, "node_event"), self._read)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        for part in (self.back_button, self.number, self.state):
            top.addWidget(part)
        top.addWidget(self.head, 1)
        top.addWidget(self.case_button)
        top.addWidget(self.seen_button)
        self.tabs.setDocumentMode(True)
        titles: tuple[tuple[QWidget, str], ...] = (
            (self.course, self.tr("Course")),
            (self.versions, self.tr("Versions")),
            (self.replies, self.tr("Replies")),
            (self.receipts, self.tr("Receipts")),
            (self.service, self.tr("Service")),
            (self.proof, self.tr("Proof")),
        )
        for tab, title in titles:
            self.tabs.addTab(tab, title)
        self.split.addWidget(self.preview)
        self.split.addWidget(self.tabs)
        self.split.setStretchFactor(0, 5)
        self.split.setStretchFactor(1, 4)
        self.split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(6)
        layout.addLayout(top)
        for below in (self.stamp, self.bar, self.hint):
            layout.addWidget(below)
        layout.addWidget(self.split, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_pages(event.size().width() < current_theme().px(NARROW))

    def _place_pages(self, narrow: bool) -> None:
        """In a narrow dock the pages are a tab of their own, before the others."""
        there = self.tabs.indexOf(self.preview) >= 0
        if narrow and not there:
            self.tabs.insertTab(0, self.preview, self.tr("Pages"))
            self.tabs.setCurrentIndex(0)
        elif there and not narrow:
            self.tabs.removeTab(0)
            self.split.insertWidget(0, self.preview)
            self.preview.show()

    def _connect(self) -> None:
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        self.case_button.clicked.connect(lambda _checked=False: self._open_case())
        self.seen_button.clicked.connect(lambda _checked=False: self._acknowledge())
        self.bar.asked.connect(self._on_asked)
        self.replies.answer_asked.connect(self._on_answer)
        self.preview.shown.connect(self._on_pages_shown)
        self.service.recorded.connect(self._on_done)
        self.acts.made_again.connect(self._on_made_again)
        self.acts.refused.connect(self._on_refused)
        self.acts.done.connect(self._on_done)

    # What the panel calls

    def open(self, document_id: str) -> None:
        """Shows a document as it stands now."""
        if document_id != self.document_id:
            self.page = None
            self._shown_pages = ()
            self.tabs.setCurrentIndex(0)
        self.document_id = document_id
        self._read_now()

    def close_page(self) -> None:
        """Nothing is shown any more, and nothing is read."""
        self.document_id = ""
        self.page = None
        self._shown_pages = ()
        self.preview.clear()

    # Reading

    def _read(self) -> None:
        if self.document_id:
            self._read_now()
        else:
            self.live.finished()

    def _read_now(self) -> None:
        context = self._context
        args = PageArgs(self.document_id, context.who.person_id, context.now())
        context.read(self, "document", document_page, args, self._on_page, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_page(self, found: DocumentPage | None) -> None:
        self.live.finished()
        if found is None:
            self.left.emit()
            return
        if found.id != self.document_id:
            return
        if self.page is None and found.case_id is not None:
            self._context.select(Selection(found.case_id))  # a look at the case, and noted as one
        self.page = found
        self.number.setText(found.number or found.kind_name)
        self.state.set_state(*found.style)
        title = found.title.replace("\n", "")
        kind = found.kind_name if found.number and title != found.kind_name else ""
        made = self.tr("by {name} {day}").format(name=found.maker, day=found.made)
        self.head.setText(" · ".join(filter(None, (kind, title, found.case_number, made))))
        self.stamp.setText("　".join(found.notes))
        self.stamp.setVisible(bool(found.notes))
        self.hint.setText(found.hint)
        self.hint.setVisible(bool(found.hint))
        self.case_button.setVisible(found.case_id is not None)
        self.seen_button.setVisible(bool(found.mine))
        self.bar.show_acts(found.possible)
        self.course.set_steps([_step(one) for one in found.course])
        for tab in (self.versions, self.replies, self.receipts, self.service, self.proof):
            tab.show_page(found)
        self._count_tabs(found)
        wanted = (found.id, found.content, found.style[1], found.number)
        if wanted != self._shown_pages:
            self._shown_pages = wanted
            self.preview.show_document(found.id)
        elif self.preview.data:
            self._on_pages_shown()

    def _count_tabs(self, found: DocumentPage) -> None:
        unread = sum(1 for one in found.receipts if one.opened_at is None)
        sent = len(found.receipts)
        counts = (
            (self.versions, self.tr("Versions"), str(len(found.versions))),
            (self.replies, self.tr("Replies"), str(len(found.objections) or "")),
            (self.receipts, self.tr("Receipts"), f"{sent - unread}/{sent}" if sent else ""),
            (self.service, self.tr("Service"), str(len(found.served) or "")),
        )
        for tab, title, count in counts:
            self.tabs.setTabText(self.tabs.indexOf(tab), f"{title} {count}".rstrip())
        self.tabs.setTabVisible(self.tabs.indexOf(self.service), found.case_id is not None)
        self.tabs.setTabVisible(self.tabs.indexOf(self.replies), found.shared)

    # Receipts of the person at the desk

    def _act(self, body: str = "") -> ActArgs:
        assert self.page is not None
        context = self._context
        return ActArgs(self.page.id, context.who.person_id, context.now(), self.page.content, body)

    def _on_pages_shown(self) -> None:
        """What is on the screen has been opened."""
        page = self.page
        if page is None or not page.mine:
            return
        receipt = next(one for one in page.receipts if one.id == page.mine)
        if receipt.opened_at is None:
            self._context.write(self, f"签收{page.number}", opened, self._act(), lambda _n: None)

    def _acknowledge(self) -> None:
        if self.page is not None:
            label = f"已阅{self.page.number}"
            self._context.write(self, label, acknowledge, self._act(), self._on_acknowledged)

    def _on_acknowledged(self, _count: int) -> None:
        self._on_done(self.tr("Acknowledged"))

    # Acts

    def _on_asked(self, do: Do) -> None:
        if self.page is None:
            return
        if do is Do.ISSUE and not self._pages_say_so(self.page):
            said = self.tr("The pages on the screen do not bear number and title; look at them.")
            self._on_refused(said)
            return
        self.acts.ask(do, self.page)

    def _pages_say_so(self, page: DocumentPage) -> bool:
        """Before it goes out the file is read again: number and title stand on its first page."""
        if not self.preview.data:
            return False
        words = "".join(self.preview.pages.document.getAllText(0).text().split())
        title = "".join(page.title.split())
        return page.number in words and title in words

    def _on_answer(self, objection_id: str, accepted: bool) -> None:
        if self.page is not None:
            self.acts.ask_answer(self.page, objection_id, accepted)

    def _on_made_again(self, found: Any) -> None:
        self.proof.show_again(found)
        self.tabs.setCurrentWidget(self.proof)

    def _on_refused(self, sentence: str) -> None:
        self.hint.setText(sentence)
        self.hint.setVisible(True)
        self._context.notify(sentence, level="error")

    def _on_done(self, words: str) -> None:
        self._context.notify(words, level="done")
        self._read_now()

    def _open_case(self) -> None:
        if self.page is not None and self.page.case_id is not None:
            self._context.open("case_query", {"case_id": self.page.case_id})


def _step(one: CourseStep) -> Step:
    kind, state = _MARKS[one.mark]
    return Step(kind, one.headline, one.detail, state)  # type: ignore[arg-type]


def _words(parent: QWidget, role: str) -> QLabel:
    made = QLabel(parent)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made.setProperty("role", role)
    return made

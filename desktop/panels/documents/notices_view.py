"""上传下达: what came to the person at the desk or his court, and what went out. UI thread.

Opening a notice turns its receipt green; a reminder goes to all who have not opened theirs.
"""

from collections.abc import Mapping
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.documents.course import ActArgs
from desktop.panels.documents.columns import incoming_columns, outgoing_columns
from desktop.panels.documents.commands import remind_documents
from desktop.panels.documents.document_page import DocumentPageView
from desktop.panels.documents.notice_queries import (
    INCOMING,
    OUTGOING,
    IncomingFilter,
    Nag,
    OutgoingFilter,
    Shelf,
    nag_list,
)
from desktop.panels.documents.rules import COUNTED
from widgets.forms import FilterBox, Option

Page = Literal["lists", "document"]


def _search(parent: QWidget, name: str, words: str) -> QLineEdit:
    made = QLineEdit(parent)
    made.setObjectName(name)
    made.setPlaceholderText(words)
    made.setClearButtonEnabled(True)
    made.setMaximumWidth(200)
    return made


class IncomingList(ListPanel[IncomingFilter]):
    """`opened(document id)` for a row."""

    opened = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=incoming_columns(),
            queries=INCOMING,
            filter_=IncomingFilter(context.who.person_id),
        )
        self.unread_button = QPushButton(self.tr("Unread only"), self)
        self.unread_button.setObjectName("unread_only")
        self.unread_button.setCheckable(True)
        self.search = _search(self, "incoming_search", self.tr("Number or title"))
        self.add_filter(self.unread_button)
        self.add_filter(self.search)
        self.add_button(self.tr("Open"), self.open_document, primary=True)
        self.table.set_empty_text(
            self.tr("Nothing came in"),
            self.tr("Notices and circulars to you or to your court appear here."),
        )
        self.unread_button.toggled.connect(lambda _on: self._on_filter())
        self.search.textChanged.connect(lambda _text: self._on_filter())
        self.table.row_activated.disconnect()
        self.table.row_activated.connect(lambda _id: self.open_document())

    def _on_filter(self) -> None:
        person = self.context.who.person_id
        text = self.search.text().strip()
        self.set_filter(IncomingFilter(person, self.unread_button.isChecked(), text))

    def open_document(self) -> None:
        """Opens the document of the current row."""
        row = self.current_row()
        if row is not None:
            self.opened.emit(str(row["id"]))

    def fill_menu(self, menu: QMenu) -> None:
        menu.addAction(self.tr("Open"), self.open_document)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)


class OutgoingList(ListPanel[OutgoingFilter]):
    """`opened(document id)` for a row; one button reminds everybody who has not opened his."""

    opened = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=outgoing_columns(),
            queries=OUTGOING,
            filter_=OutgoingFilter(context.who.person_id),
        )
        self.shelf = FilterBox("", all_text=self.tr("All sent"), multiple=False, parent=self)
        self.shelf.setObjectName("shelf")
        self.shelf.set_options(
            [
                Option("open", self.tr("Not opened by all")),
                Option("archive", self.tr("Archive: opened by all, or recalled")),
            ]
        )
        self.shelf.set_selected(["open"])
        self.search = _search(self, "outgoing_search", self.tr("Number or title"))
        self.add_filter(self.shelf)
        self.add_filter(self.search)
        self.add_button(self.tr("New notice"), self._new_notice)
        self.add_button(self.tr("Remind all"), self.remind, primary=True)
        self.table.set_empty_text(
            self.tr("Nothing here"),
            self.tr("What went out and was not opened by all appears here."),
        )
        self.shelf.changed.connect(self._on_filter)
        self.search.textChanged.connect(lambda _text: self._on_filter())
        self.table.row_activated.disconnect()
        self.table.row_activated.connect(lambda _id: self.open_document())

    def _on_filter(self) -> None:
        chosen = self.shelf.selected()
        shelf: Shelf = "all"
        if "open" in chosen:
            shelf = "open"
        elif "archive" in chosen:
            shelf = "archive"
        person = self.context.who.person_id
        self.set_filter(OutgoingFilter(person, shelf, self.search.text().strip()))

    def open_document(self) -> None:
        """Opens the document of the current row."""
        row = self.current_row()
        if row is not None:
            self.opened.emit(str(row["id"]))

    def fill_menu(self, menu: QMenu) -> None:
        menu.addAction(self.tr("Open"), self.open_document)
        menu.addAction(self.tr("Remind all"), self.remind)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    def _new_notice(self) -> None:
        self.context.open("documents", {"new": "1", "kind": "notice"})

    def remind(self) -> None:
        """催阅: everything that somebody has not opened, by one press."""
        person = self.context.who.person_id or ""
        self.context.read(self, "nag", nag_list, person, self._on_nags)

    def _on_nags(self, found: tuple[Nag, ...]) -> None:
        if not found:
            self.context.notify(self.tr("Everybody has opened what went out."))
            return
        who, now = self.context.who.person_id, self.context.now()
        acts = tuple(ActArgs(one.document_id, who, now, one.content) for one in found)
        self.context.write(self, "催阅未打开的公文", remind_documents, acts, self._on_reminded)

    def _on_reminded(self, count: int) -> None:
        self.context.notify(self.tr("{count} reminded").format(count=count), level="done")
        self.live.ask()


class NoticesView(QWidget):
    """`apply({"document_id": …})` opens one; `apply({"side": "outgoing"})` what went out."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notices_view")
        self._context = context
        self.incoming = IncomingList(context, self)
        self.outgoing = OutgoingList(context, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.incoming, self.tr("Incoming"))
        self.tabs.addTab(self.outgoing, self.tr("Outgoing"))
        self.page = DocumentPageView(context, self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.tabs)
        self._stack.addWidget(self.page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self._stack)
        for part in (self.incoming, self.outgoing):
            part.opened.connect(self.open_document)
        self.page.left.connect(self._leave)
        acts = self.page.acts
        acts.edit_asked.connect(self._edit)
        acts.open_asked.connect(self._in_documents)
        acts.sign_asked.connect(self._in_documents)
        acts.print_asked.connect(lambda page: self._in_documents(page.id))
        acts.verify_asked.connect(lambda path: context.open("documents", {"verify": str(path)}))

    @property
    def shown_page(self) -> Page:
        """Which of the two is on show."""
        return "document" if self._stack.currentWidget() is self.page else "lists"

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("document_id"):
            self.open_document(params["document_id"])
        elif params.get("side"):
            chosen = self.outgoing if params["side"] == "outgoing" else self.incoming
            self.tabs.setCurrentWidget(chosen)
            self._leave()

    def open_document(self, document_id: str) -> None:
        """Shows a document; one that came in is opened by that."""
        self.page.open(document_id)
        self._stack.setCurrentWidget(self.page)

    def _leave(self) -> None:
        self.page.close_page()
        self._stack.setCurrentWidget(self.tabs)

    def _edit(self, document_id: str, kind: str) -> None:
        panel = COUNTED.get(kind, "documents")
        self._context.open(panel, {"document_id": document_id})

    def _in_documents(self, document_id: str) -> None:
        self._context.open("documents", {"document_id": document_id})

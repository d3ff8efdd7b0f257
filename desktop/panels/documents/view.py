"""公文: the list of documents, the form of a draft, the page of one document. UI thread."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.documents.document_list import DocumentList
from desktop.panels.documents.document_page import DocumentPageView
from desktop.panels.documents.draft_form import DraftForm
from desktop.panels.documents.queries import sealed_case
from desktop.panels.documents.rules import COUNTED, PANEL_ID
from desktop.panels.documents.tools import Tools

Page = Literal["list", "form", "document", "tools"]
_PAGES: tuple[Page, ...] = ("list", "form", "document", "tools")


class DocumentsView(QWidget):
    """`apply({"new": "1", "kind": …, "case_id": …})` begins a draft; `{"document_id": …}` opens
    one document; `{"verify": path or "1"}` and `{"setup": "1"}` those pages; everything else is a
    filter of the list (kinds, states, mine, waits, text, case_id)."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documents_view")
        self._context = context
        self._back_to: Page = "list"
        self.list = DocumentList(context, self)
        self.form = DraftForm(context, self)
        self.page = DocumentPageView(context, self)
        self.tools = Tools(context, self)
        self._stack = QStackedWidget(self)
        for part in (self.list, self.form, self.page, self.tools):
            self._stack.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._connect()

    def _connect(self) -> None:
        self.list.opened.connect(self.open_document)
        self.list.new_asked.connect(self.new_document)
        self.list.print_asked.connect(self._print_rows)
        self.list.tool_asked.connect(self._on_tool)
        self.form.stored.connect(self._on_stored)
        self.form.left.connect(lambda: self._go(self._back_to))
        self.page.left.connect(lambda: self._go("list"))
        self.tools.left.connect(lambda: self._go(self._back_to))
        self.tools.signed.connect(self._on_signed)
        acts = self.page.acts
        acts.edit_asked.connect(self._edit)
        acts.sign_asked.connect(self._sign)
        acts.print_asked.connect(self._print_page)
        acts.verify_asked.connect(self._verify)
        acts.open_asked.connect(self.open_document)

    @property
    def shown_page(self) -> Page:
        """Which of the pages is on show."""
        return _PAGES[self._stack.currentIndex()]

    # What the desk calls

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("new") and params.get("kind"):
            self.new_document(params["kind"], params.get("case_id", ""))
        elif params.get("document_id") and params.get("case_id"):
            self._show(params["document_id"])  # the desk has asked for the purpose
        elif params.get("document_id"):
            self.open_document(params["document_id"])
        elif params.get("verify"):
            path = params["verify"]
            self._go_tools("list")
            self.tools.verify(None if path == "1" else Path(path))
        elif params.get("setup"):
            self._go_tools("list")
            self.tools.set_up()
        elif params:
            self.list.show_params(params)
            self._go("list")

    def new_document(self, kind: str, case_id: str) -> None:
        """Begins a draft; kinds with figures of their own begin in their own panel."""
        if kind in COUNTED:
            self._context.open(COUNTED[kind], {"new": "1"})
            return
        self._back_to = "list"
        self.form.begin(kind, case_id)
        self._go("form")

    def open_document(self, document_id: str) -> None:
        """Shows one document; one of a sealed case once the desk knows for what purpose."""

        def go(case_id: str) -> None:
            if case_id:
                params = {"document_id": document_id, "case_id": case_id}
                self._context.open(PANEL_ID, params)
            else:
                self._show(document_id)

        self._context.read(self, "sealed", sealed_case, document_id, go)

    def _show(self, document_id: str) -> None:
        self.page.open(document_id)
        self._go("document")

    # Between the pages

    def _go(self, page: Page) -> None:
        if page == "list":
            self.page.close_page()
        self._stack.setCurrentIndex(_PAGES.index(page))

    def _go_tools(self, back_to: Page) -> None:
        self._back_to = back_to
        self._go("tools")

    def _edit(self, document_id: str, kind: str) -> None:
        if kind in COUNTED:
            self._context.open(COUNTED[kind], {"document_id": document_id})
            return
        self._back_to = "document"
        self.form.edit(document_id)
        self._go("form")

    def _on_stored(self, document_id: str) -> None:
        self._context.notify(self.tr("Draft stored"), level="done")
        self.open_document(document_id)

    def _sign(self, document_id: str) -> None:
        self._go_tools("document")
        self.tools.sign(document_id)

    def _on_signed(self, document_id: str) -> None:
        self._context.notify(self.tr("Signed"), level="done")
        self.open_document(document_id)

    def _print_page(self, page: Any) -> None:
        self._go_tools("document")
        self.tools.print_page(page)

    def _print_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        if self.tools.print_rows(rows):
            self._go_tools("list")

    def _verify(self, path: Path) -> None:
        self._go_tools("document")
        self.tools.verify(path)

    def _on_tool(self, name: str) -> None:
        self._go_tools("list")
        if name == "setup":
            self.tools.set_up()
        else:
            self.tools.verify()

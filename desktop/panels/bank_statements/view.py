"""到账认领: lines of the bank, import of a statement, virtual accounts. UI thread."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.bank_statements.code_page import CodePage
from desktop.panels.bank_statements.import_page import ImportPage
from desktop.panels.bank_statements.line_list import LineList
from desktop.panels.bank_statements.line_pane import LinePane
from desktop.panels.bank_statements.rules import LineFilter

_TABS: Final = ("lines", "import", "accounts")


class BankStatementsView(QWidget):
    """`apply({"line_id": …})` opens one line; LineFilter.to_params() or `{"state": …}` a list;
    `{"case_id": …}` the lines of a case; `{"tab": "import" | "accounts"}` another page;
    `{"path": …}` looks into a file."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bank_statements_view")
        self.list = LineList(context, self)
        self.pane = LinePane(context, self)
        self.pane.add_keys(self)
        self.imports = ImportPage(context, self)
        self.accounts = CodePage(context, self)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self.pane)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([860, 340])
        self.splitter.setChildrenCollapsible(False)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        for part, title in (
            (self.splitter, self.tr("Lines")),
            (self.imports, self.tr("Import a statement")),
            (self.accounts, self.tr("Virtual accounts")),
        ):
            self.tabs.addTab(part, title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        self.list.add_button(self.tr("Import…"), self.show_import, primary=True)
        self.list.chosen.connect(self.pane.open_line)
        self.pane.dealt.connect(self.list.next_line)
        self.imports.imported.connect(lambda _done: self._on_imported())

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows what `params` name; see the class."""
        if params.get("path"):
            self.show_import()
            self.imports.open_file(Path(params["path"]))
            return
        tab = params.get("tab", "")
        self.tabs.setCurrentIndex(_TABS.index(tab) if tab in _TABS else 0)
        if params.get("line_id"):
            self.pane.open_line(params["line_id"])
        elif params and not tab:
            self.list.show_filter(LineFilter.from_params(params))

    def show_import(self) -> None:
        """Goes to the page where a file is chosen."""
        self.tabs.setCurrentWidget(self.imports)

    def _on_imported(self) -> None:
        self.tabs.setCurrentIndex(0)
        self.list.to_do.setChecked(True)

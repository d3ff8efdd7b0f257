"""Virtual accounts (一案一账号): which are open, opening one or a list of them. UI thread."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.panels.bank_statements import commands
from desktop.panels.bank_statements.columns import code_columns
from desktop.panels.bank_statements.commands import CodeArgs
from desktop.panels.bank_statements.queries import CodeRow, codes
from widgets.parts import named_button
from widgets.table import DataTable, PagedTableModel, StaticSource


class CodePage(QWidget):
    """Lists the accounts that are open; those of a file are opened all or none."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("code_page")
        self._context = context
        self.search = QLineEdit(self)
        self.search.setObjectName("code_search")
        self.search.setPlaceholderText(self.tr("Case number or account"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(240)
        self.case = QLineEdit(self)
        self.case.setObjectName("code_case")
        self.case.setPlaceholderText(self.tr("Case number"))
        self.code = QLineEdit(self)
        self.code.setObjectName("code_code")
        self.code.setPlaceholderText(self.tr("Virtual account"))
        self.open_button = named_button(self, "open_code", self.tr("Open account"))
        self.file_button = named_button(self, "open_codes", self.tr("Open a list…"))
        self._source = StaticSource()
        self.table = DataTable(PagedTableModel(code_columns(), self._source, self), self)
        self.table.set_empty_text(
            self.tr("No virtual account"),
            self.tr("Money paid to the account of a case is booked for it by the import itself."),
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.search)
        row.addStretch(1)
        for piece in (self.case, self.code, self.open_button, self.file_button):
            row.addWidget(piece)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.table, 1)
        self.live = LiveRefresh(self, context, ("fund", "case"), self._read)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(200)
        self._soon.timeout.connect(self.live.ask)
        self.search.textChanged.connect(lambda _text: self._soon.start())
        self.open_button.clicked.connect(lambda _checked=False: self.open_one())
        self.file_button.clicked.connect(lambda _checked=False: self.choose())

    def open_one(self) -> None:
        """Opens the account that is typed."""
        pair = (self.case.text().strip(), self.code.text().strip())
        if all(pair):
            self._open((pair,))

    def choose(self) -> None:
        """Asks for a list of numbers."""
        dialog = QFileDialog(self, self.tr("Choose a list of virtual accounts"))
        dialog.setObjectName("codes_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{self.tr('Lists')} (*.csv *.xlsx)")
        dialog.fileSelected.connect(lambda name: self.open_file(Path(name)))
        dialog.open()

    def open_file(self, path: Path) -> None:
        """Reads a list in the background and opens its accounts."""
        self._context.layout(self, commands.read_codes, path, self._open)

    def _open(self, pairs: tuple[tuple[str, str], ...]) -> None:
        args = CodeArgs(pairs, self._context.who.person_id)
        self._context.write(
            self, f"开立一案一账号 {len(pairs)} 个", commands.open_codes, args, self._on_opened
        )

    def _on_opened(self, counts: tuple[int, int]) -> None:
        said = self.tr("{new} accounts opened, {known} were open already")
        self._context.notify(said.format(new=counts[0], known=counts[1]), level="done")
        self.case.clear()
        self.code.clear()

    def _read(self) -> None:
        self._context.read(self, "codes", codes, self.search.text(), self._on_codes, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_codes(self, found: Sequence[CodeRow]) -> None:
        self._source.set_rows(
            [
                {"case_number": one.case_number, "code": one.code, "balance": one.balance}
                for one in found
            ]
        )
        self.table.data_model.refresh()
        self.live.finished()

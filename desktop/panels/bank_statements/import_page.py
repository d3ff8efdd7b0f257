"""Import of a statement: choose, look at what it holds, import. Nothing is written before. UI."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.funds.importing import Imported, Preview
from desktop.funds.statements import Statement, profiles
from desktop.panels.bank_statements import commands
from desktop.panels.bank_statements.columns import fault_columns, preview_columns
from desktop.panels.bank_statements.commands import ImportArgs, ReadArgs
from desktop.panels.bank_statements.rules import gap_words, import_words
from desktop.rules.money import grouped
from widgets.parts import named_button, words_label
from widgets.progress import ProgressStrip
from widgets.table import DataTable, PagedTableModel, StaticSource

ROWS_MAX = 2_000
_PROFILE = "bank_profile"


class ImportPage(QWidget):
    """`imported(Imported)` after lines were kept."""

    imported = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statement_import")
        self.setAcceptDrops(True)
        self._context = context
        self._path: Path | None = None
        self.preview: Preview | None = None
        self.choose_button = named_button(self, "choose_statement", self.tr("Choose file…"))
        self.profile_box = QComboBox(self)
        self.profile_box.setObjectName("statement_profile")
        self.profile_box.addItem(self.tr("Layout: found by the file"), "")
        for one in profiles():
            self.profile_box.addItem(one.label, one.name)
        kept = self.profile_box.findData(context.setting(_PROFILE))
        self.profile_box.setCurrentIndex(max(kept, 0))
        self.account = QLineEdit(self)
        self.account.setObjectName("statement_account")
        self.account.setPlaceholderText(self.tr("Account number, for the first statement"))
        self.account.setMinimumWidth(220)
        self.import_button = named_button(self, "import_statement", self.tr("Import"))
        self.import_button.setProperty("kind", "primary")
        self.summary = words_label(self, "muted")
        self.summary.setObjectName("statement_summary")
        self.error = words_label(self, "error")
        self.error.setObjectName("statement_error")
        self._lines = StaticSource()
        self.lines = DataTable(PagedTableModel(preview_columns(), self._lines, self), self)
        self._faults = StaticSource()
        self.faults = DataTable(PagedTableModel(fault_columns(), self._faults, self), self)
        self._stack = QStackedWidget(self)
        self._running = False
        self._cancel: Callable[[], None] = lambda: None
        self.strip = ProgressStrip(self)
        self.strip.hide()
        self._arrange()
        self._connect()
        self._clear()

    def _arrange(self) -> None:
        self.lines.set_empty_text(
            self.tr("No file chosen"),
            self.tr("Drop a statement here: CSV, XLSX, CAMT.053 or MT940. Nothing is written yet."),
        )
        for table in (self.lines, self.faults):
            self._stack.addWidget(table)
        row = QHBoxLayout()
        row.setSpacing(8)
        for piece in (self.choose_button, self.profile_box, self.account):
            row.addWidget(piece)
        row.addStretch(1)
        row.addWidget(self.import_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.summary)
        layout.addWidget(self.error)
        layout.addWidget(self.strip)
        layout.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.choose_button.clicked.connect(lambda _checked=False: self.choose())
        self.import_button.clicked.connect(lambda _checked=False: self.take())
        self.profile_box.activated.connect(lambda _n: self._on_profile())
        self.account.editingFinished.connect(self._look_again)
        self.strip.cancel_requested.connect(self._on_cancel)

    # Choosing

    def choose(self) -> None:
        """Asks for a file."""
        dialog = QFileDialog(self, self.tr("Choose a statement of the bank"))
        dialog.setObjectName("statement_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        kinds = self.tr("Statements")
        dialog.setNameFilter(f"{kinds} (*.csv *.xlsx *.xlsm *.txt *.xml *.sta *.940 *.mt940)")
        dialog.fileSelected.connect(lambda name: self.open_file(Path(name)))
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.open_file(Path(event.mimeData().urls()[0].toLocalFile()))

    def open_file(self, path: Path) -> None:
        """Reads a file in the background and shows what it holds."""
        if self._running:
            self._context.notify(self.tr("Wait for the running import, or stop it."))
            return
        self._path = path
        self._clear()
        self.summary.setText(self.tr("Reading {name}…").format(name=path.name))
        self._context.read(
            self, "account", commands.account_known, None, self._on_account, self._on_fault
        )

    def _on_profile(self) -> None:
        self._context.set_setting(_PROFILE, str(self.profile_box.currentData()))
        self._look_again()

    def _look_again(self) -> None:
        if self._path is not None and self.preview is None:
            self.open_file(self._path)

    def _on_account(self, known: str) -> None:
        self.account.setVisible(not known)
        if self._path is not None:
            account = known or self.account.text().strip()
            args = ReadArgs(self._path, str(self.profile_box.currentData()), account)
            self._context.layout(self, commands.try_file, args, self._on_read, self._on_fault)

    def _on_read(self, found: "Statement | commands.Broken") -> None:
        if isinstance(found, commands.Broken):
            self._show_faults(found)
            return
        self._context.read(
            self, "preview", commands.look_at, found, self._on_preview, self._on_fault
        )

    # Showing

    def _clear(self) -> None:
        self.preview = None
        self.error.hide()
        self.import_button.setEnabled(False)
        self.summary.setText(self.tr("No file chosen."))
        self._lines.set_rows(())
        self.lines.data_model.refresh()
        self._stack.setCurrentWidget(self.lines)

    def _on_fault(self, sentence: str) -> None:
        self.summary.setText("")
        self.error.setText(sentence)
        self.error.show()

    def _show_faults(self, broken: "commands.Broken") -> None:
        count = len(broken.faults)
        said = self.tr("{count} faults; nothing of this file can be imported.")
        self._on_fault(said.format(count=count))
        self._faults.set_rows(
            [
                {"row": one.row or None, "field": one.field, "reason": one.reason}
                for one in broken.faults
            ]
        )
        self.faults.data_model.refresh()
        self._stack.setCurrentWidget(self.faults)

    def _on_preview(self, found: Preview) -> None:
        self.preview = found
        statement = found.statement
        counts = {
            "lines": len(statement.lines),
            "new": found.look.new,
            "known": len(statement.lines) - found.look.new,
            **found.counts,
        }
        said = [f"{statement.name}　{statement.account}", import_words(counts)]
        if statement.closing_fen is not None:
            said.append(f"期末余额 {grouped(statement.closing_fen)} 元")
        if not found.own_account:
            said.append(
                self.tr("First statement: this account becomes the special account of this store.")
            )
        self.summary.setText("　".join(said))
        self._lines.set_rows(_rows(found))
        self.lines.data_model.refresh()
        self.import_button.setEnabled(found.look.new > 0)

    # Importing

    def take(self) -> None:
        """Imports what is on show."""
        if self.preview is None:
            return
        self.import_button.setEnabled(False)
        statement = self.preview.statement
        self._running = True
        self.strip.start(self.tr("Importing"), self.preview.look.new)
        self.strip.show()
        self._cancel = self._context.write_long(
            self,
            f"导入对账单 {statement.name}",
            commands.import_lines,
            ImportArgs(statement, self._context.who.person_id),
            self.strip.advance,
            self._on_imported,
            self._on_refused,
        )

    def _on_cancel(self) -> None:
        self._cancel()

    def _on_refused(self, sentence: str) -> None:
        """Nothing was written: cancelled, or refused."""
        self._running = False
        self.strip.fail(sentence)
        self.import_button.setEnabled(self.preview is not None)

    def _on_imported(self, done: Imported) -> None:
        self._running = False
        self.strip.finish()
        self.strip.hide()
        counts = {
            "lines": len(done.stored.line_ids),
            "new": len(done.stored.new_ids),
            "known": done.stored.known,
            "matched": done.sure,
            "proposed": done.proposed,
            "unknown": done.unknown,
            "unsettled": done.outgoing_open,
        }
        self._context.notify(import_words(counts), level="done")
        gaps = gap_words([(gap.day, gap.due_fen, gap.said_fen) for gap in done.stored.gaps])
        refused = commands.refusals(done)
        for words in (gaps, refused):
            if words:
                self._context.notify(words, level="warning")
        self._path = None
        self._clear()
        self.imported.emit(done)


def _rows(found: Preview) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    pairs = zip(found.statement.lines, found.look.known, strict=True)
    for n, (line, known) in enumerate(pairs):
        if n == ROWS_MAX:
            break
        incoming = line.direction == "in"
        rows.append(
            {
                "id": n,
                "row": line.row,
                "booked_on": line.booked_on,
                "received": line.amount_fen if incoming else None,
                "paid": None if incoming else line.amount_fen,
                "party_name": line.party_name or "",
                "text": line.text,
                "reference": line.reference or "",
                "state": ("due_soon", "新") if known is None else ("done", "已有"),
            }
        )
    return rows

"""Batches that went to the bank by file, and the status files that come back. UI thread."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.funds.answers import Report, StatusFile, TakeArgs, Verdict, take, weigh
from desktop.funds.asked_words import instant_words
from desktop.funds.outgoing import Batch
from desktop.funds.payment_profiles import PaymentProfile, shipped_profiles
from desktop.funds.sending import BatchArgs, batch_of, batches
from desktop.panels.disbursement.bank_commands import (
    FileArgs,
    ReadArgs,
    Written,
    read_status,
    write_files,
)
from desktop.panels.disbursement.bank_setup import BankSetup
from desktop.panels.disbursement.columns import answer_columns, batch_columns
from widgets.parts import named_button, words_label
from widgets.table import DataTable, PagedTableModel, StaticSource
from widgets.table.columns import money_text

_SHOWN_DAYS: Final = 92
_TABLES: Final = ("payment_act", "payment_order", "request")
_STYLES: Final = {Verdict.NEW: "normal", Verdict.DONE: "done", Verdict.REFUSED: "overdue"}


class BankPage(QWidget):
    """`left()` when the user goes back."""

    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bank_page")
        self._context = context
        self._file: StatusFile | None = None
        self._names: dict[int, str] = {}
        self._make_head()
        self._make_batches()
        self._make_answers()
        self._arrange()
        self.live = LiveRefresh(self, context, _TABLES, self._read)

    # Parts

    def _make_head(self) -> None:
        self.back_button = named_button(self, "back", self.tr("Back to list"))
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        self.profile_box = QComboBox(self)
        self.profile_box.setObjectName("payment_profile")
        for name, profile in shipped_profiles().items():
            self.profile_box.addItem(profile.title, name)
        at = self.profile_box.findData(self._context.setting("payment_profile"))
        self.profile_box.setCurrentIndex(max(at, 0))
        self.profile_box.currentIndexChanged.connect(
            lambda _n: self._context.set_setting(
                "payment_profile", str(self.profile_box.currentData())
            )
        )
        self.setup_button = named_button(self, "bank_setup", self.tr("Accounts and line"))
        self.setup_button.clicked.connect(lambda _checked=False: BankSetup(self._context, self))

    def _make_batches(self) -> None:
        self._batches = StaticSource(())
        self.batch_model = PagedTableModel(batch_columns(), self._batches, self)
        self.batch_table = DataTable(self.batch_model, self)
        self.batch_table.setObjectName("batches")
        self.batch_table.set_empty_text(
            self.tr("No batch went out"),
            self.tr("Select approved orders in the list and send them to the bank."),
        )
        self.write_button = named_button(self, "write_file", self.tr("Bank file and slip"))
        self.write_button.clicked.connect(lambda _checked=False: self.write_current())
        self.batch_table.row_activated.connect(lambda _id: self.write_current())
        self.batch_table.current_id_changed.connect(lambda _id: self._on_batch())
        self._on_batch()

    def _make_answers(self) -> None:
        self._answers = StaticSource(())
        self.answer_model = PagedTableModel(answer_columns(), self._answers, self)
        self.answer_table = DataTable(self.answer_model, self)
        self.answer_table.setObjectName("answers")
        self.answer_table.set_empty_text(
            self.tr("No status file is open"),
            self.tr("Each line finds its order by its key; the same file again changes nothing."),
        )
        self.choose_button = named_button(self, "choose_status", self.tr("Open status file…"))
        self.choose_button.clicked.connect(lambda _checked=False: self._choose())
        self.take_button = named_button(self, "take_over", self.tr("Take over"))
        self.take_button.setProperty("kind", "primary")
        self.take_button.setEnabled(False)
        self.take_button.clicked.connect(lambda _checked=False: self.take_over())
        self.summary = words_label(self, "")
        self.summary.setObjectName("summary")

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        label = QLabel(self.tr("Bank's layout"), self)
        label.setProperty("role", "muted")
        for part in (self.back_button, label, self.profile_box, self.setup_button):
            top.addWidget(part)
        top.addStretch(1)
        halves = QSplitter(self)
        halves.setOrientation(halves.orientation().Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(
            self._half(self.tr("Batches sent by file"), self.batch_table, (self.write_button,))
        )
        halves.addWidget(
            self._half(
                self.tr("Status file of the bank"),
                self.answer_table,
                (self.choose_button, self.take_button),
                self.summary,
            )
        )
        halves.setSizes([260, 380])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(halves, 1)

    def _half(
        self, title: str, table: QWidget, buttons: tuple[QWidget, ...], note: QWidget | None = None
    ) -> QWidget:
        made = QWidget(self)
        head = QHBoxLayout()
        heading = QLabel(title, made)
        heading.setProperty("role", "group")
        head.addWidget(heading)
        if note is not None:
            head.addWidget(note, 1)
        else:
            head.addStretch(1)
        for button in buttons:
            head.addWidget(button)
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(table, 1)
        return made

    @property
    def profile(self) -> PaymentProfile:
        """The layout that is chosen."""
        return shipped_profiles()[str(self.profile_box.currentData())]

    # Batches

    def _read(self) -> None:
        since = self._context.today() - timedelta(days=_SHOWN_DAYS)
        self._context.read(self, "snapshot", batches, since, self._on_batches, self._on_error)
        self._weigh()

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_batches(self, found: list[Any]) -> None:
        rows: list[Mapping[str, Any]] = []
        for n, one in enumerate(found):
            left = self.tr("{count} without an answer").format(count=one.open)
            state = ("due_soon", left) if one.open else ("done", self.tr("All answered"))
            rows.append(
                {
                    "id": n,
                    "name": one.name,
                    "at": instant_words(one.at),
                    "count": one.n,
                    "total": one.total_fen,
                    "state": state,
                }
            )
        self._names = {n: str(one.name) for n, one in enumerate(found)}
        self._batches.set_rows(rows)
        self.batch_model.refresh()
        self._on_batch()
        self.live.finished()

    def _current_batch(self) -> str:
        n = self.batch_table.current_id()
        return self._names.get(n, "") if n is not None else ""

    def _on_batch(self) -> None:
        self.write_button.setEnabled(bool(self._current_batch()))

    def write_current(self) -> None:
        """Writes the file of the current batch and its slip."""
        if name := self._current_batch():
            self.write_batch(name)

    def write_batch(self, name: str) -> None:
        """Writes the bank file and the slip of a batch; as often as wanted, always the same."""
        setting = self._context.setting
        args = BatchArgs(name, setting("fund_account"), setting("fund_account_name"))
        self._context.read(self, "batch", batch_of, args, self._on_found, self._refused)

    def _on_found(self, batch: Batch) -> None:
        args = FileArgs(batch, self.profile, self._context.documents_folder())
        self._context.layout(self, write_files, args, self._on_written, self._refused)

    def _on_written(self, written: Written) -> None:
        self._context.copied("export", f"付款文件 {written.file.name}")
        self._context.copied("print", f"付款批次清单 {written.slip.name}")
        said = self.tr("{count} payments, {total} yuan: {path}")
        total = money_text(written.file.total_fen)
        text = said.format(count=written.file.count, total=total, path=written.path)
        self._context.notify(text, level="done")

    def _refused(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")

    # Status files

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Status file of the bank"))
        dialog.setObjectName("status_file_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        kinds = self.tr("Status files")
        dialog.setNameFilter(f"{kinds} (*.csv *.txt *.xlsx *.xml)")
        dialog.fileSelected.connect(lambda name: self.open_file(Path(name)))
        dialog.open()

    def open_file(self, path: Path) -> None:
        """Reads a status file and shows what each line would change."""
        self.take_button.setEnabled(False)
        args = ReadArgs(path, self.profile)
        self._context.layout(self, read_status, args, self._on_file, self._refused)

    def _on_file(self, file: StatusFile) -> None:
        self._file = file
        self._weigh()

    def _weigh(self) -> None:
        if self._file is not None:
            self._context.read(self, "weigh", weigh, self._file, self._show_report, self._refused)

    def take_over(self) -> None:
        """Books what the bank has paid, frees what it has not."""
        if self._file is None:
            return
        self.take_button.setEnabled(False)
        args = TakeArgs(self._file, self._context.who.person_id)
        label = f"银行回盘 {self._file.name}"
        self._context.write(self, label, take, args, self._on_taken, self._refused)

    def _on_taken(self, report: Report) -> None:
        self._show_report(report, taken=True)
        new, refused = len(report.of(Verdict.NEW)), len(report.of(Verdict.REFUSED))
        said = self.tr("Status file taken over: {new} new, {refused} not taken")
        self._context.notify(
            said.format(new=new, refused=refused), level="warning" if refused else "done"
        )

    def _show_report(self, report: Report, *, taken: bool = False) -> None:
        words = {
            Verdict.NEW: self.tr("Taken over") if taken else self.tr("New"),
            Verdict.DONE: self.tr("Known"),
            Verdict.REFUSED: self.tr("Not taken"),
        }
        self._answers.set_rows(
            [
                {
                    "id": n,
                    "row": one.line.row,
                    "verdict": (_STYLES[one.verdict], words[one.verdict]),
                    "number": one.number,
                    "word": one.line.word,
                    "amount": one.line.amount_fen,
                    "words": one.words,
                    "key": one.line.key,
                }
                for n, one in enumerate(report.lines)
            ]
        )
        self.answer_model.refresh()
        counts = [
            f"{words[verdict]} {len(report.of(verdict))}"
            for verdict in (Verdict.NEW, Verdict.DONE, Verdict.REFUSED)
        ]
        name = self._file.name if self._file is not None else ""
        if report.asked:
            counts.append(self.tr("{count} not decided yet").format(count=report.asked))
        self.summary.setText(f"{name}　{' · '.join(counts)}")
        self.take_button.setEnabled(not taken and bool(report.of(Verdict.NEW)))

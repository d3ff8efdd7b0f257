"""Batch print with a count slip: signed files go to a printer, and each copy has its number.

UI thread; printing runs on the layout lane, and what came out is noted on the writer lane. A copy
that was printed before is 补印: the slip says so, the file stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.documents.course import ActArgs
from desktop.documents.pages import fingerprint
from desktop.documents.receipts import COPIES_MAX, Slip
from desktop.errors import UserError
from desktop.paper.copies import (
    Counted,
    CountSlip,
    copy_numbers,
    copy_words,
    note_copies,
    printed_before,
    slip_pages,
)
from desktop.paper.jobs import PrintJobs, PrintRun, Target, print_runs
from desktop.paper.preview import PagesPreview
from desktop.paper.reading import SignedFile, signed_files
from widgets.theme import current_theme

_SIDE_WIDE: Final = 420
_TO_FOLDER: Final = ""


@dataclass(frozen=True, slots=True)
class PrintItem:
    """A signed document that is to be printed, and at first how often."""

    document_id: str
    title: str
    number: str
    copies: int = 1


@dataclass(frozen=True, slots=True)
class _Wanted:
    item: PrintItem
    numbers: tuple[int, ...]


class PrintRow(QWidget):
    """One document: how many copies, and which numbers they bear."""

    def __init__(self, item: PrintItem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self._highest = 0
        title = QLabel(f"{item.number} {item.title}".strip(), self)
        title.setWordWrap(True)
        self.count = QSpinBox(self)
        self.count.setObjectName("copies")
        self.count.setRange(1, COPIES_MAX)
        self.count.setValue(item.copies)
        self.numbers = QLineEdit(self)
        self.numbers.setObjectName("copy_numbers")
        self.numbers.setToolTip(self.tr("1-18, or 7 for a reprint of copy 7"))
        self.before = QLabel(self)
        self.before.setProperty("role", "muted")
        self.before.setWordWrap(True)
        self.error = QLabel(self)
        self.error.setObjectName("numbers_error")
        self.error.setProperty("role", "error")
        self.error.setWordWrap(True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addWidget(title, 0, 0, 1, 4)
        grid.addWidget(_small(self, self.tr("Copies")), 1, 0)
        grid.addWidget(self.count, 1, 1)
        grid.addWidget(_small(self, self.tr("Numbers")), 1, 2)
        grid.addWidget(self.numbers, 1, 3)
        grid.addWidget(self.error, 2, 0, 1, 4)
        grid.addWidget(self.before, 3, 0, 1, 4)
        grid.setColumnStretch(3, 1)
        self.count.valueChanged.connect(self._on_count)
        self.numbers.textEdited.connect(self._on_numbers)
        self.show_before(())

    def show_before(self, runs: Sequence[Slip]) -> None:
        """New copies are numbered behind those that were printed before."""
        self._highest = max((number for run in runs for number in run.copies), default=0)
        self.before.setText("\n".join(run.words() for run in runs))
        self.before.setVisible(bool(runs))
        self._on_count(self.count.value())

    def _on_count(self, count: int) -> None:
        first = self._highest + 1
        self.numbers.setText(copy_words(range(first, first + count)))
        self._say("")

    def _on_numbers(self, text: str) -> None:
        self._say("")
        try:
            count = len(copy_numbers(text))
        except UserError:
            return
        with QSignalBlocker(self.count):
            self.count.setValue(count)

    def wanted(self) -> tuple[int, ...] | None:
        """The numbers, or None where they cannot be read; then the sentence is shown."""
        try:
            return copy_numbers(self.numbers.text())
        except UserError as refusal:
            self._say(str(refusal))
            return None

    def _say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))


class PrintBox(QWidget):
    """`printed(slips by document id)` follows paper that came out, `left()` the way back."""

    printed = Signal(object)
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("print_box")
        self._context = context
        self.rows: list[PrintRow] = []
        self.printer = QComboBox(self)
        self.printer.setObjectName("printer")
        self.tray = QComboBox(self)
        self.tray.setObjectName("tray")
        for key, text in (
            ("auto", self.tr("Any tray")),
            ("upper", self.tr("Upper tray")),
            ("lower", self.tr("Lower tray")),
            ("manual", self.tr("By hand")),
        ):
            self.tray.addItem(text, key)
        self.both_sides = QCheckBox(self.tr("Both sides"), self)
        self.both_sides.setChecked(True)
        self.print_button = QPushButton(self.tr("Print"), self)
        self.print_button.setObjectName("print_now")
        self.print_button.setProperty("kind", "primary")
        self.print_button.setAutoDefault(False)
        self.back_button = QPushButton(self.tr("Back"), self)
        self.back_button.setObjectName("print_back")
        self.said = QLabel(self)
        self.said.setObjectName("print_said")
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.preview = PagesPreview(context, self)
        self._list = QVBoxLayout()
        self._arrange()
        self.printer.currentIndexChanged.connect(self._on_printer)
        self.print_button.clicked.connect(lambda _checked=False: self.print())
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())

    def _arrange(self) -> None:
        body = QWidget(self)
        body.setProperty("plain", True)
        self._list.setContentsMargins(0, 0, 4, 0)
        self._list.setSpacing(8)
        self._list.addStretch(1)
        body.setLayout(self._list)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(body)
        side = QFrame(self)
        side.setProperty("card", True)
        side.setFixedWidth(current_theme().px(_SIDE_WIDE))
        column = QVBoxLayout(side)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(area, 1)
        column.addWidget(_small(side, self.tr("Printer")))
        column.addWidget(self.printer)
        line = QHBoxLayout()
        line.addWidget(self.tray, 1)
        line.addWidget(self.both_sides)
        column.addLayout(line)
        for part in (self.said, self.print_button, self.back_button):
            column.addWidget(part)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.preview, 1)
        layout.addWidget(side)

    # What is to be printed

    def show_items(self, items: Sequence[PrintItem]) -> None:
        """Offers signed documents; the first one's pages are shown."""
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        self.rows = [PrintRow(item, self) for item in items]
        for n, row in enumerate(self.rows):
            self._list.insertWidget(n, row)
        self._fill_printers()
        self._say("")
        if not items:
            self.preview.clear()
            return
        self.preview.show_document(items[0].document_id)
        self._read_runs()

    def _fill_printers(self) -> None:
        names = QPrinterInfo.availablePrinterNames()
        usual = QPrinterInfo.defaultPrinterName()
        with QSignalBlocker(self.printer):
            self.printer.clear()
            for name in names:
                self.printer.addItem(name, name)
            self.printer.addItem(self.tr("As PDF file into the documents folder"), _TO_FOLDER)
            self.printer.setCurrentIndex(names.index(usual) if usual in names else 0)
        self._on_printer()

    def _on_printer(self, *_args: object) -> None:
        paper = self.printer.currentData() != _TO_FOLDER
        self.tray.setEnabled(paper)
        self.both_sides.setEnabled(paper)

    def _read_runs(self) -> None:
        ids = tuple(row.item.document_id for row in self.rows)
        self._context.read(self, "runs", printed_before, ids, self._on_runs, self._fail)

    def _on_runs(self, found: dict[str, tuple[Slip, ...]]) -> None:
        for row in self.rows:
            row.show_before(found.get(row.item.document_id, ()))

    # Printing

    def target(self) -> Target:
        """Where paper comes out, as chosen."""
        if self.printer.currentData() == _TO_FOLDER:
            return Target(folder=self._context.documents_folder())
        return Target(
            printer=self.printer.currentData(),
            tray=self.tray.currentData(),
            both_sides=self.both_sides.isChecked(),
        )

    def print(self, target: Target | None = None) -> None:
        """Prints all documents with their copies; to `target`, else to what is chosen."""
        asked = [(row.item, row.wanted()) for row in self.rows]
        if not asked or any(numbers is None for _item, numbers in asked):
            return
        wanted = [_Wanted(item, numbers) for item, numbers in asked if numbers]
        self.print_button.setEnabled(False)
        self._say(self.tr("Printing…"))
        ids = tuple(one.item.document_id for one in wanted)
        self._context.read(
            self,
            "files",
            signed_files,
            ids,
            partial(self._on_files, wanted, target or self.target()),
            self._fail,
        )

    def _on_files(
        self, wanted: list[_Wanted], target: Target, files: dict[str, SignedFile]
    ) -> None:
        runs = tuple(
            PrintRun(one.item.number or one.item.title, files[one.item.document_id].data, copies)
            for one in wanted
            for copies in (len(one.numbers),)
        )
        self._context.layout(
            self, print_runs, PrintJobs(runs, target), partial(self._on_paper, wanted, files),
            self._fail,
        )  # fmt: skip

    def _on_paper(
        self, wanted: list[_Wanted], files: dict[str, SignedFile], paths: tuple[Path, ...]
    ) -> None:
        who, at = self._context.who.person_id, self._context.now()
        acts = tuple((ActArgs(one.item.document_id, who, at, ""), one.numbers) for one in wanted)
        for one in wanted:
            case_id = files[one.item.document_id].case_id
            self._context.copied("print", f"公文 {one.item.number}", case_id)
        self._context.write(
            self,
            "文书印制",
            note_copies,
            Counted(acts),
            partial(self._on_noted, files, paths),
            self._fail,
        )

    def _on_noted(
        self, files: dict[str, SignedFile], paths: tuple[Path, ...], made: dict[str, Slip]
    ) -> None:
        self.print_button.setEnabled(True)
        words = [slip.words() for slip in made.values()]
        words += [self.tr("Saved: {path}").format(path=path) for path in paths]
        self._say("\n".join(words))
        self._read_runs()
        first = self.rows[0].item
        self._context.read(
            self,
            "slip",
            printed_before,
            (first.document_id,),
            partial(self._lay_slip, first, fingerprint(files[first.document_id].data)),
            self._fail,
        )
        self.printed.emit(made)

    def _lay_slip(self, item: PrintItem, sha256: str, found: dict[str, tuple[Slip, ...]]) -> None:
        runs = found[item.document_id]
        slip = CountSlip(item.number, item.title, sha256, runs, self._context.who.name)
        self._context.layout(
            self,
            slip_pages,
            slip,
            lambda data: self.preview.show_bytes(data, self.tr("Count slip")),
            self._fail,
        )

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def _fail(self, sentence: str) -> None:
        self.print_button.setEnabled(True)
        self._say(sentence)


def _small(parent: QWidget, text: str) -> QLabel:
    made = QLabel(text, parent)
    made.setProperty("role", "small")
    return made

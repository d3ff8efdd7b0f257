"""The result of a calculator with every step and article, or all that is wrong. UI thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.calculation import CalculationSheet
from desktop.circulars.calculation_text import as_html, as_text
from desktop.circulars.names import file_name
from desktop.contract.context import PanelContext
from desktop.panels.calculators.rules import Answer
from widgets.parts import named_button, words_label
from widgets.pdf_preview import PdfPreview
from widgets.theme import current_theme, theme_notifier


@dataclass(frozen=True, slots=True)
class PrintArgs:
    """A filled sheet and where its PDF goes."""

    sheet: CalculationSheet
    path: Path


def print_sheet(args: PrintArgs) -> Path:
    """Lays the sheet out as PDF; runs on the layout lane."""
    # Imported here: reportlab is slow to load and most sessions start without printing.
    from desktop.circulars.calculation_sheet import write_calculation_sheet  # noqa: PLC0415

    return write_calculation_sheet(args.sheet, args.path)


class ResultPane(QWidget):
    """`handed(Answer)` when the result is to go on."""

    handed = Signal(object)

    def __init__(self, context: PanelContext, hand_text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.answer: Answer | None = None
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.text = QTextBrowser(self)
        self.text.setObjectName("result_text")
        self.text.setOpenLinks(False)
        self.faults = words_label(self, "error")
        self.faults.setObjectName("result_faults")
        self.faults.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.waiting = words_label(self, "muted")
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.copy_button = named_button(self, "copy_result", self.tr("Copy as text"))
        self.print_button = named_button(self, "print_result", self.tr("Print worked sheet"))
        self.hand_button = named_button(self, "hand_result", hand_text)
        self.hand_button.setProperty("kind", "primary")
        self._stack = QStackedWidget(self)
        for page in (self.waiting, self.faults, self.text):
            self._stack.addWidget(page)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        for button in (self.copy_button, self.print_button, self.hand_button):
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)
        layout.addLayout(foot)
        self._connect()
        self.show_nothing("")

    def _connect(self) -> None:
        self.copy_button.clicked.connect(lambda _checked=False: self.copy())
        self.print_button.clicked.connect(lambda _checked=False: self.print())
        self.hand_button.clicked.connect(lambda _checked=False: self._hand())
        theme_notifier().theme_changed.connect(self._paint)

    # What the owner asks for

    def show_nothing(self, words: str) -> None:
        """Before anything was typed."""
        self.answer = None
        self.title.setText(self.tr("Result"))
        self.waiting.setText(words)
        self._stack.setCurrentWidget(self.waiting)
        self._enable(False)

    def show_faults(self, lines: Sequence[str]) -> None:
        """All of them at once."""
        self.answer = None
        count = len(lines)
        self.title.setText(self.tr("{count} things to put right").format(count=count))
        self.faults.setText("\n".join(f"■ {line}" for line in lines))
        self._stack.setCurrentWidget(self.faults)
        self._enable(False)

    def show_answer(self, found: Answer) -> None:
        """The result; the place one reads at stays."""
        same = self.answer is not None
        at = self.text.verticalScrollBar().value()
        self.answer = found
        self._paint()
        self._stack.setCurrentWidget(self.text)
        if same:
            self.text.verticalScrollBar().setValue(at)
        self._enable(True)

    def copy(self) -> None:
        """The whole sheet as text, on the clipboard."""
        if self.answer is not None and self.answer.sheet is not None:
            QGuiApplication.clipboard().setText(as_text(self.answer.sheet))
            self._context.notify(self.tr("Calculation copied"), level="done")

    def print(self) -> None:
        """The worked sheet as PDF in the folder for documents, shown for printing."""
        if self.answer is None or self.answer.sheet is None:
            return
        sheet, asked = self.answer.sheet, self.answer.asked
        moment = f"{self._context.now():%Y%m%d-%H%M%S}"
        path = self._context.documents_folder() / file_name(asked.case_number, sheet.title, moment)
        self.print_button.setEnabled(False)
        self._context.layout(
            self,
            print_sheet,
            PrintArgs(sheet, path),
            partial(self._on_printed, sheet.title, asked.case_id),
            self._on_print_failed,
        )

    # Inside

    def _hand(self) -> None:
        if self.answer is not None:
            self.handed.emit(self.answer)

    def _on_printed(self, title: str, case_id: str, path: Path) -> None:
        self.print_button.setEnabled(self.answer is not None)
        self._context.copied("print", title, case_id or None)
        preview = PdfPreview(path, title, self)
        preview.failed.connect(lambda text: self._context.notify(text, level="error"))
        preview.show()
        self._context.notify(self.tr("Saved: {path}").format(path=path), level="done")

    def _on_print_failed(self, sentence: str) -> None:
        self.print_button.setEnabled(self.answer is not None)
        self._context.notify(sentence, level="error")

    def _paint(self) -> None:
        if self.answer is None or self.answer.sheet is None:
            return
        theme, sheet = current_theme(), self.answer.sheet
        self.title.setText(sheet.title)
        self.text.setHtml(as_html(sheet, theme.colors, theme.scale))

    def _enable(self, on: bool) -> None:
        buttons: tuple[QPushButton, ...] = (
            self.copy_button,
            self.print_button,
            self.hand_button,
        )
        for button in buttons:
            button.setEnabled(on)

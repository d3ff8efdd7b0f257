"""A window that shows a PDF as it will be printed, and prints or keeps it. UI thread.

It does not block: several papers can lie open while work goes on.
"""

import shutil
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QPushButton, QVBoxLayout, QWidget

from widgets.pdf_pages import PdfPages
from widgets.pdf_printing import print_pages


class PdfPreview(QDialog):
    """Shows the file at `path`. `saved(path)` follows a copy, `failed(sentence)` a refusal."""

    saved = Signal(object)
    failed = Signal(str)

    def __init__(self, path: Path, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pdf_preview")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.path = path
        self.pages = PdfPages(self)
        self.document = self.pages.document
        self.view = self.pages.view
        self._arrange()
        self.pages.show_file(path)
        self.resize(820, 900)

    @property
    def loaded(self) -> bool:
        """Whether the file is a PDF that can be shown."""
        return self.pages.loaded

    def _arrange(self) -> None:
        for name, text, slot in (
            ("save_copy", self.tr("Save a copy…"), self._ask_save),
            ("print", self.tr("Print…"), self._ask_print),
        ):
            button = QPushButton(text, self)
            button.setObjectName(name)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, run=slot: run())
            if name == "print":
                button.setProperty("kind", "primary")
            self.pages.bar.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.pages)

    def _ask_save(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self, self.tr("Save a copy"), folder)
        dialog.setObjectName("save_copy_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(self.path.name)
        dialog.fileSelected.connect(lambda name: self.save_copy(Path(name)))
        dialog.open()

    def save_copy(self, target: Path) -> None:
        """Copies the file; the very bytes that are shown."""
        try:
            if target.resolve() != self.path.resolve():
                shutil.copyfile(self.path, target)
        except OSError as error:
            self.failed.emit(str(error.strerror or error))
            return
        self.saved.emit(target)

    def _ask_print(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self.windowTitle())
        dialog = QPrintDialog(printer, self)
        dialog.setObjectName("print_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.print_to(printer))
        QDialog.open(dialog)

    def print_to(self, printer: QPrinter) -> bool:
        """Prints every page of the printer's page range at its true size."""
        if not self.loaded or not print_pages(self.document, printer):
            self.failed.emit(self.tr("The printer did not accept the document."))
            return False
        return True

"""A window that shows a PDF as it will be printed, and prints or keeps it. UI thread.

It does not block: several papers can lie open while work goes on.
"""

import shutil
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRectF, QSize, QStandardPaths, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

PRINT_DPI: Final = 300
_POINTS_PER_INCH: Final = 72
_ZOOM_STEP: Final = 1.2
_ZOOM_MIN: Final = 0.25
_ZOOM_MAX: Final = 5.0


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
        self.document = QPdfDocument(self)
        self.view = QPdfView(self)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setDocument(self.document)
        self._pages = QLabel(self)
        self._pages.setProperty("role", "muted")
        self._arrange()
        self._error = self.document.load(str(path))
        self._say_pages()
        self.view.pageNavigator().currentPageChanged.connect(self._say_pages)
        self.resize(820, 900)

    @property
    def loaded(self) -> bool:
        """Whether the file is a PDF that can be shown."""
        return self._error == QPdfDocument.Error.None_

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(8)
        bar.addWidget(self._pages)
        bar.addStretch(1)
        for name, text, slot in (
            ("zoom_out", "−", lambda: self._zoom(1 / _ZOOM_STEP)),
            ("zoom_in", "+", lambda: self._zoom(_ZOOM_STEP)),
            ("fit", self.tr("Fit width"), self._fit),
            ("save_copy", self.tr("Save a copy…"), self._ask_save),
            ("print", self.tr("Print…"), self._ask_print),
        ):
            button = QPushButton(text, self)
            button.setObjectName(name)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, run=slot: run())
            if name == "print":
                button.setProperty("kind", "primary")
            bar.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self.view, 1)

    def _say_pages(self, *_args: object) -> None:
        count = self.document.pageCount()
        if not self.loaded or count < 1:
            self._pages.setText(self.tr("This file cannot be shown."))
            return
        page = self.view.pageNavigator().currentPage() + 1
        self._pages.setText(self.tr("Page {page} of {count}").format(page=page, count=count))

    def _zoom(self, by: float) -> None:
        self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(min(_ZOOM_MAX, max(_ZOOM_MIN, self.view.zoomFactor() * by)))

    def _fit(self) -> None:
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)

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
        printer.setFullPage(True)
        painter = QPainter()
        if not self.loaded or not painter.begin(printer):
            self.failed.emit(self.tr("The printer did not accept the document."))
            return False
        count = self.document.pageCount()
        first = printer.fromPage() or 1
        last = min(printer.toPage() or count, count)
        scale = printer.resolution() / _POINTS_PER_INCH
        for page in range(first - 1, last):
            if page > first - 1:
                printer.newPage()
            points = self.document.pagePointSize(page)
            pixels = QSize(
                round(points.width() * PRINT_DPI / _POINTS_PER_INCH),
                round(points.height() * PRINT_DPI / _POINTS_PER_INCH),
            )
            image = self.document.render(page, pixels)
            target = QRectF(QPoint(0, 0), points * scale)
            painter.drawImage(target, image)
        painter.end()
        return True

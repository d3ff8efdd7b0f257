"""Puts the pages of a PDF on a printer at their true size. Any thread that owns the document."""

from typing import Final

from PySide6.QtCore import QPoint, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter

PRINT_DPI: Final = 300
_POINTS_PER_INCH: Final = 72


def print_pages(document: QPdfDocument, printer: QPrinter, copies: int = 1) -> bool:
    """Prints the printer's page range, copy after copy; False when the printer refuses.

    A printer that copies by itself is told how many, once.
    """
    printer.setFullPage(True)
    by_itself = copies > 1 and printer.supportsMultipleCopies()
    if by_itself:
        printer.setCollateCopies(True)
        printer.setCopyCount(copies)
    painter = QPainter()
    if not painter.begin(printer):
        return False
    count = document.pageCount()
    first = printer.fromPage() or 1
    last = min(printer.toPage() or count, count)
    scale = printer.resolution() / _POINTS_PER_INCH
    pages = [_picture(document, page) for page in range(first - 1, last)]
    for copy in range(1 if by_itself else copies):
        for number, (picture, points) in enumerate(pages):
            if (copy or number) and not printer.newPage():
                painter.end()
                return False
            painter.drawImage(QRectF(QPoint(0, 0), points * scale), picture)
    return painter.end()


def _picture(document: QPdfDocument, page: int) -> tuple[QImage, QSizeF]:
    """A page as dots, and its size in points."""
    points = document.pagePointSize(page)
    dots = PRINT_DPI / _POINTS_PER_INCH
    size = QSize(round(points.width() * dots), round(points.height() * dots))
    return document.render(page, size), points

"""The pages of a PDF one below another, as they will be printed: page, zoom, words to find.

UI thread. Pages are pictures of a finished layout: another zoom shows the same lines larger, never
other lines.
"""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtPdf import QPdfDocument, QPdfSearchModel
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from widgets.theme import current_theme

_ZOOM_STEP: Final = 1.2
_ZOOM_MIN: Final = 0.25
_ZOOM_MAX: Final = 5.0
_USUAL_MAX: Final = 1.1  # a page as wide as a large window would show a few lines alone
_POINTS_PER_INCH: Final = 72
_ABOVE: Final = 120.0  # points that are shown above a place
_EDGES: Final = 30  # pixels beside a page: margins and the bar for scrolling
_FIND_WIDE: Final = 130


class PdfPages(QWidget):
    """`bar` takes further buttons at its right end; `zoomed` follows each change of size."""

    zoomed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = QPdfDocument(self)
        self._buffer = QBuffer(self)
        self._kept = QByteArray()
        self._error = QPdfDocument.Error.Unknown
        self._usual = True
        self.view = QPdfView(self)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setDocument(self.document)
        self.search = QPdfSearchModel(self)
        self.search.setDocument(self.document)
        self.view.setSearchModel(self.search)
        self.page_words = QLabel(self)
        self.page_words.setObjectName("page_words")
        self.page_words.setProperty("role", "muted")
        self.find_entry = QLineEdit(self)
        self.find_entry.setObjectName("find")
        self.find_entry.setPlaceholderText(self.tr("Find in the pages"))
        self.find_entry.setClearButtonEnabled(True)
        self.find_entry.setMaximumWidth(current_theme().px(_FIND_WIDE))
        self.find_words = QLabel(self)
        self.find_words.setProperty("role", "muted")
        self.bar = QHBoxLayout()
        self._arrange()
        self.view.pageNavigator().currentPageChanged.connect(self._say_pages)
        self.find_entry.textChanged.connect(self._on_sought)
        self.find_entry.returnPressed.connect(self.find_next)
        self.search.countChanged.connect(self._say_found)

    def _arrange(self) -> None:
        self.bar.setContentsMargins(12, 8, 12, 8)
        self.bar.setSpacing(8)
        for part in (self.page_words, self.find_entry, self.find_words):
            self.bar.addWidget(part)
        self.bar.addStretch(1)
        for name, text, hint, slot in (
            ("zoom_out", "−", self.tr("Smaller"), lambda: self.zoom_by(1 / _ZOOM_STEP)),
            ("zoom_in", "+", self.tr("Larger"), lambda: self.zoom_by(_ZOOM_STEP)),
            ("fit", self.tr("Fit width"), "", self.fit_width),
            ("fit_page", self.tr("Whole page"), "", self.fit_page),
        ):
            button = QPushButton(text, self)
            button.setObjectName(name)
            button.setToolTip(hint)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, run=slot: run())
            self.bar.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.bar)
        layout.addWidget(self.view, 1)

    # What is shown

    @property
    def loaded(self) -> bool:
        """Whether there are pages that can be shown."""
        return self._error == QPdfDocument.Error.None_ and self.document.pageCount() > 0

    def show_file(self, path: Path) -> None:
        """Shows the file at `path`."""
        self._error = self.document.load(str(path))
        self._fit_usual()
        self._say_pages()

    def show_bytes(self, data: bytes) -> None:
        """Shows a PDF that lies in memory."""
        self.document.close()
        self._buffer.close()
        # The buffer must not copy: what is on the screen is what was handed over.
        self._kept = QByteArray(data)
        self._buffer.setData(self._kept)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document.load(self._buffer)
        self._error = self.document.error()
        self._fit_usual()
        self._say_pages()

    def clear(self) -> None:
        """Shows no pages."""
        self.document.close()
        self._error = QPdfDocument.Error.Unknown
        self.page_words.clear()
        self.find_words.clear()

    def _say_pages(self, *_args: object) -> None:
        if not self.loaded:
            self.page_words.setText(self.tr("This file cannot be shown."))
            return
        page = self.view.pageNavigator().currentPage() + 1
        count = self.document.pageCount()
        self.page_words.setText(self.tr("Page {page} of {count}").format(page=page, count=count))

    def go_to(self, page: int, top: float) -> None:
        """Shows a place of a page (from 0), `top` points below its upper edge, with some of what
        stands above it."""
        # The view follows a jump to a page and no further.
        self.view.pageNavigator().jump(page, QPointF(), 0)
        factor = self.view.zoomFactor()
        if self.view.zoomMode() != QPdfView.ZoomMode.Custom:
            factor = self._fitted()
        bar = self.view.verticalScrollBar()
        dots = max(0.0, top - _ABOVE) * factor * self.view.logicalDpiX() / _POINTS_PER_INCH
        bar.setValue(bar.value() + round(dots))

    # Size

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_usual()

    def _fit_usual(self) -> None:
        """Until somebody chooses a size: as wide as the window, within reason."""
        if not self._usual:
            return
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        if not self.loaded:
            return
        # By the own width: the view has its new size only after this.
        points = self.document.pagePointSize(0).width()
        usual = points * self.view.logicalDpiX() / _POINTS_PER_INCH * _USUAL_MAX
        if self.width() - _EDGES > usual:
            self.view.setZoomMode(QPdfView.ZoomMode.Custom)
            self.view.setZoomFactor(_USUAL_MAX)

    def zoom_by(self, factor: float) -> None:
        """Larger or smaller within its bounds."""
        self._usual = False
        now = self.view.zoomFactor()
        if self.view.zoomMode() != QPdfView.ZoomMode.Custom:
            now = self._fitted()
        self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(min(_ZOOM_MAX, max(_ZOOM_MIN, now * factor)))
        self.zoomed.emit()

    def _fitted(self) -> float:
        """About the factor that the page has now while it follows the window."""
        if not self.loaded:
            return self.view.zoomFactor()
        points = self.document.pagePointSize(max(0, self.view.pageNavigator().currentPage()))
        inch = self.view.logicalDpiX() / _POINTS_PER_INCH
        room = self.view.viewport().size()
        wide = room.width() / (points.width() * inch)
        if self.view.zoomMode() == QPdfView.ZoomMode.FitToWidth:
            return wide
        return min(wide, room.height() / (points.height() * inch))

    def fit_width(self) -> None:
        """As wide as the window."""
        self._usual = False
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.zoomed.emit()

    def fit_page(self) -> None:
        """A whole page in the window."""
        self._usual = False
        self.view.setZoomMode(QPdfView.ZoomMode.FitInView)
        self.zoomed.emit()

    # Words

    def _on_sought(self, words: str) -> None:
        self.search.setSearchString(words.strip())
        self._say_found()

    def _say_found(self) -> None:
        count = self.search.rowCount(self.search.index(-1, -1))
        sought = self.find_entry.text().strip()
        self.find_words.setText(self.tr("{count} found").format(count=count) if sought else "")

    def find_next(self) -> None:
        """Goes to the next place where the words stand, from the last one to the first."""
        count = self.search.rowCount(self.search.index(-1, -1))
        if count:
            at = (self.view.currentSearchResultIndex() + 1) % count
            self.view.setCurrentSearchResultIndex(at)
            place = self.search.resultAtIndex(at)
            self.view.pageNavigator().jump(place.page(), place.location(), 0)

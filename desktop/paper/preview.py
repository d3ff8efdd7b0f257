"""The pages of one document beside other parts of a panel. UI thread; pages come from lanes."""

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.documents.pages import rendered
from desktop.paper.reading import OnScreen, on_screen
from widgets.pdf_pages import PdfPages

if TYPE_CHECKING:
    from desktop.circulars.appearance import Seen

_FIELD: Final = b"/Widget"


def look(data: bytes) -> "Seen":
    """See desktop.circulars.appearance, which takes long to load. Layout lane."""
    from desktop.circulars.appearance import seen  # noqa: PLC0415

    return seen(data)


class PagesPreview(QWidget):
    """`shown()` follows pages on the screen, `failed(sentence)` a document that has none.

    `data`: the very bytes of the document on the screen, nothing while there are none.
    """

    shown = Signal()
    failed = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pages_preview")
        self._context = context
        self._wanted = 0
        self.data = b""
        self.caption = QLabel(self)
        self.caption.setObjectName("caption")
        self.caption.setWordWrap(True)
        self.caption.setProperty("role", "muted")
        self.pages = PdfPages(self)
        self.words = QLabel(self)
        self.words.setObjectName("instead_of_pages")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setProperty("role", "muted")
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.words)
        self._stack.addWidget(self.pages)
        top = QHBoxLayout()
        top.setContentsMargins(12, 6, 12, 0)
        top.addWidget(self.caption, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)
        self.clear()

    def show_document(self, document_id: str) -> None:
        """Shows a document as it would be printed now; the signed file where there is one."""
        self.clear(self.tr("Laying out the pages…"))
        number = self._wanted
        self._context.read(
            self,
            "pages",
            on_screen,
            document_id,
            partial(self._on_read, number),
            partial(self._fail, number),
        )

    def _on_read(self, number: int, found: OnScreen) -> None:
        if number != self._wanted:
            return
        if found.pages is None:
            words = self.tr("The signed file, byte by byte. {number}").format(number=found.number)
            self._show(number, words, found.file)
            return
        words = self.tr("As it will be printed. {number}").format(number=found.number)
        self._context.layout(
            self,
            rendered,
            found.pages,
            partial(self._show, number, words),
            partial(self._fail, number),
        )

    def _show(self, number: int, caption: str, data: bytes) -> None:
        if number == self._wanted:
            self.show_bytes(data, caption)

    def show_bytes(self, data: bytes, caption: str = "", *, at_seal: bool = False) -> None:
        """Shows these very bytes; the seals of a signed file are drawn by the layout lane.

        at_seal: begins where the first seal stands.
        """
        self._wanted += 1
        number = self._wanted
        if _FIELD not in data:
            self._put(number, caption, data, data)
            return
        self._context.layout(
            self,
            look,
            data,
            partial(self._put_seen, number, caption, data, at_seal),
            partial(self._fail, number),
        )

    def _put_seen(
        self, number: int, caption: str, data: bytes, at_seal: bool, seen: "Seen"
    ) -> None:
        self._put(number, caption, data, seen.data)
        if at_seal and seen.page >= 0 and self.data is data:
            self.pages.go_to(seen.page, seen.top)

    def _put(self, number: int, caption: str, data: bytes, seen: bytes) -> None:
        """`seen` is what `data` looks like."""
        if number != self._wanted:
            return
        self.pages.show_bytes(seen)
        self.caption.setText(caption.strip())
        self.caption.setVisible(bool(caption.strip()))
        if not self.pages.loaded:
            self._fail(number, self.tr("This is not a PDF that can be shown."))
            return
        self.data = data
        self._stack.setCurrentWidget(self.pages)
        self.shown.emit()

    def clear(self, words: str = "") -> None:
        """Shows no pages, but `words` in their place. What was asked for before is not shown."""
        self._wanted += 1
        self.data = b""
        self.pages.clear()
        self.caption.hide()
        self.words.setText(words)
        self._stack.setCurrentWidget(self.words)

    def _fail(self, number: int, sentence: str) -> None:
        if number == self._wanted:
            self.clear(sentence)
            self.failed.emit(sentence)

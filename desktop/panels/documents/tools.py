"""Pages beside list, form and document: signature, print, verification, settings. UI thread.

Each is made when it is first asked for: most sessions sign and print little.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.panels.documents.page_queries import DocumentPage
from desktop.paper.printing import PrintBox, PrintItem
from desktop.paper.setup import SigningSetup
from desktop.paper.signing import SignBox
from desktop.paper.verifying import VerifyView

Tool = Literal["sign", "print", "verify", "setup"]
# Of these a signed file is there to be printed.
_PRINTABLE: Final = frozenset(("已签发", "已印发"))


class Tools(QWidget):
    """`left()` when the user goes back; `signed(document id)` after a signature."""

    left = Signal()
    signed = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("document_tools")
        self._context = context
        self._made: dict[Tool, QWidget] = {}
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.back_button = QPushButton(self.tr("Back"), self)
        self.back_button.setObjectName("tools_back")
        self._stack = QStackedWidget(self)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back_button)
        top.addWidget(self.title, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())

    def _tool(self, name: Tool) -> Any:
        titles: dict[Tool, str] = {
            "sign": self.tr("Sign"),
            "print": self.tr("Print with a count slip"),
            "verify": self.tr("Verify a signed file"),
            "setup": self.tr("Signing settings"),
        }
        if name not in self._made:
            make: dict[Tool, Callable[[], QWidget]] = {
                "sign": self._sign_box,
                "print": self._print_box,
                "verify": lambda: VerifyView(self._context, self),
                "setup": lambda: SigningSetup(self._context, self),
            }
            self._made[name] = make[name]()
            self._stack.addWidget(self._scrolled(self._made[name]))
        self._stack.setCurrentIndex(list(self._made).index(name))
        self.title.setText(titles[name])
        # Signature and print have a way back of their own.
        self.back_button.setVisible(name in ("verify", "setup"))
        return self._made[name]

    def _scrolled(self, inner: QWidget) -> QScrollArea:
        """A part that is larger than a small dock is scrolled, not cut."""
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inner.setProperty("plain", True)
        area.setWidget(inner)
        return area

    def _sign_box(self) -> QWidget:
        made = SignBox(self._context, self)
        made.signed.connect(self.signed)
        made.left.connect(self.left)
        return made

    def _print_box(self) -> QWidget:
        made = PrintBox(self._context, self)
        made.left.connect(self.left)
        return made

    @property
    def current(self) -> QWidget | None:
        """The part on show."""
        area = self._stack.currentWidget()
        return area.widget() if isinstance(area, QScrollArea) else None

    def sign(self, document_id: str) -> None:
        """The signature of a document, over the pages shown there."""
        self._tool("sign").sign_document(document_id)

    def print_page(self, page: DocumentPage) -> None:
        """Copies of one document; at first one for each recipient."""
        copies = max(1, len(page.receipts))
        item = PrintItem(page.id, page.title.replace("\n", ""), page.number, copies)
        self._tool("print").show_items([item])

    def print_rows(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Copies of several rows of the list; False when none of them is signed."""
        items = [
            PrintItem(str(row["id"]), str(row["title"]), str(row["number"]))
            for row in rows
            if row["state"][1] in _PRINTABLE
        ]
        left_out = len(rows) - len(items)
        if not items:
            self._context.notify(self.tr("Only signed documents are printed and counted."))
            return False
        if left_out:
            words = self.tr("{count} without a signature are left out")
            self._context.notify(words.format(count=left_out))
        self._tool("print").show_items(items)
        return True

    def verify(self, path: Path | None = None) -> None:
        """The verification of any PDF."""
        tool = self._tool("verify")
        if path is not None:
            tool.verify(path)

    def set_up(self) -> None:
        """The settings of the signature."""
        self._tool("setup")

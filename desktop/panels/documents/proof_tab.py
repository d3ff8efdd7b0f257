"""Fingerprints of a signed document, its pages made again, its copies. UI thread."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.documents.pages import Reproduction
from desktop.panels.documents.page_queries import DocumentPage
from widgets.badge import Badge

_HALF = 32  # characters of a fingerprint in a line


class ProofTab(QWidget):
    """What the document was signed as, and what 重现 found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document_id = ""
        self.pages = self._words()
        self.file = self._words()
        self.verdict = Badge(parent=self)
        self.again = self._words()
        self.slips = self._words()
        self.none = self._words("muted")
        body = QWidget(self)
        body.setProperty("plain", True)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 6, 0)
        inner.setSpacing(6)
        inner.addWidget(self.none)
        self._heads: list[QLabel] = []
        for head, parts in (
            (self.tr("Fingerprint of the pages (SHA-256)"), (self.pages,)),
            (self.tr("Fingerprint of the signed file (SHA-256)"), (self.file,)),
            (self.tr("Made again"), (self.verdict, self.again)),
            (self.tr("Copies"), (self.slips,)),
        ):
            title = QLabel(head, body)
            title.setProperty("role", "group")
            self._heads.append(title)
            inner.addWidget(title)
            for part in parts:
                inner.addWidget(part)
        inner.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(area)

    def _words(self, role: str = "") -> QLabel:
        made = QLabel(self)
        made.setWordWrap(True)
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if role:
            made.setProperty("role", role)
        return made

    def show_page(self, page: DocumentPage) -> None:
        """Shows what was signed; what was found by making it again stays for the same document."""
        signed = bool(page.fingerprints[1])
        self.none.setVisible(not signed)
        self.none.setText(self.tr("Fingerprints are kept from the signature on."))
        for part in (*self._heads, self.pages, self.file, self.verdict, self.again, self.slips):
            part.setVisible(signed)
        self.pages.setText(halves(page.fingerprints[0]))
        self.file.setText(halves(page.fingerprints[1]))
        told = "\n".join(slip.words() for slip in page.slips)
        self.slips.setText(told or self.tr("No copy was printed yet."))
        if page.id != self._document_id:
            self._document_id = page.id
            self.verdict.set_state("", "")
            self.again.setText(self.tr("Press “Make again” to compare."))

    def show_again(self, found: Reproduction) -> None:
        """Both fingerprints, and whether they are the same."""
        if found.same:
            self.verdict.set_state("normal", self.tr("the same"))
        else:
            self.verdict.set_state("overdue", self.tr("not the same"))
        said = self.tr("Signed:\n{expected}\nMade now:\n{found}\nIn the file:\n{in_file}")
        self.again.setText(
            said.format(
                expected=halves(found.expected),
                found=halves(found.found),
                in_file=halves(found.in_file),
            )
        )


def halves(digest: str) -> str:
    """A fingerprint in two lines, so that it can be compared by eye."""
    return f"{digest[:_HALF]}\n{digest[_HALF:]}" if digest else ""

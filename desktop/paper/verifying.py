"""核对签名: a PDF is dropped or chosen, and the answer stands in words beside its pages.

UI thread; reading and verifying run on the layout lane, without a network.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.errors import UserError
from desktop.paper.preview import PagesPreview
from widgets.badge import Badge
from widgets.theme import current_theme

if TYPE_CHECKING:  # pyHanko takes long to load; it comes with the first file.
    from desktop.circulars.verification import Verification

_SIDE_WIDE: Final = 360
_LARGEST: Final = 200_000_000  # bytes
_LOOKS: Final = {
    "sound": "normal",
    "untrusted": "due_soon",
    "unsigned": "unknown",
    "changed": "overdue",
    "unreadable": "overdue",
}


@dataclass(frozen=True, slots=True)
class VerifyFile:
    """A file to be looked at; `roots`: the folder of trusted authorities, empty for none."""

    path: Path
    roots: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found, and the file itself."""

    found: "Verification"
    data: bytes


def verify_file(args: VerifyFile) -> Verified:
    """Reads and verifies. Layout lane. UserError where file or folder cannot be read."""
    from desktop.circulars.trust import Authorities, read_authorities  # noqa: PLC0415  As above.
    from desktop.circulars.verification import verify  # noqa: PLC0415

    try:
        if args.path.stat().st_size > _LARGEST:
            raise UserError(f"文件超过 200 MB：{args.path}。")
        data = args.path.read_bytes()
    except OSError as error:
        raise UserError(f"无法读取文件：{args.path}。") from error
    authorities = read_authorities(Path(args.roots)) if args.roots else Authorities()
    return Verified(verify(data, authorities, args.at), data)


class VerifyView(QWidget):
    """`verified(Verification)` follows each answer."""

    verified = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("verify_view")
        self.setAcceptDrops(True)
        self._context = context
        self._run = 0
        self.preview = PagesPreview(context, self)
        self.choose_button = QPushButton(self.tr("Choose a PDF…"), self)
        self.choose_button.setObjectName("choose_pdf")
        self.choose_button.setProperty("kind", "primary")
        self.name = _words(self, "verify_name", "title")
        self.badge = Badge(parent=self)
        self.verdict = _words(self, "verdict", "")
        self.details = _words(self, "verify_details", "")
        self.digest = _words(self, "verify_digest", "muted")
        self.roots = _words(self, "verify_roots", "muted")
        self._arrange()
        self.choose_button.clicked.connect(lambda _checked=False: self._choose())
        self._empty()

    def _arrange(self) -> None:
        side = QFrame(self)
        side.setProperty("card", True)
        side.setFixedWidth(current_theme().px(_SIDE_WIDE))
        column = QVBoxLayout(side)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        for part in (self.name, self.badge, self.verdict, self.details, self.digest):
            column.addWidget(part)
        column.addStretch(1)
        column.addWidget(self.roots)
        column.addWidget(self.choose_button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.preview, 1)
        layout.addWidget(side)

    def _empty(self) -> None:
        self.preview.clear(self.tr("Drop a PDF here, or choose one."))
        self._say("", "")
        folder = self._context.setting("roots_folder")
        self.roots.setText(
            self.tr("Trusted authorities: {folder}").format(folder=folder)
            if folder
            else self.tr("No folder of trusted authorities is set: no signer can be confirmed.")
        )

    def _say(self, look: str, verdict: str) -> None:
        words = {
            "normal": self.tr("Valid"),
            "due_soon": self.tr("Signer unknown"),
            "unknown": self.tr("Not signed"),
            "overdue": self.tr("Changed or damaged"),
        }
        self.badge.set_state(look, words.get(look, ""))
        self.verdict.setText(verdict)
        self.details.setText("")
        self.digest.setText("")

    def verify(self, path: Path) -> None:
        """Looks at a file."""
        self._run += 1
        self._empty()
        self.name.setText(path.name)
        self.preview.clear(self.tr("Reading the file…"))
        args = VerifyFile(path, self._context.setting("roots_folder"), self._context.now())
        self._context.layout(
            self, verify_file, args, partial(self._on_found, self._run), self._fail
        )

    def _on_found(self, run: int, found: Verified) -> None:
        if run != self._run:
            return
        answer = found.found
        verdict, *details = answer.sentences()
        self._say(_LOOKS[answer.state], verdict)
        self.details.setText("\n\n".join(details))
        digits = answer.file_sha256
        groups = " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))
        self.digest.setText(f"SHA-256 {groups}")
        self.preview.show_bytes(found.data)
        self.verified.emit(answer)

    def _fail(self, sentence: str) -> None:
        self.preview.clear()
        self._say("overdue", sentence)
        self.badge.set_state("", "")

    # Choosing

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a PDF"))
        dialog.setObjectName("choose_pdf_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDirectory(str(self._context.documents_folder()))
        dialog.fileSelected.connect(lambda name: self.verify(Path(name)))
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                event.acceptProposedAction()
                self.verify(Path(url.toLocalFile()))
                return


def _words(parent: QWidget, name: str, role: str) -> QLabel:
    made = QLabel(parent)
    made.setObjectName(name)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        made.setProperty("role", role)
    return made

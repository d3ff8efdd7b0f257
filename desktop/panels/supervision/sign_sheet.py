"""签名: the pages of a letter are shown, and the bytes shown are the bytes signed. UI thread.

The signed file lies in the folder of documents; `edesk verify` and the verification panel tell
whether it is as it was signed.
"""

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.names import file_name
from desktop.contract.context import PanelContext
from desktop.documents.kinds import kinds
from desktop.documents.pages import rendered
from desktop.panels.supervision.paper import KeepSigned, fill, keep_signed
from desktop.panels.supervision.queries import Letter
from desktop.paper.pen import SignPages, pen_of
from desktop.paper.preview import PagesPreview
from widgets.theme import current_theme

_SIDE_WIDE: Final = 280
_PIN_MAX: Final = 128


class SignSheet(QDialog):
    """`signed(path)` follows a signed file."""

    signed = Signal(object)

    def __init__(
        self, context: PanelContext, letter: Letter, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sign_letter")
        self.setWindowTitle(letter.number)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context = context
        self._letter = letter
        self._pages = b""
        self.preview = PagesPreview(context, self)
        self.pen_words = _label(self, "muted")
        self.pen_words.setText(
            pen_of(context.setting).words or self.tr("No certificate is set on this desk.")
        )
        self.pin = QLineEdit(self)
        self.pin.setObjectName("pin")
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setMaxLength(_PIN_MAX)
        self.pin.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.error = _label(self, "error")
        self.sign_button = QPushButton(self.tr("Sign"), self)
        self.sign_button.setObjectName("sign")
        self.sign_button.setProperty("kind", "primary")
        self.sign_button.setEnabled(False)
        self._arrange()
        self.sign_button.clicked.connect(lambda _checked=False: self.sign())
        context.layout(
            self, rendered, fill(letter, context.now()), self._on_laid, self.error.setText
        )

    def _arrange(self) -> None:
        theme = current_theme()
        title = _label(self, "title")
        title.setText(self._letter.number)
        pin_label = QLabel(self.tr("PIN or passphrase of the certificate"), self)
        pin_label.setProperty("role", "small")
        pin_label.setBuddy(self.pin)
        side = QWidget(self)
        side.setFixedWidth(theme.px(_SIDE_WIDE))
        column = QVBoxLayout(side)
        for part in (title, self.pen_words, pin_label, self.pin, self.error, self.sign_button):
            column.addWidget(part)
        column.addStretch(1)
        layout = QHBoxLayout(self)
        layout.addWidget(self.preview, 1)
        layout.addWidget(side)
        self.resize(theme.px(960), theme.px(680))

    def _on_laid(self, pages: bytes) -> None:
        self._pages = pages
        self.preview.show_bytes(pages)
        self.sign_button.setEnabled(True)
        self.pin.setFocus()

    def sign(self) -> None:
        """Signs what is shown; the PIN goes with this one piece of work and is kept nowhere."""
        if not self._pages:
            return
        letter = self._letter
        work = SignPages(
            pages=self._pages,
            pen=pen_of(self._context.setting),
            pin=self.pin.text(),
            court=kinds().organ,
            reason=f"签发{letter.number}",
            at=self._context.now(),
        )
        self.pin.clear()
        self.error.setText("")
        self.sign_button.setEnabled(False)
        name = file_name(letter.number, letter.case_number, "已签名")
        path = self._context.documents_folder() / name
        self._context.layout(
            self,
            keep_signed,
            KeepSigned(work, path),
            partial(self._on_signed, letter.case_id),
            self._on_unsigned,
        )

    def _on_signed(self, case_id: str, path: Path) -> None:
        self._context.copied("export", "督办单签名件", case_id)
        self._context.notify(self.tr("Signed: {path}").format(path=path), level="done")
        self.signed.emit(path)
        self.accept()

    def _on_unsigned(self, sentence: str) -> None:
        """A wrong PIN, say: the pages stay, and it may be tried again."""
        self.sign_button.setEnabled(True)
        self.error.setText(sentence)
        self.pin.setFocus()


def _label(parent: QWidget, role: str) -> QLabel:
    label = QLabel(parent)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label

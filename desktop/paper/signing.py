"""签发: the pages are shown, the person enters the PIN, and the bytes shown are the bytes signed.

UI thread. What may be signed and by whom the signing matrix decides (desktop.documents.pages); the
PIN goes to the layout lane with one piece of work and is kept nowhere.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.official import Official
from desktop.contract.context import PanelContext
from desktop.documents.course import ActArgs
from desktop.documents.numbering import NumberArgs, ask_number
from desktop.documents.pages import Signed, fingerprint, prepare, rendered, store_signature
from desktop.paper.pen import SignDocument, SignedPages, SignPages, pen_of, sign_document
from desktop.paper.preview import PagesPreview
from desktop.paper.reading import ToSign, to_sign
from widgets.theme import current_theme, repolish

_SIDE_WIDE: Final = 300
_SHORT: Final = 16  # digits of a fingerprint that a person compares
_PIN_MAX: Final = 128


@dataclass(frozen=True, slots=True)
class _Laid:
    """Pages on the screen: of which words, made on which day."""

    words: ToSign
    document: Official
    pages: bytes
    at: datetime


class SignBox(QWidget):
    """`signed(document_id)` follows a stored signature; `left()` when the person goes back."""

    signed = Signal(str)
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sign_box")
        self._context = context
        self._document_id = ""
        self._words: ToSign | None = None
        self._laid: _Laid | None = None
        self._run = 0
        self.preview = PagesPreview(context, self)
        self.title = _label(self, "sign_title", "title")
        self.who = _label(self, "sign_who", "")
        self.pen_words = _label(self, "sign_pen", "muted")
        self.bytes_words = _label(self, "sign_bytes", "muted")
        self.refusal = _label(self, "sign_refusal", "error")
        self.pin_label = QLabel(self.tr("PIN or passphrase of the certificate"), self)
        self.pin_label.setProperty("role", "small")
        self.pin = QLineEdit(self)
        self.pin.setObjectName("pin")
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setMaxLength(_PIN_MAX)
        self.pin.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.pin_label.setBuddy(self.pin)
        self.error = _label(self, "pin_error", "error")
        self.sign_button = _button(self, "sign", self.tr("Sign"), primary=True)
        self.number_button = _button(self, "take_number", self.tr("Take a number"), primary=True)
        self.back_button = _button(self, "sign_back", self.tr("Back"))
        self._arrange()
        self.pin.textEdited.connect(lambda _text: self._say_error(""))
        self.pin.returnPressed.connect(self.sign)
        self.sign_button.clicked.connect(lambda _checked=False: self.sign())
        self.number_button.clicked.connect(lambda _checked=False: self._take_number())
        self.back_button.clicked.connect(lambda _checked=False: self._leave())
        self._show_parts()

    def _arrange(self) -> None:
        side = QFrame(self)
        side.setProperty("card", True)
        side.setFixedWidth(current_theme().px(_SIDE_WIDE))
        column = QVBoxLayout(side)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        for part in (self.title, self.who, self.pen_words, self.bytes_words, self.refusal):
            column.addWidget(part)
        column.addSpacing(8)
        for below in (self.number_button, self.pin_label, self.pin, self.error, self.sign_button):
            column.addWidget(below)
        column.addStretch(1)
        column.addWidget(self.back_button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.preview, 1)
        layout.addWidget(side)

    def sign_document(self, document_id: str) -> None:
        """Shows a document that waits for its signature, or says why it cannot be signed here."""
        self._begin(document_id)
        self._context.read(
            self,
            "to_sign",
            to_sign,
            document_id,
            partial(self._on_read, self._run),
            partial(self._refuse, self._run),
        )

    def _begin(self, document_id: str) -> None:
        self._run += 1
        self._document_id = document_id
        self._words = self._laid = None
        self.pin.clear()
        self._say_error("")
        self.refusal.setText("")
        self.title.setText("")
        self.bytes_words.setText("")
        name = self._context.who.name or self.tr("nobody at the desk")
        self.who.setText(self.tr("Signs: {name}").format(name=name))
        pen = pen_of(self._context.setting)
        self.pen_words.setText(pen.words or self.tr("No certificate is set on this desk."))
        self.preview.clear(self.tr("Laying out the pages…"))
        self._show_parts()

    def _on_read(self, run: int, found: ToSign) -> None:
        if run != self._run:
            return
        self._words = found
        self.title.setText(f"{found.number} {found.title}".strip())
        if found.state == "signing" and not found.number:
            self.preview.show_document(found.document_id)
            self._show_parts()
            return
        at = self._context.now()
        self._context.write(
            self,
            f"准备签发{found.number}",
            prepare,
            self._act(found, at),
            partial(self._on_prepared, run, found, at),
            partial(self._refuse, run),
        )

    def _act(self, found: ToSign, at: datetime) -> ActArgs:
        return ActArgs(found.document_id, self._context.who.person_id, at, found.content)

    def _take_number(self) -> None:
        if self._words is None:
            return
        args = NumberArgs(self._words.document_id, self._context.today())
        self.number_button.setEnabled(False)
        self._context.write(
            self,
            "文书编号",
            ask_number,
            args,
            partial(self._on_number, self._run),
            partial(self._refuse, self._run),
        )

    def _on_number(self, run: int, number: str) -> None:
        if run != self._run:
            return
        if number:
            self.sign_document(self._document_id)
        else:
            self.refusal.setText(self.tr("The shared database has been asked for a number."))

    def _on_prepared(self, run: int, found: ToSign, at: datetime, document: Official) -> None:
        if run != self._run:
            return

        def show(pages: bytes) -> None:
            if run == self._run:
                self._show(_Laid(found, document, pages, at))

        self._context.layout(self, rendered, document, show, partial(self._refuse, run))

    def _show(self, laid: _Laid) -> None:
        self._laid = laid
        self.preview.show_bytes(laid.pages, self.tr("These pages are what is signed."))
        self.bytes_words.setText(
            self.tr("{size} bytes, fingerprint {digits}…").format(
                size=f"{len(laid.pages):,}", digits=fingerprint(laid.pages)[:_SHORT]
            )
        )
        self._show_parts()
        self.pin.setFocus()

    # Signature

    def sign(self) -> None:
        """Signs what is on the screen with the PIN that stands in the field; the field is empty
        afterwards."""
        laid = self._laid
        if laid is None or not self.sign_button.isEnabled():
            return
        pin = self.pin.text()
        self.pin.clear()
        if not pin:
            self._say_error(self.tr("Enter the PIN."))
            return
        if self._context.now().date() != laid.at.date():
            self.sign_document(self._document_id)
            self._say_error(self.tr("The day has changed; look at the pages once more."))
            return
        self._say_error("")
        self.sign_button.setEnabled(False)
        at = self._context.now()
        work = SignPages(
            pages=self.preview.data,
            pen=pen_of(self._context.setting),
            pin=pin,
            court=laid.document.organ,
            reason="签发",
            at=at,
            seal=laid.document.seal and laid.document.form != "minutes",
        )
        self._context.layout(
            self,
            sign_document,
            SignDocument(laid.document, work),
            partial(self._on_signed, self._run, work.pages, at),
            partial(self._on_unsigned, self._run),
        )

    def _on_signed(self, run: int, pages: bytes, at: datetime, made: SignedPages) -> None:
        laid = self._laid
        if run != self._run or laid is None:
            return
        self._context.write(
            self,
            f"签发{laid.words.number}",
            store_signature,
            Signed(self._act(laid.words, at), pages, made.file, made.laid),
            partial(self._on_stored, run, made.file),
            partial(self._refuse, run),
        )

    def _on_stored(self, run: int, file: bytes, _nothing: object) -> None:
        if run != self._run or self._laid is None:
            return
        number = self._laid.words.number
        self._laid = None
        words = self.tr("The signed file. {number}").format(number=number)
        self.preview.show_bytes(file, words, at_seal=True)
        self._show_parts()
        self.signed.emit(self._document_id)

    def _on_unsigned(self, run: int, sentence: str) -> None:
        """A wrong PIN, say: the pages stay, and it may be tried again."""
        if run == self._run:
            self.sign_button.setEnabled(True)
            self._say_error(sentence)
            self.pin.setFocus()

    # What is seen

    def _refuse(self, run: int, sentence: str) -> None:
        """Nothing can be signed: by the matrix, or because the document changed."""
        if run != self._run:
            return
        self._laid = None
        self.refusal.setText(sentence)
        if not self.preview.data:
            self.preview.show_document(self._document_id)
        self._show_parts()

    def _say_error(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        self.pin.setProperty("problem", bool(sentence))
        repolish(self.pin)

    def _show_parts(self) -> None:
        unnumbered = self._words is not None and self._words.state == "signing"
        unnumbered = unnumbered and self._words is not None and not self._words.number
        self.number_button.setVisible(unnumbered)
        self.number_button.setEnabled(True)
        for part in (self.pin_label, self.pin, self.sign_button):
            part.setVisible(self._laid is not None)
        self.sign_button.setEnabled(True)
        self.refusal.setVisible(bool(self.refusal.text()))
        self.error.setVisible(bool(self.error.text()))

    def _leave(self) -> None:
        self._run += 1
        self._laid = None
        self.pin.clear()
        self.left.emit()


def _label(parent: QWidget, name: str, role: str) -> QLabel:
    made = QLabel(parent)
    made.setObjectName(name)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        made.setProperty("role", role)
    return made


def _button(parent: QWidget, name: str, text: str, *, primary: bool = False) -> QPushButton:
    made = QPushButton(text, parent)
    made.setObjectName(name)
    made.setAutoDefault(False)
    if primary:
        made.setProperty("kind", "primary")
    return made

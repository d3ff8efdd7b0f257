"""The PIN under which an export is signed. UI thread; the PIN is kept nowhere."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from widgets.parts import named_button, words_label
from widgets.theme import current_theme

_PIN_MAX: Final = 128


class SignForm(QDialog):
    """`given(pin)` when it was typed; the owner closes it once the file is there."""

    given = Signal(str)

    def __init__(self, what: str, pen: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sign_replay")
        self.setWindowTitle(self.tr("Export and sign"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.what = words_label(self, "")
        self.what.setText(what)
        self.pen = words_label(self, "muted")
        self.pen.setText(pen or self.tr("No certificate is set on this desk."))
        self.pin = QLineEdit(self)
        self.pin.setObjectName("pin")
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setMaxLength(_PIN_MAX)
        self.pin.setPlaceholderText(self.tr("PIN or passphrase of the certificate"))
        hints = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        self.pin.setInputMethodHints(hints)
        self.error = words_label(self, "error")
        self.error.hide()
        self.sign_button = named_button(self, "sign", self.tr("Sign and write the file"))
        self.sign_button.setProperty("kind", "primary")
        self.sign_button.setEnabled(bool(pen))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.sign_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        for part in (self.what, self.pen, self.pin, self.error):
            column.addWidget(part)
        column.addStretch(1)
        column.addLayout(row)
        self.sign_button.clicked.connect(lambda _on=False: self._give())
        self.resize(current_theme().px(460), current_theme().px(220))

    def _give(self) -> None:
        self.sign_button.setEnabled(False)
        self.error.hide()
        pin = self.pin.text()
        self.pin.clear()
        self.given.emit(pin)

    def refuse(self, sentence: str) -> None:
        """A wrong PIN, say: it may be tried again."""
        self.error.setText(sentence)
        self.error.show()
        self.sign_button.setEnabled(True)
        self.pin.setFocus()

"""A copy of the month's sheet with an electronic signature (PAdES): PIN and certificate. UI thread.

Who reported and who signed is in the ledger; the signed copy shows it to whoever has no desk, and
`edesk verify` tells whether it is as it was. Each of the two keeps a copy of his own.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.circulars.names import file_name
from desktop.contract.context import PanelContext
from desktop.funds.closing import MonthState
from desktop.panels.fund_close.paper import KeepSigned, Laid, keep_signed
from desktop.paper.pen import SignPages, pen_of
from widgets.forms import FormDialog

_PIN_MAX: Final = 128


class SignCopy(QObject):
    """`ask` opens the form; `form` is the dialog while it is open. `kept(path)` follows a copy."""

    kept = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._over = parent
        self._found: MonthState | None = None
        self._pages = b""
        self.form: FormDialog | None = None

    def ask(self, found: MonthState, laid: Laid) -> None:
        """Asks for the PIN of this desk's certificate; the pages are those on the screen."""
        self._found, self._pages = found, laid.pages
        dialog = FormDialog(
            self.tr("Signed copy of the sheet"),
            self._over,
            submit_text=self.tr("Sign"),
            width=420,
        )
        dialog.setObjectName("sign_copy")
        pin = QLineEdit(dialog)
        pin.setObjectName("pin")
        pin.setEchoMode(QLineEdit.EchoMode.Password)
        pin.setMaxLength(_PIN_MAX)
        pin.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        words = pen_of(self._context.setting).words
        label = self.tr("PIN or passphrase of the certificate")
        dialog.form.add_field("pin", f"{label}（{words}）" if words else label, pin, required=True)
        if not words:
            dialog.form.field("pin").set_error(self.tr("No certificate is set on this desk."))
        dialog.form.submitted.connect(self._sign)
        dialog.form.closed.connect(lambda _typed: self._forget())
        self.form = dialog
        dialog.show()

    def _forget(self) -> None:
        self.form = None

    def _sign(self, values: Mapping[str, object]) -> None:
        found = self._found
        if found is None or found.sheet is None:
            return
        who = self._context.who.name
        work = SignPages(
            pages=self._pages,
            pen=pen_of(self._context.setting),
            pin=str(values["pin"]),
            court=found.sheet.author,
            reason=f"{found.sheet.title} {found.month}",
            at=self._context.now(),
            seal=False,
        )
        name = file_name(found.sheet.title, found.month, who, "已签名")
        path = self._context.documents_folder() / name
        self._context.layout(
            self, keep_signed, KeepSigned(work, path), self._on_signed, self._on_unsigned
        )

    def _on_signed(self, path: Path) -> None:
        if self.form is not None:
            self.form.accept()
            self.form = None
        self._context.copied("export", path.stem)
        self._context.notify(self.tr("Signed: {path}").format(path=path), level="done")
        self.kept.emit(path)

    def _on_unsigned(self, sentence: str) -> None:
        """A wrong PIN, say: it may be tried again."""
        if self.form is not None:
            self.form.form.set_busy(False)
            self.form.form.set_values({"pin": ""})
            self.form.form.field("pin").set_error(sentence)

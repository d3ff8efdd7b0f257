"""签名设置: certificate or token, seal, time stamps and trusted authorities of this desk.

UI thread. Only places are stored; a PIN is typed for a trial reading and goes with it.
"""

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.paper.pen import CertificateWords, Pen, ReadCertificate, read_certificate
from widgets.badge import Badge
from widgets.forms.pane import FormPane

KEYS: Final = (
    "signing_certificate",
    "signing_module",
    "signing_token",
    "signing_key_label",
    "seal_picture",
    "time_stamp_address",
    "roots_folder",
)


class PathField(QWidget):
    """A path that is typed or chosen. `filter_`: names of files, empty for a folder."""

    changed = Signal()

    def __init__(self, filter_: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filter = filter_
        self.entry = QLineEdit(self)
        self.button = QPushButton(self.tr("Choose…"), self)
        self.button.setAutoDefault(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.entry, 1)
        layout.addWidget(self.button)
        self.setFocusProxy(self.entry)
        self.entry.textChanged.connect(lambda _text: self.changed.emit())
        self.button.clicked.connect(lambda _checked=False: self._choose())

    def value(self) -> str:
        """The path as text; empty for none."""
        return self.entry.text().strip()

    def set_value(self, value: object) -> None:
        """Puts a path in."""
        self.entry.setText("" if value is None else str(value))

    def problem(self) -> str:
        """One sentence where there is no such file or folder."""
        text = self.value()
        if not text:
            return ""
        there = Path(text).is_file() if self._filter else Path(text).is_dir()
        if there:
            return ""
        if self._filter:
            return self.tr("There is no such file.")
        return self.tr("There is no such folder.")

    def _choose(self) -> None:
        dialog = QFileDialog(self)
        dialog.setObjectName("choose_path_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._filter:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            dialog.setNameFilter(self._filter)
        else:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.set_value)
        dialog.open()


class SigningSetup(QWidget):
    """`saved()` follows stored settings; `read(CertificateWords)` a trial reading."""

    saved = Signal()
    read = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("signing_setup")
        self._context = context
        self.form = FormPane(self, submit_text=self.tr("Store"), cancel_text=self.tr("Undo"))
        self.pin = QLineEdit(self)
        self.pin.setObjectName("trial_pin")
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.try_button = QPushButton(self.tr("Read the certificate"), self)
        self.try_button.setObjectName("read_certificate")
        self.try_button.setAutoDefault(False)
        self.badge = Badge(parent=self)
        self.answer = QLabel(self)
        self.answer.setObjectName("certificate_words")
        self.answer.setWordWrap(True)
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self._fill()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.addWidget(self.form)
        self.form.submitted.connect(lambda _values: self.store())
        self.form.closed.connect(lambda _values: self.load())
        self.try_button.clicked.connect(lambda _checked=False: self.try_certificate())
        self.pin.returnPressed.connect(self.try_certificate)
        self.load()

    def _fill(self) -> None:
        form = self.form
        form.add_section(self.tr("Certificate that this desk signs with"))
        form.add_field(
            "signing_certificate",
            self.tr("Certificate file (.p12, .pfx)"),
            PathField("PKCS#12 (*.p12 *.pfx)"),
            hint=self.tr("Its passphrase is asked for at each signature and kept nowhere."),
        )
        form.add_field(
            "signing_module",
            self.tr("Driver of a token (PKCS#11)"),
            PathField("PKCS#11 (*.so *.dll *.dylib)"),
            hint=self.tr("Where a driver is set, the token is used and not the file."),
        )
        line = [
            (form.add_field("signing_token", self.tr("Label of the token"), QLineEdit()), 1),
            (form.add_field("signing_key_label", self.tr("Label on the token"), QLineEdit()), 1),
        ]
        form.add_line(line)
        form.add_widget(self._trial())
        form.add_section(self.tr("Seal and time"))
        form.add_field(
            "seal_picture",
            self.tr("Print of the seal (PNG)"),
            PathField("PNG (*.png)"),
            hint=self.tr("Without one the seal is drawn from the name of the court."),
        )
        form.add_field(
            "time_stamp_address",
            self.tr("Authority for time stamps (RFC 3161)"),
            QLineEdit(),
            hint=self.tr("Empty: signatures bear the time of this desk."),
            check=self._address_problem,
        )
        form.add_section(self.tr("Whom this office trusts"))
        form.add_field(
            "roots_folder",
            self.tr("Folder of trusted authorities"),
            PathField(""),
            hint=self.tr(".pem .crt .cer, and lists of revoked certificates .crl"),
        )

    def _trial(self) -> QWidget:
        box = QWidget(self)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self.pin.setPlaceholderText(self.tr("PIN or passphrase"))
        line.addWidget(self.pin, 1)
        line.addWidget(self.try_button)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self.badge)
        column.addWidget(self.answer)
        self.answer.hide()
        return box

    def _address_problem(self, value: object) -> str:
        text = str(value or "")
        if text and not text.startswith(("http://", "https://")):
            return self.tr("An address begins with http:// or https://.")
        return ""

    def load(self) -> None:
        """Shows what is set."""
        self.form.set_values({key: self._context.setting(key) for key in KEYS})

    def store(self) -> None:
        """Keeps what stands in the form."""
        values = self.form.values()
        for key in KEYS:
            text = str(values[key] or "")
            if text != self._context.setting(key):
                self._context.set_setting(key, text)
        self._context.notify(self.tr("Signing settings stored"), level="done")
        self.saved.emit()

    def try_certificate(self) -> None:
        """试读证书: whose it is and until when, with what stands in the form."""
        values = {key: str(value or "") for key, value in self.form.values().items()}
        pen = Pen(
            certificate=values["signing_certificate"],
            module=values["signing_module"],
            token=values["signing_token"],
            label=values["signing_key_label"],
        )
        pin = self.pin.text()
        self.pin.clear()
        self.try_button.setEnabled(False)
        self._context.layout(
            self,
            read_certificate,
            ReadCertificate(pen, pin, self._context.now()),
            self._on_read,
            partial(self._say, "overdue", self.tr("Not readable")),
        )

    def _on_read(self, found: CertificateWords) -> None:
        zone = self._context.now().tzinfo
        words = self.tr("{who}\nissued by {issuer}\nholds from {first} to {last}").format(
            who=found.who,
            issuer=found.issuer,
            first=f"{found.first.astimezone(zone):%Y-%m-%d}",
            last=f"{found.last.astimezone(zone):%Y-%m-%d}",
        )
        if found.specimen:
            words += "\n" + self.tr("For trial only: whatever it signs bears a specimen seal.")
        if found.wrong:
            self._say("overdue", self.tr("Cannot sign"), f"{words}\n{found.wrong}")
        else:
            self._say("normal", self.tr("Can sign"), words)
        self.read.emit(found)

    def _say(self, look: str, badge: str, words: str) -> None:
        self.try_button.setEnabled(True)
        self.badge.set_state(look, badge)
        self.answer.setText(words)
        self.answer.show()

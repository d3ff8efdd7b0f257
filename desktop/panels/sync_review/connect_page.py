"""Where the shared database is and as whom; nothing modal, errors stand in place. UI thread."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.court_zone import COURT_ZONE
from desktop.panels.sync_review.certificate import (
    HeldCertificate,
    Offered,
    held_certificate,
    take_certificate,
)
from widgets.forms import Field, FormPane
from widgets.icon import icon

_WIDTH_MAX: Final = 720
PORT: Final = "5432"


class ConnectPage(QWidget):
    """`left()` after connecting and when the user goes back."""

    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("connect_page")
        self._context = context
        self._wanted = ""
        self.title = QLabel(self.tr("Connect to the shared database"), self)
        self.title.setProperty("role", "title")
        self.problem = QLabel(self)
        self.problem.setObjectName("connect_problem")
        self.problem.setProperty("role", "error")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.host, self.port, self.database, self.user, self.password = (
            QLineEdit(self) for _ in range(5)
        )
        self.certificate, self.opening = QLineEdit(self), QLineEdit(self)
        for name, line in (
            ("hub_host", self.host),
            ("hub_port", self.port),
            ("hub_database", self.database),
            ("hub_user", self.user),
            ("hub_password", self.password),
            ("hub_certificate", self.certificate),
            ("hub_certificate_password", self.opening),
        ):
            line.setObjectName(name)
        for secret in (self.password, self.opening):
            secret.setEchoMode(QLineEdit.EchoMode.Password)
        browse = self.certificate.addAction(
            icon("ri.folder-open-line"), QLineEdit.ActionPosition.TrailingPosition
        )
        browse.setToolTip(self.tr("Choose the file of the device certificate"))
        browse.triggered.connect(self._choose)
        self.tls = QCheckBox(self.tr("Encrypt the connection and check the certificate"), self)
        self.tls.setChecked(True)
        self.remember = QCheckBox(self.tr("Remember the password in this system's keyring"), self)
        self.form = FormPane(
            self, submit_text=self.tr("Connect"), cancel_text=self.tr("Back to list")
        )
        self.form.submit_button.setObjectName("hub_connect")
        self._fill()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        self.form.setMaximumWidth(_WIDTH_MAX)
        layout.addWidget(self.title)
        layout.addWidget(self.problem)
        layout.addWidget(self.form, 1)
        self.form.submitted.connect(self._on_submitted)
        self.form.closed.connect(lambda _values: self.left.emit())

    def _fill(self) -> None:
        form = self.form
        host = form.add_field("host", self.tr("Server"), self.host, required=True)
        port = form.add_field("port", self.tr("Port"), self.port, check=self._check_port)
        database = form.add_field("database", self.tr("Database"), self.database, required=True)
        user = form.add_field("user", self.tr("User"), self.user, required=True)
        password = form.add_field("password", self.tr("Password"), self.password)
        self.held: Field = form.add_field(
            "certificate", self.tr("Device certificate"), self.certificate
        )
        opening = form.add_field(
            "opening", self.tr("Password of the certificate file"), self.opening
        )
        # Side by side, so that all of it is in sight in a low window.
        for fields in (
            ((host, 3), (port, 1), (database, 2)),
            ((user, 1), (password, 1)),
            ((self.held, 1), (opening, 1)),
        ):
            form.add_line(fields)
        form.add_widget(self.tls)
        form.add_widget(self.remember)

    def begin(self) -> None:
        """Shows the page with what is known; the password is never shown."""
        parts = _parts(self._context.sync.state().dsn)
        self.form.set_values(
            {
                "host": parts.get("host", ""),
                "port": parts.get("port", PORT),
                "database": parts.get("dbname", "edesk"),
                "user": parts.get("user", ""),
                "password": "",
                "certificate": "",
                "opening": "",
            }
        )
        self.held.set_hint(self.tr("Only where the shared database asks for one (.p12, .pfx)"))
        self._context.read(self, "certificate", held_certificate, None, self._on_held)
        if parts:
            self.tls.setChecked(parts.get("sslmode", "") not in ("disable", "prefer", "allow"))
        self.problem.hide()
        (self.password if parts.get("user") else self.host).setFocus()

    def _check_port(self, value: object) -> str:
        text = str(value or "").strip()
        if not text or (text.isdecimal() and 0 < int(text) < 65536):
            return ""
        return self.tr("A port is a number from 1 to 65535.")

    def _on_submitted(self, values: Mapping[str, Any]) -> None:
        parts = {
            "host": values["host"],
            "port": values.get("port") or PORT,
            "dbname": values["database"],
            "user": values["user"],
            "sslmode": "verify-full" if self.tls.isChecked() else "prefer",
        }
        if self.tls.isChecked():
            parts["sslrootcert"] = "system"
        self._wanted = _dsn(parts)
        self.problem.hide()
        self.form.set_busy(True)
        if not values.get("certificate"):
            self._connect()
            return
        offered = Offered(Path(values["certificate"]), str(values.get("opening") or ""))
        self._context.write(
            self, "安装设备证书", take_certificate, offered, self._on_taken, self._on_refused
        )

    def _on_taken(self, _who: str) -> None:
        self.certificate.clear()
        self._connect()

    def _connect(self) -> None:
        self.form.set_busy(False)
        try:
            self._context.sync.connect_to(
                self._wanted, self.password.text().strip(), remember=self.remember.isChecked()
            )
        except ValueError as wrong:
            self._on_refused(str(wrong))
            return
        for secret in (self.password, self.opening):
            secret.clear()
        self.left.emit()

    def _on_refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        self.problem.setText(sentence)
        self.problem.show()

    # The certificate

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose the file of the device certificate"))
        dialog.setObjectName("certificate_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        kinds = self.tr("Certificates")
        dialog.setNameFilter(f"{kinds} (*.p12 *.pfx)")
        dialog.fileSelected.connect(self.certificate.setText)
        dialog.open()

    def _on_held(self, found: HeldCertificate | None) -> None:
        if found is None:
            return
        words = self.tr("Held for {who} until {day}; a new file takes its place")
        if found.over:
            words = self.tr("Held for {who}, ended on {day}: choose a new file")
        day = found.until.astimezone(COURT_ZONE).date().isoformat()
        self.held.set_hint(words.format(who=found.who, day=day))


def _dsn(parts: Mapping[str, Any]) -> str:
    """key='value' pairs as libpq reads them."""

    def quoted(value: object) -> str:
        return "'" + str(value).strip().replace("\\", "\\\\").replace("'", "\\'") + "'"

    return " ".join(f"{key}={quoted(value)}" for key, value in parts.items() if value)


def _parts(dsn: str) -> dict[str, str]:
    """What a connection string says; empty for none."""
    if not dsn:
        return {}
    from psycopg import ProgrammingError, conninfo  # noqa: PLC0415  Only who has a hub needs it.

    try:
        return {key: str(value) for key, value in conninfo.conninfo_to_dict(dsn).items()}
    except ProgrammingError:
        return {}

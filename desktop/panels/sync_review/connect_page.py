"""Where the shared database is and as whom; nothing modal, errors stand in place. UI thread."""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from widgets.forms import FormPane

_WIDTH_MAX: Final = 520
PORT: Final = "5432"


class ConnectPage(QWidget):
    """`left()` after connecting and when the user goes back."""

    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("connect_page")
        self._context = context
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
        for name, line in (
            ("hub_host", self.host),
            ("hub_port", self.port),
            ("hub_database", self.database),
            ("hub_user", self.user),
            ("hub_password", self.password),
        ):
            line.setObjectName(name)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
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
        form.add_field("host", self.tr("Server"), self.host, required=True)
        form.add_field("port", self.tr("Port"), self.port, check=self._check_port)
        form.add_field("database", self.tr("Database"), self.database, required=True)
        form.add_field("user", self.tr("User"), self.user, required=True)
        form.add_field("password", self.tr("Password"), self.password)
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
            }
        )
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
        try:
            self._context.sync.connect_to(
                _dsn(parts),
                str(values.get("password") or ""),
                remember=self.remember.isChecked(),
            )
        except ValueError as wrong:
            self.problem.setText(str(wrong))
            self.problem.show()
            return
        self.password.clear()
        self.left.emit()


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

"""A device with what can be done about it, and a password that is shown once. UI thread."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.panels.accounts.rules import Facts, Secret, device_hint, moment


class DeviceCard(QWidget):
    """Revoking asks once more, in place: it erases what the device did not send."""

    revoke_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("device_card")
        self.device: Facts = {}
        self.title = _label(self, "title")
        self.facts = _label(self, "muted")
        self.hint = _label(self, "")
        self.warning = _label(self, "error")
        self.warning.setObjectName("revoke_warning")
        self.revoke_button = _button(self, "revoke_device", self.tr("Revoke device…"), "")
        self.sure_button = _button(
            self, "revoke_sure", self.tr("Revoke it and erase its data"), "danger"
        )
        self.keep_button = _button(self, "revoke_keep", self.tr("Keep it"), "")
        acts = QHBoxLayout()
        acts.setSpacing(8)
        for button in (self.revoke_button, self.sure_button, self.keep_button):
            acts.addWidget(button)
        acts.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 0, 0)
        layout.setSpacing(8)
        for part in (self.title, self.facts, self.hint, self.warning):
            layout.addWidget(part)
        layout.addLayout(acts)
        layout.addStretch(1)
        self.revoke_button.clicked.connect(lambda _down=False: self._ask(asking=True))
        self.keep_button.clicked.connect(lambda _down=False: self._ask(asking=False))
        self.sure_button.clicked.connect(
            lambda _down=False: self.revoke_asked.emit(str(self.device["id"]))
        )

    def show_device(self, device: Facts, now: datetime) -> None:
        """Fills the card."""
        self.device = device
        self.title.setText(f"{device['owner']} · {device.get('name') or device['id']}")
        self.facts.setText(
            self.tr("First seen {first} · used by {users} · {id}").format(
                first=moment(device.get("first_seen"), now) or "—",
                users="、".join(device.get("users") or ()) or "—",
                id=device["id"],
            )
        )
        hint = device_hint(device, now)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        words = self.tr(
            "The desk on it is refused from now on and erases its data at the next contact."
        )
        if device.get("unsent"):
            words += " " + self.tr("{count} unsent changes on it will be lost.").format(
                count=device["unsent"]
            )
        self.warning.setText(words)
        self._ask(asking=False)
        self.revoke_button.setVisible(not device.get("revoked_at"))

    def set_busy(self, busy: bool) -> None:
        """Nothing can be asked twice."""
        for button in (self.revoke_button, self.sure_button, self.keep_button):
            button.setEnabled(not busy)

    def _ask(self, *, asking: bool) -> None:
        self.revoke_button.setVisible(not asking)
        for part in (self.warning, self.sure_button, self.keep_button):
            part.setVisible(asking)


class SecretPage(QWidget):
    """The password of a new or reset account. It is nowhere else, and not after `left`."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("secret_page")
        self.title = _label(self, "title")
        self.password = _label(self, "large")
        self.password.setObjectName("secret")
        self.password.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words = _label(self, "muted")
        self.copy_button = _button(self, "copy_secret", self.tr("Copy"), "primary")
        self.done_button = _button(self, "secret_done", self.tr("I have passed it on"), "")
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.copy_button)
        acts.addWidget(self.done_button)
        acts.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 0, 0)
        layout.setSpacing(8)
        for part in (self.title, self.password, self.words):
            layout.addWidget(part)
        layout.addLayout(acts)
        layout.addStretch(1)
        self.copy_button.clicked.connect(
            lambda _down=False: QGuiApplication.clipboard().setText(self.password.text())
        )
        self.done_button.clicked.connect(lambda _down=False: self._leave())

    def show_secret(self, secret: Secret, now: datetime) -> None:
        """Shows it once."""
        self.title.setText(self.tr("Password of {who}").format(who=secret.who))
        self.password.setText(secret.password)
        self.words.setText(
            self.tr(
                "It is shown this once. It ends on {when} unless its owner replaces it "
                "under “My password”."
            ).format(when=moment(secret.until, now))
        )

    def _leave(self) -> None:
        self.password.clear()
        self.left.emit()


def _button(parent: QWidget, name: str, text: str, kind: str) -> QPushButton:
    made = QPushButton(text, parent)
    made.setObjectName(name)
    if kind:
        made.setProperty("kind", kind)
    return made


def _label(parent: QWidget, role: str) -> QLabel:
    made = QLabel(parent)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    return made

"""The forms beside the lists: rights of a user, a new user, one's own password. UI thread."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.contract.fixed_words import ROLE_WORDS
from desktop.panels.accounts.queries import NewUser, Rights
from desktop.panels.accounts.rules import CENTRE, PASSWORD_LEAST, Facts, scope_name
from widgets.forms import FilterBox, FormPane, Option

_ROLES: Final = tuple(role for role in ROLE_WORDS if role != "member")
_LOGIN: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


class RightsForm(QWidget):
    """Roles and scopes of one user, and what else can be done with the account."""

    saved = Signal(object)  # Rights
    lock_asked = Signal(str, bool)
    reset_asked = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rights_form")
        self.user: Facts = {}
        self.title = _label(self, "title")
        self.note = _label(self, "muted")
        self.roles = _roles_box(self)
        self.scopes = _scopes_box(self)
        self.form = FormPane(self, submit_text=self.tr("Save rights"), cancel_text=self.tr("Back"))
        self.form.submit_button.setObjectName("save_rights")
        self.form.add_field("roles", self.tr("Roles"), self.roles)
        self.form.add_field(
            "scopes",
            self.tr("Sees"),
            self.scopes,
            hint=self.tr("Without a scope a user sees courts, people and teams alone."),
        )
        self.lock_button = QPushButton(self)
        self.lock_button.setObjectName("lock_user")
        self.reset_button = QPushButton(self.tr("Reset password"), self)
        self.reset_button.setObjectName("reset_password")
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.lock_button)
        acts.addWidget(self.reset_button)
        acts.addStretch(1)
        layout = _page(self)
        for part in (self.title, self.note):
            layout.addWidget(part)
        layout.addLayout(acts)
        layout.addWidget(self.form, 1)
        self.form.submitted.connect(self._on_submitted)
        self.form.closed.connect(lambda _values: self.left.emit())
        self.lock_button.clicked.connect(
            lambda _down=False: self.lock_asked.emit(
                str(self.user["who"]), not self.user.get("locked_at")
            )
        )
        self.reset_button.clicked.connect(
            lambda _down=False: self.reset_asked.emit(str(self.user["who"]))
        )

    def show_user(self, user: Facts, teams: Mapping[int, str], *, own: bool) -> None:
        """Fills the form; one's own account can only be looked at."""
        self.user = user
        self.title.setText(" ".join(filter(None, (user["who"], user.get("person")))))
        self.note.setText(
            self.tr("This is your own account; another administrator may change it.")
            if own
            else self.tr("Made by {who} on {day}").format(
                who=user.get("made_by") or "—", day=str(user.get("made_at") or "")[:10]
            )
        )
        set_scopes(self.scopes, teams, user["scopes"])
        self.form.set_values({"roles": tuple(user["roles"]), "scopes": tuple(user["scopes"])})
        locked = bool(user.get("locked_at"))
        self.lock_button.setText(self.tr("Unlock") if locked else self.tr("Lock"))
        self.set_busy(own)

    def set_busy(self, busy: bool) -> None:
        """Nothing can be asked twice."""
        self.form.set_busy(busy)
        for button in (self.lock_button, self.reset_button):
            button.setEnabled(not busy)

    def _on_submitted(self, values: Mapping[str, Any]) -> None:
        self.saved.emit(
            Rights(str(self.user["who"]), tuple(values["roles"]), tuple(values["scopes"]))
        )


class NewUserForm(QWidget):
    """An account to be made; the hub makes its password."""

    asked = Signal(object)  # NewUser
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("new_user_form")
        title = _label(self, "title")
        title.setText(self.tr("New user"))
        self.login, self.post = QLineEdit(self), QLineEdit(self)
        self.login.setObjectName("new_login")
        self.post.setObjectName("new_title")
        self.roles = _roles_box(self)
        self.scopes = _scopes_box(self)
        self.form = FormPane(self, submit_text=self.tr("Make user"), cancel_text=self.tr("Back"))
        self.form.submit_button.setObjectName("make_user")
        self.form.add_field(
            "login", self.tr("Login"), self.login, required=True, check=self._check_login
        )
        self.form.add_field("title", self.tr("Title"), self.post)
        self.form.add_field("roles", self.tr("Roles"), self.roles)
        self.form.add_field("scopes", self.tr("Sees"), self.scopes)
        layout = _page(self)
        layout.addWidget(title)
        layout.addWidget(self.form, 1)
        self.form.submitted.connect(self._on_submitted)
        self.form.closed.connect(lambda _values: self.left.emit())

    def begin(self, teams: Mapping[int, str]) -> None:
        """An empty form."""
        set_scopes(self.scopes, teams, ())
        self.form.set_values({"login": "", "title": "", "roles": (), "scopes": ()})
        self.form.set_busy(False)
        self.login.setFocus()

    def _check_login(self, value: object) -> str:
        if _LOGIN.fullmatch(str(value)):
            return ""
        return self.tr("Small letters, digits and underscores; a letter first.")

    def _on_submitted(self, values: Mapping[str, Any]) -> None:
        self.asked.emit(
            NewUser(
                str(values["login"]),
                str(values["title"] or ""),
                tuple(values["roles"]),
                tuple(values["scopes"]),
            )
        )


class PasswordForm(QWidget):
    """One's own password, for everybody."""

    asked = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("password_form")
        title = _label(self, "title")
        title.setText(self.tr("My password for the shared database"))
        self.first, self.again = QLineEdit(self), QLineEdit(self)
        self.first.setObjectName("own_password")
        self.again.setObjectName("own_password_again")
        for line in (self.first, self.again):
            line.setEchoMode(QLineEdit.EchoMode.Password)
        self.form = FormPane(
            self, submit_text=self.tr("Change password"), cancel_text=self.tr("Back")
        )
        self.form.submit_button.setObjectName("change_password")
        self.form.add_field(
            "first",
            self.tr("New password"),
            self.first,
            required=True,
            check=self._check_length,
        )
        self.form.add_field(
            "again", self.tr("Once more"), self.again, required=True, check=self._check_same
        )
        layout = _page(self)
        layout.addWidget(title)
        layout.addWidget(self.form, 1)
        self.form.submitted.connect(lambda values: self.asked.emit(str(values["first"])))
        self.form.closed.connect(lambda _values: self._leave())

    def begin(self) -> None:
        """An empty form."""
        self.form.set_values({"first": "", "again": ""})
        self.form.set_busy(False)
        self.first.setFocus()

    def _leave(self) -> None:
        self.form.set_values({"first": "", "again": ""})
        self.left.emit()

    def _check_length(self, value: object) -> str:
        if len(str(value)) >= PASSWORD_LEAST:
            return ""
        return self.tr("The password needs at least 8 characters.")

    def _check_same(self, value: object) -> str:
        return "" if value == self.first.text().strip() else self.tr("The two differ.")


def set_scopes(box: FilterBox, teams: Mapping[int, str], chosen: Sequence[int]) -> None:
    """Offers the centre, the teams of this desk, and whatever is chosen already."""
    numbers = sorted({*teams, *chosen} - {CENTRE})
    box.set_options([Option(n, scope_name(n, teams)) for n in (CENTRE, *numbers)])


def _roles_box(parent: QWidget) -> FilterBox:
    box = FilterBox("", all_text="—", parent=parent)
    box.setObjectName("roles_box")
    box.set_options([Option(role, ROLE_WORDS[role]) for role in _ROLES])
    return box


def _scopes_box(parent: QWidget) -> FilterBox:
    box = FilterBox("", all_text="—", parent=parent)
    box.setObjectName("scopes_box")
    return box


def _page(owner: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(owner)
    layout.setContentsMargins(12, 0, 0, 0)
    layout.setSpacing(8)
    return layout


def _label(parent: QWidget, role: str) -> QLabel:
    made = QLabel(parent)
    made.setProperty("role", role)
    made.setWordWrap(True)
    return made

"""用户与设备: two lists and, beside them, what can be done with what is chosen. UI thread."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.offers import Offers
from desktop.contract.sync import SyncState
from desktop.panels.accounts import queries
from desktop.panels.accounts.cards import DeviceCard, SecretPage
from desktop.panels.accounts.columns import device_columns, user_columns
from desktop.panels.accounts.forms import NewUserForm, PasswordForm, RightsForm
from desktop.panels.accounts.queries import NewUser, Register, Rights
from desktop.panels.accounts.rules import Facts, Secret, device_rows, user_rows
from widgets.table import DataTable, PagedTableModel
from widgets.table.source import StaticSource

T = TypeVar("T")
A = TypeVar("A")
ROLE: Final = "administrator"
_SIDE_WIDTH: Final = 420


class AccountsView(QWidget):
    """For administrators; everybody else finds his own password here."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("accounts_view")
        self._context = context
        self._register = Register((), ())
        self._teams: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._asked_as = ""  # the login for which the lists were asked
        self.sentence = _label(self, "muted")
        self.problem = _label(self, "error")
        self.problem.setObjectName("accounts_problem")
        self.problem.hide()
        self.new_button = _button(self, "new_user", self.tr("New user…"), "primary")
        self.password_button = _button(self, "my_password", self.tr("My password…"), "")
        self.reload_button = _button(self, "reload_accounts", self.tr("Read again"), "")
        self._users, self._devices = StaticSource(), StaticSource()
        self.user_model = PagedTableModel(user_columns(), self._users, self)
        self.device_model = PagedTableModel(device_columns(), self._devices, self)
        self.user_table = DataTable(self.user_model, self)
        self.device_table = DataTable(self.device_model, self)
        self.rights, self.new_user, self.password = (
            RightsForm(self),
            NewUserForm(self),
            PasswordForm(self),
        )
        self.device, self.secret = DeviceCard(self), SecretPage(self)
        self.nothing = _label(self, "muted")
        self.side = QStackedWidget(self)
        self._arrange()
        self._connect()
        self._on_state(context.sync.state())
        Offers(self, context, queries.team_names, None, self._on_teams)

    @property
    def may_keep(self) -> bool:
        """Whether the login is an administrator's."""
        return ROLE in self._context.sync.state().roles

    def reload(self) -> None:
        """Asks the hub for both lists."""
        if self.may_keep:
            self._asked_as = self._context.sync.state().who
            self.reload_button.setEnabled(False)
            self._ask(queries.register, None, self._on_register)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.may_keep:
            self.reload()

    # Building

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.sentence, 1)
        for button in (self.new_button, self.password_button, self.reload_button):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.lists = QSplitter(Qt.Orientation.Vertical, self)
        self.lists.setChildrenCollapsible(False)
        self.lists.addWidget(self._titled(self.tr("Users"), self.user_table))
        self.lists.addWidget(self._titled(self.tr("Devices"), self.device_table))
        for page in (
            self.nothing,
            self.rights,
            self.new_user,
            self.password,
            self.device,
            self.secret,
        ):
            self.side.addWidget(page)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self.lists)
        split.addWidget(self.side)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 2)
        split.setSizes([5 * _SIDE_WIDTH // 2, _SIDE_WIDTH])
        self.user_table.set_empty_text(self.tr("No users"), self.tr("Read again to see them."))
        self.device_table.set_empty_text(
            self.tr("No devices"), self.tr("A desk is listed after its first contact.")
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.problem)
        layout.addWidget(split, 1)

    def _titled(self, title: str, table: QWidget) -> QWidget:
        made = QWidget(self)
        box = QVBoxLayout(made)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        label = _label(made, "title")
        label.setText(title)
        box.addWidget(label)
        box.addWidget(table, 1)
        return made

    def _connect(self) -> None:
        self._context.sync.changed.connect(self._on_state)
        self.new_button.clicked.connect(lambda _down=False: self._begin_new())
        self.password_button.clicked.connect(lambda _down=False: self._begin_password())
        self.reload_button.clicked.connect(lambda _down=False: self.reload())
        self.user_table.current_id_changed.connect(lambda _id: self._on_user())
        self.device_table.current_id_changed.connect(lambda _id: self._on_device())
        self.rights.saved.connect(self._save)
        self.rights.lock_asked.connect(
            lambda who, locked: self._ask(queries.lock, (who, locked), self._on_done)
        )
        self.rights.reset_asked.connect(lambda who: self._ask(queries.reset, who, self._on_secret))
        self.new_user.asked.connect(self._make)
        self.password.asked.connect(
            lambda word: self._ask(queries.change_password, word, self._on_password)
        )
        self.device.revoke_asked.connect(
            lambda device: self._ask(queries.revoke, device, self._on_done)
        )
        for page in (self.rights, self.new_user, self.password, self.secret):
            page.left.connect(self._leave)

    # Asking

    def _ask(
        self,
        question: Callable[[Any, A], T],
        args: A,
        on_result: Callable[[T], None],
    ) -> None:
        self.problem.hide()
        self._busy(busy=True)
        self._context.sync.ask(self, question, args, on_result, self._on_refused)

    def _save(self, rights: Rights) -> None:
        self._ask(queries.set_rights, rights, self._on_done)

    def _make(self, user: NewUser) -> None:
        self._ask(queries.new_user, user, self._on_secret)

    def _busy(self, *, busy: bool) -> None:
        own = self.rights.user.get("who") == self._context.sync.state().who
        self.rights.set_busy(busy or own)
        self.device.set_busy(busy)
        self.new_user.form.set_busy(busy)
        self.password.form.set_busy(busy)

    # What comes back

    def _on_state(self, state: Any) -> None:
        if not isinstance(state, SyncState):
            return
        may = ROLE in state.roles
        for part in (self.new_button, self.reload_button, self.lists):
            part.setVisible(may)
        self.password_button.setVisible(bool(state.who))
        told, instead = "", self.tr("Choose a user or a device.")
        if may:
            told = self.tr("What is done here counts at once and is written in the journal.")
        elif state.phase == "off":
            instead = self.tr("This desk works alone; users are kept at the shared database.")
        else:
            instead = self.tr("Users and devices are kept by administrators; you are none.")
        self.sentence.setText(told)
        self.nothing.setText(instead)
        place = Qt.AlignmentFlag.AlignTop if may else Qt.AlignmentFlag.AlignVCenter
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | place)
        if may and self.isVisible() and self._asked_as != state.who:
            self.reload()

    def _on_teams(self, teams: dict[int, str]) -> None:
        self._teams = teams
        self._fill()

    def _on_register(self, found: Register) -> None:
        self.reload_button.setEnabled(True)
        self._busy(busy=False)
        self._register = found
        self._fill()
        if self.side.currentWidget() is self.rights:
            self._on_user()
        elif self.side.currentWidget() is self.device:
            self._on_device()

    def _fill(self) -> None:
        users, devices, now = self._register.users, self._register.devices, self._context.now()
        for key in [one["who"] for one in users] + [one["id"] for one in devices]:
            self._numbers.setdefault(key, len(self._numbers) + 1)
        self._users.set_rows(user_rows(users, self._teams, now, self._numbers))
        self._devices.set_rows(device_rows(devices, now, self._numbers))
        self.user_model.refresh()
        self.device_model.refresh()

    def _on_done(self, _key: str) -> None:
        self._busy(busy=False)
        self.reload()

    def _on_secret(self, secret: Secret) -> None:
        self._busy(busy=False)
        self.secret.show_secret(secret, self._context.now())
        self.side.setCurrentWidget(self.secret)
        self.reload()

    def _on_password(self, password: str) -> None:
        self._busy(busy=False)
        self.password.begin()
        self._leave()
        self._context.notify(self.tr("The password was changed."), level="done")
        # The line that stands was opened with the old one; the next must know the new one.
        sync = self._context.sync
        sync.connect_to(sync.state().dsn, password, remember=True)

    def _on_refused(self, sentence: str) -> None:
        self.reload_button.setEnabled(True)
        self._busy(busy=False)
        self.problem.setText(sentence)
        self.problem.show()

    # Choosing

    def _chosen(self, table: DataTable, all_: tuple[Facts, ...], key: str) -> Facts | None:
        current = table.current_id()
        return next((one for one in all_ if self._numbers.get(one[key]) == current), None)

    def _on_user(self) -> None:
        user = self._chosen(self.user_table, self._register.users, "who")
        if user is not None and self.side.currentWidget() is not self.secret:
            own = user["who"] == self._context.sync.state().who
            self.rights.show_user(user, self._teams, own=own)
            self.side.setCurrentWidget(self.rights)

    def _on_device(self) -> None:
        device = self._chosen(self.device_table, self._register.devices, "id")
        if device is not None and self.side.currentWidget() is not self.secret:
            self.device.show_device(device, self._context.now())
            self.side.setCurrentWidget(self.device)

    def _begin_new(self) -> None:
        self.new_user.begin(self._teams)
        self.side.setCurrentWidget(self.new_user)

    def _begin_password(self) -> None:
        self.password.begin()
        self.side.setCurrentWidget(self.password)

    def _leave(self) -> None:
        self.problem.hide()
        self.side.setCurrentWidget(self.nothing)


def _button(parent: QWidget, name: str, text: str, kind: str) -> QPushButton:
    made = QPushButton(text, parent)
    made.setObjectName(name)
    if kind:
        made.setProperty("kind", kind)
    return made


def _label(parent: QWidget, role: str) -> QLabel:
    made = QLabel(parent)
    made.setProperty("role", role)
    made.setWordWrap(True)
    return made

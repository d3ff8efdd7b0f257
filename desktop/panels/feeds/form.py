"""The form of a feed: its name, team and address; the login stays on this desk. UI thread."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from desktop.command.feeds.address import Login, apart, fault, read_stored, setting_key, stored
from desktop.command.feeds.check import Answer, CheckArgs, check
from desktop.command.feeds.register import Feed, FeedDraft, save
from desktop.contract.context import PanelContext
from widgets.forms import FormDialog
from widgets.parts import named_button, words_label
from widgets.theme import current_theme, repolish

_HEIGHT: Final = 520


class FeedForm(FormDialog):
    """`saved(feed_id)` once the feed is written. A login in a pasted address is taken apart."""

    saved = Signal(str)

    def __init__(
        self,
        context: PanelContext,
        teams: Sequence[tuple[str, str]],
        feed: Feed | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent, width=520)
        self.setObjectName("feed_form")
        self._context = context
        self._feed = feed
        self.setWindowTitle(self.tr("Change the feed") if feed else self.tr("Add a feed"))
        self.name = QLineEdit(self)
        self.team = QComboBox(self)
        for team_id, label in teams:
            self.team.addItem(label, team_id)
        self.address = QLineEdit(self)
        self.address.setPlaceholderText("rtsp://10.1.2.3:554/stream1")
        self.user = QLineEdit(self)
        self.word = QLineEdit(self)
        self.word.setEchoMode(QLineEdit.EchoMode.Password)
        self.check_button = named_button(self, "check_address", self.tr("Check the address"))
        self.answer = words_label(self, "muted")
        self.answer.setObjectName("check_answer")
        self._fill()
        self.resize(self.width(), current_theme().px(_HEIGHT))
        self.address.editingFinished.connect(self._take_apart)
        self.check_button.clicked.connect(lambda _checked=False: self._check())
        self.form.submitted.connect(self._on_submitted)

    def _fill(self) -> None:
        form = self.form
        form.add_field("name", self.tr("Name"), self.name, required=True)
        form.add_field("team", self.tr("Team"), self.team, required=True)
        form.add_field(
            "address",
            self.tr("Address"),
            self.address,
            required=True,
            check=lambda value: fault(apart(str(value))[0]),
            hint=self.tr("rtsp://, rtsps://, http:// or https://"),
        )
        user = form.add_field("user", self.tr("User"), self.user)
        word = form.add_field("word", self.tr("Password"), self.word)
        form.add_line([(user, 1), (word, 1)])
        note = words_label(self, "group")
        note.setText(
            self.tr("User and password are kept encrypted on this desk alone and never sent on.")
        )
        form.add_widget(note)
        form.add_widget(self.check_button)
        form.add_widget(self.answer)
        if self._feed is not None:
            login = read_stored(self._context.setting(setting_key(self._feed.id)))
            form.set_values(
                {
                    "name": self._feed.name,
                    "team": self._feed.team_id,
                    "address": self._feed.url,
                    "user": login.user,
                    "word": login.word,
                }
            )

    def _take_apart(self) -> None:
        """What was pasted with a login stands in its own fields from then on."""
        bare, login = apart(self.address.text())
        if login:
            self.address.setText(bare)
            self.user.setText(login.user)
            self.word.setText(login.word)

    def _login(self) -> Login:
        return Login(self.user.text().strip(), self.word.text())

    def _check(self) -> None:
        self._take_apart()
        bare, _ = apart(self.address.text())
        self.check_button.setEnabled(False)
        self._say(self.tr("Asking…"), "muted")
        self._context.outside(self, check, CheckArgs(bare, self._login()), self._on_answer)

    def _on_answer(self, answer: Answer) -> None:
        self.check_button.setEnabled(True)
        self._say(answer.sentence, "muted" if answer.good else "error")

    def _say(self, text: str, role: str) -> None:
        self.answer.setText(text)
        self.answer.setProperty("role", role)
        repolish(self.answer)

    def _on_submitted(self, values: Mapping[str, object]) -> None:
        self._take_apart()
        bare, _ = apart(self.address.text())
        draft = FeedDraft(
            self._feed.id if self._feed else None,
            str(values["team"] or ""),
            str(values["name"]),
            bare,
        )
        self._context.write(
            self, "登记图像来源", save, draft, self._on_saved, lambda said: self._say(said, "error")
        )

    def _on_saved(self, feed_id: str) -> None:
        key, login = setting_key(feed_id), self._login()
        if stored(login) != self._context.setting(key):
            self._context.set_setting(key, stored(login))
        self.saved.emit(feed_id)
        self.accept()

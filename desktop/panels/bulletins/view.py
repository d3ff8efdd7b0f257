"""工作动态: the feed, its form, and what waits for approval. UI thread."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.command.bulletins import (
    TABLES,
    Asking,
    Bulletin,
    Draft,
    Verdict,
    bulletins,
    save,
    settle,
)
from desktop.command.roster import Offered, offered
from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.offers import Offers
from desktop.contract.short_list import Listing
from desktop.panels.bulletins.columns import columns
from desktop.rules.bulletins import BODY_MAX, STATE_WORDS, faults
from widgets.card import Card
from widgets.dialogs import ask_text
from widgets.forms import DateField, FormPane
from widgets.parts import named_button, words_label

_STYLES: Final = {
    "draft": "paused",
    "submitted": "due_soon",
    "returned": "overdue",
    "posted": "normal",
}


class BulletinsView(QWidget):
    """`apply({"new": "1"})` opens the form; `{"bulletin_id"}` shows one."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bulletins_view")
        self._context = context
        self._wanted: str | None = None
        self._changed_id: str | None = None
        self._team_id: str | None = None
        self._open = False
        self.list: Listing[Bulletin] = Listing(columns(), self)
        self.list.table.set_empty_text(
            self.tr("Nothing was posted yet"), self.tr("Write what your team did today.")
        )
        self.search = QLineEdit(self)
        self.search.setObjectName("bulletin_search")
        self.search.setPlaceholderText(self.tr("Title, text, team or author"))
        self.search.setClearButtonEnabled(True)
        self.states = QComboBox(self)
        self.states.setObjectName("bulletin_states")
        for key, word in (("", self.tr("All states")), *STATE_WORDS.items()):
            self.states.addItem(word, key)
        self.new_button = named_button(self, "new_bulletin", self.tr("Write"))
        self.card = Card(parent=self)
        self.body = words_label(self, "")
        self.body.setObjectName("bulletin_body")
        self.course = words_label(self, "muted")
        self.change_button = named_button(self, "change_bulletin", self.tr("Change"))
        self.return_button = named_button(self, "return_bulletin", self.tr("Return…"))
        self.post_button = named_button(self, "post_bulletin", self.tr("Approve and post"))
        self.form = FormPane(
            self, submit_text=self.tr("Hand in"), cancel_text=self.tr("Back to list")
        )
        self.form.submit_button.setObjectName("hand_in_bulletin")
        self.note = words_label(self, "muted")
        self._stack = QStackedWidget(self)
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, TABLES, self._read)
        self._show_current()

    def _arrange(self) -> None:
        for button in (self.new_button, self.post_button):
            button.setProperty("kind", "primary")
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.states)
        top.addWidget(self.new_button)
        for button in (self.change_button, self.return_button, self.post_button):
            self.card.header.addWidget(button)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        words = QWidget(self)
        words.setProperty("plain", True)
        inner = QVBoxLayout(words)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.addWidget(self.body)
        inner.addWidget(self.course)
        inner.addStretch(1)
        area.setWidget(words)
        self.card.body.addWidget(area, 1)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list.table)
        splitter.addWidget(self.card)
        splitter.setSizes([400, 300])
        page = QWidget(self)
        rows = QVBoxLayout(page)
        rows.setContentsMargins(12, 8, 12, 8)
        rows.setSpacing(8)
        rows.addLayout(top)
        rows.addWidget(splitter, 1)
        self._stack.addWidget(page)
        self._stack.addWidget(self._form_page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _form_page(self) -> QWidget:
        page = QWidget(self)
        title = QLabel(self.tr("What was done"), page)
        title.setProperty("role", "title")
        day = DateField(page, optional=False)
        body = QPlainTextEdit(page)
        body.setTabChangesFocus(True)
        body.setMinimumHeight(body.fontMetrics().lineSpacing() * 10)
        head = self.form.add_field("title", self.tr("Title"), QLineEdit(page), required=True)
        when = self.form.add_field("day", self.tr("Day"), day, required=True)
        self.form.add_line(((head, 3), (when, 1)))
        self.form.add_field("body", self.tr("Text"), body, required=True)
        self.form.setMaximumWidth(860)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        for part in (title, self.note, self.form):
            layout.addWidget(part)
        return page

    def _connect(self) -> None:
        self.list.table.current_id_changed.connect(lambda _id: self._show_current())
        self.search.textChanged.connect(lambda _text: self.live.ask())
        self.states.currentIndexChanged.connect(lambda _index: self.live.ask())
        self.new_button.clicked.connect(lambda _checked=False: self.write_new())
        self.change_button.clicked.connect(lambda _checked=False: self._change())
        self.post_button.clicked.connect(lambda _checked=False: self._settle("post"))
        self.return_button.clicked.connect(lambda _checked=False: self._ask_reason())
        self.form.edited.connect(self._on_edited)
        self.form.submitted.connect(self._on_submitted)
        self.form.closed.connect(self._on_closed)
        person_id = self._context.who.person_id
        Offers(self, self._context, offered, person_id, self._on_offered)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows what `params` name; see the class."""
        if params.get("new"):
            self.write_new()
        elif params.get("bulletin_id"):
            self._wanted = params["bulletin_id"]
            self._stack.setCurrentIndex(0)
            self.live.ask()

    def _on_offered(self, found: Offered) -> None:
        self._team_id = found.team_id

    # Reading

    def _read(self) -> None:
        asking = Asking(
            self._context.who.person_id,
            self.search.text().strip(),
            str(self.states.currentData() or ""),
        )
        self._context.read(self, "snapshot", bulletins, asking, self._on_found, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: tuple[Bulletin, ...]) -> None:
        self.list.show([(one.id, one, _row(one)) for one in found])
        if self._wanted is not None:
            self.list.choose(self._wanted)
            self._wanted = None
        self._show_current()
        self.live.finished()

    def _show_current(self) -> None:
        one = self.list.current()
        self.card.setVisible(one is not None)
        if one is None:
            return
        self.card.set_title(one.title)
        self.card.set_note(STATE_WORDS[one.state])
        self.body.setText(one.body)
        lines = [f"{one.team}　{one.author}　{one.day}"]
        if one.posted_at:
            words = self.tr("approved by {name}, posted {at}")
            lines.append(words.format(name=one.approver, at=one.posted_at[:16].replace("T", " ")))
        if one.state == "returned":
            lines.append(self.tr("returned: {why}").format(why=one.reason))
        self.course.setText("\n".join(lines))
        self.change_button.setVisible("change" in one.deeds)
        self.return_button.setVisible("return" in one.deeds)
        self.post_button.setVisible("post" in one.deeds)

    # Acts

    def write_new(self) -> None:
        """Opens the form with what was typed before."""
        self._show_form(None, {"title": "", "body": "", "day": self._context.today()})

    def _change(self) -> None:
        one = self.list.current()
        if one is not None:
            day = date.fromisoformat(one.day)
            self._show_form(one.id, {"title": one.title, "body": one.body, "day": day})

    def _show_form(self, bulletin_id: str | None, values: dict[str, object]) -> None:
        self._changed_id = bulletin_id
        self._open = True
        self.form.set_values(values)
        self.form.set_errors({})
        words = self.tr(
            "Another person approves it before everybody reads it; at most {n} letters."
        )
        self.note.setText(words.format(n=BODY_MAX))
        self._stack.setCurrentIndex(1)
        self.form.field("title").control.setFocus()
        self.form.set_waiting(True)
        key = self.draft_key
        self._context.load_draft(key, lambda kept: self._on_draft(key, kept))

    @property
    def draft_key(self) -> str:
        """Under which what is typed is kept, also into one that was sent back."""
        return f"bulletin:{self._changed_id or 'new'}"

    def _on_draft(self, key: str, kept: Mapping[str, Any] | None) -> None:
        if not self._open or key != self.draft_key:
            return
        self.form.set_waiting(False)
        if kept:
            self.form.set_values({"title": kept.get("title"), "body": kept.get("body")})
            self.note.setText(self.tr("What you typed before was restored."))

    def _on_edited(self, values: Mapping[str, object]) -> None:
        if self._open:
            kept = {"title": values["title"], "body": values["body"]}
            self._context.save_draft(self.draft_key, kept)

    def _on_closed(self, values: Mapping[str, object]) -> None:
        self._on_edited(values)
        self._open = False
        self._stack.setCurrentIndex(0)

    def _on_submitted(self, values: Mapping[str, Any]) -> None:
        wrong = faults(str(values["title"]), str(values["body"]))
        day = values["day"]
        if wrong or not isinstance(day, date):
            self.form.set_errors(wrong)
            return
        self.form.set_busy(True)
        draft = Draft(
            self._changed_id,
            self._team_id,
            day,
            str(values["title"]),
            str(values["body"]),
            submit=True,
            by=self._context.who.person_id,
            now=self._context.now(),
        )
        label = f"工作动态：{draft.title.strip()[:20]}"
        self._context.write(self, label, save, draft, self._on_saved, self._on_refused)

    def _on_saved(self, bulletin_id: str) -> None:
        self._context.discard_draft(self.draft_key)
        self.form.set_busy(False)
        self._open = False
        self._wanted = bulletin_id
        self._stack.setCurrentIndex(0)
        self.live.ask()

    def _on_refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        self.note.setText(sentence)
        self._context.notify(sentence, level="error")

    def _ask_reason(self) -> None:
        ask_text(
            self,
            object_name="return_bulletin_reason",
            title=self.tr("Return"),
            label=self.tr("Reason"),
            accept_text=self.tr("Return"),
            on_accept=partial(self._settle, "return"),
        )

    def _settle(self, deed: str, reason: str = "") -> None:
        one = self.list.current()
        if one is None:
            return
        verdict = Verdict(one.id, deed, self._context.who.person_id, self._context.now(), reason)
        label = f"{'发布' if deed == 'post' else '退回'}工作动态：{one.title[:20]}"
        self._context.write(self, label, settle, verdict, lambda _state: self.live.ask())


def _row(one: Bulletin) -> dict[str, object]:
    return {
        "state": (_STYLES[one.state], STATE_WORDS[one.state]),
        "day": one.day,
        "title": one.title,
        "team": one.team,
        "author": one.author,
        "approver": one.approver,
    }

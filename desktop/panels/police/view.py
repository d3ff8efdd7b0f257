"""调警: the list of requests, the course of the current one, what may be done now. UI thread."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.command.police import TABLES, Asking, PoliceRequest, PoliceStep, act, requests
from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.offers import Offers
from desktop.contract.short_list import Listing
from desktop.panels.police import queries
from desktop.panels.police.columns import columns
from desktop.panels.police.form import PoliceForm
from desktop.rules.police import (
    CHANGEABLE,
    DEED_WORDS,
    NEEDS_OFFICERS,
    NEEDS_REASON,
    OFFICERS_MAX,
    STATE_WORDS,
    PoliceDeed,
    PoliceState,
)
from widgets.card import Card
from widgets.dialogs import ask_text
from widgets.forms import FormDialog
from widgets.parts import named_button, words_label
from widgets.theme import current_theme
from widgets.timeline import Step, StepList
from widgets.timeline.records import StepKind

_STYLES: Final[Mapping[PoliceState, str]] = {
    PoliceState.DRAFT: "paused",
    PoliceState.SUBMITTED: "due_soon",
    PoliceState.RETURNED: "overdue",
    PoliceState.SENT: "due_soon",
    PoliceState.ANSWERED: "normal",
    PoliceState.ARRIVED: "normal",
    PoliceState.LEFT: "done",
    PoliceState.REFUSED: "done_late",
    PoliceState.CANCELLED: "done",
}
_STEPS: Final[Mapping[PoliceDeed, StepKind]] = {
    PoliceDeed.SUBMIT: "start",
    PoliceDeed.SEND: "due",
    PoliceDeed.ARRIVE: "due",
    PoliceDeed.LEAVE: "done",
    PoliceDeed.CANCEL: "done",
}
_PRIMARY: Final = (PoliceDeed.SUBMIT, PoliceDeed.SEND, PoliceDeed.ANSWER, PoliceDeed.ARRIVE)


class PoliceView(QWidget):
    """`apply({"request_id"})` shows one; `{"new": "1", "case_id", "operation_id", "team_id"}`
    opens the form; `{"case_id"}` or `{"operation_id"}` alone lists those of it."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("police_view")
        self._context = context
        self._narrow: Mapping[str, str] = {}
        self.dialog: FormDialog | None = None
        self.list: Listing[PoliceRequest] = Listing(columns(), self)
        self.list.table.set_empty_text(
            self.tr("No request"),
            self.tr("Whoever needs officers of the corps asks the bureau chief here."),
        )
        self.new_button = named_button(self, "new_police", self.tr("Ask for police"))
        self.new_button.setProperty("kind", "primary")
        self.all_button = named_button(self, "all_police", self.tr("All requests"))
        self.all_button.hide()
        self.card = Card(parent=self)
        self.words = words_label(self, "")
        self.words.setObjectName("police_words")
        self.course = StepList(self, scroll=True)
        self.change_button = named_button(self, "change_police", self.tr("Change"))
        self.buttons = {
            deed: named_button(self, f"police_{deed.value}", word)
            for deed, word in DEED_WORDS.items()
        }
        self.form = PoliceForm(context, self)
        self._stack = QStackedWidget(self)
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, TABLES, self._read)
        self._show_current()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addStretch(1)
        top.addWidget(self.all_button)
        top.addWidget(self.new_button)
        for deed, button in self.buttons.items():
            if deed in _PRIMARY:
                button.setProperty("kind", "primary")
        order = [deed for deed in PoliceDeed if deed not in _PRIMARY]
        for deed in (*order, *_PRIMARY):
            self.card.header.addWidget(self.buttons[deed])
        self.card.header.insertWidget(self.card.header.count() - 1, self.change_button)
        self.card.body.addWidget(self.words)
        self.card.body.addWidget(self.course, 1)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list.table)
        splitter.addWidget(self.card)
        splitter.setSizes([420, 320])
        page = QWidget(self)
        inner = QVBoxLayout(page)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.setSpacing(8)
        inner.addLayout(top)
        inner.addWidget(splitter, 1)
        self._stack.addWidget(page)
        self._stack.addWidget(self.form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _connect(self) -> None:
        self.list.table.current_id_changed.connect(lambda _id: self._show_current())
        self.new_button.clicked.connect(lambda _checked=False: self.ask_new())
        self.all_button.clicked.connect(lambda _checked=False: self._narrow_to({}))
        self.change_button.clicked.connect(lambda _checked=False: self._change())
        for deed, button in self.buttons.items():
            button.clicked.connect(partial(self._begin, deed))
        self.form.saved.connect(self._on_saved)
        self.form.left.connect(lambda: self._stack.setCurrentIndex(0))
        person_id = self._context.who.person_id
        Offers(self, self._context, queries.offered, person_id, self._on_offered)

    def apply(self, params: Mapping[str, str]) -> None:
        """Shows what `params` name; see the class."""
        if params.get("new"):
            self.ask_new(params.get("case_id"), params.get("operation_id"), params.get("team_id"))
        elif params.get("request_id"):
            self._narrow_to({"request_id": params["request_id"]})
        else:
            keys = ("case_id", "operation_id")
            self._narrow_to({key: params[key] for key in keys if params.get(key)})

    @property
    def shown(self) -> QWidget:
        """The list or the form."""
        return self._stack.currentWidget()

    def ask_new(
        self,
        case_id: str | None = None,
        operation_id: str | None = None,
        team_id: str | None = None,
    ) -> None:
        """Opens an empty form; about the case that is selected, if one is."""
        chosen = self._context.selection()
        about = case_id or (chosen.case_id if chosen is not None else "")

        def show(number: str) -> None:
            self.form.open_new(number, operation_id, team_id)
            self._stack.setCurrentWidget(self.form)

        self._context.read(self, "case", queries.case_number, about, show)

    # Reading

    def _narrow_to(self, narrow: Mapping[str, str]) -> None:
        self._narrow = narrow
        self.all_button.setVisible("case_id" in narrow or "operation_id" in narrow)
        self._stack.setCurrentIndex(0)
        self.live.ask()

    def _read(self) -> None:
        asking = Asking(
            self._context.who.person_id,
            self._narrow.get("case_id"),
            self._narrow.get("operation_id"),
        )
        self._context.read(self, "snapshot", requests, asking, self._on_found, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: tuple[PoliceRequest, ...]) -> None:
        self.list.show([(one.id, one, _row(one)) for one in found])
        wanted = self._narrow.get("request_id")
        if wanted is not None:
            self.list.choose(wanted)
            self._narrow = {}
        self._show_current()
        self.live.finished()

    def _on_offered(self, found: queries.Offered) -> None:
        self.form.set_teams(found.teams)

    def _show_current(self) -> None:
        one = self.list.current()
        self.card.setVisible(one is not None)
        if one is None:
            return
        self.card.set_title(f"{one.team}　{_when(one)}")
        self.card.set_note(STATE_WORDS[one.state])
        asked = self.tr("{officers} officers, {vehicles} vehicles").format(
            officers=one.officers, vehicles=one.vehicles
        )
        lines = [one.reason, f"{one.place}　{asked}" + (f"　{one.arms}" if one.arms else "")]
        if one.course.officers is not None:
            sent = self.tr("The corps sends {officers}").format(officers=one.course.officers)
            short = one.officers - one.course.officers
            if short > 0:
                sent += self.tr(", {short} fewer than asked").format(short=short)
            lines.append(sent)
        self.words.setText("\n".join(lines))
        self.course.set_steps(
            [Step("note", self.tr("Made"), f"{one.maker}　{_moment(one.made_at)}")]
            + [
                Step(
                    _STEPS.get(done.deed, "note"),
                    DEED_WORDS[done.deed],
                    "　".join(
                        part
                        for part in (
                            one.names.get(done.person_id, ""),
                            _moment(done.at),
                            self.tr("{n} officers").format(n=done.officers)
                            if done.officers
                            else "",
                            done.arms,
                            done.body,
                        )
                        if part
                    ),
                )
                for done in one.course.acts
            ]
        )
        mine = one.maker_id == self._context.who.person_id
        self.change_button.setVisible(mine and one.state in CHANGEABLE)
        for deed, button in self.buttons.items():
            button.setVisible(deed in one.deeds)

    # Acts

    def _change(self) -> None:
        one = self.list.current()
        if one is not None:
            self.form.open_request(one)
            self._stack.setCurrentWidget(self.form)

    def _on_saved(self, request_id: str) -> None:
        self._context.notify(self.tr("Saved"), level="done")
        self._narrow_to({"request_id": request_id})

    def _begin(self, deed: PoliceDeed, _checked: bool = False) -> None:
        one = self.list.current()
        if one is None:
            return
        if deed in NEEDS_OFFICERS:
            self._ask_numbers(one, deed)
        elif deed in NEEDS_REASON:
            ask_text(
                self,
                object_name=f"police_{deed.value}_reason",
                title=DEED_WORDS[deed],
                label=self.tr("Reason"),
                accept_text=DEED_WORDS[deed],
                on_accept=lambda text: self._do(one, deed, body=text),
            )
        else:
            self._do(one, deed)

    def _ask_numbers(self, one: PoliceRequest, deed: PoliceDeed) -> None:
        dialog = FormDialog(DEED_WORDS[deed], self, submit_text=self.tr("Note"), width=420)
        dialog.setObjectName("police_answer_form")
        officers = QSpinBox(dialog)
        officers.setRange(1, OFFICERS_MAX)
        officers.setValue(one.officers)
        dialog.form.add_field("officers", self.tr("Officers sent"), officers, required=True)
        dialog.form.add_field("arms", self.tr("Arms and equipment"), QLineEdit(dialog))
        dialog.form.add_field("body", self.tr("Who leads them, telephone"), QLineEdit(dialog))

        def note(values: Mapping[str, object]) -> None:
            sent = values["officers"]
            self._do(
                one,
                deed,
                body=str(values["body"] or ""),
                officers=sent if isinstance(sent, int) else None,
                arms=str(values["arms"] or ""),
            )

        dialog.form.submitted.connect(note)
        self.dialog = dialog
        dialog.resize(dialog.width(), current_theme().px(300))
        dialog.show()

    def _do(
        self,
        one: PoliceRequest,
        deed: PoliceDeed,
        *,
        body: str = "",
        officers: int | None = None,
        arms: str = "",
    ) -> None:
        step = PoliceStep(
            one.id, deed, self._context.who.person_id, self._context.now(), body, officers, arms
        )
        label = f"用警申请{DEED_WORDS[deed]}：{one.place}"
        self._context.write(self, label, act, step, self._on_done, self._on_refused)

    def _on_done(self, _state: PoliceState) -> None:
        if self.dialog is not None:
            self.dialog.accept()
            self.dialog = None
        self.live.ask()

    def _on_refused(self, sentence: str) -> None:
        if self.dialog is not None:
            self.dialog.form.set_busy(False)
            self.dialog.form.field("officers").set_error(sentence)
        else:
            self._context.notify(sentence, level="error")


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%m-%d %H:%M}"


def _when(one: PoliceRequest) -> str:
    begin, end = datetime.fromisoformat(one.needed_from), datetime.fromisoformat(one.needed_to)
    ends = f"{end:%H:%M}" if end.date() == begin.date() else f"{end:%m-%d %H:%M}"
    return f"{begin:%m-%d %H:%M}–{ends}"


def _row(one: PoliceRequest) -> dict[str, object]:
    sent = one.course.officers
    return {
        "state": (_STYLES[one.state], STATE_WORDS[one.state]),
        "when": _when(one),
        "officers": f"{sent if sent is not None else '—'}/{one.officers}",
        "officers_tip": f"申请 {one.officers} 人" + (f"，派警 {sent} 人" if sent else ""),
        "team": one.team,
        "reason": one.reason,
        "place": one.place,
        "case_id": one.case_id,
        "case_number": one.case_number,
        "maker": one.maker,
    }

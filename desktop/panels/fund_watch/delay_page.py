"""Delays of payment: what waits for approval, what stands, what has ended. UI thread."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext, Selection
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.funds.delays import (
    STATE_WORDS,
    DelayEnd,
    DelayRow,
    DelaysArgs,
    DelayVerdict,
    delays,
    end,
    settle,
)
from desktop.panels.fund_watch.columns import delay_columns
from widgets.card import Card
from widgets.dialogs import confirm
from widgets.forms import DateField, FormDialog
from widgets.parts import named_button, words_label
from widgets.theme import current_theme

TABLES = ("payment_delay", "fund_entry", "case", "person", "calendar_day")
_STYLES = {
    "proposed": "due_soon",
    "approved": "paused",
    "refused": "done_late",
    "ended": "done",
    "withdrawn": "done",
}


class DelayPage(QWidget):
    """`show_case(case_id)` lists the delays of one case, or of all."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("delay_page")
        self._context = context
        self._case_id: str | None = None
        self.form: FormDialog | None = None
        self.list: Listing[DelayRow] = Listing(delay_columns(), self)
        self.list.table.set_empty_text(
            self.tr("No delay"),
            self.tr("A delay is proposed on the page of the money that it is about."),
        )
        self.note = words_label(self, "muted")
        self.note.setText(
            self.tr(
                "While a delay stands the clocks of its money stop; when its ground has ended, "
                "ten days run."
            )
        )
        self.state_box = QComboBox(self)
        self.state_box.setObjectName("delay_states")
        for key, word in (("", self.tr("All states")), *STATE_WORDS.items()):
            self.state_box.addItem(word, key)
        self.detail = words_label(self, "")
        self.detail.setObjectName("delay_detail")
        self.fault = words_label(self, "error")
        self.fault.setObjectName("delay_fault")
        self.approve_button = named_button(self, "approve", self.tr("Approve"))
        self.refuse_button = named_button(self, "refuse", self.tr("Refuse"))
        self.end_button = named_button(self, "end_delay", self.tr("Ground has ended…"))
        self._arrange()
        self.list.table.current_id_changed.connect(lambda _id: self._show_current())
        self.approve_button.clicked.connect(lambda _checked=False: self._ask(agreed=True))
        self.refuse_button.clicked.connect(lambda _checked=False: self._ask(agreed=False))
        self.end_button.clicked.connect(lambda _checked=False: self.end())
        self.state_box.currentIndexChanged.connect(self._again)
        self.live = LiveRefresh(self, context, TABLES, self._read)
        self._show_current()

    def _arrange(self) -> None:
        self.approve_button.setProperty("kind", "primary")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.state_box)
        row.addWidget(self.note, 1)
        self.card = Card(parent=self)
        for button in (self.refuse_button, self.end_button, self.approve_button):
            self.card.header.addWidget(button)
        self.card.body.addWidget(self.detail)
        self.card.body.addWidget(self.fault)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.list.table, 1)
        layout.addWidget(self.card)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low panel the words of a delay take their room from the table."""
        super().resizeEvent(event)
        self.list.table.setMinimumHeight(self.height() // 5)

    def show_case(self, case_id: str | None) -> None:
        """The delays of one case, or of all."""
        self._case_id = case_id
        self.live.ask()

    def _again(self, _number: int = 0) -> None:
        self.live.ask()

    def _read(self) -> None:
        context = self._context
        args = DelaysArgs(context.today(), context.law, context.who.person_id, self._case_id)
        context.read(self, "snapshot", delays, args, self._on_found, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: Sequence[DelayRow]) -> None:
        wanted, today = self.state_box.currentData(), self._context.today()
        shown = [one for one in found if not wanted or one.state == wanted]
        self.list.show(
            [(one.id, one, {**_row(one), "state": _badge(one, one.late(today))}) for one in shown]
        )
        self._show_current()
        self.live.finished()

    def _show_current(self) -> None:
        one = self.list.current()
        self.card.setVisible(one is not None)
        if one is None:
            return
        self._context.select(Selection(one.case_id))
        self.card.set_title(f"{one.case_number}　{one.number or self.tr('All money of the case')}")
        self.card.set_note(STATE_WORDS[one.state])
        lines = [
            self.tr("Ground: {words}").format(words=f"{one.ground.name}（{one.ground.cited()}）"),
            self.tr("Reason: {words}").format(words=one.reason),
        ]
        if one.state == "ended" and one.ended_on is not None:
            words = self.tr("Ended {day}, noted by {name}; to be paid by {due}")
            lines.append(words.format(day=one.ended_on, name=one.ended_by, due=one.due_on or "—"))
        self.detail.setText("\n".join(lines))
        self.fault.setText(f"{one.fault}。" if one.fault else "")
        self.fault.setVisible(bool(one.fault))
        waits = one.state == "proposed"
        for button in (self.approve_button, self.refuse_button):
            button.setVisible(waits)
            button.setEnabled(one.may_settle)
        self.end_button.setVisible(one.may_end)
        self.end_button.setText(self.tr("Take back") if waits else self.tr("Ground has ended…"))

    # Acts

    def _ask(self, *, agreed: bool) -> None:
        one = self.list.current()
        if one is None:
            return
        word = self.tr("Approve") if agreed else self.tr("Refuse")
        confirm(
            self,
            object_name="settle_delay",
            title=self.tr("Approve this delay?") if agreed else self.tr("Refuse this delay?"),
            text=f"{one.case_number}\n{one.ground.name}：{one.reason}",
            accept_text=word,
            danger=not agreed,
            on_accept=partial(self._settle, one, agreed),
        )

    def _settle(self, one: DelayRow, agreed: bool) -> None:
        person_id, now = self._context.who.person_id, self._context.now()
        verdict = DelayVerdict(one.id, agreed, person_id, now)
        label = f"{'批准' if agreed else '不批准'}延缓发放：{one.case_number}"
        self._context.write(self, label, settle, verdict, lambda _none: self.live.ask())

    def end(self) -> None:
        """Asks on which day the ground ended; a proposal is taken back at once."""
        one = self.list.current()
        if one is None:
            return
        if one.state == "proposed":
            self._end(one, max(one.from_on, self._context.today()))
            return
        dialog = FormDialog(
            self.tr("The ground of the delay has ended"),
            self,
            submit_text=self.tr("Let ten days run"),
            width=420,
        )
        dialog.setObjectName("end_delay_form")
        on = DateField(dialog, optional=False)
        on.set_value(self._context.today())
        dialog.form.add_field("on", self.tr("Ended on"), on, required=True)
        dialog.form.submitted.connect(partial(self._on_day, one))
        self.form = dialog
        dialog.resize(dialog.width(), current_theme().px(190))
        dialog.show()

    def _on_day(self, one: DelayRow, values: Mapping[str, object]) -> None:
        day = values["on"]
        if isinstance(day, date):
            self._end(one, day)

    def _end(self, one: DelayRow, day: date) -> None:
        person_id, now = self._context.who.person_id, self._context.now()
        wanted = DelayEnd(one.id, day, person_id, now)
        label = f"结束延缓发放：{one.case_number}"
        self._context.write(self, label, end, wanted, self._on_ended, self._on_refused)

    def _on_ended(self, _none: object) -> None:
        if self.form is not None:
            self.form.accept()
            self.form = None
        self.live.ask()

    def _on_refused(self, sentence: str) -> None:
        if self.form is None:
            self._context.notify(sentence, level="error")
            return
        self.form.form.set_busy(False)
        self.form.form.field("on").set_error(sentence)


def _badge(one: DelayRow, late: bool) -> tuple[str, str]:
    return ("due_soon", "期满未报") if late else (_STYLES[one.state], STATE_WORDS[one.state])


def _row(one: DelayRow) -> dict[str, object]:
    until = f" 至 {one.until_on.isoformat()}" if one.until_on is not None else " 起"
    return {
        "case_id": one.case_id,
        "case_number": one.case_number,
        "what": one.number or "全案案款",
        "ground": one.ground.name,
        "span": one.from_on.isoformat() + until,
        "proposed": f"{one.proposed_by} {one.proposed_at[:10]}",
        "approved": f"{one.approved_by} {one.approved_at[:10]}" if one.approved_at else "",
        "due_on": None if one.due_on is None else one.due_on.isoformat(),
    }

"""The roster of a fortnight: who stands when, signing in and out, swaps. UI thread."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Final

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from desktop.command.roster import (
    TABLES,
    Asking,
    Duty,
    Offered,
    Plan,
    Planned,
    ShiftStep,
    act,
    kind_words,
    lay,
    plan,
)
from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.panels.roster.columns import shift_columns
from desktop.rules.roster import SHIFT_WORDS
from widgets.card import Card
from widgets.dialogs import ask_text, confirm
from widgets.forms import DateField, FilterBox, FormDialog, Option
from widgets.parts import named_button, words_label
from widgets.theme import current_theme

SPAN: Final = timedelta(days=13)
_WEEKDAYS: Final = "一二三四五六日"


class ShiftPage(QWidget):
    """From the first shown day on, fourteen days."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shift_page")
        self._context = context
        self._offered = Offered((), None)
        self.first = context.today() - timedelta(days=context.today().weekday())
        self.dialog: FormDialog | None = None
        self.list: Listing[Duty] = Listing(shift_columns(), self)
        self.list.table.set_empty_text(
            self.tr("Nobody is on the roster for these days"),
            self.tr("Lay the shifts down: one person, or several by turns."),
        )
        self.span = QLabel(self)
        self.gaps = words_label(self, "error")
        self.gaps.setObjectName("roster_gaps")
        self.back_button = named_button(self, "earlier", "‹")
        self.today_button = named_button(self, "this_week", self.tr("This week"))
        self.on_button = named_button(self, "later", "›")
        self.plan_button = named_button(self, "plan_shifts", self.tr("Plan shifts"))
        self.plan_button.setProperty("kind", "primary")
        self.card = Card(parent=self)
        self.words = words_label(self, "")
        self.buttons = {
            name: named_button(self, f"shift_{name}", text)
            for name, text in (
                ("clear", self.tr("Strike")),
                ("absent", self.tr("Note absence…")),
                ("ask_swap", self.tr("Ask for a swap…")),
                ("refuse_swap", self.tr("Do not swap")),
                ("agree_swap", self.tr("Take the shift over")),
                ("leave", self.tr("Sign out")),
                ("arrive", self.tr("Sign in")),
            )
        }
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, TABLES, self._read)
        self._show_current()

    def _arrange(self) -> None:
        for name in ("arrive", "agree_swap"):
            self.buttons[name].setProperty("kind", "primary")
        top = QHBoxLayout()
        top.setSpacing(8)
        for part in (self.back_button, self.today_button, self.on_button, self.span):
            top.addWidget(part)
        top.addWidget(self.gaps, 1)
        top.addWidget(self.plan_button)
        for button in self.buttons.values():
            self.card.header.addWidget(button)
        self.card.body.addWidget(self.words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.list.table, 1)
        layout.addWidget(self.card)

    def _connect(self) -> None:
        self.list.table.current_id_changed.connect(lambda _id: self._show_current())
        self.back_button.clicked.connect(lambda _checked=False: self._move(-7))
        self.on_button.clicked.connect(lambda _checked=False: self._move(7))
        self.today_button.clicked.connect(lambda _checked=False: self._move(0))
        self.plan_button.clicked.connect(lambda _checked=False: self.ask_plan())
        for name, button in self.buttons.items():
            button.clicked.connect(partial(self._begin, name))

    def set_offered(self, found: Offered) -> None:
        """Who can be put on the roster."""
        self._offered = found

    def _move(self, days: int) -> None:
        today = self._context.today()
        monday = today - timedelta(days=today.weekday())
        self.first = self.first + timedelta(days=days) if days else monday
        self.live.ask()

    # Reading

    def _read(self) -> None:
        asking = Asking(
            self.first,
            self.first + SPAN,
            self._context.who.person_id,
            self._context.now(),
        )
        self._context.read(self, "snapshot", plan, asking, self._on_found, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: Plan) -> None:
        last = self.first + SPAN
        self.span.setText(f"{self.first:%m-%d} – {last:%m-%d}")
        today = self._context.today()
        open_gaps = [(day, kind) for day, kind in found.gaps if day >= today]
        if open_gaps and found.duties:
            day, kind = open_gaps[0]
            words = self.tr("{count} shifts without anybody, the first {day} {kind}")
            self.gaps.setText(
                words.format(count=len(open_gaps), day=f"{day:%m-%d}", kind=kind_words(kind))
            )
        else:
            self.gaps.setText("")
        self.list.show([(one.shift.id, one, self._row(one)) for one in found.duties])
        self._show_current()
        self.live.finished()

    def _row(self, one: Duty) -> dict[str, object]:
        shift, held = one.shift, one.held
        swap = "、".join(held.swaps)
        if held.swap is not None:
            swap = self.tr("waits for {name}").format(name=one.asked_name)
        return {
            "state": self._badge(one),
            "day": f"{shift.day:%m-%d} 周{_WEEKDAYS[shift.day.weekday()]}",
            "kind": kind_words(shift.kind),
            "hours": f"{shift.begin:%H:%M}–{shift.end:%H:%M}",
            "person": _named(one.person, one.away),
            "backup": _named(one.backup, one.backup_away),
            "arrived": f"{held.arrived:%H:%M}" if held.arrived else "",
            "left": f"{held.left:%H:%M}" if held.left else "",
            "swap": swap,
        }

    def _badge(self, one: Duty) -> tuple[str, str]:
        held, now = one.held, self._context.now()
        if held.absent:
            return "overdue", self.tr("absent")
        if held.arrived is None:
            if now > one.shift.end:
                return "done_late", self.tr("nobody signed in")
            if one.away:
                # Recorded after the shift was laid: somebody must see that the B post comes.
                covered = bool(one.backup) and not one.backup_away
                return ("due_soon" if covered else "overdue"), self.tr("away")
            if now > one.shift.begin:
                return "due_soon", self.tr("not here yet")
            return "paused", self.tr("planned")
        if held.left is not None or now > one.shift.end:
            late = held.late > 0
            return ("done_late", self.tr("late")) if late else ("done", self.tr("done"))
        return ("due_soon", self.tr("late")) if held.late > 0 else ("normal", self.tr("on watch"))

    def _show_current(self) -> None:
        one = self.list.current()
        self.card.setVisible(one is not None)
        if one is None:
            return
        shift, held = one.shift, one.held
        word = kind_words(shift.kind)
        self.card.set_title(f"{shift.day:%m-%d} {word}　{one.person}")
        self.card.set_note(f"B岗 {one.backup}" if one.backup else "")
        lines = []
        if one.away and held.arrived is None:
            covered = bool(one.backup) and not one.backup_away
            words = self.tr("{name} is away ({why}): {backup} stands in.")
            if not covered:
                words = self.tr("{name} is away ({why}) and nobody stands in: swap or plan anew.")
            lines.append(words.format(name=one.person, why=one.away, backup=one.backup))
        if held.late:
            lines.append(self.tr("{minutes} minutes late").format(minutes=held.late))
        if held.early:
            lines.append(self.tr("left {minutes} minutes early").format(minutes=held.early))
        if held.absent:
            lines.append(held.absent)
        if held.swap is not None:
            words = self.tr("{name} was asked to take this shift over: {why}")
            lines.append(words.format(name=one.asked_name, why=held.swap.body or "—"))
        self.words.setText("\n".join(lines))
        self.words.setVisible(bool(lines))
        ahead = self._context.now() < shift.end and held.arrived is None
        shown = {
            "clear": ahead and not held.absent,
            "absent": held.arrived is None and not held.absent,
            "ask_swap": one.mine and ahead and held.swap is None,
            "agree_swap": one.asked,
            "refuse_swap": one.asked,
            "leave": one.may_leave,
            "arrive": one.may_arrive,
        }
        for name, button in self.buttons.items():
            button.setVisible(shown[name])

    # Acts

    def _begin(self, name: str, _checked: bool = False) -> None:
        one = self.list.current()
        if one is None:
            return
        if name == "ask_swap":
            self._ask_swap(one)
        elif name == "absent":
            ask_text(
                self,
                object_name="absent_reason",
                title=self.tr("Note absence"),
                label=self.tr("What is known"),
                accept_text=self.tr("Note"),
                on_accept=lambda text: self._do(one, "absent", body=text),
            )
        elif name == "clear":
            confirm(
                self,
                object_name="clear_shift",
                title=self.tr("Strike this shift?"),
                text=f"{one.shift.day.isoformat()} {kind_words(one.shift.kind)}　{one.person}",
                accept_text=self.tr("Strike"),
                danger=True,
                on_accept=lambda: self._do(one, "clear"),
            )
        else:
            self._do(one, name)

    def _ask_swap(self, one: Duty) -> None:
        title = self.tr("Ask for a swap")
        dialog = FormDialog(title, self, submit_text=self.tr("Ask"), width=400)
        dialog.setObjectName("swap_form")
        whom = QComboBox(dialog)
        for choice in self._offered.people:
            if choice.id != one.shift.person_id:
                whom.addItem(choice.label, choice.id)
        dialog.form.add_field("with_id", self.tr("With whom"), whom, required=True)
        reason = self._line(dialog)
        dialog.form.add_field("body", self.tr("Why"), reason)

        def ask(values: Mapping[str, object]) -> None:
            self._do(one, "ask_swap", with_id=str(values["with_id"]), body=str(values["body"]))

        dialog.form.submitted.connect(ask)
        self._open(dialog, 260)

    def _line(self, parent: QWidget) -> QComboBox:
        box = QComboBox(parent)
        for reason in ("", "公务出差", "开庭冲突", "身体不适", "家中有事"):
            box.addItem(reason or "—", reason)
        return box

    def _open(self, dialog: FormDialog, height: int) -> None:
        self.dialog = dialog
        dialog.resize(dialog.width(), current_theme().px(height))
        dialog.show()

    def ask_plan(self) -> None:
        """Opens the form that lays shifts down."""
        title = self.tr("Plan shifts")
        dialog = FormDialog(title, self, submit_text=self.tr("Lay down"), width=460)
        dialog.setObjectName("plan_form")
        form = dialog.form
        people = FilterBox(self.tr("People"), all_text=self.tr("choose"), parent=dialog)
        people.setObjectName("people")
        people.set_options([Option(one.id, one.label) for one in self._offered.people])
        kind = QComboBox(dialog)
        for key, word in SHIFT_WORDS.items():
            kind.addItem(word, key)
        first, days = DateField(dialog, optional=False), QSpinBox(dialog)
        days.setRange(1, 62)
        days.setValue(7)
        first.set_value(self._context.today())
        form.add_widget(people)
        turns = words_label(dialog, "muted")
        turns.setText(self.tr("Several people take turns day by day."))
        form.add_widget(turns)
        form.add_line(
            (
                (form.add_field("kind", self.tr("Shift"), kind, required=True), 1),
                (form.add_field("first", self.tr("From"), first, required=True), 1),
                (form.add_field("days", self.tr("Days"), days, required=True), 1),
            )
        )
        backup = QComboBox(dialog)
        backup.addItem(self.tr("by turns, or nobody"), None)
        for one in self._offered.people:
            backup.addItem(one.label, one.id)
        form.add_field("backup_id", self.tr("Stands in (B) on all days"), backup)
        form.submitted.connect(partial(self._lay, people))
        self._open(dialog, 380)

    def _lay(self, people: FilterBox, values: Mapping[str, object]) -> None:
        first, days, backup = values["first"], values["days"], values["backup_id"]
        if self._offered.team_id is None or not isinstance(first, date):
            return
        planned = Planned(
            self._offered.team_id,
            str(values["kind"]),
            first,
            days if isinstance(days, int) else 1,
            tuple(str(key) for key in people.selected()),
            str(backup) if backup else None,
            self._context.who.person_id,
            self._context.now(),
        )
        self._context.write(self, "排班", lay, planned, self._on_done, self._on_refused)

    def _do(self, one: Duty, name: str, *, with_id: str | None = None, body: str = "") -> None:
        step = ShiftStep(
            one.shift.id, name, self._context.who.person_id, self._context.now(), with_id, body
        )
        label = f"值班：{one.shift.day.isoformat()} {kind_words(one.shift.kind)}"
        self._context.write(self, label, act, step, self._on_done, self._on_refused)

    def _on_done(self, _done: object) -> None:
        if self.dialog is not None:
            self.dialog.accept()
            self.dialog = None
        self.live.ask()

    def _on_refused(self, sentence: str) -> None:
        if self.dialog is None:
            self._context.notify(sentence, level="error")
            return
        self.dialog.form.set_busy(False)
        first = next(iter(self.dialog.form.values()))
        self.dialog.form.field(first).set_error(sentence)


def _named(name: str, away: str) -> str:
    return f"{name}（{away}）" if name and away else name

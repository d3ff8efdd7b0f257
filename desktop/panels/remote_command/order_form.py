"""The form of an order: whom, a template, at most two fields, Enter. UI thread.

What is typed is kept within a second under what the form was opened for, and comes back there.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.command.orders.acts import TITLE_MAX, Issue, OrderWords, issue
from desktop.command.orders.due import due_words, parse_due
from desktop.command.orders.reading import Order
from desktop.contract.context import PanelContext
from desktop.panels.remote_command.case_line import CaseLine
from desktop.panels.remote_command.form_queries import FormArgs, FormSeed, form_seed
from desktop.rules.command_law import OrderTemplate, load_command_law
from widgets.flow import FlowLayout
from widgets.forms import FormPane, GrowingText
from widgets.parts import named_button, words_label

_WIDTH_MAX: Final = 860
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_CHIPS_MAX: Final = 9


class FieldOrderForm(QWidget):
    """`issued(order id)`, `stored(order id)` follow a write; `left()` when the user goes back."""

    issued = Signal(str)
    stored = Signal(str)
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("order_form")
        self._context = context
        self._law = load_command_law()
        self._template: OrderTemplate | None = None
        self._seed: FormSeed | None = None
        self._params: dict[str, str] = {}
        self._filled: dict[str, object] = {}
        self.title = QLabel(self.tr("New order"), self)
        self.title.setProperty("role", "title")
        self.note = words_label(self, "muted")
        self.note.setObjectName("form_note")
        self.form = FormPane(
            self, submit_text=self.tr("Send order"), cancel_text=self.tr("Back to list")
        )
        self.form.submit_button.setObjectName("send_order")
        self.store_button = named_button(self, "store_order", self.tr("Store as draft"))
        self._make_fields()
        self._arrange()
        self.form.edited.connect(self._on_edited)
        self.form.submitted.connect(lambda values: self._save(values, send=True))
        self.form.closed.connect(self._on_closed)
        self.store_button.clicked.connect(lambda _checked=False: self._store())

    # Parts

    def _make_fields(self) -> None:
        form = self.form
        self.team, self.person = QComboBox(self), QComboBox(self)
        self.team.setMaxVisibleItems(20)
        self.team.currentIndexChanged.connect(lambda _at: self._show_people())
        whom = form.add_field("team", self.tr("Team"), self.team, required=True)
        person = form.add_field("person", self.tr("Person"), self.person)
        form.add_line(((whom, 3), (person, 2)))
        form.add_widget(self._make_chips())
        self.subject, self.place, self.due = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        self.subject.setMaxLength(TITLE_MAX)
        self.body = GrowingText(4, self)
        self.case = CaseLine(self._context, self)
        # What most templates ask for stands in one line, to be seen without scrolling.
        place = form.add_field("place", self.tr("Where"), self.place)
        body = form.add_field("body", self.tr("Particulars"), self.body)
        form.add_line(((place, 2), (body, 3)))
        self.due.setPlaceholderText(self.tr("30, 2 h, 14:30, 11-30 09:00"))
        subject = form.add_field("title", self.tr("What"), self.subject, required=True)
        due = form.add_field("due", self.tr("By when"), self.due, check=self._check_due)
        form.add_line(((subject, 3), (due, 2)))
        form.add_field("case", self.tr("Case"), self.case)
        self.due.textChanged.connect(lambda _text: self._show_due())
        # Put on after the form's own filter, these hear the keys first.
        for control in (self.subject, self.place, self.body, self.due):
            control.installEventFilter(self)

    def _make_chips(self) -> QWidget:
        box = QWidget(self)
        self.chips = FlowLayout(box)
        self._group = QButtonGroup(self)
        self.chip_buttons: dict[str, QPushButton] = {}
        for n, template in enumerate(self._law.templates):
            words = f"{n + 1} {template.name}" if n < _CHIPS_MAX else template.name
            chip = named_button(self, f"template_{template.code}", words)
            chip.setCheckable(True)
            chip.setAutoDefault(False)
            chip.clicked.connect(partial(self._choose, template))
            chip.installEventFilter(self)
            self._group.addButton(chip)
            self.chips.addWidget(chip)
            self.chip_buttons[template.code] = chip
        return box

    def _arrange(self) -> None:
        inner = QWidget(self)
        inner.setMaximumWidth(_WIDTH_MAX)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.store_button)
        column.addLayout(head)
        column.addWidget(self.note)
        column.addWidget(self.form, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.addWidget(inner, 1)
        row.addStretch(0)

    # Opening

    def open_new(self, params: Mapping[str, str]) -> None:
        """Shows the form for what `params` of `context.open` name, with what was typed there."""
        self._params = dict(params)
        self._seed = None
        self.form.set_waiting(True)
        args = FormArgs(self._params, self._context.who.person_id, self._context.now())
        self._context.read(self, "seed", form_seed, args, self._on_seed)

    @property
    def draft_key(self) -> str:
        """Under which what is typed is kept."""
        parts = ["order_id", "team_id", "person_id", "unit_id", "case_id", "operation_id"]
        if "copy_of" in self._params:
            parts.append("copy_of")
        about = "-".join(self._params.get(part, "") for part in parts)
        return f"remote_command-order:{about}"

    def _on_seed(self, seed: FormSeed) -> None:
        self._seed = seed
        self.team.clear()
        for one in seed.teams:
            self.team.addItem(f"{one.court} {one.name}".strip(), one.id)
        self.team.setCurrentIndex(self.team.findData(seed.team_id))
        self._show_people()
        self._template = None
        self._uncheck()
        self._filled = self._first_values(seed)
        self.form.set_values(self._filled)
        self.title.setText(
            self.tr("New order") if seed.stored is None else self.tr("Order not sent yet")
        )
        about = self.tr("For the operation {name}").format(name=seed.operation)
        self._say(self._gone_words(seed) or (about if seed.operation else ""))
        self._show_due()
        key = self.draft_key
        self._context.load_draft(key, lambda kept: self._on_draft(key, kept))

    def _gone_words(self, seed: FormSeed) -> str:
        """That whoever a draft was for stands in that team no more: nobody else gets it unsaid."""
        one = seed.words
        if one is None or one.person_id is None or self.person.findData(one.person_id) >= 0:
            return ""
        words = self.tr("{name} is no longer in {team}; choose whom it is for.")
        return words.format(name=one.person, team=one.team)

    def _first_values(self, seed: FormSeed) -> dict[str, object]:
        one = seed.words
        given, now = self._params, self._context.now()
        # What was to be done by a time that has passed needs another one.
        due = one.due_at if one is not None and (seed.stored or _later(one, now)) else None
        return {
            "team": seed.team_id if one is None else one.team_id,
            "person": seed.person_id if one is None else one.person_id,
            "title": given.get("title", "") if one is None else one.title,
            "place": given.get("place", "") if one is None else one.place,
            "body": "" if one is None else one.body,
            "due": "" if due is None else due_words(due, now),
            "case": {"key": seed.case_id or "", "text": seed.case_number}
            if one is None
            else {"key": one.case_id or "", "text": one.case_number},
        }

    def _on_draft(self, key: str, kept: Mapping[str, Any] | None) -> None:
        if self._seed is None or key != self.draft_key:
            return  # The form was opened for something else meanwhile.
        self.form.set_waiting(False)
        if kept:
            values = {name: kept[name] for name in self._filled if kept.get(name)}
            if values and values != {name: self._filled[name] for name in values}:
                self.form.set_values(values)
                self._say(self.tr("What you typed before was restored."))
        named = self._law.template((kept or {}).get("template") or self._params.get("template", ""))
        words = self._seed.words
        before = self._law.template(words.template) if words is not None else None
        if named is not None:
            self._choose(named)
        elif before is not None:
            # It keeps its template; what the template would write stands there already.
            self._template = before
            self.chip_buttons[before.code].setChecked(True)
            self._control(before.ask[0]).setFocus()
        elif self.team.currentIndex() < 0:
            self.team.setFocus()
        else:
            next(iter(self.chip_buttons.values())).setFocus()

    def _show_people(self) -> None:
        chosen = self.person.currentData()
        self.person.clear()
        self.person.addItem(self.tr("The whole team"), None)
        seed, team_id = self._seed, self.team.currentData()
        team = next((one for one in seed.teams if one.id == team_id), None) if seed else None
        for one in team.people if team is not None else ():
            self.person.addItem(one.words, one.id)
        wanted = chosen or (seed.person_id if seed is not None else None)
        self.person.setCurrentIndex(max(0, self.person.findData(wanted)) if wanted else 0)

    # Templates and keys

    def _choose(self, template: OrderTemplate, *_checked: object) -> None:
        before, self._template = self._template, template
        self.chip_buttons[template.code].setChecked(True)
        if not self.subject.text().strip() or (before and self.subject.text() == before.title):
            self.subject.setText(template.title)
        usual = str(before.due_minutes) if before is not None and before.due_minutes else ""
        if self.due.text().strip() in ("", usual):
            self.due.setText(str(template.due_minutes) if template.due_minutes else "")
        self.form.field("body").set_hint(
            self.tr("{what}. Enter sends, Shift+Enter begins a line").format(
                what=template.body_label
            )
            if template.ask[-1] == "body"
            else template.body_label
        )
        self._control(template.ask[0]).setFocus()

    def _control(self, name: str) -> QWidget:
        controls: dict[str, QWidget] = {"place": self.place, "body": self.body, "due": self.due}
        return controls[name]

    def _uncheck(self) -> None:
        self._group.setExclusive(False)
        for chip in self.chip_buttons.values():
            chip.setChecked(False)
        self._group.setExclusive(True)
        self.form.field("body").set_hint("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if watched in self.chip_buttons.values():
            return self._chip_key(watched, event)
        if event.key() in _ENTER and plain and self._template is not None:
            return self._go_on(watched)
        return super().eventFilter(watched, event)

    def _chip_key(self, chip: QObject, event: QKeyEvent) -> bool:
        """Enter takes the template; its number takes it from any of them."""
        if event.key() in _ENTER and isinstance(chip, QPushButton):
            chip.click()
            return True
        number = event.text()
        if number.isdecimal() and 0 < int(number) <= len(self._law.templates):
            self._choose(self._law.templates[int(number) - 1])
            return True
        return False

    def _go_on(self, watched: QObject) -> bool:
        """Enter: from one asked field to the next, and from the last one it sends."""
        assert self._template is not None
        asked = [self._control(name) for name in self._template.ask]
        if watched not in asked:
            return False
        at = asked.index(watched)
        if at + 1 < len(asked):
            asked[at + 1].setFocus()
        else:
            self.form.submit()
        return True

    # Time

    def _show_due(self) -> None:
        at = parse_due(self.due.text(), self._context.now())
        now = self._context.now()
        words = self.tr("by {time}").format(time=due_words(at, now)) if at and at > now else ""
        self.form.field("due").set_hint(words)

    def _check_due(self, value: object) -> str:
        text, now = str(value or ""), self._context.now()
        at = parse_due(text, now)
        if text and at is None:
            return self.tr("This is no time; write minutes (30) or a clock time (14:30).")
        if at is not None and at <= now:
            return self.tr("This time has passed.")
        return ""

    # Writing

    def _on_edited(self, values: Mapping[str, object]) -> None:
        if self._seed is None or dict(values) == self._filled:
            return
        code = self._template.code if self._template is not None else ""
        self._context.save_draft(self.draft_key, {**values, "template": code})

    def _store(self) -> None:
        if self.form.validate():
            self._save(self.form.values(), send=False)

    def _save(self, values: Mapping[str, Any], *, send: bool) -> None:
        seed = self._seed
        if seed is None:
            return
        now = self._context.now()
        asked = Issue(
            self._words(values, seed, now),
            self._context.who.person_id,
            now,
            send=send,
            order_id=None if seed.stored is None else seed.stored.id,
        )
        self._set_busy(True)
        label = "下达指令" if send else "保存指令草稿"
        self._context.write(
            self, label, issue, asked, partial(self._on_saved, send), self._on_refused
        )

    def _words(self, values: Mapping[str, Any], seed: FormSeed, now: datetime) -> OrderWords:
        case = values["case"]
        stored, given = seed.words, self._params
        point = (_whole(given.get("lat_e7")), _whole(given.get("lon_e7")))
        place = given.get("place", "")
        if stored is not None:
            point, place = (stored.lat_e7, stored.lon_e7), stored.place
        if place and str(values["place"]).strip() != place.strip():
            point = (None, None)  # of the place that stood there before
        return OrderWords(
            team_id=str(values["team"] or ""),
            person_id=values["person"],
            template=self._template.code if self._template is not None else "",
            title=str(values["title"]),
            body=str(values["body"]),
            place=str(values["place"]),
            lat_e7=point[0],
            lon_e7=point[1],
            due_at=parse_due(str(values["due"] or ""), now),
            case_id=case["key"] or None,
            case_number=case["text"],
            operation_id=seed.operation_id if stored is None else stored.operation_id,
        )

    def _on_saved(self, sent: bool, order_id: str) -> None:
        self._context.discard_draft(self.draft_key)
        self._set_busy(False)
        self._seed = None
        (self.issued if sent else self.stored).emit(order_id)

    def _on_refused(self, sentence: str) -> None:
        self._set_busy(False)
        self._say(sentence)
        self._context.notify(sentence, level="error")

    def _on_closed(self, values: Mapping[str, object]) -> None:
        self._on_edited(values)
        self.left.emit()

    def _say(self, words: str) -> None:
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def _set_busy(self, busy: bool) -> None:
        self.form.set_busy(busy)
        self.store_button.setEnabled(not busy)


def _later(one: Order, now: datetime) -> bool:
    return one.due_at is not None and one.due_at > now


def _whole(text: str | None) -> int | None:
    try:
        return int(text) if text else None
    except ValueError:
        return None

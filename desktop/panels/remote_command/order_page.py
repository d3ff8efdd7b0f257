"""One order: its course, its facts, everything that was done, and what can be done now. UI thread.

Whoever has the order reports with one click; a refusal needs its reason. Whoever gave it writes
down what he was told by telephone, with words, and that is never called delivered.
"""

from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.command.orders.acts import Deed, do
from desktop.contract.context import PanelContext
from desktop.contract.kept_text import KeptText
from desktop.panels.remote_command.course_strip import CourseStrip, Station
from desktop.panels.remote_command.order_list import is_offline
from desktop.panels.remote_command.queries import Page, PageArgs, page
from desktop.panels.remote_command.words import STATE_STYLES, clock_look, state_look
from desktop.rules.field_orders import (
    ACT_WORDS,
    COURSE,
    REPORTS,
    STATE_WORDS,
    OrderAct,
    OrderState,
    issuers_next,
    receivers_next,
    rungs_due,
)
from storage.records.changes import ChangeSet
from widgets.badge import Badge
from widgets.beside import FactGrid
from widgets.dialogs import ask_text
from widgets.forms import GrowingText
from widgets.parts import named_button, scrolled, words_label
from widgets.theme import current_theme
from widgets.timeline import Step, StepList

_NARROW: Final = 760
_LABEL: Final = 76
_ACTS: Final = ("acknowledge", "depart", "arrive", "finish", "refuse", "send", "cancel")
_STEP_STATES: Final = {"refuse": "overdue", "escalate": "overdue", "cancel": "paused"}


class FieldOrderPage(QWidget):
    """`left()` when the user goes back; `edit_asked(order id)` of a draft; `again_asked(order id)`
    of one that was withdrawn or refused: its words begin another."""

    left = Signal()
    edit_asked = Signal(str)
    again_asked = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("order_page")
        self._context = context
        self._asked = ""
        self.page: Page | None = None
        self._make_head()
        self._make_foot()
        self._arrange()
        context.changed.connect(self._on_changed)

    # Parts

    def _make_head(self) -> None:
        self.back_button = named_button(self, "back", self.tr("Back to list"))
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        self.title = QLabel(self)
        self.title.setObjectName("order_title")
        self.title.setProperty("role", "title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setMinimumWidth(current_theme().px(80))
        self.state = Badge(parent=self)
        self.clock = Badge(parent=self)
        self.map_button = named_button(self, "show_on_map", self.tr("On the map"))
        self.map_button.clicked.connect(lambda _checked=False: self._open("live_map"))
        self.case_button = named_button(self, "open_case", self.tr("Go to case"))
        self.case_button.clicked.connect(lambda _checked=False: self._open("case_query"))
        self.operation_button = named_button(self, "open_operation", self.tr("Go to operation"))
        self.operation_button.clicked.connect(lambda _checked=False: self._open("operations"))
        self.waiting = words_label(self, "error")
        self.waiting.setObjectName("waiting_words")
        self.strip = CourseStrip(self)
        self.facts = FactGrid(self, _LABEL)
        self.history = StepList(self)
        self.ladder = StepList(self)

    def _make_foot(self) -> None:
        self.words = GrowingText(3, self)
        self.words.setObjectName("words")
        self.words.setPlaceholderText(self.tr("Words to the report; needed to refuse"))
        self.words.setAccessibleName(self.tr("Words to the report; needed to refuse"))
        self.words.textChanged.connect(self._on_typed)
        self._kept = KeptText(self._context, self.words)
        self.note_button = named_button(self, "act_note", self.tr("Note"))
        self.note_button.clicked.connect(lambda _checked=False: self._do("note"))
        self.phone_button = named_button(self, "by_phone", self.tr("Told by telephone"))
        self.phone_button.setToolTip(
            self.tr("Writes down what you were told; the order is not called delivered by it")
        )
        self.phone_menu = QMenu(self.phone_button)
        self.phone_button.setMenu(self.phone_menu)
        self.edit_button = named_button(self, "edit_draft", self.tr("Edit"))
        self.edit_button.clicked.connect(lambda _checked=False: self.edit_asked.emit(self._asked))
        self.again_button = named_button(self, "give_again", self.tr("Give anew"))
        self.again_button.setToolTip(self.tr("Another order with these words, to be put right"))
        self.again_button.clicked.connect(lambda _checked=False: self.again_asked.emit(self._asked))
        self.buttons: dict[str, QPushButton] = {}
        for act in reversed(_ACTS):
            button = named_button(self, f"act_{act}", ACT_WORDS[act])
            button.clicked.connect(lambda _checked=False, act=act: self._do(act))
            button.hide()
            self.buttons[act] = button

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        for shown in (self.back_button, self.state, self.clock):
            top.addWidget(shown)
        top.addWidget(self.title, 1)
        for button in (self.map_button, self.operation_button, self.case_button):
            top.addWidget(button)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(24)
        for share, parts in (
            (3, ((self.tr("Facts"), self.facts), (self.tr("When nobody answers"), self.ladder))),
            (2, ((self.tr("What was done"), self.history),)),
        ):
            column = QVBoxLayout()
            column.setSpacing(6)
            for heading, part in parts:
                label = QLabel(heading, self)
                label.setProperty("role", "group")
                column.addWidget(label)
                column.addWidget(part)
                column.addSpacing(8)
            column.addStretch(1)
            self._columns.addLayout(column, share)
        body = QWidget(self)
        body.setProperty("plain", True)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 10, 0)
        inner.setSpacing(10)
        inner.addWidget(self.waiting)
        inner.addWidget(self.strip)
        inner.addLayout(self._columns)
        inner.addStretch(1)
        scroll = scrolled(body, self)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.words, 1, Qt.AlignmentFlag.AlignBottom)
        asides = (self.note_button, self.phone_button, self.edit_button, self.again_button)
        for button in (*asides, *self.buttons.values()):
            foot.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(scroll, 1)
        layout.addLayout(foot)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # As in forms: what was typed stays until another order is opened.
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < current_theme().px(_NARROW)
        ways = QBoxLayout.Direction
        self._columns.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)

    # Showing

    def open_order(self, order_id: str) -> None:
        """Shows one order from the start, with what was typed for it and not sent."""
        if order_id != self._asked:
            self._asked, self.page = order_id, None
            self._kept.follow(f"remote_command-words:{order_id}")
        self.refresh()

    def close_order(self) -> None:
        """Shows none; changes are no longer followed."""
        self._asked, self.page = "", None
        self._kept.follow("")

    def refresh(self) -> None:
        """Reads the order again as it stands now."""
        if self._asked:
            args = PageArgs(self._asked, self._context.who.person_id, self._context.now())
            self._context.read(self, "order", page, args, self._on_page)

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches("field_order", "field_order_act"):
            self.refresh()

    def _on_page(self, found: Page | None) -> None:
        if not self._asked:
            return
        if found is None:
            self._context.notify(self.tr("The order is not on this device."), level="warning")
            self.left.emit()
            return
        self.page = found
        one, now = found.order, self._context.now()
        offline = is_offline(self._context.sync.state())
        self.title.setText(f"{one.title}　{one.whom}")
        self.title.setToolTip(one.title)
        self.state.set_state(*state_look(one, found.ladder, now, offline=offline))
        self.clock.set_state(*clock_look(one, now))
        self.map_button.setVisible(one.lat_e7 is not None)
        self.case_button.setVisible(bool(one.case_id))
        self.operation_button.setVisible(bool(one.operation_id))
        self._show_waiting(found)
        self.strip.set_stations(stations(found))
        self._show_facts(found, now)
        self.history.set_steps([_step(found, act) for act in reversed(one.acts)])
        self.ladder.set_steps(self._rungs(found, now))
        self._show_buttons(found)

    def _show_waiting(self, found: Page) -> None:
        standing = found.order.standing
        words = ""
        if standing.queued:
            words = self.tr(
                "The order waits on this device: nobody else knows of it until the shared database "
                "has taken it. Tell them by telephone if it presses."
            )
        elif standing.report_queued:
            words = self.tr("The last report waits on this device; it goes out by itself.")
        self.waiting.setText(words)
        self.waiting.setVisible(bool(words))

    def _show_facts(self, found: Page, now: datetime) -> None:
        one = found.order
        told = self.tr("{told} of {all} devices have it").format(
            told=len(one.standing.told_to), all=max(found.members, len(one.standing.told_to))
        )
        gone = f"（{found.missing}）" if found.missing else ""
        held = self.tr("now with {whom}").format(whom=found.held_by) if found.held_by else ""
        facts = (
            (self.tr("To"), f"{one.court} {one.whom}{gone}".strip()),
            (self.tr("What"), "\n".join(part for part in (one.title, one.body) if part)),
            (self.tr("Where"), one.place),
            (self.tr("By when"), f"{one.due_at:%Y-%m-%d %H:%M}" if one.due_at else ""),
            (self.tr("Case"), "　".join(part for part in (one.case_number, held) if part)),
            (self.tr("Operation"), found.operation),
            (self.tr("From"), f"{one.issuer}　{one.made_at:%Y-%m-%d %H:%M:%S}"),
            (self.tr("Devices"), told if one.standing.open else ""),
        )
        self.facts.show_facts(tuple((name, words) for name, words in facts if words))

    def _rungs(self, found: Page, now: datetime) -> list[Step]:
        standing = found.order.standing
        due = {rung.n for rung in rungs_due(standing, found.ladder, now)}
        steps = []
        for rung in found.ladder:
            after = self.tr("after {n} min: {what}").format(n=rung.after_s // 60, what=rung.name)
            told = standing.rungs.get(rung.n)
            if told is not None:
                said = f"{told.at:%H:%M:%S} {rung.name}：{told.body}"
                steps.append(Step("late", said, rung.basis, "overdue"))
            elif rung.n in due:
                steps.append(Step("late", after, rung.basis, "overdue"))
            else:
                whom = found.told.get(rung.n, "")
                steps.append(Step("note", f"{after}　{whom}".strip(), rung.basis))
        return steps

    def _show_buttons(self, found: Page) -> None:
        state = found.order.standing.state
        mine, gives = found.mine.receives(found.order), found.mine.issued(found.order)
        possible: tuple[str, ...] = receivers_next(state) if mine else ()
        if gives:
            possible += tuple(act for act in issuers_next(state) if act in _ACTS)
        elif found.mine.withdraws(found.order) and state is not OrderState.DRAFT:
            possible += tuple(act for act in issuers_next(state) if act == "cancel")
        for act, button in self.buttons.items():
            button.setVisible(act in possible)
            usual = bool(possible) and act == possible[0] and act not in ("cancel", "refuse")
            if button.property("kind") != ("primary" if usual else ""):
                button.setProperty("kind", "primary" if usual else "")
                button.style().polish(button)
        self.edit_button.setVisible(gives and state is OrderState.DRAFT)
        ended = state in (OrderState.REFUSED, OrderState.CANCELLED)
        self.again_button.setVisible(ended and found.mine.withdraws(found.order))
        phone = receivers_next(state) if gives and not mine else ()
        self.phone_button.setVisible(bool(phone))
        self.phone_menu.clear()
        for act in phone:
            self.phone_menu.addAction(ACT_WORDS[act], partial(self._ask_phone, act))
        self.note_button.setVisible(state is not OrderState.DRAFT)
        self.words.setVisible(self.note_button.isVisibleTo(self))
        self._on_typed()

    def _on_typed(self) -> None:
        typed = bool(self.words.toPlainText().strip())
        self.note_button.setEnabled(typed)
        self.buttons["refuse"].setEnabled(typed)
        self.buttons["refuse"].setToolTip("" if typed else self.tr("Write the reason first"))

    # Acts

    def _ask_phone(self, act: str) -> None:
        found = self.page
        if found is None:
            return
        ask_text(
            self,
            object_name="ask_phone",
            title=found.order.title,
            label=self.tr("Who said what by telephone?"),
            accept_text=ACT_WORDS[act],
            on_accept=lambda text: self._write(act, text),
            multiline=True,
            text=self.words.toPlainText().strip(),
        )

    def _do(self, act: str) -> None:
        self._write(act, self.words.toPlainText().strip())

    def _write(self, act: str, body: str) -> None:
        if self.page is None:
            return
        who = self._context.who.person_id
        deed = Deed(self.page.order.id, act, who, self._context.now(), body)
        self._context.write(self, f"指令{ACT_WORDS[act]}", do, deed, lambda _done: self._on_done())

    def _on_done(self) -> None:
        self._kept.forget()
        self.refresh()

    def _open(self, panel_id: str) -> None:
        if self.page is None:
            return
        one = self.page.order
        params = {
            "case_query": {"case_id": one.case_id or ""},
            "operations": {"operation_id": one.operation_id or ""},
            "live_map": {"lat_e7": str(one.lat_e7), "lon_e7": str(one.lon_e7)},
        }[panel_id]
        self._context.open(panel_id, params)


def stations(found: Page) -> list[Station]:
    """The course from sent to done, each with its time and actor; a refusal or a withdrawal stands
    in the place of what did not follow."""
    standing = found.order.standing
    made: list[Station] = []
    for state in COURSE:
        act = standing.steps.get(state)
        if act is None:
            made.append(Station(STATE_WORDS[state]))
        else:
            made.append(_station(found, state, act, now=state is standing.state))
    if standing.state in (OrderState.REFUSED, OrderState.CANCELLED) and standing.made_by:
        ended = _station(found, standing.state, standing.made_by, now=True)
        reached = [one for one in made if one.at]
        made = [*reached, ended]
    return made


def _station(found: Page, state: OrderState, act: OrderAct, *, now: bool) -> Station:
    waiting = act.taken_at is None
    style = STATE_STYLES[state] if state in (OrderState.REFUSED, OrderState.CANCELLED) else "normal"
    return Station(
        STATE_WORDS[state],
        f"{act.at:%H:%M:%S}",
        found.people.get(act.person_id, ""),
        "unknown" if waiting else style,
        waiting=waiting,
        now=now,
    )


def _step(found: Page, act: OrderAct) -> Step:
    who = found.people.get(act.person_id, "")
    word = ACT_WORDS[act.act]
    if act.act in REPORTS and act.person_id == found.order.issuer_id and act.body:
        word = f"电话回报：{word}"
    headline = f"{act.at:%m-%d %H:%M:%S}　{word}　{who}"
    if act.taken_at is None:
        headline += "　（待发）"
    state = "unknown" if act.taken_at is None else _STEP_STATES.get(act.act, "normal")
    return Step("note", headline, act.body, state)

"""One sum of money that waits: where it stands, every clock explained, what can be done. UI."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.funds.delays import STATE_WORDS, DelayRow
from desktop.funds.ladder import Explained
from desktop.funds.notices import Notice, Nudge, nudge, tell
from desktop.funds.standings import Standing
from desktop.panels.fund_watch.clock_cards import ClockCards
from desktop.panels.fund_watch.delay_form import delay_form
from desktop.panels.fund_watch.queries import TABLES, Part, PartArgs, part
from desktop.panels.fund_watch.rules import (
    clock_badge,
    facts,
    held_badge,
    nudge_words,
    pressing_first,
)
from desktop.rules.fund_law import load_fund_law
from desktop.rules.money import grouped
from widgets.badge import Badge
from widgets.flow import FlowLayout
from widgets.forms import FormDialog
from widgets.parts import named_button, words_label


class PartPage(QWidget):
    """`open_part(entry_id, order_id)` shows one; `left` asks for the list."""

    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fund_part")
        self._context = context
        self._wanted: tuple[str, str | None] | None = None
        self.shown: Part | None = None
        self.form: FormDialog | None = None
        self.title = words_label(self, "large")
        self.light = Badge(parent=self)
        self.held = Badge(parent=self)
        self.facts = words_label(self, "")
        self.facts.setObjectName("part_facts")
        self.cards = ClockCards(self)
        self.delays = words_label(self, "")
        self.delays.setObjectName("part_delays")
        self.empty = words_label(self, "muted")
        self.back = named_button(self, "back", self.tr("Back to the list"))
        self.tell_button = named_button(self, "tell", self.tr("Tell the handler"))
        self.ask_button = named_button(self, "ask_for_payment", self.tr("Ask for payment…"))
        self.nudge_button = named_button(self, "nudge", self.tr("Remind"))
        self.delay_button = named_button(self, "delay", self.tr("Propose a delay…"))
        self.order_button = named_button(self, "order", self.tr("Open order"))
        self.account_button = named_button(self, "account", self.tr("Account of the case"))
        self.case_button = named_button(self, "open_case", self.tr("Open case"))
        self.find_button = named_button(self, "find_case", self.tr("Find its case"))
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, TABLES, self._read)

    def _arrange(self) -> None:
        for main in (self.tell_button, self.ask_button):
            main.setProperty("kind", "primary")
        self.back.setProperty("kind", "quiet")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.back)
        head.addWidget(self.title, 1)
        head.addWidget(self.light)
        head.addWidget(self.held)
        body = QWidget(self)
        body.setProperty("plain", True)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(10)
        for piece in (self.facts, self.delays, self.cards, self.empty):
            inner.addWidget(piece)
        inner.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(body)
        buttons = QWidget(self)
        row = FlowLayout(buttons)
        for button in self._buttons():
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)

    def _buttons(self) -> Sequence[QPushButton]:
        return (
            *(self.tell_button, self.ask_button, self.nudge_button, self.delay_button),
            *(self.order_button, self.account_button, self.case_button, self.find_button),
        )

    def _connect(self) -> None:
        self.back.clicked.connect(lambda _checked=False: self.left.emit())
        for button, slot in (
            (self.tell_button, self.tell),
            (self.ask_button, self.ask_for_payment),
            (self.nudge_button, self.nudge),
            (self.delay_button, self.propose_delay),
            (self.order_button, partial(self._open, "disbursement", "order_id")),
            (self.account_button, partial(self._open, "fund_board", "case_id")),
            (self.case_button, partial(self._open, "case_query", "case_id")),
            (self.find_button, partial(self._context.open, "bank_statements")),
        ):
            button.clicked.connect(lambda _checked=False, slot=slot: slot())

    # Reading

    def open_part(self, entry_id: str, order_id: str | None) -> None:
        """Shows one part."""
        self._wanted = (entry_id, order_id)
        self.live.ask()

    def _read(self) -> None:
        if self._wanted is None:
            self.live.finished()
            return
        args = PartArgs(*self._wanted, self._context.today(), self._context.law)
        self._context.read(self, "part", part, args, self._on_part, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_part(self, found: Part | None) -> None:
        self.shown = found
        gone = found is None
        self.empty.setText(self.tr("This money is no longer here: it was paid or moved."))
        self.empty.setVisible(gone)
        for piece in (self.facts, self.cards, self.delays, self.light, self.held):
            piece.setVisible(not gone)
        for button in self._buttons():
            button.setVisible(not gone)
        if found is not None:
            self._show(found.explained, found.delays)
        self.live.finished()

    def _show(self, found: Explained, delays: Sequence[DelayRow]) -> None:
        one, today, law = found.standing, self._context.today(), load_fund_law()
        self.title.setText(f"{one.case_number or one.number}　{grouped(one.left_fen)} 元")
        self.light.set_state(*clock_badge(one, today))
        self.held.set_state(*held_badge(one, law))
        self.facts.setText(facts(one, today))
        self.cards.set_clocks(pressing_first(found.clocks), today)
        self.delays.setText("\n".join(_delay_words(row) for row in delays))
        self.delays.setVisible(bool(delays))
        self._allow(one)

    def _allow(self, one: Standing) -> None:
        me = self._context.who.person_id
        self.tell_button.setVisible(one.step == "tell")
        self.tell_button.setEnabled(me is not None)
        self.ask_button.setVisible(one.step == "ask")
        self.nudge_button.setVisible(one.case_id is not None)
        self.nudge_button.setEnabled(
            me is not None and one.holder_id is not None and one.holder_id != me
        )
        self.nudge_button.setText(self.tr("Remind {name}").format(name=one.holder_name))
        self.delay_button.setVisible(one.case_id is not None and one.delay_id is None)
        self.delay_button.setEnabled(me is not None)
        self.order_button.setVisible(one.order_id is not None)
        self.account_button.setVisible(one.case_id is not None)
        self.case_button.setVisible(one.case_id is not None)
        self.find_button.setVisible(one.step == "find")

    # Acts

    @property
    def standing(self) -> Standing | None:
        """What is on show."""
        return None if self.shown is None else self.shown.explained.standing

    def tell(self) -> None:
        """Tells the handler that the money came."""
        one = self.standing
        if one is not None:
            notice = Notice((one.entry_id,), self._context.who.person_id, self._context.now())
            done = partial(self._on_done, self.tr("The handler is told"))
            self._context.write(self, f"通知到账：{one.number}", tell, notice, done)

    def ask_for_payment(self) -> None:
        """Opens the form of an order over what is left of this money."""
        one = self.standing
        if one is not None and one.case_id is not None:
            wanted = {"new": "1", "case_id": one.case_id, "amount": str(one.left_fen)}
            self._context.open("disbursement", wanted)

    def nudge(self) -> None:
        """Reminds whoever holds the step."""
        one = self.standing
        if one is None or one.case_id is None or one.holder_id is None:
            return
        wanted = Nudge(
            case_id=one.case_id,
            to_id=one.holder_id,
            words=nudge_words(one, self._context.today()),
            person_id=self._context.who.person_id,
            at=self._context.now(),
        )
        said = self.tr("{name} is reminded").format(name=one.holder_name)
        label = f"提醒{one.holder_name}：{one.number}"
        self._context.write(self, label, nudge, wanted, partial(self._on_done, said))

    def _on_done(self, words: str, _result: object) -> None:
        self._context.notify(words, level="done")
        self.live.ask()

    def propose_delay(self) -> None:
        """Opens the form of a delay of this money."""
        one = self.standing
        if one is not None and one.case_id is not None:
            self.form = delay_form(self._context, one, self)
            self.form.show()

    def _open(self, panel: str, key: str) -> None:
        one = self.standing
        if one is not None:
            value = one.order_id if key == "order_id" else one.case_id
            if value is not None:
                self._context.open(panel, {key: value})


def _delay_words(row: DelayRow) -> str:
    until = f" 至 {row.until_on.isoformat()}（预计）" if row.until_on is not None else " 起"
    parts = [
        f"延缓（{STATE_WORDS[row.state]}）：{row.number or '全案案款'}",
        row.ground.name,
        f"{row.from_on.isoformat()}{until}",
        f"{row.proposed_by} 提出",
    ]
    if row.state in ("approved", "ended"):
        parts.append(f"{row.approved_by} {row.approved_at[:10]} 批准")
    if row.ended_on is not None and row.state == "ended":
        parts.append(f"{row.ended_on.isoformat()} 事由消失")
    if row.due_on is not None:
        parts.append(f"应于 {row.due_on.isoformat()} 前发放")
    return "，".join(parts)

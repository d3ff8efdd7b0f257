"""One line: what it says, whose it probably is and why, and what can be done. UI thread."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.panels.bank_statements import commands
from desktop.panels.bank_statements.by_hand import ByHand
from desktop.panels.bank_statements.commands import LineWish, seen
from desktop.panels.bank_statements.queries import TABLES, LineArgs, LinePage, line_page
from desktop.panels.bank_statements.rules import (
    NO_IDEA,
    STATE_STYLES,
    STATE_WORDS,
    LineState,
    chance_words,
    clock_style,
    clock_words,
    points_words,
)
from desktop.rules.money import grouped
from widgets.badge import Badge
from widgets.card import Card
from widgets.flow import FlowLayout
from widgets.parts import named_button, scrolled, words_label

_FACTS = ("booked_on", "party_name", "party_account", "text", "reference", "bank_ref", "number")


class LinePane(QWidget):
    """`open_line(id)` shows one; `dealt` when something was asked for it."""

    dealt = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("line_pane")
        self._context = context
        self._wanted = ""
        self.shown: LinePage | None = None
        self.title = words_label(self, "large")
        self.badge = Badge(parent=self)
        self.facts = words_label(self, "")
        self.facts.setObjectName("line_facts")
        self.empty = words_label(self, "muted")
        self.empty.setText(self.tr("Choose a line."))
        self.proposal = Card(self.tr("Proposal"), parent=self)
        self.target = words_label(self, "title")
        self.target.setObjectName("line_target")
        self.reasons = words_label(self, "")
        self.reasons.setObjectName("line_reasons")
        self.proposal.body.addWidget(self.target)
        self.proposal.body.addWidget(self.reasons)
        self.hand = ByHand(context, self)
        self.accept_button = named_button(self, "accept", self.tr("Accept"))
        self.refuse_button = named_button(self, "refuse", self.tr("Nobody's yet (不明款)"))
        self.case_button = named_button(self, "open_case", self.tr("Open case"))
        self.account_button = named_button(self, "account", self.tr("Account of the case"))
        self.order_button = named_button(self, "order", self.tr("Open order"))
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, TABLES, self._read)
        self._show(None)

    def _arrange(self) -> None:
        self.accept_button.setProperty("kind", "primary")
        self.accept_button.setToolTip(self.tr("Ctrl+Return"))
        self.refuse_button.setToolTip(self.tr("Ctrl+Backspace"))
        buttons = QWidget(self.proposal)
        row = FlowLayout(buttons)
        for button in (
            *(self.accept_button, self.refuse_button, self.order_button),
            *(self.case_button, self.account_button),
        ):
            row.addWidget(button)
        body = QWidget(self)
        body.setProperty("plain", True)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(10)
        inner.addWidget(self.title)
        inner.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignLeft)
        for piece in (self.empty, self.facts, self.proposal, buttons, self.hand):
            inner.addWidget(piece)
        inner.addStretch(1)
        area = scrolled(body, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 8, 4, 8)
        layout.addWidget(area)

    def _connect(self) -> None:
        for button, slot in (
            (self.accept_button, self.accept),
            (self.refuse_button, self.refuse),
            (self.case_button, partial(self._open, "case_query")),
            (self.account_button, partial(self._open, "fund_board")),
            (self.order_button, self._open_order),
        ):
            button.clicked.connect(lambda _checked=False, slot=slot: slot())
        self.hand.assigned.connect(self.assign)

    def add_keys(self, where: QWidget) -> None:
        """Accept and refuse by key while the focus is within `where`."""
        for keys, slot in (("Ctrl+Return", self.accept), ("Ctrl+Backspace", self.refuse)):
            shortcut = QShortcut(QKeySequence(keys), where)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    # Reading

    def open_line(self, line_id: str) -> None:
        """Shows one line; the empty id shows none."""
        if line_id == self._wanted and self.shown is not None:
            return
        self._wanted = line_id
        self.live.ask()

    def _read(self) -> None:
        if not self._wanted:
            self._show(None)
            self.live.finished()
            return
        args = LineArgs(self._wanted, self._context.today(), self._context.law)
        self._context.read(self, "line", line_page, args, self._on_line, self._on_error)

    def _on_line(self, found: LinePage | None) -> None:
        if found is None or found.id == self._wanted:
            self._show(found)
        self.live.finished()

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    # Showing

    def _show(self, found: LinePage | None) -> None:
        self.shown = found
        there = found is not None
        self.empty.setVisible(not there)
        for piece in (self.title, self.badge, self.facts):
            piece.setVisible(there)
        self._allow(found)
        if found is None:
            return
        way = self.tr("came in") if found.direction == "in" else self.tr("went out")
        self.title.setText(
            self.tr("{yuan} yuan {way}").format(yuan=grouped(found.amount_fen), way=way)
        )
        today = self._context.today()
        if found.state is LineState.UNKNOWN:
            self.badge.set_state(clock_style(found.clock), clock_words(found.clock, today))
        elif found.state is LineState.OPEN and (found.proposal is None or found.proposal.empty):
            self.badge.set_state("unknown", NO_IDEA)
        else:
            self.badge.set_state(STATE_STYLES[found.state], STATE_WORDS[found.state])
        self.facts.setText(self._facts(found))
        self._show_proposal(found)
        self.hand.show_line(found)

    def _facts(self, found: LinePage) -> str:
        words = {
            "booked_on": self.tr("Booked on"),
            "party_name": self.tr("Other party"),
            "party_account": self.tr("Their account"),
            "text": self.tr("Remark"),
            "reference": self.tr("Virtual account or key"),
            "bank_ref": self.tr("Bank's number"),
            "number": self.tr("Entry"),
        }
        said = [f"{words[key]}：{getattr(found, key)}" for key in _FACTS if getattr(found, key)]
        if found.case_number:
            said.append(self.tr("Case: {number}").format(number=found.case_number))
        if found.state in (LineState.UNKNOWN, LineState.CLAIMED):
            if found.left_fen != found.amount_fen:
                left = grouped(found.left_fen)
                said.append(self.tr("Not claimed yet: {yuan} yuan").format(yuan=left))
            if found.clock is not None:
                said.append(f"{found.clock.name}　{found.clock.due_on}　{found.clock.basis}")
        return "\n".join(said)

    def _show_proposal(self, found: LinePage) -> None:
        thought = found.proposal
        if thought is None:
            return
        if thought.empty:
            self.target.setText(self.tr("Nothing fits well enough"))
            more = "\n".join(f"{hit.number}　{hit.debtors}" for hit in found.others)
            asked = self.tr("It may be one of these, among others:")
            self.reasons.setText(f"{asked}\n{more}" if more else self.tr("No case fits at all."))
            self.proposal.set_note("")
            return
        self.proposal.set_note(
            self.tr("Likelihood {chance}").format(chance=chance_words(thought.chance))
        )
        self.target.setText(found.target)
        lines = [f"{points_words(one.points)}　{one.words}" for one in thought.reasons]
        if len(thought.parts) > 1:
            lines += [f"{grouped(fen)} 元" for _, fen in thought.parts]
        self.reasons.setText("\n".join(lines))

    def _allow(self, found: LinePage | None) -> None:
        thought = None if found is None else found.proposal
        me = self._context.who.person_id is not None
        firm = thought is not None and not thought.empty
        incoming = found is not None and found.direction == "in"
        self.proposal.setVisible(thought is not None)
        self.accept_button.setVisible(firm)
        self.accept_button.setEnabled(me)
        self.refuse_button.setVisible(
            found is not None and found.state is LineState.OPEN and incoming
        )
        self.refuse_button.setEnabled(me)
        self.order_button.setVisible(thought is not None and thought.order_id is not None)
        case_id = self._case_id()
        self.case_button.setVisible(bool(case_id))
        self.account_button.setVisible(bool(case_id))
        can = found is not None and found.state in (LineState.OPEN, LineState.UNKNOWN)
        self.hand.setVisible(can and incoming)
        self.hand.setEnabled(me)

    def _case_id(self) -> str:
        found = self.shown
        if found is None:
            return ""
        parts = () if found.proposal is None else found.proposal.parts
        return found.case_id or (parts[0][0] if len(parts) == 1 else "")

    def _open(self, panel: str) -> None:
        if self._case_id():
            self._context.open(panel, {"case_id": self._case_id()})

    def _open_order(self) -> None:
        if self.shown is not None and self.shown.proposal is not None:
            self._context.open("disbursement", {"order_id": self.shown.proposal.order_id or ""})

    # Acts

    def accept(self) -> None:
        """Takes the proposal on show."""
        found = self.shown
        if found is None or not self.accept_button.isVisibleTo(self) or not self._may():
            return
        assert found.proposal is not None
        wish = LineWish(found.id, self._who, expected=seen(found.proposal))
        self._context.write(
            self,
            f"认领到账：{grouped(found.amount_fen)} 元",
            commands.accept_proposal,
            wish,
            self._on_done,
        )

    def refuse(self) -> None:
        """The proposal is wrong and nobody knows better: 不明款."""
        found = self.shown
        if found is None or not self.refuse_button.isVisibleTo(self) or not self._may():
            return
        self._context.write(
            self,
            f"转入不明款：{grouped(found.amount_fen)} 元",
            commands.refuse_proposal,
            LineWish(found.id, self._who),
            self._on_done,
        )

    def assign(self, case_id: str, amount_fen: int, why: str) -> None:
        """Gives the line to a case that was chosen by hand."""
        found = self.shown
        if found is None or not self._may():
            return
        self._context.write(
            self,
            f"认领到账：{grouped(amount_fen)} 元",
            commands.assign_by_hand,
            LineWish(found.id, self._who, ((case_id, amount_fen),), why),
            self._on_done,
        )

    @property
    def _who(self) -> str | None:
        return self._context.who.person_id

    def _may(self) -> bool:
        if self._who is None:
            self._context.notify(self.tr("Nobody sits at this desk; choose a person first."))
        return self._who is not None

    def _on_done(self, waits: bool) -> None:
        said = self.tr("Asked; the shared database decides") if waits else self.tr("Booked")
        self._context.notify(said, level="done")
        self.hand.clear()
        self.live.ask()
        self.dealt.emit()

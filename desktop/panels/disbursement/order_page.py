"""One order: its facts, its chain, its history, and what the person at the desk may do. UI thread.

A button that is not his is not there. What the database refuses all the same is told on the page:
by whom and when it was done, or which rule forbids it.
"""

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.names import file_name
from desktop.contract.context import PanelContext, Selection
from desktop.funds.slips import SlipPrint, print_slip
from desktop.panels.disbursement.commands import ActArgs, act
from desktop.panels.disbursement.order_print import Beside, beside, fill
from desktop.panels.disbursement.order_queries import Deed, Link, Order, OrderArgs, order
from desktop.panels.disbursement.rules import COURSE_STYLES, COURSE_WORDS, Act
from widgets.badge import Badge
from widgets.beside import FactGrid
from widgets.dialogs import confirm
from widgets.forms import GrowingText
from widgets.parts import named_button, scrolled, words_label
from widgets.pdf_preview import PdfPreview
from widgets.table.columns import money_text
from widgets.theme import current_theme
from widgets.timeline import Step, StepList

_NARROW: Final = 900
_LABEL: Final = 76
_NEED_WORDS: Final = (Act.RETURN, Act.WITHDRAW, Act.ANSWER, Act.REVERSE)
_WORDS_MAX: Final = 2_000


class OrderPage(QWidget):
    """`left()` when the user goes back; `send_asked(Order)`, `inquire_asked(Order)`,
    `again_asked(order id)`, `opened(order id)` of the one before or after."""

    left = Signal()
    send_asked = Signal(object)
    inquire_asked = Signal(object)
    again_asked = Signal(str)
    opened = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("order_page")
        self._context = context
        self._asked = ""
        self.order: Order | None = None
        self._make_head()
        self._make_body()
        self._make_foot()
        self._arrange()

    # Parts

    def _make_head(self) -> None:
        self.back_button = named_button(self, "back", self.tr("Back to list"))
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setMinimumWidth(current_theme().px(80))
        self.state = Badge(parent=self)
        self.clock = Badge(parent=self)
        self.print_button = named_button(self, "print_order", self.tr("Print form"))
        self.print_button.setToolTip(self.tr("The form of approval with its chain, as PDF"))
        self.print_button.clicked.connect(lambda _checked=False: self.print())
        self.account_button = named_button(self, "account", self.tr("Account of the case"))
        self.account_button.clicked.connect(lambda _checked=False: self._open("fund_board"))
        self.case_button = named_button(self, "open_case", self.tr("Go to case"))
        self.case_button.clicked.connect(lambda _checked=False: self._open("case_query"))
        self.head = words_label(self, "muted")
        self.warnings = words_label(self, "error")
        self.warnings.setObjectName("warnings")
        self.refusal = words_label(self, "error")
        self.refusal.setObjectName("refusal")
        self.links = QHBoxLayout()
        self.before_button = named_button(self, "before", self.tr("The order it replaces"))
        self.after_button = named_button(self, "after", self.tr("The order made instead"))
        for button in (self.before_button, self.after_button):
            button.setProperty("kind", "quiet")
            self.links.addWidget(button)
        self.links.addStretch(1)
        self.before_button.clicked.connect(lambda _checked=False: self._go("replaces"))
        self.after_button.clicked.connect(lambda _checked=False: self._go("replaced_by"))

    def _make_body(self) -> None:
        self.facts = FactGrid(self, _LABEL)
        self.computation = words_label(self, "")
        self.computation.setObjectName("computation")
        self.computation_head = _heading(self, self.tr("Computation"))
        self.chain = StepList(self)
        self.history = StepList(self)

    def _make_foot(self) -> None:
        self.words = GrowingText(3, self)
        self.words.setObjectName("words")
        self.words.setPlaceholderText(
            self.tr("Remark; needed to send back, withdraw, reverse or enter a result")
        )
        self.words.setAccessibleName(self.tr("Remark"))
        self.words.textChanged.connect(self._on_typed)
        self.buttons: dict[tuple[Act, str], QPushButton] = {}
        for kind, outcome, name, text in (
            (Act.AGAIN, "", "act_again", self.tr("Make it again")),
            (Act.INQUIRE, "", "act_inquire", self.tr("Ask the bank")),
            (Act.ANSWER, "failed", "act_failed", self.tr("Enter: not paid")),
            (Act.ANSWER, "paid", "act_paid", self.tr("Enter: paid")),
            (Act.REVERSE, "", "act_reverse", self.tr("Reverse")),
            (Act.WITHDRAW, "", "act_withdraw", self.tr("Withdraw")),
            (Act.RETURN, "", "act_return", self.tr("Send back")),
            (Act.PASS, "", "act_pass", self.tr("Approve")),
            (Act.SEND, "", "act_send", self.tr("Send")),
        ):
            button = named_button(self, name, text)
            if kind in (Act.PASS, Act.SEND, Act.AGAIN):
                button.setProperty("kind", "primary")
            button.clicked.connect(
                lambda _checked=False, kind=kind, outcome=outcome: self._ask(kind, outcome)
            )
            button.hide()
            self.buttons[kind, outcome] = button

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back_button)
        top.addWidget(self.state)
        top.addWidget(self.clock)
        top.addWidget(self.title, 1)
        top.addWidget(self.print_button)
        top.addWidget(self.account_button)
        top.addWidget(self.case_button)
        body = QWidget(self)
        body.setProperty("plain", True)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 10, 0)
        inner.setSpacing(8)
        for part in (self.head, self.warnings, self.refusal):
            inner.addWidget(part)
        inner.addLayout(self.links)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(24)
        self._columns.addLayout(
            self._column(
                (_heading(self, self.tr("Facts")), self.facts),
                (self.computation_head, self.computation),
            ),
            3,
        )
        self._columns.addLayout(
            self._column(
                (_heading(self, self.tr("Chain")), self.chain),
                (_heading(self, self.tr("History")), self.history),
            ),
            2,
        )
        inner.addLayout(self._columns)
        inner.addStretch(1)
        scroll = scrolled(body, self)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.words, 1, Qt.AlignmentFlag.AlignBottom)
        for button in self.buttons.values():
            foot.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(scroll, 1)
        layout.addLayout(foot)

    def _column(self, *parts: tuple[QWidget, QWidget]) -> QVBoxLayout:
        made = QVBoxLayout()
        made.setSpacing(6)
        for heading, part in parts:
            made.addWidget(heading)
            made.addWidget(part)
            made.addSpacing(8)
        made.addStretch(1)
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < current_theme().px(_NARROW)
        ways = QBoxLayout.Direction
        self._columns.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)

    # Showing

    def open_order(self, order_id: str) -> None:
        """Shows one order from the start; what was typed for another one goes."""
        if order_id != self._asked:
            self._asked, self.order = order_id, None
            self.words.clear()
            self._say(self.refusal, "")
        self.refresh()

    def refresh(self) -> None:
        """Reads the order again as it stands now."""
        if not self._asked:
            return
        who, today = self._context.who.person_id, self._context.today()
        args = OrderArgs(self._asked, who, today, self._context.law)
        self._context.read(self, "order", order, args, self._on_order)

    def say(self, sentence: str) -> None:
        """Tells on the page what became of something that was asked elsewhere."""
        self._say(self.refusal, sentence)

    def _on_order(self, found: Order | None) -> None:
        if found is None:
            self._context.notify(self.tr("The order is not on this device."), level="warning")
            self.left.emit()
            return
        if self.order is None and found.case_id:
            self._context.select(Selection(found.case_id))  # a look at the case, noted as one
        self.order = found
        self.title.setText(f"{money_text(found.amount_fen)}　{found.payee}")
        self.title.setToolTip(found.payee)
        self.state.set_state(COURSE_STYLES[found.course], COURSE_WORDS[found.course])
        first = found.clock.split("\n")[0].partition("：")[0] if found.clock else ""
        self.clock.set_state(found.light, first)
        self.clock.setToolTip(found.clock)
        by = self.tr("by the direct line") if found.by_line else found.batch
        words = (found.number, found.case_number, by)
        self.head.setText(" · ".join(word for word in words if word))
        self._say(self.warnings, "\n".join(found.warnings))
        self.before_button.setVisible(found.replaces is not None)
        self.after_button.setVisible(found.replaced_by is not None)
        self.account_button.setVisible(bool(found.case_id))
        self.case_button.setVisible(bool(found.case_id))
        self.facts.show_facts(found.facts)
        self.computation.setText("\n".join(found.computation))
        self.computation.setVisible(bool(found.computation))
        self.computation_head.setVisible(bool(found.computation))
        self.chain.set_steps([_link(link) for link in found.chain])
        self.history.set_steps([_deed(deed, found.number) for deed in found.history])
        self._show_buttons()

    def _show_buttons(self) -> None:
        possible = self.order.acts if self.order is not None else ()
        for (kind, _outcome), button in self.buttons.items():
            button.setVisible(kind in possible)
        self.words.setVisible(any(kind in possible for kind in (*_NEED_WORDS, Act.PASS)))
        self._on_typed()

    def _on_typed(self) -> None:
        """What has to be explained waits for words; so does a pass that the rules would refuse."""
        typed = bool(self.words.toPlainText().strip())
        open_ = self.order is None or not self.order.warnings
        for (kind, _outcome), button in self.buttons.items():
            if kind is Act.PASS:
                button.setEnabled(open_)
            else:
                button.setEnabled(typed or kind not in _NEED_WORDS)

    def _say(self, label: QLabel, words: str) -> None:
        label.setText(words)
        label.setVisible(bool(words))

    def _open(self, panel_id: str) -> None:
        if self.order is not None and self.order.case_id:
            self._context.open(panel_id, {"case_id": self.order.case_id})

    def _go(self, where: str) -> None:
        other = getattr(self.order, where) if self.order is not None else None
        if other:
            self.opened.emit(other)

    # The form on paper

    def print(self) -> None:
        """Lays the form of approval out as PDF and shows it."""
        found = self.order
        if found is None:
            return
        self._context.read(
            self, "beside", beside, found.case_id, lambda about: self._lay_out(found, about)
        )

    def _lay_out(self, found: Order, about: Beside) -> None:
        slip = fill(found, about, self._context.now(), self._context.who.name)
        name = file_name(slip.title, found.number, found.case_number)
        args = SlipPrint(slip, self._context.documents_folder() / name)
        self._context.layout(self, print_slip, args, partial(self._on_printed, found))

    def _on_printed(self, found: Order, path: Path) -> None:
        self._context.copied("print", f"案款发放审批表 {found.number}", found.case_id)
        preview = PdfPreview(path, self.tr("Form of approval"), self)
        preview.failed.connect(lambda text: self._context.notify(text, level="error"))
        preview.show()

    # Acts

    def _ask(self, kind: Act, outcome: str) -> None:
        found = self.order
        if found is None:
            return
        if kind is Act.SEND and not found.inside:
            self.send_asked.emit(found)
        elif kind is Act.INQUIRE:
            self.inquire_asked.emit(found)
        elif kind is Act.AGAIN:
            self.again_asked.emit(found.id)
        elif kind is Act.REVERSE or outcome:
            self._confirm(kind, outcome, found)
        else:
            self.do(kind, outcome)

    def _confirm(self, kind: Act, outcome: str, found: Order) -> None:
        texts = {
            "": self.tr(
                "A second entry takes it back and both stay in sight. In a closed month nothing"
                " changes: the entry is booked today."
            ),
            "paid": self.tr("The payment is booked. Enter it only on the bank's own word."),
            "failed": self.tr(
                "The money is free again for another order. If the bank has paid after all, it"
                " goes out twice: enter it only on the bank's own word."
            ),
        }
        confirm(
            self,
            object_name=f"confirm_{outcome or kind.value}",
            title=f"{found.number}　{money_text(found.amount_fen)}",
            text=texts[outcome],
            accept_text=self.buttons[kind, outcome].text(),
            on_accept=lambda: self.do(kind, outcome),
            danger=True,
        )

    def do(self, kind: Act, outcome: str = "") -> None:
        """Asks for an act on the order as it is shown."""
        found = self.order
        if found is None:
            return
        for button in self.buttons.values():
            button.setEnabled(False)
        args = ActArgs(
            order_id=found.id,
            act=kind,
            person_id=self._context.who.person_id,
            stage=found.stage,
            content_sha256=found.content_sha256,
            words=self.words.toPlainText().strip()[:_WORDS_MAX],
            entry_id=found.entry_id,
            outcome=outcome,
        )
        label = f"支付单 {found.number}：{self.buttons[kind, outcome].text()}"
        self._context.write(self, label, act, args, self._on_done, self._on_refused)

    def _on_done(self, decided: bool) -> None:
        self.words.clear()
        self._say(self.refusal, "")
        number = self.order.number if self.order is not None else ""
        if decided:
            self._context.notify(self.tr("{number}: done").format(number=number), level="done")
        else:
            said = self.tr("{number}: asked; the shared database decides on the next exchange")
            self._context.notify(said.format(number=number))
        self.refresh()

    def _on_refused(self, sentence: str) -> None:
        """What was typed stays; the page tells how things stand now."""
        self._context.notify(sentence, level="error")
        self._say(self.refusal, sentence)
        self.refresh()


def _link(link: Link) -> Step:
    kind, state = {
        "done": ("done", ""),
        "now": ("due", ""),
        "back": ("late", "overdue"),
    }.get(link.state, ("note", ""))
    words = "　".join(part for part in (link.words, link.who, link.at) if part)
    return Step(kind, words, link.note, state)  # type: ignore[arg-type]


def _deed(deed: Deed, number: str) -> Step:
    words = "　".join(part for part in (deed.at, deed.who, deed.words) if part)
    if deed.number != number:
        words += f"　{deed.number}"
    return Step("note", words, deed.body, "overdue" if deed.bad else "")


def _heading(parent: QWidget, text: str) -> QLabel:
    made = QLabel(text, parent)
    made.setProperty("role", "group")
    return made

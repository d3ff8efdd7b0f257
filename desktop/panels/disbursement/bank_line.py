"""银企直联 from the desk: asked first, noted, posted once, and from then on only asked. UI thread.

Each step is committed before the next begins. Whatever is lost on the way (the window, the desk,
the line) leaves an order that was sent and not answered, which nothing here posts again.
"""

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from desktop.contract.context import PanelContext
from desktop.funds.asked_words import names, refused_words
from desktop.funds.channel import BankLine, BankWord
from desktop.funds.outgoing import Payment
from desktop.funds.sending import (
    HeardArgs,
    SendArgs,
    Sent,
    claim,
    heard,
    payment_of,
    send_by_line,
    to_post,
    unanswered,
)
from desktop.panels.disbursement.bank_commands import CallArgs, ask_first, post
from storage.ledger.asking import Asked
from storage.records.changes import ChangeSet

LABEL: Final = "银企直联"


class LineDesk(QObject):
    """`told(order id, sentence)` after each thing that somebody has to know."""

    told = Signal(str, str)

    def __init__(self, context: PanelContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._busy: set[str] = set()
        context.changed.connect(self._on_changed)

    @property
    def ready(self) -> bool:
        """Whether a line is set up at all."""
        return bool(self._context.setting("bank_line_address"))

    def line(self) -> BankLine:
        """The line as it is set up; whoever calls over it checks it first."""
        setting = self._context.setting
        return BankLine(
            address=setting("bank_line_address"),
            our_account=setting("fund_account"),
            ca=setting("bank_line_ca"),
            certificate=setting("bank_line_certificate"),
        )

    # Sending

    def send(self, order_id: str) -> None:
        """Sends one order: a bank that does not answer, or knows the key already, gets nothing."""
        if order_id in self._busy:
            return
        self._with_payment(order_id, lambda payment: self._look(order_id, payment))

    def _look(self, order_id: str, payment: Payment) -> None:
        def on_word(word: BankWord) -> None:
            if word.kind == "absent":
                self._ask_to_send(order_id)
                return
            self._busy.discard(order_id)
            if word.kind == "unknown":
                said = self.tr("Nothing was sent: {reason}.").format(reason=word.reason)
            else:
                said = self.tr("Nothing was sent: the bank knows this order already ({reason}).")
                said = said.format(reason=word.reason)
            self.told.emit(order_id, said)

        self._call(order_id, ask_first, payment, on_word)

    def _ask_to_send(self, order_id: str) -> None:
        args = SendArgs((order_id,), "", self._context.who.person_id)

        def on_sent(sent: Sent) -> None:
            answer = sent.asked[0][1].answer
            if answer is None:
                self._busy.discard(order_id)
                self.told.emit(
                    order_id,
                    self.tr("Asked; the instruction leaves once the shared database took it."),
                )
            elif answer.accepted:
                self._claim(order_id)
            else:
                self._busy.discard(order_id)
                self.told.emit(order_id, sent.refused[0])

        self._write(order_id, send_by_line, args, on_sent)

    def _tell_refusal(self, order_id: str, code: str, facts: Any) -> None:
        def say(known: Any) -> None:
            self.told.emit(order_id, refused_words(code, facts, known))

        self._context.read(self, "names", lambda connection, _: names(connection), None, say)

    def resume(self) -> None:
        """Posts what this desk asked for and the shared database has taken since."""

        def on_found(order_ids: list[str]) -> None:
            for order_id in order_ids:
                if order_id not in self._busy:
                    self._busy.add(order_id)
                    self._claim(order_id)

        if self.ready:
            self._context.read(self, "to_post", to_post, None, on_found)

    def _claim(self, order_id: str) -> None:
        def on_claimed(payment: Payment | None) -> None:
            if payment is None:
                self._busy.discard(order_id)
            else:
                self._post(order_id, payment)

        self._write(order_id, claim, order_id, on_claimed)

    def _post(self, order_id: str, payment: Payment) -> None:
        """A call that did not come back in time is as unknown as one that was cut."""

        def hear(word: BankWord) -> None:
            self._hear(order_id, word)

        self._call(order_id, post, payment, hear, lambda reason: hear(BankWord("unknown", reason)))

    # Asking

    def inquire(self, order_id: str) -> None:
        """Asks what became of an order; posts nothing."""
        if order_id in self._busy:
            return

        def on_payment(payment: Payment) -> None:
            self._call(order_id, ask_first, payment, lambda word: self._hear(order_id, word))

        self._with_payment(order_id, on_payment)

    def inquire_all(self) -> None:
        """Asks about everything that went by the line and has no final answer."""

        def on_found(order_ids: list[str]) -> None:
            for order_id in order_ids:
                self.inquire(order_id)
            self.told.emit("", self.tr("Asking about {count} orders").format(count=len(order_ids)))

        self._context.read(self, "unanswered", unanswered, None, on_found)

    def _hear(self, order_id: str, word: BankWord) -> None:
        args = HeardArgs(order_id, word, self._context.who.person_id)

        def on_noted(asked: Asked | None) -> None:
            self._busy.discard(order_id)
            if asked is not None and asked.answer is not None and not asked.answer.accepted:
                self._tell_refusal(order_id, asked.answer.code, asked.answer.facts)
            else:
                self.told.emit(order_id, self._words(word))

        self._write(order_id, heard, args, on_noted)

    def _words(self, word: BankWord) -> str:
        if word.kind == "absent":
            return self.tr(
                "The bank knows no such order. Nothing is sent again: make sure with the bank, then"
                " enter the result with the reason."
            )
        words = {
            "paid": self.tr("The bank has paid: {reason}."),
            "failed": self.tr("The bank has not paid: {reason}."),
            "accepted": self.tr("The bank is working on it: {reason}."),
        }
        unknown = self.tr("Result unknown: {reason}. It is not sent again; ask the bank.")
        return words.get(word.kind, unknown).format(reason=word.reason)

    # Inside

    def _with_payment(self, order_id: str, then: Callable[[Payment], None]) -> None:
        self._busy.add(order_id)
        self._context.read(
            self, f"payment-{order_id}", payment_of, order_id, then, self._failed(order_id)
        )

    def _failed(self, order_id: str) -> Callable[[str], None]:
        def tell(sentence: str) -> None:
            self._busy.discard(order_id)
            self.told.emit(order_id, sentence)

        return tell

    def _write(
        self, order_id: str, command: Any, args: Any, on_done: Callable[[Any], None]
    ) -> None:
        self._context.write(self, LABEL, command, args, on_done, self._failed(order_id))

    def _call(
        self,
        order_id: str,
        work: Any,
        payment: Payment,
        on_word: Callable[[BankWord], None],
        on_fault: Callable[[str], None] | None = None,
    ) -> None:
        args = CallArgs(self.line(), payment)
        fault = on_fault or self._failed(order_id)
        self._context.outside(self, work, args, on_word, fault)

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.origin != "me" and changes.touches("payment_act"):
            self.resume()

"""案款发放: the queue, the form of an order, its page, files to and from the bank. UI thread."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.funds.outgoing import batch_name
from desktop.funds.sending import SendArgs, Sent, send_by_file
from desktop.panels.disbursement.bank_line import LineDesk
from desktop.panels.disbursement.bank_page import BankPage
from desktop.panels.disbursement.commands import (
    ExpireArgs,
    LesserArgs,
    Made,
    ask_for_less,
    expire,
)
from desktop.panels.disbursement.order_form import OrderForm
from desktop.panels.disbursement.order_list import OrderList
from desktop.panels.disbursement.order_page import OrderPage
from desktop.panels.disbursement.order_queries import Order
from desktop.panels.disbursement.queries import IDLE_DAYS, TABLES, idle, idle_before
from desktop.panels.disbursement.rules import WITHOUT_CASE
from storage.records.changes import ChangeSet
from widgets.dialogs import confirm, message
from widgets.table.columns import money_text

PageName = Literal["list", "form", "order", "bank"]
_PAGES: Final[tuple[PageName, ...]] = ("list", "form", "order", "bank")
_SHOWN_MAX: Final = 8


class DisbursementView(QWidget):
    """`apply({"new": "1", "case_id": …})` opens the form, filled with `way` (rules.WAYS),
    `amount` (fen), `payee`, `bank`, `account_no`, `basis`, `computation`, `distribution_id` or
    `payees` (JSON); `{"order_id": …}` one order; `{"waiting":
    "1"}` and the other keys of DisbursementFilter.to_params() the list."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("disbursement_view")
        self._context = context
        self.list = OrderList(context, self)
        self.form = OrderForm(context, self)
        self.page = OrderPage(context, self)
        self.bank = BankPage(context, self)
        self.line = LineDesk(context, self)
        self._stack = QStackedWidget(self)
        for part in (self.list, self.form, self.page, self.bank):
            self._stack.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._connect()
        self.line.resume()

    def _connect(self) -> None:
        self.list.opened.connect(self.open_order)
        self.list.new_asked.connect(self.new_order)
        self.list.sending_asked.connect(self._ask_sending)
        self.list.bank_asked.connect(lambda: self._go("bank"))
        self.list.less_asked.connect(self._ask_for_less)
        self.list.inquiry_asked.connect(self.line.inquire_all)
        self.list.idle_asked.connect(self._ask_idle)
        self.list.caseless_asked.connect(lambda: self._open_form("", {"way": WITHOUT_CASE[0]}))
        for part in (self.form, self.page, self.bank):
            part.left.connect(lambda: self._go("list"))
        self.form.asked.connect(self._on_made)
        self.page.opened.connect(self.open_order)
        self.page.again_asked.connect(self._make_again)
        self.page.send_asked.connect(self._ask_sending_one)
        self.page.inquire_asked.connect(lambda found: self.line.inquire(found.id))
        self.line.told.connect(self._on_told)
        self._context.changed.connect(self._on_changed)

    # What the desk calls

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("new"):
            self._open_form(params.get("case_id", ""), params)
        elif params.get("order_id"):
            self.open_order(params["order_id"])
        else:
            self._go("list")
            if params:
                self.list.apply(params)

    def open_order(self, order_id: str) -> None:
        """Shows one order."""
        self._go("order")
        self.page.open_order(order_id)

    def new_order(self) -> None:
        """Opens the form for the case that is selected."""
        chosen = self._context.selection()
        self._open_form(chosen.case_id if chosen is not None else "", {})

    @property
    def shown_page(self) -> PageName:
        """Which of the pages is on show."""
        return _PAGES[self._stack.currentIndex()]

    def _go(self, page: PageName) -> None:
        self._stack.setCurrentIndex(_PAGES.index(page))

    # Orders

    def _open_form(self, case_id: str, given: Mapping[str, str]) -> None:
        if not case_id and given.get("way") not in WITHOUT_CASE:
            self._context.notify(self.tr("Choose a case first."), level="warning")
            return
        self._go("form")
        self.form.open_case(case_id, given)

    def _make_again(self, order_id: str) -> None:
        self._go("form")
        self.form.open_again(order_id)

    def _on_made(self, made: Made) -> None:
        if made.waiting:
            self._context.notify(
                self.tr("Intent recorded; the shared database decides on the next exchange."),
                level="done",
            )
        for words in made.changed:
            self._context.notify(words, level="warning")
        if made.order_ids:
            said = self.tr("{count} orders submitted for approval")
            self._context.notify(said.format(count=len(made.order_ids)), level="done")
        if len(made.order_ids) == 1:
            self.open_order(made.order_ids[0])
        else:
            self._go("list")

    def _ask_for_less(self, row: Mapping[str, Any]) -> None:
        """One click is enough: the answer that was given is the reason."""
        args = LesserArgs(
            row["where"], self._context.who.person_id or "", row["possible_fen"], str(row["why"])
        )

        def on_done(_sent: bool) -> None:
            self._context.notify(
                self.tr("Asked again over {amount} yuan").format(
                    amount=money_text(row["possible_fen"])
                ),
                level="done",
            )

        self._context.write(self, "按可用余额重新提出", ask_for_less, args, on_done)

    def _ask_idle(self) -> None:
        today = self._context.today()
        self._context.read(self, "idle", idle, today, self._on_idle)

    def _on_idle(self, numbers: list[str]) -> None:
        if not numbers:
            said = self.tr("No order has lain for {days} days").format(days=IDLE_DAYS)
            self._context.notify(said)
            return
        more = "…" if len(numbers) > _SHOWN_MAX else ""
        confirm(
            self,
            object_name="confirm_idle",
            title=self.tr("Take back {count} orders?").format(count=len(numbers)),
            text="、".join(numbers[:_SHOWN_MAX]) + more,
            detail=self.tr(
                "Nobody has moved them for {days} days; their money is free again."
            ).format(days=IDLE_DAYS),
            accept_text=self.tr("Take back"),
            on_accept=self._expire,
        )

    def _expire(self) -> None:
        args = ExpireArgs(self._context.who.person_id, idle_before(self._context.today()))

        def on_done(decided: bool) -> None:
            said = self.tr("Taken back") if decided else self.tr("Asked of the shared database")
            self._context.notify(said, level="done")

        self._context.write(self, "退回逾期未办的支付单", expire, args, on_done)

    # Sending

    def _ask_sending_one(self, found: Order) -> None:
        if not self.line.ready:
            rows = [{"id": found.id, "payee": found.payee, "amount": found.amount_fen}]
            self._ask_sending(rows)
            return
        confirm(
            self,
            object_name="confirm_line",
            title=self.tr("Send by the direct line?"),
            text=f"{found.number}　{found.payee}　{money_text(found.amount_fen)}",
            detail=self.tr(
                "It is sent once. Without an answer the result is unknown, and the bank"
                " is only asked."
            ),
            accept_text=self.tr("Send"),
            on_accept=lambda: self.line.send(found.id),
        )

    def _ask_sending(self, rows: Sequence[Mapping[str, Any]]) -> None:
        total = sum(int(row["amount"]) for row in rows)
        shown = [f"{row['payee']}　{money_text(int(row['amount']))}" for row in rows[:_SHOWN_MAX]]
        if len(rows) > _SHOWN_MAX:
            shown.append("…")
        ids = tuple(str(row["id"]) for row in rows)
        confirm(
            self,
            object_name="confirm_sending",
            title=self.tr("Send {count} payments, {total} yuan, by file?").format(
                count=len(rows), total=money_text(total)
            ),
            text="\n".join(shown),
            detail=self.tr("Each order goes out once, whoever sends it."),
            accept_text=self.tr("Send"),
            on_accept=lambda: self._send(ids),
        )

    def _send(self, ids: tuple[str, ...]) -> None:
        name = batch_name(self._context.today(), ids)
        args = SendArgs(ids, name, self._context.who.person_id)
        self._context.write(self, f"送出付款批次 {name}", send_by_file, args, self._on_sent)

    def _on_sent(self, sent: Sent) -> None:
        """What another clerk sent before is told by whom and when; the rest goes into the file."""
        answers = [asked.answer for _order_id, asked in sent.asked]
        if sent.refused:
            title = self.tr("{count} were not sent").format(count=len(sent.refused))
            message(self, object_name="not_sent", title=title, text="\n".join(sent.refused))
            self.page.say(sent.refused[0])
        if any(one is None for one in answers):
            self._context.notify(
                self.tr("Asked; make the bank file once the shared database has decided."),
            )
        elif len(sent.refused) < len(answers):
            self._go("bank")
            self.bank.write_batch(sent.batch)

    # What happens

    def _on_told(self, order_id: str, sentence: str) -> None:
        self._context.notify(sentence)
        if self.page.order is not None and self.page.order.id == order_id:
            self.page.say(sentence)
            self.page.refresh()

    def _on_changed(self, changes: ChangeSet) -> None:
        if self.shown_page == "order" and changes.touches(*TABLES):
            self.page.refresh()

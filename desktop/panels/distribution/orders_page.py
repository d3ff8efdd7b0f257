"""Makes the payment orders of a plan in one step: one for each creditor and cost. UI thread."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.funds.distribution_orders import (
    Made,
    MakeOrders,
    Wanted,
    basis,
    chosen_orders,
    computation,
    make_orders,
    orders_to_make,
)
from desktop.funds.distributions import Plan, PlanArgs
from desktop.panels.distribution.rules import PURPOSE_WORDS
from desktop.rules.money import grouped
from widgets.dialogs import confirm
from widgets.forms import RowColumn, RowsEditor
from widgets.parts import named_button, words_label

_ROWS_SEEN: Final = 14


class OrdersPage(QWidget):
    """`made()` follows the write; `left()` when the user goes back."""

    made = Signal()
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plan_orders")
        self._context = context
        self._plan: Plan | None = None
        self.wanted: tuple[Wanted, ...] = ()
        self.heading = QLabel(self)
        self.heading.setProperty("role", "title")
        self.until = words_label(self, "muted")
        self.until.setObjectName("orders_until")
        self.total = QLabel(self)
        self.total.setProperty("role", "large")
        self.faults = words_label(self, "error")
        self.faults.setObjectName("orders_faults")
        self.back_button = named_button(self, "back", self.tr("Back"))
        self.form_button = named_button(self, "order_form", self.tr("This one in the order form"))
        self.make_button = named_button(self, "make_orders", self.tr("Make orders"))
        self.make_button.setProperty("kind", "primary")
        self.rows = RowsEditor(
            self.tr("Orders still to be made"),
            (
                RowColumn("chosen", self.tr("Make"), "flag", 52),
                RowColumn("payee", self.tr("Payee"), "shown", 150, 1),
                RowColumn("amount", self.tr("Amount"), "shown", 120, right=True),
                RowColumn("purpose", self.tr("For"), "shown", 96),
                RowColumn("bank", self.tr("Bank"), width=130, stretch=1),
                RowColumn("account_no", self.tr("Account number"), width=160, stretch=1),
                RowColumn("confirmed_on", self.tr("Confirmed on"), "date", 112),
                RowColumn("confirmed_by", self.tr("Confirmed by"), width=96),
                RowColumn("why", self.tr("Note"), "shown", 160, 1),
            ),
            self,
            rows_seen=_ROWS_SEEN,
            grows=False,
        )
        self._arrange()
        self.rows.edited.connect(self._tell)
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        self.make_button.clicked.connect(lambda _checked=False: self._ask())
        self.form_button.clicked.connect(lambda _checked=False: self._open_form())

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.back_button)
        head.addWidget(self.heading, 1)
        head.addWidget(self.form_button)
        head.addWidget(self.make_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.until)
        layout.addWidget(self.rows)
        layout.addWidget(self.total)
        layout.addWidget(self.faults)
        layout.addStretch(1)

    def open_plan(self, plan: Plan) -> None:
        """What the plan still lacks, once it was read."""
        self._plan = plan
        self.heading.setText(self.tr("Orders of {title}").format(title=plan.title))
        if plan.may_send(self._context.today()):
            self.until.setText(self.tr("The objection period is over; orders may go out."))
        else:
            self.until.setText(
                self.tr(
                    "Orders can be approved now; none goes out before {day} has passed and every"
                    " objection is decided."
                ).format(day=plan.wait_until)
            )
        self.faults.setText("")
        args = PlanArgs(plan.id, self._context.law)
        self._context.read(self, "orders", orders_to_make, args, self._on_wanted)

    def _on_wanted(self, found: tuple[Wanted, ...]) -> None:
        self.wanted = found
        self.rows.set_values(
            [{"chosen": "1", "bank": one.bank, "account_no": one.account_no} for one in found]
        )
        self.rows.model.set_shown(
            {
                (n, key): words
                for n, one in enumerate(found)
                for key, words in (
                    ("payee", one.payee),
                    ("amount", grouped(one.amount_fen)),
                    ("purpose", PURPOSE_WORDS[one.purpose]),
                    ("why", one.why_not),
                )
            }
        )
        self._tell()

    def _chosen(self) -> tuple[Wanted, ...]:
        return chosen_orders(self.wanted, self.rows.values())

    def _tell(self) -> None:
        chosen = self._chosen()
        money = grouped(sum(one.amount_fen for one in chosen))
        self.total.setText(
            self.tr("{count} orders, {amount} yuan").format(count=len(chosen), amount=money)
        )
        self.make_button.setEnabled(bool(chosen))

    def _ask(self) -> None:
        self.rows.commit()
        chosen, plan = self._chosen(), self._plan
        if plan is None:
            return
        lines = [f"{one.payee}　{grouped(one.amount_fen)} 元" for one in chosen]
        confirm(
            self,
            object_name="confirm_orders",
            title=self.tr("Make {count} payment orders?").format(count=len(chosen)),
            text="\n".join(lines),
            detail=self.until.text(),
            accept_text=self.tr("Make orders"),
            on_accept=lambda: self._make(plan, chosen),
        )

    def _make(self, plan: Plan, chosen: tuple[Wanted, ...]) -> None:
        self.make_button.setEnabled(False)
        given = MakeOrders(
            PlanArgs(plan.id, self._context.law), chosen, self._context.who.person_id
        )
        self._context.write(
            self, "按分配方案提出发放", make_orders, given, self._on_made, self._on_refused
        )

    def _on_made(self, made: tuple[Made, ...]) -> None:
        numbers = [one.number for one in made if one.number]
        if numbers:
            said = self.tr("{count} orders made: {numbers}").format(
                count=len(made), numbers="、".join(numbers)
            )
        else:
            said = self.tr("{count} orders asked for; the shared database decides.").format(
                count=len(made)
            )
        self._context.notify(said, level="done")
        self.made.emit()

    def _on_refused(self, sentence: str) -> None:
        self.make_button.setEnabled(True)
        self.faults.setText("\n".join(f"■ {one}" for one in sentence.rstrip("。").split("；")))
        self._context.notify(sentence, level="error")

    def _open_form(self) -> None:
        """The current row in the form of `disbursement`, where an account can be called back."""
        row, plan = self.rows.current_row(), self._plan
        if row is None or plan is None:
            self._context.notify(self.tr("Choose a row first."))
            return
        one, values = self.wanted[row], self.rows.values()[row]
        self._context.open(
            "disbursement",
            {
                "new": "1",
                "case_id": plan.case_id,
                "amount": str(one.amount_fen),
                "payee": one.payee,
                "bank": values["bank"],
                "account_no": values["account_no"],
                "basis": basis(plan),
                "computation": computation(plan, one),
                "distribution_id": plan.id,
                "purpose": one.purpose,
            },
        )

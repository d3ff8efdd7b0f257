"""The orders of an operation with the time of each step. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.command.operations.chronicle import order_whom
from desktop.command.operations.records import OrderLine
from desktop.contract.short_list import Listing
from desktop.panels.operations.columns import order_columns
from desktop.rules.field_orders import STATE_WORDS, OrderState, fold
from widgets.parts import named_button

_STYLES = {
    OrderState.DRAFT: "unknown",
    OrderState.SENT: "due_soon",
    OrderState.DELIVERED: "due_soon",
    OrderState.DONE: "done",
    OrderState.REFUSED: "overdue",
    OrderState.CANCELLED: "unknown",
}
_STEPS = ("send", "deliver", "acknowledge", "arrive", "finish")
_BY_STEP = dict(
    zip(
        _STEPS,
        (
            *(OrderState.SENT, OrderState.DELIVERED, OrderState.ACKNOWLEDGED),
            *(OrderState.ON_SCENE, OrderState.DONE),
        ),
        strict=True,
    )
)


class OrdersTab(QWidget):
    """`opened(order id)`, `new_asked()`."""

    opened = Signal(str)
    new_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.listing: Listing[OrderLine] = Listing(order_columns(), self)
        self.listing.table.set_empty_text(
            self.tr("No order yet"), self.tr("Orders given for this operation stand here.")
        )
        self.new_button = named_button(self, "new_order", self.tr("Give an order…"))
        head = QHBoxLayout()
        head.addStretch(1)
        head.addWidget(self.new_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        box.addLayout(head)
        box.addWidget(self.listing.table, 1)
        self.new_button.clicked.connect(lambda _checked=False: self.new_asked.emit())
        self.listing.table.row_activated.connect(lambda _id: self._open())

    def _open(self) -> None:
        one = self.listing.current()
        if one is not None:
            self.opened.emit(one.id)

    def show_orders(self, orders: Sequence[OrderLine]) -> None:
        """Lists them in the order they were made."""
        self.listing.show([(one.id, one, _row(one)) for one in orders])


def _row(order: OrderLine) -> dict[str, object]:
    standing = fold(order.acts)
    row: dict[str, object] = {
        "state": (_STYLES.get(standing.state, "normal"), STATE_WORDS[standing.state]),
        "title": order.title,
        "whom": order_whom(order),
    }
    for step, state in _BY_STEP.items():
        done = standing.steps.get(state)
        row[step] = None if done is None else f"{done.at:%H:%M:%S}"
    return row

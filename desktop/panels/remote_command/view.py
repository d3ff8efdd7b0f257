"""指令: the list, the form of a new order, the page of one. UI thread."""

from collections.abc import Mapping
from typing import Literal

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.remote_command.order_form import FieldOrderForm
from desktop.panels.remote_command.order_list import FieldOrderList
from desktop.panels.remote_command.order_page import FieldOrderPage

Page = Literal["list", "form", "order"]
_PAGES: tuple[Page, ...] = ("list", "form", "order")


class RemoteCommandView(QWidget):
    """`apply({"new": "1", "team_id", "person_id", "case_id", "operation_id", "unit_id", "template",
    "title", "place", "lat_e7", "lon_e7"})` begins an order; `apply({"order_id": …})` shows one;
    anything else is a filter of the list (OrderFilter)."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("remote_command_view")
        self._context = context
        self.list = FieldOrderList(context, self)
        self.form = FieldOrderForm(context, self)
        self.page = FieldOrderPage(context, self)
        self._stack = QStackedWidget(self)
        for part in (self.list, self.form, self.page):
            self._stack.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.list.opened.connect(self.open_order)
        self.list.edit_asked.connect(self.edit)
        self.list.new_asked.connect(lambda: self.begin({}))
        self.page.left.connect(lambda: self._go("list"))
        self.page.edit_asked.connect(self.edit)
        self.page.again_asked.connect(lambda order_id: self.begin({"copy_of": order_id}))
        self.form.left.connect(lambda: self._go("list"))
        self.form.issued.connect(self._on_issued)
        self.form.stored.connect(self._on_stored)

    @property
    def shown_page(self) -> Page:
        """Which of the three is on show."""
        return _PAGES[self._stack.currentIndex()]

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("new"):
            self.begin(params)
        elif params.get("order_id"):
            self.open_order(params["order_id"])
        else:
            self.list.apply(params)
            self._go("list")

    def begin(self, params: Mapping[str, str]) -> None:
        """Shows the form of a new order."""
        self.form.open_new({key: value for key, value in params.items() if key != "order_id"})
        self._go("form")

    def edit(self, order_id: str) -> None:
        """Shows a draft in the form."""
        self.form.open_new({"order_id": order_id})
        self._go("form")

    def open_order(self, order_id: str) -> None:
        """Shows one order."""
        self.page.open_order(order_id)
        self._go("order")

    def _on_issued(self, order_id: str) -> None:
        self._context.notify(self.tr("Order given"), level="done")
        self.open_order(order_id)

    def _on_stored(self, _order_id: str) -> None:
        self._context.notify(self.tr("Draft stored"), level="done")
        self._go("list")

    def _go(self, page: Page) -> None:
        self._stack.setCurrentIndex(_PAGES.index(page))
        if page != "order":
            self.page.close_order()

"""周通报: the list of circulars, a new one, one on its way, and the verification of a file.

UI thread.
"""

from collections.abc import Mapping
from typing import Literal

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.weekly.circular_list import CircularList
from desktop.panels.weekly.circular_page import CircularPage
from desktop.panels.weekly.new_page import NewPage
from desktop.panels.weekly.rules import Step
from desktop.panels.weekly.step_page import button, scrolled
from desktop.paper.verifying import VerifyView

Page = Literal["list", "new", "circular", "verify"]
_PAGES: tuple[Page, ...] = ("list", "new", "circular", "verify")


class WeeklyView(QWidget):
    """`apply({"document_id": …, "step": …})` opens one circular, `apply({"new": "1"})` a new."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("weekly_view")
        self.list = CircularList(context, self)
        self.new = NewPage(context, self)
        self.page = CircularPage(context, self)
        self.verify = VerifyView(context, self)
        self._stack = QStackedWidget(self)
        for one in (
            *(self.list, scrolled(self.new, 400), self.page),
            scrolled(self._verifying(), 320),
        ):
            self._stack.addWidget(one)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.list.open_asked.connect(self.open_circular)
        self.list.new_asked.connect(self.begin)
        self.list.verify_asked.connect(lambda: self._go("verify"))
        self.new.made.connect(lambda made: self.open_circular(made, Step.FIGURES))
        self.new.left.connect(lambda: self._go("list"))
        self.page.left.connect(lambda: self._go("list"))

    def _verifying(self) -> QWidget:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        back = button(page, "verify_back", self.tr("Back to the list"), lambda: self._go("list"))
        back.setMaximumWidth(back.sizeHint().width())
        layout.addWidget(back)
        layout.addWidget(self.verify, 1)
        return page

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if params.get("document_id"):
            step = params.get("step", "")
            known = step in [one.value for one in Step]
            self.open_circular(params["document_id"], Step(step) if known else None)
        elif params.get("new"):
            self.begin()

    def begin(self) -> None:
        """Proposes the last whole week."""
        self.new.propose()
        self._go("new")

    def open_circular(self, document_id: str, step: Step | None = None) -> None:
        """Shows one circular."""
        self.page.open(document_id, step)
        self._go("circular")

    @property
    def shown_page(self) -> Page:
        """Which page is on show."""
        return _PAGES[self._stack.currentIndex()]

    def _go(self, page: Page) -> None:
        self._stack.setCurrentIndex(_PAGES.index(page))

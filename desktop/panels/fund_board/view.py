"""案款总览: the board, the list behind a figure, the page of an account. UI thread."""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.funds.account import AccountArgs
from desktop.panels.fund_board.account_page import AccountPage
from desktop.panels.fund_board.lists import ListPage
from desktop.panels.fund_board.overview import Overview
from desktop.panels.fund_board.queries import ListFilter

PageName = Literal["board", "list", "account"]
_PAGES: Final[tuple[PageName, ...]] = ("board", "list", "account")


class FundBoardView(QWidget):
    """`apply({"case_id": …, "on": "YYYY-MM-DD"})` shows the account of a case at the end of that
    day (without `on`: now), `{"fund_id"}` any account, `{"entry_id"}` the account of an entry with
    it chosen; without any of these the board."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fund_board_view")
        self.board = Overview(context, self)
        self.list = ListPage(context, self)
        self.account = AccountPage(context, self)
        self._stack = QStackedWidget(self)
        for page in (self.board, self.list, self.account):
            self._stack.addWidget(page)
        self._before: PageName = "board"
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.board.listed.connect(self.show_list)
        self.board.account_asked.connect(self.apply)
        self.list.left.connect(lambda: self._go("board"))
        self.list.opened.connect(self.apply)
        self.account.left.connect(lambda: self._go(self._before))

    # What the desk calls

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        if not any(params.get(key) for key in ("case_id", "fund_id", "entry_id")):
            self._go("board")
            return
        on = params.get("on")
        if self.shown_page != "account":
            self._before = self.shown_page
        self._go("account")
        self.account.open_account(
            AccountArgs(
                fund_id=params.get("fund_id") or None,
                case_id=params.get("case_id") or None,
                entry_id=params.get("entry_id") or None,
                on=date.fromisoformat(on) if on else None,
            )
        )

    def show_list(self, filter_: ListFilter, name: str) -> None:
        """Shows the list behind a figure."""
        self._go("list")
        self.list.show_filter(filter_, name)

    @property
    def shown_page(self) -> PageName:
        """Which of the pages is on show."""
        return _PAGES[self._stack.currentIndex()]

    def _go(self, name: PageName) -> None:
        self._stack.setCurrentIndex(_PAGES.index(name))

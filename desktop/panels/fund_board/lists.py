"""Lists behind a figure: entries, accounts, or money in that is still there. UI thread."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.contract.sheets import Exported
from desktop.funds.account import AccountFilter
from desktop.funds.ages import AgeFilter
from desktop.funds.entries import EntryFilter
from desktop.panels.fund_board import queries
from desktop.panels.fund_board.columns import (
    entry_columns,
    fund_columns,
    lot_columns,
    sheet_of,
)
from desktop.panels.fund_board.queries import TABLES, ExportArgs, ListFilter
from desktop.panels.fund_board.rules import sheet_name
from desktop.rules.money import grouped
from widgets.parts import named_button, words_label
from widgets.table import Column

_FIRST: Final[tuple[ListFilter, ...]] = (
    EntryFilter(figure="received", upto=0),
    AccountFilter(upto=0),
    AgeFilter(),
)
_SPARED: Final = {
    "figure_entries": ("from_kind", "to_kind", "maker", "link"),
    "figure_accounts": ("code", "account"),
    "figure_lots": ("amount_fen",),
}


class FundList(ListPanel[ListFilter]):
    """One of the three lists. `opened(row)` follows a double click."""

    opened = Signal(object)

    def __init__(
        self,
        context: PanelContext,
        parent: QWidget,
        name: str,
        columns: Sequence[Column],
        filter_: ListFilter,
        spared: Sequence[str],
    ) -> None:
        """`spared`: columns that step aside where there is little room, the last first."""
        super().__init__(
            context,
            parent,
            columns=[
                replace(one, spare=spared.index(one.key) + 1) if one.key in spared else one
                for one in columns
            ],
            queries=ListQueries(
                queries.ids,
                lambda connection, some, day: queries.values(connection, some, self.filter, day),
                TABLES,
            ),
            filter_=filter_,
        )
        self.setObjectName(name)
        self._columns = list(columns)
        self.table.row_activated.connect(lambda _id: self.open_current())

    def count_text(self, count: int) -> str:
        return self.tr("{count} rows").format(count=f"{count:,}")

    def open_current(self) -> None:
        """Opens the account of the current row."""
        row = self.current_row()
        if row is not None:
            self.opened.emit(row)

    def open_case(self) -> None:
        """A double click opens the account; the case has its own entry in the menu."""

    def fill_menu(self, menu: QMenu) -> None:
        row = self.current_row()
        menu.addAction(self.tr("Open account"), self.open_current)
        if row is not None and row.get("case_id"):
            menu.addAction(self.tr("Open case"), super().open_case)
            menu.addAction(self.tr("Supervise…"), self.supervise)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    def export(self, title: str, case_id: str | None = None) -> None:
        """Writes the whole list, in the order shown, into the documents folder; `case_id` where it
        is one case's."""
        stamp = f"{self.context.now():%Y%m%d-%H%M%S}"
        safe = sheet_name(title)
        args = ExportArgs(
            filter=self.filter,
            today=self.context.today(),
            sort=self.model.sort_key,
            descending=self.model.descending,
            columns=sheet_of(self._columns),
            title=safe,
            path=self.context.documents_folder() / f"{safe}_{stamp}.xlsx",
        )
        failed = partial(self.context.notify, level="error")
        done = partial(self._on_exported, title, case_id)
        self.context.read(self, "export", queries.export, args, done, failed)

    def _on_exported(self, title: str, case_id: str | None, made: Exported) -> None:
        self.context.copied("export", f"{title}（{made.rows:,} 行）", case_id)
        text = self.tr("Exported {rows} rows: {path}")
        self.context.notify(text.format(rows=f"{made.rows:,}", path=made.path), level="done")


class ListPage(QWidget):
    """A list under its name and its sum. `left()`, `opened(params of an account)`."""

    left = Signal()
    opened = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fund_lists")
        self._context = context
        self._name = ""
        self.back = named_button(self, "list_back", self.tr("Back"))
        self.title = words_label(self, "title")
        self.title.setWordWrap(False)
        self.sum = QLabel(self)
        self.sum.setObjectName("list_sum")
        self.sheet = named_button(self, "list_sheet", self.tr("XLSX"))
        columns = (entry_columns(), fund_columns(), lot_columns())
        self.lists = tuple(
            FundList(context, self, name, some, filter_, _SPARED[name])
            for name, some, filter_ in zip(_SPARED, columns, _FIRST, strict=True)
        )
        self._stack = QStackedWidget(self)
        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 12, 0)
        top.setSpacing(8)
        for part in (self.back, self.title, self.sum):
            top.addWidget(part)
        top.addStretch(1)
        top.addWidget(self.sheet)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)
        for one in self.lists:
            self._stack.addWidget(one)
            one.count_label.hide()  # it stands beside the sum
            one.opened.connect(self._on_row)
            one.model.snapshot_applied.connect(lambda _count: self._read_sum())
            one.table.set_empty_text(
                self.tr("Nothing makes up this figure"), self.tr("It is nothing at that moment.")
            )
        self.back.clicked.connect(lambda _checked=False: self.left.emit())
        self.sheet.clicked.connect(lambda _checked=False: self.current.export(self._name))

    @property
    def current(self) -> FundList:
        """The list on show."""
        found = self._stack.currentWidget()
        assert isinstance(found, FundList)
        return found

    def show_filter(self, filter_: ListFilter, name: str) -> None:
        """Shows exactly that list under that name."""
        kinds = (EntryFilter, AccountFilter, AgeFilter)
        place = next(n for n, kind in enumerate(kinds) if isinstance(filter_, kind))
        self._name = name
        self.title.setText(name)
        self.sum.setText("")
        self._stack.setCurrentIndex(place)
        self.current.set_filter(filter_)

    def _read_sum(self) -> None:
        args = (self.current.filter, self._context.today())
        self._context.read(self, "sum", queries.total, args, self._on_sum)

    def _on_sum(self, found: tuple[int, int]) -> None:
        fen, count = found
        said = self.tr("{sum} yuan in {count} rows")
        self.sum.setText(said.format(sum=grouped(fen), count=f"{count:,}"))

    def _on_row(self, row: Mapping[str, object]) -> None:
        filter_ = self.current.filter
        if isinstance(filter_, AccountFilter):
            self.opened.emit({"fund_id": str(row["id"])})
        else:
            self.opened.emit({"entry_id": str(row["id"])})

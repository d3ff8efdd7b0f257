"""Columns of the lists, on the screen and in the sheet. UI thread; words are translated when asked
for."""

from PySide6.QtCore import QCoreApplication

from desktop.contract.sheets import SheetColumn
from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("FundBoard", text)


def account_columns() -> list[Column]:
    """Entries of one account with what each left on it."""
    return [
        Column("number", _tr("Number"), width=118, kind="mono"),
        Column("booked_on", _tr("Day"), width=86, kind="date"),
        Column("kind", _tr("Entry"), width=98, kind="state", sortable=False),
        Column("payee", _tr("Payer or payee"), width=110, stretch=3, sortable=False),
        Column("other", _tr("Other side"), width=84, stretch=1, sortable=False, tooltip="other"),
        Column("in_fen", _tr("In (yuan)"), width=104, kind="money"),
        Column("out_fen", _tr("Out (yuan)"), width=104, kind="money"),
        Column("granted_fen", _tr("Granted"), width=100, kind="money", sortable=False),
        Column("balance_fen", _tr("Balance (yuan)"), width=112, kind="money", sortable=False),
        Column("held_fen", _tr("To be paid"), width=100, kind="money", sortable=False),
        Column("maker", _tr("Maker"), width=62, sortable=False),
        Column("link", _tr("Linked to"), width=140, stretch=2, sortable=False, tooltip="link"),
    ]


def entry_columns() -> list[Column]:
    """Entries behind a figure."""
    return [
        Column("number", _tr("Number"), width=122, kind="mono"),
        Column("booked_on", _tr("Day"), width=90, kind="date"),
        Column("kind", _tr("Entry"), width=84, kind="state", sortable=False),
        Column("case_number", _tr("Case number"), width=172, kind="mono", sortable=False),
        Column("from_kind", _tr("From"), width=90, sortable=False, tooltip="from"),
        Column("to_kind", _tr("To"), width=90, sortable=False, tooltip="to"),
        Column("payee", _tr("Payer or payee"), width=120, stretch=2, sortable=False),
        Column("fen", _tr("Counts (yuan)"), width=124, kind="money"),
        Column("maker", _tr("Maker"), width=70, sortable=False),
        Column("link", _tr("Linked to"), width=130, stretch=1, sortable=False, tooltip="link"),
    ]


def fund_columns() -> list[Column]:
    """Accounts behind a figure."""
    return [
        Column("case_number", _tr("Case number"), width=180, kind="mono", stretch=1),
        Column("account", _tr("Account"), width=80, sortable=False),
        Column("code", _tr("Account number"), width=150, kind="mono", sortable=False, stretch=1),
        Column("balance_fen", _tr("Balance (yuan)"), width=130, kind="money"),
        Column("held_fen", _tr("To be paid"), width=120, kind="money"),
        Column("available_fen", _tr("Available (yuan)"), width=130, kind="money", sortable=False),
        Column("moved_on", _tr("Last moved"), width=96, kind="date"),
    ]


def lot_columns() -> list[Column]:
    """Money in that is still there."""
    return [
        Column("case_number", _tr("Case number"), width=180, kind="mono", sortable=False),
        Column("number", _tr("Number"), width=124, kind="mono", sortable=False),
        Column("payer", _tr("Payer"), width=140, stretch=1, sortable=False),
        Column("arrived_on", _tr("Arrived"), width=92, kind="date"),
        Column("days", _tr("Days"), width=60, kind="number", sortable=False),
        Column("amount_fen", _tr("Came (yuan)"), width=124, kind="money", sortable=False),
        Column("left_fen", _tr("Still there (yuan)"), width=124, kind="money"),
    ]


def sheet_of(columns: list[Column]) -> tuple[SheetColumn, ...]:
    """The same columns for a spreadsheet: money in yuan as a number."""
    kinds = {"money": "money", "date": "date", "number": "number"}
    return tuple(
        SheetColumn(one.key, one.title, kinds.get(one.kind, "text"), max(10, one.width // 7))  # type: ignore[arg-type]
        for one in columns
    )

"""Columns of the panel's lists. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("FundClose", text)


def difference_columns() -> list[Column]:
    """Differences; in a window of 1280 pixels what, how much and since when are in sight."""
    return [
        Column("state", _tr("State"), width=84, kind="state"),
        Column("words", _tr("Difference"), width=158, stretch=2, tooltip="words"),
        Column("fen", _tr("Bank has more"), width=112, kind="money"),
        Column("day", _tr("Since"), width=92, kind="date", spare=2),
        Column("age", _tr("Days"), width=52, kind="number", spare=1),
        Column("number", _tr("Number"), width=126, kind="mono", tooltip="number", spare=3),
        Column("case_number", _tr("Case number"), width=150, kind="mono"),
        Column("party", _tr("Party"), width=110, stretch=1, tooltip="party", spare=4),
        Column("note", _tr("Explained by"), width=110, stretch=2, tooltip="note", spare=5),
    ]


def trial_columns() -> list[Column]:
    """The trial balance."""
    return [
        Column("account", _tr("Account"), width=96, stretch=1, sortable=False),
        Column("debit", _tr("Debits"), width=106, kind="money", sortable=False),
        Column("credit", _tr("Credits"), width=106, kind="money", sortable=False),
        Column("balance", _tr("Balance"), width=106, kind="money", sortable=False),
    ]


def period_columns() -> list[Column]:
    """Months that were reported."""
    return [
        Column("month", _tr("Month"), width=72, kind="mono"),
        Column("state", _tr("State"), width=88, kind="state"),
        Column("reported", _tr("Reported"), width=150, stretch=1, tooltip="reported"),
        Column("signed", _tr("Signed"), width=150, stretch=1, tooltip="signed"),
        Column("sheet", _tr("Check value"), width=80, kind="mono", tooltip="sheet"),
    ]

"""Columns of the lists of the panel. UI thread; words are translated when asked for."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop.contract.sheets import SheetColumn
from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("DisbursementView", text)


def columns() -> Sequence[Column]:
    """In the order of reading: how urgent, whose money, how much, to whom, where it stands."""
    return (
        Column(
            "clock", _tr("Clock"), width=88, kind="state", tooltip="clock_words", sortable=False
        ),
        Column("case_number", _tr("Case number"), width=168, kind="mono", tooltip="clock_words"),
        Column("amount", _tr("Amount (yuan)"), width=108, kind="money", tooltip="clock_words"),
        Column("payee", _tr("Payee"), width=104, stretch=2, tooltip="payee"),
        Column("state", _tr("State"), width=108, kind="state", tooltip="why"),
        Column(
            "step", _tr("Waits for"), width=170, stretch=3, tooltip="clock_words", sortable=False
        ),
        Column("note", _tr("Note"), width=110, stretch=2, tooltip="note", sortable=False, spare=1),
        Column("way", _tr("Purpose"), width=60, tooltip="way", spare=2),
        Column("number", _tr("Number"), width=114, kind="mono", spare=3),
        Column("day", _tr("Asked on"), width=86, kind="date", tooltip="at", spare=4),
        Column("maker", _tr("Asked by"), width=64, spare=5),
    )


def sheet_columns() -> list[SheetColumn]:
    """What is exported; amounts are decimals of yuan."""
    wide = {"case_number": 26, "payee": 24, "step": 30, "way": 24, "number": 18, "note": 40}
    return [SheetColumn(one.key, one.title, "text", wide.get(one.key, 16)) for one in columns()]


def answer_columns() -> Sequence[Column]:
    """Lines of a status file as they were weighed."""
    return (
        Column("row", _tr("Row"), width=52, kind="number", sortable=False),
        Column("verdict", _tr("What it does"), width=110, kind="state", sortable=False),
        Column("number", _tr("Number"), width=130, kind="mono", sortable=False),
        Column("word", _tr("Bank's word"), width=90, sortable=False),
        Column("amount", _tr("Amount (yuan)"), width=120, kind="money", sortable=False),
        Column("words", _tr("Why"), width=220, stretch=1, tooltip="words", sortable=False),
        Column("key", _tr("Key in the file"), width=180, stretch=1, tooltip="key", sortable=False),
    )


def batch_columns() -> Sequence[Column]:
    """Batches that went out by file."""
    return (
        Column("name", _tr("Batch"), width=180, stretch=1, kind="mono", sortable=False),
        Column("at", _tr("Sent on"), width=130, sortable=False),
        Column("count", _tr("Payments"), width=80, kind="number", sortable=False),
        Column("total", _tr("Sum (yuan)"), width=130, kind="money", sortable=False),
        Column("state", _tr("State"), width=150, kind="state", sortable=False),
    )

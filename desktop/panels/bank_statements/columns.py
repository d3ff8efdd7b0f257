"""Columns of the lines, of a preview and of virtual accounts. UI thread."""

import re

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def serial_of(text: str) -> str:
    """执12号 of a case number, for a narrow column."""
    found = re.search(r"[一-龥]+\d+号.*", text)
    return found[0] if found else text


def columns() -> list[Column]:
    """In the order of reading: when, how much (minus: out), where it stands, whose it is."""
    tr = QCoreApplication.translate
    return [
        Column("booked_on", tr("BankLines", "Booked on"), width=92, kind="date"),
        Column("amount", tr("BankLines", "Amount (yuan)"), width=116, kind="money"),
        Column("state", tr("BankLines", "State"), width=128, kind="state"),
        Column("party_name", tr("BankLines", "Other party"), width=84, stretch=2),
        Column(
            "whose",
            tr("BankLines", "Case or proposal"),
            width=84,
            stretch=3,
            tooltip="whose",
            sortable=False,
            shorten=serial_of,
        ),
        Column(
            "text", tr("BankLines", "Remark"), width=60, stretch=3, tooltip="text", sortable=False
        ),
    ]


def preview_columns() -> list[Column]:
    """A file that is not imported yet."""
    tr = QCoreApplication.translate
    return [
        Column("row", tr("BankLines", "Row"), width=56, kind="number"),
        Column("booked_on", tr("BankLines", "Booked on"), width=92, kind="date"),
        Column("received", tr("BankLines", "Came in (yuan)"), width=120, kind="money"),
        Column("paid", tr("BankLines", "Went out (yuan)"), width=120, kind="money"),
        Column("party_name", tr("BankLines", "Other party"), width=140, stretch=2),
        Column("text", tr("BankLines", "Remark"), width=160, stretch=3, tooltip="text"),
        Column("reference", tr("BankLines", "Virtual account or key"), width=170, kind="mono"),
        Column("state", tr("BankLines", "Known"), width=96, kind="state"),
    ]


def fault_columns() -> list[Column]:
    """What is wrong with a file."""
    tr = QCoreApplication.translate
    return [
        Column("row", tr("BankLines", "Row"), width=64, kind="number"),
        Column("field", tr("BankLines", "Field"), width=120),
        Column("reason", tr("BankLines", "What is wrong"), width=400, stretch=1, tooltip="reason"),
    ]


def code_columns() -> list[Column]:
    """Virtual accounts."""
    tr = QCoreApplication.translate
    return [
        Column("case_number", tr("BankLines", "Case number"), width=190, kind="mono"),
        Column("code", tr("BankLines", "Virtual account"), width=220, kind="mono", stretch=1),
        Column("balance", tr("BankLines", "Balance (yuan)"), width=130, align="right"),
    ]

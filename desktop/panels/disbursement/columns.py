"""Columns of the disbursement list. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> Sequence[Column]:
    """In the order of reading: whose money, how much, to whom, where it stands."""
    tr = QCoreApplication.translate
    return (
        Column("case_number", tr("DisbursementView", "Case number"), width=176, kind="mono"),
        Column("amount", tr("DisbursementView", "Amount (yuan)"), width=120, kind="money"),
        Column("payee", tr("DisbursementView", "Payee"), width=150, stretch=2, sortable=False),
        Column("state", tr("DisbursementView", "State"), width=124, kind="state"),
        Column("number", tr("DisbursementView", "Number"), width=130, kind="mono", sortable=False),
        Column("at", tr("DisbursementView", "Granted or paid"), width=128, sortable=False),
        Column("maker", tr("DisbursementView", "Asked by"), width=90, sortable=False),
        Column("note", tr("DisbursementView", "Note"), width=140, stretch=1, sortable=False),
    )

"""Columns of the cases on a trip. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> Sequence[Column]:
    """A case a row, few enough for large letters."""
    tr = QCoreApplication.translate
    return (
        Column("number", tr("FieldHomeView", "Case number"), width=190, kind="mono"),
        Column("debtor", tr("FieldHomeView", "Debtor"), width=110, stretch=2, tooltip="debtor"),
        Column(
            "cause", tr("FieldHomeView", "Cause"), width=110, stretch=1, tooltip="cause", spare=1
        ),
        Column("due_on", tr("FieldHomeView", "Next due"), width=108, kind="date"),
        Column("detention", tr("FieldHomeView", "Detention"), width=104, kind="state"),
    )

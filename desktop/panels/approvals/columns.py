"""Columns of the inbox. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> list[Column]:
    """The columns in their first order; all of them fit into a window of 1280 pixels."""
    tr = QCoreApplication.translate
    return [
        Column("urgency", tr("Approvals", "Urgency"), width=128, kind="state"),
        Column("what", tr("Approvals", "Kind"), width=112, tooltip="what"),
        Column("title", tr("Approvals", "Subject"), width=160, stretch=1, tooltip="title"),
        Column("case_number", tr("Approvals", "Case number"), width=172, kind="mono"),
        Column("stage", tr("Approvals", "Stage"), width=92),
        Column("sender", tr("Approvals", "From"), width=72),
        Column("since", tr("Approvals", "Waiting since"), width=118, kind="date"),
        Column("limit", tr("Approvals", "Limit"), width=128, tooltip="limit"),
        Column("for_whom", tr("Approvals", "Standing in for"), width=96, tooltip="for_whom"),
    ]

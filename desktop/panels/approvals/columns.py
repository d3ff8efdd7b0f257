"""Columns of the inbox. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> list[Column]:
    """The columns in their first order; all of them fit into a window of 1280 pixels."""
    tr = QCoreApplication.translate
    return [
        Column("urgency", tr("Approvals", "Urgency"), width=116, kind="state"),
        Column("what", tr("Approvals", "Kind"), width=86, tooltip="what"),
        Column("title", tr("Approvals", "Subject"), width=104, stretch=4, tooltip="title"),
        Column("case_number", tr("Approvals", "Case number"), width=150, kind="mono"),
        Column("stage", tr("Approvals", "Stage"), width=66, tooltip="stage"),
        Column("sender", tr("Approvals", "From"), width=58),
        Column("since", tr("Approvals", "Waiting since"), width=92, tooltip="whole_since"),
        Column("limit", tr("Approvals", "Limit"), width=104, stretch=2, tooltip="limit"),
    ]

"""Columns of the letter list. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> list[Column]:
    """The columns in their first order; all of them fit into a window of 1280 pixels."""
    tr = QCoreApplication.translate
    return [
        Column("number", tr("Supervision", "Letter number"), width=140, kind="mono"),
        Column("level", tr("Supervision", "Level"), width=66, kind="state"),
        Column("case_number", tr("Supervision", "Case number"), width=172, kind="mono"),
        Column("node", tr("Supervision", "Node"), width=88, stretch=1, tooltip="node"),
        Column("addressee", tr("Supervision", "Addressee"), width=64),
        Column("reply_by", tr("Supervision", "Reply by"), width=90, kind="date"),
        Column("state", tr("Supervision", "State"), width=100, kind="state"),
        Column("rungs", tr("Supervision", "Rungs"), width=48, align="right", sortable=False),
    ]

"""Columns of the letter list. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("Supervision", text)


def columns() -> list[Column]:
    """The columns in their first order."""
    return [
        Column("number", _tr("Letter number"), width=140, stretch=2),
        Column("level", _tr("Level"), width=74, kind="state", align="left"),
        Column("case_number", _tr("Case number"), width=176, stretch=3, kind="mono"),
        Column("node", _tr("Node"), width=96, stretch=2),
        Column("addressee", _tr("Addressee"), width=66, stretch=1),
        Column("reply_by", _tr("Reply by"), width=92, stretch=1, kind="date"),
        Column("state", _tr("State"), width=96, stretch=1, kind="state", align="left"),
        Column("late", _tr("Late (days)"), width=72, kind="number", align="right", sortable=False),
        Column("rungs", _tr("Rungs"), width=52, align="right", sortable=False),
    ]

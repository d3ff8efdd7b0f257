"""Columns of the who-read log. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_court
from widgets.table import Column


def columns() -> Sequence[Column]:
    """When, who, what was done with which record, why."""
    tr = QCoreApplication.translate
    return (
        Column("at", tr("ReadLogView", "Time"), width=150, kind="mono"),
        Column("who", tr("ReadLogView", "Who"), width=96),
        Column("act", tr("ReadLogView", "Act"), width=80, kind="state"),
        Column("object", tr("ReadLogView", "Record"), width=180, stretch=1),
        Column("case_number", tr("ReadLogView", "Case number"), width=190, kind="mono"),
        Column("sealed", tr("ReadLogView", "Sealed"), width=56, sortable=False, spare=2),
        Column("purpose", tr("ReadLogView", "Purpose"), width=160, stretch=2, sortable=False),
        Column("court", tr("ReadLogView", "Court"), width=80, shorten=short_court, spare=3),
    )

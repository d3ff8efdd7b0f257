"""Columns of the list of overdue nodes that no circular has named. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_place
from widgets.table import Column


def columns() -> Sequence[Column]:
    """A node a row: where it is, since when, and who has it."""
    tr = QCoreApplication.translate
    return (
        Column("case_number", tr("FreshOverdueView", "Case number"), width=176, kind="mono"),
        Column(
            "what",
            tr("FreshOverdueView", "Node"),
            width=170,
            stretch=1,
            tooltip="what",
            sortable=False,
        ),
        Column("due_on", tr("FreshOverdueView", "Due on"), width=92, kind="date"),
        Column("days", tr("FreshOverdueView", "Days late"), width=74, kind="number"),
        Column("court", tr("FreshOverdueView", "Court"), width=64),
        Column(
            "team",
            tr("FreshOverdueView", "Team"),
            width=64,
            tooltip="team",
            shorten=short_place,
        ),
        Column("handler", tr("FreshOverdueView", "Handler"), width=64),
    )

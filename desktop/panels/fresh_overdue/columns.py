"""Columns of the list of newly overdue nodes. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> Sequence[Column]:
    """A node a row: where it is, since when, and who has it."""
    tr = QCoreApplication.translate
    return (
        Column("case_number", tr("FreshOverdueView", "Case number"), width=176, kind="mono"),
        Column(
            "what",
            tr("FreshOverdueView", "Node"),
            width=200,
            stretch=1,
            tooltip="what",
            sortable=False,
        ),
        Column("due_on", tr("FreshOverdueView", "Due on"), width=96, kind="date"),
        Column("days", tr("FreshOverdueView", "Days late"), width=88, kind="number"),
        Column("court", tr("FreshOverdueView", "Court"), width=90),
        Column("team", tr("FreshOverdueView", "Team"), width=150, tooltip="team"),
        Column("handler", tr("FreshOverdueView", "Handler"), width=80),
    )

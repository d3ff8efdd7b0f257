"""Columns of the list of matters. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> Sequence[Column]:
    """A matter a row; all of them fit into a window of 1280 pixels."""
    tr = QCoreApplication.translate
    return (
        Column("kind", tr("MattersView", "Kind"), width=52),
        Column("state", tr("MattersView", "State"), width=92, kind="state", sortable=False),
        Column("title", tr("MattersView", "Title"), width=200, stretch=3, tooltip="title"),
        Column("where", tr("MattersView", "Source / asked of"), width=110, stretch=1),
        Column("heat", tr("MattersView", "Heat"), width=48, kind="number"),
        Column("tone", tr("MattersView", "Tone"), width=52, sortable=False),
        Column("case_number", tr("MattersView", "Case number"), width=168, kind="mono"),
        Column("raised_on", tr("MattersView", "Found"), width=90, kind="date"),
        Column("owner", tr("MattersView", "Owner"), width=66),
        Column("due_on", tr("MattersView", "Due"), width=90, kind="date"),
    )

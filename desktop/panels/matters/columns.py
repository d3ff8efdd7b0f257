"""Columns of the list of matters. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> Sequence[Column]:
    """A matter a row; all of them fit into a window of 1280 pixels."""
    tr = QCoreApplication.translate
    return (
        Column("kind", tr("MattersView", "Kind"), width=50),
        Column("state", tr("MattersView", "State"), width=90, kind="state", sortable=False),
        Column("title", tr("MattersView", "Title"), width=150, stretch=3, tooltip="title"),
        Column("where", tr("MattersView", "Source / asked of"), width=90, stretch=1),
        Column("heat", tr("MattersView", "Heat"), width=46, kind="number"),
        Column("case_number", tr("MattersView", "Case number"), width=160, kind="mono"),
        Column("owner", tr("MattersView", "Owner"), width=64),
        Column("due_on", tr("MattersView", "Due"), width=92, kind="date"),
    )

"""Columns of the list of feeds. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> Sequence[Column]:
    """A feed a row; narrow enough to stand beside the grid."""
    tr = QCoreApplication.translate
    return (
        Column("name", tr("FeedsView", "Name"), width=132, stretch=2, tooltip="said"),
        Column("state", tr("FeedsView", "State"), width=88, kind="state", sortable=False),
        Column("last", tr("FeedsView", "Last picture"), width=76, sortable=False),
        Column("team", tr("FeedsView", "Team"), width=84, stretch=1),
    )

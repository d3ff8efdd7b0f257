"""Columns of the expiry list. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> Sequence[Column]:
    """In the order of reading: what lapses, when, whose it is."""
    tr = QCoreApplication.translate
    return (
        Column("case_number", tr("ControlView", "Case number"), width=186, kind="mono"),
        Column("state", tr("ControlView", "Term"), width=112, kind="state"),
        Column("expires_on", tr("ControlView", "Expires"), width=96, kind="date"),
        Column("days_left", tr("ControlView", "Days left"), width=76, kind="number"),
        Column("kind", tr("ControlView", "Kind"), width=84),
        Column("asset", tr("ControlView", "Asset"), width=112, stretch=2, sortable=False),
        Column("rank", tr("ControlView", "Rank"), width=88),
        Column("renewals", tr("ControlView", "Renewed"), width=52, sortable=False),
        Column("institution", tr("ControlView", "Assisting institution"), width=104, stretch=1),
        Column("amount", tr("ControlView", "Amount (yuan)"), width=104, kind="money"),
        Column("court", tr("ControlView", "Court"), width=64),
        Column("team", tr("ControlView", "Team"), width=100),
        Column("handler", tr("ControlView", "Handler"), width=70, sortable=False),
    )

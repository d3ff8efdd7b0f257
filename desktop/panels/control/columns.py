"""Columns of the expiry list. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_court, short_place
from widgets.table import Column


def columns() -> Sequence[Column]:
    """In the order of reading: what lapses, when, whose it is."""
    tr = QCoreApplication.translate
    return (
        Column("case_number", tr("ControlView", "Case number"), width=176, kind="mono"),
        Column("state", tr("ControlView", "Term"), width=112, kind="state"),
        Column("expires_on", tr("ControlView", "Expires"), width=90, kind="date"),
        Column("days_left", tr("ControlView", "Days left"), width=80, kind="number"),
        Column("kind", tr("ControlView", "Kind"), width=70),
        Column("asset", tr("ControlView", "Asset"), width=150, stretch=2, sortable=False),
        Column("rank", tr("ControlView", "Rank"), width=88, spare=5),
        Column("renewals", tr("ControlView", "Renewed"), width=52, sortable=False, spare=6),
        Column(
            "institution", tr("ControlView", "Assisting institution"), width=112, stretch=1, spare=3
        ),
        Column("amount", tr("ControlView", "Amount (yuan)"), width=104, kind="money", spare=4),
        Column("court", tr("ControlView", "Court"), width=68, shorten=short_court, spare=1),
        Column("team", tr("ControlView", "Team"), width=62, shorten=short_place, spare=2),
        Column("handler", tr("ControlView", "Handler"), width=62, sortable=False),
    )

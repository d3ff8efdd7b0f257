"""Columns of the list of plans. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> Sequence[Column]:
    """Whose money, how the plan stands, until when it waits, what was paid of it."""
    tr = QCoreApplication.translate
    return (
        Column("case_number", tr("DistributionView", "Case number"), width=176, kind="mono"),
        Column("title", tr("DistributionView", "Plan"), width=150, stretch=2),
        Column("state", tr("DistributionView", "State"), width=186, kind="state", sortable=False),
        Column(
            "pool", tr("DistributionView", "Shared (yuan)"), width=120, kind="money", sortable=False
        ),
        Column(
            "claims",
            tr("DistributionView", "Claims"),
            width=64,
            kind="number",
            sortable=False,
            spare=2,
        ),
        Column("served_on", tr("DistributionView", "Served"), width=96, kind="date", spare=1),
        Column("wait_until", tr("DistributionView", "Objections until"), width=110, kind="date"),
        Column("orders", tr("DistributionView", "Paid orders"), width=84, sortable=False, spare=3),
        Column("maker", tr("DistributionView", "Made by"), width=80, spare=4),
    )

"""Columns of the case list. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_court, short_place
from widgets.table import Column


def columns() -> Sequence[Column]:
    """A case a row, its worst open node as the state."""
    tr = QCoreApplication.translate
    return (
        Column("case_number", tr("CaseListView", "Case number"), width=176, kind="mono"),
        Column(
            "court",
            tr("CaseListView", "Court"),
            width=72,
            sortable=False,
            shorten=short_court,
            spare=1,
        ),
        Column(
            "team",
            tr("CaseListView", "Team"),
            width=64,
            stretch=1,
            sortable=False,
            shorten=short_place,
        ),
        Column("handler", tr("CaseListView", "Handler"), width=66, sortable=False),
        Column("filed_on", tr("CaseListView", "Filed"), width=90, kind="date", spare=2),
        Column("closed_on", tr("CaseListView", "Closed"), width=90, kind="date", spare=3),
        Column("close_mode", tr("CaseListView", "How closed"), width=104, spare=4),
        Column("state", tr("CaseListView", "State"), width=88, kind="state"),
        Column(
            "open_nodes", tr("CaseListView", "Open nodes"), width=84, kind="number", sortable=False
        ),
        Column(
            "overdue_nodes",
            tr("CaseListView", "Overdue nodes"),
            width=84,
            kind="number",
            sortable=False,
        ),
        Column("days", tr("CaseListView", "Days late"), width=84, kind="number", sortable=False),
        Column("claim_fen", tr("CaseListView", "Claim (yuan)"), width=118, kind="money", spare=5),
    )

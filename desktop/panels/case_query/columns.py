"""Columns of the cases found. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column

translate = QCoreApplication.translate


def columns() -> list[Column]:
    """The columns in their first order."""
    return [
        Column(
            "case_number", translate("CaseQuery", "Case number"), width=186, stretch=3, kind="mono"
        ),
        Column("court", translate("CaseQuery", "Court"), width=84, stretch=2, sortable=False),
        Column("team", translate("CaseQuery", "Team"), width=96, stretch=2, sortable=False),
        Column("handler", translate("CaseQuery", "Handler"), width=72, stretch=1, sortable=False),
        Column("filed_on", translate("CaseQuery", "Filed on"), width=92, stretch=1, kind="date"),
        Column("closed_on", translate("CaseQuery", "Closed on"), width=92, stretch=1, kind="date"),
        Column(
            "claim_fen", translate("CaseQuery", "Claim (yuan)"), width=120, stretch=1, kind="money"
        ),
        Column("badge", translate("CaseQuery", "State"), width=104, kind="state", sortable=False),
    ]

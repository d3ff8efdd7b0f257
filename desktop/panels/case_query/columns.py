"""Columns of the cases found. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_court, short_place
from widgets.table import Column


def columns() -> list[Column]:
    """The columns in their first order; all of them fit into a window of 1280 pixels."""
    tr = QCoreApplication.translate
    return [
        Column("case_number", tr("CaseQuery", "Case number"), width=176, kind="mono"),
        Column(
            "court",
            tr("CaseQuery", "Court"),
            width=64,
            stretch=2,
            sortable=False,
            shorten=short_court,
        ),
        Column(
            "team",
            tr("CaseQuery", "Team"),
            width=64,
            stretch=2,
            sortable=False,
            shorten=short_place,
        ),
        Column("handler", tr("CaseQuery", "Handler"), width=62, sortable=False),
        Column("filed_on", tr("CaseQuery", "Filed on"), width=90, kind="date"),
        Column("closed_on", tr("CaseQuery", "Closed on"), width=90, kind="date"),
        Column("claim_fen", tr("CaseQuery", "Claim (yuan)"), width=112, kind="money"),
        Column("badge", tr("CaseQuery", "State"), width=96, kind="state", sortable=False),
    ]

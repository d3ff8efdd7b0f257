"""Columns of the cases found. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("CaseQuery", text)


def columns() -> list[Column]:
    """The columns in their first order."""
    return [
        Column("case_number", _tr("Case number"), width=186, stretch=3, kind="mono"),
        Column("court", _tr("Court"), width=84, stretch=2, sortable=False),
        Column("team", _tr("Team"), width=96, stretch=2, sortable=False),
        Column("handler", _tr("Handler"), width=72, stretch=1, sortable=False),
        Column("filed_on", _tr("Filed on"), width=92, stretch=1, kind="date"),
        Column("closed_on", _tr("Closed on"), width=92, stretch=1, kind="date"),
        Column("claim_fen", _tr("Claim (yuan)"), width=120, stretch=1, kind="money"),
        Column("badge", _tr("State"), width=104, kind="state", align="left", sortable=False),
    ]

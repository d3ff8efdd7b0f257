"""Columns of the passive-enforcement list. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_court, short_place
from widgets.table import Column


def columns() -> Sequence[Column]:
    """A case a row: which rule, what was seen, whose it is, for how long."""
    tr = QCoreApplication.translate
    return (
        Column("case_number", tr("PassiveView", "Case number"), width=176, kind="mono"),
        Column("rule", tr("PassiveView", "Rule"), width=190, stretch=1, tooltip="basis"),
        Column(
            "evidence",
            tr("PassiveView", "Evidence"),
            width=330,
            stretch=3,
            tooltip="evidence",
            sortable=False,
        ),
        Column("hits", tr("PassiveView", "Hits"), width=60, kind="number", spare=3),
        Column("days", tr("PassiveView", "Days"), width=64, kind="number"),
        Column("court", tr("PassiveView", "Court"), width=68, shorten=short_court, spare=2),
        Column("team", tr("PassiveView", "Team"), width=66, shorten=short_place, spare=1),
        Column("handler", tr("PassiveView", "Handler"), width=66),
    )

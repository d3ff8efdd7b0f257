"""Columns of the list of dormant cases. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_court, short_place
from widgets.table import Column


def columns() -> Sequence[Column]:
    """A case a row: how old, how still, and the way out."""
    tr = QCoreApplication.translate
    return (
        Column("case_number", tr("ZombieView", "Case number"), width=176, kind="mono"),
        Column("proposal", tr("ZombieView", "Proposal"), width=64),
        Column(
            "checks",
            tr("ZombieView", "Checks met"),
            width=84,
            kind="state",
            tooltip="why",
            sortable=False,
        ),
        Column("age", tr("ZombieView", "Age (days)"), width=80, kind="number"),
        Column("idle", tr("ZombieView", "Idle (days)"), width=80, kind="number"),
        Column("filed_on", tr("ZombieView", "Filed"), width=90, kind="date", spare=3),
        Column(
            "court", tr("ZombieView", "Court"), width=68, stretch=1, shorten=short_court, spare=2
        ),
        Column("team", tr("ZombieView", "Team"), width=66, stretch=2, shorten=short_place, spare=1),
        Column("handler", tr("ZombieView", "Handler"), width=66),
    )

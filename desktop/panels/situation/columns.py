"""Columns of the table of case situation. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column

GROUP = "label"
RATE = "rate"


def columns() -> Sequence[Column]:
    """A group a row; every number opens the cases it counts."""
    tr = QCoreApplication.translate
    return (
        Column(GROUP, tr("SituationView", "Group"), width=150, stretch=2),
        Column("old", tr("SituationView", "Old stock"), width=76, stretch=1, kind="number"),
        Column("received", tr("SituationView", "Received"), width=76, stretch=1, kind="number"),
        Column("closed", tr("SituationView", "Closed"), width=76, stretch=1, kind="number"),
        Column("open", tr("SituationView", "Open"), width=76, stretch=1, kind="number"),
        Column("in_time", tr("SituationView", "In time"), width=84, stretch=1, kind="number"),
        Column("late", tr("SituationView", "Beyond"), width=84, stretch=1, kind="number"),
        Column(RATE, tr("SituationView", "Rate in time"), width=104, stretch=1, kind="number"),
    )

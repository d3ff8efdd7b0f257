"""Columns of the lists beside the map. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def unit_columns() -> Sequence[Column]:
    """Who, how fresh, how exact, and on what errand."""
    tr = QCoreApplication.translate
    return (
        Column("name", tr("LiveMap", "Unit"), width=84, stretch=1, tooltip="about"),
        Column("state", tr("LiveMap", "Position"), width=80, kind="state"),
        Column("age", tr("LiveMap", "Age"), width=72, align="right"),
        Column("accuracy", tr("LiveMap", "Accuracy"), width=66, align="right"),
        Column("duty", tr("LiveMap", "On duty"), width=84, stretch=2, tooltip="duty"),
        Column("team", tr("LiveMap", "Team"), width=96, tooltip="team"),
    )


def day_columns() -> Sequence[Column]:
    """When, what, how long, how far, and on which errand."""
    tr = QCoreApplication.translate
    return (
        Column("when", tr("LiveMap", "Time"), width=112, kind="mono", sortable=False),
        Column("kind", tr("LiveMap", "What"), width=72, kind="state", sortable=False),
        Column("lasted", tr("LiveMap", "Lasted"), width=76, align="right", sortable=False),
        Column("far", tr("LiveMap", "Way"), width=76, align="right", sortable=False),
        Column(
            "errand",
            tr("LiveMap", "Errand"),
            width=110,
            stretch=1,
            tooltip="errand",
            sortable=False,
        ),
    )

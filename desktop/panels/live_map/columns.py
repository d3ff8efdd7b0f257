"""Columns of the lists beside the map. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_place
from widgets.table import Column


def unit_columns() -> Sequence[Column]:
    """Who, how fresh, how exact, and on what errand."""
    tr = QCoreApplication.translate
    return (
        Column("name", tr("LiveMap", "Unit"), width=98, stretch=1, tooltip="plate"),
        Column("state", tr("LiveMap", "Position"), width=80, kind="state"),
        Column("age", tr("LiveMap", "Age"), width=72, align="right", spare=1),
        Column("accuracy", tr("LiveMap", "Accuracy"), width=66, align="right", spare=3),
        Column("duty", tr("LiveMap", "On duty"), width=84, stretch=2, tooltip="duty", spare=2),
        Column(
            "team", tr("LiveMap", "Team"), width=52, tooltip="team", shorten=short_place, spare=4
        ),
    )


def day_columns() -> Sequence[Column]:
    """When, what, how long, how far, and on which errand."""
    tr = QCoreApplication.translate
    return (
        Column("when", tr("LiveMap", "Time"), width=104, kind="mono", sortable=False),
        Column("kind", tr("LiveMap", "What"), width=68, kind="state", sortable=False),
        Column("lasted", tr("LiveMap", "Lasted"), width=70, align="right", sortable=False),
        Column("far", tr("LiveMap", "Way"), width=68, align="right", sortable=False),
        Column(
            "errand",
            tr("LiveMap", "Errand"),
            width=96,
            stretch=1,
            tooltip="errand",
            sortable=False,
        ),
    )

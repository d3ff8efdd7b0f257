"""Columns of the list of seizures and of the things on one list. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import without_year
from widgets.table import Column


def _day_on(moment: str) -> str:
    """2026-11-30 00:36 → 11-30 00:36."""
    return moment[5:]


def columns() -> Sequence[Column]:
    """A seizure a row; all of them fit into a window of 1280 pixels."""
    tr = QCoreApplication.translate
    return (
        Column("state", tr("SeizuresView", "State"), width=104, kind="state", sortable=False),
        Column("kind", tr("SeizuresView", "Kind"), width=44),
        Column(
            "case_number",
            tr("SeizuresView", "Case number"),
            width=112,
            stretch=1,
            kind="mono",
            tooltip="case_number",
            shorten=without_year,
        ),
        Column("subject", tr("SeizuresView", "Debtor"), width=64, stretch=1, tooltip="subject"),
        Column("what", tr("SeizuresView", "Things"), width=84, stretch=2, tooltip="what"),
        Column("place", tr("SeizuresView", "Place"), width=84, stretch=2, tooltip="place"),
        Column(
            "officers",
            tr("SeizuresView", "Officers"),
            width=116,
            stretch=1,
            tooltip="officers",
            spare=1,
        ),
        Column("photos", tr("SeizuresView", "Photos"), width=44, kind="number"),
        Column(
            "began_at",
            tr("SeizuresView", "Begun"),
            width=88,
            tooltip="began_at",
            shorten=_day_on,
            spare=2,
        ),
        Column("code", tr("SeizuresView", "Receipt code"), width=164, kind="mono", spare=3),
    )

"""Columns of the list of seizures and of the things on one list. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> Sequence[Column]:
    """A seizure a row; all of them fit into a window of 1280 pixels."""
    tr = QCoreApplication.translate
    return (
        Column("state", tr("SeizuresView", "State"), width=108, kind="state", sortable=False),
        Column("kind", tr("SeizuresView", "Kind"), width=52),
        Column("case_number", tr("SeizuresView", "Case number"), width=168, kind="mono"),
        Column("subject", tr("SeizuresView", "Debtor"), width=90, stretch=1, tooltip="subject"),
        Column("what", tr("SeizuresView", "Things"), width=120, stretch=2, tooltip="what"),
        Column("place", tr("SeizuresView", "Place"), width=120, stretch=2, tooltip="place"),
        Column("officers", tr("SeizuresView", "Officers"), width=110),
        Column("photos", tr("SeizuresView", "Photos"), width=52, kind="number"),
        Column("began_at", tr("SeizuresView", "Begun"), width=124),
        Column("code", tr("SeizuresView", "Receipt code"), width=172, kind="mono"),
    )

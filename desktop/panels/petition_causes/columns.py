"""Columns of the risk list and of its reasons. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_court
from widgets.table import Column


def risk_columns() -> Sequence[Column]:
    """A case a row."""
    tr = QCoreApplication.translate
    return (
        Column("case_number", tr("PetitionCausesView", "Case number"), width=178, kind="mono"),
        Column("risk", tr("PetitionCausesView", "Risk %"), width=64, kind="number"),
        Column(
            "why",
            tr("PetitionCausesView", "Reasons"),
            width=220,
            stretch=1,
            tooltip="why",
            sortable=False,
            never_wrap=False,
        ),
        Column(
            "court",
            tr("PetitionCausesView", "Court"),
            width=76,
            tooltip="court",
            shorten=short_court,
            spare=1,
        ),
        Column("handler", tr("PetitionCausesView", "Handler"), width=76, spare=2),
    )


def reason_columns() -> Sequence[Column]:
    """A reason a row."""
    tr = QCoreApplication.translate
    return (
        Column(
            "reason",
            tr("PetitionCausesView", "Reason"),
            width=160,
            stretch=1,
            tooltip="reason",
            sortable=False,
        ),
        Column(
            "points",
            tr("PetitionCausesView", "Points"),
            width=64,
            align="right",
            sortable=False,
        ),
    )

"""Columns of the staffing list and of a team's members. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> Sequence[Column]:
    """A team a row: what is filled, what is missing."""
    tr = QCoreApplication.translate
    return (
        Column("court", tr("TeamsView", "Court"), width=90),
        Column("name", tr("TeamsView", "Team"), width=140),
        Column("kind", tr("TeamsView", "Kind"), width=120, spare=5),
        Column("state", tr("TeamsView", "Staffing"), width=92, kind="state"),
        Column("missing", tr("TeamsView", "Missing"), width=200, stretch=3, sortable=False),
        Column("leader", tr("TeamsView", "Leader"), width=90, sortable=False),
        Column(
            "judges",
            tr("TeamsView", "Quota judges"),
            width=84,
            kind="number",
            sortable=False,
            spare=1,
        ),
        Column(
            "assistants",
            tr("TeamsView", "Assistants"),
            width=84,
            kind="number",
            sortable=False,
            spare=2,
        ),
        Column(
            "clerks", tr("TeamsView", "Clerks"), width=72, kind="number", sortable=False, spare=3
        ),
        Column(
            "police", tr("TeamsView", "Police"), width=64, kind="number", sortable=False, spare=4
        ),
        Column("people", tr("TeamsView", "Persons"), width=64, kind="number", sortable=False),
    )


def member_columns() -> Sequence[Column]:
    """A member a row."""
    tr = QCoreApplication.translate
    return (
        Column("name", tr("TeamsView", "Name"), width=90, stretch=1, sortable=False),
        Column("role", tr("TeamsView", "Role in team"), width=110, stretch=1, sortable=False),
        Column("post", tr("TeamsView", "Post"), width=110, stretch=1, sortable=False),
        Column("from_on", tr("TeamsView", "From"), width=104, kind="date", sortable=False),
        Column("to_on", tr("TeamsView", "To"), width=104, kind="date", sortable=False),
    )


def absence_columns() -> Sequence[Column]:
    """An absence a row."""
    tr = QCoreApplication.translate
    return (
        Column("name", tr("PresenceView", "Name"), width=84),
        Column("place", tr("PresenceView", "Team"), width=150, stretch=1),
        Column("kind", tr("PresenceView", "Kind"), width=64),
        Column("from_on", tr("PresenceView", "From"), width=104, kind="date"),
        Column("to_on", tr("PresenceView", "To"), width=104, kind="date"),
    )

"""Columns of what stands beside the map. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def order_columns() -> Sequence[Column]:
    """An order as it stood."""
    tr = QCoreApplication.translate
    return (
        Column("state", tr("StatePane", "State"), width=84, kind="state", sortable=False),
        Column("title", tr("StatePane", "Order"), width=120, stretch=2, sortable=False),
        Column("whom", tr("StatePane", "To"), width=110, stretch=1, sortable=False, spare=1),
        Column("since", tr("StatePane", "Since"), width=72, kind="mono", sortable=False),
    )


def group_columns() -> Sequence[Column]:
    """A group as it stood."""
    tr = QCoreApplication.translate
    return (
        Column("level", tr("StatePane", "Level"), width=84, kind="state", sortable=False),
        Column("name", tr("StatePane", "Group"), width=110, stretch=1, sortable=False),
        Column("team", tr("StatePane", "Team"), width=120, stretch=1, sortable=False, spare=1),
        Column("heard", tr("StatePane", "Last heard"), width=84, kind="mono", sortable=False),
    )


def line_columns() -> Sequence[Column]:
    """A line of the run log."""
    tr = QCoreApplication.translate
    return (
        Column("at", tr("StatePane", "Time"), width=72, kind="mono", sortable=False),
        Column("kind", tr("StatePane", "Kind"), width=76, sortable=False, spare=1),
        Column("who", tr("StatePane", "Who"), width=68, sortable=False, spare=2),
        Column(
            "words",
            tr("StatePane", "Words"),
            width=180,
            stretch=3,
            sortable=False,
            tooltip="words",
        ),
    )


def picture_columns() -> Sequence[Column]:
    """A kept picture."""
    tr = QCoreApplication.translate
    return (
        Column("at", tr("StatePane", "Time"), width=72, kind="mono", sortable=False),
        Column("feed", tr("StatePane", "Source"), width=120, stretch=1, sortable=False),
        Column("who", tr("StatePane", "Who"), width=68, sortable=False, spare=1),
        Column("note", tr("StatePane", "Note"), width=120, stretch=2, sortable=False),
    )


def case_columns() -> Sequence[Column]:
    """A node of a case as it stood."""
    tr = QCoreApplication.translate
    return (
        Column("state", tr("StatePane", "State"), width=84, kind="state", sortable=False),
        Column("number", tr("StatePane", "Case"), width=176, kind="mono", sortable=False),
        Column("node", tr("StatePane", "Node"), width=140, stretch=2, sortable=False, spare=1),
        Column("due", tr("StatePane", "Due"), width=92, kind="date", sortable=False, spare=2),
    )

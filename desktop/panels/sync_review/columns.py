"""Columns of the list of bundles. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> Sequence[Column]:
    """In the order of reading: how it stands, what it is, whose it is."""
    tr = QCoreApplication.translate
    return (
        Column("state", tr("SyncReviewView", "State"), width=100, kind="state"),
        Column("label", tr("SyncReviewView", "What was done"), width=150, stretch=2),
        Column("made_at", tr("SyncReviewView", "When"), width=128),
        Column("actor", tr("SyncReviewView", "By"), width=90),
        Column(
            "verdict",
            tr("SyncReviewView", "Answer"),
            width=150,
            stretch=1,
            sortable=False,
            tooltip="reason",
        ),
    )

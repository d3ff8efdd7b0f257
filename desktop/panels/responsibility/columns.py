"""Columns of a person's late nodes and of a leader's warnings. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def node_columns() -> Sequence[Column]:
    """A late node a row."""
    tr = QCoreApplication.translate
    return (
        Column("case_number", tr("ResponsibilityView", "Case number"), width=178, kind="mono"),
        Column("node", tr("ResponsibilityView", "Node"), width=120, stretch=3, tooltip="node"),
        Column("state", tr("ResponsibilityView", "State"), width=92, kind="state"),
        Column("whole", tr("ResponsibilityView", "Days late"), width=64, kind="number"),
        Column("own", tr("ResponsibilityView", "Of these own"), width=76, kind="number"),
        Column("due_on", tr("ResponsibilityView", "Due"), width=98, kind="date", spare=1),
        Column("handler", tr("ResponsibilityView", "Handler"), width=76),
        Column(
            "leader", tr("ResponsibilityView", "Leader then"), width=84, tooltip="leader", spare=2
        ),
        Column("comments", tr("ResponsibilityView", "Comments"), width=56, kind="number", spare=3),
    )


def warning_columns() -> Sequence[Column]:
    """A warning a row."""
    tr = QCoreApplication.translate
    return (
        Column("state", tr("WarningList", "Read"), width=84, kind="state"),
        Column("on", tr("WarningList", "Day"), width=98, kind="date"),
        Column("number", tr("WarningList", "Letter"), width=150, kind="mono", spare=2),
        Column("what", tr("WarningList", "Warning"), width=150, stretch=2),
        Column("case_number", tr("WarningList", "Case number"), width=178, kind="mono"),
        Column("team", tr("WarningList", "Team"), width=110, stretch=1, spare=1),
        Column("addressee", tr("WarningList", "Addressee"), width=80),
        Column("read_at", tr("WarningList", "Read at"), width=126, spare=3),
    )

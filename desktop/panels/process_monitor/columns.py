"""Columns of the node list. UI thread; words of the heads are translated when asked for."""

from typing import Any, Final

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_place
from widgets.table import Cell, Column

_TO_THE_MINUTE: Final = 16
_YEAR: Final = 5  # 2026- before the month


def columns() -> list[Column]:
    """The columns in their first order; all of them fit into a window of 1280 pixels."""
    tr = QCoreApplication.translate
    return [
        Column("case_number", tr("ProcessMonitor", "Case number"), width=172, kind="mono"),
        Column("node", tr("ProcessMonitor", "Node"), width=150, stretch=4, tooltip="node_tip"),
        Column(
            "team",
            tr("ProcessMonitor", "Team"),
            width=64,
            stretch=1,
            tooltip="team_tip",
            shorten=short_place,
            spare=1,
        ),
        Column("handler", tr("ProcessMonitor", "Handler"), width=62),
        Column("started_on", tr("ProcessMonitor", "Starts on"), width=90, kind="date", spare=2),
        Column("due_on", tr("ProcessMonitor", "Due on"), width=90, kind="date", tooltip="due_note"),
        Column("badge", tr("ProcessMonitor", "State"), width=84, kind="state"),
        Column("late", tr("ProcessMonitor", "Late (days)"), width=80, kind="number"),
    ]


def export_heads() -> list[str]:
    """Heads of an exported list, in the order of `export.KEYS`."""
    tr = QCoreApplication.translate
    return [
        tr("ProcessMonitor", "Case number"),
        tr("ProcessMonitor", "Node"),
        tr("ProcessMonitor", "Court"),
        tr("ProcessMonitor", "Team"),
        tr("ProcessMonitor", "Handler"),
        tr("ProcessMonitor", "Starts on"),
        tr("ProcessMonitor", "Due on"),
        tr("ProcessMonitor", "State"),
        tr("ProcessMonitor", "Late (days)"),
    ]


def dressed(rows: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Gives the days late their sign and colour, and what ends by the hour its hour; touches no
    widget, so any thread may call it."""
    for row in rows.values():
        days = row["days"]
        row["late"] = Cell(days, "overdue", f"+{days}") if days else None
        if row["due_at"]:  # what ends by the hour says so, and whose it is
            at = str(row["due_at"]).replace("T", " ")[:_TO_THE_MINUTE]
            row["due_on"] = Cell(row["due_on"], text=at[_YEAR:], tooltip=at)
            whose = str(row["subject"] or "").partition("#")[0]
            row["node"] = Cell(row["node"], text=f"{row['node']} {whose}".strip())
    return rows

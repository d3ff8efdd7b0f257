"""Columns of the node list. UI thread; words of the heads are translated when asked for."""

from typing import Any

from PySide6.QtCore import QCoreApplication

from widgets.table import Cell, Column

translate = QCoreApplication.translate


def columns() -> list[Column]:
    """The columns in their first order; widths add up to what a 1280-pixel window leaves."""
    return [
        Column(
            "case_number",
            translate("ProcessMonitor", "Case number"),
            width=172,
            stretch=3,
            kind="mono",
        ),
        Column(
            "node", translate("ProcessMonitor", "Node"), width=100, stretch=3, tooltip="node_tip"
        ),
        Column(
            "team", translate("ProcessMonitor", "Team"), width=80, stretch=2, tooltip="team_tip"
        ),
        Column("handler", translate("ProcessMonitor", "Handler"), width=56, stretch=2),
        Column(
            "started_on", translate("ProcessMonitor", "Starts on"), width=86, stretch=1, kind="date"
        ),
        Column(
            "due_on",
            translate("ProcessMonitor", "Due on"),
            width=86,
            stretch=1,
            kind="date",
            tooltip="due_note",
        ),
        Column("badge", translate("ProcessMonitor", "State"), width=78, stretch=1, kind="state"),
        Column(
            "late",
            translate("ProcessMonitor", "Late (days)"),
            width=66,
            stretch=1,
            kind="number",
            align="right",
        ),
    ]


def export_heads() -> list[str]:
    """Heads of an exported list, in the order of `export.KEYS`."""
    return [
        translate("ProcessMonitor", "Case number"),
        translate("ProcessMonitor", "Node"),
        translate("ProcessMonitor", "Court"),
        translate("ProcessMonitor", "Team"),
        translate("ProcessMonitor", "Handler"),
        translate("ProcessMonitor", "Starts on"),
        translate("ProcessMonitor", "Due on"),
        translate("ProcessMonitor", "State"),
        translate("ProcessMonitor", "Late (days)"),
    ]


def dressed(rows: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Gives the days late their sign and colour; touches no widget, so any thread may call it."""
    for row in rows.values():
        days = row["days"]
        row["late"] = Cell(days, "overdue", f"+{days}") if days else None
    return rows

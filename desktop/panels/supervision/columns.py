"""Columns of the letter list. UI thread; words are translated when asked for."""

from typing import Any

from PySide6.QtCore import QCoreApplication

from widgets.table import Cell, Column

translate = QCoreApplication.translate


def columns() -> list[Column]:
    """The columns in their first order."""
    return [
        Column("number", translate("Supervision", "Letter number"), width=140, stretch=2),
        Column("level", translate("Supervision", "Level"), width=74, kind="state"),
        Column(
            "case_number",
            translate("Supervision", "Case number"),
            width=176,
            stretch=3,
            kind="mono",
        ),
        Column("node", translate("Supervision", "Node"), width=96, stretch=2),
        Column("addressee", translate("Supervision", "Addressee"), width=66, stretch=1),
        Column("reply_by", translate("Supervision", "Reply by"), width=92, stretch=1, kind="date"),
        Column("state", translate("Supervision", "State"), width=96, stretch=1, kind="state"),
        Column(
            "late",
            translate("Supervision", "Late (days)"),
            width=72,
            kind="number",
            align="right",
            sortable=False,
        ),
        Column("rungs", translate("Supervision", "Rungs"), width=52, align="right", sortable=False),
    ]


def dressed(rows: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Gives the days late their sign and colour; touches no widget, so any thread may call it."""
    for row in rows.values():
        days = row["days"]
        row["late"] = Cell(days, "overdue", f"+{days}") if days else None
    return rows

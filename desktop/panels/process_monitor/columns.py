"""Columns of the node list. UI thread; words of the heads are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("ProcessMonitor", text)


def columns() -> list[Column]:
    """The columns in their first order; widths add up to what a 1280-pixel window leaves."""
    return [
        Column("case_number", _tr("Case number"), width=178, stretch=3, kind="mono"),
        Column("node", _tr("Node"), width=104, stretch=3, tooltip="node_code"),
        Column("team", _tr("Team"), width=92, stretch=2, tooltip="court"),
        Column("handler", _tr("Handler"), width=66, stretch=2),
        Column("started_on", _tr("Starts on"), width=92, stretch=1, kind="date"),
        Column("due_on", _tr("Due on"), width=92, stretch=1, kind="date", tooltip="due_note"),
        Column("badge", _tr("State"), width=84, stretch=1, kind="state", align="left"),
        Column("late", _tr("Late (days)"), width=76, stretch=1, kind="number", align="right"),
    ]


def export_heads() -> list[str]:
    """Heads of an exported list, in the order of `export.KEYS`."""
    return [
        _tr("Case number"),
        _tr("Node"),
        _tr("Court"),
        _tr("Team"),
        _tr("Handler"),
        _tr("Starts on"),
        _tr("Due on"),
        _tr("State"),
        _tr("Late (days)"),
    ]

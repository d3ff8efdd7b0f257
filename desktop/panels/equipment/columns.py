"""Columns of the lists of equipment. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from desktop.contract.sheets import Kind, SheetColumn
from widgets.table import Column

_WIDE = {"name": 20, "asset_no": 16, "fault": 30, "all_words": 24, "serial_no": 18, "team": 18}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Equipment", text)


def columns() -> list[Column]:
    """The register; in a window of 1280 pixels the last ones step aside."""
    return [
        Column("asset_no", _tr("Asset number"), width=104, kind="mono"),
        Column("name", _tr("Name"), width=132, stretch=1, tooltip="fault"),
        Column("state", _tr("State"), width=112, kind="state", tooltip="all_words"),
        Column("holder", _tr("With"), width=72),
        Column("due_at", _tr("Back by"), width=92, tooltip="due_words"),
        Column("calibrate_by", _tr("Calibrated until"), width=92, kind="date"),
        Column("fault", _tr("Open fault"), width=120, stretch=1, tooltip="fault"),
        Column("kind", _tr("Kind"), width=92, spare=1),
        Column("team", _tr("Team"), width=110, spare=2),
        Column("keeper", _tr("Keeper"), width=64, spare=3),
        Column("model", _tr("Model"), width=76, spare=4),
    ]


def ticket_columns() -> list[Column]:
    """Fault tickets."""
    return [
        Column("state", _tr("State"), width=96, kind="state", sortable=False),
        Column("thing", _tr("Equipment"), width=172, stretch=1, tooltip="thing"),
        Column("fault", _tr("Fault"), width=150, stretch=1, tooltip="fault"),
        Column("at", _tr("Reported"), width=88),
        Column("by", _tr("Reported by"), width=68),
        Column("took", _tr("Took"), width=76, sortable=False),
        Column("due", _tr("Service level"), width=110, sortable=False),
        Column("repair", _tr("Repair"), width=150, stretch=1, tooltip="repair"),
    ]


def filed_columns() -> list[Column]:
    """Filed self-tests."""
    return [
        Column("result", _tr("Result"), width=84, kind="state", sortable=False),
        Column("at", _tr("At"), width=92),
        Column("operation", _tr("Operation"), width=120, stretch=1, tooltip="words"),
        Column("person", _tr("Tested by"), width=66),
    ]


def sheet_columns() -> list[SheetColumn]:
    """What is exported: the list and what its page tells of each."""
    shown = (
        *columns(),
        Column("serial_no", _tr("Serial number")),
        Column("since", _tr("Since")),
        Column("all_words", _tr("All states")),
        Column("note", _tr("Note")),
    )
    kinds: dict[str, Kind] = {"date": "date", "number": "number"}
    return [
        SheetColumn(one.key, one.title, kinds.get(one.kind, "text"), _WIDE.get(one.key, 12))
        for one in shown
    ]

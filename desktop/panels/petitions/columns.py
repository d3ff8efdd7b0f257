"""Columns of the lists of petitions. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from desktop.contract.sheets import Kind, SheetColumn
from widgets.table import Column

_WIDE = {"code": 16, "court": 14, "petitioner": 18, "case_number": 26, "clock": 30}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Petitions", text)


def columns() -> list[Column]:
    """The list; in a window of 1280 pixels those up to the level are in sight."""
    return [
        Column("code", _tr("Code"), width=128, kind="mono"),
        Column("court", _tr("Court"), width=52, spare=1),
        Column("petitioner", _tr("Petitioner"), width=86, stretch=1, tooltip="petitioner"),
        Column("case_number", _tr("Case number"), width=168, kind="mono"),
        Column("state", _tr("Nearest clock"), width=102, kind="state", tooltip="clock"),
        Column("due_on", _tr("Due"), width=86, kind="date"),
        Column("left", _tr("Working days"), width=52, kind="number"),
        Column("level", _tr("Level"), width=98, kind="state", spare=2),
        Column("source", _tr("Source"), width=96, spare=3),
        Column("class", _tr("Class"), width=54, spare=4),
        Column("visits", _tr("Visits"), width=42, kind="number", spare=5),
        Column("result", _tr("Result"), width=54, spare=6),
    ]


def register_columns() -> list[Column]:
    """The register of posted petitions."""
    return [
        Column("code", _tr("Code"), width=128, kind="mono"),
        Column("level", _tr("Level"), width=102, kind="state"),
        Column("source", _tr("Source"), width=98, spare=3),
        Column("court", _tr("Court"), width=62, spare=2),
        Column("petitioner", _tr("Petitioner"), width=104, stretch=1, tooltip="petitioner"),
        Column("case_number", _tr("Case number"), width=160, kind="mono"),
        Column("hung_on", _tr("Posted"), width=86, kind="date", spare=1),
        Column("hung_by", _tr("Posted by"), width=62, spare=4),
        Column("reply_due", _tr("Reply by"), width=86, kind="date", sortable=False),
        Column("reply", _tr("Reply"), width=126, kind="state", sortable=False),
        Column("unhung_on", _tr("Taken down"), width=86, kind="date", spare=5),
        Column("unhung_by", _tr("Taken down by"), width=62, spare=6),
    ]


def sheet_columns() -> list[SheetColumn]:
    """What is exported: the list and what its page tells of each."""
    shown = (
        *columns()[:4],
        Column("clock", _tr("Clock")),
        *columns()[4:],
        Column("received_on", _tr("Received"), kind="date"),
        Column("assignee", _tr("Assigned to")),
        *register_columns()[6:],
        Column("closed_on", _tr("Closed"), kind="date"),
    )
    kinds: dict[str, Kind] = {"date": "date", "number": "number"}
    return [
        SheetColumn(one.key, one.title, kinds.get(one.kind, "text"), _WIDE.get(one.key, 12))
        for one in shown
    ]

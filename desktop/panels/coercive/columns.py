"""Columns of the coercive measures and of the looks at one file. UI thread."""

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_court, without_year
from widgets.table import Column


def columns() -> list[Column]:
    """The measures; all of them fit into a window of 1280 pixels."""
    tr = QCoreApplication.translate
    return [
        Column("state", tr("Coercive", "State"), width=130, kind="state"),
        Column("kind", tr("Coercive", "Measure"), width=56),
        Column("person", tr("Coercive", "Against"), width=92, stretch=2, tooltip="person"),
        Column("figure", tr("Coercive", "Asked"), width=88, align="right"),
        Column("clock", tr("Coercive", "Clock"), width=176, kind="state", tooltip="due"),
        Column("next", tr("Coercive", "Next"), width=132, stretch=2, tooltip="why_next"),
        Column(
            "case_number",
            tr("Coercive", "Case number"),
            width=124,
            kind="mono",
            stretch=2,
            tooltip="case_number",
            shorten=without_year,
        ),
        Column("handler", tr("Coercive", "Handler"), width=66, spare=1),
        Column("court", tr("Coercive", "Court"), width=70, shorten=short_court, spare=2),
        Column("newest", tr("Coercive", "Newest fact"), width=92, tooltip="newest", spare=3),
    ]


def look_columns() -> list[Column]:
    """Who opened, printed or exported."""
    tr = QCoreApplication.translate
    return [
        Column("at", tr("Coercive", "Time"), width=150, kind="mono"),
        Column("who", tr("Coercive", "Who"), width=84),
        Column("act", tr("Coercive", "Act"), width=76, kind="state"),
        Column("object", tr("Coercive", "What"), width=160, stretch=2, tooltip="object"),
        Column("purpose", tr("Coercive", "Purpose"), width=120, stretch=1, tooltip="purpose"),
    ]

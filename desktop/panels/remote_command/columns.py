"""Columns of the list of orders. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("RemoteCommand", text)


def columns() -> list[Column]:
    """In the order of reading: how it stands, since when and by whom, what, who, where, by when;
    all of them fit into a window of 1280 pixels."""
    return [
        Column("state", _tr("State"), width=118, kind="state"),
        Column("since", _tr("Since, by"), width=124, kind="mono", tooltip="since"),
        Column("title", _tr("Order"), width=92, stretch=3, tooltip="body"),
        Column("whom", _tr("To"), width=92, stretch=2, tooltip="whom"),
        Column("place", _tr("Place"), width=86, stretch=3, tooltip="place"),
        Column("due", _tr("Time left"), width=84, kind="state", tooltip="due_at"),
        Column("rungs", _tr("Told on"), width=38, align="right", sortable=False),
        Column("case_number", _tr("Case number"), width=84, kind="mono", stretch=3),
        Column("issuer", _tr("From"), width=52),
    ]

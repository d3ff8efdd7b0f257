"""Columns of the list of orders. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("RemoteCommand", text)


def columns() -> list[Column]:
    """In the order of reading: how it stands and since when, what, who, where, by when."""
    return [
        Column("state", _tr("State"), width=126, kind="state"),
        Column("since", _tr("Since"), width=84, kind="mono"),
        Column("by", _tr("By"), width=64),
        Column("title", _tr("Order"), width=132, stretch=3, tooltip="body"),
        Column("whom", _tr("To"), width=140, stretch=2, tooltip="whom"),
        Column("place", _tr("Place"), width=110, stretch=3, tooltip="place"),
        Column("due", _tr("Time left"), width=110, kind="state", tooltip="due_at"),
        Column("rungs", _tr("Told on"), width=58, align="right", sortable=False),
        Column("response", _tr("Answered in"), width=74, align="right", sortable=False),
        Column("case_number", _tr("Case number"), width=160, kind="mono", stretch=1),
        Column("issuer", _tr("From"), width=64),
    ]

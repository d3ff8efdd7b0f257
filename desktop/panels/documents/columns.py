"""Columns of the list of documents and of the two lists of notices. UI thread."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> list[Column]:
    """Of all documents; they fit into a window of 1280 pixels."""
    tr = QCoreApplication.translate
    return [
        Column("number", tr("Documents", "Document number"), width=118, stretch=1, kind="mono"),
        Column("kind", tr("Documents", "Kind"), width=70, stretch=1),
        Column("title", tr("Documents", "Title"), width=80, stretch=3, tooltip="title"),
        Column("case_number", tr("Documents", "Case number"), width=118, stretch=1, kind="mono"),
        Column("maker", tr("Documents", "Maker"), width=62),
        Column("state", tr("Documents", "State"), width=86, kind="state"),
        Column(
            "waits",
            tr("Documents", "Waits for"),
            width=76,
            stretch=2,
            sortable=False,
            tooltip="waits",
        ),
        Column("on", tr("Documents", "Day"), width=88, kind="date"),
        Column("receipts", tr("Documents", "Read"), width=40, align="right", sortable=False),
    ]


def incoming_columns() -> list[Column]:
    """Of what came to the person at the desk or to his court."""
    tr = QCoreApplication.translate
    return [
        Column("read", tr("Documents", "Receipt"), width=78, kind="state"),
        Column("number", tr("Documents", "Document number"), width=112, stretch=1, kind="mono"),
        Column("title", tr("Documents", "Title"), width=120, stretch=3, tooltip="title"),
        Column("organ", tr("Documents", "From"), width=72, stretch=1),
        Column("to", tr("Documents", "To"), width=66),
        Column("sent_on", tr("Documents", "Sent"), width=88, kind="date"),
        Column("reminded", tr("Documents", "Reminded"), width=88, kind="date"),
        Column("opened_by", tr("Documents", "Opened by"), width=64),
    ]


def outgoing_columns() -> list[Column]:
    """Of what went out, with how many have opened it."""
    tr = QCoreApplication.translate
    return [
        Column("state", tr("Documents", "State"), width=92, kind="state"),
        Column("number", tr("Documents", "Document number"), width=112, stretch=1, kind="mono"),
        Column("title", tr("Documents", "Title"), width=160, stretch=3, tooltip="title"),
        Column("sent_on", tr("Documents", "Sent"), width=90, kind="date"),
        Column("opened", tr("Documents", "Opened"), width=64, align="right", sortable=False),
        Column(
            "missing",
            tr("Documents", "Not opened"),
            width=110,
            stretch=2,
            sortable=False,
            tooltip="missing",
        ),
        Column("reminded", tr("Documents", "Reminded"), width=90, kind="date"),
    ]

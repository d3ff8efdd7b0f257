"""Columns of the list of operations, their orders and their log. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> Sequence[Column]:
    """An operation a row; all of them fit into a window of 1280 pixels."""
    tr = QCoreApplication.translate
    return (
        Column("state", tr("OperationsView", "State"), width=86, kind="state"),
        Column("groups", tr("OperationsView", "Groups"), width=100, kind="state", sortable=False),
        Column("name", tr("OperationsView", "Operation"), width=156, stretch=2, tooltip="name"),
        Column(
            *("next", tr("OperationsView", "Next step")),
            width=150,
            stretch=2,
            tooltip="next",
            sortable=False,
            spare=1,
        ),
        Column("starts_at", tr("OperationsView", "Begins"), width=86, kind="mono", spare=2),
        Column(
            *("place", tr("OperationsView", "Place")),
            width=104,
            stretch=1,
            tooltip="place",
            spare=3,
        ),
        Column("commander", tr("OperationsView", "Commander"), width=74, spare=4),
        Column("case_number", tr("OperationsView", "Case number"), width=148, kind="mono", spare=5),
    )


def log_columns() -> Sequence[Column]:
    """One thing that happened a row."""
    tr = QCoreApplication.translate
    return (
        Column("at", tr("LogPane", "Time"), width=88, kind="mono", sortable=False),
        Column("what", tr("LogPane", "Kind"), width=72, sortable=False),
        Column("who", tr("LogPane", "By"), width=64, sortable=False),
        Column(
            *("words", tr("LogPane", "What")),
            width=200,
            stretch=1,
            tooltip="words",
            sortable=False,
        ),
    )


def order_columns() -> Sequence[Column]:
    """An order of the operation a row, with the time of each step."""
    tr = QCoreApplication.translate
    return (
        Column("state", tr("OrdersTab", "State"), width=80, kind="state", sortable=False),
        Column("title", tr("OrdersTab", "Order"), width=140, stretch=2, sortable=False),
        Column("whom", tr("OrdersTab", "To"), width=120, stretch=1, sortable=False),
        Column("send", tr("OrdersTab", "Sent"), width=68, kind="mono", sortable=False),
        Column("deliver", tr("OrdersTab", "Delivered"), width=68, kind="mono", sortable=False),
        Column("acknowledge", tr("OrdersTab", "Confirmed"), width=68, kind="mono", sortable=False),
        Column("arrive", tr("OrdersTab", "On scene"), width=68, kind="mono", sortable=False),
        Column("finish", tr("OrdersTab", "Done"), width=68, kind="mono", sortable=False),
    )

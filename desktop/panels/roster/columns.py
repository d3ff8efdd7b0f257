"""Columns of the watch. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("RosterView", text)


def shift_columns() -> list[Column]:
    """One line a shift."""
    return [
        Column("state", _tr("State"), width=100, kind="state"),
        Column("day", _tr("Day"), width=94),
        Column("kind", _tr("Shift"), width=60),
        Column("hours", _tr("Hours"), width=102),
        Column("person", _tr("On watch (A)"), width=72, stretch=1),
        Column("backup", _tr("Stands in (B)"), width=72, stretch=1),
        Column("arrived", _tr("Signed in"), width=54),
        Column("left", _tr("Signed out"), width=54),
        Column("swap", _tr("Swap"), width=84, stretch=2, tooltip="swap"),
    ]


def item_columns() -> list[Column]:
    """One line an open matter."""
    return [
        Column("change", _tr("Since the last"), width=104, kind="state"),
        Column("kind", _tr("What"), width=76),
        Column("text", _tr("Matter"), width=200, stretch=4, tooltip="text"),
        Column("owner", _tr("Who acts"), width=110, stretch=1, tooltip="owner"),
        Column("step", _tr("Next step"), width=110, stretch=1, tooltip="step"),
        Column("opened", _tr("Opened"), width=64),
    ]


def past_columns() -> list[Column]:
    """One line a hand-over."""
    return [
        Column("given", _tr("Given"), width=132),
        Column("giver", _tr("By"), width=80, stretch=1),
        Column("taken", _tr("Taken over"), width=132),
        Column("taker", _tr("By"), width=80, stretch=1),
        Column("count", _tr("Matters"), width=64),
    ]

"""Columns of the approval tiers. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("ApprovalTiers", text)


def tier_columns() -> list[Column]:
    """One line a band of amounts."""
    return [
        Column("purpose", _tr("Purpose"), width=80, stretch=1, tooltip="purpose"),
        Column("band", _tr("Amount"), width=150, stretch=1, tooltip="band"),
        Column("chain", _tr("Who approves, in order"), width=250, stretch=4, tooltip="chain"),
        Column("state", _tr("Checked"), width=86, kind="state"),
        Column("valid", _tr("In force"), width=100, stretch=1, tooltip="valid"),
        Column("basis", _tr("Basis"), width=84, stretch=3, tooltip="basis"),
    ]


def change_columns() -> list[Column]:
    """One line a change."""
    return [
        Column("state", _tr("State"), width=100, kind="state"),
        Column("purpose", _tr("Purpose"), width=96),
        Column("band", _tr("Amount"), width=176),
        Column("chain", _tr("Who approves, in order"), width=200, stretch=2, tooltip="chain"),
        Column("valid", _tr("In force"), width=120),
        Column("proposed", _tr("Proposed"), width=128),
        Column("settled", _tr("Decided"), width=128),
    ]

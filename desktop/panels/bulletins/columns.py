"""Columns of the bulletins. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("BulletinsView", text)


def columns() -> list[Column]:
    """One line a report."""
    return [
        Column("state", _tr("State"), width=88, kind="state"),
        Column("day", _tr("Day"), width=96),
        Column("title", _tr("Title"), width=180, stretch=3, tooltip="title"),
        Column("team", _tr("Team"), width=96, stretch=1, tooltip="team"),
        Column("author", _tr("Author"), width=72),
        Column("approver", _tr("Approved by"), width=72),
    ]

"""Columns of police requests. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_place
from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("PoliceView", text)


def columns() -> list[Column]:
    """One line a request."""
    return [
        Column("state", _tr("State"), width=112, kind="state"),
        Column("when", _tr("When needed"), width=142),
        Column("officers", _tr("Officers"), width=60, tooltip="officers_tip"),
        Column("team", _tr("Team"), width=76, tooltip="team", shorten=short_place, spare=1),
        Column("reason", _tr("Reason"), width=200, stretch=3, tooltip="reason"),
        Column("place", _tr("Place"), width=120, stretch=2, tooltip="place"),
        Column("case_number", _tr("Case"), width=146, tooltip="case_number", spare=2),
    ]

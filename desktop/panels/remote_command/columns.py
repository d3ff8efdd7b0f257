"""Columns of the list of orders. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from desktop.rules.short_names import short_place, without_year
from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("RemoteCommand", text)


def short_whom(words: str) -> str:
    """第二执行团队 楼令仪 → 二队 楼令仪."""
    team, _, person = words.partition(" ")
    return f"{short_place(team)} {person}".strip()


def columns() -> list[Column]:
    """In the order of reading: how it stands, what, who, since when and by whom, where, by when;
    in a narrow dock what, how it stands and by when are left."""
    return [
        Column("state", _tr("State"), width=124, kind="state"),
        Column("title", _tr("Order"), width=120, stretch=3, tooltip="body"),
        Column(
            *("whom", _tr("To")),
            width=92,
            stretch=2,
            tooltip="whom",
            shorten=short_whom,
            spare=1,
        ),
        Column("since", _tr("Since, by"), width=124, tooltip="since", spare=2),
        Column("place", _tr("Place"), width=96, stretch=3, tooltip="place", spare=3),
        Column("due", _tr("Time left"), width=92, kind="state", tooltip="due_at"),
        Column("rungs", _tr("Told on"), width=48, align="right", sortable=False, spare=4),
        Column(
            "case_number",
            _tr("Case number"),
            width=112,
            kind="mono",
            stretch=3,
            tooltip="case_number",
            shorten=without_year,
            spare=5,
        ),
        Column("issuer", _tr("From"), width=56, spare=6),
    ]

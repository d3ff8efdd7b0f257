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
    all of them fit into a window of 1280 pixels."""
    return [
        Column("state", _tr("State"), width=118, kind="state"),
        Column("title", _tr("Order"), width=92, stretch=3, tooltip="body"),
        Column("whom", _tr("To"), width=92, stretch=2, tooltip="whom", shorten=short_whom),
        Column("since", _tr("Since, by"), width=124, tooltip="since"),
        Column("place", _tr("Place"), width=78, stretch=3, tooltip="place"),
        Column("due", _tr("Time left"), width=92, kind="state", tooltip="due_at"),
        Column("rungs", _tr("Told on"), width=48, align="right", sortable=False, spare=1),
        Column(
            "case_number",
            _tr("Case number"),
            width=84,
            stretch=3,
            tooltip="case_number",
            shorten=without_year,
            spare=2,
        ),
        Column("issuer", _tr("From"), width=56, spare=3),
    ]

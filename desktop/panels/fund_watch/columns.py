"""Columns of the watch over money. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from desktop.contract.sheets import Kind, SheetColumn
from widgets.table import Column

_WIDE = {"case_number": 26, "number": 18, "payer": 20, "clock_name": 30, "article": 30, "who": 24}


def _tr(text: str) -> str:
    return QCoreApplication.translate("FundWatch", text)


def columns() -> list[Column]:
    """The list; in a window of 1280 pixels those up to the holder are in sight. Whoever points at
    a light, a step or a person reads the step, the person and the clock."""
    return [
        Column("clock", _tr("Clock"), width=98, kind="state", tooltip="hint"),
        Column("case_number", _tr("Case number"), width=168, kind="mono"),
        Column("left_fen", _tr("Left"), width=98, kind="money"),
        Column("held", _tr("Held"), width=84, kind="state", tooltip="hint"),
        Column("step", _tr("Step"), width=110, kind="state", tooltip="hint"),
        Column("holder", _tr("Holder"), width=112, stretch=1, tooltip="hint"),
        Column("due_on", _tr("Due"), width=86, kind="date", tooltip="hint", spare=1),
        Column("number", _tr("Receipt"), width=112, kind="mono", spare=2),
        Column("arrived_on", _tr("Arrived"), width=86, kind="date", spare=3),
        Column("payer", _tr("Payer"), width=96, stretch=1, tooltip="payer", spare=4),
    ]


def sheet_columns() -> list[SheetColumn]:
    """What is exported: the list with everything its hint says."""
    shown = (
        *columns()[:2],
        *columns()[7:10],
        Column("left_yuan", _tr("Left (yuan)")),
        Column("held", _tr("Held")),
        Column("due_on", _tr("Due"), kind="date"),
        Column("clock_name", _tr("Clock of the law")),
        Column("article", _tr("Article")),
        Column("step", _tr("Step")),
        Column("step_since", _tr("At this step since"), kind="date"),
        Column("holder", _tr("Holder")),
        Column("order_number", _tr("Order")),
    )
    return [_sheet(one) for one in shown]


def unclaimed_columns() -> list[Column]:
    """Money nobody fetches."""
    return [
        Column("band", _tr("Age"), width=100, kind="state"),
        Column("case_number", _tr("Case number"), width=168, kind="mono"),
        Column("left_fen", _tr("Left"), width=104, kind="money"),
        Column("days", _tr("Days"), width=52, kind="number"),
        Column("who", _tr("Who has not come"), width=120, stretch=2, tooltip="who"),
        Column("why", _tr("Why it lies"), width=120, stretch=1, tooltip="why", spare=1),
        Column("told", _tr("Notices"), width=56, kind="number", spare=3),
        Column("last_told", _tr("Last notice"), width=86, kind="date", spare=4),
        Column("number", _tr("Receipt"), width=112, kind="mono", spare=5),
        Column("handler", _tr("Handler"), width=72, spare=2),
    ]


def unclaimed_sheet_columns() -> list[SheetColumn]:
    """What is exported of money nobody fetches."""
    money = Column("left_yuan", _tr("Left (yuan)"))
    return [_sheet(money if one.key == "left_fen" else one) for one in unclaimed_columns()]


def delay_columns() -> list[Column]:
    """Delays, one a line."""
    return [
        Column("state", _tr("State"), width=112, kind="state"),
        Column("case_number", _tr("Case number"), width=168, kind="mono"),
        Column("what", _tr("Money"), width=112, spare=1),
        Column("ground", _tr("Ground"), width=150, stretch=2, tooltip="ground"),
        Column("span", _tr("From — to"), width=170),
        Column("proposed", _tr("Proposed"), width=128, spare=3),
        Column("approved", _tr("Decided"), width=128, spare=2),
        Column("due_on", _tr("Pay by"), width=86, kind="date"),
    ]


def _sheet(one: Column) -> SheetColumn:
    kinds: dict[str, Kind] = {"date": "date", "number": "number"}
    return SheetColumn(one.key, one.title, kinds.get(one.kind, "text"), _WIDE.get(one.key, 14))

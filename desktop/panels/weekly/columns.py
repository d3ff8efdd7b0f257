"""Columns of the lists of this panel. UI thread; words are translated when asked for."""

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def _tr(text: str) -> str:
    return QCoreApplication.translate("WeeklyColumns", text)


def _without_days(week: str) -> str:
    """2026年第40周 where its days do not fit."""
    return week.partition("（")[0]


def circular_columns() -> list[Column]:
    """The list of circulars."""
    return [
        Column("week", _tr("Week"), width=134, stretch=1, tooltip="title", shorten=_without_days),
        Column("kind", _tr("Kind"), width=96),
        Column("number", _tr("Number"), width=172, kind="mono"),
        Column("state", _tr("State"), width=90, kind="state"),
        Column("waiting", _tr("Objections waiting"), width=80, kind="number", sortable=False),
        Column("receipts", _tr("Receipts"), width=78, kind="state", sortable=False),
        Column("issued_on", _tr("Issued on"), width=90, kind="date", sortable=False),
    ]


def behind_columns() -> list[Column]:
    """Petitions behind a figure."""
    return [
        Column("code", _tr("Petition"), width=136, kind="mono"),
        Column("court", _tr("Court"), width=80),
        Column("petitioner", _tr("Petitioner"), width=72, tooltip="petitioner"),
        Column("case_number", _tr("Case number"), width=170, kind="mono"),
        Column("received_on", _tr("Received"), width=88, kind="date"),
        Column("due_on", _tr("Due"), width=88, kind="date"),
        Column("closed_on", _tr("Closed"), width=88, kind="date"),
        Column("result", _tr("Result"), width=64),
    ]


def objectable_columns() -> list[Column]:
    """Rows of a court in a circular of either kind."""
    return [
        Column("matter", _tr("Petition or matter"), width=150, stretch=1, kind="mono"),
        Column("case_number", _tr("Case number"), width=172, kind="mono"),
        Column("petitioner", _tr("Petitioner"), width=72),
        Column("received_on", _tr("Received"), width=92, kind="date"),
        Column("due_on", _tr("Due"), width=92, kind="date"),
        Column("closed_on", _tr("Closed"), width=92, kind="date"),
        Column("result", _tr("Result"), width=64),
    ]


def late_columns() -> list[Column]:
    """表5: late petitions by name."""
    return [
        Column("court", _tr("Court"), width=64),
        Column("petitioner", _tr("Petitioner"), width=64),
        Column("case_number", _tr("Case number"), width=176, stretch=1, kind="mono"),
        Column("due_on", _tr("Due"), width=92, kind="date"),
        Column("over", _tr("Days over"), width=72, kind="number"),
        Column("supervised", _tr("Supervised"), width=110),
        Column("holder", _tr("Holder"), width=72),
    ]


def overdue_columns() -> list[Column]:
    """Overdue nodes and findings of passive enforcement."""
    return [
        Column("court", _tr("Court"), width=64),
        Column("case_number", _tr("Case number"), width=172, kind="mono"),
        Column("matter", _tr("Matter"), width=150, stretch=2, tooltip="basis"),
        Column("since", _tr("Since"), width=92, kind="date"),
        Column("days", _tr("Days over"), width=72, kind="number"),
        Column("handler", _tr("Handler"), width=72),
        Column("holder", _tr("Held by"), width=110, tooltip="holder"),
        Column("named_in", _tr("Named in"), width=120, stretch=1),
    ]


def objection_columns() -> list[Column]:
    """Objections of the courts."""
    return [
        Column("court", _tr("Court"), width=72),
        Column("about", _tr("About"), width=240, stretch=2, tooltip="about"),
        Column("body", _tr("Objection"), width=180, stretch=2, tooltip="body"),
        Column("proof", _tr("Proof"), width=110, tooltip="proof"),
        Column("decision", _tr("Decision"), width=96, kind="state"),
    ]


def receipt_columns() -> list[Column]:
    """Receipts of an issued circular."""
    return [
        Column("name", _tr("Recipient"), width=220, stretch=1),
        Column("state", _tr("Receipt"), width=110, kind="state"),
        Column("opened", _tr("Opened"), width=130),
        Column("acknowledged", _tr("Confirmed"), width=130),
        Column("reminded", _tr("Reminded"), width=130),
    ]

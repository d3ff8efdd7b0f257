"""The columns of the exchange panel's tables. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication as Application

from widgets.table import Column

_WIDEST: Final = 280


def error_columns() -> tuple[Column, ...]:
    """Faults: where, what stood there, why."""
    return (
        Column("row", Application.translate("Exchange", "Row"), width=70, kind="number"),
        Column("column", Application.translate("Exchange", "Column"), width=150),
        Column("value", Application.translate("Exchange", "Value"), width=200, stretch=1),
        Column("reason", Application.translate("Exchange", "Reason"), width=320, stretch=2),
    )


def change_columns() -> tuple[Column, ...]:
    """Rows that change what the desk holds."""
    return (
        Column("row", Application.translate("Exchange", "Row"), width=70, kind="number"),
        Column("key", Application.translate("Exchange", "Key"), width=220, kind="mono"),
        Column(
            "fields",
            Application.translate("Exchange", "Changed fields"),
            width=320,
            stretch=1,
        ),
    )


def run_columns() -> tuple[Column, ...]:
    """The log of imports."""
    return (
        Column("at", Application.translate("Exchange", "Time"), width=126, kind="mono"),
        Column(
            "file",
            Application.translate("Exchange", "File"),
            width=140,
            stretch=1,
            tooltip="file",
        ),
        Column("profile", Application.translate("Exchange", "Profile"), width=116),
        Column("court", Application.translate("Exchange", "Court"), width=72),
        Column("read", Application.translate("Exchange", "Read"), width=58, kind="number"),
        Column("added", Application.translate("Exchange", "Added"), width=58, kind="number"),
        Column(
            "changed",
            Application.translate("Exchange", "Changed"),
            width=58,
            kind="number",
        ),
        Column(
            "unchanged",
            Application.translate("Exchange", "Unchanged"),
            width=58,
            kind="number",
        ),
        Column(
            "rejected",
            Application.translate("Exchange", "Rejected"),
            width=58,
            kind="number",
        ),
        Column("actor", Application.translate("Exchange", "By"), width=72),
    )


def court_columns() -> tuple[Column, ...]:
    """How fresh each court's data is."""
    return (
        Column("court", Application.translate("Exchange", "Court"), width=90, stretch=1),
        Column(
            "last",
            Application.translate("Exchange", "Last import"),
            width=100,
            kind="date",
        ),
        Column(
            "age",
            Application.translate("Exchange", "Freshness"),
            width=100,
            kind="state",
        ),
    )


def _shown_width(text: str) -> int:
    """About how wide a text is, in pixels at 100 %: a Chinese character is twice a Latin one."""
    return sum(14 if ord(c) > 0x2E7F else 8 for c in text[:40]) + 24


def preview_columns(
    headers: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], row_title: str
) -> tuple[Column, ...]:
    """The columns of the source itself, under their own names; `c0`, `c1`, … are their keys.

    Wide enough for what the first rows hold, so that no case number is cut.
    """
    columns = [Column("row", row_title, width=64, kind="number", sortable=False)]
    for n, header in enumerate(headers):
        texts = [header, *(cells[n] for _, cells in rows[:50])]
        width = min(max(_shown_width(text) for text in texts), _WIDEST)
        title = header or "—"
        columns.append(Column(f"c{n}", title, width=width, tooltip=f"t{n}", sortable=False))
    return tuple(columns)

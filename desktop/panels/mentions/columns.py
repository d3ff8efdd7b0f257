"""Columns of the list of mentions. UI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from widgets.table import Column


def columns() -> Sequence[Column]:
    """A mention a row: who said what, and where."""
    tr = QCoreApplication.translate
    return (
        Column("state", tr("MentionsView", "State"), width=84, kind="state", sortable=False),
        Column("at", tr("MentionsView", "When"), width=130, kind="mono"),
        Column("author", tr("MentionsView", "From"), width=76),
        Column("about", tr("MentionsView", "About"), width=64),
        Column("object", tr("MentionsView", "Number or title"), width=176, sortable=False),
        Column(
            "body",
            tr("MentionsView", "Note"),
            width=240,
            stretch=1,
            tooltip="whole",
            sortable=False,
        ),
    )

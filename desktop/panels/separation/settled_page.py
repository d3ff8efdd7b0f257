"""Conflicts that somebody's decision ended, with whose and why. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.command.separation.settled import Settled, settled
from desktop.command.separation.watching import TABLES
from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.panels.separation.columns import settled_columns

_INTERVAL_MS: Final = 2_000  # every version of every bench is read


class SettledPage(QWidget):
    """Reads nothing before it is looked at; a double click opens the judged case."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settled_page")
        self._context = context
        self.list: Listing[Settled] = Listing(settled_columns(), self)
        self.list.table.set_empty_text(
            self.tr("No conflict was settled yet"),
            self.tr(
                "A seat given to another, a document recalled and a bond declared wrong end a "
                "conflict; each is kept here with who decided it and why."
            ),
        )
        self.count_label = QLabel(self)
        self.count_label.setProperty("role", "muted")
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.count_label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.list.table, 1)
        self.list.table.row_activated.connect(lambda _id: self._open())
        tables = (*TABLES, "document_version")
        self.live = LiveRefresh(self, context, tables, self._read, interval_ms=_INTERVAL_MS)

    def _read(self) -> None:
        self._context.read(self, "snapshot", settled, None, self._on_found, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: Sequence[Settled]) -> None:
        self.list.show(
            [((one.told.conflict.key, one.decided.row), one, _row(one)) for one in found]
        )
        self.count_label.setText(self.tr("{count} settled").format(count=f"{len(found):,}"))
        self.live.finished()

    def _open(self) -> None:
        one = self.list.current()
        if one is not None:
            self._context.open("case_query", {"case_id": one.told.conflict.case_id})


def _row(one: Settled) -> dict[str, object]:
    return {
        "how": ("done", one.decided.how),
        "person": one.told.person,
        "number": one.told.number,
        "path": one.told.path,
        "carried": one.told.carried,
        "by": one.by,
        "at": one.decided.at[:16].replace("T", " "),
        "words": one.decided.words,
    }

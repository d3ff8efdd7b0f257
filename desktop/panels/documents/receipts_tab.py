"""Recipients of a document: green once opened, with the reminders that went out. UI thread."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.panels.documents.page_queries import DocumentPage
from widgets.table import Column, DataTable, PagedTableModel, StaticSource


def _columns() -> list[Column]:
    tr = QCoreApplication.translate
    return [
        Column("name", tr("Documents", "Recipient"), width=90, stretch=2, sortable=False),
        Column("state", tr("Documents", "Receipt"), width=84, kind="state", sortable=False),
        Column("opened", tr("Documents", "Opened"), width=88, sortable=False),
        Column("acknowledged", tr("Documents", "Acknowledged"), width=88, sortable=False),
        Column("reminded", tr("Documents", "Reminded"), width=88, sortable=False),
    ]


class ReceiptsTab(QWidget):
    """One row for each court or person."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.words.setProperty("role", "muted")
        self._source = StaticSource(())
        self.model = PagedTableModel(_columns(), self._source, self)
        self.table = DataTable(self.model, self)
        self.table.set_empty_text(
            self.tr("No recipient"), self.tr("Recipients are chosen when the document is issued.")
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.words)
        layout.addWidget(self.table, 1)

    def show_page(self, page: DocumentPage) -> None:
        """Shows the receipts as they stand."""
        opened = sum(1 for one in page.receipts if one.opened_at is not None)
        said = self.tr("{opened} of {count} have opened it.")
        self.words.setText(
            said.format(opened=opened, count=len(page.receipts)) if page.receipts else ""
        )
        self.words.setVisible(bool(page.receipts))
        read, acknowledged = ("normal", self.tr("opened")), ("done", self.tr("acknowledged"))
        unread = ("due_soon", self.tr("not opened"))
        self._source.set_rows(
            [
                {
                    "id": n,
                    "name": one.name,
                    "state": acknowledged
                    if one.acknowledged_at
                    else read
                    if one.opened_at
                    else unread,
                    "opened": _minute(one.opened_at),
                    "acknowledged": _minute(one.acknowledged_at),
                    "reminded": _minute(one.reminded_at),
                }
                for n, one in enumerate(page.receipts, start=1)
            ]
        )
        self.model.refresh()


def _minute(at: datetime | None) -> str:
    return "" if at is None else f"{at:%m-%d %H:%M}"

"""A leader's warnings, unread ones on top; reading them is recorded as a fact. UI thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.responsibility import commands
from desktop.panels.responsibility.columns import warning_columns
from desktop.panels.responsibility.commands import ReadArgs
from desktop.panels.responsibility.warning_queries import WARNINGS_MAX, Warned, Warnings
from widgets.table import DataTable, PagedTableModel, StaticSource


class WarningList(QWidget):
    """`read` after something was recorded as read."""

    read = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.person_id = ""
        # A warning keeps its number while others come and go, and so stays selected.
        self._numbers: dict[tuple[str, int], int] = {}
        self.rows: dict[int, Warned] = {}
        self.note = QLabel(self)
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self.open_button = QPushButton(self.tr("Open letter"), self)
        self.read_button = QPushButton(self.tr("Record as read"), self)
        self.read_button.setProperty("kind", "primary")
        self._source = StaticSource(())
        self.model = PagedTableModel(warning_columns(), self._source, self)
        self.table = DataTable(self.model, self)
        head = QHBoxLayout()
        head.addWidget(self.note, 1)
        head.addWidget(self.open_button)
        head.addWidget(self.read_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)
        self.table.row_activated.connect(lambda _id: self.open_letter())
        self.open_button.clicked.connect(lambda _checked=False: self.open_letter())
        self.read_button.clicked.connect(lambda _checked=False: self.record())

    def show_warnings(self, found: Warnings, person_id: str) -> None:
        """Shows the warnings of a person."""
        self.person_id = person_id
        self.rows = {self._number(one): one for one in found.rows}
        own = person_id == self.context.who.person_id
        self.read_button.setEnabled(own and found.unread > 0)
        self.read_button.setToolTip(
            "" if own else self.tr("Only the leader himself records what he has read.")
        )
        if found.leads:
            words = self.tr("{unread} unread").format(unread=f"{found.unread:,}")
            if len(found.rows) == WARNINGS_MAX:
                words += self.tr(", the newest {count} are listed").format(count=WARNINGS_MAX)
            self.note.setText(words)
            empty = self.tr("Letters to his teams and every rung of their ladders appear here.")
        else:
            self.note.setText(self.tr("This person leads no team."))
            empty = self.tr("Warnings go to the leader of a team.")
        self.table.set_empty_text(self.tr("No warnings"), empty)
        unread, done = ("due_soon", self.tr("unread")), ("done", self.tr("read"))
        self._source.set_rows(
            [
                {
                    "id": number,
                    "state": done if one.read_at else unread,
                    "on": one.on,
                    "number": one.number,
                    "what": one.what,
                    "case_number": one.case_number,
                    "team": one.team,
                    "addressee": one.addressee,
                    "read_at": one.read_at,
                }
                for number, one in self.rows.items()
            ]
        )
        self.model.refresh()

    def _number(self, one: Warned) -> int:
        return self._numbers.setdefault((one.letter_id, one.rung), len(self._numbers))

    def open_letter(self) -> None:
        """Opens the letter of the current row."""
        current = self.table.current_id()
        if current is not None and current in self.rows:
            self.context.open("supervision", {"letter_id": self.rows[current].letter_id})

    def record(self) -> None:
        """Records the selected warnings as read."""
        chosen = tuple(
            (self.rows[number].letter_id, self.rows[number].rung)
            for number in self.table.selected_ids()
            if number in self.rows
        )
        if not chosen:
            self.context.notify(self.tr("Choose warnings first."))
            return
        args = ReadArgs(chosen, self.person_id, self.context.who.person_id, self.context.now())
        self.context.write(self, "登记预警已阅", commands.mark_read, args, self._on_read)

    def _on_read(self, count: int) -> None:
        text = self.tr("{count} warnings recorded as read").format(count=count)
        self.context.notify(text, level="done")
        self.read.emit()

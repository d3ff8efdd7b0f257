"""提到我的: a list of mentions; opening one shows what it is about. UI thread."""

from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.listing import ListQueries
from desktop.notes.commands import Reading, mark_read, take_over
from desktop.notes.rules import PANEL_OF
from desktop.panels.mentions import PANELS, queries
from desktop.panels.mentions.columns import columns
from desktop.panels.mentions.queries import MentionFilter


class MentionsView(ListPanel[MentionFilter]):
    """Opening marks as read; a hand-over waits until it is taken."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=ListQueries(queries.snapshot, queries.rows, PANELS[0].tables),
            filter_=MentionFilter(context.who.person_id),
        )
        self.waiting_button = QPushButton(self.tr("Waiting only"), self)
        self.waiting_button.setObjectName("waiting_only")
        self.waiting_button.setCheckable(True)
        self.waiting_button.setChecked(True)
        self.waiting_button.toggled.connect(self._on_waiting)
        self.add_filter(self.waiting_button)
        self.add_button(self.tr("Mark as read"), self.read_current)
        self.add_button(self.tr("I take over"), self.take_current)
        self.add_button(self.tr("Open"), self.open_case, primary=True)
        if context.who.person_id is None:
            empty = (
                self.tr("Nobody is set on this desk"),
                self.tr("Choose the person on duty in the settings; then mentions appear here."),
            )
        else:
            empty = (
                self.tr("No mention waits for you"),
                self.tr("Notes that name you with @ and hand-overs to you appear here."),
            )
        self.table.set_empty_text(*empty)

    def open_case(self) -> None:
        """Opens what the current row is about; that counts as read."""
        row = self.current_row()
        if row is None:
            self.context.notify(self.tr("Choose a row first."))
            return
        panel, key = PANEL_OF[str(row["kind"])]
        self.read_current()
        self.context.open(panel, {key: str(row["object_id"])})

    def read_current(self) -> None:
        """Marks the current row as read."""
        row = self.current_row()
        if row is not None:
            self.context.write(
                self, "阅读备注", mark_read, self._reading(str(row["id"])), lambda _count: None
            )

    def take_current(self) -> None:
        """Takes over what the current row hands over."""
        row = self.current_row()
        if row is None or not row["handover"]:
            self.context.notify(self.tr("Choose a hand-over first."))
            return
        self.context.write(
            self, "接收交接", take_over, self._reading(str(row["id"])), lambda _done: None
        )

    def fill_menu(self, menu: QMenu) -> None:
        menu.addAction(self.tr("Open"), self.open_case)
        menu.addAction(self.tr("Mark as read"), self.read_current)
        row = self.current_row()
        if row is not None and row["handover"]:
            menu.addAction(self.tr("I take over"), self.take_current)
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    def _reading(self, mention_id: str) -> Reading:
        return Reading((mention_id,), self.context.who.person_id, self.context.now())

    def _on_waiting(self, on: bool) -> None:
        self.set_filter(MentionFilter(self.context.who.person_id, on))

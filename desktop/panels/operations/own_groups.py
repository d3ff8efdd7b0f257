"""The groups that report from this desk: of whoever sits here, or of an operation that another
team leads and whose plan is not here. UI thread.
"""

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.command.operations.acts import By, CheckinArgs, check_in
from desktop.command.operations.reading import own_groups
from desktop.command.operations.records import Group
from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.panels.operations.group_board import GroupBoard
from desktop.rules.operation_law import load_operation_law
from widgets.dialogs import ask_text

TICK_MS = 1_000
TABLES = ("operation_group", "checkin", "operation_act", "operation")
_WORDS = {"ok": "报平安", "alarm": "呼救", "leave": "撤收"}


class OwnGroups(QWidget):
    """Takes no room while there are none."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("own_groups")
        self._context = context
        self.board = GroupBoard(self, commands=False)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 0, 12, 0)
        box.addWidget(self.board)
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._tick)
        self.board.reported.connect(self._report)
        self.board.map_asked.connect(
            lambda group: context.open("live_map", {"unit_id": group.unit_id or ""})
        )
        self.live = LiveRefresh(self, context, TABLES, self._read)

    def _read(self) -> None:
        who = self._context.who.person_id
        failed = self.live.finished
        self._context.read(self, "own", own_groups, who, self._show, lambda _words: failed())

    def _show(self, groups: tuple[Group, ...]) -> None:
        now = self._context.now()
        self.board.show_groups(groups, load_operation_law().on(now.date()), now)
        self._fit()
        self.live.finished()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        wanted = self.board.height() if self.board.cards else 0
        if self.minimumHeight() != wanted or self.maximumHeight() != wanted:
            self.setFixedHeight(wanted)

    def _tick(self) -> None:
        if self.board.cards:
            now = self._context.now()
            self.board.tick(load_operation_law().on(now.date()), now)

    def _report(self, group_id: str, act: str) -> None:
        if act == "ok":
            self._write(group_id, act, "")
            return
        ask_text(
            self,
            object_name=f"ask_group_{act}",
            title=f"{_WORDS[act]}　{self.board.cards[group_id].group.name}",
            label=self.tr("What is to be known of it?"),
            accept_text=_WORDS[act],
            on_accept=lambda body: self._write(group_id, act, body),
            required=act == "alarm",
        )

    def _write(self, group_id: str, act: str, body: str) -> None:
        by = By(self._context.who.person_id, self._context.now())
        args = CheckinArgs(group_id, act, by, body=body)
        self._context.write(self, _WORDS[act], check_in, args, lambda _none: None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

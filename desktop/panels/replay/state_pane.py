"""Orders, groups, messages, pictures and cases of one instant, beside the map. UI thread.

A list is filled again only when what it shows has changed; while the film runs most instants change
nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from desktop.command.operations.records import LOG_WORDS, LogLine, Picture
from desktop.command.orders.reading import Order
from desktop.command.replay.case_then import CaseThen
from desktop.command.replay.reel import GroupThen, State
from desktop.contract.short_list import Listing
from desktop.panels.replay.columns import (
    case_columns,
    group_columns,
    line_columns,
    order_columns,
    picture_columns,
)
from desktop.rules.checkins import LEVEL_STYLES, LEVEL_WORDS
from desktop.rules.field_orders import STATE_WORDS, OrderState
from storage.records.cases import NodeClock
from storage.records.states import NodeState

ORDER_STYLES: Final = {
    OrderState.DRAFT: "paused",
    OrderState.SENT: "due_soon",
    OrderState.DELIVERED: "due_soon",
    OrderState.ACKNOWLEDGED: "normal",
    OrderState.EN_ROUTE: "normal",
    OrderState.ON_SCENE: "normal",
    OrderState.DONE: "done",
    OrderState.REFUSED: "overdue",
    OrderState.CANCELLED: "paused",
}
QUEUED: Final = "待发（离线）"  # at that instant nobody but the device that made it knew of it
NODE_STYLES: Final = {
    NodeState.NORMAL: "normal",
    NodeState.DUE_SOON: "due_soon",
    NodeState.OVERDUE: "overdue",
    NodeState.PAUSED: "paused",
    NodeState.UNKNOWN: "unknown",
    NodeState.DONE: "done",
    NodeState.DONE_LATE: "done_late",
}
_FINISHED: Final = (NodeState.DONE, NodeState.DONE_LATE)
_PICTURE: Final = 0.4  # of the height of the pane


class StatePane(QTabWidget):
    """`picture_asked(id)` when a picture is chosen, `order_asked(id)` when an order is opened."""

    picture_asked = Signal(str)
    order_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("state_pane")
        self.setDocumentMode(True)
        self.orders: Listing[Order] = Listing(order_columns(), self)
        self.groups: Listing[GroupThen] = Listing(group_columns(), self)
        self.lines: Listing[LogLine] = Listing(line_columns(), self)
        self.pictures: Listing[Picture] = Listing(picture_columns(), self)
        self.cases: Listing[NodeClock] = Listing(case_columns(), self)
        self.image = _Image(self)
        self._shown = State(datetime.min)  # noqa: DTZ901  Shown before any film.
        self._fresh = True
        self._node_names: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._arrange()

    def _arrange(self) -> None:
        for listing, title, empty in (
            (self.orders, self.tr("Orders"), self.tr("No order yet")),
            (self.groups, self.tr("Groups"), self.tr("No group yet")),
            (self.lines, self.tr("Messages"), self.tr("Nothing written down yet")),
            (self.pictures, self.tr("Pictures"), self.tr("No picture yet")),
            (self.cases, self.tr("Cases"), self.tr("No case")),
        ):
            listing.table.set_empty_text(empty, "")
            page: QWidget = listing.table
            if listing is self.pictures:
                page = QWidget(self)
                column = QVBoxLayout(page)
                column.setContentsMargins(0, 0, 0, 0)
                column.addWidget(self.image)
                column.addWidget(listing.table, 1)
            self.addTab(page, title)
        self.pictures.table.current_id_changed.connect(lambda _id: self._on_picture())
        self.orders.table.row_activated.connect(lambda _id: self._on_order())

    def begin(self, node_names: dict[str, str], names: dict[str, str]) -> None:
        """Another film: how its nodes and people are called."""
        self._node_names, self._names = node_names, names
        self._fresh = True
        self.image.show_bytes(b"")

    def set_state(self, state: State) -> None:
        """Shows an instant."""
        was, fresh = self._shown, self._fresh
        self._shown, self._fresh = state, False
        if fresh or state.orders != was.orders:
            self.orders.show([(one.id, one, _order(one)) for one in _sorted(state.orders)])
        if fresh or [one.watch for one in state.groups] != [one.watch for one in was.groups]:
            self.groups.show([(one.group.id, one, _group(one)) for one in state.groups])
        if fresh or state.lines != was.lines:
            self.lines.show([(one.id, one, self._line(one)) for one in reversed(state.lines)])
        if fresh or state.pictures != was.pictures:
            self.pictures.show([(one.id, one, _picture(one)) for one in reversed(state.pictures)])
            if state.pictures:
                self.pictures.choose(state.pictures[-1].id)
                self._on_picture()
            else:
                self.image.show_bytes(b"")
        if fresh or state.cases != was.cases:
            self.cases.show([row for case in state.cases for row in self._nodes(case)])

    def _line(self, one: LogLine) -> dict[str, object]:
        mark = self.tr("(corrected) ") if one.voided_by else ""
        return {
            "at": f"{one.at:%H:%M:%S}",
            "kind": LOG_WORDS.get(one.kind, one.kind),
            "who": self._names.get(one.person_id, "—"),
            "words": mark + one.body,
        }

    def _nodes(self, case: CaseThen) -> list[tuple[object, NodeClock, dict[str, object]]]:
        """Open nodes first, the most urgent above; then what is done."""
        rank = {state: n for n, state in enumerate((NodeState.OVERDUE, NodeState.DUE_SOON))}
        states = sorted(
            case.states(),
            key=lambda one: (
                one[1] in _FINISHED,
                rank.get(one[1], 2),
                one[0].due_on.isoformat() if one[0].due_on else "9",
                one[0].node_code,
            ),
        )
        return [
            (
                (case.number, clock.node_code, clock.subject),
                clock,
                {
                    "state": (NODE_STYLES[state], state.value),
                    "number": case.number,
                    "node": self._node_names.get(clock.node_code, clock.node_code),
                    "due": None if clock.due_on is None else clock.due_on.isoformat(),
                },
            )
            for clock, state in states
        ]

    def _on_picture(self) -> None:
        one = self.pictures.current()
        if one is not None:
            self.picture_asked.emit(one.id)

    def _on_order(self) -> None:
        one = self.orders.current()
        if one is not None:
            self.order_asked.emit(one.id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.image.setFixedHeight(round(self.height() * _PICTURE))


class _Image(QLabel):
    """A picture as large as there is room, in its own shape."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._whole = QPixmap()

    def sizeHint(self) -> QSize:
        return QSize(160, 120)

    def show_bytes(self, body: bytes) -> None:
        """Shows a picture; none for what is none."""
        self._whole = QPixmap()
        if body:
            self._whole.loadFromData(body)
        self._fit()

    def _fit(self) -> None:
        if self._whole.isNull():
            self.clear()
            return
        self.setPixmap(
            self._whole.scaled(
                self.size(),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _sorted(orders: Sequence[Order]) -> list[Order]:
    """What somebody still has to do above, the newest first."""
    return sorted(orders, key=lambda one: not one.standing.open)


def _order(one: Order) -> dict[str, object]:
    state = one.standing.state
    since = one.standing.made_by.at if one.standing.made_by else one.made_at
    return {
        "state": ("unknown", QUEUED)
        if one.standing.queued
        else (ORDER_STYLES[state], STATE_WORDS[state]),
        "title": one.title,
        "whom": one.whom,
        "since": f"{since:%H:%M:%S}",
    }


def _group(one: GroupThen) -> dict[str, object]:
    heard = one.watch.heard_at
    return {
        "level": (LEVEL_STYLES[one.watch.level], LEVEL_WORDS[one.watch.level]),
        "name": one.group.name,
        "team": one.group.team,
        "heard": "" if heard is None else f"{heard:%H:%M:%S}",
    }


def _picture(one: Picture) -> dict[str, object]:
    return {
        "at": f"{one.at:%H:%M:%S}",
        "feed": one.feed,
        "who": one.officer,
        "note": one.note,
    }

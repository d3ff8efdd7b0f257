"""The groups of an operation side by side, each with its clock. UI thread."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.command.operations.records import Group
from desktop.panels.operations.group_card import GroupCard
from desktop.rules.checkins import Level
from desktop.rules.operation_law import OperationLimits
from widgets.flow import FlowLayout

_GRAVE: Final = {level: n for n, level in enumerate(Level)}


class GroupBoard(QWidget):
    """Signals as GroupCard has them. Cards stay as long as their groups do, so that a click is
    never lost to a card that has just been made anew."""

    reported = Signal(str, str)
    acknowledged = Signal(str, str)
    order_asked = Signal(object)
    map_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, commands: bool = True) -> None:
        super().__init__(parent)
        self._commands = commands
        self.cards: dict[str, GroupCard] = {}
        self._flow = FlowLayout(self, spacing=10, fill=True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_groups(self, groups: Sequence[Group], limits: OperationLimits, now: datetime) -> None:
        """Other groups, or the same ones with what was reported since."""
        keys = {group.id for group in groups}
        for key in [key for key in self.cards if key not in keys]:
            card = self.cards.pop(key)
            self._flow.removeWidget(card)
            card.deleteLater()
        # A new operation begins with its gravest group; later nothing moves under the mouse.
        for group in sorted(groups, key=lambda one: -_GRAVE[one.watch(limits, now).level]):
            known = self.cards.get(group.id)
            if known is None:
                known = self.cards[group.id] = GroupCard(group, self, commands=self._commands)
                self._flow.addWidget(known)
                known.reported.connect(self.reported)
                known.acknowledged.connect(self.acknowledged)
                known.order_asked.connect(self.order_asked)
                known.map_asked.connect(self.map_asked)
                known.show()
            else:
                known.show_group(group)
        self.tick(limits, now)
        self._order_tabs()
        self._fit()

    def _order_tabs(self) -> None:
        """Tab goes from what scrolls the cards through their buttons: cards come later than every
        other part of the window, and would be last of all."""
        before = self.parentWidget()
        while before is not None and before.focusPolicy() == Qt.FocusPolicy.NoFocus:
            before = before.parentWidget()
        for card in self.cards.values():
            for button in (card.ack_button, card.ok_button, card.more):
                if before is not None:
                    self.setTabOrder(before, button)
                before = button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()  # a card has more or fewer lines, or another button
        return done

    def _fit(self) -> None:
        """As high as its lines of cards: a layout around it asks no height for a width."""
        wanted = self._flow.heightForWidth(self.width()) if self.cards else 0
        if self.height() != wanted or self.minimumHeight() != wanted:
            self.setFixedHeight(wanted)

    def tick(self, limits: OperationLimits, now: datetime) -> Level:
        """Shows every clock at `now`; gives the gravest level."""
        levels = [card.tick(limits, now).level for card in self.cards.values()]
        return max(levels, key=_GRAVE.__getitem__, default=Level.WAITING)

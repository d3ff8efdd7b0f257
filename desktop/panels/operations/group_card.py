"""A group in the field: how long it has not been heard of, and one click to say that all is well.

UI thread.
"""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.command.operations.records import Group
from desktop.rules.checkins import LEVEL_STYLES, LEVEL_WORDS, Level, Watch, sentence
from desktop.rules.operation_law import OperationLimits
from widgets.badge import Badge
from widgets.icon import icon
from widgets.parts import named_button, words_label
from widgets.states import state_color
from widgets.theme import current_theme, repolish, theme_notifier

_STRIPE: Final = 4
_BAR: Final = 6
_WIDE: Final = 236
_LINES: Final = 2
_ROOMY: Final = 340  # a card this wide has room for words beside both of its buttons


class LapseBar(QWidget):
    """How much of its time has passed, with a mark where it turns and one where it is over."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares = (0.0, 0.8, 1.0)
        self._state = "normal"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(80, current_theme().px(_BAR))

    def show_lapse(self, passed: float, turns: float, over: float, state: str) -> None:
        """Shares of the whole bar; `passed` beyond 1 fills it."""
        self._shares, self._state = (min(max(passed, 0.0), 1.0), turns, over), state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        passed, turns, over = self._shares
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        radius = whole.height() / 2
        painter.setBrush(theme.color("line"))
        painter.drawRoundedRect(whole, radius, radius)
        if passed > 0:
            part = QRectF(whole)
            part.setWidth(max(whole.height(), whole.width() * passed))
            painter.setBrush(state_color(self._state, theme))
            painter.drawRoundedRect(part, radius, radius)
        painter.setBrush(theme.color("surface"))
        for share in (turns, over):
            painter.drawRect(QRectF(whole.width() * share - 1, 0, 2, whole.height()))
        painter.end()


class GroupCard(QFrame):
    """`reported(group id, act)`: ok, alarm or leave; `acknowledged(group id, key)` of an alarm;
    `order_asked(Group)`, `map_asked(Group)`. Without `commands` it only reports: the group does
    not end its own alarms."""

    reported = Signal(str, str)
    acknowledged = Signal(str, str)
    order_asked = Signal(object)
    map_asked = Signal(object)

    def __init__(
        self, group: Group, parent: QWidget | None = None, *, commands: bool = True
    ) -> None:
        super().__init__(parent)
        self.group = group
        self._commands = commands
        self.level = Level.WAITING
        self._alarm_key = ""
        self.setObjectName(f"group_{group.id}")
        self.setProperty("card", True)
        self.setMinimumWidth(current_theme().px(_WIDE))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.name = QLabel(self)
        self.name.setProperty("role", "title")
        self.badge = Badge(parent=self)
        self.staff = QLabel(self)
        self.staff.setProperty("role", "small")
        self.staff.setTextFormat(Qt.TextFormat.PlainText)
        self.staff.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._staff = ""
        self.lapse = QLabel(self)
        self.lapse.setProperty("role", "figure")
        self.due = QLabel(self)
        self.due.setProperty("role", "small")
        self.due.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        self.bar = LapseBar(self)
        self.words = words_label(self, "small")
        # Its words take what the buttons leave, and never make the card wider than its pane.
        policy = self.words.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        self.words.setSizePolicy(policy)
        self.words.setFixedHeight(self.words.fontMetrics().lineSpacing() * _LINES + 2)
        self.ok_button = named_button(self, "check_in", self.tr("All well"))
        self.ack_button = named_button(self, "acknowledge", self.tr("Acknowledge alarm"))
        self.ack_button.setProperty("kind", "danger")
        self.more = QToolButton(self)
        self.more.setObjectName("group_more")
        self.more.setToolTip(self.tr("More"))
        self._arrange()
        self._connect()
        self.show_group(group)

    def _arrange(self) -> None:
        theme = current_theme()
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.badge)
        clock = QHBoxLayout()
        clock.addWidget(self.lapse)
        clock.addWidget(self.due, 1)
        foot = QHBoxLayout()
        foot.setSpacing(theme.grid)
        foot.addWidget(self.words, 1)
        for button in (self.ack_button, self.ok_button, self.more):
            foot.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 8, 10, 8)
        box.setSpacing(4)
        box.addLayout(head)
        box.addWidget(self.staff)
        box.addLayout(clock)
        box.addWidget(self.bar)
        box.addLayout(foot, 1)

    def _connect(self) -> None:
        self.ok_button.clicked.connect(
            lambda _checked=False: self.reported.emit(self.group.id, "ok")
        )
        self.ack_button.clicked.connect(
            lambda _checked=False: self.acknowledged.emit(self.group.id, self._alarm_key)
        )
        self.more.clicked.connect(lambda _checked=False: self.open_menu())
        theme_notifier().theme_changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.more.setIcon(icon("ri.more-2-line"))
        self.update()

    def open_menu(self) -> None:
        """Opens the menu beneath its button."""
        self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def menu(self) -> QMenu:
        """What else can be done with the group."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._commands:
            menu.addAction(self.tr("Give an order…"), lambda: self.order_asked.emit(self.group))
        menu.addAction(self.tr("Show on map"), lambda: self.map_asked.emit(self.group))
        menu.addSeparator()
        out = self.level not in (Level.WAITING, Level.LEFT)
        for act, words in (
            ("alarm", self.tr("Call for help")),
            ("leave", self.tr("Group is back")),
        ):
            action = menu.addAction(words, lambda act=act: self.reported.emit(self.group.id, act))
            action.setObjectName(f"group_{act}")
            action.setEnabled(out)
        return menu

    # Showing

    def show_group(self, group: Group) -> None:
        """The group as it is known now; `tick` shows its clock."""
        self.group = group
        self.name.setText(group.name)
        leader = self.tr("leader {name}").format(name=group.leader) if group.leader else ""
        self._staff = " · ".join(part for part in (group.team, leader) if part)
        self._place_words()

    def tick(self, limits: OperationLimits, now: datetime) -> Watch:
        """Shows how the group stands at `now`; gives that."""
        state = self.group.watch(limits, now)
        style = LEVEL_STYLES[state.level]
        changed = state.level is not self.level
        self.level = state.level
        self.badge.set_state(style, LEVEL_WORDS[state.level])
        self._show_clock(state, now)
        held = state.held
        self._alarm_key = held[0].key if held else ""
        self.ack_button.setVisible(bool(held) and self._commands)
        out = state.level not in (Level.WAITING, Level.LEFT) and state.left_at is None
        self.ok_button.setVisible(out and self.group.over_at is None)
        primary = "primary" if state.level in (Level.YELLOW, Level.RED) else ""
        if self.ok_button.property("kind") != primary:
            self.ok_button.setProperty("kind", primary)
            repolish(self.ok_button)
        # The name stands above.
        said = sentence(held[0], "", now) if held else self.group.task
        role = "error" if held else "small"
        if self.words.property("role") != role:
            self.words.setProperty("role", role)
            repolish(self.words)
        if self.words.text() != said:
            self.words.setText(said)
            self.words.setToolTip(said)
        self._place_words()
        if changed:
            self.update()
        return state

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_words()

    def _place_words(self) -> None:
        """Beside two buttons a narrow card leaves an alarm the width of two letters: there its
        sentence stands in the line of who is in the group, which goes into the tooltip."""
        squeezed = not self.ack_button.isHidden() and self.width() < current_theme().px(_ROOMY)
        self.words.setHidden(squeezed)
        said, role = (self.words.text(), "error") if squeezed else (self._staff, "small")
        if self.staff.text() != said:
            self.staff.setText(said)
        if self.staff.property("role") != role:
            self.staff.setProperty("role", role)
            repolish(self.staff)
        self.staff.setToolTip(f"{said}\n{self._staff}" if squeezed else "")

    def _show_clock(self, state: Watch, now: datetime) -> None:
        minutes = self.group.checkin_s // 60
        if state.clock is None or state.heard_at is None:
            self.lapse.setText("—")
            back = state.left_at or self.group.over_at
            self.due.setText(f"{back:%H:%M} {LEVEL_WORDS[Level.LEFT]}" if back else "")
            self.bar.show_lapse(0, 0.8, 1, "normal")
            return
        self.lapse.setText(lapse_words(int((now - state.heard_at).total_seconds())))
        told = self.tr("every {minutes} min · due {time}")
        self.due.setText(told.format(minutes=minutes, time=f"{state.clock.red_at:%H:%M}"))
        clock = state.clock
        whole = (clock.alarm_at - clock.base).total_seconds()
        shares = [
            (at - clock.base).total_seconds() / whole for at in (now, clock.yellow_at, clock.red_at)
        ]
        self.bar.show_lapse(shares[0], shares[1], shares[2], LEVEL_STYLES[clock.level(now)])

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        color = state_color(LEVEL_STYLES[self.level], theme)
        if self.level is Level.ALARM:
            painter.setBrush(theme.mix("overdue", "surface", 0.12))
            inner = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(inner, theme.radius, theme.radius)
        painter.setBrush(color)
        stripe = QRectF(1, 1, theme.px(_STRIPE), self.height() - 2)
        painter.drawRoundedRect(stripe, 2, 2)
        painter.end()


def lapse_words(seconds: int) -> str:
    """A stretch of time as m:ss, from an hour on h:mm:ss, from a day on in days and hours."""
    seconds = max(0, seconds)
    if seconds >= 86_400:
        return f"{seconds // 86_400}天{seconds % 86_400 // 3600}时"
    hours, rest = divmod(seconds, 3600)
    clock = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{clock}" if hours else clock

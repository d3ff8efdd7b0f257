"""The other clocks of the same case, each with its state; a click explains that one. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.circulars.names import subject_words
from desktop.panels.derivation.queries import Clock
from storage.records.states import STYLE_KEY
from widgets.states import state_pixmap
from widgets.theme import current_theme

SHOWN_MAX: Final = 30
_SIDES: Final = 40  # padding of a button and the gap after its icon


class OtherClocks(QWidget):
    """`chosen(node code, subject)`."""

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 8, 0, 0)
        self._layout.setSpacing(0)
        self.title = QLabel(self.tr("Other clocks of this case"), self)
        self.title.setProperty("role", "group")
        self._layout.addWidget(self.title)
        self.buttons: list[QPushButton] = []

    def set_clocks(self, clocks: Sequence[Clock]) -> None:
        """Shows the clocks in their order, most urgent first."""
        for old in self.buttons:
            self._layout.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.buttons = [self._button(clock) for clock in clocks[:SHOWN_MAX]]
        self.setVisible(bool(self.buttons))

    def _button(self, clock: Clock) -> QPushButton:
        due = clock.due_on.isoformat() if clock.due_on is not None else "—"
        if not clock.certain:
            due = self.tr("not before {day}").format(day=due)
        made = _ClockButton(
            clock.name + subject_words(clock.subject), f"　{due}　{clock.state.value}", self
        )
        side = current_theme().px(12)
        made.setIcon(QIcon(state_pixmap(STYLE_KEY[clock.state], side, current_theme())))
        made.setIconSize(QSize(side, side))
        made.setToolTip(f"{made.accessibleName()}\n{self.tr('Explain this clock')}")
        made.clicked.connect(
            lambda _checked=False: self.chosen.emit(clock.node_code, clock.subject)
        )
        self._layout.addWidget(made)
        return made


class _ClockButton(QPushButton):
    """Shortens the name, never the date and state, rather than pushing the pane wider."""

    def __init__(self, name: str, rest: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self._rest = rest
        self.setProperty("kind", "quiet")
        self.setStyleSheet("text-align: left;")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name + rest)
        self.setText(rest)

    def resizeEvent(self, event: QResizeEvent) -> None:
        metrics = self.fontMetrics()
        room = self.width() - self.iconSize().width() - _SIDES
        room -= metrics.horizontalAdvance(self._rest)
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, max(0, room))
        self.setText(name + self._rest)
        super().resizeEvent(event)

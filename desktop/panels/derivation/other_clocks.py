"""The other clocks of the same case, each with its state; a click explains that one. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.panels.derivation.queries import Clock
from storage.records.states import STYLE_KEY
from widgets.states import state_pixmap
from widgets.theme import current_theme

SHOWN_MAX: Final = 30


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
        subject = f"（{clock.subject}）" if clock.subject else ""
        due = clock.due_on.isoformat() if clock.due_on is not None else "—"
        if not clock.certain:
            due = self.tr("not before {day}").format(day=due)
        text = f"{clock.name}{subject}　{due}　{clock.state.value}"
        side = current_theme().px(12)
        shape = QIcon(state_pixmap(STYLE_KEY[clock.state], side, current_theme()))
        made = QPushButton(shape, text, self)
        made.setIconSize(QSize(side, side))
        made.setProperty("kind", "quiet")
        made.setStyleSheet("text-align: left;")
        # Long names are cut rather than pushing the pane wider than it is.
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        made.setToolTip(f"{text}\n{self.tr('Explain this clock')}")
        made.clicked.connect(
            lambda _checked=False: self.chosen.emit(clock.node_code, clock.subject)
        )
        self._layout.addWidget(made)
        return made

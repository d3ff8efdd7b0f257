"""Buttons that move the hand: both ways, slower and faster, from event to event. UI thread."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from desktop.panels.replay.player import SPEEDS, Player
from widgets.icon import icon
from widgets.theme import theme_notifier

_ICONS: Final = {
    "replay_start": "ri.skip-back-mini-line",
    "replay_before": "ri.arrow-left-s-line",
    "replay_backwards": "ri.rewind-mini-line",
    "replay_pause": "ri.pause-mini-line",
    "replay_forwards": "ri.play-mini-line",
    "replay_after": "ri.arrow-right-s-line",
}


class Transport(QWidget):
    """Works a Player; `before` and `after` are wired by the owner, who knows the events."""

    def __init__(self, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replay_transport")
        self._player = player
        self.clock = QLabel(self)
        self.clock.setObjectName("replay_clock")
        self.clock.setProperty("role", "large")
        self.day = QLabel(self)
        self.day.setProperty("role", "muted")
        words = {
            "replay_start": self.tr("To the beginning"),
            "replay_before": self.tr("Event before"),
            "replay_backwards": self.tr("Play backwards"),
            "replay_pause": self.tr("Pause"),
            "replay_forwards": self.tr("Play"),
            "replay_after": self.tr("Next event"),
        }
        self.buttons: dict[str, QToolButton] = {}
        for name, text in words.items():
            button = QToolButton(self)
            button.setObjectName(name)
            button.setToolTip(text)
            button.setAccessibleName(text)
            button.setAutoRaise(True)
            self.buttons[name] = button
        for name in ("replay_backwards", "replay_forwards"):
            self.buttons[name].setCheckable(True)
        self.speed = QComboBox(self)
        self.speed.setObjectName("replay_speed")
        for one in SPEEDS:
            self.speed.addItem(f"{one}×", one)
        self.speed.setCurrentIndex(SPEEDS.index(player.speed))
        self.told = QLabel(self)
        self.told.setObjectName("replay_event")
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self._arrange()
        self._connect()
        self._restyle()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.clock)
        row.addWidget(self.day)
        row.addSpacing(8)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addWidget(self.speed)
        row.addSpacing(8)
        row.addWidget(self.told, 1)

    def _connect(self) -> None:
        play = self._player.play
        self.buttons["replay_forwards"].clicked.connect(lambda _on=False: play(1))
        self.buttons["replay_backwards"].clicked.connect(lambda _on=False: play(-1))
        self.buttons["replay_pause"].clicked.connect(lambda _on=False: play(0))
        self.speed.currentIndexChanged.connect(self._on_speed)
        self._player.changed.connect(self._show_direction)
        theme_notifier().theme_changed.connect(self._restyle)

    def _on_speed(self, _number: int) -> None:
        self._player.speed = int(self.speed.currentData())

    def _show_direction(self) -> None:
        direction = self._player.direction
        self.buttons["replay_forwards"].setChecked(direction > 0)
        self.buttons["replay_backwards"].setChecked(direction < 0)

    def _restyle(self) -> None:
        for name, button in self.buttons.items():
            button.setIcon(icon(_ICONS[name]))

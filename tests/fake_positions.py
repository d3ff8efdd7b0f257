"""A PositionDoor for tests: says what it is told, remembers what it was asked."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.contract.positions import PositionState


class FakePositions(QObject):
    """`say` announces a state; `watched` counts the maps on show."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._state = PositionState()
        self.watched = 0
        self.acts: list[Any] = []

    def say(self, state: PositionState) -> None:
        """Another state."""
        self._state = state
        self.changed.emit(state)

    def state(self) -> PositionState:
        return self._state

    def watch(self, wanted: bool) -> None:
        self.watched += 1 if wanted else -1

    def set_token(self, token: str) -> None:
        self.acts.append(("token", token))

    def restart(self) -> None:
        self.acts.append("restart")

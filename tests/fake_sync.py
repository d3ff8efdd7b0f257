"""A SyncDoor for tests: says what it is told, remembers what it was asked."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.contract.sync import SyncState
from storage.sync.port import SyncFault

ALONE = SyncState("off", "单机工作，未连接共享库")


class FakeSync(QObject):
    """`say` announces a state; `answers` holds what functions of the hub give or raise."""

    changed = Signal(object)

    def __init__(self, state: SyncState = ALONE) -> None:
        super().__init__()
        self._state = state
        self.acts: list[Any] = []
        self.answers: dict[str, Callable[..., Any]] = {}

    def say(self, state: SyncState) -> None:
        """Another state."""
        self._state = state
        self.changed.emit(state)

    def state(self) -> SyncState:
        return self._state

    def sync_now(self) -> None:
        self.acts.append("now")

    def pause(self, paused: bool) -> None:
        self.acts.append(("pause", paused))

    def stay(self, on: bool) -> None:
        self.acts.append(("stay", on))

    def connect_to(self, dsn: str, password: str, *, remember: bool) -> None:
        self.acts.append(("connect", dsn, password, remember))

    def disconnect(self) -> None:  # type: ignore[override]
        self.acts.append("disconnect")

    def claim(self) -> None:
        self.acts.append("claim")

    def confirm(self) -> None:
        self.acts.append("confirm")

    def ask(
        self,
        owner: Any,
        question: Callable[[Any, Any], Any],
        args: Any,
        on_result: Callable[[Any], None],
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """Answers at once from `answers`."""

        def call(function: str, *values: Any) -> Any:
            self.acts.append((function, *values))
            return self.answers[function](*values)

        try:
            found = question(call, args)
        except SyncFault as fault:
            if on_error is not None:
                on_error(fault.sentence)
            return
        on_result(found)

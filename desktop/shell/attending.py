"""What panels do while nobody looks at them: an order is delivered whether its list is open or not.

Begins when the window is quiet for the first time, so that a start stays quick. UI thread.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer

from desktop.contract.panel import PanelSpec
from desktop.shell.registry import load_attend

STEP_MS: Final = 0


class Attendants(QObject):
    """Starts what the panels attend to, one in each turn of the event loop, and ends it together.

    One that fails to start is recorded; the others go on.
    """

    def __init__(
        self,
        specs: Iterable[PanelSpec],
        on_fault: Callable[[BaseException], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._waiting = [spec for spec in specs if spec.attend]
        self._on_fault = on_fault
        self._context: Any = None
        self._owner: QObject | None = None
        self._held: dict[str, object] = {}

    def start(self, context: Any) -> None:
        """Starts them all, once."""
        if self._owner is None:
            self._context, self._owner = context, QObject(self)
            self._go_on()

    def find(self, panel_id: str) -> object | None:
        """What the panel's `attend` gave; None when it has none or has not begun."""
        return self._held.get(panel_id)

    def close(self) -> None:
        """Ends them: their timers stop and no answer reaches them any more."""
        self._waiting.clear()
        self._held.clear()
        if self._owner is not None:
            self._owner.deleteLater()
            self._owner = None

    def _go_on(self) -> None:
        if self._waiting:
            QTimer.singleShot(STEP_MS, self, self._next)

    def _next(self) -> None:
        if not self._waiting or self._owner is None:
            return
        spec = self._waiting.pop(0)
        try:
            self._held[spec.id] = load_attend(spec)(self._context, QObject(self._owner))
        except Exception as fault:
            self._on_fault(fault)
        self._go_on()

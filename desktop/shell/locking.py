"""Locks the desk: by command, after a pause, or when its time without the hub is over. UI thread.

What may lift the lock is decided elsewhere; this object only shows and asks.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from desktop.settings import DeviceSettings
from desktop.shell.cover import Cover, IdleWatch
from desktop.shell.unlock import Obstacle, UnlockPage

MINUTES: Final = (5, 15, 30, 60, 0)  # what the menu offers; 0 never


class Locking(QObject):
    """What the window has of the lock."""

    asked = Signal()  # somebody, or nobody for a while, wants it locked
    passphrase_typed = Signal(str)
    hub_password_typed = Signal(str, bool)  # password, whether to remember it
    connect_asked = Signal()
    covered = Signal(bool)

    def __init__(self, window: QMainWindow, stack: QStackedWidget, device: DeviceSettings) -> None:
        super().__init__(window)
        self._window = window
        self._device = device
        self._cover = Cover(window, stack)
        self._beside: tuple[QWidget, ...] = ()
        self._may_lock: Callable[[], bool] = lambda: False
        self._attached = False
        self._asking_hub = False
        self._cover.made.connect(self._on_made)
        self.idle = IdleWatch(self)
        self.idle.idle.connect(self._on_nobody_here)

    def hides(self, *parts: QWidget) -> None:
        """Parts of the window that go, too, as they name cases and people."""
        self._beside = parts

    def attach(self, may_lock: Callable[[], bool]) -> None:
        """A store is open; `may_lock`: whether a pause locks it now."""
        self._attached = True
        self._may_lock = may_lock
        self.idle.set_minutes(self.minutes)

    @property
    def page(self) -> UnlockPage:
        """What asks while the desk is covered."""
        return self._cover.page

    @property
    def up(self) -> bool:
        """Whether the desk is covered."""
        return self._cover.up

    @property
    def minutes(self) -> int:
        """How long nobody may be here before it locks; 0 never."""
        return int(self._device.get("lock_minutes"))

    def set_minutes(self, minutes: int) -> None:
        """Another time, kept for the next start."""
        self._device.set("lock_minutes", str(minutes))
        self.idle.set_minutes(minutes)

    def ask(self) -> None:
        """Somebody leaves."""
        if self._attached:
            self.asked.emit()

    def show_locked(self, error: str = "") -> None:
        """Covers the desk until somebody proves that he may go on."""
        self._asking_hub = False
        self._lay()
        self.page.ask_again(error)

    def show_ended(self, sentence: str) -> None:
        """Covers the desk until it has met its hub."""
        self._lay()
        title = self.tr("The time without the shared database is over")
        self.page.show_obstacle(Obstacle(title, sentence, ("connect", "quit")))

    def ask_hub(self, who: str, error: str) -> None:
        """Covered, and the hub wants a password."""
        self._asking_hub = True
        self.page.ask_hub(who, error)

    def lift(self) -> None:
        """Shows the desk again."""
        if self._cover.up:
            self._cover.lift()
            self.covered.emit(False)

    def _on_made(self, page: UnlockPage) -> None:
        page.submitted.connect(self._on_answer)
        page.act_chosen.connect(self._on_act)

    def _lay(self) -> None:
        self._cover.lay(*self._beside)
        self.covered.emit(True)

    def _on_nobody_here(self) -> None:
        if self._attached and not self.up and self._may_lock():
            self.asked.emit()

    def _on_answer(self, text: str, remember: bool) -> None:
        if self._asking_hub:
            self.hub_password_typed.emit(text, remember)
        else:
            self.passphrase_typed.emit(text)

    def _on_act(self, act: str) -> None:
        if act == "quit":
            self._window.close()
        else:
            self.connect_asked.emit()

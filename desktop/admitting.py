"""Joins the exchange and the admission to the window: who may see the desk, and when it ends.

Part of the composition; nothing is decided here. UI thread.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.background.hub import Hub
from desktop.background.lanes import Lanes
from desktop.shell.locking import Locking
from desktop.shell.unlock import Obstacle
from desktop.shell.window import DeskWindow

if TYPE_CHECKING:
    from desktop.background.admission import Admission
    from desktop.background.context import DeskContext
    from desktop.background.opening import OpenStore
    from desktop.background.sync_driver import SyncDriver


class Admitting(QObject):
    """Makes the driver of the exchange and the admission for one open store."""

    def __init__(
        self,
        window: DeskWindow,
        context: "DeskContext",
        opened: "OpenStore",
        close: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """`close` ends the desk; False when a thread is stuck."""
        super().__init__(parent)
        self._window = window
        self._context = context
        self._opened = opened
        self._close = close

    def join(self, hub: Hub, lanes: Lanes, given: str, on_crash: Callable[..., object]) -> None:
        """Before the window shows the desk: panels ask for the exchange at once."""
        from desktop.background.admission import Admission  # noqa: PLC0415
        from desktop.background.seating import Seating  # noqa: PLC0415
        from desktop.background.sync_driver import SyncDriver  # noqa: PLC0415
        from desktop.background.sync_wiring import Wiring  # noqa: PLC0415

        opened, window = self._opened, self._window
        wiring = Wiring(
            hub=hub,
            lane=lanes.network,
            session=opened.session,
            on_crash=on_crash,
            given=given,
            app_ver=window.version(),
        )
        self.driver = SyncDriver(self._context, wiring, self)
        self.driver.revoked.connect(self._on_revoked)
        self._context.sync = self.driver
        self.admission = Admission(self._context, opened.session, self.driver, opened.ended, self)
        self.seating = Seating(self._context, self.driver, self)
        join_lock(self.admission, window.locking, self.driver)

    def start(self) -> None:
        """Once the window shows the desk."""
        self.admission.start()
        self.driver.start()

    def _on_revoked(self, sentence: str) -> None:
        """An administrator ended this device: nothing of the store stays, and the hub is told."""
        from desktop.background.lanes import Lane, Task  # noqa: PLC0415
        from storage.erasing import erase  # noqa: PLC0415

        tell, folder = self.driver.tell_wiped(), self._opened.replica.folder
        self._window.withdraw(Obstacle(self.tr("This device was revoked"), sentence, ("quit",)))
        if not self._close():
            return  # A thread is stuck in foreign code; the next start meets the same revocation.
        erase(folder)
        self._last_lane = Lane("wiped", 1)
        self._last_lane.submit(Task(30.0), tell)


def join_lock(admission: "Admission", locking: Locking, driver: "SyncDriver") -> None:
    """What the lock shows and asks, and what answers it."""

    def log_in(password: str, remember: bool) -> None:
        state = driver.state()
        driver.connect_to(f"{state.dsn} user={state.who}", password, remember=remember)

    admission.locked.connect(locking.show_locked)
    admission.refused.connect(locking.show_locked)
    admission.ended.connect(locking.show_ended)
    admission.hub_asked.connect(locking.ask_hub)
    admission.admitted.connect(locking.lift)
    locking.asked.connect(admission.lock)
    locking.passphrase_typed.connect(admission.prove)
    locking.hub_password_typed.connect(log_in)
    locking.connect_asked.connect(driver.sync_now)

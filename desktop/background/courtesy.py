"""Tells lanes when the window is at work, so that they give way (desktop.contract.courtesy).

UI thread. The event loop itself says when it wakes and when it is about to sleep.
"""

import sys
import threading
from typing import Final

from PySide6.QtCore import QAbstractEventDispatcher, QObject

from desktop.contract.courtesy import window_rests, window_works

# A thread that wants the interpreter asks for it after this long. While the window works it shall
# get it back quickly from code that knows nothing of giving way; each exchange costs some
# microseconds, so lanes among themselves keep it longer.
WORKING_S: Final = 0.0001
RESTING_S: Final = 0.001


class Courtesy(QObject):
    """Watches the event loop of the thread it is made on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = threading.get_ident()
        self._before = sys.getswitchinterval()
        self._loop = QAbstractEventDispatcher.instance()
        self._loop.awake.connect(self._on_awake)
        self._loop.aboutToBlock.connect(self._on_rest)

    def stop(self) -> None:
        """Lanes need not give way any more."""
        self._loop.awake.disconnect(self._on_awake)
        self._loop.aboutToBlock.disconnect(self._on_rest)
        window_rests()
        sys.setswitchinterval(self._before)

    def _on_awake(self) -> None:
        window_works(self._thread)
        sys.setswitchinterval(WORKING_S)

    def _on_rest(self) -> None:
        sys.setswitchinterval(RESTING_S)
        window_rests()

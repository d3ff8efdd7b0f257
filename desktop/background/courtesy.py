"""Tells lanes when the window is at work, so that they give way (desktop.contract.courtesy).

UI thread. The window works from the beginning of a paint or of an answer until its event loop
goes to sleep. The loop's own sign of waking is of little use: on Linux it comes after the timers
and paints that woke it.
"""

import sys
import threading
from typing import Final

from PySide6.QtCore import QAbstractEventDispatcher, QObject

from desktop.contract.courtesy import window_rests, window_works
from widgets import busy

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
        self._working = False
        sys.setswitchinterval(RESTING_S)
        self._loop = QAbstractEventDispatcher.instance()
        self._loop.aboutToBlock.connect(self.rest)
        busy.listen(self.work)

    def work(self) -> None:
        """The window begins something that takes milliseconds."""
        if not self._working:
            self._working = True
            window_works(self._thread)
            sys.setswitchinterval(WORKING_S)

    def rest(self) -> None:
        """The event loop has nothing left to do."""
        if self._working:
            self._working = False
            sys.setswitchinterval(RESTING_S)
            window_rests()

    def stop(self) -> None:
        """Lanes need not give way any more."""
        self._loop.aboutToBlock.disconnect(self.rest)
        busy.listen(None)
        self.rest()
        sys.setswitchinterval(self._before)

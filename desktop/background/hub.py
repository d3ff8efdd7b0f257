"""The one way from a lane back to the UI thread.

`post` may be called on any thread; what was posted runs on the thread the hub was made on, in
order. One queued signal serves all lanes: an object per task is where PySide6 programs crash.
The hub outlives every window.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from widgets.busy import begin_work

SLICE_S: Final = 0.008  # Half a frame: input and painting get their turn between two slices.


class Hub(QObject):
    """Runs posted calls on the UI thread, a slice at a time; a failing call stops no other."""

    _posted = Signal()

    def __init__(self, on_crash: Callable[[BaseException], object]) -> None:
        super().__init__()
        self._on_crash = on_crash
        self._calls: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._signalled = False
        self._closed = False
        self._posted.connect(self._run_slice, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Runs `call` on the UI thread soon. After `close` it is dropped. Any thread."""
        with self._lock:
            if self._closed:
                return
            self._calls.append(call)
            if self._signalled:
                return
            self._signalled = True
        self._posted.emit()

    def close(self) -> None:
        """Runs what is there and takes no more. UI thread, after the lanes have stopped."""
        with self._lock:
            self._closed = True
        while self._calls:
            self._run_one()

    def _run_slice(self) -> None:
        with self._lock:
            self._signalled = False
        begin_work()
        until = time.monotonic() + SLICE_S
        while self._calls:
            self._run_one()
            if time.monotonic() >= until:
                self._again()
                return

    def _again(self) -> None:
        with self._lock:
            if not self._calls or self._signalled or self._closed:
                return
            self._signalled = True
        self._posted.emit()

    def _run_one(self) -> None:
        call = self._calls.popleft()
        try:
            call()
        except Exception as fault:
            self._on_crash(fault)

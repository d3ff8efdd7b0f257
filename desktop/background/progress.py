"""Carries the progress of long work to the UI thread without flooding it."""

import time
from collections.abc import Callable
from typing import Final

from desktop.background.hub import Hub
from desktop.background.lanes import Task

INTERVAL_S: Final = 0.05


class Progress:
    """`report` is called on the lane's thread as often as the work likes."""

    def __init__(self, hub: Hub, task: Task, tell: Callable[[int, int], None]) -> None:
        self._hub = hub
        self._task = task
        self._tell = tell
        self._told_at = 0.0

    def report(self, done: int, total: int) -> bool:
        """Tells (done, total) at most twenty times a second; False when the work should stop."""
        now = time.monotonic()
        if done >= total or now - self._told_at >= INTERVAL_S:
            self._told_at = now
            self._hub.post(lambda: self._tell(done, total))
        return not self._task.cancelled

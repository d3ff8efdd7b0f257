"""A real desk on the demo store, for benchmarks that need the window. UI thread, offscreen."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from desktop.bootstrap import Desk, Options, make_application

LIMIT_MS = 900_000


def wait_until(condition: Callable[[], bool]) -> None:
    """Runs the event loop until `condition` holds; TimeoutError after a quarter of an hour."""
    loop = QEventLoop()
    poll, limit = QTimer(), QTimer()
    held: list[bool] = []

    def look() -> None:
        if not held and condition():
            held.append(True)
            loop.quit()

    poll.timeout.connect(look)
    limit.setSingleShot(True)
    limit.timeout.connect(loop.quit)
    poll.start(1)
    limit.start(LIMIT_MS)
    loop.exec()
    if not held:
        raise TimeoutError("the desk did not come to rest")


@contextmanager
def running_desk(store: Path) -> Iterator[Desk]:
    """A desk that has opened `store` and settled."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = make_application()
    desk = Desk(app, Options(store, remember=False))
    opened: list[bool] = []
    desk.ready.connect(lambda: opened.append(True))
    desk.window.show()
    desk.open()
    settled: list[bool] = []
    desk.window.settled.connect(lambda: settled.append(True))
    try:
        wait_until(lambda: bool(opened) and bool(settled) and not desk.context.outstanding)
        yield desk
    finally:
        desk.window.close()
        desk.close()

"""Who collects Python's cyclic garbage, and when. Any thread; free of Qt.

A full collection walks all objects of the running desk while it holds the interpreter: 60 to
600 ms in which no key is answered. And whichever thread happens to fill the young generation does
the collecting: on a lane it would destroy parts of the window there, which ends the process. So a
desk takes the collector over (`take_over`): from then on nothing is collected by itself; its own
timer on the UI thread does it (desktop.background.collecting). Without a window (the command
line) long work only keeps the full collections away, by `calm_collector` and `tend`.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()


class _State:
    """How many blocks want calm, and whether a desk collects by its own timer."""

    calm = 0
    taken = False


@contextmanager
def calm_collector() -> Iterator[None]:
    """No automatic collection until the outermost block ends; may be nested, in any thread."""
    with _lock:
        _State.calm += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _State.calm -= 1
            _enable_if_wanted()


def take_over() -> None:
    """No automatic collection on any thread until `give_back`."""
    with _lock:
        _State.taken = True
        gc.disable()


def give_back() -> None:
    """The desk is closed: Python collects by itself again."""
    with _lock:
        _State.taken = False
        _enable_if_wanted()


def tend() -> None:
    """Collects the young objects; call once a slice of some hundred rows. Idle in a desk, whose
    timer does it on the thread where the parts of the window may die."""
    if not _State.taken:
        gc.collect(1)


def _enable_if_wanted() -> None:
    if _State.calm == 0 and not _State.taken:
        gc.enable()

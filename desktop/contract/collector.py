"""Keeps Python's cyclic collector from stopping every thread in the middle of long work.

Any thread. A full collection walks all objects of the running desk while it holds the
interpreter: 60 to 140 ms with half a million nodes in flight, which is a visible stutter. Long
work makes almost no cycles, so inside `calm_collector` only the young are collected, by `tend`.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_depth = 0


@contextmanager
def calm_collector() -> Iterator[None]:
    """No automatic collection until the outermost block ends; may be nested, in any thread."""
    global _depth  # noqa: PLW0603
    with _lock:
        _depth += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0:
                gc.enable()


def tend() -> None:
    """Collects the young objects only; call once a slice of some hundred rows."""
    gc.collect(1)

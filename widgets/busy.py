"""Tells whoever wants to know that a part of the window begins a longer piece of work. UI thread.

The event loop says when it goes to sleep, but nobody says what wakes it: on Linux a timer or a
paint runs while the loop still seems asleep. So what paints or lays out for milliseconds says so.
"""

from collections.abc import Callable


class _State:
    listener: Callable[[], None] | None = None


def begin_work() -> None:
    """To be called where a long paint or update begins; it ends when the event loop rests."""
    if _State.listener is not None:
        _State.listener()


def listen(listener: Callable[[], None] | None) -> None:
    """Has `listener` called at each beginning; None for nobody. One application, one listener."""
    _State.listener = listener

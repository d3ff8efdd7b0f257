"""Identifiers: UUIDv7 as canonical lower-case text of 36 characters, made on this device.

Their time is for index locality only; no order of edits is ever read from it. Any thread.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NewType

import uuid_utils

CourtId = NewType("CourtId", str)
PersonId = NewType("PersonId", str)
TeamId = NewType("TeamId", str)
CaseId = NewType("CaseId", str)
EventId = NewType("EventId", str)
LetterId = NewType("LetterId", str)
MeasureId = NewType("MeasureId", str)


_DRAWN: ContextVar[Callable[[], str] | None] = ContextVar("drawn", default=None)


def new_id() -> str:
    """A fresh UUIDv7, monotonic within this process."""
    draw = _DRAWN.get()
    return str(uuid_utils.uuid7()) if draw is None else draw()


@contextmanager
def drawn_by(draw: Callable[[], str]) -> Iterator[None]:
    """Within it ids come from `draw`: an invented city can be made again, ids included."""
    before = _DRAWN.set(draw)
    try:
        yield
    finally:
        _DRAWN.reset(before)

"""What time it is for the ledger: now, or the moment at which history is being written. Any thread.

A past can only be written behind what is there: the ledger takes no entry that is earlier than the
last one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta, timezone
from typing import Final

ZONE: Final = timezone(timedelta(hours=8))  # the court's; China has kept it without summer time
_WRITTEN: ContextVar[datetime | None] = ContextVar("written", default=None)


def now() -> datetime:
    """The moment that what is booked gets, by the court's clock."""
    moment = _WRITTEN.get()
    return datetime.now(ZONE) if moment is None else moment


@contextmanager
def written_at(moment: datetime) -> Iterator[None]:
    """Within it everything is booked as of `moment`: for invented cities and for tests."""
    before = _WRITTEN.set(moment.astimezone(ZONE))
    try:
        yield
    finally:
        _WRITTEN.reset(before)

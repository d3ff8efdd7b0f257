"""The newest head of the hub's audit chain that this device has seen. Network lane writes, any
thread reads.

It bounds from below when something was done here, whatever this device's clock says. Nothing is
linked for the asking: an older head bounds as truly as a newer one.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Connection

from storage.session import Session
from storage.sync import memory

KEY: Final = "hub_head"
_RECORD: Final = re.compile(r"\((\d+),([0-9a-f]{64})\)")


def note(session: Session, call: Callable[..., Any], at: str) -> None:
    """Asks the hub and remembers its answer with `at`, the hub's own time of this contact; a hub
    without a link says nothing. Raises SyncFault."""
    found = _head(call("chain_head"))
    kept = memory.recall(session, KEY)
    if found is None or (kept.get("seq"), kept.get("link")) == found:
        return
    facts = {"seq": found[0], "link": found[1], "at": at}
    with session.apply() as write:
        memory.keep(write.connection, KEY, facts)


def noted(connection: Connection) -> str:
    """Number, hash and the hub's time then, with bars between; empty before the first time."""
    kept = memory.recalled(connection, KEY)
    return "|".join(str(kept[part]) for part in ("seq", "link", "at")) if kept else ""


def _head(answer: object) -> tuple[int, str] | None:
    """A record as the driver gives it: values or their text."""
    if isinstance(answer, tuple | list) and len(answer) == 2:
        return int(answer[0]), str(answer[1])
    found = _RECORD.fullmatch(answer) if isinstance(answer, str) else None
    return None if found is None else (int(found[1]), found[2])

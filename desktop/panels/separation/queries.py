"""Conflicts as the panel lists them. Reader lanes."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from desktop.command.separation.watching import Look, Seen, look, recount
from desktop.command.separation.words import Told, told


def navigator_count(connection: Connection, _today: date) -> tuple[int, str]:
    """How many conflicts stand."""
    return len(recount(connection)), "overdue"


def conflicts(connection: Connection, _args: object) -> list[Told]:
    """All conflicts, the newest first."""
    found = sorted(recount(connection), key=lambda one: (one.since, one.key), reverse=True)
    return told(connection, found)


@dataclass(frozen=True, slots=True)
class Found:
    """What a look saw, with the words of all its conflicts that were not known."""

    seen: Seen
    words: tuple[Told, ...]


def seek(connection: Connection, args: Look) -> Found:
    """Looks at a change and puts what is new into words."""
    seen = look(connection, args)
    known = {one.key for one in args.known}
    fresh = [one for one in seen.conflicts if one.key not in known]
    return Found(seen, tuple(told(connection, fresh)))

"""Conflicts as the panel lists them. Reader lanes."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from desktop.command.separation.watching import Look, Seen, look, recount
from desktop.command.separation.words import SOURCE_NAMES, Told, told
from desktop.rules.separation_facts import Conflict
from storage.records.changes import All, ChangeSet


def navigator_count(connection: Connection, _today: date) -> tuple[int, str]:
    """How many conflicts stand."""
    return len(recount(connection)), "overdue"


def conflicts(connection: Connection, _args: object) -> list[Told]:
    """All conflicts, the newest first."""
    found = sorted(recount(connection), key=lambda one: (one.since, one.key), reverse=True)
    return told(connection, found)


@dataclass(frozen=True, slots=True)
class Found:
    """What a look saw, with the words of all its conflicts that were not known, and of those that
    stood before and stand no more, with the kinds of records that changed."""

    seen: Seen
    words: tuple[Told, ...]
    gone: tuple[tuple[Told, str], ...] = ()


def seek(connection: Connection, args: Look) -> Found:
    """Looks at a change and puts what is new into words."""
    seen = look(connection, args)
    known = {one.key for one in args.known}
    fresh = [one for one in seen.conflicts if one.key not in known]
    stands = {one.key for one in seen.conflicts}
    gone = [
        one
        for one in args.known
        if one.key not in stands and (seen.around is None or one.case_id in seen.around)
    ]
    words = told(connection, gone)
    why = [_changed(one, args.changes) for one in gone]
    return Found(seen, tuple(told(connection, fresh)), tuple(zip(words, why, strict=True)))


def _changed(one: Conflict, changes: ChangeSet | None) -> str:
    """Which of the records that a conflict rested on have changed."""
    tables = sorted(
        {
            key.table
            for key in one.rows
            if changes is not None
            and (isinstance(ids := changes.ids(key.table), All) or key.id in ids)
        }
    )
    if not tables and changes is not None and changes.touches("case_kin"):
        tables = ["case_kin"]  # declared wrong by a row of its own
    return "、".join(SOURCE_NAMES.get(name, "记录") for name in tables) or "相关记录"

"""Rows made here that the hub took and yet never sends.

On a shared laptop the hub books what the second officer asked for into his own team. If his round
ends between the verdict and the pull, the first one pulls next, whose scopes do not hold that row:
no change tells it to come, none tells it to go. So whatever was taken before a pull began has to
come with that pull; what does not is not for those who sit here now, and leaves as a row of a
foreign team does.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from storage.sync import memory

_KEY: Final = "awaited"
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Awaited:
    """Ids of bundles that were taken before a pull began; `serial` of the note about them, None
    where they came with the rows themselves."""

    bundles: tuple[str, ...]
    serial: int | None = None


def note(connection: Connection, first: int) -> None:
    """Bundle `first` and perhaps later ones were taken; in the transaction of the verdicts."""
    kept = memory.recalled(connection, _KEY)
    least = min(first, int(kept.get("first", first)))
    memory.keep(connection, _KEY, {"first": least, "serial": int(kept.get("serial", 0)) + 1})


def standing(connection: Connection) -> Awaited | None:
    """What the next pull has to bring; to be read before it begins. None for nothing."""
    kept = memory.recalled(connection, _KEY)
    if "first" not in kept:
        return None
    found = connection.exec_driver_sql(
        "select id from _bundle where state = 'decided' and verdict = 'applied' and n >= ?",
        (kept["first"],),
    )
    return Awaited(tuple(row[0] for row in found), int(kept["serial"]))


def never_came(
    connection: Connection, tables: dict[int, str], awaited: Awaited
) -> dict[int, set[str]]:
    """Rows by table number that `awaited` made and that show no trace of the hub; to be asked
    when the pull's rows are in place."""
    found = connection.exec_driver_sql(
        "select distinct o.tbl, o.row_id from _bundle b join _op o on o.bundle_n = b.n"
        " where b.id in (select value from json_each(?)) and b.verdict = 'applied'"
        " and o.kind in ('I', 'R')",
        (json.dumps(awaited.bundles),),
    )
    made: dict[int, list[str]] = {}
    for number, row_id in found:
        made.setdefault(number, []).append(row_id)
    return {number: _unstamped(connection, tables[number], ids) for number, ids in made.items()}


def settled(connection: Connection, awaited: Awaited) -> None:
    """The pull is in place; what was taken meanwhile waits for the next one."""
    if memory.recalled(connection, _KEY).get("serial") == awaited.serial:
        connection.exec_driver_sql("delete from _sync where key = ?", (_KEY,))


def _unstamped(connection: Connection, table: str, ids: Sequence[str]) -> set[str]:
    """The hub stamps every row it has with the time of its last change."""
    found: set[str] = set()
    for at in range(0, len(ids), _AT_ONCE):
        part = tuple(ids[at : at + _AT_ONCE])
        marks = ",".join("?" * len(part))
        query = f'select id from "{table}" where changed_at is null and id in ({marks})'
        found.update(row[0] for row in connection.exec_driver_sql(query, part))
    return found

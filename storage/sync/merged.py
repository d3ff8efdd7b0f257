"""What was merged without a question, told afterwards: my fields beside those of others.

The hub takes an edit of one column although others have changed another one meanwhile (sync.md
2.8). Nothing was lost, yet whoever wrote it should know what stands beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from storage.overlay import GIVEN, TABLES, Row, hold_base, stored_base
from storage.sync import memory

KEY: Final = "merged:"  # before the id of the bundle, in `_sync`


@dataclass(frozen=True, slots=True)
class MergedRow:
    """One row of a bundle: the columns I wrote, and those that others had changed by then."""

    table: str
    row_id: str
    mine: tuple[str, ...]
    theirs: tuple[str, ...]


def note(connection: Connection, number: int, row_id: str, came: Row) -> None:
    """Remembers what meets in a row that comes from the hub, before it replaces what is known."""
    hold_base(connection, number, row_id)
    known = stored_base(connection, number, row_id)
    if known is None or known.row is None:
        return
    mine = connection.exec_driver_sql(
        "select b.id, o.new, o.ver from _op o join _bundle b on b.n = o.bundle_n"
        " where o.tbl = ? and o.row_id = ? and o.kind = 'U' and b.verdict = 'applied'"
        " and o.ver > ? and o.ver <= ? order by o.ver",
        (number, row_id, known.ver, int(came["ver"])),
    ).fetchall()
    written = [tuple(sorted(memory.parsed(new).keys() - GIVEN)) for _, new, _ in mine]
    own = {column for columns in written for column in columns}
    theirs = sorted(
        column
        for column, value in came.items()
        if column not in GIVEN and column not in own and value != known.row.get(column)
    )
    for place, (bundle_id, _new, ver) in enumerate(mine, start=1):
        # Versions between the one I knew and mine that are not mine either: others were first.
        if theirs and ver - known.ver > place:
            _add(connection, bundle_id, number, row_id, written[place - 1], theirs)


def _add(
    connection: Connection,
    bundle_id: str,
    number: int,
    row_id: str,
    mine: tuple[str, ...],
    theirs: list[str],
) -> None:
    kept = memory.recalled(connection, KEY + bundle_id)
    fact = {"mine": list(mine), "theirs": theirs}
    memory.keep(connection, KEY + bundle_id, kept | {f"{number}:{row_id}": fact})


def rows_of(kept: Mapping[str, Any]) -> tuple[MergedRow, ...]:
    """What `note` remembered of one bundle."""
    found = []
    for key, fact in kept.items():
        number, _, row_id = key.partition(":")
        name = TABLES[int(number)].name
        found.append(MergedRow(name, row_id, tuple(fact["mine"]), tuple(fact["theirs"])))
    return tuple(found)

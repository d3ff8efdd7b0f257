"""What schema versions changed about operations.

A version that only adds tables or columns with defaults needs no entry. One that renames, drops,
fills or re-words a column adds its changes to CHANGES, and keeps them as long as a desk may stay
away: operations of desks that come back go through them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import psycopg

Act = Literal["rename", "drop", "fill", "map", "table"]
Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one table by schema version `ver`; `table` is the number operations name.

    rename: args {"to": column}; drop; fill: args {"value": …} for new rows without the column;
    map: args {old word: new word}; table: args {"to": number}.
    """

    ver: str
    table: int
    act: Act
    column: str = ""
    args: dict[str, Any] = field(default_factory=dict)


# Versions up to 0013 only added tables and columns.
CHANGES: Final[tuple[Change, ...]] = ()


def lay(connection: Connection, changes: Iterable[Change] = CHANGES) -> int:
    """Replaces the hub's rows by these; gives how many there are."""
    connection.execute("delete from sync.converter")
    count = 0
    for count, one in enumerate(changes, start=1):
        connection.execute(
            "insert into sync.converter (ver, step, tbl, act, col, args)"
            " values (%s, %s, %s, %s, %s, %s)",
            (one.ver, count, one.table, one.act, one.column, json.dumps(one.args)),
        )
    return count

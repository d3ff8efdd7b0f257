"""Counts and checksums by table: whether a replica holds exactly what the hub lets it see.

The checksum of a table is made of the ids and versions of its rows, which the hub alone gives; both
sides compute the same. What was changed here and is still undecided counts with what lies below
it; what was made here and has not come back from the hub yet does not count.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from storage.overlay import TABLES

Census = dict[int, tuple[int, str]]  # table number -> (rows, checksum)
_HOLDING: Final = " union all ".join(
    f'select {number} where exists (select 1 from "{table.name}")'
    for number, table in TABLES.items()
)
# Only the hub says when a row was changed, so a row without that has never come from there.
_ROWS: Final = (
    'select id, ver from "{0}" where changed_at is not null'
    " and id not in (select row_id from _base where tbl = {1})"
    " union all select row_id, ver from _base where tbl = {1} and row <> 'null'"
)


def checksum(listed: str) -> str:
    """Of "id:version" of all rows in the order of their ids, with commas between. No secret."""
    return hashlib.md5(listed.encode(), usedforsecurity=False).hexdigest()


def holding(connection: Connection) -> frozenset[int]:
    """The tables of the replica that hold a row: most are empty, and need no question each."""
    return frozenset(row[0] for row in connection.exec_driver_sql(_HOLDING))


def empty_at(theirs: Mapping[int, tuple[int, str]], number: int) -> bool:
    """Whether the hub says that it has no row of this table for us. Silence says nothing."""
    return theirs.get(number, (-1, ""))[0] == 0


def local(connection: Connection) -> Census:
    """What the replica holds of the hub's rows."""
    held = holding(connection)
    held |= {row[0] for row in connection.exec_driver_sql("select distinct tbl from _base")}
    nothing = (0, checksum(""))
    return {
        number: _of_table(connection, number) if number in held else nothing for number in TABLES
    }


def _of_table(connection: Connection, number: int) -> tuple[int, str]:
    rows = _ROWS.format(TABLES[number].name, number)
    count, listed = connection.exec_driver_sql(
        f"select count(*), group_concat(id || ':' || ver, ',' order by id) from ({rows})"
    ).one()
    return int(count), checksum(listed or "")


def differing(mine: Census, theirs: Mapping[int, tuple[int, str]]) -> list[int]:
    """Tables that are not alike."""
    nothing = (0, checksum(""))
    return [number for number in TABLES if mine[number] != theirs.get(number, nothing)]

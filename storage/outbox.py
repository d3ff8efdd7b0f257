"""Bundles and operations: what was done here and the shared database has not judged yet.

Operations are left by triggers (storage.capture); the commit of a write wraps them into one
bundle. Everything here works on the caller's connection, within the caller's transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select, text, update

from storage.ids import new_id
from storage.records.changes import ALL, IDS_MAX, RowIds
from storage.schema import synced_tables
from storage.schema.outbox import bundle, op

TABLE_BY_NUMBER: Final = {int(table.info["number"]): table.name for table in synced_tables()}
FOREIGN_LABEL: Final = "外部程序的改动"


@dataclass(frozen=True, slots=True)
class Pending:
    """What still waits to be sent; `oldest` is when its first bundle was made."""

    bundles: int
    ops: int
    oldest: datetime | None


def pending(connection: Connection) -> Pending:
    """Counts the bundles without a verdict and the operations in them, unwrapped ones too."""
    bundles, oldest = connection.execute(
        text("select count(*), min(made_at) from _bundle where state <> 'decided'")
    ).one()
    ops = connection.execute(
        text(
            "select (select count(*) from _op where bundle_n is null) + "
            "(select count(*) from _bundle b join _op o on o.bundle_n = b.n "
            "where b.state <> 'decided')"
        )
    ).scalar_one()
    return Pending(bundles, ops, datetime.fromisoformat(oldest) if oldest else None)


def last_seq(connection: Connection) -> int:
    """The highest number an operation ever had."""
    found = connection.execute(text("select seq from sqlite_sequence where name = '_op'")).scalar()
    return int(found or 0)


def rows_since(connection: Connection, seq: int) -> dict[str, RowIds]:
    """Table -> ids of the rows that operations after `seq` touch, ALL over IDS_MAX."""
    found = connection.execute(select(op.c.tbl).where(op.c.seq > seq).group_by(op.c.tbl)).scalars()
    return {TABLE_BY_NUMBER[number]: _ids_since(connection, seq, number) for number in found}


def _ids_since(connection: Connection, seq: int, number: int) -> RowIds:
    # The plus sign keeps SQLite on the short range of seq instead of the index by table.
    ids = "select distinct row_id from _op where seq > ? and +tbl = ? limit ?"
    few = (seq, number, IDS_MAX + 1)
    # Counted inside the database: after an import thousands of ids of each table would be fetched
    # only to be thrown away, and the interpreter kept from the window meanwhile.
    if connection.exec_driver_sql(f"select count(*) from ({ids})", few).scalar_one() > IDS_MAX:
        return ALL
    return _ids(connection, ids, few)


def _ids(connection: Connection, query: str, values: tuple[object, ...]) -> frozenset[str]:
    return frozenset(row[0] for row in connection.exec_driver_sql(query, values).fetchall())


def noted_rows(connection: Connection) -> dict[str, RowIds]:
    """Table -> ids that base data or a local table changed, from the triggers' notes."""
    rows: dict[str, RowIds] = {}
    for name, count in connection.execute(text("select tbl, n from _noted")).all():
        if count > IDS_MAX:
            rows[name] = ALL
            continue
        ids = "select distinct row_id from _changed where tbl = ?"
        rows[name] = _ids(connection, ids, (name,))
    return rows


def clear_notes(connection: Connection) -> None:
    """Empties the notes; they speak of one transaction only."""
    connection.execute(text("delete from _changed"))
    connection.execute(text("delete from _noted"))


def wrap(
    connection: Connection, *, actor: str, label: str, schema_version: str, after: int
) -> str | None:
    """Makes one bundle of the operations after `after`; its id, None when there are none."""
    number = connection.execute(
        select(op.c.seq).where(op.c.seq > after, op.c.bundle_n.is_(None)).limit(1)
    ).scalar()
    if number is None:
        return None
    made = new_id()
    result = connection.execute(
        insert(bundle).values(
            id=made,
            actor=actor,
            label=label,
            made_at=datetime.now().astimezone().isoformat(timespec="milliseconds"),
            schema_ver=schema_version,
            state="pending",
        )
    )
    primary = result.inserted_primary_key
    assert primary is not None
    connection.execute(
        update(op)
        .where(op.c.seq > after, op.c.bundle_n.is_(None))
        .values(bundle_n=primary[0], k=op.c.seq - after - 1)
    )
    # What this write took out of the tray goes on in this bundle.
    connection.execute(
        text(
            "update _settled set replaced_by = :made "
            "where how = 'resubmitted' and replaced_by is null"
        ),
        {"made": made},
    )
    return made


def sweep(connection: Connection, *, schema_version: str) -> int:
    """Wraps operations that another program left without a bundle; gives their count.

    The actor is unknown here and said to be so: they are never sent under somebody's name.
    """
    count, first = connection.execute(
        text("select count(*), min(seq) from _op where bundle_n is null")
    ).one()
    if count:
        wrap(
            connection,
            actor="",
            label=FOREIGN_LABEL,
            schema_version=schema_version,
            after=first - 1,
        )
    return int(count)

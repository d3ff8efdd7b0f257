"""What every table shares: metadata, column types, and the columns a synced row carries.

Dates are ISO text, instants ISO text with offset, money integer fen, ids UUIDv7 text, so that a
row reads the same in SQLite, in an operation's JSON and in PostgreSQL.
"""

from typing import Final, Literal

from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.schema import SchemaItem

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: Final = MetaData(naming_convention=NAMING)

Policy = Literal["fact", "state", "reference", "request", "ledger"]
CENTRE_SCOPE: Final = -1  # the command centre sees every team


def synced(name: str, number: int, policy: Policy, *items: SchemaItem) -> Table:
    """A table that travels between replica and hub.

    `number` names the table in operations and never changes. `policy` tells how two edits meet:
    fact = insert only, state = column-wise compare-and-set, reference = kept by administrators,
    request = a wish that only the hub decides, ledger = written by the hub alone.
    Every row carries `id`, `scope` (team number, -1 the centre), `ver` (given by the hub),
    `changed_by` and `changed_at`.
    """
    return Table(
        name,
        metadata,
        Column("id", String(36), primary_key=True),
        *items,
        Column("scope", Integer, nullable=False, server_default=str(CENTRE_SCOPE)),
        Column("ver", Integer, nullable=False, server_default="1"),
        Column("changed_by", String),
        Column("changed_at", String),
        info={"number": number, "policy": policy},
    )


def synced_tables() -> list[Table]:
    """All synced tables in foreign-key order."""
    return [table for table in metadata.sorted_tables if "number" in table.info]


def moment_ms(instant: str) -> str:
    """SQL of an instant's milliseconds since 1970; both databases count alike."""
    return f"cast(round((julianday({instant}) - 2440587.5) * 86400000) as bigint)"

"""Who approves how much on a given day, and the tiers a desk that works alone begins with."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from storage.schema.payment_rules import tier_sql
from storage.schema.payments import SHIPPED_BASIS, SHIPPED_FROM, SHIPPED_TIERS

_SHIPPED: Final = (
    "insert into approval_tier (id, purpose, from_fen, upto_fen, stages, valid_from, basis,"
    " state, scope) values (?, ?, ?, ?, ?, ?, ?, 'agreed', 0)"
)
_IN_FORCE: Final = (
    "select t.id, t.stages, t.basis, t.confidence from approval_tier t where "
    + tier_sql(":purpose", ":amount", ":day")
)


@dataclass(frozen=True, slots=True)
class Tier:
    """The chain of one order; `stages` in order."""

    id: str
    stages: tuple[str, ...]
    basis: str
    confidence: str


def has_hub(connection: Connection) -> bool:
    """Whether this desk has joined a shared database, which then decides."""
    row = connection.exec_driver_sql("select hub_id, cursor from _ctl").first()
    return row is not None and (row.hub_id is not None or row.cursor is not None)


def ensure_tiers(connection: Connection) -> None:
    """On a desk that works alone: the tiers that the program ships, as nobody's edit.

    A shared database has them itself. Within a write of storage.session.
    """
    first = SHIPPED_TIERS[0][0]
    there = connection.exec_driver_sql("select 1 from approval_tier where id = ?", (first,)).first()
    if there is not None or has_hub(connection):
        return
    before = connection.exec_driver_sql("select applying from _ctl").scalar_one()
    connection.exec_driver_sql("update _ctl set applying = 1")
    for row in SHIPPED_TIERS:
        connection.exec_driver_sql(_SHIPPED, (*row, SHIPPED_FROM, SHIPPED_BASIS))
    connection.exec_driver_sql("update _ctl set applying = ?", (before,))


def tier_of(connection: Connection, purpose: str, amount_fen: int, day: str) -> Tier | None:
    """The tier in force for an order submitted on `day` (ISO); None: nobody may approve it."""
    values = {"purpose": purpose, "amount": amount_fen, "day": day}
    row = connection.exec_driver_sql(_IN_FORCE, values).first()
    return None if row is None else Tier(row[0], tuple(row[1].split(",")), row[2], row[3])

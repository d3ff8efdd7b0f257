"""How much waits: to be sent, to be settled, to be claimed. Caller's connection."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from storage.schema import table
from storage.sync import claims

READ_LOG: Final[int] = table("read_log").info["number"]

# A look at a file travels like any other fact, but is no work of the user's that waits.
_NO_LOOK: Final = (
    f" and exists (select 1 from _op o where o.bundle_n = b.n and o.tbl <> {READ_LOG})"
)
_PENDING: Final = (
    "select count(*), min(made_at), max(case when actor = ? then n end) from _bundle b"
    f" where state <> 'decided'{_NO_LOOK}"
)
_UNSENT: Final = "select max(n) from _bundle where state <> 'decided' and actor = ?"
_HELD: Final = (
    "select count(*) from _bundle b where b.state = 'decided' and b.verdict <> 'applied'"
    " and not exists (select 1 from _settled s where s.bundle_id = b.id)"
)


@dataclass(frozen=True, slots=True)
class Counts:
    """`pending`: bundles without a verdict, `oldest` made first; `mine`: the number of the newest
    that the login could send, 0 without; `unsent`: the same, with the looks that wait for company;
    `held`: decided against, not settled; `to_claim`: made here under the local account's name."""

    pending: int = 0
    oldest: datetime | None = None
    mine: int = 0
    unsent: int = 0
    held: int = 0
    to_claim: int = 0


def count(connection: Connection, local: str, login: str) -> Counts:
    """What waits here for `login`; `local` is the account's name on this device."""
    pending, oldest, mine = connection.exec_driver_sql(_PENDING, (login,)).one()
    return Counts(
        pending,
        datetime.fromisoformat(oldest) if oldest else None,
        mine or 0,
        connection.exec_driver_sql(_UNSENT, (login,)).scalar() or 0,
        held(connection),
        claims.unclaimed(connection, local, login) if login else 0,
    )


def held(connection: Connection) -> int:
    """Bundles the hub decided against and nobody has settled."""
    return int(connection.exec_driver_sql(_HELD).scalar_one())


def synced_at(connection: Connection) -> datetime | None:
    """The last complete exchange, by this device's clock."""
    text = connection.exec_driver_sql("select value from _sync where key = 'synced_at'").scalar()
    return None if text is None else datetime.fromisoformat(str(text))

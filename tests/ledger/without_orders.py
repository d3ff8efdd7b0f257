"""For tests of the ledger alone: money is paid and moved without an order.

One rule of the database is taken out, the one that asks for an order; a store that is opened again
has it again.
"""

from typing import Any, Final

import psycopg

from storage.session import Session

_AT_DESK: Final = "drop trigger if exists trg_fund_entry_by_order_insert"
_AT_HUB: Final = "drop trigger if exists rule_by_order on desk.fund_entry"


def at_desk(session: Session) -> None:
    """On a desk that works alone."""
    with session.write("无支付单") as write:
        write.connection.exec_driver_sql(_AT_DESK)


def at_hub(admin: "psycopg.Connection[Any]") -> None:
    """At a hub."""
    admin.execute(_AT_HUB)

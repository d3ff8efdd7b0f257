"""The balance of an account at any past moment: two look-ups, however many entries there are.

An entry says what it left on both its accounts, so nothing is added up. Any thread.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from storage.ledger.post import instant

_SEQ_AT: Final = (
    "select seq from fund_entry where at <= ? and seq is not null"
    " order by at desc, seq desc limit 1"
)
_DEBIT: Final = (
    "select seq, debit_after_fen, debit_held_fen from fund_entry"
    " where debit_id = ? and seq <= ? order by seq desc limit 1"
)
_CREDIT: Final = (
    "select seq, credit_after_fen from fund_entry"
    " where credit_id = ? and seq <= ? order by seq desc limit 1"
)


@dataclass(frozen=True, slots=True)
class Balance:
    """In fen: what was on an account, and what of it was granted."""

    balance_fen: int
    held_fen: int


def seq_at(connection: Connection, moment: datetime) -> int:
    """Place of the last entry up to a moment (to the second); 0 before the first."""
    found = connection.exec_driver_sql(_SEQ_AT, (instant(moment),)).scalar()
    return 0 if found is None else int(found)


def balance_at(connection: Connection, fund_id: str, moment: datetime) -> Balance:
    """The account as it stood at the end of that second."""
    return balance_after(connection, fund_id, seq_at(connection, moment))


def balance_after(connection: Connection, fund_id: str, seq: int) -> Balance:
    """The account as the entry `seq` left it."""
    debit = connection.exec_driver_sql(_DEBIT, (fund_id, seq)).first()
    credit = connection.exec_driver_sql(_CREDIT, (fund_id, seq)).first()
    held = 0 if debit is None else int(debit[2])
    if debit is None:
        return Balance(0 if credit is None else int(credit[1]), held)
    if credit is None or credit[0] < debit[0]:
        return Balance(int(debit[1]), held)
    return Balance(int(credit[1]), held)

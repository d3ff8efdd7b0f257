"""Accounts by kind and case, made when they are first needed. Writer's thread."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from storage.ids import new_id
from storage.schema.funds import COMMON

OF_CASES: Final = ("case", "escrow")
_COLUMNS: Final = "select id, kind, case_id, balance_fen, held_fen from fund where"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it stands; amounts in fen."""

    id: str
    kind: str
    case_id: str | None
    balance_fen: int
    held_fen: int

    @property
    def available_fen(self) -> int:
        """What may still be granted."""
        return self.balance_fen - self.held_fen


def find(connection: Connection, fund_id: str) -> Account | None:
    """The account with that id."""
    row = connection.exec_driver_sql(f"{_COLUMNS} id = ?", (fund_id,)).first()
    return None if row is None else Account(*row)


def get(connection: Connection, fund_id: str) -> Account:
    """An account that an entry names, and that is therefore there."""
    found = find(connection, fund_id)
    assert found is not None, f"{fund_id}: no such account"
    return found


def account_of(connection: Connection, kind: str, case_id: str | None = None) -> Account:
    """The account of that kind; `case_id` for those of a case. Makes it when there is none."""
    if kind in OF_CASES:
        assert case_id is not None, f"{kind}: such an account is a case's"
        row = connection.exec_driver_sql(
            f"{_COLUMNS} case_id = ? and kind = ?", (case_id, kind)
        ).first()
        if row is not None:
            return Account(*row)
        made = new_id()
        connection.exec_driver_sql(
            "insert into fund (id, case_id, kind) values (?, ?, ?)", (made, case_id, kind)
        )
        return Account(made, kind, case_id, 0, 0)
    common, name = COMMON[kind]
    found = find(connection, common)
    if found is not None:
        return found
    connection.exec_driver_sql(
        "insert into fund (id, kind, name) values (?, ?, ?)", (common, kind, name)
    )
    return Account(common, kind, None, 0, 0)

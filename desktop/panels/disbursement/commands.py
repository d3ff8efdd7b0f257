"""Asks the shared database for a disbursement: one bundle of the writer lane."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, insert

from desktop.errors import UserError
from desktop.panels.disbursement.queries import account
from desktop.panels.disbursement.rules import PAYEE_MAX
from storage.ids import new_id
from storage.schema import table


@dataclass(frozen=True, slots=True)
class Intent:
    """What the form holds; `amount_fen` in fen."""

    case_id: str
    amount_fen: int
    payee: str
    bank: str
    account_no: str
    note: str


def ask(connection: Connection, intent: Intent) -> str:
    """Records the intent with the balance and version it was made on; gives its id.

    It is never refused for want of money: what this desk knows may be two days old, and only the
    shared database can tell. All faults of the form come in one sentence (UserError).
    """
    faults = []
    if intent.amount_fen <= 0:
        faults.append("金额须大于零")
    if not intent.payee.strip():
        faults.append("领款人未填写")
    if len(intent.payee) > PAYEE_MAX:
        faults.append(f"领款人超过 {PAYEE_MAX} 字")
    if faults:
        raise UserError("；".join(faults) + "。")
    seen = account(connection, intent.case_id)
    if seen is None:
        raise UserError("案件已不在本机，不能提出发放意向。")
    request_id = new_id()
    args = {
        "case_id": intent.case_id,
        "amount_fen": intent.amount_fen,
        "payee": intent.payee.strip(),
        "bank": intent.bank.strip(),
        "account_no": intent.account_no.strip(),
        "memo": intent.note.strip(),
        "seen_fen": seen.available_fen if seen.known else None,
        "seen_ver": seen.version,
        "seen_at": seen.as_of,
    }
    connection.execute(
        insert(table("request")).values(
            id=request_id,
            kind="disburse",
            case_id=intent.case_id,
            args=json.dumps(args, ensure_ascii=False),
            note=intent.note.strip() or None,
        )
    )
    return request_id

"""What a calculator can take from a case: its claim, its due day, what came in. Reader lanes."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from storage.schema import table

DUE_EVENT: Final = "judgment_due"  # 履行期间最后一日


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """`due_on`: the last day for performance where somebody noted it. `receipts`: day (ISO text)
    and fen of what came into the case's account and was not reversed, oldest first."""

    case_id: str
    number: str
    cause: str
    claim_fen: int
    executed_fen: int
    available_fen: int
    due_on: str
    receipts: tuple[tuple[str, int], ...]
    debtor_kind: str
    applicants: tuple[str, ...]


def case_facts(connection: Connection, case_id: str) -> CaseFacts | None:
    """The facts; None when the case is not on this device."""
    case, fund = table("case").c, table("fund").c
    row = connection.execute(
        select(case.number, case.cause, case.claim_fen, case.executed_fen, case.basis_no).where(
            case.id == case_id
        )
    ).one_or_none()
    if row is None:
        return None
    account = connection.execute(
        select(fund.id, fund.balance_fen, fund.held_fen).where(
            fund.case_id == case_id, fund.kind == "case"
        )
    ).one_or_none()
    parties = _parties(connection, case_id)
    debtors = [kind for role, _name, kind in parties if role == "debtor"]
    return CaseFacts(
        case_id=case_id,
        number=row.number,
        cause=row.cause or "",
        claim_fen=row.claim_fen,
        executed_fen=row.executed_fen,
        available_fen=account.balance_fen - account.held_fen if account is not None else 0,
        due_on=_due_on(connection, case_id),
        receipts=_receipts(connection, account.id) if account is not None else (),
        debtor_kind="enterprise" if debtors and debtors[0] == "enterprise" else "natural",
        applicants=tuple(name for role, name, _kind in parties if role == "applicant"),
    )


def _parties(connection: Connection, case_id: str) -> list[tuple[str, str, str]]:
    party = table("party").c
    found = connection.execute(
        select(party.role, party.name, party.kind)
        .where(party.case_id == case_id)
        .order_by(party.id)
    )
    return [(row.role, row.name, row.kind) for row in found]


def _due_on(connection: Connection, case_id: str) -> str:
    event = table("node_event")
    later = event.alias("later")
    found = connection.execute(
        select(event.c.on)
        .where(
            event.c.case_id == case_id,
            event.c.kind == DUE_EVENT,
            ~select(later.c.id).where(later.c.voids == event.c.id).exists(),
        )
        .order_by(event.c.on)
    ).scalars()
    return str(next(iter(found), "") or "")[:10]


def _receipts(connection: Connection, fund_id: str) -> tuple[tuple[str, int], ...]:
    """What came in, by the accounting day: from the bank, or claimed out of 不明款."""
    entry = table("fund_entry")
    back = entry.alias("back")
    line = table("bank_line")
    found = connection.execute(
        select(entry.c.booked_on, entry.c.at, line.c.booked_on.label("bank_on"), entry.c.amount_fen)
        .select_from(entry.outerjoin(line, line.c.id == entry.c.line_id))
        .where(
            entry.c.credit_id == fund_id,
            entry.c.kind.in_(("receipt", "transfer")),
            ~select(back.c.id).where(back.c.reverses == entry.c.id).exists(),
        )
        .order_by(entry.c.seq)
    )
    return tuple(
        (str(row.bank_on or row.booked_on or row.at)[:10], int(row.amount_fen)) for row in found
    )

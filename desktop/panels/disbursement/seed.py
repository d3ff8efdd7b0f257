"""What the form of an order begins with: the case as it stands, its parties, what was paid before.

Reader lanes. The facts a wish was made on travel with it: whoever decides it compares them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Integer, String, func, select, type_coerce

from desktop.funds.outgoing import plain_account
from desktop.panels.disbursement.rules import WAYS, Account
from storage.schema import table

ROLE_WORDS: Final = {"applicant": "申请执行人", "debtor": "被执行人", "outsider": "案外人"}


@dataclass(frozen=True, slots=True)
class PayeeBefore:
    """Where a payee of this case was paid last."""

    account_no: str
    bank: str
    paid_on: str
    number: str


@dataclass(frozen=True, slots=True)
class Seed:
    """`parties`: name -> role in words, applicants first; `before`: payee -> his last account;
    `claim_fen` and `paid_fen`: what the case is about, and what left its account for good;
    `basis`: the enforced document; `values`: what fields hold at first, by their keys; `replaces`:
    the order that this one corrects."""

    account: Account
    sources: Mapping[str, int]  # kind of account -> available fen
    parties: Mapping[str, str]
    before: Mapping[str, PayeeBefore]
    basis: str
    claim_fen: int
    paid_fen: int
    seen: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)
    computation: str = ""
    distribution_id: str | None = None
    replaces: str | None = None
    replaces_number: str = ""


@dataclass(frozen=True, slots=True)
class SeedArgs:
    """`case_id` empty: money without a case; `replaces`: an order to be made again."""

    case_id: str
    replaces: str = ""


def seed(connection: Connection, args: SeedArgs) -> Seed | None:
    """The seed of a case, or of an order made again; None when it is not on this device."""
    old = _old(connection, args.replaces) if args.replaces else None
    case_id = args.case_id or (str(old["case_id"] or "") if old else "")
    account_ = account(connection, case_id) if case_id else _common()
    if account_ is None:
        return None
    case, party = table("case").c, table("party").c
    row = connection.execute(select(table("case")).where(case.id == case_id)).one_or_none()
    order = {role: n for n, role in enumerate(ROLE_WORDS)}
    people = sorted(
        connection.execute(select(party.name, party.role).where(party.case_id == case_id)),
        key=lambda one: (order.get(one.role, 9), one.name),
    )
    return Seed(
        account=account_,
        sources=_sources(connection, case_id),
        parties={one.name: ROLE_WORDS.get(one.role, one.role) for one in people},
        before=_before(connection, case_id),
        basis=(row.basis_no or "") if row is not None else "",
        claim_fen=row.claim_fen if row is not None else 0,
        paid_fen=_paid(connection, case_id),
        seen={
            "available_fen": account_.available_fen,
            "handler_id": row.handler_id if row is not None else None,
            "team_id": row.team_id if row is not None else None,
            "closed_on": row.closed_on if row is not None else None,
        },
        values=_values(old) if old else {},
        computation=str(old["computation"] or "") if old else "",
        distribution_id=old["distribution_id"] if old else None,
        replaces=args.replaces or None,
        replaces_number=str(old["number"]) if old else "",
    )


def account(connection: Connection, case_id: str) -> Account | None:
    """The account of a case as far as this desk knows it; None when the case is gone."""
    fund, case, request = table("fund").c, table("case").c, table("request").c
    row = connection.execute(
        select(case.number, fund.id, fund.balance_fen, fund.held_fen)
        .select_from(
            table("case").outerjoin(
                table("fund"), (fund.case_id == case.id) & (fund.kind == "case")
            )
        )
        .where(case.id == case_id)
    ).one_or_none()
    if row is None:
        return None
    amount = type_coerce(func.json_extract(request.args, "$.amount_fen"), Integer)
    intents = connection.execute(
        select(func.coalesce(func.sum(amount), 0)).where(
            request.kind == "disburse", request.state == "asked", request.case_id == case_id
        )
    ).scalar_one()
    sync = table("_sync").c
    as_of = connection.execute(
        select(type_coerce(sync.value, String)).where(sync.key == "synced_at")
    ).scalar()
    return Account(
        case_id=case_id,
        case_number=row.number,
        known=row.id is not None,
        balance_fen=row.balance_fen or 0,
        held_fen=row.held_fen or 0,
        intents_fen=int(intents),
        as_of=str(as_of or "")[:16].replace("T", " "),
    )


def _common() -> Account:
    """Money that belongs to no case."""
    return Account("", "", True, 0, 0, 0, "")


def _sources(connection: Connection, case_id: str) -> Mapping[str, int]:
    """What may still be granted, by kind of account."""
    fund = table("fund").c
    found = connection.execute(
        select(fund.kind, fund.balance_fen - fund.held_fen).where(
            (fund.case_id == case_id) | fund.case_id.is_(None), fund.kind != "bank"
        )
    )
    return {kind: int(fen) for kind, fen in found}


def _paid(connection: Connection, case_id: str) -> int:
    """Paid to applicants and not booked back."""
    found = connection.exec_driver_sql(
        "select sum(o.amount_fen) from payment_order o join fund_entry e on e.hold_id = o.id"
        " and e.kind = 'payment' where o.case_id = ? and o.purpose = 'payment' and not exists"
        " (select 1 from fund_entry r where r.reverses = e.id)",
        (case_id,),
    ).scalar()
    return int(found or 0)


def _before(connection: Connection, case_id: str) -> Mapping[str, PayeeBefore]:
    """As the rule of the database sees it: the payment booked last counts."""
    found = connection.exec_driver_sql(
        "select o.payee, o.account_no, o.bank, e.booked_on, o.number from payment_order o"
        " join fund_entry e on e.hold_id = o.id and e.kind = 'payment'"
        " where o.case_id = ? and o.state = 'paid' order by e.seq",
        (case_id,),
    )
    return {
        payee: PayeeBefore(plain_account(account_no or ""), bank or "", paid_on or "", number)
        for payee, account_no, bank, paid_on, number in found
    }


def _old(connection: Connection, order_id: str) -> Mapping[str, Any] | None:
    order = table("payment_order")
    found = connection.execute(select(order).where(order.c.id == order_id)).mappings()
    row = found.one_or_none()
    return None if row is None else dict(row)


def _values(old: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of an order that is made again; what was confirmed is confirmed anew only where
    the account changes, so it stays."""
    way = next(
        (
            way.key
            for way in WAYS.values()
            if (way.purpose, way.source, way.target or None)
            == (old["purpose"], old["source"], old["target"])
        ),
        "payment",
    )
    same = (
        *("payee", "bank", "account_no", "confirmed_on", "confirmed_by", "confirmed_how"),
        *("call_back_on", "call_back_by", "call_back_result", "basis", "memo", "ground"),
        *("principal_fen", "interest_fen", "doubled_fen", "fee_fen", "other_fen", "remaining_fen"),
    )
    return {"way": way, "amount": old["amount_fen"], **{name: old[name] for name in same}}


@dataclass(frozen=True, slots=True)
class PlanArgs:
    """Payees that were named from outside, as JSON: [{"payee", "amount_fen", …}]."""

    text: str


def payees_of(text: str) -> tuple[Mapping[str, Any], ...]:
    """The payees of a distribution; empty for what cannot be read."""
    try:
        told = json.loads(text) if text else []
    except ValueError:
        return ()
    return tuple(
        one
        for one in told
        if isinstance(one, dict) and one.get("payee") and isinstance(one.get("amount_fen"), int)
    )

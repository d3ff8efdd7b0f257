"""Payment orders of a plan, one for each creditor and cost, asked for in one step.

What somebody sued about is asked for as a deposit (提存, 民诉法解释第510条第3款), costs go to the
court's account of fees or to who is named. Nothing goes out before the objection period is over:
the database refuses to send, whoever asks. Writer lane; `proposed` on any.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, select

from desktop.errors import UserError
from desktop.funds.asked_words import names, refused_words
from desktop.funds.distributions import (
    NO_PERSON,
    Plan,
    PlanArgs,
    available,
    plan,
)
from desktop.rules.distribution_plan import TO_FEE
from desktop.rules.money import grouped
from storage.ledger.asking import ask
from storage.schema import table

ARTICLE: Final = "民诉法解释第508条"
COST: Final = "cost:"  # before the name of a cost, where a claim's id could stand
SUED_GROUND: Final = "other"
HOW: Final = "分配方案载明，领款人书面确认"
PARTS: Final = ("principal_fen", "interest_fen", "doubled_fen", "fee_fen", "other_fen")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One order to be made. `claim`: id of the claim, or COST and a name; `confirmed_on` and
    `confirmed_by`: when and by whom the account was confirmed. `why_not`: why it cannot be made in
    one step, in Chinese; empty when it can."""

    claim: str
    payee: str
    amount_fen: int
    purpose: str
    bank: str
    account_no: str
    parts: Mapping[str, int]
    why_not: str = ""
    confirmed_on: str = ""
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class MakeOrders:
    """Which orders of a plan; `by`: a person's id."""

    args: PlanArgs
    wanted: tuple[Wanted, ...]
    by: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """One that was asked for: its number where it was granted at once, empty while the shared
    database has not decided."""

    claim: str
    request_id: str
    number: str


def proposed(found: Plan, before: Mapping[str, str]) -> tuple[Wanted, ...]:
    """The orders that a plan still lacks, in its order; `before`: the account to which a payee of
    the case was paid last."""
    done = {one.claim for one in found.orders if one.live}
    disputed = found.disputed()
    wanted: list[Wanted] = []
    for name, fen in found.result.distribution.costs().items():
        claim = f"{COST}{name}"
        if claim in done or not fen:
            continue
        fee = found.content.costs[name].get("to", TO_FEE) == TO_FEE
        purpose = "fee" if fee else "payment"
        parts = {"fee_fen" if fee else "other_fen": fen}
        wanted.append(Wanted(claim, name, fen, purpose, "", "", parts))
    for one in found.content.question["claims"]:
        claim = str(one["id"])
        fen = found.result.whole(claim)
        if claim in done or not fen:
            continue
        row = found.content.claims[claim]
        account = row.get("account_no", "")
        last = before.get(row["creditor"])
        purpose = "escrow" if claim in disputed else "payment"
        why = ""
        if purpose == "payment" and account and last is not None and last != account:
            why = "账号与上次支付不同，须在发放单中回拨核实"
        wanted.append(
            Wanted(
                *(claim, row["creditor"], fen, purpose, row.get("bank", ""), account),
                found.result.parts(claim),
                why,
            )
        )
    return tuple(wanted)


def paid_before(connection: Connection, case_id: str) -> Mapping[str, str]:
    """The account to which each payee of a case was paid last."""
    found = connection.exec_driver_sql(
        "select o.payee, o.account_no from payment_order o"
        " join fund_entry e on e.hold_id = o.id and e.kind = 'payment'"
        " where o.case_id = ? and o.state = 'paid' order by e.seq",
        (case_id,),
    )
    return {payee: account or "" for payee, account in found}


def orders_to_make(connection: Connection, args: PlanArgs) -> tuple[Wanted, ...]:
    """What `proposed` says of a plan as it stands; nothing for one that is gone."""
    found = plan(connection, args)
    return () if found is None else proposed(found, paid_before(connection, found.case_id))


def make_orders(connection: Connection, given: MakeOrders) -> tuple[Made, ...]:
    """Asks for every order, all or none. UserError names each that cannot be."""
    found = plan(connection, given.args)
    if found is None:
        raise UserError("分配方案已不在本机。")
    if given.by is None:
        raise UserError(f"{NO_PERSON}。")
    if found.state not in ("served", "objected", "settled"):
        raise UserError("分配方案尚未送达，不能据以发放。")
    if found.open_objections:
        raise UserError("尚有异议未处理，不能据以发放。")
    known = {one.claim: one for one in proposed(found, paid_before(connection, found.case_id))}
    wrong = [_fault(one, known) for one in given.wanted]
    whole = sum(one.amount_fen for one in given.wanted)
    if whole > found.available_fen:
        wrong.append(
            f"合计 {grouped(whole)} 元，账户可用余额只有 {grouped(found.available_fen)} 元"
        )
    if not given.wanted:
        wrong.append("没有选中的款项")
    wrong = [one for one in wrong if one]
    if wrong:
        raise UserError("；".join(wrong) + "。")
    made = []
    seen = _seen(connection, found.case_id)
    for one in given.wanted:
        # Figures are those of the plan; of the form only the account and who confirmed it count.
        asked = replace(
            known[one.claim],
            bank=one.bank.strip(),
            account_no=one.account_no.strip(),
            confirmed_on=one.confirmed_on,
            confirmed_by=one.confirmed_by.strip(),
        )
        now = {**seen, "available_fen": available(connection, found.case_id)}
        answer = ask(connection, "disburse", _args(found, asked, now), by=given.by)
        if answer.answer is not None and not answer.answer.accepted:
            code, facts = answer.answer.code, answer.answer.facts
            why = refused_words(code, facts, names(connection)).rstrip("。")
            raise UserError(f"{one.payee}：{why}。")
        number = str(answer.answer.facts.get("number", "")) if answer.answer is not None else ""
        made.append(Made(one.claim, answer.request_id, number))
    return tuple(made)


def chosen_orders(
    wanted: Sequence[Wanted], rows: Sequence[Mapping[str, str]]
) -> tuple[Wanted, ...]:
    """Those whose row is ticked, with the account and the confirmation as typed."""
    return tuple(
        replace(
            one,
            bank=row["bank"],
            account_no=row["account_no"],
            confirmed_on=row["confirmed_on"],
            confirmed_by=row["confirmed_by"],
        )
        for one, row in zip(wanted, rows, strict=True)
        if row["chosen"]
    )


def computation(found: Plan, one: Wanted) -> str:
    """What an order keeps of the plan: input, output, and which share it pays, as JSON text."""
    told = {
        "kind": "distribution",
        "on": found.content.day.isoformat(),
        "claim": one.claim,
        "distribution_id": found.id,
        "content_sha256": found.sha256,
        "input": found.content.question,
        "output": {name: value for name, value in found.result.output().items() if name != "steps"},
        "parts": dict(one.parts),
    }
    return json.dumps(told, ensure_ascii=False)


def basis(found: Plan) -> str:
    """On what an order of the plan rests."""
    return f"{found.case_number}《{found.title}》（{ARTICLE}）"


def _fault(one: Wanted, known: Mapping[str, Wanted]) -> str:
    same = known.get(one.claim)
    if same is None or same.amount_fen != one.amount_fen:
        return f"{one.payee}：已有支付单或者分配额已变化，请刷新"
    if same.why_not and one.account_no.strip() == same.account_no:
        return f"{one.payee}：{same.why_not}"
    if one.purpose == "payment":
        lacks = [
            word
            for word, text in (
                ("账号", one.account_no),
                ("确认日期", one.confirmed_on),
                ("确认人", one.confirmed_by),
            )
            if not text.strip()
        ]
        if lacks:
            return f"{one.payee}：{'、'.join(lacks)}未填写"
    return ""


def _args(found: Plan, one: Wanted, seen: Mapping[str, Any]) -> dict[str, Any]:
    """Of the request: money that stays inside the court needs no account."""
    args: dict[str, Any] = {
        "case_id": found.case_id,
        "amount_fen": one.amount_fen,
        "payee": one.payee,
        "basis": basis(found),
        "computation": computation(found, one),
        "distribution_id": found.id,
        "purpose": one.purpose,
        "memo": "",
        "seen": dict(seen),
        **dict.fromkeys(PARTS, 0),
        **one.parts,
        "remaining_fen": _remaining(found, one),
    }
    if one.purpose == "fee":
        args["target"] = "fee"
    elif one.purpose == "escrow":
        args |= {"target": "escrow", "ground": SUED_GROUND, "memo": "分配方案异议之诉期间提存"}
    else:
        args |= {
            "bank": one.bank,
            "account_no": one.account_no,
            "confirmed_on": one.confirmed_on,
            "confirmed_by": one.confirmed_by,
            "confirmed_how": HOW,
        }
        args["seen"]["account_no"] = seen["accounts"].get(one.payee)
    args["seen"].pop("accounts", None)
    return args


def _remaining(found: Plan, one: Wanted) -> int:
    """What the creditor is still owed after this payment, in fen."""
    claims = {str(each["id"]): each for each in found.content.question["claims"]}
    if one.claim not in claims:
        return 0
    ranks = found.result.distribution.ranks
    claimed = next(
        share.claim_fen for rank in ranks for share in rank.shares if share.id == one.claim
    )
    return claimed - found.result.got().get(one.claim, 0)


def _seen(connection: Connection, case_id: str) -> dict[str, Any]:
    """The facts the wishes are made on."""
    case = table("case").c
    row = connection.execute(
        select(case.handler_id, case.team_id, case.closed_on).where(case.id == case_id)
    ).one()
    return {
        "handler_id": row.handler_id,
        "team_id": row.team_id,
        "closed_on": row.closed_on,
        "accounts": paid_before(connection, case_id),
    }

"""An order is submitted: the money is reserved, and the chain of its amount begins.

The twin of storage/hub/sql/08_requests_submit.sql: same codes, same facts.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row

from storage.ledger import moments, post
from storage.ledger.accounts import account_of
from storage.ledger.acts import Act, By, order_of, write_act
from storage.ledger.post import Answer, Slip, instant
from storage.ledger.sealing import part
from storage.ledger.tiers import tier_of
from storage.schema.payments import CONTENT, MOVES

Args = Mapping[str, Any]
_TEXTS: Final = (
    *("payee", "bank", "account_no", "confirmed_on", "confirmed_by", "confirmed_how"),
    *("call_back_on", "call_back_by", "call_back_result", "basis", "distribution_id", "ground"),
    *("memo", "replaces"),
)
_FENS: Final = (
    *("principal_fen", "interest_fen", "doubled_fen", "fee_fen", "other_fen", "remaining_fen"),
)
_LAST_PAID: Final = (
    "select o.account_no, o.maker, e.at from payment_order o join fund_entry e"
    " on e.hold_id = o.id and e.kind = 'payment'"
    " where o.case_id = ? and o.payee = ? and o.state = 'paid' order by e.seq desc limit 1"
)
_INSERT: Final = (
    f"insert into payment_order ({', '.join(CONTENT)}, content_sha256)"
    f" values ({', '.join('?' * (len(CONTENT) + 1))})"
)


def fingerprint(order: Mapping[str, Any]) -> str:
    """The SHA-256 that every act repeats; storage.schema.payment_rules says the same in SQL."""
    text = ",".join(part(order[name]) for name in CONTENT)
    return hashlib.sha256(text.encode()).hexdigest()


def disburse(connection: Connection, request_id: str, args: Args, by: By) -> Answer:
    """An officer asks for money of a case: out to the bank, or to fees, refunds or 提存."""
    case = connection.exec_driver_sql(
        'select id, handler_id, team_id, closed_on, changed_by, changed_at from "case"'
        " where id = ?",
        (args["case_id"],),
    ).first()
    if case is None:
        return Answer(False, "gone")
    purpose, target = args.get("purpose") or "payment", args.get("target")
    refused = _changed(connection, case, args)
    if refused is not None:
        return refused
    return _submit(connection, request_id, args, by, ("case", purpose, target))


def remit(connection: Connection, request_id: str, args: Args, by: By) -> Answer:
    """Finance asks for money of the other accounts: fees, refunds, 提存, 不明款."""
    source = args.get("from") or ""
    purposes = {way[0]: way[1] for way in reversed(MOVES) if way[0] != "case"}
    if source not in purposes:
        return Answer(False, "account", {"from": source})
    if args.get("case_id") is None and source == "escrow":
        return Answer(False, "gone")
    purpose, target = args.get("purpose") or purposes[source], args.get("target")
    return _submit(connection, request_id, args, by, (source, purpose, target))


def _submit(
    connection: Connection, request_id: str, args: Args, by: By, way: tuple[str, str, str | None]
) -> Answer:
    source, purpose, target = way
    fen = args.get("amount_fen") or 0
    refused = _cannot(connection, args, fen, way)
    if refused is not None:
        return refused
    made_at = instant(moments.now())
    tier = tier_of(connection, purpose, fen, made_at[:10])
    if tier is None:
        return Answer(False, "tier", {"purpose": purpose, "amount_fen": fen})
    case_id = args.get("case_id")
    before = account_of(connection, source, case_id).available_fen
    slip = Slip(
        by.login,
        memo=args.get("memo"),
        booked_on=_day(args),
        entry_id=request_id,
        order_id=request_id,
    )
    held = post.hold(connection, case_id, fen, slip, payee=args["payee"], source=source)
    if not held.accepted:
        return held
    last = None if target is not None else _last_paid(connection, case_id, args["payee"])
    row: dict[str, Any] = {name: args.get(name) or None for name in _TEXTS}
    row |= {name: args.get(name) for name in _FENS}
    row |= {
        "id": request_id,
        "number": held.facts["number"],
        "case_id": case_id,
        "purpose": purpose,
        "source": source,
        "target": target,
        "amount_fen": fen,
        "differs": int(last is not None and last.account_no != row["account_no"]),
        "computation": _text(args.get("computation")),
        "tier_id": tier.id,
        "stages": ",".join(tier.stages),
        "maker": by.login,
        "maker_id": by.person_id,
        "made_at": made_at,
    }
    values = (*(row[name] for name in CONTENT), fingerprint(row))
    connection.exec_driver_sql(_INSERT, values)
    order = order_of(connection, request_id)
    assert order is not None
    write_act(connection, order, by, Act("submit", next_stage=tier.stages[0]))
    facts = held.facts | {
        "stage": tier.stages[0],
        "stages": ",".join(tier.stages),
        "differs": row["differs"],
    }
    seen = (args.get("seen") or {}).get("available_fen")
    if seen is not None and seen != before:
        facts["changed"] = {"available_fen": {"seen": seen, "now": before}}
    return Answer(True, "held", facts, request_id)


def _cannot(
    connection: Connection, args: Args, fen: int, way: tuple[str, str, str | None]
) -> Answer | None:
    """What is wrong with the order itself, before any money is looked at."""
    if way not in MOVES:
        return Answer(False, "account", {"from": way[0], "purpose": way[1], "to": way[2]})
    if fen <= 0:
        return Answer(False, "amount")
    if not args.get("payee"):
        return Answer(False, "payee")
    case_id = args.get("case_id")
    replaced = args.get("replaces")
    if replaced is not None:
        old = connection.exec_driver_sql(
            "select state, case_id from payment_order where id = ?", (replaced,)
        ).first()
        newer = connection.exec_driver_sql(
            "select number from payment_order where replaces = ?", (replaced,)
        ).scalar()
        again = ("returned", "withdrawn", "failed", "expired")
        if old is None or old.case_id != case_id or old.state not in again or newer is not None:
            facts = {"order_state": None if old is None else old.state, "number": newer}
            return Answer(False, "replaces", facts)
    plan = args.get("distribution_id")
    if plan is not None:
        whose = connection.exec_driver_sql(
            "select case_id from distribution where id = ?", (plan,)
        ).scalar()
        if whose is None or whose != case_id:
            return Answer(False, "distribution")
    return None


def _changed(connection: Connection, case: "Row[Any]", args: Args) -> Answer | None:
    """X08: something that the officer saw is otherwise now, other than the money."""
    seen = args.get("seen") or {}
    for fact in ("team_id", "handler_id", "closed_on"):
        now = getattr(case, fact)
        if fact in seen and seen[fact] != now:
            facts = {"fact": fact, "seen": seen[fact], "now": now}
            who = {"by": case.changed_by, "at": case.changed_at}
            return Answer(False, "changed", facts | who)
    if "account_no" not in seen:
        return None
    last = _last_paid(connection, case.id, args.get("payee"))
    now = None if last is None else last.account_no
    if seen["account_no"] == now:
        return None
    facts = {"fact": "account_no", "seen": seen["account_no"], "now": now}
    who = {"by": None, "at": None} if last is None else {"by": last.maker, "at": last.at}
    return Answer(False, "changed", facts | who)


def _last_paid(connection: Connection, case_id: str | None, payee: str | None) -> "Row[Any] | None":
    return connection.exec_driver_sql(_LAST_PAID, (case_id, payee)).first()


def _day(args: Args) -> date | None:
    day = args.get("booked_on")
    return None if day is None else date.fromisoformat(day)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    return json.dumps(value, ensure_ascii=False)

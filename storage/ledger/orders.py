"""A payment order after its submission: approved, returned, withdrawn, sent, answered, expired.

The twin of storage/hub/sql/08_requests_orders.sql: same codes, same facts. Each function answers
instead of raising where a rule says no. Within a write of storage.session.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row

from storage.ids import new_id
from storage.ledger import moments, post
from storage.ledger.accounts import account_of
from storage.ledger.acts import (
    Act,
    By,
    last_act,
    may_withdraw,
    not_by,
    not_confirmed,
    not_open,
    order_of,
    told,
    write_act,
)
from storage.ledger.post import Answer, Slip, instant
from storage.schema.payment_rules import SYSTEM
from storage.schema.payments import EXPIRES_DAYS

Args = Mapping[str, Any]
OUTCOMES: Final = ("paid", "failed", "unknown")


def pass_order(connection: Connection, _id: str, args: Args, by: By) -> Answer:
    """The next stage of the chain approves what it was shown, and nothing else."""
    order = order_of(connection, args["order_id"])
    if order is None:
        return Answer(False, "gone")
    stage = str(args.get("stage") or "")
    refused = not_open(connection, order, "pass", stage)
    if refused is not None:
        return refused
    if args.get("content_sha256") != order.content_sha256:
        return Answer(False, "content", {"content_sha256": order.content_sha256})
    refused, for_post = not_by(connection, order, by, "pass", stage)
    refused = refused or not_confirmed(order)
    if refused is not None:
        return refused
    stages = order.stages.split(",")
    later = stages[stages.index(stage) + 1 :]
    following = later[0] if later else ""
    body = str(args.get("note") or "")
    write_act(connection, order, by, Act("pass", stage, following, for_post, body))
    facts = {
        "number": order.number,
        "stage": following,
        "order_state": "approving" if later else "approved",
    }
    return Answer(True, "passed", facts)


def return_order(connection: Connection, _id: str, args: Args, by: By) -> Answer:
    """Back to the maker, with the reason; the money is free again."""
    order = order_of(connection, args["order_id"])
    if order is None:
        return Answer(False, "gone")
    stage, reason = str(args.get("stage") or ""), str(args.get("reason") or "")
    refused = not_open(connection, order, "return", stage)
    if refused is not None:
        return refused
    if not reason:
        return Answer(False, "reason")
    refused, for_post = not_by(connection, order, by, "return", stage)
    if refused is not None:
        return refused
    write_act(connection, order, by, Act("return", stage, "", for_post, reason))
    return _freed(connection, order, "returned", Slip(by.login, memo=reason))


def withdraw_order(connection: Connection, _id: str, args: Args, by: By) -> Answer:
    """The maker takes it back, or a leader does, while it was not sent."""
    order = order_of(connection, args["order_id"])
    if order is None:
        return Answer(False, "gone")
    if order.state not in ("approving", "approved"):
        return Answer(False, "state", told(order, last_act(connection, order)))
    reason = str(args.get("reason") or "")
    refused = may_withdraw(connection, order, by)
    if refused is not None:
        return refused
    if not reason:
        return Answer(False, "reason")
    write_act(connection, order, by, Act("withdraw", order.stage, "", None, reason))
    # Whoever made a hold never ends it, so this end is nobody's.
    return _freed(connection, order, "withdrawn", Slip(SYSTEM, memo=reason))


def send_order(connection: Connection, request_id: str, args: Args, by: By) -> Answer:
    """Finance sends it to the bank, once; what stays in the court moves at once."""
    order = order_of(connection, args["order_id"])
    if order is None:
        return Answer(False, "gone")
    refused = not_open(connection, order, "send", "")
    if refused is not None:
        return refused
    refused, for_post = not_by(connection, order, by, "send", "")
    refused = refused or not_confirmed(order) or _waits(connection, order)
    if refused is not None:
        return refused
    facts = {"channel": args["channel"]} if args.get("channel") else None
    act = Act("send", "", "", for_post, str(args.get("note") or ""), args.get("batch"), facts)
    write_act(connection, order, by, act)
    if order.target is None:
        return Answer(True, "sent", {"number": order.number})
    slip = Slip(by.login, memo=order.memo, order_id=order.id)
    freed = post.release(connection, order.id, replace(slip, entry_id=new_id()))
    if not freed.accepted:
        return freed
    way = (order.source, order.target)
    moved = post.transfer(
        connection, order.case_id, order.amount_fen, replace(slip, entry_id=request_id), way=way
    )
    if moved.accepted:
        write_act(connection, order, by, Act("move"))
    return moved


def answer_order(connection: Connection, request_id: str, args: Args, by: By) -> Answer:
    """What became of it at the bank. `unknown` is not `failed`: the money stays reserved."""
    order = order_of(connection, args["order_id"])
    if order is None:
        return Answer(False, "gone")
    outcome = str(args.get("outcome") or "")
    if outcome not in OUTCOMES:
        return Answer(False, "outcome", {"outcome": outcome})
    if order.state not in ("sent", "unknown") or order.target is not None:
        done = last_act(connection, order)
        code = "already" if order.state in ("paid", "failed", "moved") else "state"
        return Answer(False, code, told(order, done))
    reason = str(args.get("reason") or "")
    if outcome == "failed" and not reason:
        return Answer(False, "reason")
    if outcome != "unknown" and by.login == order.maker:
        return Answer(False, "own", {"number": order.number})
    told_by = {name: args[name] for name in ("bank_ref", "line_id") if args.get(name)}
    act = Act(outcome, body=reason, facts=told_by or None)
    if outcome == "unknown":
        write_act(connection, order, by, act)
        return Answer(True, "unknown", {"number": order.number})
    memo = reason or args.get("bank_ref") or order.memo
    day = args.get("booked_on")
    slip = Slip(
        by.login,
        memo=memo,
        booked_on=None if day is None else date.fromisoformat(day),
        line_id=args.get("line_id"),
        entry_id=request_id,
        order_id=order.id,
    )
    if outcome == "failed":
        write_act(connection, order, by, act)
        return _freed(connection, order, "failed", replace(slip, line_id=None))
    if slip.line_id is not None:
        refused = post.wrong_line(connection, slip.line_id, order.amount_fen, "out")
        if refused is not None:
            return refused
    paid = post.pay(connection, order.id, slip)
    if paid.accepted:
        write_act(connection, order, by, act)
        return replace(paid, code="paid")
    return paid


def expire_orders(connection: Connection, _id: str, args: Args, by: By) -> Answer:
    """Orders that nobody moved since before a day are taken back, each with its act."""
    before = date.fromisoformat(args["before"])
    latest = moments.now().date() - timedelta(days=EXPIRES_DAYS - 1)
    if before > latest:
        return Answer(False, "early", {"latest": latest.isoformat()})
    idle = connection.exec_driver_sql(
        "select o.id from payment_order o join payment_act a on a.order_id = o.id"
        " and a.n = o.last_n where o.state in ('approving', 'approved')"
        " and substr(a.at, 1, 10) < ? order by o.id",
        (before.isoformat(),),
    ).scalars()
    numbers = []
    for order_id in idle.all():
        order = order_of(connection, order_id)
        assert order is not None
        reason = f"自{before.isoformat()}前起无人办理"
        write_act(connection, order, by, Act("expire", order.stage, "", None, reason))
        freed = _freed(connection, order, "expired", Slip(SYSTEM, memo=reason))
        if not freed.accepted:
            return freed
        numbers.append(order.number)
    return Answer(True, "expired", {"orders": numbers, "n": len(numbers)})


def match_line(connection: Connection, request_id: str, args: Args, by: By) -> Answer:
    """A payment booked from what the bank answered has found its line of the statement, or the
    reversal of one the line of the money that came back."""
    line_id, entry_id = args["line_id"], args["entry_id"]
    entry = connection.exec_driver_sql(
        "select e.number, e.amount_fen, e.line_id, e.kind from fund_entry e"
        " left join fund_entry o on o.id = e.reverses"
        " where e.id = ? and (e.kind = 'payment' or o.kind = 'payment' and e.kind = 'reversal')",
        (entry_id,),
    ).first()
    if entry is None:
        return Answer(False, "gone")
    done = connection.exec_driver_sql(
        "select maker, at from bank_match where line_id = ? or entry_id = ?", (line_id, entry_id)
    ).first()
    if done is not None:
        facts = {"number": entry.number, "by": done.maker, "at": done.at}
        return Answer(False, "already", facts)
    refused = post.wrong_line(
        connection, line_id, entry.amount_fen, "out" if entry.kind == "payment" else "in"
    )
    if refused is not None:
        return refused
    if entry.line_id is not None:
        return Answer(False, "already", {"number": entry.number})
    connection.exec_driver_sql(
        "insert into bank_match (id, line_id, entry_id, maker, at, why) values (?, ?, ?, ?, ?, ?)",
        (
            *(request_id, line_id, entry_id, by.login, instant(moments.now())),
            str(args.get("why") or ""),
        ),
    )
    return Answer(True, "matched", {"number": entry.number})


def open_account(connection: Connection, _id: str, args: Args, _by: By) -> Answer:
    """一案一账号: the case's account gets its number, once."""
    code = str(args.get("code") or "").strip()
    if not code:
        return Answer(False, "code")
    case_id = args["case_id"]
    if connection.exec_driver_sql('select 1 from "case" where id = ?', (case_id,)).first() is None:
        return Answer(False, "gone")
    taken = connection.exec_driver_sql("select case_id from fund where code = ?", (code,)).first()
    here = account_of(connection, "case", case_id)
    known = connection.exec_driver_sql("select code from fund where id = ?", (here.id,)).scalar()
    if known is not None:
        return Answer(False, "already", {"account": known})
    if taken is not None:
        return Answer(False, "taken", {"account": code, "case_id": taken.case_id})
    connection.exec_driver_sql("update fund set code = ? where id = ?", (code, here.id))
    return Answer(True, "opened", {"account": code})


def _freed(connection: Connection, order: "Row[Any]", code: str, slip: Slip) -> Answer:
    """The end of an order that was not paid: its hold goes back."""
    slip = replace(slip, entry_id=new_id(), order_id=order.id)
    freed = post.release(connection, order.id, slip)
    if not freed.accepted:
        return freed
    facts = {
        "number": order.number,
        "amount_fen": order.amount_fen,
        "release": freed.facts["number"],
    }
    return Answer(True, code, facts, freed.entry_id)


def _waits(connection: Connection, order: "Row[Any]") -> Answer | None:
    """The plan's objections come first."""
    if order.distribution_id is None:
        return None
    plan = connection.exec_driver_sql(
        "select state, wait_until from distribution where id = ?", (order.distribution_id,)
    ).first()
    state, until = ("draft", None) if plan is None else plan
    objections = connection.exec_driver_sql(
        "select count(*) from distribution_objection"
        " where distribution_id = ? and decided_on is null",
        (order.distribution_id,),
    ).scalar_one()
    today = instant(moments.now())[:10]
    if state != "draft" and until is not None and until < today and not objections:
        return None
    facts = {"plan_state": state, "until": until, "objections": objections}
    return Answer(False, "wait", facts)

"""Asking for something that only one place decides: the shared database, or a desk that is alone.

On a desk with a shared database the wish is recorded as a request and is without effect until that
has answered. A desk that works alone answers at once by the twins of the database's functions.
Within a write of storage.session.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from storage.faults import RefusedByRule
from storage.ids import new_id
from storage.ledger import months, orders, post, submitting
from storage.ledger.acts import By, order_of
from storage.ledger.post import Answer, Slip
from storage.ledger.tiers import ensure_tiers, has_hub

Args = Mapping[str, Any]
Decider = Callable[[Connection, str, Args, By], Answer]


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish and what became of it; `answer` None: the shared database has not decided yet."""

    request_id: str
    answer: Answer | None


def ask(connection: Connection, kind: str, args: Args, *, by: str | None, note: str = "") -> Asked:
    """Asks for `kind` (KINDS) with `args` (JSON values); `by`: id of the person at the keyboard.

    What is refused leaves nothing behind on a desk that works alone.
    """
    assert kind in KINDS, f"{kind}: nobody decides this"
    request_id = new_id()
    if has_hub(connection):
        _record(connection, request_id, kind, args, note)
        return Asked(request_id, None)
    if by is None:
        return Asked(request_id, Answer(False, "nobody"))
    refused = _not_his(connection, kind, by)
    if refused is not None:
        return Asked(request_id, refused)
    ensure_tiers(connection)
    connection.exec_driver_sql("savepoint asked")
    try:
        answer = KINDS[kind](connection, request_id, args, By(by, by))
        if answer.accepted:
            told = {"code": answer.code, "state": "accepted", **answer.facts}
            _record(connection, request_id, kind, args, note, json.dumps(told, ensure_ascii=False))
    except RefusedByRule as refused:
        answer = Answer(False, "rule", {"message": str(refused)})
    if not answer.accepted:
        connection.exec_driver_sql("rollback to asked")
    connection.exec_driver_sql("release asked")
    return Asked(request_id, answer)


def _not_his(connection: Connection, kind: str, by: str) -> Answer | None:
    """The post that may ask, where no database asks for a role."""
    post_of = connection.exec_driver_sql("select post from person where id = ?", (by,)).scalar()
    wanted = POSTS.get(kind)
    if kind == "disburse" and post_of in FINANCE:
        return Answer(False, "role", {"posts": []})
    if wanted is None or post_of in wanted:
        return None
    return Answer(False, "role", {"posts": list(wanted)})


def _record(
    connection: Connection,
    request_id: str,
    kind: str,
    args: Args,
    note: str,
    facts: str | None = None,
) -> None:
    connection.exec_driver_sql(
        "insert into request (id, kind, case_id, args, note, state, facts)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (
            *(request_id, kind, args.get("case_id"), json.dumps(args, ensure_ascii=False)),
            *(note or None, "asked" if facts is None else "accepted", facts),
        ),
    )


def slip_of(request_id: str, args: Args, by: By) -> Slip:
    """What goes with the entry of a request; the entry has the request's id."""
    day = args.get("booked_on")
    return Slip(
        maker=by.login,
        memo=args.get("memo"),
        booked_on=None if day is None else date.fromisoformat(day),
        line_id=args.get("line_id"),
        entry_id=request_id,
    )


def _receive(connection: Connection, request_id: str, args: Args, by: By) -> Answer:
    slip = slip_of(request_id, args, by)
    payer = args.get("payer") or ""
    return post.receive(connection, args.get("case_id"), args["amount_fen"], slip, payer=payer)


def _assign(connection: Connection, request_id: str, args: Args, by: By) -> Answer:
    slip = slip_of(request_id, args, by)
    return post.assign(connection, args["case_id"], args["amount_fen"], slip)


def _transfer(connection: Connection, request_id: str, args: Args, by: By) -> Answer:
    slip = slip_of(request_id, args, by)
    way = (args["from"], args["to"])
    return post.transfer(connection, args["case_id"], args["amount_fen"], slip, way=way)


def _pay(connection: Connection, request_id: str, args: Args, by: By) -> Answer:
    """A hold that has an order is answered as paid; others are of before there were orders."""
    if order_of(connection, args["hold_id"]) is not None:
        told = {**args, "order_id": args["hold_id"], "outcome": "paid"}
        return orders.answer_order(connection, request_id, told, by)
    return post.pay(connection, args["hold_id"], slip_of(request_id, args, by))


def _release(connection: Connection, request_id: str, args: Args, by: By) -> Answer:
    return post.release(connection, args["hold_id"], slip_of(request_id, args, by))


def _reverse(connection: Connection, request_id: str, args: Args, by: By) -> Answer:
    slip = slip_of(request_id, {**args, "memo": args.get("reason")}, by)
    return post.reverse(connection, args["entry_id"], slip)


def _close_month(connection: Connection, _id: str, args: Args, by: By) -> Answer:
    return months.report_close(connection, args["month"], by.login, args.get("sheet_sha256"))


def _sign_month(connection: Connection, _id: str, args: Args, by: By) -> Answer:
    return months.sign_close(connection, args["month"], by.login, args.get("sheet_sha256"))


FINANCE: Final = ("finance",)
_SIGNERS: Final = ("bureau_chief", "vice_president", "president")
POSTS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("receive", "assign", "transfer", "remit", "pay", "close_month"), FINANCE),
    **dict.fromkeys(("send_order", "answer_order", "expire_orders", "match_line"), FINANCE),
    "open_account": FINANCE,
    "release": (*FINANCE, "bureau_chief"),
    "reverse": (*FINANCE, "bureau_chief"),
    "sign_month": _SIGNERS,
}
KINDS: Final[dict[str, Decider]] = {
    "receive": _receive,
    "assign": _assign,
    "transfer": _transfer,
    "disburse": submitting.disburse,
    "remit": submitting.remit,
    "pay": _pay,
    "release": _release,
    "reverse": _reverse,
    "close_month": _close_month,
    "sign_month": _sign_month,
    "pass_order": orders.pass_order,
    "return_order": orders.return_order,
    "withdraw_order": orders.withdraw_order,
    "send_order": orders.send_order,
    "answer_order": orders.answer_order,
    "expire_orders": orders.expire_orders,
    "match_line": orders.match_line,
    "open_account": orders.open_account,
}

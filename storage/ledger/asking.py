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
from storage.ledger import months, post
from storage.ledger.post import Answer, Slip
from storage.ledger.tiers import ensure_tiers, has_hub

Args = Mapping[str, Any]
Decider = Callable[[Connection, str, Args, str], Answer]


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
    ensure_tiers(connection)
    connection.exec_driver_sql("savepoint asked")
    try:
        answer = KINDS[kind](connection, request_id, args, by)
        if answer.accepted:
            told = {"code": answer.code, "state": "accepted", **answer.facts}
            _record(connection, request_id, kind, args, note, json.dumps(told, ensure_ascii=False))
    except RefusedByRule as refused:
        answer = Answer(False, "rule", {"message": str(refused)})
    if not answer.accepted:
        connection.exec_driver_sql("rollback to asked")
    connection.exec_driver_sql("release asked")
    return Asked(request_id, answer)


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


def slip_of(request_id: str, args: Args, by: str) -> Slip:
    """What goes with the entry of a request; the entry has the request's id."""
    day = args.get("booked_on")
    return Slip(
        maker=by,
        memo=args.get("memo"),
        booked_on=None if day is None else date.fromisoformat(day),
        line_id=args.get("line_id"),
        entry_id=request_id,
    )


def _receive(connection: Connection, request_id: str, args: Args, by: str) -> Answer:
    slip = slip_of(request_id, args, by)
    payer = args.get("payer") or ""
    return post.receive(connection, args.get("case_id"), args["amount_fen"], slip, payer=payer)


def _assign(connection: Connection, request_id: str, args: Args, by: str) -> Answer:
    slip = slip_of(request_id, args, by)
    return post.assign(connection, args["case_id"], args["amount_fen"], slip)


def _transfer(connection: Connection, request_id: str, args: Args, by: str) -> Answer:
    slip = slip_of(request_id, args, by)
    way = (args["from"], args["to"])
    return post.transfer(connection, args["case_id"], args["amount_fen"], slip, way=way)


def _disburse(connection: Connection, request_id: str, args: Args, by: str) -> Answer:
    slip = slip_of(request_id, args, by)
    payee = args.get("payee") or ""
    return post.hold(connection, args["case_id"], args["amount_fen"], slip, payee=payee)


def _remit(connection: Connection, request_id: str, args: Args, by: str) -> Answer:
    slip = slip_of(request_id, args, by)
    payee, source = args.get("payee") or "", args["from"]
    return post.hold(
        connection, args.get("case_id"), args["amount_fen"], slip, payee=payee, source=source
    )


def _pay(connection: Connection, request_id: str, args: Args, by: str) -> Answer:
    return post.pay(connection, args["hold_id"], slip_of(request_id, args, by))


def _release(connection: Connection, request_id: str, args: Args, by: str) -> Answer:
    return post.release(connection, args["hold_id"], slip_of(request_id, args, by))


def _reverse(connection: Connection, request_id: str, args: Args, by: str) -> Answer:
    slip = slip_of(request_id, {**args, "memo": args.get("reason")}, by)
    return post.reverse(connection, args["entry_id"], slip)


def _close_month(connection: Connection, _id: str, args: Args, by: str) -> Answer:
    return months.report_close(connection, args["month"], by)


def _sign_month(connection: Connection, _id: str, args: Args, by: str) -> Answer:
    return months.sign_close(connection, args["month"], by)


KINDS: Final[dict[str, Decider]] = {
    "receive": _receive,
    "assign": _assign,
    "transfer": _transfer,
    "disburse": _disburse,
    "remit": _remit,
    "pay": _pay,
    "release": _release,
    "reverse": _reverse,
    "close_month": _close_month,
    "sign_month": _sign_month,
}

"""Orders on their way to the bank: what a batch holds, and the one claim to post an instruction.

`send_order` is accepted once, whoever asks. Only the device that asked with the very batch that was
accepted may post, and only after it has noted so in a committed write: what crashed between note
and answer is asked for by key and never posted again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from desktop.errors import UserError
from desktop.funds.asked_words import names, refused_words
from desktop.funds.channel import BankWord
from desktop.funds.outgoing import Batch, Payment, batch_day
from storage.ids import new_id
from storage.ledger.asking import Asked, ask
from storage.schema import table
from storage.schema.local import setting

BY_FILE: Final = "file"
BY_LINE: Final = "line"
LINE_BATCH: Final = "直联-"
_MARK: Final = "bank_line:"
_PURPOSES: Final = {
    "payment": "案款发放",
    "refund": "案款退款",
    "fee": "执行费",
    "escrow": "提存款发放",
    "unknown": "来款退回",
}


@dataclass(frozen=True, slots=True)
class SendArgs:
    """Orders that go out together, by file under `batch`."""

    order_ids: tuple[str, ...]
    batch: str
    by: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """Each order with what was answered; `refused`: in words, by whom and when it was sent before
    or what forbids it."""

    asked: tuple[tuple[str, Asked], ...]
    batch: str
    refused: tuple[str, ...] = ()


def send_by_file(connection: Connection, args: SendArgs) -> Sent:
    """Asks for all orders of a batch. Writer lane."""
    told = [
        (
            order_id,
            ask(
                connection,
                "send_order",
                {"order_id": order_id, "batch": args.batch, "channel": BY_FILE},
                by=args.by,
            ),
        )
        for order_id in args.order_ids
    ]
    return Sent(tuple(told), args.batch, _refusals(connection, [asked for _id, asked in told]))


def send_by_line(connection: Connection, args: SendArgs) -> Sent:
    """Asks for one order, and notes that this device wants to post it. Writer lane."""
    (order_id,) = args.order_ids
    batch = LINE_BATCH + new_id()
    connection.execute(delete(setting).where(setting.c.key == _MARK + order_id))
    connection.execute(
        insert(setting).values(
            key=_MARK + order_id, value=json.dumps({"batch": batch, "posted": False})
        )
    )
    wish = {"order_id": order_id, "batch": batch, "channel": BY_LINE}
    asked = ask(connection, "send_order", wish, by=args.by)
    return Sent(((order_id, asked),), batch, _refusals(connection, [asked]))


def _refusals(connection: Connection, asked: Sequence[Asked]) -> tuple[str, ...]:
    wrong = [one.answer for one in asked if one.answer is not None and not one.answer.accepted]
    known = names(connection) if wrong else {}
    return tuple(refused_words(answer.code, answer.facts, known) for answer in wrong)


def to_post(connection: Connection, _args: None) -> list[str]:
    """Orders that this device asked to post and may post now. Reader lanes."""
    found = connection.execute(
        select(setting.c.key, setting.c.value).where(
            setting.c.key.startswith(_MARK, autoescape=True)
        )
    )
    wanted = {
        key.removeprefix(_MARK): json.loads(value)["batch"]
        for key, value in found
        if not json.loads(value)["posted"]
    }
    return [
        order_id
        for order_id, batch in wanted.items()
        if _last_act(connection, order_id) == ("sent", "send", batch)
    ]


def claim(connection: Connection, order_id: str) -> Payment | None:
    """The payment to be posted, once and for all; None when it is not this device's to post, or
    was posted. The instruction leaves only after this was committed. Writer lane."""
    key = _MARK + order_id
    value = connection.execute(select(setting.c.value).where(setting.c.key == key)).scalar()
    noted = json.loads(value) if value else {"posted": True}
    if noted["posted"] or _last_act(connection, order_id) != ("sent", "send", noted["batch"]):
        return None
    posted = json.dumps({**noted, "posted": True})
    connection.execute(update(setting).where(setting.c.key == key).values(value=posted))
    return payment_of(connection, order_id)


def unanswered(connection: Connection, _args: None) -> list[str]:
    """Orders that went by the direct line and have no final answer, oldest first. Reader lanes."""
    order, act = table("payment_order"), table("payment_act")
    query = (
        select(order.c.id)
        .join_from(order, act, act.c.order_id == order.c.id)
        .where(
            order.c.state.in_(("sent", "unknown")),
            act.c.act == "send",
            act.c.batch.startswith(LINE_BATCH),
        )
        .order_by(act.c.at, order.c.id)
    )
    return list(connection.execute(query).scalars())


@dataclass(frozen=True, slots=True)
class HeardArgs:
    """What the bank said of an order."""

    order_id: str
    word: BankWord
    by: str | None


def heard(connection: Connection, args: HeardArgs) -> Asked | None:
    """Asks for what the bank's word means: paid, failed, or unknown where it was not so before.
    None when it changes nothing. Writer lane."""
    order = table("payment_order").c
    state = connection.execute(select(order.state).where(order.id == args.order_id)).scalar()
    if state not in ("sent", "unknown"):
        return None
    outcome = args.word.kind if args.word.final else "unknown"
    if not args.word.final and (state == "unknown" or args.word.kind != "unknown"):
        return None  # accepted, or absent: nothing is settled by it
    wish = {
        "order_id": args.order_id,
        "outcome": outcome,
        "reason": args.word.reason,
        "bank_ref": args.word.bank_ref,
    }
    if args.word.final:
        connection.execute(delete(setting).where(setting.c.key == _MARK + args.order_id))
    return ask(connection, "answer_order", wish, by=args.by)


def payment_of(connection: Connection, order_id: str) -> Payment:
    """An order as the bank needs it. Raises UserError for one that is not here."""
    found = _payments(connection, [order_id])
    if not found:
        raise UserError("这笔付款不在本机。")
    return found[0]


@dataclass(frozen=True, slots=True)
class BatchArgs:
    """A batch by its name, and the account it is paid from."""

    name: str
    our_account: str
    our_name: str


def batch_of(connection: Connection, args: BatchArgs) -> Batch:
    """A batch as it was sent, the same whenever it is asked for.

    Raises UserError while orders of it are not decided: the file would lack them.
    """
    request, act = table("request").c, table("payment_act").c
    waiting = [
        1
        for told in connection.execute(
            select(request.args).where(request.kind == "send_order", request.state == "asked")
        ).scalars()
        if json.loads(told).get("batch") == args.name
    ]
    if waiting:
        raise UserError(f"批次 {args.name} 还有 {len(waiting)} 笔待共享库裁定，裁定后再制作文件。")
    ids = connection.execute(
        select(act.order_id).where(act.act == "send", act.batch == args.name)
    ).scalars()
    payments = _payments(connection, list(ids))
    day = batch_day(args.name)
    if day is None or not payments:
        raise UserError(f"没有批次 {args.name}。")
    return Batch(args.name, day, args.our_account, args.our_name, tuple(payments))


def batches(connection: Connection, since: date) -> list[Row[Any]]:
    """Batches sent by file since a day, newest first: name, at, count, total, open ones."""
    return list(
        connection.exec_driver_sql(
            "select a.batch name, min(a.at) at, count(*) n, sum(o.amount_fen) total_fen,"
            " sum(o.state in ('sent', 'unknown')) open from payment_act a"
            " join payment_order o on o.id = a.order_id"
            " where a.act = 'send' and a.batch like '付%' and a.at >= ?"
            " group by a.batch order by at desc, name",
            (since.isoformat(),),
        )
    )


def _last_act(connection: Connection, order_id: str) -> tuple[str, str, str] | None:
    order, act = table("payment_order"), table("payment_act")
    row = connection.execute(
        select(order.c.state, act.c.act, act.c.batch)
        .join_from(order, act, (act.c.order_id == order.c.id) & (act.c.n == order.c.last_n))
        .where(order.c.id == order_id)
    ).one_or_none()
    return None if row is None else (row.state, row.act, row.batch)


def _payments(connection: Connection, ids: Sequence[str]) -> list[Payment]:
    order, case = table("payment_order"), table("case")
    query = (
        select(order, case.c.number.label("case_number"))
        .select_from(order.outerjoin(case, case.c.id == order.c.case_id))
        .where(order.c.id.in_(ids))
        .order_by(order.c.number, order.c.id)
    )
    return [
        Payment(
            order_id=row.id,
            number=row.number,
            amount_fen=row.amount_fen,
            payee=row.payee,
            bank=row.bank or "",
            account_no=row.account_no or "",
            purpose=_PURPOSES.get(row.purpose, "案款"),
            memo=row.memo or f"{row.case_number or ''}{_PURPOSES.get(row.purpose, '案款')}",
            case_number=row.case_number or "",
        )
        for row in connection.execute(query)
    ]

"""Proof of the orders: what they are is what their acts make of them, and no payment without its
chain. Nothing that the database keeps is believed. Any thread."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Connection, Row

from storage.ledger.submitting import fingerprint
from storage.schema.payments import STAGE_POSTS

_BECOMES: Final = {
    "submit": "approving",
    "return": "returned",
    "send": "sent",
    "unknown": "unknown",
    "paid": "paid",
    "failed": "failed",
    "withdraw": "withdrawn",
    "expire": "expired",
    "move": "moved",
}
_FROM: Final = {
    "submit": ("",),
    "pass": ("approving",),
    "return": ("approving", "approved"),
    "withdraw": ("approving", "approved"),
    "expire": ("approving", "approved"),
    "send": ("approved",),
    "move": ("sent",),
    "unknown": ("sent", "unknown"),
    "paid": ("sent", "unknown"),
    "failed": ("sent", "unknown"),
}
_BACK: Final = ("returned", "withdrawn", "failed", "expired")
# The entries are linked, so what they say of orders cannot go away with the orders.
_STRAY: Final = """
select e.number from fund_entry e left join fund c on c.id = e.credit_id
where (e.order_id is not null and not exists
    (select 1 from payment_order o where o.id = e.order_id))
  or (e.lost = 0 and e.seq > (select min(h.seq) from fund_entry h where h.order_id is not null)
    and (e.kind = 'payment' and not exists
        (select 1 from payment_order o where o.id = e.hold_id)
      or e.kind = 'transfer' and c.kind in ('fee', 'refund', 'escrow') and e.order_id is null))
order by e.seq"""
Told = tuple[str, str]  # number of the order or entry, what does not hold


def order_findings(connection: Connection) -> Iterator[Told]:
    """What does not hold, one after another; needs the acts of every order that is here."""
    acts: dict[str, list[Row[Any]]] = {}
    for act in connection.exec_driver_sql("select * from payment_act order by order_id, n"):
        acts.setdefault(act.order_id, []).append(act)
    ends = _ends(connection)
    for order in connection.exec_driver_sql("select * from payment_order order by number"):
        mine = acts.pop(order.id, [])
        for words in _order(order, mine, ends.get(order.id, set())):
            yield order.number, words
    for left in acts.values():
        yield "", f"有 {len(left)} 条支付办理记录没有支付单"
    for number in connection.exec_driver_sql(_STRAY).scalars():
        yield str(number), "所依据的支付单不存在"


def _ends(connection: Connection) -> dict[str, set[str]]:
    """Order -> kinds of the entries that ended it."""
    found: dict[str, set[str]] = {}
    rows = connection.exec_driver_sql(
        "select coalesce(hold_id, order_id) as whose, kind from fund_entry"
        " where hold_id is not null or (order_id is not null and kind = 'transfer')"
    )
    for whose, kind in rows:
        found.setdefault(whose, set()).add(kind)
    return found


def _order(order: "Row[Any]", acts: "list[Row[Any]]", ends: set[str]) -> Iterator[str]:
    if fingerprint(dict(order._mapping)) != order.content_sha256:
        yield "内容与校验值不符，支付单被改动过"
    state, stage = "", ""
    for n, act in enumerate(acts, start=1):
        if act.n != n:
            yield f"第 {n} 步办理记录缺失"
        if act.content_sha256 != order.content_sha256:
            yield f"第 {n} 步办理的不是现在的内容"
        if state not in _FROM[act.act]:
            yield f"第 {n} 步不能在“{state}”状态下办理"
        state = _after(act)
        stage = act.next_stage
    if (state, stage, len(acts)) != (order.state, order.stage, order.last_n):
        yield "状态与办理记录不符"
    if any(act.act == "send" for act in acts):
        yield from _chain(order, acts)
    wanted = {"paid": {"payment"}, "moved": {"release", "transfer"}}.get(
        state, {"release"} if state in _BACK else set()
    )
    if ends != wanted:
        yield "账目与支付单的状态不符"


def _after(act: "Row[Any]") -> str:
    if act.act == "pass":
        return "approving" if act.next_stage else "approved"
    return _BECOMES[act.act]


def _chain(order: "Row[Any]", acts: "Iterable[Row[Any]]") -> Iterator[str]:
    """All stages in their order, each by another, none by the maker, and sent by yet another."""
    chain = [act for act in acts if act.act in ("pass", "send")]
    passed = ",".join(act.stage for act in chain if act.act == "pass")
    if passed != order.stages or any(act.stage not in (*STAGE_POSTS, "") for act in chain):
        yield "审批环节不全或者次序不对"
    if [act.act for act in chain].count("send") != 1 or chain[-1].act != "send":
        yield "送出不止一次或者先于审批"
    actors = [order.maker, *(act.actor for act in chain)]
    people = [order.maker_id, *(act.person_id for act in chain)]
    if len(set(actors)) != len(actors) or len(set(people)) != len(people):
        yield "同一人办理了两个环节"

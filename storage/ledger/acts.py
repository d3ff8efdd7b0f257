"""What is done with a payment order, one act after another, and why an act cannot be.

The twin of storage/hub/sql/08_requests_orders.sql; the triggers of `storage.schema.payment_rules`
hold the same rules against everybody else. Within a write of storage.session.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row

from storage.ids import new_id
from storage.ledger import moments
from storage.ledger.post import Answer, instant
from storage.schema.payments import APPROVERS, SENDERS, STAGE_POSTS

_ORDER: Final = (
    'select o.*, coalesce(c.court_id, m.court_id) as court_id from payment_order o left join "case"'
    " c on c.id = o.case_id left join person m on m.id = o.maker_id where o.id = ?"
)
_LAST: Final = "select * from payment_act where order_id = ? order by n desc limit 1"
_STANDS_IN: Final = (
    "select g.post from delegation g join person f on f.id = g.from_id"
    " where g.to_id = :who and f.court_id = :court and g.post = f.post and g.post in ({posts})"
    " and g.agreed_by is not null and (g.documents = ''"
    " or ',' || g.documents || ',' like '%,payment_order,%')"
    " and (g.state = 'agreed' or (g.state = 'ended' and g.ended_on > :day))"
    " and g.from_on <= :day and g.to_on >= :day order by g.id limit 1"
)
_INSERT: Final = (
    "insert into payment_act (id, order_id, n, act, stage, next_stage, actor, person_id, for_post,"
    " at, content_sha256, body, batch, facts) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class By:
    """Who acts: the login or, on a desk that works alone, the person once more."""

    login: str
    person_id: str | None


@dataclass(frozen=True, slots=True)
class Act:
    """What goes with an act."""

    act: str
    stage: str = ""
    next_stage: str = ""
    for_post: str | None = None
    body: str = ""
    batch: str | None = None
    facts: dict[str, Any] | None = None


def order_of(connection: Connection, order_id: str) -> "Row[Any] | None":
    """The order with `court_id`, the court whose people may act."""
    return connection.exec_driver_sql(_ORDER, (order_id,)).first()


def write_act(connection: Connection, order: "Row[Any]", by: By, act: Act) -> None:
    """Adds the act behind the last one; the trigger moves the order."""
    last = connection.exec_driver_sql(_LAST, (order.id,)).first()
    n, before = (0, "") if last is None else (last.n, last.at)
    at = max(instant(moments.now()), before)
    facts = None if act.facts is None else json.dumps(act.facts, ensure_ascii=False)
    connection.exec_driver_sql(
        _INSERT,
        (
            *(new_id(), order.id, n + 1, act.act, act.stage, act.next_stage),
            *(by.login, by.person_id, act.for_post, at, order.content_sha256),
            *(act.body, act.batch, facts),
        ),
    )


def told(order: "Row[Any]", act: "Row[Any] | None", **more: object) -> dict[str, Any]:
    """Facts of a refusal: the order, and who did what with it when."""
    facts: dict[str, Any] = {"number": order.number, "order_state": order.state, **more}
    if act is not None:
        facts |= {
            "act": act.act,
            "by": act.actor,
            "person_id": act.person_id,
            "at": act.at,
        }
    return facts


def last_act(connection: Connection, order: "Row[Any]", act: str = "") -> "Row[Any] | None":
    """The last act of an order, or its last one of a kind."""
    if not act:
        return connection.exec_driver_sql(_LAST, (order.id,)).first()
    return connection.exec_driver_sql(
        "select * from payment_act where order_id = ? and act = ? order by n desc limit 1",
        (order.id, act),
    ).first()


def not_open(connection: Connection, order: "Row[Any]", kind: str, stage: str) -> Answer | None:
    """The order has gone on meanwhile: who did what, when."""
    done = connection.exec_driver_sql(
        "select * from payment_act where order_id = ? and act = ? and stage = ? order by n limit 1",
        (order.id, kind, stage),
    ).first()
    if done is not None:
        return Answer(False, "already", told(order, done))
    if kind != "send":
        if order.state not in ("approving", "approved"):
            return Answer(False, "state", told(order, last_act(connection, order)))
        if stage != order.stage or (kind == "pass" and not stage):
            return Answer(False, "stage", {"number": order.number, "stage": order.stage})
        return None
    if order.state == "approving":
        return Answer(False, "chain", {"number": order.number, "stage": order.stage})
    if order.state != "approved":
        return Answer(False, "state", told(order, last_act(connection, order)))
    return None


def not_by(
    connection: Connection, order: "Row[Any]", by: By, kind: str, stage: str
) -> tuple[Answer | None, str | None]:
    """Why this person may not act; else the post that he stands in for, if any."""
    if by.person_id is None:
        return Answer(False, "nobody"), None
    if by.login == order.maker or by.person_id == order.maker_id:
        return Answer(False, "own", {"number": order.number}), None
    if kind != "return":
        if order.maker_id is None:
            return Answer(False, "maker", {"number": order.number}), None
        before = connection.exec_driver_sql(
            "select * from payment_act where order_id = ? and act = 'pass'"
            " and (actor = ? or person_id = ?) order by n limit 1",
            (order.id, by.login, by.person_id),
        ).first()
        if before is not None:
            return Answer(False, "twice", told(order, before, stage=before.stage)), None
    posts = STAGE_POSTS.get(stage, ()) if stage else SENDERS
    held, for_post = holds(connection, order, by.person_id, posts)
    if not held:
        facts = {"posts": list(posts), "court_id": order.court_id}
        return Answer(False, "post", facts), None
    return None, for_post


def holds(
    connection: Connection, order: "Row[Any]", person_id: str, posts: tuple[str, ...]
) -> tuple[bool, str | None]:
    """Whether somebody of the order's court has one of the posts, himself or for another."""
    day = instant(moments.now())[:10]
    person = connection.exec_driver_sql(
        "select post from person where id = ? and court_id = ?"
        " and (left_on is null or left_on >= ?)",
        (person_id, order.court_id, day),
    ).first()
    if person is None:
        return False, None
    if person.post in posts:
        return True, None
    listed = ", ".join(f"'{post}'" for post in posts)
    post = connection.exec_driver_sql(
        _STANDS_IN.format(posts=listed),
        {"who": person_id, "court": order.court_id, "day": day},
    ).scalar()
    return post is not None, None if post is None else str(post)


def not_confirmed(order: "Row[Any]") -> Answer | None:
    """The payee's account, where money leaves the court."""
    if order.target is None and not (order.account_no and order.confirmed_on):
        return Answer(False, "confirmed", {"number": order.number})
    if order.differs and not (order.call_back_on and order.call_back_result):
        return Answer(False, "call_back", {"number": order.number})
    return None


def may_withdraw(connection: Connection, order: "Row[Any]", by: By) -> Answer | None:
    """The maker himself, or a leader of the court."""
    if by.login == order.maker or (by.person_id is not None and by.person_id == order.maker_id):
        return None
    if by.person_id is None:
        return Answer(False, "nobody")
    day = instant(moments.now())[:10]
    leader = connection.exec_driver_sql(
        f"select 1 from person where id = ? and court_id = ? and post in ({', '.join('?' * 3)})"
        " and (left_on is null or left_on >= ?)",
        (by.person_id, order.court_id, *APPROVERS, day),
    ).first()
    facts = {"posts": list(APPROVERS), "court_id": order.court_id}
    return None if leader else Answer(False, "post", facts)

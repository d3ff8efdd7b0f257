"""What is done with orders, each one transaction of the writer lane.

The rules of who may do what stand in both databases (storage/schema/operations.py); here a refusal
gets its sentence before anything is written.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from desktop.command.orders.reading import (
    Me,
    Order,
    device_of,
    me,
    not_closed,
    order,
    orders_where,
)
from desktop.errors import UserError
from desktop.rules.case_number import CaseNumberError, parse
from desktop.rules.field_orders import (
    ACT_WORDS,
    REPORTS,
    STATE_WORDS,
    OrderState,
    issuers_next,
    receivers_next,
)
from storage.ids import new_id
from storage.schema import table

TITLE_MAX: Final = 80
TEXT_MAX: Final = 2_000
NOBODY: Final = "本机在座人员尚未登记，不能办理指令。"


@dataclass(frozen=True, slots=True)
class OrderWords:
    """What the form holds. `person_id` None: the whole team; `due_at` with zone."""

    team_id: str
    person_id: str | None
    template: str
    title: str
    body: str = ""
    place: str = ""
    lat_e7: int | None = None
    lon_e7: int | None = None
    due_at: datetime | None = None
    case_id: str | None = None
    case_number: str = ""
    operation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """A filled form. `order_id` None makes a new order; `send` False keeps a draft."""

    words: OrderWords
    issuer_id: str | None
    at: datetime
    send: bool = True
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """An act on an order by the person at the desk. Whoever gave the order and was told something
    by telephone writes it down with words."""

    order_id: str
    act: str
    person_id: str | None
    at: datetime
    body: str = ""


def stamp(at: datetime) -> str:
    """An instant as the rows of this area have it."""
    return at.isoformat(timespec="milliseconds")


def issue(connection: Connection, asked: Issue) -> str:
    """Stores the order, sends it if that was asked; its id."""
    if asked.issuer_id is None:
        raise UserError(NOBODY)
    if asked.send:
        _not_past(asked.words.due_at, asked.at)
    values = _values(connection, asked.words, asked.issuer_id)
    rows, key = table("field_order"), asked.order_id
    if key is None:
        key = new_id()
        values |= {"id": key, "made_at": stamp(asked.at)}
        connection.execute(insert(rows).values(values))
    else:
        before = _known(connection, key)
        if before.issuer_id != asked.issuer_id:
            raise UserError(f"该指令由{before.issuer}拟稿，只能由其本人修改、发出。")
        if before.standing.state is not OrderState.DRAFT:
            raise UserError("指令已发出，内容不得再改；请撤销后另发。")
        connection.execute(update(rows).where(rows.c.id == key).values(values))
    if asked.send:
        _put(connection, key, asked.words.team_id, "send", asked.issuer_id, asked.at)
    return key


def do(connection: Connection, deed: Deed) -> OrderState:
    """Carries out one act; the state before it. UserError says who may, or what stands against."""
    if deed.person_id is None:
        raise UserError(NOBODY)
    found = _known(connection, deed.order_id)
    mine = me(connection, deed.person_id, deed.at.date())
    body = deed.body.strip()[:TEXT_MAX]
    _check(found, mine, deed.act, body, deed.at)
    _put(connection, found.id, found.team_id, deed.act, deed.person_id, deed.at, body=body)
    return found.standing.state


def _not_past(due: datetime | None, at: datetime) -> None:
    if due is not None and due <= at:
        raise UserError(f"完成时限：{due:%Y-%m-%d %H:%M} 已过，请改为以后的时间。")


def _check(found: Order, mine: Me, act: str, body: str, at: datetime) -> None:
    state = found.standing.state
    word = ACT_WORDS[act]
    if act in REPORTS:
        if not mine.receives(found) and not (mine.issued(found) and body):
            whose = found.person or f"{found.team}成员"
            raise UserError(f"只有{whose}能{word}该指令；下达人可凭电话回报代为记录，须写明内容。")
        allowed = receivers_next(state)
    else:
        allowed = issuers_next(state)
        if act == "send" and not mine.issued(found):
            raise UserError(f"指令只能由拟稿人{found.issuer}本人发出。")
        if act == "send":
            _not_past(found.due_at, at)
        if act == "cancel" and not mine.withdraws(found):
            raise UserError("指令只能由下达人本人或者本院执行局局长撤销。")
    if act == "note":
        if not body:
            raise UserError("备注：请填写。")
        return
    if act not in allowed:
        raise UserError(f"指令现为“{STATE_WORDS[state]}”，不能再办理“{word}”。")
    if act == "refuse" and not body:
        raise UserError("拒绝指令须写明理由。")


def _values(connection: Connection, words: OrderWords, issuer_id: str) -> dict[str, Any]:
    title = words.title.strip()
    if not title:
        raise UserError("事项：请填写。")
    if len(title) > TITLE_MAX:
        raise UserError(f"事项：不超过 {TITLE_MAX} 字。")
    team = table("team").c
    row = connection.execute(select(team.number).where(team.id == words.team_id)).first()
    if row is None:
        raise UserError("接受团队：请选择。")
    case_id, number = _case(connection, words)
    return {
        "scope": row.number,
        "team_id": words.team_id,
        "person_id": words.person_id,
        "template": words.template,
        "title": title,
        "body": words.body.strip()[:TEXT_MAX],
        "place": words.place.strip(),
        "lat_e7": words.lat_e7,
        "lon_e7": words.lon_e7,
        "due_at": None if words.due_at is None else stamp(words.due_at),
        "case_id": case_id,
        "case_number": number,
        "operation_id": words.operation_id,
        "issuer_id": issuer_id,
    }


def _case(connection: Connection, words: OrderWords) -> tuple[str | None, str]:
    """The case that was chosen, or whose whole number was typed in whatever brackets; a number that
    this desk has not stays as it was typed."""
    typed = words.case_number.strip()
    if words.case_id is not None or not typed:
        return words.case_id, typed
    try:
        number = parse(typed).case()
    except CaseNumberError:
        return None, typed
    case = table("case").c
    return connection.execute(select(case.id).where(case.number == number)).scalar(), number


def _known(connection: Connection, order_id: str) -> Order:
    found = order(connection, order_id)
    if found is None:
        raise UserError("本机没有这份指令。")
    return found


def _put(
    connection: Connection,
    order_id: str,
    team_id: str,
    act: str,
    person_id: str,
    at: datetime,
    *,
    body: str = "",
    rung: int | None = None,
) -> None:
    team = table("team").c
    values = {
        "id": new_id(),
        "order_id": order_id,
        "team_id": team_id,
        "scope": connection.execute(select(team.number).where(team.id == team_id)).scalar_one(),
        "act": act,
        "person_id": person_id,
        "at": stamp(at),
        "device": device_of(connection),
        "rung": rung,
        "body": body,
    }
    connection.execute(insert(table("field_order_act")).values(values))


@dataclass(frozen=True, slots=True)
class Escalation:
    """A rung that is being told; `whom` in words."""

    order_id: str
    rung: int
    person_id: str
    at: datetime
    whom: str


def escalate(connection: Connection, told: Escalation) -> bool:
    """Notes that a rung was told; False when it was noted before, or somebody answered."""
    found = order(connection, told.order_id)
    if found is None or told.rung in found.standing.rungs:
        return False
    if found.standing.state not in (OrderState.SENT, OrderState.DELIVERED):
        return False
    _put(
        *(connection, found.id, found.team_id, "escalate", told.person_id, told.at),
        body=told.whom,
        rung=told.rung,
    )
    return True


@dataclass(frozen=True, slots=True)
class Delivery:
    """The person at the desk, and the instant."""

    person_id: str
    at: datetime


def deliver(connection: Connection, asked: Delivery) -> tuple[Order, ...]:
    """Notes of every order that reached this person's device that it did, each once; those orders.

    Written by the device itself: an order is delivered when it is here, whoever looks.
    """
    due = undelivered(connection, asked)
    for one in due:
        _put(connection, one.id, one.team_id, "deliver", asked.person_id, asked.at)
    return tuple(due)


def undelivered(connection: Connection, asked: Delivery) -> list[Order]:
    """Open orders for that person which his devices have not said to have."""
    mine = me(connection, asked.person_id, asked.at.date())
    columns = table("field_order").c
    whose = (columns.person_id == asked.person_id) | (
        columns.person_id.is_(None) & columns.team_id.in_(mine.team_ids)
    )
    return [
        one
        for one in orders_where(connection, not_closed(), whose)
        if one.standing.open
        and not one.standing.queued
        and asked.person_id not in one.standing.told_to
        # His own order to his own team has reached nobody by lying on his own desk.
        and (one.issuer_id != asked.person_id or one.person_id == asked.person_id)
    ]

"""Hand-overs of the watch: what is open now, the last one, giving and taking. Both databases keep
what was signed as it was signed. Reader lanes, writer lane."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, or_, select, update

from desktop.command.equipment.register import items as things
from desktop.command.operations.reading import operations
from desktop.command.orders.reading import open_orders
from desktop.command.police import Asking, requests
from desktop.errors import UserError
from desktop.rules.field_orders import STATE_WORDS as ORDER_WORDS
from desktop.rules.field_orders import UNANSWERED, OrderState
from desktop.rules.handover import Item, Line, items_of, lines, sha256_of, text_of, unowned
from desktop.rules.operations import State as OperationState
from desktop.rules.police import ENDED, PoliceState
from desktop.rules.police import STATE_WORDS as POLICE_WORDS
from storage.ids import new_id
from storage.schema import table

TABLES = (
    *("handover", "field_order", "field_order_act", "operation", "operation_act"),
    *("police_request", "police_act", "equipment", "equipment_act", "matter", "person"),
)
TYPED: Final = "typed:"  # begins the key of a matter that belongs to no row
_handover, _person, _matter = table("handover"), table("person"), table("matter")


@dataclass(frozen=True, slots=True)
class Handed:
    """A hand-over as it was signed."""

    id: str
    from_at: str
    to_at: str
    giver_id: str
    giver: str
    taker: str
    given_at: str | None
    taken_at: str | None
    items: tuple[Item, ...]
    sha256: str


def open_items(connection: Connection, today: date) -> tuple[Item, ...]:
    """What whoever comes next must know of, each with owner and next step."""
    return (
        *_orders(connection),
        *_operations(connection, today),
        *_police(connection),
        *_faults(connection),
        *_matters(connection, today),
    )


def _orders(connection: Connection) -> list[Item]:
    return [
        Item(
            key=f"order:{one.id}",
            kind="指令",
            text=f"{one.title}（{ORDER_WORDS[one.standing.state]}）",
            # A refused one is back with whoever gave it.
            owner=one.issuer if one.standing.state is OrderState.REFUSED else one.whom,
            step=_order_step(one.standing.state),
            since=one.made_at.isoformat(timespec="minutes"),
        )
        for one in open_orders(connection)
    ]


def _order_step(state: OrderState) -> str:
    if state is OrderState.REFUSED:
        return "另行安排或者撤销"
    return "催促确认" if state in UNANSWERED else "跟踪到完成"


def _operations(connection: Connection, today: date) -> list[Item]:
    """Those under way, those without their report, and those that begin by the end of tomorrow."""
    found = []
    soon = today + timedelta(days=1)
    steps = {
        OperationState.RUNNING: "盯守报平安",
        OperationState.FINISHED: "确认警报，出具行动报告",
        OperationState.APPROVED: "做设备自检，按时开始",
        OperationState.SUBMITTED: "请局长或者院领导批准",
    }
    for one in operations(connection):
        standing = one.standing()
        begun = standing.started is not None
        if standing.state not in steps or (not begun and one.starts_at.date() > soon):
            continue
        at = one.starts_at if standing.started is None else standing.started.at
        words = one.name if begun else f"{one.name}（定于{one.starts_at:%m-%d %H:%M}开始）"
        since = at.isoformat(timespec="minutes") if begun else ""
        owner, step = one.commander, steps[standing.state]
        found.append(Item(f"operation:{one.id}", "行动", words, owner, step, since))
    return found


def _police(connection: Connection) -> list[Item]:
    steps = {
        PoliceState.DRAFT: "报局长",
        PoliceState.SUBMITTED: "请局长协调支队",
        PoliceState.RETURNED: "补正后重报",
        PoliceState.SENT: "等候支队答复",
        PoliceState.ANSWERED: "核对到位",
        PoliceState.ARRIVED: "核对归队",
    }
    return [
        Item(
            f"police:{one.id}",
            "用警",
            f"{one.place}用警 {one.officers} 人（{POLICE_WORDS[one.state]}）",
            one.maker,
            steps[one.state],
            one.made_at[:16],
        )
        for one in requests(connection, Asking(None))
        if one.state not in ENDED
    ]


def _faults(connection: Connection) -> list[Item]:
    names = {row.id: row.name for row in connection.execute(select(_person.c.id, _person.c.name))}
    found = []
    for thing in things(connection):
        for ticket in thing.standing.open_tickets:
            keeper = thing.keeper_id
            found.append(
                Item(
                    f"fault:{ticket.id}",
                    "装备故障",
                    f"{thing.title}：{ticket.body}",
                    names.get(keeper, "") if keeper else "",
                    "报修并登记",
                    ticket.at.isoformat(timespec="minutes"),
                )
            )
    return found


def _matters(connection: Connection, today: date) -> list[Item]:
    names = {row.id: row.name for row in connection.execute(select(_person.c.id, _person.c.name))}
    rows = connection.execute(
        select(_matter).where(
            _matter.c.closed_on.is_(None),
            or_(_matter.c.due_on <= today.isoformat(), _matter.c.answered_on.is_(None)),
        )
    )
    return [
        Item(
            f"matter:{row.id}",
            "舆情" if row.kind == "opinion" else "汇报",
            row.title,
            names.get(row.owner_id or row.maker_id, ""),
            "按期回应" if row.kind == "opinion" else "请示批复",
            str(row.raised_on),
        )
        for row in rows
    ]


def last_given(connection: Connection, team_id: str) -> Handed | None:
    """The latest hand-over of the team that was given; None before the first."""
    row = connection.execute(
        select(_handover)
        .where(_handover.c.team_id == team_id, _handover.c.given_at.is_not(None))
        .order_by(_handover.c.given_at.desc(), _handover.c.id.desc())
    ).first()
    return None if row is None else _handed(connection, row)


def carried(
    connection: Connection, team_id: str, items: tuple[Item, ...], finished: frozenset[str]
) -> tuple[Item, ...]:
    """`items` with what the last hand-over knows beside them: matters that were typed stay until
    somebody says that they are done (`finished`: their keys), as no row does; and whoever was to
    act on a matter stays with it while nobody else is named."""
    before = last_given(connection, team_id)
    old = {} if before is None else {one.key: one for one in before.items}
    here = {one.key for one in items}
    typed = [
        one
        for key, one in old.items()
        if key.startswith(TYPED) and key not in finished and key not in here
    ]
    return (*(_named(one, old.get(one.key)) for one in items), *typed)


def _named(one: Item, before: Item | None) -> Item:
    if before is None:
        return one
    return replace(one, owner=one.owner or before.owner, step=one.step or before.step)


def waiting(connection: Connection, team_id: str) -> Handed | None:
    """The hand-over that was given and not taken yet."""
    found = last_given(connection, team_id)
    return found if found is not None and found.taken_at is None else None


def handed(connection: Connection, handover_id: str) -> Handed | None:
    """One hand-over."""
    row = connection.execute(select(_handover).where(_handover.c.id == handover_id)).first()
    return None if row is None else _handed(connection, row)


def past(connection: Connection, team_id: str) -> tuple[Handed, ...]:
    """The last hundred, newest first."""
    rows = connection.execute(
        select(_handover)
        .where(_handover.c.team_id == team_id, _handover.c.given_at.is_not(None))
        .order_by(_handover.c.given_at.desc(), _handover.c.id.desc())
        .limit(100)
    )
    return tuple(_handed(connection, row) for row in rows)


def _handed(connection: Connection, row: Any) -> Handed:
    ids = [one for one in (row.from_id, row.to_id) if one]
    names = {
        found.id: found.name
        for found in connection.execute(
            select(_person.c.id, _person.c.name).where(_person.c.id.in_(ids))
        )
    }
    return Handed(
        *(row.id, row.from_at, row.to_at, row.from_id, names.get(row.from_id, "")),
        *(names.get(row.to_id, ""), row.given_at, row.taken_at),
        items_of(row.items),
        row.items_sha256,
    )


@dataclass(frozen=True, slots=True)
class Giving:
    """The end of a shift. `items` as shown, with what was typed; `since`: its beginning."""

    team_id: str
    since: datetime
    items: tuple[Item, ...]
    by: str | None
    now: datetime


def difference(connection: Connection, giving: Giving) -> tuple[Line, ...]:
    """The items against the last hand-over."""
    before = last_given(connection, giving.team_id)
    return lines(() if before is None else before.items, giving.items)


def give(connection: Connection, giving: Giving) -> str:
    """Signs the end of a shift; gives the hand-over's id. UserError while an item lacks owner or
    next step, or an earlier hand-over was not taken."""
    me = _somebody(giving.by)
    missing = unowned(giving.items)
    if missing:
        words = "；".join(one.text for one in missing[:5])
        raise UserError(f"有 {len(missing)} 项未定负责人或者下一步：{words}。")
    before = waiting(connection, giving.team_id)
    if before is not None:
        raise UserError(f"{before.giver}的交班尚未有人接班，请先接班。")
    text = text_of(giving.items)
    made = new_id()
    connection.execute(
        insert(_handover).values(
            id=made,
            team_id=giving.team_id,
            from_at=giving.since.isoformat(timespec="seconds"),
            to_at=giving.now.isoformat(timespec="seconds"),
            from_id=me,
            items=text,
            items_sha256=sha256_of(text),
            given_at=giving.now.isoformat(timespec="seconds"),
        )
    )
    return made


@dataclass(frozen=True, slots=True)
class Taking:
    """The beginning of the next shift; `opened`: keys of the items that were opened."""

    handover_id: str
    opened: frozenset[str]
    sha256: str
    by: str | None
    now: datetime


def take(connection: Connection, taking: Taking) -> None:
    """Signs that the watch was taken over. UserError while something was not opened."""
    me = _somebody(taking.by)
    found = handed(connection, taking.handover_id)
    if found is None or found.given_at is None:
        raise UserError("没有这件交班记录。")
    if found.taken_at is not None:
        raise UserError(f"已由{found.taker}接班。")
    if found.giver_id == me:
        raise UserError("交班人不能自己接班。")
    if found.sha256 != taking.sha256:
        raise UserError("交班内容已有变化，请重新查看。")
    left = [one for one in found.items if one.key not in taking.opened]
    if left:
        raise UserError(f"还有 {len(left)} 项没有打开查看，不能接班。")
    connection.execute(
        update(_handover)
        .where(_handover.c.id == found.id)
        .values(
            to_id=me,
            taken_at=max(taking.now.isoformat(timespec="seconds"), found.given_at),
        )
    )


def _somebody(person_id: str | None) -> str:
    if person_id is None:
        raise UserError("须以本人身份办理：本机尚未设定在座人员。")
    return person_id

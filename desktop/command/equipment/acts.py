"""What is done with equipment, each one transaction of the writer lane.

Every refusal is a UserError with one sentence that names the thing and why; the rules themselves
stand as triggers in both databases as well (storage/schema/equipment.py).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from desktop.command.equipment.register import Item, Names, item, names_of
from desktop.errors import UserError
from desktop.rules.equipment_law import load_equipment_law
from storage.ids import new_id
from storage.schema import table

_NEXT: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, and when (with zone)."""

    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NewThing:
    """A line of the register. `calibrate_days` None: needs no calibration."""

    team_id: str
    asset_no: str
    name: str
    kind: str
    model: str = ""
    serial_no: str = ""
    bought_on: date | None = None
    calibrate_days: int | None = None
    keeper_id: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """A new thing, or another reading of the line `equipment_id`."""

    thing: NewThing
    by: By
    equipment_id: str | None = None


def register(connection: Connection, asked: Register) -> str:
    """Writes a line of the register, new or corrected; its id. A change of the keeper is noted
    in the custody chain. UserError names field and reason."""
    _known(connection, asked.by)
    new, rows = asked.thing, table("equipment")
    values = _line(connection, new, asked.equipment_id)
    if asked.equipment_id is None:
        key = new_id()
        connection.execute(insert(rows).values(id=key, **values))
        return key
    before = _thing(connection, asked.equipment_id)
    connection.execute(update(rows).where(rows.c.id == before.id).values(**values))
    if before.keeper_id != new.keeper_id:
        names = names_of(connection)
        told = [names.person(one) or "（无）" for one in (before.keeper_id, new.keeper_id)]
        body = f"保管人由 {told[0]} 变更为 {told[1]}"
        _note(connection, before, "check", asked.by, body=body)
    return before.id


def _line(connection: Connection, new: NewThing, own: str | None) -> dict[str, Any]:
    rows = table("equipment").c
    for name, words in (("资产编号", new.asset_no), ("名称", new.name), ("类别", new.kind)):
        if not words.strip():
            raise UserError(f"{name}：请填写。")
    other = connection.execute(
        select(rows.id, rows.name).where(rows.asset_no == new.asset_no.strip())
    ).one_or_none()
    if other is not None and other.id != own:
        raise UserError(f"资产编号：{new.asset_no.strip()} 已经登记为“{other.name}”。")
    if new.calibrate_days is not None and new.calibrate_days <= 0:
        raise UserError("校准周期：应为大于 0 的天数，不需要校准的请留空。")
    return {
        "team_id": new.team_id,
        "asset_no": new.asset_no.strip(),
        "name": new.name.strip(),
        "kind": new.kind,
        "model": new.model.strip(),
        "serial_no": new.serial_no.strip(),
        "bought_on": None if new.bought_on is None else new.bought_on.isoformat(),
        "calibrate_days": new.calibrate_days,
        "keeper_id": new.keeper_id,
        "note": new.note.strip(),
    }


@dataclass(frozen=True, slots=True)
class Loan:
    """Things lent to one person until `due_at`."""

    equipment_ids: tuple[str, ...]
    to_id: str
    due_at: datetime
    by: By
    document_no: str = ""
    body: str = ""


def lend(connection: Connection, loan: Loan) -> list[str]:
    """Lends all of them or none; ids of the acts. UserError: which cannot be lent, and why."""
    _known(connection, loan.by)
    _whom(connection, loan.to_id, "领用人")
    if not loan.equipment_ids:
        raise UserError("请先选择要借出的装备。")
    if loan.due_at <= loan.by.at:
        raise UserError("归还期限：须在现在之后。")
    names = names_of(connection)
    things = [_thing(connection, one) for one in loan.equipment_ids]
    if reasons := [why for one in things if (why := not_lendable(one, names))]:
        raise UserError("\n".join(reasons))
    return [
        _note(
            connection,
            one,
            "lend",
            loan.by,
            to_id=loan.to_id,
            due_at=loan.due_at,
            document_no=loan.document_no,
            body=loan.body,
        )
        for one in things
    ]


def not_lendable(thing: Item, names: Names) -> str:
    """Why a thing cannot be lent, in one sentence; empty where it can."""
    standing, last = thing.standing, thing.standing.now_with
    if standing.retired_at is not None:
        return f"{thing.title} 已于 {standing.retired_at:%Y-%m-%d} 报废，不得借出。"
    if last.holder_id is not None and last.since is not None:
        return (
            f"{thing.title} 已由 {names.person(last.by_id)} 于 {last.since:%m-%d %H:%M} 借给"
            f" {names.person(last.holder_id)}，归还之前不得再借。"
        )
    if standing.open_tickets:
        ticket = standing.open_tickets[0]
        return f"{thing.title} 有未修复的故障（{ticket.body}），不得借出。"
    return ""


@dataclass(frozen=True, slots=True)
class Return:
    """Things given back; `body`: in which condition."""

    equipment_ids: tuple[str, ...]
    by: By
    body: str = ""


def give_back(connection: Connection, given: Return) -> list[str]:
    """Takes all of them back or none; ids of the acts."""
    _known(connection, given.by)
    if not given.equipment_ids:
        raise UserError("请先选择要归还的装备。")
    things = [_thing(connection, one) for one in given.equipment_ids]
    for one in things:
        _lent(one, "归还")
    return [_note(connection, one, "give_back", given.by, body=given.body) for one in things]


@dataclass(frozen=True, slots=True)
class HandOver:
    """A lent thing goes on to another person; `due_at` None: the loan ends when it did."""

    equipment_id: str
    to_id: str
    by: By
    due_at: datetime | None = None
    body: str = ""


def hand_over(connection: Connection, asked: HandOver) -> str:
    """The next link of the chain; the id of the act."""
    _known(connection, asked.by)
    _whom(connection, asked.to_id, "接收人")
    thing = _thing(connection, asked.equipment_id)
    _lent(thing, "移交")
    if thing.standing.now_with.holder_id == asked.to_id:
        raise UserError(f"{thing.title} 已经在该人手中。")
    values = {"to_id": asked.to_id, "due_at": asked.due_at, "body": asked.body}
    return _note(connection, thing, "hand_over", asked.by, **values)


@dataclass(frozen=True, slots=True)
class Calibration:
    """`until` None: the register's interval from the day on; `document_no`: the certificate."""

    equipment_id: str
    by: By
    until: date | None = None
    document_no: str = ""
    body: str = ""


def calibrate(connection: Connection, asked: Calibration) -> str:
    """A calibration that was done; the id of the act."""
    _known(connection, asked.by)
    thing = _thing(connection, asked.equipment_id)
    _in_use(thing)
    if asked.until is not None and asked.until <= asked.by.at.date():
        raise UserError("有效期：须在校准日之后。")
    if asked.until is None and thing.calibrate_days is None:
        raise UserError(f"有效期：{thing.title} 没有登记校准周期，请填写。")
    due = None
    if asked.until is not None:
        due = datetime(
            asked.until.year, asked.until.month, asked.until.day, tzinfo=asked.by.at.tzinfo
        )
    values = {"due_at": due, "document_no": asked.document_no, "body": asked.body}
    return _note(connection, thing, "calibrate", asked.by, **values)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is broken: what, and about which thing."""

    equipment_id: str
    body: str
    by: By


def report_fault(connection: Connection, asked: Fault) -> str:
    """Opens a fault ticket with the end of its service level; its id. One fault is one ticket:
    the same words about a thing with an open ticket are refused."""
    _known(connection, asked.by)
    thing = _thing(connection, asked.equipment_id)
    _in_use(thing)
    words = asked.body.strip()
    if not words:
        raise UserError("故障情况：请填写。")
    if any(one.body == words for one in thing.standing.open_tickets):
        raise UserError(f"{thing.title} 的这一故障已经报修，尚未修复。")
    hours = thing.kind_in(load_equipment_law(), asked.by.at.date()).repair_hours
    due = asked.by.at + timedelta(hours=hours)
    return _note(connection, thing, "fault", asked.by, due_at=due, body=words)


@dataclass(frozen=True, slots=True)
class Repair:
    """The ticket that is repaired, and what was done."""

    equipment_id: str
    ticket: str
    body: str
    by: By
    document_no: str = ""


def repair(connection: Connection, asked: Repair) -> str:
    """Ends a ticket; the id of the act."""
    _known(connection, asked.by)
    thing = _thing(connection, asked.equipment_id)
    found = next((one for one in thing.standing.tickets if one.id == asked.ticket), None)
    if found is None:
        raise UserError(f"{thing.title} 没有这张故障单。")
    if found.repaired_at is not None:
        by = names_of(connection).person(found.repaired_by)
        raise UserError(f"这张故障单已由 {by} 于 {found.repaired_at:%m-%d %H:%M} 销号。")
    if not asked.body.strip():
        raise UserError("修复情况：请填写。")
    values = {"ticket": asked.ticket, "document_no": asked.document_no, "body": asked.body}
    return _note(connection, thing, "repair", asked.by, **values)


@dataclass(frozen=True, slots=True)
class Remark:
    """A check of a thing (`act` "check") or its end (`act` "retire"), with why."""

    equipment_id: str
    act: str
    body: str
    by: By
    document_no: str = ""


def remark(connection: Connection, asked: Remark) -> str:
    """Notes a check, or retires a thing for good; the id of the act."""
    _known(connection, asked.by)
    thing = _thing(connection, asked.equipment_id)
    _in_use(thing)
    if not asked.body.strip():
        name = "报废原因" if asked.act == "retire" else "检查情况"
        raise UserError(f"{name}：请填写。")
    values = {"document_no": asked.document_no, "body": asked.body}
    return _note(connection, thing, asked.act, asked.by, **values)


# Inside


def _known(connection: Connection, by: By) -> None:
    _whom(connection, by.person_id, "经办人")


def _whom(connection: Connection, person_id: str, name: str) -> None:
    rows = table("person").c
    if connection.execute(select(rows.id).where(rows.id == person_id)).first() is None:
        raise UserError(f"{name}：须为在册人员。")


def _thing(connection: Connection, equipment_id: str) -> Item:
    found = item(connection, equipment_id)
    if found is None:
        raise UserError("装备台账中没有这件装备，可能已经转到其他团队。")
    return found


def _lent(thing: Item, what: str) -> None:
    _in_use(thing)
    if not thing.standing.lent:
        raise UserError(f"{thing.title} 没有借出，无从{what}。")


def _in_use(thing: Item) -> None:
    if thing.standing.retired_at is not None:
        raise UserError(f"{thing.title} 已于 {thing.standing.retired_at:%Y-%m-%d} 报废。")


def _note(connection: Connection, thing: Item, act: str, by: By, **more: Any) -> str:
    due = more.pop("due_at", None)
    # A clock that is behind another desk's must not turn the chain round.
    at = max([by.at, *(one.at + _NEXT for one in thing.acts)])
    key = new_id()
    connection.execute(
        insert(table("equipment_act")).values(
            id=key,
            equipment_id=thing.id,
            act=act,
            person_id=by.person_id,
            at=at.isoformat(timespec="seconds"),
            due_at=None if due is None else due.isoformat(timespec="seconds"),
            **{
                name: value.strip() if isinstance(value, str) else value
                for name, value in more.items()
            },
        )
    )
    return key

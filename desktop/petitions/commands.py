"""Acts on petitions, each one transaction of the writer lane: the row and its line in the thread.

Every refusal is a UserError that names field and reason, all of them at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from desktop.errors import UserError
from desktop.petitions.rules import CLASSES, LEVELS, RESULTS, SOURCES, Refusals, receipt_code
from storage.ids import new_id
from storage.schema import table

_CLOSED: Final = "已办结，须先重新办理"


@dataclass(frozen=True, slots=True)
class Reception:
    """A filled reception card. `source` and `kind` are keys of SOURCES and CLASSES."""

    petitioner: str
    court_id: str
    summary: str
    source: str = "own"
    kind: str = "implementation"
    channel: str = "visit"
    identity_no: str = ""
    contact: str = ""
    people: int = 1
    urgent: bool = False
    case_id: str | None = None
    case_number: str = ""
    demand: str = ""
    superior_due: date | None = None
    node_code: str | None = None


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, and when (local time)."""

    person_id: str
    at: datetime

    @property
    def day(self) -> date:
        """The day of the act."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Received:
    """A new petition and the code for the visitor's receipt."""

    petition_id: str
    code: str


def receive(connection: Connection, card: Reception, by: By) -> Received:
    """Stores the card; the clock of registering begins."""
    no = Refusals([])
    no.text("来访人", card.petitioner)
    no.text("反映事项", card.summary)
    no.unless(card.source in SOURCES, "来源", f"没有“{card.source}”这一来源")
    no.unless(card.kind in CLASSES, "类别", f"没有“{card.kind}”这一类别")
    no.unless(card.people > 0, "人数", "至少为 1")
    no.unless(_exists(connection, "court", card.court_id), "被反映法院", "须选定")
    no.unless(_exists(connection, "person", by.person_id), "接访人", "须为在册人员")
    scope = -1
    if card.case_id is not None:
        case = table("case")
        found = connection.execute(
            select(case.c.scope).where(case.c.id == card.case_id)
        ).scalar_one_or_none()
        no.unless(found is not None, "案号", "所选案件不存在")
        scope = -1 if found is None else int(found)
    no.stop()
    petition_id = new_id()
    code = receipt_code(petition_id)
    values: dict[str, Any] = {
        "id": petition_id,
        "code": code,
        "received_at": by.at.isoformat(timespec="seconds"),
        "source": card.source,
        "channel": card.channel,
        "class": card.kind,
        "petitioner": card.petitioner.strip(),
        "identity_no": card.identity_no.strip() or None,
        "contact": card.contact.strip() or None,
        "people": card.people,
        "urgent": card.urgent,
        "case_id": card.case_id,
        "case_number": card.case_number.strip() or None,
        "court_id": card.court_id,
        "node_code": card.node_code or None,
        "summary": card.summary.strip(),
        "demand": card.demand.strip(),
        "received_by": by.person_id,
        "superior_due": _iso(card.superior_due),
        "scope": scope,
    }
    connection.execute(insert(table("petition")).values(values))
    _thread(connection, petition_id, scope, "visit", by, body=card.summary.strip())
    return Received(petition_id, code)


def visit(connection: Connection, petition_id: str, body: str, by: By) -> str:
    """Somebody came again about a petition that is there already, also a closed one."""
    row, no = _begin(connection, petition_id, by, may_be_closed=True)
    no.text("反映事项", body)
    return _finish(connection, row, no, "visit", by, body)


def note(connection: Connection, petition_id: str, body: str, by: By) -> str:
    """A note in the thread, also on a closed petition."""
    row, no = _begin(connection, petition_id, by, may_be_closed=True)
    no.text("记事", body)
    return _finish(connection, row, no, "note", by, body)


def register(connection: Connection, petition_id: str, by: By) -> None:
    """Registers (登记): the clocks of closing begin."""
    row, no = _begin(connection, petition_id, by)
    no.unless(row["registered_on"] is None, "登记", "已登记")
    _finish(connection, row, no, "register", by, changes={"registered_on": by.day.isoformat()})


def screen(connection: Connection, petition_id: str, kind: str, by: By) -> None:
    """Sorts (甄别) a petition into one of the two classes."""
    row, no = _begin(connection, petition_id, by)
    no.unless(kind in CLASSES, "甄别结果", f"没有“{kind}”这一类别")
    changes = {"screened_on": by.day.isoformat(), "screened_as": kind, "class": kind}
    _finish(connection, row, no, "screen", by, CLASSES.get(kind, ""), changes=changes)


@dataclass(frozen=True, slots=True)
class Order:
    """An order (交办) or what is passed on (传达): to whom, by when."""

    to_person: str
    due_on: date
    body: str
    to_court: str | None = None


def assign(connection: Connection, petition_id: str, order: Order, by: By) -> str:
    """Hands the petition to a person with a day of ours; answers the act's id."""
    row, no = _begin(connection, petition_id, by)
    no.unless(row["registered_on"] is not None, "交办", "须先登记")
    _check_order(connection, row, no, order, by)
    changes = {
        "assigned_on": by.day.isoformat(),
        "assigned_to": order.to_person,
        "inner_due": order.due_on.isoformat(),
    }
    return _finish(connection, row, no, "assign", by, order.body, order=order, changes=changes)


def pass_on(connection: Connection, petition_id: str, order: Order, by: By) -> str:
    """Passes on what the supervision bureau ordered; our day stays beside the superior's."""
    row, no = _begin(connection, petition_id, by)
    _check_order(connection, row, no, order, by)
    changes = {"inner_due": order.due_on.isoformat()}
    return _finish(connection, row, no, "pass_on", by, order.body, order=order, changes=changes)


def _check_order(
    connection: Connection, row: RowMapping, no: Refusals, order: Order, by: By
) -> None:
    no.unless(_exists(connection, "person", order.to_person), "承办人", "须为在册人员")
    if order.to_court is not None:
        no.unless(_exists(connection, "court", order.to_court), "承办法院", "不存在")
    no.text("交办内容", order.body)
    no.not_before("内部限期", order.due_on, by.day, "今天")
    if row["superior_due"] is not None:
        limit = date.fromisoformat(row["superior_due"])
        no.unless(
            order.due_on <= limit or limit < by.day, "内部限期", f"不能晚于上级限期（{limit}）"
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply; `answers` the act it answers. A partial one stops no clock."""

    body: str
    partial: bool = False
    answers: str | None = None


def reply_in(connection: Connection, petition_id: str, reply: Reply, by: By) -> str:
    """A reply from whoever was ordered. It stops no clock: only our own reply out does."""
    row, no = _begin(connection, petition_id, by)
    _check_reply(connection, row, no, reply)
    return _finish(connection, row, no, "reply_in", by, reply.body, reply=reply)


def reply_out(connection: Connection, petition_id: str, reply: Reply, by: By) -> str:
    """Our reply to whoever ordered; a whole one stops the clocks of the set days."""
    row, no = _begin(connection, petition_id, by)
    _check_reply(connection, row, no, reply)
    changes = {} if reply.partial else {"replied_on": by.day.isoformat()}
    return _finish(connection, row, no, "reply_out", by, reply.body, reply=reply, changes=changes)


def _check_reply(connection: Connection, row: RowMapping, no: Refusals, reply: Reply) -> None:
    no.text("回复内容", reply.body)
    if reply.answers is not None:
        found = _act(connection, row["id"], reply.answers)
        no.unless(found is not None, "所回复事项", "不在本件办理经过中")


def promise(connection: Connection, petition_id: str, body: str, due_on: date, by: By) -> str:
    """A promise to the petitioner with its day; answers the act's id."""
    row, no = _begin(connection, petition_id, by)
    no.text("承诺内容", body)
    no.not_before("承诺日期", due_on, by.day, "今天")
    return _finish(connection, row, no, "promise", by, body, due_on=due_on)


def keep(connection: Connection, petition_id: str, promise_id: str, by: By) -> None:
    """Notes that a promise was kept (兑现), once."""
    row, no = _begin(connection, petition_id, by)
    found = _act(connection, petition_id, promise_id)
    no.unless(found is not None and found["kind"] == "promise", "承诺", "不在本件办理经过中")
    act = table("petition_act")
    before = connection.execute(
        select(act.c.id).where(act.c.kind == "kept", act.c.answers == promise_id)
    ).first()
    no.unless(before is None, "承诺", "已记兑现")
    _finish(connection, row, no, "kept", by, reply=Reply("", answers=promise_id))


def hang(connection: Connection, petition_id: str, by: By) -> None:
    """Posts the petition (挂网督办); the badge stays until a named person takes it down."""
    row, no = _begin(connection, petition_id, by)
    no.unless(row["hung_on"] is None or row["unhung_on"] is not None, "挂网督办", "已挂网")
    changes = {"hung_on": by.day.isoformat(), "hung_by": by.person_id}
    _finish(
        connection, row, no, "hang", by, changes={**changes, "unhung_on": None, "unhung_by": None}
    )


def unhang(connection: Connection, petition_id: str, why: str, by: By) -> None:
    """Takes it down (摘牌), with the reason and by name."""
    row, no = _begin(connection, petition_id, by)
    no.unless(row["hung_on"] is not None and row["unhung_on"] is None, "摘牌", "未在挂网")
    no.text("摘牌理由", why)
    changes = {"unhung_on": by.day.isoformat(), "unhung_by": by.person_id}
    _finish(connection, row, no, "unhang", by, why, changes=changes)


def set_level(connection: Connection, petition_id: str, level: str, why: str, by: By) -> None:
    """Changes the level of supervision, with the reason."""
    row, no = _begin(connection, petition_id, by)
    no.unless(level in LEVELS, "督办等级", f"没有“{level}”这一等级")
    no.unless(level != row["level"], "督办等级", "与现等级相同")
    no.text("变更理由", why)
    _finish(
        connection,
        row,
        no,
        "level",
        by,
        f"{LEVELS.get(level, '')}：{why}",
        changes={"level": level},
    )


def tell(connection: Connection, petition_id: str, body: str, by: By) -> None:
    """The petitioner was told (告知)."""
    row, no = _begin(connection, petition_id, by)
    no.text("告知内容", body)
    _finish(connection, row, no, "tell", by, body, changes={"told_on": by.day.isoformat()})


def remind(connection: Connection, petition_id: str, body: str, by: By) -> None:
    """A reminder (催办) to whoever has it."""
    row, no = _begin(connection, petition_id, by)
    no.unless(row["assigned_to"] is not None, "催办", "尚未交办，无人可催")
    no.text("催办内容", body)
    _finish(connection, row, no, "remind", by, body)


def close(connection: Connection, petition_id: str, result: str, why: str, by: By) -> None:
    """Closes (办结): registered, told to the petitioner, and taken down."""
    row, no = _begin(connection, petition_id, by)
    no.unless(row["registered_on"] is not None, "办结", "须先登记")
    no.unless(row["told_on"] is not None, "办结", "尚未告知信访人")
    hung = row["hung_on"] is not None and row["unhung_on"] is None
    no.unless(not hung, "办结", "挂网督办尚未由专人摘牌")
    no.unless(result in RESULTS, "办理结果", f"没有“{result}”这一结果")
    no.text("办结说明", why)
    changes = {"closed_on": by.day.isoformat(), "closed_by": by.person_id, "result": result}
    _finish(connection, row, no, "close", by, why, changes=changes)


def reopen(connection: Connection, petition_id: str, why: str, by: By) -> None:
    """Takes a closed petition up again; its clocks run from the first registering."""
    row, no = _begin(connection, petition_id, by, may_be_closed=True)
    no.unless(row["closed_on"] is not None, "重新办理", "尚未办结")
    no.text("重新办理理由", why)
    _finish(
        connection,
        row,
        no,
        "reopen",
        by,
        why,
        changes={"closed_on": None, "closed_by": None, "result": None},
    )


def merge(connection: Connection, petition_id: str, into_id: str, by: By) -> None:
    """Marks it a duplicate of another; both keep their threads, and unmerge undoes it."""
    row, no = _begin(connection, petition_id, by)
    into = _row(connection, into_id)
    petition = table("petition")
    children = connection.execute(
        select(petition.c.id).where(petition.c.duplicate_of == petition_id)
    ).first()
    no.unless(into_id != petition_id, "合并", "不能与自身合并")
    no.unless(into is not None, "合并", "所并入的信访件不存在")
    no.unless(row["duplicate_of"] is None, "合并", "已并入另一件")
    # One level only: a chain of merged petitions could turn into a circle.
    no.unless(into is None or into["duplicate_of"] is None, "合并", "所并入的一件已并入他件")
    no.unless(children is None, "合并", "已有他件并入本件")
    body = "" if into is None else f"并入 {into['code']}"
    _finish(connection, row, no, "merge", by, body, changes={"duplicate_of": into_id})


def unmerge(connection: Connection, petition_id: str, by: By) -> None:
    """Undoes a merge."""
    row, no = _begin(connection, petition_id, by)
    no.unless(row["duplicate_of"] is not None, "撤销合并", "未并入他件")
    _finish(connection, row, no, "unmerge", by, changes={"duplicate_of": None})


def code_of(connection: Connection, petition_id: str) -> str:
    """The code on the visitor's receipt. Raises UserError when the petition is gone."""
    row = _row(connection, petition_id)
    if row is None:
        raise UserError("信访件：不存在")
    return str(row["code"])


def _exists(connection: Connection, name: str, key: str | None) -> bool:
    of = table(name)
    return connection.execute(select(of.c.id).where(of.c.id == key)).first() is not None


def _row(connection: Connection, petition_id: str) -> RowMapping | None:
    petition = table("petition")
    found = connection.execute(select(petition).where(petition.c.id == petition_id))
    return found.mappings().one_or_none()


def _act(connection: Connection, petition_id: str, act_id: str) -> RowMapping | None:
    act = table("petition_act")
    asked = select(act).where(act.c.id == act_id, act.c.petition_id == petition_id)
    return connection.execute(asked).mappings().one_or_none()


def _begin(
    connection: Connection, petition_id: str, by: By, *, may_be_closed: bool = False
) -> tuple[RowMapping, Refusals]:
    no = Refusals([])
    row = _row(connection, petition_id)
    no.unless(row is not None, "信访件", "不存在")
    no.stop()
    assert row is not None  # stop() has raised
    no.unless(may_be_closed or row["closed_on"] is None, "信访件", _CLOSED)
    no.unless(_exists(connection, "person", by.person_id), "办理人", "须为在册人员")
    received = date.fromisoformat(row["received_at"][:10])
    no.not_before("日期", by.day, received, "接收日")
    return row, no


def _finish(
    connection: Connection,
    row: RowMapping,
    no: Refusals,
    kind: str,
    by: By,
    body: str = "",
    *,
    order: Order | None = None,
    reply: Reply | None = None,
    due_on: date | None = None,
    changes: Mapping[str, str | None] | None = None,
) -> str:
    """Refuses with every reason found, or writes the row and its act; answers the act's id."""
    no.stop()
    if changes:
        petition = table("petition")
        connection.execute(update(petition).where(petition.c.id == row["id"]).values(changes))
    extra: dict[str, Any] = {"due_on": _iso(due_on)}
    if order is not None:
        extra = {
            "to_person": order.to_person,
            "to_court": order.to_court,
            "due_on": order.due_on.isoformat(),
        }
    if reply is not None:
        extra |= {"partial": reply.partial, "answers": reply.answers}
    return _thread(connection, row["id"], row["scope"], kind, by, body=body.strip(), **extra)


def _thread(
    connection: Connection, petition_id: str, scope: int, kind: str, by: By, **extra: Any
) -> str:
    act_id = new_id()
    connection.execute(
        insert(table("petition_act")).values(
            id=act_id,
            petition_id=petition_id,
            kind=kind,
            at=by.at.isoformat(timespec="seconds"),
            person_id=by.person_id,
            scope=scope,
            **extra,
        )
    )
    return act_id


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

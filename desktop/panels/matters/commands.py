"""Acts on matters, each one transaction of the writer lane."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from desktop.errors import UserError
from desktop.panels.matters.rules import (
    ACT_WORDS,
    ASKED_WORDS,
    DECIDERS,
    HEAT_WORDS,
    STATE_WORDS,
    TEXT_MAX,
    TONE_WORDS,
    Act,
    State,
    acts,
    decision_fault,
    page_fault,
    state_of,
)
from desktop.rules.case_number import CaseNumberError, parse
from storage.ids import new_id
from storage.schema import table


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, and when."""

    person_id: str | None
    at: datetime

    @property
    def day(self) -> date:
        """The court's day."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class MatterDraft:
    """A filled form. `matter_id` None makes a new matter; `case_number` as typed, or empty.
    `owner_id` and `due_on` of an opinion item alone."""

    matter_id: str | None
    kind: str
    title: str
    body: str
    raised_on: date
    by: By
    case_number: str = ""
    source: str = ""
    link: str = ""
    tone: str | None = None
    heat: int | None = None
    advice: str = ""
    asked_of: str | None = None
    owner_id: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class MatterAct:
    """An act on a matter. `body`: reply, decision, result or reason; `owner_id`, `due_on`: of an
    order or a decision."""

    matter_id: str
    act: Act
    by: By
    body: str = ""
    owner_id: str | None = None
    due_on: date | None = None


def save(connection: Connection, draft: MatterDraft) -> str:
    """Stores a new matter or changes one that may be changed; gives its id."""
    me = _me(draft.by)
    _check(draft)
    values: dict[str, Any] = {
        "title": draft.title.strip(),
        "body": draft.body.strip(),
        "case_id": _case(connection, draft.case_number),
        "raised_on": draft.raised_on.isoformat(),
    }
    if draft.kind == "opinion":
        values |= {
            "source": draft.source.strip(),
            "link": draft.link.strip() or None,
            "tone": draft.tone,
            "heat": draft.heat,
            "owner_id": draft.owner_id,
            "due_on": None if draft.due_on is None else draft.due_on.isoformat(),
        }
    else:
        values |= {"advice": draft.advice.strip(), "asked_of": draft.asked_of}
    matter = table("matter")
    if draft.matter_id is None:
        made = new_id()
        connection.execute(insert(matter).values(id=made, kind=draft.kind, maker_id=me, **values))
        _tell(connection, made, "raise", draft.by)
        return made
    row = _row(connection, draft.matter_id)
    _may(row, Act.CHANGE)
    connection.execute(update(matter).where(matter.c.id == row.id).values(**values))
    _tell(connection, row.id, "change", draft.by)
    return str(row.id)


def act(connection: Connection, wanted: MatterAct) -> State:
    """Does an act other than changing words. Gives the new state."""
    me = _me(wanted.by)
    row = _row(connection, wanted.matter_id)
    _may(row, wanted.act)
    body = wanted.body.strip()
    values = _values(connection, row, wanted, me, body)
    matter = table("matter")
    if values:
        connection.execute(update(matter).where(matter.c.id == row.id).values(**values))
    told = body if wanted.act is not Act.ASSIGN else ""
    _tell(connection, row.id, wanted.act.value, wanted.by, told, wanted.owner_id, wanted.due_on)
    return _state(_row(connection, row.id))


def _values(
    connection: Connection, row: Any, wanted: MatterAct, me: str, body: str
) -> dict[str, Any]:
    day = wanted.by.day.isoformat()
    if wanted.act is Act.ASSIGN:
        return _order(wanted)
    if wanted.act in (Act.SUBMIT, Act.WITHDRAW):
        if me != row.maker_id:
            raise UserError("汇报由汇报人本人提交和撤回。")
        fault = page_fault(row.title, row.body, row.advice)
        if wanted.act is Act.SUBMIT and fault:
            raise UserError(fault)
        return {"submitted_on": day if wanted.act is Act.SUBMIT else None}
    if wanted.act is Act.DECIDE:
        _decider(connection, row, me)
        fault = decision_fault(body, "批示")
        if not body or fault:
            raise UserError(fault or "请写明批示内容。")
        order = _order(wanted)
        return {"answer": body, "answered_by": me, "answered_on": day} | order
    if wanted.act is Act.REPLY:
        if not body:
            raise UserError("请写明发布的回应。")
        return {"answer": body, "answered_by": me, "answered_on": day}
    if wanted.act is Act.CLOSE:
        if not body:
            raise UserError("请写明办理结果；未作回应的，写明理由。")
        fault = decision_fault(body, "办理结果") if row.kind == "brief" else ""
        if fault:
            raise UserError(fault)
        return {"result": body, "closed_on": day, "closed_by": me}
    return {}


def _order(wanted: MatterAct) -> dict[str, Any]:
    if wanted.owner_id is None or wanted.due_on is None:
        raise UserError("请写明承办人和期限。")
    if wanted.due_on < wanted.by.day:
        raise UserError("期限不能早于今天。")
    return {"owner_id": wanted.owner_id, "due_on": wanted.due_on.isoformat()}


def _decider(connection: Connection, row: Any, me: str) -> None:
    if me == row.maker_id:
        raise UserError("汇报人不得批示自己所作的汇报。")
    person = table("person").c
    post = connection.execute(select(person.post).where(person.id == me)).scalar()
    if post not in DECIDERS[row.asked_of]:
        asked = ASKED_WORDS[row.asked_of]
        raise UserError(f"该汇报报请{asked}，您不能批示。院党组的决定由院长录入。")


def _me(by: By) -> str:
    if by.person_id is None:
        raise UserError("须以本人身份办理：本机尚未设定在座人员。")
    return by.person_id


def _check(draft: MatterDraft) -> None:
    wrong = []
    if not draft.title.strip() or not draft.body.strip():
        wrong.append("标题和内容都须填写。")
    if any(len(text) > TEXT_MAX for text in (draft.body, draft.advice)):
        wrong.append(f"每一部分不得超过 {TEXT_MAX} 字。")
    if draft.raised_on > draft.by.day:
        wrong.append("日期不能晚于今天。")
    if draft.kind == "opinion":
        if not draft.source.strip():
            wrong.append("请写明来源。")
        if draft.tone is not None and draft.tone not in TONE_WORDS:
            wrong.append(f"没有“{draft.tone}”这一倾向。")
        if draft.heat is not None and draft.heat not in HEAT_WORDS:
            wrong.append("热度为 1 至 5。")
        if draft.due_on is not None and draft.due_on < draft.raised_on:
            wrong.append("回应期限不能早于发现日期。")
    else:
        if draft.asked_of not in ASKED_WORDS:
            wrong.append("请选定报请的对象。")
        if not draft.advice.strip():
            wrong.append("请写明建议：汇报须有可供批示的意见。")
        fault = page_fault(draft.title.strip(), draft.body, draft.advice)
        wrong += [fault] if fault else []
    if wrong:
        raise UserError("\n".join(wrong))


def _case(connection: Connection, typed: str) -> str | None:
    if not typed.strip():
        return None
    try:
        number = str(parse(typed))
    except CaseNumberError:
        number = typed.strip()
    case = table("case").c
    found = connection.execute(select(case.id).where(case.number == number)).scalar()
    if found is None:
        raise UserError(f"本机没有案件“{typed.strip()}”。")
    return str(found)


def _row(connection: Connection, matter_id: str) -> Any:
    matter = table("matter")
    row = connection.execute(select(matter).where(matter.c.id == matter_id)).one_or_none()
    if row is None:
        raise UserError("该事项已不存在。")
    return row


def _state(row: Any) -> State:
    return state_of(row.kind, row.submitted_on, row.answered_on, row.closed_on)


def _may(row: Any, wanted: Act) -> None:
    state = _state(row)
    if wanted not in acts(state):
        raise UserError(f"该事项{STATE_WORDS[state]}，不能{ACT_WORDS[wanted.value]}。")


def _tell(
    connection: Connection,
    matter_id: str,
    kind: str,
    by: By,
    body: str = "",
    to_person: str | None = None,
    due_on: date | None = None,
) -> None:
    connection.execute(
        insert(table("matter_act")).values(
            id=new_id(),
            matter_id=matter_id,
            kind=kind,
            at=by.at.isoformat(timespec="milliseconds"),
            person_id=by.person_id,
            to_person=to_person,
            due_on=None if due_on is None else due_on.isoformat(),
            body=body,
        )
    )

"""Requests for police: read and written. Reader lanes, writer lane."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from desktop.errors import UserError
from desktop.rules.case_number import CaseNumberError, parse
from desktop.rules.police import (
    CHANGEABLE,
    CHIEF,
    DEED_WORDS,
    ENDED,
    NEEDS_OFFICERS,
    NEEDS_REASON,
    OFFICERS_MAX,
    STATE_WORDS,
    Hand,
    PoliceAct,
    PoliceCourse,
    PoliceDeed,
    PoliceState,
    Wish,
    course,
    faults,
    open_to,
)
from storage.ids import new_id
from storage.schema import table

NO_CASE = "没有这个案号"
TABLES = ("police_request", "police_act", "person", "team")
_request, _act = table("police_request"), table("police_act")
_person, _team, _case = table("person"), table("team"), table("case")


@dataclass(frozen=True, slots=True)
class PoliceRequest:
    """A request with its course. `deeds`: what whoever asked may do with it now."""

    id: str
    team_id: str
    team: str
    case_id: str | None
    case_number: str
    operation_id: str | None
    reason: str
    place: str
    needed_from: str
    needed_to: str
    officers: int
    vehicles: int
    arms: str
    maker_id: str
    maker: str
    made_at: str
    course: PoliceCourse
    names: dict[str, str]
    deeds: tuple[PoliceDeed, ...]

    @property
    def state(self) -> PoliceState:
        """How it stands."""
        return self.course.state


@dataclass(frozen=True, slots=True)
class Asking:
    """Which requests, for whom: `case_id`, `operation_id` narrow it."""

    person_id: str | None
    case_id: str | None = None
    operation_id: str | None = None


def requests(connection: Connection, asking: Asking) -> tuple[PoliceRequest, ...]:
    """All requests that can be seen: what is under way first, the soonest on top."""
    query = select(_request, _team.c.name.label("team"), _team.c.court_id).join(
        _team, _team.c.id == _request.c.team_id
    )
    if asking.case_id is not None:
        query = query.where(_request.c.case_id == asking.case_id)
    if asking.operation_id is not None:
        query = query.where(_request.c.operation_id == asking.operation_id)
    rows = connection.execute(query).all()
    people = {
        row.id: row
        for row in connection.execute(
            select(_person.c.id, _person.c.name, _person.c.post, _person.c.court_id)
        )
    }
    names = {key: row.name for key, row in people.items()}
    acts = _acts(connection)
    me = people.get(asking.person_id) if asking.person_id else None
    found = []
    for row in rows:
        gone = course(acts[row.id])
        own = me is not None and me.court_id == row.court_id
        hand = Hand(asking.person_id, me.post if me is not None else "", own)
        found.append(
            PoliceRequest(
                *(row.id, row.team_id, row.team, row.case_id, row.case_number, row.operation_id),
                *(row.reason, row.place, row.needed_from, row.needed_to, row.officers),
                *(row.vehicles, row.arms, row.maker_id, names.get(row.maker_id, ""), row.made_at),
                course=gone,
                names={one.person_id: names.get(one.person_id, "") for one in gone.acts},
                deeds=open_to(gone.state, row.maker_id, hand),
            )
        )
    found.sort(key=lambda one: one.needed_from)
    ended = [one for one in reversed(found) if one.state in ENDED]
    return tuple([one for one in found if one.state not in ENDED] + ended)


def _acts(connection: Connection) -> dict[str, list[PoliceAct]]:
    found: dict[str, list[PoliceAct]] = defaultdict(list)
    for row in connection.execute(select(_act)):
        found[row.request_id].append(
            PoliceAct(
                *(row.id, PoliceDeed(row.act), row.person_id, row.at, row.officers),
                *(row.arms, row.body),
            )
        )
    return found


def waiting(connection: Connection, _today: object, person_id: str | None) -> tuple[int, str]:
    """(how many wait for the person at the keyboard, style) for the navigator."""
    asked = requests(connection, Asking(person_id))
    mine = sum(1 for one in asked if PoliceDeed.SEND in one.deeds)
    back = sum(
        1 for one in asked if one.state is PoliceState.RETURNED and one.maker_id == person_id
    )
    return mine + back, "due_soon"


@dataclass(frozen=True, slots=True)
class PoliceDraft:
    """A filled form; `request_id` None: a new one. `case_number` as typed."""

    request_id: str | None
    team_id: str | None
    wish: Wish
    person_id: str | None
    at: datetime
    case_number: str = ""
    operation_id: str | None = None


def save(connection: Connection, draft: PoliceDraft) -> str:
    """Stores a request or changes one that was not sent on; gives its id. UserError with all
    faults in one."""
    person_id = _somebody(draft.person_id)
    found = dict(faults(draft.wish, draft.at))
    if draft.team_id is None:
        found["team_id"] = "请选择申请团队。"
    case_id, number = None, _number(draft.case_number)
    if number:
        case_id = connection.execute(select(_case.c.id).where(_case.c.number == number)).scalar()
        if case_id is None:
            found["case_number"] = f"{NO_CASE}：{draft.case_number.strip()}。"
    if found:
        raise UserError("".join(found.values()))
    wish = draft.wish
    assert wish.needed_from is not None
    assert wish.needed_to is not None
    values = {
        "case_id": case_id,
        "case_number": number,
        "operation_id": draft.operation_id,
        "reason": wish.reason.strip(),
        "place": wish.place.strip(),
        "needed_from": wish.needed_from.isoformat(timespec="minutes"),
        "needed_to": wish.needed_to.isoformat(timespec="minutes"),
        "officers": wish.officers,
        "vehicles": wish.vehicles,
        "arms": wish.arms.strip(),
    }
    if draft.request_id is None:
        made = new_id()
        at = draft.at.isoformat(timespec="seconds")
        connection.execute(
            insert(_request).values(
                id=made, team_id=draft.team_id, maker_id=person_id, made_at=at, **values
            )
        )
        return made
    row = _row(connection, draft.request_id)
    if row.maker_id != person_id:
        raise UserError("只能改动本人提出的用警申请。")
    state = course(_acts(connection)[row.id]).state
    if state not in CHANGEABLE:
        raise UserError(f"用警申请{STATE_WORDS[state]}，不能改动。")
    connection.execute(update(_request).where(_request.c.id == row.id).values(**values))
    return str(row.id)


def _number(typed: str) -> str:
    """A case number in its one form, whatever brackets were typed."""
    try:
        return parse(typed).case()
    except CaseNumberError:
        return typed.strip()


@dataclass(frozen=True, slots=True)
class PoliceStep:
    """A deed on a request; `officers`, `arms` of an answer."""

    request_id: str
    deed: PoliceDeed
    person_id: str | None
    at: datetime
    body: str = ""
    officers: int | None = None
    arms: str = ""


def act(connection: Connection, step: PoliceStep) -> PoliceState:
    """Does it; gives the new state. UserError where it is not open to that person now."""
    person_id = _somebody(step.person_id)
    row = _row(connection, step.request_id)
    me = connection.execute(select(_person).where(_person.c.id == person_id)).one()
    court_id = connection.execute(
        select(_team.c.court_id).where(_team.c.id == row.team_id)
    ).scalar_one()
    acts = _acts(connection)[row.id]
    state = course(acts).state
    hand = Hand(person_id, me.post, me.court_id == court_id)
    if step.deed not in open_to(state, row.maker_id, hand):
        if step.deed in (PoliceDeed.SEND, PoliceDeed.RETURN) and me.post != CHIEF:
            raise UserError("调用外部警力只能由本院执行局局长协调法警支队（洛中法〔2017〕57号）。")
        raise UserError(f"用警申请{STATE_WORDS[state]}，不能{DEED_WORDS[step.deed]}。")
    if step.deed in NEEDS_REASON and not step.body.strip():
        raise UserError("请写明理由。")
    if step.deed in NEEDS_OFFICERS and not 1 <= (step.officers or 0) <= OFFICERS_MAX:
        raise UserError(f"派警人数须在 1 至 {OFFICERS_MAX} 之间。")
    last = max((one.at for one in acts), default="")
    connection.execute(
        insert(_act).values(
            id=new_id(),
            request_id=row.id,
            team_id=row.team_id,
            act=step.deed.value,
            person_id=person_id,
            # A desk whose clock is behind must not put its act before what it answers.
            at=max(step.at.isoformat(timespec="seconds"), last),
            officers=step.officers,
            arms=step.arms.strip(),
            body=step.body.strip(),
        )
    )
    return course(_acts(connection)[row.id]).state


def _somebody(person_id: str | None) -> str:
    if person_id is None:
        raise UserError("须以本人身份办理：本机尚未设定在座人员。")
    return person_id


def _row(connection: Connection, request_id: str) -> Row[Any]:
    row = connection.execute(select(_request).where(_request.c.id == request_id)).first()
    if row is None:
        raise UserError("没有这件用警申请，可能已经移出本机。")
    return row

"""The roster: read by span of days, planned, swapped, signed in. Reader lanes, writer lane."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from desktop.errors import UserError
from desktop.rules.roster import (
    SHIFT_WORDS,
    Attendance,
    Away,
    Shift,
    ShiftAct,
    attendance,
    faults,
    gaps,
    hours_of,
    may_arrive,
    rotation,
)
from storage.ids import new_id
from storage.schema import table

TABLES = ("roster", "roster_act", "person", "absence", "team")
PLANNERS = ("operator", "bureau_chief", "deputy_chief", "commissar", "president", "vice_president")
_roster, _act, _person = table("roster"), table("roster_act"), table("person")
_member, _team, _absence = table("membership"), table("team"), table("absence")
_KINDS = {"leave": "休假", "sick": "病假", "training": "培训", "secondment": "借调"}


@dataclass(frozen=True, slots=True)
class Duty:
    """A shift with names and what is known of it; `mine`: the asker's A post; `asked`: he is asked
    to take it over; `may_arrive`, `may_leave`: he may sign now; `away`, `backup_away`: why whoever
    has the post cannot stand, as was recorded after it was laid."""

    shift: Shift
    team_id: str
    person: str
    post: str
    backup: str
    held: Attendance
    asked_name: str
    mine: bool
    asked: bool
    may_arrive: bool
    may_leave: bool
    away: str = ""
    backup_away: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """Which days (both included), for whom, at which moment."""

    first: date
    last: date
    person_id: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """The roster of some days, and on which of them nobody has the watch."""

    duties: tuple[Duty, ...]
    gaps: tuple[tuple[date, str], ...]


def plan(connection: Connection, asking: Asking) -> Plan:
    """All standing shifts of the days, by time, and the night that still goes on as they begin."""
    rows = _rows(connection, asking.first, asking.last)
    people = {row.id: row for row in connection.execute(select(_person))}
    acts = _acts(connection, [row.id for row in rows])
    gone = _away(connection, asking.first, asking.last + timedelta(days=1))
    found = []
    for row in rows:
        shift = _shift(row)
        held = attendance(shift, acts[row.id])
        own = asking.person_id in (row.person_id, row.backup_id)
        mine = row.person_id == asking.person_id
        with_id = held.swap.with_id if held.swap is not None else None
        found.append(
            Duty(
                *(shift, row.team_id, people[row.person_id].name, people[row.person_id].post),
                people[row.backup_id].name if row.backup_id else "",
                held,
                people[with_id].name if with_id in people else "",
                mine,
                with_id == asking.person_id is not None and not _begun(shift, held, asking.now),
                own and may_arrive(shift, held, asking.now),
                own and held.arrived is not None and held.left is None,
                _why(gone, shift, row.person_id),
                _why(gone, shift, row.backup_id),
            )
        )
    days = [asking.first + timedelta(days=n) for n in range((asking.last - asking.first).days + 1)]
    return Plan(tuple(found), gaps([one.shift for one in found], days))


def _begun(shift: Shift, held: Attendance, now: datetime) -> bool:
    """Whether it is too late to swap: somebody came, or it is over."""
    return held.arrived is not None or now >= shift.end


def _why(gone: Sequence[Away], shift: Shift, person_id: str | None) -> str:
    """The word for an absence of somebody on the day the shift begins."""
    day = shift.begin.date()
    mine = (one for one in gone if one.person_id == person_id)
    return next((one.kind for one in mine if one.from_on <= day <= one.to_on), "")


def on_watch(connection: Connection, now: datetime) -> Duty | None:
    """The shift of this hour in the centre, an operator's before a leader's; None without one."""
    asking = Asking(now.date() - timedelta(days=1), now.date(), None, now)
    here = [
        one
        for one in plan(connection, asking).duties
        if one.shift.kind in ("day", "night") and one.shift.begin <= now < one.shift.end
    ]
    here.sort(key=lambda one: one.post != "operator")
    return here[0] if here else None


def _rows(connection: Connection, first: date, last: date) -> Sequence[Any]:
    before = (first - timedelta(days=1)).isoformat()
    return connection.execute(
        select(_roster)
        .where(
            _roster.c.status == "planned",
            _roster.c.day.between(first.isoformat(), last.isoformat())
            # Whoever had the night before a week begins signs out in it.
            | ((_roster.c.day == before) & (_roster.c.to_at > first.isoformat())),
        )
        .order_by(_roster.c.day, _roster.c.from_at, _roster.c.id)
    ).all()


def _shift(row: Any) -> Shift:
    return Shift(
        *(row.id, date.fromisoformat(row.day), row.shift),
        *(datetime.fromisoformat(row.from_at), datetime.fromisoformat(row.to_at)),
        *(row.person_id, row.backup_id),
    )


def _acts(connection: Connection, ids: Sequence[str]) -> dict[str, list[ShiftAct]]:
    found: dict[str, list[ShiftAct]] = defaultdict(list)
    for row in connection.execute(select(_act).where(_act.c.roster_id.in_(ids))):
        at = datetime.fromisoformat(row.at)
        found[row.roster_id].append(
            ShiftAct(row.id, row.act, row.person_id, at, row.with_id, row.body)
        )
    return found


# Writing -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planned:
    """Shifts to lay down. `people`: with one, every day is his; with more they take turns, each
    day's B post having the next day's A post, unless `backup_id` names one for all days."""

    team_id: str
    kind: str
    first: date
    days: int
    people: tuple[str, ...]
    backup_id: str | None
    by: str | None
    now: datetime


def lay(connection: Connection, wanted: Planned) -> int:
    """Lays the shifts down, all or none; gives how many. UserError with every reason."""
    _planner(connection, wanted.by)
    if not wanted.people or wanted.days < 1:
        raise UserError("请选择值班人员和天数。")
    if len(wanted.people) == 1:
        turns = [
            (wanted.first + timedelta(days=n), wanted.people[0], wanted.backup_id)
            for n in range(wanted.days)
        ]
    else:
        turns = [
            (day, one, wanted.backup_id or other)
            for day, one, other in rotation(wanted.people, wanted.first, wanted.days)
        ]
    made = []
    for day, person_id, backup_id in turns:
        begin, end = hours_of(wanted.kind, day, wanted.now.tzinfo)
        made.append(Shift(new_id(), day, wanted.kind, begin, end, person_id, backup_id))
    _refuse(connection, made)
    for one in made:
        values = {
            "team_id": wanted.team_id,
            "from_at": one.begin.isoformat(timespec="minutes"),
            "to_at": one.end.isoformat(timespec="minutes"),
            "backup_id": one.backup_id,
        }
        if not _revive(connection, one, **values):
            key = {"day": one.day.isoformat(), "shift": one.kind, "person_id": one.person_id}
            connection.execute(insert(_roster).values(id=one.id, **key, **values))
    return len(made)


def _revive(connection: Connection, one: Shift, **values: Any) -> bool:
    """A shift that was struck stands again, as the person has one row of a kind a day; False where
    there is none."""
    done = connection.execute(
        update(_roster)
        .where(
            _roster.c.day == one.day.isoformat(),
            _roster.c.shift == one.kind,
            _roster.c.person_id == one.person_id,
            _roster.c.status == "cleared",
        )
        .values(status="planned", **values)
    )
    return bool(done.rowcount)


def _refuse(connection: Connection, made: Sequence[Shift]) -> None:
    first = min(one.day for one in made) - timedelta(days=1)
    last = max(one.day for one in made) + timedelta(days=1)
    there = [_shift(row) for row in _rows(connection, first, last)]
    away = _away(connection, first, last)
    names = {row.id: row.name for row in connection.execute(select(_person.c.id, _person.c.name))}
    found: list[str] = []
    for number, one in enumerate(made):
        found += faults(one, [*there, *made[:number]], away, names)
    if found:
        raise UserError("".join(dict.fromkeys(found)))


def _away(connection: Connection, first: date, last: date) -> list[Away]:
    rows = connection.execute(
        select(_absence).where(
            _absence.c.status == "planned",
            _absence.c.from_on <= last.isoformat(),
            _absence.c.to_on >= first.isoformat(),
        )
    )
    return [
        Away(
            *(row.person_id, date.fromisoformat(row.from_on), date.fromisoformat(row.to_on)),
            _KINDS.get(row.kind, row.kind),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class ShiftStep:
    """An act on one shift: "clear", or one of the table `roster_act`."""

    roster_id: str
    act: str
    by: str | None
    now: datetime
    with_id: str | None = None
    body: str = ""


def act(connection: Connection, step: ShiftStep) -> None:
    """Does it. UserError where it is not his to do, or does not fit."""
    me = _somebody(step.by)
    row = connection.execute(select(_roster).where(_roster.c.id == step.roster_id)).first()
    if row is None or row.status != "planned":
        raise UserError("该班次已经撤销，或者不在本机。")
    shift = _shift(row)
    held = attendance(shift, _acts(connection, [row.id])[row.id])
    if step.act == "clear":
        _planner(connection, me)
        if held.arrived is not None:
            raise UserError("已有人到岗，不能撤销该班次。")
        if held.absent or step.now >= shift.end:
            raise UserError("该班次已经结束，或者已记缺勤，须留存备查，不能撤销。")
        connection.execute(update(_roster).where(_roster.c.id == row.id).values(status="cleared"))
        return
    _may(shift, held, step, me)
    if step.act == "ask_swap" and step.with_id is not None:
        # Whoever cannot take it is not asked in vain.
        _refuse(connection, [_taken(shift, step.with_id)])
    if step.act == "agree_swap":
        _swap(connection, shift, me)
    connection.execute(
        insert(_act).values(
            id=new_id(),
            roster_id=row.id,
            team_id=row.team_id,
            act=step.act,
            person_id=me,
            with_id=step.with_id,
            at=step.now.isoformat(timespec="seconds"),
            body=step.body.strip(),
        )
    )


def _may(shift: Shift, held: Attendance, step: ShiftStep, me: str) -> None:
    own = me in (shift.person_id, shift.backup_id)
    asked = held.swap is not None and held.swap.with_id == me
    nobodys = (not asked, "没有请您接班的调班申请。")
    begun = (_begun(shift, held, step.now), "该班次已有人到岗，或者已经结束，不能再调班。")
    wrong: dict[str, tuple[tuple[bool, str], ...]] = {
        "ask_swap": (
            (me != shift.person_id, "只能为本人的班次申请调班。"),
            (step.with_id in (None, me), "请选择与谁调班。"),
            begun,
        ),
        "agree_swap": (nobodys, begun),
        "refuse_swap": (nobodys,),
        "arrive": (
            (not own, "只有当班人员或者B岗可以签到。"),
            (
                not may_arrive(shift, held, step.now),
                "现在不能签到：已经签到，或者不在班次时间内。",
            ),
        ),
        "leave": (
            (
                not own or held.arrived is None or held.left is not None,
                "尚未签到，或者已经签退。",
            ),
        ),
        "absent": ((not step.body.strip(), "请写明缺勤情况。"),),
    }
    for is_so, sentence in wrong[step.act]:
        if is_so:
            raise UserError(sentence)


def _taken(shift: Shift, by: str) -> Shift:
    """The shift as it will be once somebody took it over."""
    return replace(
        shift, person_id=by, backup_id=None if shift.backup_id == by else shift.backup_id
    )


def _swap(connection: Connection, shift: Shift, me: str) -> None:
    taken = _taken(shift, me)
    _refuse(connection, [taken])
    backup = taken.backup_id or shift.person_id
    mine = update(_roster).where(_roster.c.id == shift.id)
    hours = select(_roster.c.team_id, _roster.c.from_at, _roster.c.to_at)
    row = connection.execute(hours.where(_roster.c.id == shift.id)).one()
    # One's own struck shift of that day stands again, and the other's goes in its place.
    if _revive(connection, taken, backup_id=backup, **row._mapping):
        connection.execute(mine.values(status="cleared"))
    else:
        connection.execute(mine.values(person_id=me, backup_id=backup))


def _somebody(person_id: str | None) -> str:
    if person_id is None:
        raise UserError("须以本人身份办理：本机尚未设定在座人员。")
    return person_id


def _planner(connection: Connection, person_id: str | None) -> None:
    me = _somebody(person_id)
    post = connection.execute(select(_person.c.post).where(_person.c.id == me)).scalar()
    if post not in PLANNERS:
        raise UserError("值班表由指挥中心值班员或者局领导编排。")


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who can be put on the roster."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Offered:
    """The centre's people at one's court by name, and the team that keeps the roster."""

    people: tuple[Choice, ...]
    team_id: str | None


_WATCH_POSTS = (*PLANNERS, "tribunal_head", "quota_judge", "judge_assistant", "clerk", "police")


def offered(connection: Connection, person_id: str | None) -> Offered:
    """Who can be on watch in the court of the person at the keyboard."""
    court_id = connection.execute(
        select(_person.c.court_id).where(_person.c.id == person_id)
    ).scalar()
    query = select(_person.c.id, _person.c.name, _person.c.post).where(
        _person.c.left_on.is_(None), _person.c.post.in_(_WATCH_POSTS)
    )
    team = select(_team.c.id).order_by(_team.c.number)
    if court_id is not None:
        query = query.where(_person.c.court_id == court_id)
        team = team.where(_team.c.court_id == court_id)
    own = connection.execute(
        select(_member.c.team_id)
        .where(_member.c.person_id == person_id, _member.c.to_on.is_(None))
        .order_by(_member.c.from_on.desc())
    ).scalar()
    rows = connection.execute(query).all()
    ordered = sorted(rows, key=lambda row: (_WATCH_POSTS.index(row.post), row.name))
    keeper = own or connection.execute(team).scalar()
    return Offered(tuple(Choice(row.id, row.name) for row in ordered), keeper)


def kind_words(kind: str) -> str:
    """白班, 夜班, 外勤备勤."""
    return SHIFT_WORDS.get(kind, kind)

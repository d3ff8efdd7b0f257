"""Writes police shifts and days of absence. Writer lane."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select, update

from desktop.errors import UserError
from desktop.panels.teams.shifts import DAYS_MAX
from storage.ids import new_id
from storage.records.people import Post
from storage.schema import table

_person = table("person")
_team = table("team")
_shift = table("police_shift")
_absence = table("absence")
ABSENCE_KINDS: Final = {
    "leave": "请假",
    "sick": "病假",
    "training": "培训",
    "secondment": "借调",
}
ABSENCE_DAYS_MAX: Final = 366
_ADVICE: Final = "一人一日只能在一个团队；如需调整，请先撤销原勤务。"


@dataclass(frozen=True, slots=True)
class AssignArgs:
    """An officer's shift in a team on each day from `first` to `last`; times as HH:MM."""

    person_id: str
    team_id: str
    first: date
    last: date
    from_time: str
    to_time: str


@dataclass(frozen=True, slots=True)
class ClearArgs:
    """The officer's shift of one day."""

    person_id: str
    day: date


@dataclass(frozen=True, slots=True)
class AbsenceArgs:
    """A person's days away, both ends included; `kind` is a key of ABSENCE_KINDS."""

    person_id: str
    from_on: date
    to_on: date
    kind: str


def _day_words(day: date) -> str:
    return f"{day.month}月{day.day}日"


def assign(connection: Connection, args: AssignArgs) -> int:
    """Assigns every day or none; gives how many days. Raises UserError: not a police officer,
    days or times the wrong way round; each day on which he is away or with another team."""
    person = connection.execute(
        select(_person.c.name, _person.c.post).where(_person.c.id == args.person_id)
    ).first()
    scope = connection.execute(
        select(_team.c.number).where(_team.c.id == args.team_id)
    ).scalar_one_or_none()
    if person is None or scope is None:
        raise UserError("人员或团队已不存在，未排勤务。")
    if person.post != Post.POLICE:
        raise UserError(f"{person.name}不是司法警察，不能排法警勤务。")
    if args.from_time >= args.to_time:
        raise UserError("下勤时间应晚于上勤时间。")
    count = (args.last - args.first).days + 1
    if count < 1:
        raise UserError("截止日不能早于起始日。")
    if count > DAYS_MAX:
        raise UserError(f"一次最多排 {DAYS_MAX} 日。")
    days = [args.first + timedelta(days=number) for number in range(count)]
    away = [_away_problem(connection, args, day, person.name) for day in days]
    busy = [_busy_problem(connection, args, day, person.name) for day in days]
    if wrong := "".join((*away, *busy)):
        raise UserError(wrong + (_ADVICE if any(busy) else ""))
    for day in days:
        _assign_day(connection, args, day, int(scope))
    return count


@dataclass(frozen=True, slots=True)
class _Row:
    """What the store holds of one officer's day."""

    id: str
    team_id: str
    team: str
    from_time: str
    to_time: str
    status: str


def _standing(connection: Connection, person_id: str, day: date) -> _Row | None:
    found = connection.execute(
        select(
            *(_shift.c.id, _shift.c.team_id, _team.c.name),
            *(_shift.c.from_time, _shift.c.to_time, _shift.c.status),
        )
        .join(_team, _team.c.id == _shift.c.team_id)
        .where(_shift.c.person_id == person_id, _shift.c.day == day.isoformat())
    ).first()
    return None if found is None else _Row(*map(str, found))


def _away_problem(connection: Connection, args: AssignArgs, day: date, name: str) -> str:
    """That the officer is away that day; empty when he is not."""
    away = connection.execute(
        select(_absence.c.kind).where(
            _absence.c.person_id == args.person_id,
            _absence.c.status == "planned",
            _absence.c.from_on <= day.isoformat(),
            _absence.c.to_on >= day.isoformat(),
        )
    ).first()
    if away is None:
        return ""
    return f"{name}{_day_words(day)}{ABSENCE_KINDS.get(away.kind, away.kind)}，不能排勤务。"


def _busy_problem(connection: Connection, args: AssignArgs, day: date, name: str) -> str:
    """That the officer stands in another team that day; empty when he does not."""
    there = _standing(connection, args.person_id, day)
    if there is not None and there.status == "assigned" and there.team_id != args.team_id:
        hours = f"{there.from_time}—{there.to_time}"
        return f"{name}{_day_words(day)}已在{there.team}值勤（{hours}）。"
    return ""


def _assign_day(connection: Connection, args: AssignArgs, day: date, scope: int) -> None:
    values = {
        "team_id": args.team_id,
        "from_time": args.from_time,
        "to_time": args.to_time,
        "status": "assigned",
        "scope": scope,
    }
    there = _standing(connection, args.person_id, day)
    if there is None:
        connection.execute(
            insert(_shift).values(
                id=new_id(), person_id=args.person_id, day=day.isoformat(), **values
            )
        )
        return
    connection.execute(update(_shift).where(_shift.c.id == there.id).values(**values))


def clear(connection: Connection, args: ClearArgs) -> str:
    """Takes the shift back: the row stays, its status says so. Gives the team's name."""
    there = _standing(connection, args.person_id, args.day)
    if there is None or there.status != "assigned":
        raise UserError(f"{_day_words(args.day)}没有可撤销的勤务。")
    connection.execute(update(_shift).where(_shift.c.id == there.id).values(status="cleared"))
    return str(there.team)


def enter_absence(connection: Connection, args: AbsenceArgs) -> str:
    """Records days away; gives the row's id. Raises UserError when the days are the wrong way
    round, overlap what is recorded, or a police shift stands on one of them."""
    name = connection.execute(
        select(_person.c.name).where(_person.c.id == args.person_id)
    ).scalar_one_or_none()
    if name is None:
        raise UserError("该人员已不存在。")
    if args.kind not in ABSENCE_KINDS:
        raise UserError("请选择不在岗的事由。")
    if args.to_on < args.from_on:
        raise UserError("截止日不能早于起始日。")
    if (args.to_on - args.from_on).days >= ABSENCE_DAYS_MAX:
        raise UserError("一次登记不得超过一年。")
    first, last = args.from_on.isoformat(), args.to_on.isoformat()
    other = connection.execute(
        select(_absence.c.from_on, _absence.c.to_on).where(
            _absence.c.person_id == args.person_id,
            _absence.c.status == "planned",
            _absence.c.from_on <= last,
            _absence.c.to_on >= first,
        )
    ).first()
    if other is not None:
        raise UserError(f"{name}在 {other.from_on} 至 {other.to_on} 已登记不在岗。")
    shifts = connection.execute(
        select(_shift.c.day)
        .where(
            _shift.c.person_id == args.person_id,
            _shift.c.status == "assigned",
            _shift.c.day.between(first, last),
        )
        .order_by(_shift.c.day)
    ).scalars()
    if days := "、".join(shifts):
        raise UserError(f"{name} {days} 已排勤务，请先撤销或改期。")
    row_id = new_id()
    connection.execute(
        insert(_absence).values(
            id=row_id, person_id=args.person_id, from_on=first, to_on=last, kind=args.kind
        )
    )
    return row_id


def withdraw_absence(connection: Connection, absence_id: str) -> None:
    """The person is there after all: the row stays and says so."""
    done = connection.execute(
        update(_absence)
        .where(_absence.c.id == absence_id, _absence.c.status == "planned")
        .values(status="withdrawn")
    )
    if not done.rowcount:
        raise UserError("该登记已经撤回。")

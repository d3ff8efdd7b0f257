"""日历订阅: what somebody has to be at or to finish, as a calendar that every program reads (ICS).

A day that an unpublished calendar decides is told as a lower bound; names of parties stay out, as
the file leaves the desk's encryption. Reader lanes; `ics` is pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event
from sqlalchemy import Connection, func, or_, select

from desktop.command.operations.reading import acts_of
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import Law
from desktop.projection.activity import node_names
from desktop.rules.operations import STATE_WORDS, State, stand
from storage.schema import table

DAYS_MAX: Final = 400
SEALED: Final = "封存案件"
_SURE: Final = (State.APPROVED, State.RUNNING, State.FINISHED, State.REPORTED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the calendar. `at` None: the whole day; `until` None: without an end.
    `uid` stays the same for the same thing, so that a later file replaces the entry."""

    uid: str
    day: date
    title: str
    note: str = ""
    place: str = ""
    at: datetime | None = None
    until: datetime | None = None
    off: bool = False  # called off: a calendar that has it strikes it


@dataclass(frozen=True, slots=True)
class FeedArgs:
    """Whose calendar, from which day on, for how many days."""

    person_id: str
    today: date
    law: Law
    days: int = 60


def entries(connection: Connection, args: FeedArgs) -> tuple[Entry, ...]:
    """Limits and expiries of his cases, his shifts, operations of his teams or with him; by day.
    What began yesterday and still goes on is among them."""
    last = args.today + timedelta(days=min(args.days, DAYS_MAX))
    span = (args.today.isoformat(), last.isoformat())
    found = [
        *_limits(connection, args, span),
        *_expiries(connection, args.person_id, span),
        *_shifts(connection, args.person_id, span),
        *_police_shifts(connection, args.person_id, span),
        *_operations(connection, args.person_id, span),
    ]
    return tuple(sorted(found, key=lambda one: (one.day, one.at is not None, one.title)))


def _limits(connection: Connection, args: FeedArgs, span: tuple[str, str]) -> list[Entry]:
    node, case = table("node_clock").c, table("case").c
    names = node_names(args.law)
    rows = connection.execute(
        select(
            *(node.node_code, node.subject, node.due_on, node.due_at, node.certain),
            *(node.case_id, case.number, case.sealed),
        )
        .join(table("case"), case.id == node.case_id)
        .where(
            case.handler_id == args.person_id,
            node.done_on.is_(None),
            node.due_on.between(*span),
        )
    )
    found = []
    for row in rows:
        number = SEALED if row.sealed else row.number
        bound = "" if row.certain else "不早于此日，"
        what = names.get(row.node_code, row.node_code)
        found.append(
            Entry(
                f"node-{row.case_id}-{row.node_code}-{row.subject}",
                date.fromisoformat(row.due_on),
                f"{what}到期　{number}",
                f"{bound}以指挥台推导为准。",
                at=None if row.due_at is None else datetime.fromisoformat(row.due_at),
            )
        )
    return found


def _expiries(connection: Connection, person_id: str, span: tuple[str, str]) -> list[Entry]:
    held, case = table("control_measure").c, table("case").c
    rows = connection.execute(
        select(held.id, held.expires_on, held.asset_kind, case.number, case.sealed)
        .join(table("case"), case.id == held.case_id)
        .where(
            case.handler_id == person_id,
            held.lifted_on.is_(None),
            held.expires_on.between(*span),
        )
    )
    return [
        Entry(
            f"measure-{row.id}",
            date.fromisoformat(row.expires_on),
            f"查控到期　{SEALED if row.sealed else row.number}",
            "须在到期之前办理续行手续。",
        )
        for row in rows
    ]


def _shifts(connection: Connection, person_id: str, span: tuple[str, str]) -> list[Entry]:
    shift = table("roster").c
    rows = connection.execute(
        select(table("roster")).where(
            or_(shift.person_id == person_id, shift.backup_id == person_id),
            shift.status == "planned",
            # A night shift of yesterday ends this morning.
            shift.day <= span[1],
            shift.to_at >= span[0],
        )
    )
    return [
        Entry(
            f"roster-{row.id}",
            date.fromisoformat(row.day),
            "指挥中心值班" if row.person_id == person_id else "指挥中心值班（B岗）",
            at=datetime.fromisoformat(row.from_at),
            until=datetime.fromisoformat(row.to_at),
        )
        for row in rows
    ]


def _police_shifts(connection: Connection, person_id: str, span: tuple[str, str]) -> list[Entry]:
    shift, team = table("police_shift").c, table("team").c
    rows = connection.execute(
        select(shift.id, shift.day, shift.from_time, shift.to_time, team.name)
        .join(table("team"), team.id == shift.team_id)
        .where(shift.person_id == person_id, shift.status == "assigned", shift.day.between(*span))
    )
    return [
        Entry(
            f"police-{row.id}",
            date.fromisoformat(row.day),
            f"法警勤务　{row.name}",
            at=_at(row.day, row.from_time),
            until=_at(row.day, row.to_time),
        )
        for row in rows
    ]


def _at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=COURT_ZONE)


def _operations(connection: Connection, person_id: str, span: tuple[str, str]) -> list[Entry]:
    made, member = table("operation").c, table("membership").c
    teams = select(member.team_id).where(
        member.person_id == person_id,
        member.from_on <= span[1],
        or_(member.to_on.is_(None), member.to_on >= span[0]),
    )
    rows = connection.execute(
        select(table("operation")).where(
            or_(
                made.commander_id == person_id,
                made.team_id.in_(teams),
                # Whoever the plan names, of whatever team.
                made.plan.contains(person_id, autoescape=True),
            ),
            func.coalesce(made.ends_at, made.starts_at) >= span[0],
            made.starts_at < (date.fromisoformat(span[1]) + timedelta(days=1)).isoformat(),
        )
    ).all()
    acts = acts_of(connection, [row.id for row in rows])
    found = []
    for row in rows:
        begin = datetime.fromisoformat(row.starts_at)
        end = None if row.ends_at is None else datetime.fromisoformat(row.ends_at)
        state = stand(row.content_sha256, acts.get(row.id, ())).state
        found.append(
            Entry(
                f"operation-{row.id}",
                begin.date(),
                f"执行行动：{row.name}",
                "" if state in _SURE else f"{STATE_WORDS[state]}。",
                row.place,
                begin,
                end,
                state is State.CANCELLED,
            )
        )
    return found


def ics(entries: Sequence[Entry], title: str, now: datetime) -> bytes:
    """The calendar file; the same entries at the same `now` give the same bytes."""
    made = Calendar()
    made.add("prodid", "-//Enforcement Command Desk//ZH")
    made.add("version", "2.0")
    made.add("x-wr-calname", title)
    for one in entries:
        event = Event()
        event.add("uid", f"{one.uid}@edesk")
        event.add("dtstamp", now.astimezone(UTC))
        event.add("summary", one.title)
        if one.note:
            event.add("description", one.note)
        if one.place:
            event.add("location", one.place)
        if one.off:
            event.add("status", "CANCELLED")
        if one.at is None:
            event.add("dtstart", one.day)
            event.add("transp", "TRANSPARENT")
        else:
            # In UTC: a zone of our own would have to be described in the file.
            event.add("dtstart", one.at.astimezone(UTC))
            event.add("dtend", (one.until or one.at + timedelta(minutes=30)).astimezone(UTC))
        made.add_component(event)
    return bytes(made.to_ical())

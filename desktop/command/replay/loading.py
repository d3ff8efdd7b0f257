"""Reads a film from the rows of a store. Reader lanes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from desktop.command.operations.chronicle import Entry, chronicle
from desktop.command.operations.reading import board
from desktop.command.operations.records import Board, Picture
from desktop.command.orders.reading import Order, orders_where
from desktop.command.positions.duty import DutyAct
from desktop.command.positions.points import decoded, stamp
from desktop.command.positions.reading import (
    Unit,
    Zone,
    acts_between,
    batches_of,
    fence_of,
    units,
    watch_of,
    zones,
)
from desktop.command.replay.case_then import CaseThen, Mistaken, began, case_film
from desktop.command.replay.kept import Kept
from desktop.command.replay.looks import noted
from desktop.command.replay.reel import Event, Found
from desktop.command.replay.track import Track
from desktop.contract.court_zone import COURT_ZONE, court_time
from desktop.contract.courtesy import breathe
from desktop.contract.law import Law
from desktop.errors import UserError
from desktop.projection.facts import load_facts
from desktop.rules.field_orders import ACT_WORDS
from desktop.rules.operation_law import load_operation_law
from desktop.rules.track_law import load_field_law, way_closed
from desktop.rules.track_picture import Alarm
from desktop.rules.track_picture import Picture as Tracks
from desktop.rules.tracks import Point
from storage.ids import CaseId, EventId
from storage.records.cases import NodeEvent
from storage.schema import table

AROUND: Final = timedelta(minutes=30)  # shown before an operation and behind it
BEFORE: Final = timedelta(hours=12)  # of positions, so that everybody has a place at the start
SPAN_MAX: Final = timedelta(days=3)
EVENTS_MAX: Final = 20_000


@dataclass(frozen=True, slots=True)
class Ask:
    """An operation, or a span where `operation_id` is empty. Ways of persons are given where
    `person_id` has just noted why he looks."""

    law: Law
    now: datetime
    person_id: str | None
    operation_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, of which operations, and the units that are seen in it. `closed`: why ways
    of persons are not given whatever the purpose; empty where they may be."""

    title: str
    since: datetime
    until: datetime
    operation_ids: tuple[str, ...]
    units: tuple[Unit, ...]
    closed: str = ""

    @property
    def people(self) -> tuple[Unit, ...]:
        """The units that are persons."""
        return tuple(unit for unit in self.units if unit.kind == "person")

    @property
    def open_people(self) -> tuple[Unit, ...]:
        """Those whose ways may be asked for."""
        return () if self.closed else self.people


def span(connection: Connection, ask: Ask) -> Span:
    """What a film of it would span. UserError: no such operation, or too long a span."""
    if ask.operation_id:
        return _of_operation(connection, ask)
    if ask.since is None or ask.until is None or ask.until <= ask.since:
        raise UserError("请填写起止时间，结束须晚于开始。")
    if ask.until - ask.since > SPAN_MAX:
        raise UserError(f"一次最多回放{SPAN_MAX.days}天，请缩短时间。")
    since, until = ask.since.astimezone(COURT_ZONE), ask.until.astimezone(COURT_ZONE)
    title = f"{since:%Y-%m-%d %H:%M} 至 {until:%Y-%m-%d %H:%M}"
    ids = _operations_in(connection, since, until)
    closed = way_closed(load_field_law(), since.date(), ask.now.astimezone(COURT_ZONE).date())
    return Span(title, since, until, ids, tuple(units(connection, retired=True)), closed)


def _of_operation(connection: Connection, ask: Ask) -> Span:
    found = board(connection, (ask.operation_id, ask.now))
    if found is None:
        raise UserError("本机没有这次行动。")
    standing = found.operation.standing()
    begun = standing.started.at if standing.started else found.operation.starts_at
    ended = standing.finished.at if standing.finished else None
    firsts = [begun, *(one.at for group in found.groups for one in group.reports)]
    since = min(firsts) - AROUND
    until = max(ended + AROUND if ended else min(ask.now, since + SPAN_MAX), since + AROUND)
    teams = {found.operation.team_id} | {group.team_id for group in found.groups}
    teams |= {order.team_id for order in _orders(connection, (ask.operation_id,), since, until)}
    seen = tuple(unit for unit in units(connection, retired=True) if unit.team_id in teams)
    return Span(found.operation.name, since, until, (ask.operation_id,), seen)


def _operations_in(connection: Connection, since: datetime, until: datetime) -> tuple[str, ...]:
    """Those that were under way or moved on in the span."""
    act, own = table("operation_act"), table("operation")
    rows = connection.execute(select(own.c.id, own.c.made_at)).all()
    acts: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for one in connection.execute(select(act.c.operation_id, act.c.act, act.c.at)):
        acts[one.operation_id].append((one.act, court_time(one.at)))
    found = []
    for row in rows:
        made = court_time(row.made_at)
        its = acts[row.id]
        ends = [at for name, at in its if name in ("finish", "cancel")]
        started = [at for name, at in its if name == "start"]
        runs = bool(started) and min(started) <= until and (not ends or max(ends) >= since)
        if runs or any(since <= at <= until for at in (made, *(at for _name, at in its))):
            found.append(str(row.id))
    return tuple(found)


def load(connection: Connection, ask: Ask) -> Found:
    """Everything of the span. UserError as `span`."""
    told = span(connection, ask)
    since, until = told.since, told.until
    boards = [one for key in told.operation_ids if (one := board(connection, (key, until)))]
    # Any order; none of an operation that this desk does not hold.
    found_orders = _orders(
        connection, None if not ask.operation_id else told.operation_ids, since, until
    )
    may = noted(connection, told.open_people, since, until, ask.person_id, ask.now)
    withheld = tuple(unit for unit in told.people if unit.id not in may)
    hidden = {unit.id for unit in withheld}
    tracks, points = _tracks(connection, told, hidden)
    drawn = [
        zone
        for zone in zones(connection, stamp(since - BEFORE))
        if zone.from_at <= stamp(until)
        and (not ask.operation_id or zone.operation_id in (None, ask.operation_id))
    ]
    alarms = _alarms(points, drawn, since, until)
    case_ids = _open_cases(connection, boards, found_orders)
    cases, case_events = _cases(connection, ask.law, case_ids, since, until)
    events = [
        *_told(boards, until),
        *_order_events(found_orders, {one.operation.id for one in boards}),
        *(Event(one.confirmed.at, "alarm", one.sentence(), "overdue") for one in alarms),
        *case_events,
    ]
    return Found(
        *(since, until, told.title),
        operations=tuple(one.operation for one in boards),
        groups=tuple(group for one in boards for group in one.groups),
        orders=tuple(found_orders),
        lines=tuple(sorted((line for one in boards for line in one.log), key=_when)),
        pictures=_pictures(connection, told, since, until),
        units=told.units,
        tracks=tracks,
        duties=_duties(connection, told),
        alarms=alarms,
        zones=tuple(drawn),
        cases=cases,
        events=_in_span(events, since, until),
        names={key: name for one in boards for key, name in one.names.items()},
        withheld=withheld,
        closed=told.closed,
    )


def _when(one: object) -> tuple[datetime, str]:
    return one.at, one.id  # type: ignore[attr-defined]


def _in_span(events: Iterable[Event], since: datetime, until: datetime) -> tuple[Event, ...]:
    found = [one for one in events if since <= one.at <= until]
    return tuple(sorted(found, key=lambda one: (one.at, one.kind, one.words))[:EVENTS_MAX])


# Orders, pictures and what the run log tells


def _orders(
    connection: Connection, of: Collection[str] | None, since: datetime, until: datetime
) -> list[Order]:
    """The orders of those operations; of all, those that moved in the span."""
    order, act = table("field_order"), table("field_order_act")
    if of is not None:
        return orders_where(connection, order.c.operation_id.in_(of))
    first, last = since.isoformat(), until.isoformat()
    moved = exists().where(act.c.order_id == order.c.id, act.c.at >= first, act.c.at <= last)
    within: ColumnElement[bool] = order.c.made_at.between(first, last)
    return orders_where(connection, or_(within, moved))


def _pictures(
    connection: Connection, told: Span, since: datetime, until: datetime
) -> tuple[Picture, ...]:
    shot, person = table("snapshot"), table("person")
    mine: ColumnElement[bool] = shot.c.operation_id.in_(told.operation_ids)
    within = shot.c.at.between(since.isoformat(), until.isoformat())
    rows = connection.execute(
        select(shot.c.id, shot.c.at, shot.c.feed_name, shot.c.sha256, shot.c.note, person.c.name)
        .join(person, person.c.id == shot.c.person_id)
        .where(or_(mine, within))
        .order_by(shot.c.at, shot.c.id)
    )
    found = [
        Picture(row.id, court_time(row.at), row.feed_name, row.name, row.sha256, row.note)
        for row in rows
    ]
    return tuple(sorted(found, key=_when))


def _told(boards: Iterable[Board], until: datetime) -> Iterator[Event]:
    law = load_operation_law()
    for one in boards:
        limits = law.on(until.astimezone(COURT_ZONE).date())
        for entry in chronicle(one, limits, until, checkins=True):
            yield Event(
                entry.at,
                _kind(entry),
                f"{entry.who} {entry.words}".strip(),
                entry.style,
                entry.order_id or entry.picture_id,
            )


def _kind(entry: Entry) -> str:
    line = entry.line
    return "message" if line is not None and line.kind == "message" else entry.kind


def _order_events(orders: Iterable[Order], told: Collection[str]) -> Iterator[Event]:
    """Of orders that no operation here tells of."""
    for one in orders:
        if one.operation_id not in told:
            for act in one.acts:
                words = f"{ACT_WORDS.get(act.act, act.act)}指令“{one.title}”（{one.whom}）"
                grave = "overdue" if act.act in ("refuse", "escalate") else ""
                yield Event(act.at, "order", words, grave, one.id)


# Positions


def _tracks(
    connection: Connection, told: Span, hidden: Collection[str]
) -> tuple[dict[str, Track], list[Point]]:
    """The way of each unit that may be seen, and all their points."""
    limits = load_field_law().on(told.until.date())
    first, last = stamp(told.since - BEFORE), stamp(told.until)
    found: dict[str, Track] = {}
    every: list[Point] = []
    for unit in told.units:
        if unit.id in hidden:
            continue
        points: list[Point] = []
        for batch in batches_of(connection, unit.id, first, f"{last}~"):
            breathe()
            try:
                points += decoded(batch, unit.name)
            except UserError:
                continue  # It is kept as it is; nobody can read a place from it.
        points = [point for point in points if point.at <= told.until]
        found[unit.id] = Track(points, limits)
        every += points
    return found, every


def _duties(connection: Connection, told: Span) -> dict[str, tuple[DutyAct, ...]]:
    since, until = stamp(told.since), stamp(told.until + timedelta(milliseconds=1))
    return {unit.id: tuple(acts_between(connection, unit.id, since, until)) for unit in told.units}


def _alarms(
    points: Sequence[Point], drawn: Iterable[Zone], since: datetime, until: datetime
) -> tuple[Alarm, ...]:
    """What the points raise, by when it was certain."""
    fences = [one for zone in drawn if zone.kind == "fence" if (one := fence_of(zone))]
    watches = [its for zone in drawn if zone.kind != "fence" if (its := watch_of(zone))]
    if not fences and not watches:
        return ()
    tracks = Tracks(load_field_law().on(until.date()), fences, watches)
    for at in range(0, len(points), 500):
        breathe()
        tracks.change(points[at : at + 500])
    starts = {zone.id: zone.from_at for zone in drawn}
    found = [one for one in tracks.alarms() if stamp(one.first.at) >= starts.get(one.subject, "")]
    return tuple(
        sorted(
            (one for one in found if since <= one.confirmed.at <= until),
            key=lambda one: (one.confirmed.at, one.key),
        )
    )


# Cases


def _open_cases(
    connection: Connection, boards: Iterable[Board], orders: Iterable[Order]
) -> list[str]:
    """The cases that it is about; a sealed one is told of by its own page alone."""
    ids = {one.operation.case_id for one in boards} | {one.case_id for one in orders}
    case = table("case")
    rows = connection.execute(
        select(case.c.id)
        .where(case.c.id.in_({one for one in ids if one}), case.c.sealed.is_(False))
        .order_by(case.c.number)
    )
    return [str(one) for one in rows.scalars()]


def _cases(
    connection: Connection, law: Law, ids: Sequence[str], since: datetime, until: datetime
) -> tuple[tuple[Kept[CaseThen | None], ...], list[Event]]:
    facts = load_facts(connection, ids)
    wrong = _mistaken(connection, ids)
    days = [since.date() + timedelta(days=n) for n in range((until.date() - since.date()).days + 1)]
    films, events = [], []
    for key in ids:
        if key not in facts:
            continue
        one = facts[key]
        films.append(case_film(one, law, days, wrong.get(key, ())))
        kinds = law.catalogue_for(one.case.type_word).events
        for event in (*one.events, *(lost.event for lost in wrong.get(key, ()))):
            at = began(event.on, event.at)
            name = kinds[event.kind].name if event.kind in kinds else event.kind
            events.append(Event(at, "case", f"{one.case.number} {name}", "", key))
    return tuple(films), events


_WRONG: Final = (
    'select e.id, e.case_id, e.kind, e."on", e.at, e.subject, e.actor_id, e.document_no, e.note,'
    ' v."on", v.at from node_event v join node_event e on e.id = v.voids where v.case_id in ({})'
    " and not exists (select 1 from node_event w where w.case_id = v.case_id and w.voids = v.id)"
)


def _mistaken(connection: Connection, ids: Sequence[str]) -> dict[str, list[Mistaken]]:
    """Events that a later one declared wrong, with when."""
    found: dict[str, list[Mistaken]] = defaultdict(list)
    for at in range(0, len(ids), 500):
        part = tuple(ids[at : at + 500])
        statement = _WRONG.format(",".join("?" * len(part)))
        for row in connection.exec_driver_sql(statement, part):
            key, case_id, kind, on, when, *rest = row
            *about, void_on, void_at = rest
            event = NodeEvent(
                *(EventId(key), CaseId(case_id), kind, date.fromisoformat(on)),
                *(court_time(when) if when else None, *about),
            )
            until = began(date.fromisoformat(void_on), court_time(void_at) if void_at else None)
            found[case_id].append(Mistaken(event, until))
    return found


def choices(connection: Connection, _args: object = None) -> list[tuple[str, str]]:
    """(id, name with its day) of the operations that have begun, the newest first."""
    own, act = table("operation").c, table("operation_act").c
    rows = connection.execute(
        select(own.id, own.name, own.starts_at)
        .where(exists().where(act.operation_id == own.id, act.act == "start"))
        .order_by(own.starts_at.desc(), own.id)
        .limit(200)
    )
    return [(row.id, f"{court_time(row.starts_at):%m-%d %H:%M}　{row.name}") for row in rows]

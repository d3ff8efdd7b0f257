"""A unit's day: its way in trips, stops and silence, what happened at fences, and the errand that
each trip belongs to (M61). Whoever opens it has said so before, in the log of looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select

from desktop.command.positions.changing import Doer
from desktop.command.positions.duty import stretches
from desktop.command.positions.points import decoded, moment, stamp
from desktop.command.positions.reading import (
    Unit,
    acts_between,
    batches_of,
    fence_of,
    units_by_id,
    zones,
)
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.courtesy import breathe
from desktop.errors import UserError
from desktop.rules.fences import FenceEvent
from desktop.rules.track_law import load_field_law, way_closed
from desktop.rules.track_picture import Picture
from desktop.rules.tracks import Point
from desktop.rules.trips import Stretch, Use, use_of
from storage.ids import new_id
from storage.schema import table

LOOK_LABEL: Final = "查看轨迹"
LOOK_LASTS: Final = timedelta(hours=1)
TRACK: Final = "轨迹"


@dataclass(frozen=True, slots=True)
class Look:
    """Who wants to see whose day, and to what end: of a person it has to be said."""

    doer: Doer
    unit_id: str
    day: date
    purpose: str


def note_look(connection: Connection, look: Look) -> str:
    """Writes the look down and gives its id, without which no day is given. UserError: no purpose
    was stated, or a person's day is too long ago to be looked at."""
    unit = _unit(connection, look.unit_id)
    purpose = look.purpose.strip()
    if unit.kind == "person" and not purpose:
        raise UserError("查看人员轨迹须写明用途。")
    _open_still(unit, look.day, look.doer.now)
    look_id = new_id()
    connection.execute(
        insert(table("read_log")).values(
            id=look_id,
            case_id=None,
            person_id=look.doer.person_id,
            at=stamp(look.doer.now),
            act="open",
            object=_object(unit, look.day),
            purpose=purpose or None,
        )
    )
    return look_id


@dataclass(frozen=True, slots=True)
class DayAsk:
    """Whose day; `look_id`: what was noted of it."""

    unit_id: str
    day: date
    look_id: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the day. `use`: of a trip, under which errand it was made; None: of nobody's."""

    stretch: Stretch
    use: Use | None
    errand: str = ""


@dataclass(frozen=True, slots=True)
class UnitDay:
    """The day as all points that lie here give it."""

    unit: Unit
    day: date
    pieces: tuple[Piece, ...]
    crossings: tuple[tuple[str, FenceEvent], ...]
    points: tuple[Point, ...]
    aside: Mapping[str, int]

    @property
    def way_m(self) -> int:
        """Metres of all trips."""
        return sum(p.stretch.distance_cm for p in self.pieces if p.stretch.kind == "trip") // 100


def unit_day(connection: Connection, ask: DayAsk) -> UnitDay:
    """The day of a unit. UserError: the look at it was not noted, or too long ago; or the day of a
    person is."""
    unit = _unit(connection, ask.unit_id)
    _looked(connection, unit, ask)
    _open_still(unit, ask.day, ask.now)
    first = datetime.combine(ask.day, time(), COURT_ZONE)
    since, until = stamp(first), stamp(first + timedelta(days=1))
    found = zones(connection, since)
    fences = [fence for zone in found if zone.kind == "fence" if (fence := fence_of(zone))]
    picture = Picture(load_field_law().on(ask.day), fences)
    for batch in batches_of(connection, unit.id, since, until):
        breathe()
        points = [p for p in decoded(batch, unit.name) if since <= stamp(p.at) < until]
        picture.change(points)
    acts = {one.id: one for one in acts_between(connection, unit.id, since, until)}
    uses = [
        Use(
            id=one.act.id,
            device=unit.id,
            driver=one.act.person,
            since=moment(one.act.at),
            until=min(ask.now, moment(one.until))
            if one.until
            else max(ask.now, moment(one.act.at)),
        )
        for one in stretches(acts.values())
    ]
    pieces = []
    for stretch in picture.line(unit.id):
        use = use_of(stretch, uses) if stretch.kind == "trip" else None
        pieces.append(Piece(stretch, use, acts[use.id].errand if use is not None else ""))
    names = {zone.id: zone.name for zone in found}
    return UnitDay(
        unit,
        ask.day,
        tuple(pieces),
        tuple((names[event.fence], event) for event in picture.crossings(unit.id)),
        tuple(picture.points(unit.id)),
        picture.aside(unit.id),
    )


def _unit(connection: Connection, unit_id: str) -> Unit:
    unit = units_by_id(connection, {unit_id}).get(unit_id)
    if unit is None:
        raise UserError("没有这个执行单元。")
    return unit


def _open_still(unit: Unit, day: date, now: datetime) -> None:
    why = way_closed(load_field_law(), day, now.astimezone(COURT_ZONE).date())
    if unit.kind == "person" and why:
        raise UserError(why)


def _object(unit: Unit, day: date) -> str:
    return f"{TRACK}：{unit.name} {day.isoformat()}"


def _looked(connection: Connection, unit: Unit, ask: DayAsk) -> None:
    log = table("read_log").c
    row = connection.execute(select(log.object, log.at).where(log.id == ask.look_id)).first()
    fresh = row is not None and moment(row.at) + LOOK_LASTS >= ask.now
    if row is None or row.object != _object(unit, ask.day) or not fresh:
        raise UserError("查看轨迹须先登记用途。")

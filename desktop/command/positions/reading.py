"""What is read of units, their duty, their points, fences and notes. Reader lanes; frozen rows."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, select

from desktop.command.positions.duty import DutyAct
from desktop.command.positions.points import DEGREE, Batch, moment, stamp
from desktop.contract.courtesy import fetched, in_slices
from desktop.errors import UserError
from desktop.rules.fences import Crossing, Fence
from desktop.rules.operation_plan import read_plan
from desktop.rules.track_watches import Watch
from storage.schema import table

_ROWID: Final[ColumnElement[int]] = literal_column("position_batch.rowid")
CROSSINGS: Final[tuple[Crossing, ...]] = ("enter", "leave", "inside", "outside")


@dataclass(frozen=True, slots=True)
class Unit:
    """执行单元: who or what moves, with its team."""

    id: str
    team_id: str
    team: str
    kind: str
    name: str
    device: str
    source: str
    person_id: str | None
    person: str
    plate: str
    scope: int


@dataclass(frozen=True, slots=True)
class Zone:
    """A fence or a watch as it lies in its row. `shape` is GeoJSON, `watched` what it names."""

    id: str
    team_id: str
    operation_id: str | None
    name: str
    kind: str
    shape: str
    watched: str
    from_at: str
    to_at: str | None
    ver: int

    def about(self) -> Mapping[str, Any]:
        """What of `watched` can be read."""
        try:
            found = json.loads(self.watched)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Note:
    """Somebody took note of an alarm."""

    alarm: str
    person: str
    at: str
    body: str


@dataclass(frozen=True, slots=True)
class Route:
    """The way that a running operation was planned to take: places with (latitude, longitude)."""

    operation_id: str
    name: str
    points: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class LateRow:
    """Of when a row is that came late."""

    unit_id: str
    from_at: str
    to_at: str
    received_at: str


def units(connection: Connection, *, retired: bool = False) -> list[Unit]:
    """All units in the order of their teams."""
    return list(_units(connection, [] if retired else [table("unit").c.retired_on.is_(None)]))


def units_by_id(connection: Connection, ids: Collection[str]) -> dict[str, Unit]:
    """Units by id, retired ones too."""
    return {unit.id: unit for unit in _units(connection, [table("unit").c.id.in_(ids)])}


def _units(connection: Connection, where: Iterable[ColumnElement[bool]]) -> Iterator[Unit]:
    unit, team, person = table("unit"), table("team"), table("person")
    columns = [unit.c[name] for name in ("id", "team_id", "kind", "name", "device", "source")]
    query = (
        select(
            *columns,
            *(unit.c.person_id, unit.c.plate),
            team.c.name.label("team"),
            team.c.number,
            person.c.name.label("person"),
        )
        .join_from(unit, team, team.c.id == unit.c.team_id)
        .outerjoin(person, person.c.id == unit.c.person_id)
        .where(*where)
        .order_by(team.c.number, unit.c.kind.desc(), unit.c.name, unit.c.id)
    )
    for row in connection.execute(query):
        yield Unit(
            id=row.id,
            team_id=row.team_id,
            team=row.team,
            kind=row.kind,
            name=row.name,
            device=row.device,
            source=row.source,
            person_id=row.person_id,
            person=row.person or "",
            plate=row.plate,
            scope=int(row.number) if row.number is not None else -1,
        )


def duties(connection: Connection) -> dict[str, DutyAct]:
    """By unit: the act by which it is on duty now. Those off duty are not in it."""
    act, person = table("duty_act"), table("person")
    newest = (
        select(act.c.unit_id, func.max(act.c.at).label("at")).group_by(act.c.unit_id).subquery()
    )
    query = (
        select(act, person.c.name.label("person"))
        .join(newest, and_(newest.c.unit_id == act.c.unit_id, newest.c.at == act.c.at))
        .outerjoin(person, person.c.id == act.c.person_id)
        .order_by(act.c.id)
    )
    last = {row.unit_id: row for row in connection.execute(query)}
    return {
        unit_id: DutyAct(
            row.id, unit_id, row.act, row.person_id, row.person or "", row.at, row.errand
        )
        for unit_id, row in last.items()
        if row.act == "on"
    }


def acts_between(connection: Connection, unit_id: str, since: str, until: str) -> list[DutyAct]:
    """The acts of a unit in a stretch of time, and the last one before it."""
    act, person = table("duty_act"), table("person")
    mine = act.c.unit_id == unit_id
    before = select(func.max(act.c.at)).where(mine, act.c.at <= since).scalar_subquery()
    query = (
        select(act, person.c.name.label("person"))
        .outerjoin(person, person.c.id == act.c.person_id)
        .where(mine, act.c.at < until, (act.c.at > since) | (act.c.at == before))
    )
    return [
        DutyAct(row.id, unit_id, row.act, row.person_id, row.person or "", row.at, row.errand)
        for row in connection.execute(query)
    ]


def zones(connection: Connection, since: str) -> list[Zone]:
    """Fences and watches that hold at some time from `since` on."""
    fence = table("fence")
    names = ("id", "team_id", "operation_id", "name", "kind", "shape", "watched")
    query = (
        select(*(fence.c[name] for name in names), fence.c.from_at, fence.c.to_at, fence.c.ver)
        .where(fence.c.to_at.is_(None) | (fence.c.to_at > since))
        .order_by(fence.c.id)
    )
    return [Zone(**row._mapping) for row in connection.execute(query)]


def notes(connection: Connection) -> dict[str, list[Note]]:
    """Who took note of which alarm, by the alarm's key, in order of time."""
    note, person = table("alarm_note"), table("person")
    query = (
        select(note.c.alarm, note.c.at, note.c.body, person.c.name)
        .outerjoin(person, person.c.id == note.c.person_id)
        .where(note.c.act == "note")
        .order_by(note.c.at, note.c.id)
    )
    found: dict[str, list[Note]] = {}
    for row in connection.execute(query):
        found.setdefault(row.alarm, []).append(Note(row.alarm, row.name or "", row.at, row.body))
    return found


_BATCH: Final = (
    *("id", "unit_id", "team_id", "device", "source", "from_at", "to_at", "n", "points"),
    "received_at",
)


def batch_ids_after(connection: Connection, rowid: int, since: str) -> tuple[list[str], int]:
    """Ids of rows that came in after `rowid` and reach into the time from `since` on, by when they
    were received; and the highest `rowid` there is."""
    batch = table("position_batch").c
    query = select(batch.id, batch.received_at).where(rowid < _ROWID, batch.to_at >= since)
    top = connection.execute(select(func.max(_ROWID)).select_from(table("position_batch"))).scalar()
    found = [(str(at), str(key)) for key, at in fetched(connection.execute(query).cursor)]
    return [key for _at, key in sorted(found)], int(top or 0)


def late_rows(
    connection: Connection, rowid: int, between: tuple[str, str], received: str
) -> list[LateRow]:
    """Rows that came in after `rowid`, end after the first moment and begin before the second, and
    were received from `received` on."""
    batch = table("position_batch").c
    # In this order: when it was received lies behind the points, a long way to read for each row.
    query = select(batch.unit_id, batch.from_at, batch.to_at, batch.received_at).where(
        rowid < _ROWID,
        batch.to_at >= between[0],
        batch.from_at < between[1],
        batch.received_at >= received,
    )
    return [LateRow(*map(str, row)) for row in fetched(connection.execute(query).cursor)]


def batches_by_id(connection: Connection, ids: Sequence[str]) -> list[Batch]:
    """Rows by their ids, in that order; those that are gone are left out."""
    batch = table("position_batch")
    found: dict[str, Batch] = {}
    for part in in_slices(ids):
        query = select(*(batch.c[name] for name in _BATCH)).where(batch.c.id.in_(part))
        found |= {row.id: Batch(*row) for row in connection.execute(query)}
    return [found[key] for key in ids if key in found]


def batches_of(connection: Connection, unit_id: str, since: str, until: str) -> list[Batch]:
    """A unit's rows of a stretch of time, by when they were received."""
    batch = table("position_batch")
    query = select(*(batch.c[name] for name in _BATCH)).where(
        batch.c.unit_id == unit_id, batch.c.from_at < until, batch.c.to_at >= since
    )
    found = [Batch(*row) for row in fetched(connection.execute(query).cursor)]  # type: ignore[arg-type]
    return sorted(found, key=lambda one: (one.received_at, one.id))


def last_batch(connection: Connection, unit_id: str, until: str = "~") -> Batch | None:
    """The row with a unit's latest points, of those that begin before `until`."""
    batch = table("position_batch")
    query = select(*(batch.c[name] for name in _BATCH)).where(
        batch.c.unit_id == unit_id, batch.c.from_at < until
    )
    row = connection.execute(query.order_by(batch.c.from_at.desc()).limit(1)).first()
    return None if row is None else Batch(*row)


def operation_runs(connection: Connection) -> bool:
    """Whether some operation has begun and has not ended."""
    act = table("operation_act")
    ended = select(act.c.operation_id).where(act.c.act.in_(("finish", "cancel")))
    query = select(act.c.id).where(act.c.act == "start", act.c.operation_id.not_in(ended)).limit(1)
    return connection.execute(query).first() is not None


def routes(connection: Connection) -> list[Route]:
    """The planned ways of the operations that run; places without coordinates are left out."""
    act, operation = table("operation_act"), table("operation")
    begun = select(act.c.operation_id).where(act.c.act == "start")
    ended = select(act.c.operation_id).where(act.c.act.in_(("finish", "cancel")))
    query = (
        select(operation.c.id, operation.c.name, operation.c.plan)
        .where(operation.c.id.in_(begun), operation.c.id.not_in(ended))
        .order_by(operation.c.id)
    )
    return [Route(row.id, row.name, _route_points(row.plan)) for row in connection.execute(query)]


def _route_points(plan: str) -> tuple[tuple[str, float, float], ...]:
    try:
        route = read_plan(plan).route
    except UserError:
        return ()
    return tuple(
        (one.place, one.lat_e7 / DEGREE, one.lon_e7 / DEGREE)
        for one in route
        if one.lat_e7 is not None and one.lon_e7 is not None
    )


def fence_of(zone: Zone) -> Fence | None:
    """The rule of a fence; None where its row cannot be read, which is then left out."""
    try:
        corners, radius = corners_of(zone.shape, zone.about())
        asked = zone.about().get("alarms", CROSSINGS)
        return Fence(
            id=zone.id,
            name=zone.name,
            corners=corners,
            radius_m=radius,
            alarms=frozenset(one for one in CROSSINGS if one in asked),
            since=moment(zone.from_at),
            until=None if zone.to_at is None else moment(zone.to_at),
            devices=frozenset(map(str, zone.about().get("devices", ()))),
        )
    except (ValueError, TypeError, KeyError, IndexError, UserError):
        return None


def watch_of(zone: Zone) -> Watch | None:
    """The rule of a watch; None where its row cannot be read."""
    about = zone.about()
    try:
        (device,) = about["devices"]
        others = frozenset(map(str, about["others"]))
        kind = "near" if zone.kind == "near" else "alone"
        return Watch(zone.id, zone.name, kind, str(device), others, float(about["radius_m"]))  # type: ignore[arg-type]
    except (ValueError, TypeError, KeyError, UserError):
        return None


def corners_of(
    shape: str, about: Mapping[str, Any]
) -> tuple[tuple[tuple[float, float], ...], float]:
    """Corners (latitude, longitude) and radius of a GeoJSON polygon, or of a point with
    `radius_m`. Raises ValueError, TypeError or KeyError for anything else."""
    told = json.loads(shape)
    if told["type"] == "Point":
        lon, lat = told["coordinates"]
        return ((float(lat), float(lon)),), float(about["radius_m"])
    if told["type"] != "Polygon":
        raise ValueError("no polygon")
    ring = [(float(lat), float(lon)) for lon, lat, *_ in told["coordinates"][0]]
    return tuple(ring[:-1] if ring[0] == ring[-1] else ring), 0.0


def in_force(zone: Zone, at: datetime) -> bool:
    """Whether a fence or a watch counts at that moment."""
    text = stamp(at)
    return zone.from_at <= text and (zone.to_at is None or text < zone.to_at)

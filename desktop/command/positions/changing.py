"""What people do with units: register them, go on duty and off, draw fences, take note of alarms.

Writer lane; each is one act of one person. Whose act it is, is the person at the keyboard.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from desktop.command.positions.duty import duty_now
from desktop.command.positions.points import encoded, rounded, stamp
from desktop.command.positions.reading import (
    CROSSINGS,
    acts_between,
    corners_of,
    units_by_id,
)
from desktop.errors import UserError
from desktop.rules.fences import Fence
from desktop.rules.track_watches import Watch
from desktop.rules.tracks import Point
from storage.ids import new_id
from storage.schema import table
from storage.schema.positions import SOURCES, UNIT_KINDS

NOBODY: Final = "请先在设置中选定本机的值班人员。"
FAR_FUTURE: Final = "9999"
NOTE_LABEL: Final = "确认告警"


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does it, and when."""

    person_id: str | None
    now: datetime

    @property
    def person(self) -> str:
        """UserError: nobody sits at this desk."""
        if not self.person_id:
            raise UserError(NOBODY)
        return self.person_id


@dataclass(frozen=True, slots=True)
class DutyChange:
    """A unit goes on duty (`on`) or off. `errand`: what a vehicle is used for."""

    doer: Doer
    unit_id: str
    on: bool
    errand: str = ""


def change_duty(connection: Connection, given: DutyChange) -> str:
    """Notes it and gives the unit's name. UserError: it stands so already, or it is somebody
    else's to say."""
    unit = units_by_id(connection, {given.unit_id}).get(given.unit_id)
    if unit is None:
        raise UserError("没有这个执行单元。")
    acts = acts_between(connection, unit.id, stamp(given.doer.now), FAR_FUTURE)
    now = duty_now(acts)
    if given.on and unit.kind == "person" and unit.person_id != given.doer.person:
        raise UserError(f"{unit.name}的出勤须由本人登记。")
    if given.on and now is not None and (unit.kind == "person" or now.errand == given.errand):
        raise UserError(f"{unit.name}已在出勤。")
    if not given.on and now is None:
        raise UserError(f"{unit.name}未在出勤。")
    last = max((act.at for act in acts), default="")
    at = stamp(given.doer.now)
    if at <= last:  # a clock that was set back must not turn the order of acts round
        raise UserError("本机时钟早于上一次出勤登记，请核对时钟。")
    _put(
        connection,
        "duty_act",
        unit_id=unit.id,
        team_id=unit.team_id,
        act="on" if given.on else "off",
        person_id=given.doer.person,
        at=at,
        errand=given.errand.strip(),
        scope=unit.scope,
    )
    return unit.name


@dataclass(frozen=True, slots=True)
class UnitWish:
    """A unit as somebody registers it; `id` empty for a new one."""

    doer: Doer
    id: str
    team_id: str
    kind: str
    name: str
    device: str
    source: str
    person_id: str = ""
    plate: str = ""


def save_unit(connection: Connection, wish: UnitWish) -> str:
    """Registers or changes a unit and gives its id. UserError: what is wrong with it."""
    if wish.kind not in UNIT_KINDS or wish.source not in SOURCES:
        raise UserError("请选择执行单元的类别和来源。")
    if not wish.name.strip() or not wish.device.strip():
        raise UserError("请填写执行单元的名称和设备编号。")
    if wish.kind == "person" and not wish.person_id:
        raise UserError("人员单元须写明是谁。")
    unit = table("unit").c
    same = select(unit.name).where(
        unit.source == wish.source,
        unit.device == wish.device.strip(),
        unit.retired_on.is_(None),
        unit.id != wish.id,
    )
    taken = connection.execute(same).scalar()
    if taken is not None:
        raise UserError(f"设备“{wish.device.strip()}”已属于{taken}。")
    values = {
        "team_id": wish.team_id,
        "kind": wish.kind,
        "name": wish.name.strip(),
        "device": wish.device.strip(),
        "source": wish.source,
        "person_id": wish.person_id or None,
        "plate": wish.plate.strip(),
        "scope": scope_of(connection, wish.team_id),
    }
    if not wish.id:
        return _put(connection, "unit", **values)
    connection.execute(update(table("unit")).where(unit.id == wish.id).values(values))
    return wish.id


@dataclass(frozen=True, slots=True)
class ZoneWish:
    """A fence or a watch as somebody draws it; `id` empty for a new one.

    corners: (latitude, longitude); one with `radius_m` is a circle. devices: ids of units, whom it
    concerns, none for all of a fence; of a watch the one watched. others: of a watch.
    """

    doer: Doer
    id: str
    team_id: str
    name: str
    kind: str
    corners: tuple[tuple[float, float], ...] = ()
    radius_m: float = 0.0
    alarms: tuple[str, ...] = ("enter", "leave")
    devices: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    operation_id: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ZoneEnd:
    """A fence or a watch that counts no more."""

    doer: Doer
    id: str


def save_zone(connection: Connection, wish: ZoneWish) -> str:
    """Stores a fence or a watch and gives its id. UserError: it cannot be one.

    A changed one counts from now on under a row of its own: what it raised before stays true.
    """
    name, at = wish.name.strip(), stamp(wish.doer.now)
    if not name:
        raise UserError("请填写围栏的名称。")
    watched: dict[str, Any] = {"devices": list(wish.devices)}
    shape = ""
    if wish.kind == "fence":
        Fence(wish.id or "new", name, wish.corners, wish.radius_m)  # refuses what is no fence
        if not set(wish.alarms) & set(CROSSINGS):
            raise UserError("请选择进入或离开时告警。")
        watched["alarms"] = [one for one in CROSSINGS if one in wish.alarms]
        shape = geojson_of(wish.corners)
        if len(wish.corners) == 1:
            watched["radius_m"] = wish.radius_m
        corners_of(shape, watched)
    else:
        if len(wish.devices) != 1:
            raise UserError("请选择要看护的一个执行单元。")
        Watch("new", name, "near", wish.devices[0], frozenset(wish.others), wish.radius_m)
        watched |= {"others": list(wish.others), "radius_m": wish.radius_m}
    if wish.until is not None and stamp(wish.until) <= at:
        raise UserError("围栏的结束时间须晚于现在。")
    if wish.id:
        end_zone(connection, ZoneEnd(wish.doer, wish.id))
    return _put(
        connection,
        "fence",
        team_id=wish.team_id,
        operation_id=wish.operation_id,
        name=name,
        kind=wish.kind,
        shape=shape,
        watched=json.dumps(watched, ensure_ascii=False, sort_keys=True),
        from_at=at,
        to_at=None if wish.until is None else stamp(wish.until),
        maker_id=wish.doer.person,
        scope=scope_of(connection, wish.team_id),
    )


def end_zone(connection: Connection, given: ZoneEnd) -> str:
    """Ends a fence or a watch and gives its name. UserError: it has ended."""
    fence = table("fence")
    at = stamp(given.doer.now)
    row = connection.execute(select(fence).where(fence.c.id == given.id)).first()
    if row is None or (row.to_at is not None and row.to_at <= at):
        raise UserError("这个围栏已经结束。")
    until = max(at, row.from_at)
    connection.execute(update(fence).where(fence.c.id == given.id).values(to_at=until))
    return str(row.name)


@dataclass(frozen=True, slots=True)
class Taking:
    """Somebody takes note of an alarm."""

    doer: Doer
    alarm: str
    team_id: str
    body: str = ""


def take_note(connection: Connection, given: Taking) -> str:
    """Stores the note and gives its id."""
    note = table("alarm_note").c
    at = stamp(given.doer.now)
    same = (note.alarm == given.alarm) & (note.act == "note")
    mine = same & (note.person_id == given.doer.person)
    last = connection.execute(select(note.at).where(mine).order_by(note.at.desc())).scalar()
    if last == at:
        raise UserError("该告警刚刚已由您确认。")
    return _put(
        connection,
        "alarm_note",
        alarm=given.alarm,
        team_id=given.team_id,
        person_id=given.doer.person,
        at=at,
        body=given.body.strip(),
        scope=scope_of(connection, given.team_id),
    )


@dataclass(frozen=True, slots=True)
class Report:
    """A place that somebody was told (by telephone): degrees, and how exact it is, metres."""

    doer: Doer
    unit_id: str
    lat: float
    lon: float
    accuracy_m: float = 100.0


def report_place(connection: Connection, given: Report) -> str:
    """Stores a place reported by hand and gives the unit's name. UserError: a person off duty."""
    unit = units_by_id(connection, {given.unit_id}).get(given.unit_id)
    if unit is None:
        raise UserError("没有这个执行单元。")
    acts = acts_between(connection, unit.id, stamp(given.doer.now), FAR_FUTURE)
    if unit.kind == "person" and duty_now(acts) is None:
        raise UserError(f"{unit.name}未在出勤，其位置不予记录。")
    now = given.doer.now
    point = rounded(
        Point(
            *(unit.id, unit.name, now, given.lat, given.lon, given.accuracy_m),
            speed=None,
            course=None,
            source="manual",
            received_at=now,
        )
    )
    _put(
        connection,
        "position_batch",
        unit_id=unit.id,
        team_id=unit.team_id,
        device=unit.device,
        source="manual",
        from_at=stamp(now),
        to_at=stamp(now),
        n=1,
        points=encoded([point]),
        received_at=stamp(now),
        scope=unit.scope,
    )
    return unit.name


def geojson_of(corners: Sequence[tuple[float, float]]) -> str:
    """A point or a closed polygon of corners (latitude, longitude)."""
    ring = [[round(lon, 7), round(lat, 7)] for lat, lon in corners]
    if len(ring) == 1:
        return json.dumps({"type": "Point", "coordinates": ring[0]})
    return json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})


def scope_of(connection: Connection, team_id: str) -> int:
    """Whose rows those of a team are. UserError: there is no such team."""
    team = table("team").c
    row = connection.execute(select(team.number).where(team.id == team_id)).first()
    if row is None:
        raise UserError("请选择团队。")
    return -1 if row.number is None else int(row.number)


def _put(connection: Connection, into: str, **values: object) -> str:
    row_id = new_id()
    connection.execute(insert(table(into)).values(id=row_id, **values))
    return row_id

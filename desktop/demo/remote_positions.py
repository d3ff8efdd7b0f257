"""The demo's units on their way: where each is and was this morning, one that fell silent, one off
duty, a fence, and an alarm that late truth refuted. Writer thread; no Qt.

Ways follow the streets of the invented map. Everything comes from the hour of the scene, and goes
through the same rows as real positions.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert

import resources
from desktop.command.positions.alarms import key_text
from desktop.command.positions.changing import geojson_of
from desktop.command.positions.points import decoded, encoded, rounded, stamp
from desktop.command.positions.reading import Unit as StoredUnit
from desktop.command.positions.reading import fence_of, last_batch, units, zones
from desktop.command.positions.storing import pieces
from desktop.rules.fences import METRES_PER_DEGREE
from desktop.rules.track_law import load_field_law
from desktop.rules.track_picture import Picture
from desktop.rules.tracks import Point, metres_between
from storage.schema import table

if TYPE_CHECKING:
    from desktop.demo.remote import Remote, Unit
    from desktop.demo.remote_live import Moment

Place = tuple[float, float]  # latitude, longitude
CENTRE: Final[Place] = (34.62827, 112.46005)  # 执行指挥中心 of the invented map
SITE: Final[Place] = (34.6500, 112.4500)
_SALT: Final = 61
_EVERY_S: Final = 10
_HEARD: Final = timedelta(seconds=60)  # behind the newest: it still reports
_CAUGHT_UP: Final = timedelta(seconds=40)
_FENCE_M: Final = 260.0
_STREETS: Final = (("云汀街", "望屏路"), ("双塔街", "青溪路"), ("东岗街", "云汀大道"))
_FAR: Final = (("槐荫路", "澜渚街"), ("南苑路", "柳林街"), ("渡口路", "青岫街"))
_ERRANDS: Final = ("现场清场运送人员", "查封车辆拖移", "送达执行文书")


@dataclass
class Way:
    """Writes down where a unit is, every ten seconds, while it stands and drives."""

    unit_id: str
    source: str
    at: datetime
    place: Place
    draw: Random
    points: list[Point] = field(default_factory=list)

    def stand(self, until: datetime) -> "Way":
        """Stays until that moment."""
        while self.at < until:
            self._note(self.place, 0.0, None)
        return self

    def silent(self, until: datetime) -> "Way":
        """Is not heard until that moment."""
        self.at = max(self.at, until)
        return self

    def along(self, line: Sequence[Place], speed: float, until: datetime) -> "Way":
        """Drives along corners at `speed` metres a second, at most until that moment."""
        for corner in line:
            while self.at < until:
                far = _apart(self.place, corner)
                step = speed * _EVERY_S * self.draw.uniform(0.7, 1.15)
                if far <= step:
                    break
                part = step / far
                lat, lon = self.place
                course = _course(self.place, corner)
                self.place = (lat + (corner[0] - lat) * part, lon + (corner[1] - lon) * part)
                self._note(self.place, speed, course)
        return self

    def _note(self, place: Place, speed: float, course: float | None) -> None:
        noise = 2.5 / METRES_PER_DEGREE
        point = Point(
            device=self.unit_id,
            unit="",
            at=self.at,
            lat=place[0] + self.draw.gauss(0, noise),
            lon=place[1] + self.draw.gauss(0, noise),
            accuracy=self.draw.choice((4.0, 5.0, 6.0, 8.0)),
            speed=speed,
            course=course,
            source=self.source,
            received_at=self.at + timedelta(seconds=2),
        )
        self.points.append(rounded(point))
        self.at += timedelta(seconds=_EVERY_S)


def make(scene: "Remote") -> None:
    """Units, their duty, their morning, a fence and what it raised."""
    draw = Random(scene.world.days.today.toordinal() * 31 + _SALT)
    numbers = {team.id: n for n, team in enumerate(scene.teams)}
    for n, unit in enumerate(scene.units):
        _unit(scene, unit, numbers[unit.team.id], n)
    extra = _extra(scene)
    fence_id = _fence(scene)
    for n, unit in enumerate(scene.units):
        way = _way(scene, unit, numbers[unit.team.id], n, draw)
        _store(scene, unit.id, unit.team.id, unit.team.number, f"862-{n:02d}", way)
        if n == 0:  # the vehicle that the cordon is for
            _noted(scene, fence_id, way.points)
    for unit_id, way in extra.items():
        team = scene.teams[-1]
        _store(scene, unit_id, team.id, team.number, unit_id[-6:], way)
    _refuted(scene)


def _unit(scene: "Remote", unit: "Unit", team: int, n: int) -> None:
    person = unit.kind == "person"
    scene.put(
        "unit",
        {
            "id": unit.id,
            "team_id": unit.team.id,
            "kind": unit.kind,
            "name": unit.name,
            "device": f"862-{n:02d}",
            "source": "gpsd" if person else "traccar",
            "person_id": unit.holder.id if person else None,
            "plate": unit.plate,
        },
    )
    on = scene.now - timedelta(minutes=125 - 5 * n)
    _duty(scene, unit, "on", on, "" if person else _ERRANDS[team % len(_ERRANDS)])
    if person and n == len(scene.units) - 1:  # gone home at noon; nobody sees where he is
        _duty(scene, unit, "off", scene.now - timedelta(minutes=38), "")


def _duty(scene: "Remote", unit: "Unit", act: str, at: datetime, errand: str) -> None:
    values = {"unit_id": unit.id, "team_id": unit.team.id, "act": act, "errand": errand}
    scene.put("duty_act", {**values, "person_id": unit.holder.id, "at": stamp(at)})


def _extra(scene: "Remote") -> dict[str, Way]:
    """A tow truck, a recorder of the scene and the chief's car: a vehicle nobody drives now."""
    team = scene.teams[-1]
    made = {}
    for n, (kind, name, plate) in enumerate(
        (
            ("vehicle", "拖移1号车", "豫C·T0186"),
            ("device", "现场记录仪2", ""),
            ("vehicle", "备勤车", "豫C7586警"),
        )
    ):
        unit_id = scene.ids()
        values = {"kind": kind, "name": name, "plate": plate, "source": "traccar"}
        scene.put("unit", {"id": unit_id, "team_id": team.id, "device": unit_id[-6:], **values})
        draw = Random(_SALT + n)
        begin = scene.now - timedelta(minutes=70)
        place = (SITE[0] - 0.0012 * n, SITE[1] + 0.0009 * n) if n < 2 else CENTRE
        end = scene.now - timedelta(minutes=6) if n == 2 else scene.now
        made[unit_id] = Way(unit_id, "traccar", begin, place, draw).stand(end)
    return made


def _way(scene: "Remote", unit: "Unit", team: int, n: int, draw: Random) -> Way:
    """From the centre to where the team works, with a stop on the way; people walk about there."""
    person = unit.kind == "person"
    begin = scene.now - timedelta(minutes=120 - 5 * n)
    end = scene.now
    if person and n == len(scene.units) - 1:
        end = scene.now - timedelta(minutes=39)
    near = SITE if team == 0 else _crossing(*_STREETS[team])
    start = (CENTRE[0] + draw.uniform(-1, 1) * 3e-4, CENTRE[1] + draw.uniform(-1, 1) * 3e-4)
    way = Way(unit.id, "gpsd" if person else "traccar", begin, start, draw)
    way.stand(begin + timedelta(minutes=12))
    way.along((*_on_street(_STREETS[team][0], start, near), near), 8.5, end)
    way.stand(min(end, way.at + timedelta(minutes=18 + 2 * n)))
    if person:
        return _walk_about(way, near, end)
    if team == 2:  # a courier's round, from which it was last heard nine minutes ago
        end = scene.now - timedelta(minutes=9)
    while way.at < end:
        goal = _crossing(*_FAR[draw.randrange(len(_FAR))])
        street = _FAR[draw.randrange(len(_FAR))][1]
        way.along((*_on_street(street, way.place, goal), goal), 10.0, end)
        way.stand(min(end, way.at + timedelta(minutes=7)))
        way.along((*_on_street(_STREETS[team][1], way.place, near), near), 9.0, end)
        way.stand(min(end, way.at + timedelta(minutes=5)))
    return way


def _walk_about(way: Way, near: Place, end: datetime) -> Way:
    while way.at < end:
        goal = (near[0] + way.draw.gauss(0, 8e-4), near[1] + way.draw.gauss(0, 8e-4))
        way.along((goal,), 1.2, end)
        way.stand(min(end, way.at + timedelta(minutes=way.draw.choice((2, 4, 8)))))
    return way


def _store(scene: "Remote", unit_id: str, team_id: str, scope: int, device: str, way: Way) -> None:
    rows = [_row(scene, unit_id, team_id, scope, device, part) for part in pieces(way.points)]
    if rows:
        scene.connection.execute(insert(table("position_batch")), rows)


def _row(
    scene: "Remote", unit_id: str, team_id: str, scope: int, device: str, part: Sequence[Point]
) -> dict[str, object]:
    return {
        "id": scene.ids(),
        "unit_id": unit_id,
        "team_id": team_id,
        "device": device,
        "source": part[0].source,
        "from_at": stamp(part[0].at),
        "to_at": stamp(part[-1].at),
        "n": len(part),
        "points": encoded(part),
        "received_at": stamp(max(point.received_at for point in part)),
        "scope": scope,
    }


def _fence(scene: "Remote") -> str:
    """The cordon of the operation: who leaves it is told."""
    watched = {"alarms": ["enter", "leave"], "devices": [], "radius_m": _FENCE_M}
    vehicles = [unit.id for unit in scene.units if unit.kind == "vehicle"]
    watched["devices"] = vehicles[:1]
    return scene.put(
        "fence",
        {
            "team_id": scene.team.id,
            "operation_id": scene.operation_id,
            "name": "警戒圈（凤鸣苑）",
            "kind": "fence",
            "shape": geojson_of((SITE,)),
            "watched": json.dumps(watched, ensure_ascii=False, sort_keys=True),
            "from_at": stamp(scene.now - timedelta(minutes=150)),
            "maker_id": scene.seat.id,
        },
    )


def _refuted(scene: "Remote") -> None:
    """The recorder of the scene seemed to have been carried off; what it had stored says no."""
    team = scene.teams[-1]
    unit_id = scene.ids()
    values = {"kind": "device", "name": "封存设备箱", "plate": "", "source": "traccar"}
    scene.put("unit", {"id": unit_id, "team_id": team.id, "device": unit_id[-6:], **values})
    ring = (SITE[0] - 0.0010, SITE[1] + 0.0016)
    about = {"alarms": ["leave"], "devices": [unit_id], "radius_m": 120.0}
    begin = scene.now - timedelta(minutes=60)
    values = {"team_id": team.id, "operation_id": scene.operation_id, "name": "封存点"}
    scene.put(
        "fence",
        {
            **values,
            "kind": "fence",
            "shape": geojson_of((ring,)),
            "watched": json.dumps(about, sort_keys=True),
            "from_at": stamp(begin - timedelta(minutes=5)),
            "maker_id": scene.seat.id,
        },
    )
    draw = Random(_SALT)
    still = Way(unit_id, "traccar", begin, ring, draw).stand(begin + timedelta(minutes=20))
    off = (ring[0] + 0.004, ring[1])
    gone = Way(unit_id, "traccar", still.at + timedelta(seconds=40), off, draw)
    gone.points = []
    for _ in range(3):  # what the receiver took for its place under a roof
        gone._note(off, 0.0, None)
        gone.at += timedelta(seconds=50)
    late = Way(unit_id, "traccar", still.at, ring, draw)
    late.stand(scene.now - timedelta(minutes=24))
    told = scene.now - timedelta(minutes=22)
    late.points = [_received(point, told) for point in late.points]
    after = Way(unit_id, "traccar", late.at, ring, draw).stand(scene.now)
    for way in (still, gone, late, after):
        _store(scene, unit_id, team.id, team.number, unit_id[-6:], way)


def _noted(scene: "Remote", fence_id: str, points: Sequence[Point]) -> None:
    """All alarms of the cordon have been noted but the newest."""
    zone = next(one for one in zones(scene.connection, "") if one.id == fence_id)
    fence = fence_of(zone)
    assert fence is not None
    picture = Picture(load_field_law().on(scene.now.date()), [fence])
    picture.change(points)
    for alarm in picture.alarms()[:-1]:
        at = alarm.confirmed.received_at + timedelta(minutes=2)
        values = {"alarm": key_text(alarm.key), "team_id": scene.team.id, "at": stamp(at)}
        scene.put("alarm_note", {**values, "person_id": scene.seat.id})


def _received(point: Point, at: datetime) -> Point:
    values = {name: getattr(point, name) for name in Point.__dataclass_fields__}
    return rounded(Point(**{**values, "received_at": at}))


def live(moment: "Moment") -> int:
    """Every unit that was heard of late is a little further on; how many are."""
    last = {}
    for unit in units(moment.connection):
        batch = last_batch(moment.connection, unit.id)
        if batch is not None:
            last[unit.id] = (unit, batch.source, decoded(batch, unit.name)[-1])
    newest = max((point.at for _unit, _source, point in last.values()), default=moment.now)
    moved = 0
    for unit, source, point in last.values():
        if newest - point.at > _HEARD or moment.now - point.at < timedelta(seconds=5):
            continue  # it fell silent, or has told just now
        way = _further(moment, source, point)
        moved += bool(way.points)
        _live_rows(moment, unit, way)
    return moved


def _further(moment: "Moment", source: str, last: Point) -> Way:
    begin = max(last.at + timedelta(seconds=_EVERY_S), moment.now - _CAUGHT_UP)
    way = Way(last.device, source, begin, (last.lat, last.lon), moment.rng)
    if not last.speed:
        return way.stand(moment.now)
    turn = math.radians((last.course or 0.0) + moment.rng.gauss(0, 4))
    ahead = (last.lat + math.cos(turn) * 0.02, last.lon + math.sin(turn) * 0.024)
    return way.along((ahead,), last.speed, moment.now)


def _live_rows(moment: "Moment", unit: StoredUnit, way: Way) -> None:
    for part in pieces(way.points):
        moment.put(
            "position_batch",
            {
                "unit_id": unit.id,
                "team_id": unit.team_id,
                "device": unit.device,
                "source": part[0].source,
                "from_at": stamp(part[0].at),
                "to_at": stamp(part[-1].at),
                "n": len(part),
                "points": encoded(part),
                "received_at": stamp(moment.now),
                "scope": unit.scope,
            },
        )


# Streets of the invented map


@lru_cache(maxsize=1)
def _streets() -> dict[str, list[Place]]:
    told = json.loads(resources.path("map/invented.geojson").read_text("utf-8"))
    return {
        one["properties"]["name"]: [(lat, lon) for lon, lat in one["geometry"]["coordinates"]]
        for one in told["features"]
        if one["geometry"]["type"] == "LineString" and one["properties"].get("name")
    }


def _on_street(name: str, start: Place, goal: Place) -> Iterator[Place]:
    """The corners of a street from where it is nearest to `start` to where to `goal`."""
    line = _streets()[name]
    one = min(range(len(line)), key=lambda n: _apart(line[n], start))
    other = min(range(len(line)), key=lambda n: _apart(line[n], goal))
    step = 1 if other >= one else -1
    yield from (line[n] for n in range(one, other + step, step))


def _crossing(one: str, other: str) -> Place:
    """A corner of the first street near the second."""
    lines = _streets()
    return min(
        lines[one],
        key=lambda place: min(_apart(place, corner) for corner in lines[other]),
    )


def _apart(one: Place, other: Place) -> float:
    return metres_between(one[0], one[1], other[0], other[1])


def _course(start: Place, goal: Place) -> float:
    north = goal[0] - start[0]
    east = (goal[1] - start[1]) * math.cos(math.radians(start[0]))
    return math.degrees(math.atan2(east, north)) % 360

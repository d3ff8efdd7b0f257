"""A day in the field: points of our own making, in metres around one place of the city."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from desktop.rules.fences import METRES_PER_DEGREE, Fence
from desktop.rules.track_law import Limits, load_field_law
from desktop.rules.track_watches import Watch
from desktop.rules.tracks import ZONE, Point

LAT, LON = 34.62, 112.45
DAY = datetime(2026, 3, 9, 8, 0, tzinfo=ZONE)
LIMITS: Limits = load_field_law().on(DAY.date())
_WIDE = METRES_PER_DEGREE * 0.8229  # of a degree of longitude here


def place(north: float, east: float) -> tuple[float, float]:
    return LAT + north / METRES_PER_DEGREE, LON + east / _WIDE


def point(
    second: float,
    north: float = 0.0,
    east: float = 0.0,
    device: str = "car",
    *,
    accuracy: float | None = 5.0,
    source: str = "traccar",
    late_s: float = 2.0,
) -> Point:
    """`second` after eight o'clock, so many metres from the yard."""
    at = DAY + timedelta(seconds=second)
    lat, lon = place(north, east)
    received = at + timedelta(seconds=late_s)
    return Point(device, "", at, lat, lon, accuracy, None, None, source, received)


YARD = Fence("yard", "仓库", (place(0, 0),), 200.0, frozenset({"enter", "leave", "outside"}))
BLOCK = Fence(
    "block",
    "现场",
    (place(1900, -150), place(2200, -150), place(2200, 150), place(1900, 150)),
    alarms=frozenset({"enter", "inside"}),
)
NEAR = Watch("meet", "两车", "near", "car", frozenset({"van"}), 100.0)
ALONE = Watch("goods", "查封车辆", "alone", "truck", frozenset({"car", "van"}), 150.0)
FENCES, WATCHES = (YARD, BLOCK), (NEAR, ALONE)


@dataclass
class Drive:
    """Writes down where a device is while it stands and drives."""

    device: str
    every: float = 20.0
    second: float = 0.0
    north: float = 0.0
    east: float = 0.0
    made: list[Point] = field(default_factory=list)

    def stand(self, seconds: float) -> "Drive":
        until = self.second + seconds
        while self.second < until:
            self.made.append(point(self.second, self.north, self.east, self.device))
            self.second += self.every
        return self

    def to(self, north: float, east: float, speed: float = 12.0) -> "Drive":
        way = ((north - self.north) ** 2 + (east - self.east) ** 2) ** 0.5
        steps = max(1, round(way / speed / self.every))
        dn, de = (north - self.north) / steps, (east - self.east) / steps
        for _ in range(steps):
            self.made.append(point(self.second, self.north, self.east, self.device))
            self.north += dn
            self.east += de
            self.second += self.every
        return self

    def silent(self, seconds: float) -> "Drive":
        self.second += seconds
        return self


def city_day(seed: int = 7, every: float = 60.0) -> list[Point]:
    """Three devices from eight to noon with everything that makes a day hard: noise, copies, two
    sources, equal times, a clock that jumped, a hole, wild points."""
    draw = random.Random(seed)
    car = Drive("car", every).stand(1200).to(2050, 0).stand(2400).to(0, 0).stand(900)
    car.to(900, 0).silent(1500).to(2050, 20).stand(1800).to(-600, 300).stand(1500)
    van = Drive("van", every, north=900).stand(1800).to(2050, 60).stand(2400).to(900, 0).stand(4000)
    truck = Drive("truck", every, north=2050, east=40).stand(3600).to(2050, 900).stand(3000)
    truck.to(100, 100).stand(2000)
    found: list[Point] = []
    for each in (*car.made, *van.made, *truck.made):
        north, east = draw.gauss(0, 6), draw.gauss(0, 6)
        lat, lon = each.lat + north / METRES_PER_DEGREE, each.lon + east / _WIDE
        found.append(_changed(each, lat=lat, lon=lon))
    for each in draw.sample(found, len(found) // 8):  # the same device by another source
        shift = timedelta(seconds=draw.choice((0, 3, 15, 25)))
        received = each.received_at + timedelta(hours=draw.choice((0, 1, 25)))
        found.append(_changed(each, at=each.at + shift, source="gpsd", received_at=received))
    for each in draw.sample(found, 8):  # equal times, other places
        found.append(_changed(each, lat=each.lat + 0.0004, accuracy=draw.choice((3.0, 5.0, None))))
    for each in draw.sample(found, 6):  # wild points
        found.append(_changed(each, lon=each.lon + 0.3, at=each.at + timedelta(seconds=7)))
    for each in draw.sample(found, 6):  # a clock that ran an hour ahead, told at once
        found.append(_changed(each, at=each.at + timedelta(hours=1)))
    found += draw.sample(found, len(found) // 10)  # copies
    return found


def _changed(point: Point, **change: object) -> Point:
    values = {name: getattr(point, name) for name in Point.__dataclass_fields__}
    return Point(**{**values, **change})

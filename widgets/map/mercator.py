"""Web Mercator: degrees (WGS 84), the world as a unit square, tiles, pixels. Pure; any thread.

The world is the square [0, 1] × [0, 1]: x grows to the east, y to the south, both from the
north-west corner. At zoom z it is `TILE` · 2^z pixels wide. Formulas: OGC 17-083r4, annex D
(WebMercatorQuad); lengths on the ground are those of a sphere, which errs by at most 0.6 %.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

TILE: Final = 256
ZOOM_MAX: Final = 22
LATITUDE_MAX: Final = math.degrees(math.atan(math.sinh(math.pi)))  # 85.0511…
_EQUATOR_M: Final = 2 * math.pi * 6_378_137.0
_MEAN_RADIUS_M: Final = 6_371_008.8

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the world; `left` ≤ `right`, `top` ≤ `bottom`."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> Point:
        """Its centre."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def meets(self, other: "Box") -> bool:
        """Whether the two share a point."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )

    def holds(self, other: "Box") -> bool:
        """Whether `other` lies wholly inside."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    def grown(self, margin: float) -> "Box":
        """The same with `margin` more on every side."""
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One square of the tile pyramid; rows count from the north (XYZ)."""

    zoom: int
    column: int
    row: int

    def ancestor(self, steps: int) -> "Tile":
        """The tile `steps` levels up that covers this one. Raises ValueError above the top."""
        if not 0 <= steps <= self.zoom:
            raise ValueError(f"tile of zoom {self.zoom} has no ancestor {steps} levels up")
        return Tile(self.zoom - steps, self.column >> steps, self.row >> steps)

    @property
    def tms_row(self) -> int:
        """The row counted from the south, as MBTiles 1.3 stores it."""
        return (1 << self.zoom) - 1 - self.row

    @property
    def box(self) -> Box:
        """What it covers."""
        side = 1 / (1 << self.zoom)
        left, top = self.column * side, self.row * side
        return Box(left, top, left + side, top + side)


def to_world(longitude: float, latitude: float) -> Point:
    """Degrees to the unit square; latitudes beyond ±85.05° are drawn at its edge."""
    held = max(-LATITUDE_MAX, min(LATITUDE_MAX, latitude))
    sine = math.sin(math.radians(held))
    return (
        longitude / 360 + 0.5,
        0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi),
    )


def to_degrees(x: float, y: float) -> Point:
    """The unit square to (longitude, latitude)."""
    return (x - 0.5) * 360, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


def scale_of(zoom: float) -> float:
    """How many pixels wide the world is."""
    return float(TILE * 2.0**zoom)


def metres_per_pixel(latitude: float, zoom: float) -> float:
    """Metres on the ground that one pixel covers at that latitude."""
    held = max(-LATITUDE_MAX, min(LATITUDE_MAX, latitude))
    return _EQUATOR_M * math.cos(math.radians(held)) / scale_of(zoom)


def distance_m(first: Point, second: Point) -> float:
    """Metres along the sphere between two (longitude, latitude)."""
    east = math.radians(second[0] - first[0])
    low, high = math.radians(first[1]), math.radians(second[1])
    half = (
        math.sin((high - low) / 2) ** 2 + math.cos(low) * math.cos(high) * math.sin(east / 2) ** 2
    )
    return 2 * _MEAN_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def bounds(points: Iterable[Point]) -> Box | None:
    """The smallest box around points of the world; None for none."""
    held = list(points)
    if not held:
        return None
    across, down = [x for x, _ in held], [y for _, y in held]
    return Box(min(across), min(down), max(across), max(down))


def zoom_to_fit(box: Box, width: float, height: float, *, most: float = ZOOM_MAX) -> float:
    """The largest zoom, 0 to `most`, at which `box` fits into that many pixels."""
    room = [
        pixels / length
        for pixels, length in ((width, box.right - box.left), (height, box.bottom - box.top))
        if length > 0
    ]
    if not room:
        return most
    return max(0.0, min(most, math.log2(max(min(room), 1e-9) / TILE)))


def tiles_in(box: Box, zoom: int) -> Iterator[Tile]:
    """The tiles that meet `box`, row by row; none outside the world."""
    count = 1 << zoom
    columns = range(max(0, int(box.left * count)), min(count - 1, int(box.right * count)) + 1)
    rows = range(max(0, int(box.top * count)), min(count - 1, int(box.bottom * count)) + 1)
    for row in rows:
        for column in columns:
            yield Tile(zoom, column, row)


def round_length(most: float) -> float:
    """The largest of 1, 2, 5 × 10^n that is at most `most`, which must be above 0."""
    power = 10.0 ** math.floor(math.log10(most))
    for step in (5, 2):
        if step * power <= most:
            return step * power
    return power if power <= most else power / 2  # rounding of log10 just below a power of ten

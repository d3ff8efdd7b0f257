"""What the map is given, and what it reads from files. Pure; any thread."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from widgets.map.mercator import Box, Point

UnitKind = Literal["person", "vehicle", "police"]
Geometry = Literal["area", "line", "point"]
Ring = array  # of doubles: x, y, x, y … in the world's unit square

# Zooms for which a shape has lines of its own; between two, the finer one is drawn.
LEVELS: Final = (6, 8, 10, 12, 14, 16, 18)


@dataclass(frozen=True, slots=True)
class UnitMark:
    """One unit where it was last seen.

    heading: degrees from north, clockwise. state: a style key (normal, due_soon …). age_s: seconds
    since that place was measured. accuracy_m: radius in metres. opacity: 0 to 1 by the caller's
    rule. stale: marked as one whose place is no longer true. tip: more lines for the mouse.
    """

    id: str
    label: str
    longitude: float
    latitude: float
    kind: UnitKind = "person"
    state: str = "normal"
    heading: float | None = None
    age_s: float | None = None
    accuracy_m: float | None = None
    source: str = ""
    opacity: float = 1.0
    stale: bool = False
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a unit came from; (longitude, latitude), oldest first."""

    unit_id: str
    points: Sequence[Point]
    state: str = "paused"


@dataclass(frozen=True, slots=True)
class Fence:
    """An area watched: a polygon of (longitude, latitude), or a circle of `radius_m` about its
    one point."""

    id: str
    label: str
    points: Sequence[Point]
    radius_m: float | None = None
    state: str = "paused"


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing of a map file. `levels`: its rings or lines for each zoom of LEVELS."""

    geometry: Geometry
    kind: str
    name: str
    rank: int
    state: str
    box: Box
    levels: tuple[tuple["array[float]", ...], ...]

    def rings(self, zoom: float) -> tuple["array[float]", ...]:
        """The lines to draw at that zoom."""
        for number, level in enumerate(LEVELS):
            if zoom <= level:
                return self.levels[number]
        return self.levels[-1]


@dataclass(frozen=True, slots=True)
class VectorMap:
    """A GeoJSON file as read. `faults`: Chinese sentences, one for each thing left out."""

    title: str
    shapes: tuple[Shape, ...]
    box: Box | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TileMap:
    """An MBTiles file as described. `photograph`: pictures that must not be turned for the dark."""

    title: str
    path: str
    zoom_least: int
    zoom_most: int
    box: Box | None
    photograph: bool = False
    attribution: str = ""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlay:
    """A plan laid over the map; `state` colours what has no state of its own."""

    id: str
    title: str
    plan: VectorMap
    state: str = "due_soon"
    visible: bool = True

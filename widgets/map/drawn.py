"""The shapes of a map as paths that Qt paints, made when first wanted. UI thread."""

import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtCore import QByteArray, QDataStream, QPointF
from PySide6.QtGui import QPainterPath, QPolygonF, QTransform

from widgets.map.geojson import circle, shape_of
from widgets.map.mercator import Box, Point, scale_of, to_world
from widgets.map.records import Fence, Shape, VectorMap
from widgets.map.viewport import Viewport

# Paths are kept in pixels of this zoom, from a corner of the map: the numbers of the unit square
# are so near to one another that Qt would take neighbours for one point.
_PATH_ZOOM: Final = 14.0
_SCALE: Final = scale_of(_PATH_ZOOM)


class Drawn:
    """One map's shapes and their paths."""

    def __init__(self, plan: VectorMap) -> None:
        self.plan = plan
        box = plan.box or Box(0, 0, 0, 0)
        self._origin = (box.left, box.top)
        self._paths: dict[int, QPainterPath] = {}
        self._anchors: dict[int, Point] = {}

    def seen(self, box: Box, scale: float, least: float = 1.5) -> Iterator[Shape]:
        """The shapes that meet `box`, without areas and lines smaller than `least` pixels."""
        for shape in self.plan.shapes:
            around = shape.box
            if not around.meets(box):
                continue
            size = max(around.right - around.left, around.bottom - around.top) * scale
            if shape.geometry == "point" or size >= least:
                yield shape

    def path(self, shape: Shape, zoom: float) -> QPainterPath:
        """The shape's path for that zoom; see `transform`."""
        rings = shape.rings(zoom)
        key = id(rings)  # the shape keeps it alive, and equal levels share it
        path = self._paths.get(key)
        if path is None:
            path = QPainterPath()
            for ring in rings:
                path.addPolygon(polygon(ring, self._origin))
            self._paths[key] = path
        return path

    def transform(self, view: Viewport) -> QTransform:
        """From the paths' numbers to pixels."""
        left, top = view.place(*self._origin)
        step = view.scale / _SCALE
        return QTransform(step, 0, 0, step, left, top)

    def anchor(self, shape: Shape) -> Point:
        """Where an area's name stands: the middle of its mass, as a point of the world."""
        key = id(shape)
        if key not in self._anchors:
            self._anchors[key] = centroid(shape.rings(12)[0]) or shape.box.middle
        return self._anchors[key]

    def contains(self, shape: Shape, view: Viewport, left: float, top: float) -> bool:
        """Whether an area is under that pixel."""
        x, y = view.world(left, top)
        if not shape.box.meets(Box(x, y, x, y)):
            return False
        inverse, _ = self.transform(view).inverted()
        return self.path(shape, 18).contains(inverse.map(QPointF(left, top)))


def polygon(ring: "array[float]", origin: Point) -> QPolygonF:
    """The points of a ring, from `origin` and at the paths' scale; Qt reads them in one go."""
    numbers = array("d", ring)
    numbers[0::2] = array("d", [(x - origin[0]) * _SCALE for x in ring[0::2]])
    numbers[1::2] = array("d", [(y - origin[1]) * _SCALE for y in ring[1::2]])
    if sys.byteorder == "little":  # a data stream is big-endian
        numbers.byteswap()
    stream = QDataStream(QByteArray(struct.pack(">I", len(ring) // 2) + numbers.tobytes()))
    points = QPolygonF()
    stream >> points
    return points


def centroid(ring: "array[float]") -> Point | None:
    """The middle of a ring's area; None for one without area."""
    count = len(ring) // 2
    base_x, base_y = ring[0], ring[1]  # small differences: products of large numbers lose them
    area = across = down = 0.0
    for number in range(count):
        after = (number + 1) % count
        x, y = ring[2 * number] - base_x, ring[2 * number + 1] - base_y
        next_x, next_y = ring[2 * after] - base_x, ring[2 * after + 1] - base_y
        cross = x * next_y - next_x * y
        area += cross
        across += (x + next_x) * cross
        down += (y + next_y) * cross
    if not area:
        return None
    return base_x + across / (3 * area), base_y + down / (3 * area)


def fences_drawn(fences: Sequence[Fence]) -> Drawn:
    """Fences as areas, in their order. Raises ValueError for one without an inside."""
    shapes = []
    for fence in fences:
        ring = list(fence.points)
        if fence.radius_m is not None and len(ring) == 1:
            ring = circle(ring[0], fence.radius_m)
        if len(ring) < 3:
            raise ValueError(f"fence {fence.id} has no inside")
        if ring[0] != ring[-1]:
            ring.append(ring[0])
        line = [to_world(*point) for point in ring]
        shapes.append(shape_of("area", [line], {"name": fence.label, "state": fence.state}))
    lefts, tops = [s.box.left for s in shapes], [s.box.top for s in shapes]
    box = Box(min(lefts), min(tops), max(lefts), max(tops)) if shapes else None
    return Drawn(VectorMap("", tuple(shapes), box))

"""Reads GeoJSON (RFC 7946) into shapes thinned for each zoom. Pure; any thread.

Properties that are read: `kind` (what it is; see looks.py), `name`, `rank` (0 is most important),
`state`. Nothing is raised: what cannot be read is left out and told, one sentence each.

Features are taken from the text one by one: read as a whole, a large file kept the interpreter, and
with it the window, for seconds.
"""

import math
import re
from array import array
from collections.abc import Callable, Iterator
from itertools import pairwise
from json import JSONDecodeError, JSONDecoder
from typing import Any, Final

from widgets.map.mercator import Point, bounds, scale_of, to_world
from widgets.map.records import LEVELS, Geometry, Shape, VectorMap
from widgets.map.simplify import keep_until, thinned

BYTES_MOST: Final = 64_000_000
_TOLERANCE_PX: Final = 0.6
_RANK_MOST: Final = 9
_METRES_LIKE: Final = 1_000  # no slip of a degree is as large
_SPACE: Final = re.compile(r"[ \t\n\r]*")
# Degrees that may be drawn as they are: WGS 84, and CGCS2000, which differs by centimetres.
_DEGREES: Final = re.compile(r"(CRS:?84|EPSG:+(\d*:)?(4326|4490))$", re.IGNORECASE)
_PARTS: Final[dict[str, tuple[Geometry, int]]] = {
    # name: what it is, how deep its lists of positions lie
    "Point": ("point", 0),
    "MultiPoint": ("point", 1),
    "LineString": ("line", 1),
    "MultiLineString": ("line", 2),
    "Polygon": ("area", 2),
    "MultiPolygon": ("area", 3),
}


class _ShapeError(ValueError):
    """Why one geometry cannot be drawn."""


class _OutsideError(_ShapeError):
    """A position that is not on earth; `far`: it looks like metres of a projection."""

    def __init__(self, longitude: float, latitude: float) -> None:
        self.words = f"{str(longitude)[:12]}, {str(latitude)[:12]}"
        self.far = max(abs(longitude), abs(latitude)) > _METRES_LIKE
        super().__init__(f"坐标（{self.words}）超出经纬度范围")


def _nothing() -> None:
    """Nobody has to be given way to."""


def parse_geojson(
    content: bytes, title: str = "", breathe: Callable[[], None] = _nothing
) -> VectorMap:
    """The shapes of a GeoJSON text, and a Chinese sentence for everything left out. `breathe` is
    called between two features."""
    found = _Reading()
    document = None
    if len(content) > BYTES_MOST:
        most = BYTES_MOST // 1_000_000
        found.faults.append(f"文件超过 {most} 兆字节，未读取；请裁小，或改用 MBTiles 栅格瓦片。")
    else:
        document = _document(content, found, breathe)
    shapes, faults = found.shapes, found.faults
    if document is not None and (why := _other_system(document)):
        shapes, faults = [], [why]
    elif not shapes and found.metres and found.far == len(faults):
        # One sentence for what is one mistake, however many features there are.
        faults = [
            f"坐标（{found.metres}）不是经纬度，应为投影坐标，不支持；请导出为经纬度"
            "（WGS 84 或 CGCS2000）后再打开。"
        ]
    elif not shapes and not faults:
        faults.append("文件中没有可以绘制的要素。")
    corners = [c for s in shapes for c in ((s.box.left, s.box.top), (s.box.right, s.box.bottom))]
    named = _text(document.get("name")) if isinstance(document, dict) else ""
    return VectorMap(named or title, tuple(shapes), bounds(corners), tuple(faults))


class _Reading:
    """What features have given so far. `metres`: the first position that looks projected; `far`:
    how many features were left out for one."""

    def __init__(self) -> None:
        self.shapes: list[Shape] = []
        self.faults: list[str] = []
        self.metres = ""
        self.far = 0
        self._number = 0

    def take(self, feature: Any) -> None:
        """One feature on."""
        self._number += 1
        try:
            self.shapes.extend(_shapes(feature))
        except _ShapeError as fault:
            if isinstance(fault, _OutsideError) and fault.far:
                self.metres = self.metres or fault.words
                self.far += 1
            self.faults.append(f"第 {self._number} 个要素：{fault}。")

    def spoilt(self, why: str) -> None:
        """The text is broken: nothing of it is used."""
        self.shapes, self.faults, self.metres = [], [why], ""


def _document(content: bytes, found: _Reading, breathe: Callable[[], None]) -> Any:
    """What the JSON says but its features, which go to `found`; None when it cannot be read."""
    head = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not content.strip():
        found.spoilt("文件是空的。")
        return None
    if not head.startswith((b"{", b"[", b"\xff\xfe", b"\xfe\xff")):  # the last two: UTF-16
        found.spoilt("不是 GeoJSON，也不是 MBTiles 文件。")
        return None
    try:
        document, listed = _walked(content.decode("utf-8-sig"), found, breathe)
    except UnicodeDecodeError as fault:
        found.spoilt(f"文件不是 UTF-8 文本（第 {fault.start + 1} 字节）。")
    except JSONDecodeError as fault:
        found.spoilt(f"不是完整的 JSON：第 {fault.lineno} 行第 {fault.colno} 列无法识别。")
    except (RecursionError, ValueError):
        found.spoilt("JSON 嵌套过深或含有过长的数字，无法读取。")
    else:
        if not (listed and document.get("type") == "FeatureCollection"):
            found.spoilt("")
            found.faults.clear()
            for feature in _features(document, found.faults):
                found.take(feature)
        return document
    return None


def _walked(text: str, found: _Reading, breathe: Callable[[], None]) -> tuple[Any, bool]:
    """The document without its list of features, each of which goes to `found` as it is read; and
    whether there was such a list. Raises JSONDecodeError, ValueError, RecursionError."""
    read = JSONDecoder().raw_decode
    at = _after_space(text, 0)
    if text[at : at + 1] != "{":
        document, at = read(text, at)
        return _ended(text, at, document), False
    document, listed = {}, False
    at = _after_space(text, at + 1)
    while text[at : at + 1] != "}":
        key, at = read(text, at)
        if not isinstance(key, str):
            raise JSONDecodeError("a name is expected", text, at)
        at = _after_space(text, _expected(text, _after_space(text, at), ":"))
        if key == "features" and text[at : at + 1] == "[":
            at, listed = _listed(text, at, found, breathe), True
        else:
            document[key], at = read(text, at)
        at = _after_space(text, at)
        if text[at : at + 1] != "}":
            at = _after_space(text, _expected(text, at, ","))
            if text[at : at + 1] == "}":
                raise JSONDecodeError("a name is expected", text, at)
    return _ended(text, at + 1, document), listed


def _listed(text: str, at: int, found: _Reading, breathe: Callable[[], None]) -> int:
    """Reads a list of features that begins at `at`; where it has ended."""
    read = JSONDecoder().raw_decode
    at = _after_space(text, at + 1)
    if text[at : at + 1] == "]":
        return at + 1
    while True:
        feature, at = read(text, at)
        found.take(feature)
        breathe()
        at = _after_space(text, at)
        if text[at : at + 1] == "]":
            return at + 1
        at = _after_space(text, _expected(text, at, ","))


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match is not None  # it may be empty
    return match.end()


def _expected(text: str, at: int, sign: str) -> int:
    if text[at : at + 1] != sign:
        raise JSONDecodeError(f"{sign} is expected", text, at)
    return at + 1


def _ended(text: str, at: int, document: Any) -> Any:
    if _after_space(text, at) != len(text):
        raise JSONDecodeError("something follows", text, at)
    return document


def _other_system(document: Any) -> str:
    """Why its coordinates cannot be used, where it names a system (GeoJSON of 2008); or empty."""
    named = document.get("crs") if isinstance(document, dict) else None
    about = named.get("properties") if isinstance(named, dict) else None
    name = _text(about.get("name")) if isinstance(about, dict) else ""
    if not name or _DEGREES.search(name):
        return ""
    return (
        f"坐标系“{name[:60]}”不支持；请导出为经纬度（WGS 84，EPSG:4326；或 CGCS2000，EPSG:4490）。"
    )


def _features(document: Any, faults: list[str]) -> list[Any]:
    """The features of a document without a list of them; none, and why, when it is not GeoJSON."""
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection":
        faults.append("FeatureCollection 缺少 features 列表。")
        return []
    if kind == "Feature":
        return [document]
    if isinstance(kind, str) and (kind in _PARTS or kind == "GeometryCollection"):
        return [{"type": "Feature", "geometry": document}]
    faults.append("不是 GeoJSON：缺少 type，或其值不是 FeatureCollection、Feature 或几何类型。")
    return []


def _shapes(feature: Any) -> Iterator[Shape]:
    """The shapes of one feature. Raises _ShapeError."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _ShapeError("不是 Feature")
    found = feature.get("properties")
    properties = found if isinstance(found, dict) else {}
    geometry = feature.get("geometry")
    if geometry is None:
        return  # RFC 7946, 3.2: a feature without a place
    # All of it first: half a feature would be drawn as if it were whole.
    yield from [shape_of(*part, properties) for part in _parts(geometry)]


def _parts(geometry: Any) -> Iterator[tuple[Geometry, list[list[Point]]]]:
    """What a geometry consists of: a kind and the lines that belong together."""
    name = geometry.get("type") if isinstance(geometry, dict) else None
    if name == "GeometryCollection":
        inner = geometry.get("geometries")
        if not isinstance(inner, list):
            raise _ShapeError("GeometryCollection 缺少 geometries 列表")
        for part in inner:
            if isinstance(part, dict) and part.get("type") == "GeometryCollection":
                raise _ShapeError("GeometryCollection 不得嵌套")
            yield from _parts(part)
        return
    if not isinstance(name, str) or name not in _PARTS:
        raise _ShapeError(f"几何类型“{str(name)[:20]}”无法识别")
    what, depth = _PARTS[name]
    coordinates = geometry.get("coordinates")
    if name == "Point":
        yield what, [[_position(coordinates)]]
    elif name == "MultiPoint":
        for place in _list(coordinates):
            yield what, [[_position(place)]]
    elif name == "LineString":
        yield what, [_line(coordinates, 2)]
    elif name == "MultiLineString":
        yield what, [_line(line, 2) for line in _list(coordinates)]
    else:
        polygons = _list(coordinates) if depth == 3 else [coordinates]
        for polygon in polygons:
            yield what, [_ring(ring) for ring in _list(polygon)]


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise _ShapeError("坐标列表为空或不是列表")
    return value


def _line(value: Any, least: int) -> list[Point]:
    points = [_position(place) for place in _list(value)]
    if len(points) < least:
        raise _ShapeError(f"至少应有 {least} 个点，只有 {len(points)} 个")
    return points


def _ring(value: Any) -> list[Point]:
    points = _line(value, 4)
    if points[0] != points[-1]:
        raise _ShapeError("多边形没有闭合")
    return points


def _position(value: Any) -> Point:
    """A position as a point of the world."""
    if not isinstance(value, list) or len(value) < 2:
        raise _ShapeError("坐标应为 [经度, 纬度]")
    longitude, latitude = value[0], value[1]
    for number in (longitude, latitude):
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise _ShapeError(f"坐标“{str(number)[:20]}”不是数字")
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):  # false for what is not a number, too
        raise _OutsideError(longitude, latitude)
    return to_world(longitude, latitude)


def shape_of(what: Geometry, lines: list[list[Point]], properties: dict[str, Any]) -> Shape:
    """A shape with its lines, points of the world, for every zoom."""
    box = bounds(point for line in lines for point in line)
    assert box is not None  # every line has a point
    rank = properties.get("rank")
    return Shape(
        what,
        _text(properties.get("kind")),
        _text(properties.get("name")),
        max(0, min(_RANK_MOST, rank)) if isinstance(rank, int) else _RANK_MOST // 2,
        _text(properties.get("state")),
        box,
        _levels(lines, closed=what == "area"),
    )


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _levels(lines: list[list[Point]], *, closed: bool) -> tuple[tuple["array[float]", ...], ...]:
    """The lines for each zoom; equal ones are held once."""
    kept = [keep_until(line) for line in lines]
    levels: list[tuple[array[float], ...]] = []
    for zoom in LEVELS:
        tolerance = _TOLERANCE_PX / scale_of(zoom)
        thin = tuple(
            thinned(line, until, tolerance) for line, until in zip(lines, kept, strict=True)
        )
        if closed:
            # A ring that has become a stroke is not seen at that zoom, except the outer one.
            thin = thin[:1] + tuple(ring for ring in thin[1:] if len(ring) >= 8)
        levels.append(thin)
    for number, (finer, coarser) in enumerate(pairwise(reversed(levels))):
        if finer == coarser:
            levels[len(levels) - 2 - number] = levels[len(levels) - 1 - number]
    return tuple(levels)


def circle(middle: Point, radius_m: float, corners: int = 72) -> list[Point]:
    """A closed ring of (longitude, latitude) that far from `middle`, on a sphere."""
    longitude, latitude = middle
    angle = radius_m / 6_371_008.8
    low = math.radians(latitude)
    ring = []
    for number in range(corners):
        turn = 2 * math.pi * number / corners
        high = math.asin(
            math.sin(low) * math.cos(angle) + math.cos(low) * math.sin(angle) * math.cos(turn)
        )
        east = math.atan2(
            math.sin(turn) * math.sin(angle) * math.cos(low),
            math.cos(angle) - math.sin(low) * math.sin(high),
        )
        ring.append((longitude + math.degrees(east), math.degrees(high)))
    return [*ring, ring[0]]

"""Units, trails and fences as the map takes them. UI thread."""

from collections.abc import Iterable, Sequence
from typing import Final

from desktop.command.positions.alarms import AlarmNow
from desktop.command.positions.live import UnitNow
from desktop.command.positions.reading import Route, Zone, fence_of
from desktop.panels.live_map.showing import SOURCE_WORDS, Told, duty_text
from desktop.rules.tracks import Point
from widgets.map import Fence, Overlay, Trail, UnitMark, VectorMap
from widgets.map.geojson import shape_of
from widgets.map.mercator import bounds, to_world

TRAIL_MOST: Final = 600  # points of one trail that are drawn
# Of all trails together: 500 vehicles with their last quarter of an hour are 450,000 points, for
# which the window would stand still each time that something has come.
TRAILS_MOST: Final = 4_000
TRAIL_LEAST: Final = 8


def mark_of(one: UnitNow, told: Told, *, alarmed: bool) -> UnitMark | None:
    """The mark of a unit; None where no place is told."""
    point, fresh = told.point, told.fresh
    if point is None or fresh is None:
        return None
    style = told.style if told.style != "normal" or one.duty is not None else "paused"
    return UnitMark(
        id=one.unit.id,
        label=one.unit.name,
        longitude=point.lon,
        latitude=point.lat,
        kind="person" if one.unit.kind == "person" else "vehicle",
        state="overdue" if alarmed else style,
        heading=point.course if point.speed is not None and point.speed > 0.5 else None,
        age_s=float(max(0, fresh.age_s)),
        accuracy_m=point.accuracy,
        source=SOURCE_WORDS.get(point.source, point.source),
        opacity=fresh.opacity / 100,
        stale=fresh.state in ("stale", "gone", "ahead"),
        tip="\n".join((one.unit.team, duty_text(one), fresh.sentence)),
    )


def trail_of(
    unit_id: str, points: Sequence[Point], state: str = "normal", most: int = TRAIL_MOST
) -> Trail:
    """The way of a unit, of a long one every so manyth point and the last."""
    step = max(1, -(-len(points) // most))
    kept = [*points[::step], *points[-1:]]
    return Trail(unit_id, [(point.lon, point.lat) for point in kept], state)


def trails_of(units: Sequence[UnitNow], chosen: str) -> list[Trail]:
    """Where the vehicles came from; the more there are, the fewer points of each but of the chosen
    one."""
    most = max(TRAIL_LEAST, min(TRAIL_MOST, TRAILS_MOST // max(1, len(units))))
    return [
        trail_of(*(one.unit.id, one.trail, "paused"), TRAIL_MOST if one.unit.id == chosen else most)
        for one in units
        if len(one.trail) > 1
    ]


def route_overlay(route: Route) -> Overlay | None:
    """The planned way of an operation as a plan over the map; None where no place is known."""
    points = [to_world(lon, lat) for _name, lat, lon in route.points]
    box = bounds(points)
    if box is None:
        return None
    shapes = [shape_of("line", [points], {"kind": "plan"})] if len(points) > 1 else []
    for point, (name, _lat, _lon) in zip(points, route.points, strict=True):
        shapes.append(shape_of("point", [[point]], {"kind": "place", "name": name}))
    return Overlay(
        f"route:{route.operation_id}", route.name, VectorMap(route.name, tuple(shapes), box)
    )


def fence_marks(zones: Iterable[Zone], alarms: Iterable[AlarmNow]) -> list[Fence]:
    """The fences that can be drawn; one with an alarm that waits is told by its colour."""
    alarmed = {one.record.alarm.subject for one in alarms if one.open and not one.corrected}
    found = []
    for zone in zones:
        rule = fence_of(zone) if zone.kind == "fence" else None
        if rule is None:
            continue
        points = [(lon, lat) for lat, lon in rule.corners]
        state = "overdue" if zone.id in alarmed else "due_soon"
        found.append(Fence(zone.id, zone.name, points, rule.radius_m or None, state))
    return found

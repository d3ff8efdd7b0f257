"""Units, trails and fences of an instant as the map takes them. UI thread."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from desktop.command.positions.reading import Zone, fence_of
from desktop.command.replay.reel import Reel, UnitThen
from desktop.errors import UserError
from desktop.rules.freshness import freshness
from desktop.rules.track_law import FieldLaw
from desktop.rules.track_picture import Alarm
from widgets.map import Fence, Trail, UnitMark

SOURCES: Final = {"gpsd": "卫星定位", "nmea": "卫星定位", "traccar": "车载定位", "manual": "手工"}
_STYLES: Final = {
    "fresh": "normal",
    "fading": "due_soon",
    "stale": "unknown",
    "gone": "unknown",
    "ahead": "overdue",
}


def unit_marks(units: Iterable[UnitThen], at: datetime, law: FieldLaw) -> list[UnitMark]:
    """Every unit that was heard of by then; a person who was off duty is not shown."""
    made = []
    for one in units:
        point = one.point
        if point is None or (one.unit.kind == "person" and one.duty is None):
            continue
        try:
            fresh = freshness(point, at, law)
        except UserError:
            continue  # No rule for that source on that day.
        made.append(
            UnitMark(
                id=one.unit.id,
                label=one.unit.name,
                longitude=point.lon,
                latitude=point.lat,
                kind="person" if one.unit.kind == "person" else "vehicle",
                state=_STYLES[fresh.state],
                heading=point.course if point.speed is not None and point.speed > 0.5 else None,
                age_s=float(max(0, fresh.age_s)),
                accuracy_m=point.accuracy,
                source=SOURCES.get(point.source, point.source),
                opacity=fresh.opacity / 100,
                stale=fresh.state in ("stale", "gone", "ahead"),
                tip=f"{one.unit.team}\n{fresh.sentence}",
            )
        )
    return made


def trails(units: Iterable[UnitThen]) -> list[Trail]:
    """Where vehicles came from."""
    return [
        Trail(one.unit.id, [(point.lon, point.lat) for point in one.trail], "normal")
        for one in units
        if len(one.trail) > 1
    ]


def fences(zones: Iterable[Zone], alarms: Iterable[Alarm]) -> list[Fence]:
    """The fences that counted; one that had raised an alarm by its colour."""
    raised = {alarm.subject for alarm in alarms}
    made = []
    for zone in zones:
        rule = fence_of(zone) if zone.kind == "fence" else None
        if rule is not None:
            corners = [(lon, lat) for lat, lon in rule.corners]
            state = "overdue" if zone.id in raised else "due_soon"
            made.append(Fence(zone.id, zone.name, corners, rule.radius_m or None, state))
    return made


def seen_people(reel: Reel) -> list[str]:
    """The persons whose ways are in the film."""
    found = reel.found
    return [unit.name for unit in found.units if unit.kind == "person" and unit.id in found.tracks]

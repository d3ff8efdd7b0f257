"""Points as they lie in a row: whole numbers, each time in milliseconds from the first. Pure.

A row is a stretch of one unit's points of one source. What is written and read again is the same
point, so that two copies of it are one (X21).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import UserError
from desktop.rules.tracks import Point

DEGREE: Final = 10_000_000
POINTS_MAX: Final = 5_000  # of a row; the database takes 400,000 characters
_MS: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Batch:
    """A row of position_batch without what travelling adds."""

    id: str
    unit_id: str
    team_id: str
    device: str
    source: str
    from_at: str
    to_at: str
    n: int
    points: str
    received_at: str


def stamp(at: datetime) -> str:
    """A moment as rows hold it: the court's clock, milliseconds."""
    return at.astimezone(COURT_ZONE).isoformat(timespec="milliseconds")


def moment(text: str) -> datetime:
    """A moment of a row."""
    return datetime.fromisoformat(text)


def rounded(point: Point) -> Point:
    """The point as a row can hold it: to the millisecond, a centimetre, a decimetre of accuracy.

    UserError: a number that is none, or a place that is not on earth.
    """
    try:
        return replace(
            point,
            at=moment(stamp(point.at)),
            received_at=moment(stamp(point.received_at)),
            lat=_whole(point.lat, DEGREE) / DEGREE,
            lon=_whole(point.lon, DEGREE) / DEGREE,
            accuracy=_again(point.accuracy, 10),
            speed=_again(point.speed, 100),
            course=_again(point.course, 100),
        )
    except (ValueError, OverflowError) as error:
        raise UserError("定位数据含有不可用的数字。") from error


def encoded(points: Sequence[Point]) -> str:
    """The text of a row; `points` in order of time, not empty, rounded."""
    first = points[0].at
    told = [
        [
            (point.at - first) // _MS,
            _whole(point.lat, DEGREE),
            _whole(point.lon, DEGREE),
            _part(point.accuracy, 10),
            _part(point.speed, 100),
            _part(point.course, 100),
        ]
        for point in points
    ]
    return json.dumps(told, separators=(",", ":"))


def decoded(batch: Batch, name: str) -> list[Point]:
    """The points of a row, under the unit's id and `name`. UserError: the text is none of ours."""
    first, received = moment(batch.from_at), moment(batch.received_at)
    try:
        return [
            Point(
                device=batch.unit_id,
                unit=name,
                at=first + ms * _MS,
                lat=lat / DEGREE,
                lon=lon / DEGREE,
                accuracy=None if near is None else near / 10,
                speed=None if speed is None else speed / 100,
                course=None if course is None else course / 100,
                source=batch.source,
                received_at=received,
            )
            for ms, lat, lon, near, speed, course in json.loads(batch.points)
        ]
    except (ValueError, TypeError) as error:
        raise UserError("一条位置记录无法识别。") from error


def last_of(batch: Batch, name: str) -> Point | None:
    """The latest point of a row, without reading the others; None for a row that is unreadable."""
    text = batch.points
    try:
        alone = replace(batch, points="[" + text[text.rindex("[") :])
        return decoded(alone, name)[-1]
    except (ValueError, IndexError, UserError):
        return None


def _whole(value: float, unit: int) -> int:
    return round(value * unit)


def _part(value: float | None, unit: int) -> int | None:
    return None if value is None else _whole(value, unit)


def _again(value: float | None, unit: int) -> float | None:
    return None if value is None else _whole(value, unit) / unit

"""Points that are not yet rows, in a small encrypted file of their own. Any thread.

What was added is there after the program was killed. It is taken out once a committed write has
noted its number (`DONE` in the replica's settings): a kill between the two stores nothing twice.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from desktop.command.positions.points import moment, stamp
from desktop.rules.tracks import Point
from storage.drafts import Drafts
from storage.faults import ReplicaFault
from storage.key import Key

FILE: Final = "positions.db"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one read of a source gave. Points are rounded; their device is the unit's id."""

    n: int
    points: tuple[Point, ...]


class Journal:
    """Entries in order; `add` is durable when it returns (some milliseconds)."""

    def __init__(self, folder: Path, key: Key, done: int) -> None:
        """`done`: the number up to which everything lies in rows. Raises ReplicaFault."""
        self._kept = Drafts(folder / FILE, key)
        self._lock = threading.Lock()
        self._closed = False
        found = {int(name): value for name, value in self._kept.all().items() if name.isdigit()}
        for n in [n for n in found if n <= done]:
            self._kept.discard(_name(n))
        self._next = max([done, *found]) + 1
        self.left = tuple(
            Entry(n, _points(found[n])) for n in sorted(found) if n > done
        )  # what an earlier run could not store

    def add(self, points: Sequence[Point]) -> Entry:
        """Keeps points. Raises ReplicaFault, for a full disk or once it is closed."""
        if self._closed:
            raise ReplicaFault("位置暂存文件已关闭。")
        entry = self.number(points)
        self._kept.save(_name(entry.n), {"points": [_told(point) for point in entry.points]})
        return entry

    def number(self, points: Sequence[Point]) -> Entry:
        """An entry that is not kept."""
        with self._lock:
            n, self._next = self._next, self._next + 1
        return Entry(n, tuple(points))

    def forget(self, entries: Sequence[Entry]) -> None:
        """Takes out what lies in rows now. Raises ReplicaFault; nothing is lost by it."""
        for entry in entries:
            if self._closed:
                return  # The next start takes the rest out.
            self._kept.discard(_name(entry.n))

    def close(self) -> None:
        """Closes the file."""
        self._closed = True
        self._kept.close()


def _name(n: int) -> str:
    return f"{n:015d}"


def _told(point: Point) -> list[Any]:
    times = [stamp(point.at), stamp(point.received_at)]
    where = [point.lat, point.lon, point.accuracy, point.speed, point.course]
    return [point.device, point.source, *times, *where]


def _points(value: dict[str, Any]) -> tuple[Point, ...]:
    return tuple(
        Point(
            device=device,
            unit="",
            at=moment(at),
            lat=lat,
            lon=lon,
            accuracy=accuracy,
            speed=speed,
            course=course,
            source=source,
            received_at=moment(received),
        )
        for device, source, at, received, lat, lon, accuracy, speed, course in value["points"]
    )

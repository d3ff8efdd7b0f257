"""Maps for the tests: small MBTiles files that are really written, and a runner that can wait."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from widgets.map.mercator import Tile


def picture(color: str, kind: str = "PNG", side: int = 256) -> bytes:
    """One tile of one colour, coded."""
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def write_mbtiles(path: Path, tiles: Mapping[Tile, bytes], **metadata: str) -> Path:
    """A file as MBTiles 1.3 says."""
    with closing(sqlite3.connect(path)) as store:
        store.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        store.execute(
            "CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER,"
            " tile_data BLOB)"
        )
        store.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        store.executemany(
            "INSERT INTO tiles VALUES (?, ?, ?, ?)",
            [(tile.zoom, tile.column, tile.tms_row, data) for tile, data in tiles.items()],
        )
        store.commit()
    return path


class Queue:
    """Runs work when the test says so, in the order the test says; or at once."""

    def __init__(self, *, at_once: bool = False) -> None:
        self.at_once = at_once
        self.waiting: list[tuple[Callable[[Any], Any], Any, Callable[[Any], None]]] = []
        self.done: list[Any] = []

    def __call__(self, work: Callable[[Any], Any], args: Any, take: Callable[[Any], None]) -> None:
        """The map's door to other threads."""
        self.waiting.append((work, args, take))
        if self.at_once:
            self.run()

    def run(self, order: Sequence[int] | None = None) -> int:
        """Does what waits; how much it was."""
        waiting, self.waiting = self.waiting, []
        for number in order if order is not None else range(len(waiting)):
            work, args, take = waiting[number]
            self.done.append(args)
            take(work(args))
        return len(waiting)

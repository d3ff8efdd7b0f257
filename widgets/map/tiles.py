"""Tile pictures: read and decoded off the UI thread, held in a cache with a limit.

`load_tiles` may run on any thread; `TileStore` belongs to the UI thread.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from widgets.map.mbtiles import read_tiles
from widgets.map.mercator import TILE, Tile, tiles_in
from widgets.map.records import TileMap
from widgets.map.viewport import Viewport

# Runs work off the UI thread and gives its result back on it: (work, its argument, taker).
Runner = Callable[[Callable[[Any], Any], Any, Callable[[Any], None]], None]

CACHE_TILES: Final = 320  # some 80 MB of pictures of 256 pixels
_BATCH: Final = 24
_DIM: Final = 0.62  # what is left of a photograph's light in the dark look


@dataclass(frozen=True, slots=True)
class TileRequest:
    """Tiles wanted of a file, for the dark look or the light one."""

    source: TileMap
    tiles: tuple[Tile, ...]
    dark: bool


def load_tiles(request: TileRequest) -> dict[Tile, QImage | None]:
    """The pictures, ready to paint; None for what is missing or broken. Raises nothing."""
    pictures: dict[Tile, QImage | None] = {}
    for tile, data in read_tiles(request.source.path, request.tiles).items():
        picture = QImage.fromData(data) if data else QImage()
        if picture.isNull():
            pictures[tile] = None
            continue
        picture = picture.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        if picture.width() > 2 * TILE:  # a file of other tiles than it says would fill the memory
            picture = picture.scaledToWidth(2 * TILE)
        pictures[tile] = _at_night(picture, request.source) if request.dark else picture
    return pictures


def _at_night(picture: QImage, source: TileMap) -> QImage:
    """A map with its lightness turned over and its hues kept; a photograph dimmed."""
    size = (picture.height(), picture.bytesPerLine() // 4, 4)
    pixels = np.frombuffer(picture.constBits(), dtype=np.uint8).reshape(size).astype(np.int16)
    colors, alpha = pixels[..., :3], pixels[..., 3:]
    if source.photograph:
        turned = (colors * _DIM).astype(np.int16)
    else:
        extremes = colors.max(axis=2, keepdims=True) + colors.min(axis=2, keepdims=True)
        turned = np.clip(colors + alpha - extremes, 0, 255)
        turned = (turned * 0.86 + alpha * 0.07).astype(np.int16)  # neither black nor glaring
    out = np.concatenate([turned, alpha], axis=2).astype(np.uint8)
    night = QImage(
        out.tobytes(),
        picture.width(),
        picture.height(),
        picture.bytesPerLine(),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    return night.copy()  # the bytes die with this call


class TileStore:
    """The tiles of one file: what is held, what is asked for, what is known to be missing."""

    def __init__(self, run: Runner, arrived: Callable[[], None], limit: int = CACHE_TILES) -> None:
        self._run = run
        self._arrived = arrived
        self._limit = limit
        self._source: TileMap | None = None
        self._dark = False
        self._held: OrderedDict[Tile, QImage] = OrderedDict()
        self._missing: OrderedDict[Tile, None] = OrderedDict()
        self._asked: set[Tile] = set()
        self._turn = 0

    @property
    def source(self) -> TileMap | None:
        """The file in use."""
        return self._source

    def set_source(self, source: TileMap | None, *, dark: bool) -> None:
        """Another file or another look: what was held is forgotten."""
        if (source, dark) == (self._source, self._dark):
            return
        self._source, self._dark = source, dark
        self._held.clear()
        self._missing.clear()
        self._asked.clear()
        self._turn += 1

    def __len__(self) -> int:
        return len(self._held)

    def level(self, zoom: float) -> int:
        """The level of the pyramid that looks right at `zoom`."""
        assert self._source is not None
        return max(self._source.zoom_least, min(self._source.zoom_most, round(zoom)))

    def picture(self, tile: Tile) -> QImage | None:
        """The tile's own picture, if held."""
        found = self._held.get(tile)
        if found is not None:
            self._held.move_to_end(tile)
        return found

    def stand_in(self, tile: Tile) -> tuple[QImage, QRectF] | None:
        """The nearest ancestor that is held and the part of it that covers the tile."""
        least = self._source.zoom_least if self._source else 0
        for steps in range(1, tile.zoom - least + 1):
            above = tile.ancestor(steps)
            found = self.picture(above)
            if found is not None:
                side = found.width() / (1 << steps)
                left = (tile.column - (above.column << steps)) * side
                top = (tile.row - (above.row << steps)) * side
                return found, QRectF(left, top, side, side)
        return None

    def ask_for(self, view: Viewport) -> None:
        """Has what lacks in that sight read, nearest to the middle first."""
        if self._source is None:
            return
        level = self.level(view.zoom)
        wanted: dict[Tile, None] = {}
        for tile in tiles_in(view.box, level):
            self._want(tile, wanted)
        middle = (view.x * (1 << level) - 0.5, view.y * (1 << level) - 0.5)
        near = sorted(
            wanted,
            key=lambda t: (t.zoom == level) and abs(t.column - middle[0]) + abs(t.row - middle[1]),
        )
        # More than the cache holds would drive out what is in sight.
        near = near[: max(1, self._limit * 3 // 4)]
        for start in range(0, len(near), _BATCH):
            self._ask(near[start : start + _BATCH])

    def _want(self, tile: Tile, wanted: dict[Tile, None]) -> None:
        """The tile, or the nearest ancestor that may be there."""
        assert self._source is not None
        while tile in self._missing and tile.zoom > self._source.zoom_least:
            tile = tile.ancestor(1)
        if tile not in self._held and tile not in self._missing and tile not in self._asked:
            wanted[tile] = None

    def _ask(self, tiles: Sequence[Tile]) -> None:
        assert self._source is not None
        self._asked.update(tiles)
        turn = self._turn

        def take(pictures: dict[Tile, QImage | None]) -> None:
            if turn == self._turn:  # the file may have been changed meanwhile
                self._take(pictures)

        self._run(load_tiles, TileRequest(self._source, tuple(tiles), self._dark), take)

    def _take(self, pictures: dict[Tile, QImage | None]) -> None:
        for tile, picture in pictures.items():
            self._asked.discard(tile)
            if picture is None:
                self._missing[tile] = None
            else:
                self._held[tile] = picture
        while len(self._held) > self._limit:
            self._held.popitem(last=False)
        while len(self._missing) > 16 * self._limit:
            self._missing.popitem(last=False)
        self._arrived()

    def paint(self, painter: QPainter, tile: Tile, view: Viewport) -> None:
        """Paints the tile at its place; its parent's part where it lacks."""
        box = tile.box
        left, top = view.place(box.left, box.top)
        right, bottom = view.place(box.right, box.bottom)
        # Whole pixels, or the seams between tiles are seen.
        rect = QRectF(
            round(left), round(top), round(right) - round(left), round(bottom) - round(top)
        )
        own = self.picture(tile)
        if own is not None:
            painter.drawImage(rect, own)
        elif (other := self.stand_in(tile)) is not None:
            painter.drawImage(rect, other[0], other[1])

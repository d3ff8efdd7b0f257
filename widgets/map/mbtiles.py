"""Reads MBTiles 1.3 (raster): a SQLite file of tile pictures. Pure; any thread, one at a time.

Each call opens the file, read-only, and closes it. Nothing is raised: a file that cannot be used is
told in Chinese sentences, a tile that cannot be read counts as missing.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from widgets.map.mercator import Box, Tile, bounds, to_world
from widgets.map.records import TileMap

SQLITE_HEAD: Final = b"SQLite format 3\x00"
FORMATS: Final = ("png", "jpg", "jpeg", "webp")
_ZOOM_MOST: Final = 22
_UNSORTED: Final = 2_000  # tiles that may be gone through for each one that is wanted
_ONE_TILE: Final = (
    "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
)
_GEOPACKAGE: Final = "这是 GeoPackage 文件，不支持；请转换为 MBTiles 栅格瓦片或 GeoJSON。"
# Web Mercator by its names; MBTiles has no other, but some makers of tiles write others all the
# same, and their tiles would lie somewhere else.
_MERCATOR: Final = ("3857", "900913", "3785", "mercator")


def _open(path: str) -> sqlite3.Connection:
    # `immutable`: the file may lie on a disk that cannot be written, where no lock can be made.
    return sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def describe_mbtiles(path: str) -> TileMap:
    """What the file holds; `faults` says everything that keeps it from being used."""
    title = Path(path).stem
    faults: list[str] = []
    try:
        with closing(_open(path)) as store:
            names = {str(row[0]) for row in store.execute("SELECT name FROM sqlite_master")}
            if "gpkg_contents" in names:
                return TileMap(title, path, 0, 0, None, faults=(_GEOPACKAGE,))
            words = _metadata(store, faults)
            zooms = _zooms(store, faults)
            first = _first_tile(store) if zooms else b""
    except (sqlite3.Error, OSError) as fault:
        return TileMap(title, path, 0, 0, None, faults=(f"不是可用的 MBTiles 文件（{fault}）。",))
    kind = words.get("format", "").lower()
    if kind and kind not in FORMATS:
        vector = "（矢量瓦片）" if kind in ("pbf", "mvt") else ""
        faults.append(f"瓦片格式“{kind}”{vector}不支持；支持 png、jpg、webp 栅格瓦片。")
    elif zooms and not _is_picture(first):
        faults.append("瓦片内容不是 png、jpg 或 webp 图片。")
    for key in ("crs", "srs", "projection"):
        told = words.get(key, "")
        if told and not any(name in told.lower() for name in _MERCATOR):
            faults.append(f"瓦片的投影“{told[:40]}”不支持；支持 Web 墨卡托（EPSG:3857）。")
    return TileMap(
        words.get("name") or title,
        path,
        zooms[0] if zooms else 0,
        zooms[1] if zooms else 0,
        _bounds(words.get("bounds", ""), faults),
        photograph=first[:2] == b"\xff\xd8",
        attribution=words.get("attribution", ""),
        faults=tuple(faults),
    )


def _metadata(store: sqlite3.Connection, faults: list[str]) -> dict[str, str]:
    try:
        rows = store.execute("SELECT name, value FROM metadata").fetchall()
    except sqlite3.Error as fault:
        faults.append(f"没有可读的 metadata 表（{fault}）。")
        return {}
    return {str(name): str(value).strip() for name, value in rows if value is not None}


def _zooms(store: sqlite3.Connection, faults: list[str]) -> tuple[int, int] | None:
    try:
        # Each of its own: asked for both at once, SQLite walks through all tiles of a large file.
        low, high = (
            store.execute(f"SELECT {end}(zoom_level) FROM tiles").fetchone()[0]
            for end in ("min", "max")
        )
        plan = store.execute(f"EXPLAIN QUERY PLAN {_ONE_TILE}", (0, 0, 0)).fetchall()
    except sqlite3.Error as fault:
        faults.append(f"没有可读的 tiles 表（{fault}）。")
        return None
    if low is None:
        faults.append("tiles 表中没有瓦片。")
        return None
    if not (isinstance(low, int) and isinstance(high, int) and 0 <= low <= high <= _ZOOM_MOST):
        faults.append(f"瓦片级别应为 0 至 {_ZOOM_MOST}。")
        return None
    many = "SELECT 1 FROM tiles LIMIT 1 OFFSET ?"
    if any("SCAN" in row[-1] for row in plan) and store.execute(many, (_UNSORTED,)).fetchone():
        faults.append("tiles 表没有索引，逐片查找太慢；请用制图工具重新生成。")
    return low, high


def _first_tile(store: sqlite3.Connection) -> bytes:
    row = store.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
    return bytes(row[0]) if row and isinstance(row[0], bytes) else b""


def _is_picture(data: bytes) -> bool:
    return data.startswith((b"\x89PNG\r\n", b"\xff\xd8")) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    )


def _bounds(text: str, faults: list[str]) -> Box | None:
    """The metadata's west, south, east, north; None where it says nothing."""
    if not text:
        return None
    try:
        west, south, east, north = (float(word) for word in text.split(","))
    except ValueError:
        faults.append(f"metadata 的范围“{text[:40]}”应为四个数字。")
        return None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        faults.append(f"metadata 的范围“{text[:40]}”超出经纬度范围或次序颠倒。")
        return None
    return bounds([to_world(west, north), to_world(east, south)])


def read_tiles(path: str, wanted: Sequence[Tile]) -> dict[Tile, bytes | None]:
    """The pictures of the tiles as stored; None for one that the file lacks or cannot give."""
    found: dict[Tile, bytes | None] = dict.fromkeys(wanted)
    try:
        with closing(_open(path)) as store:
            for tile in wanted:
                wanted_at = (tile.zoom, tile.column, tile.tms_row)
                row = store.execute(_ONE_TILE, wanted_at).fetchone()
                if row is not None and isinstance(row[0], bytes):
                    found[tile] = row[0]
    except (sqlite3.Error, OSError):
        return found  # what was read before the fault is good
    return found

"""Opens a map file of either kind. Pure; any thread, never the UI's: disks may be slow."""

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Final

from widgets.map.geojson import BYTES_MOST, parse_geojson
from widgets.map.mbtiles import SQLITE_HEAD, describe_mbtiles
from widgets.map.records import TileMap, VectorMap

_REASONS: Final = {
    errno.ENOENT: "文件不存在，或所在的盘没有接上",
    errno.EACCES: "无权读取",
    errno.EPERM: "无权读取",
    errno.EISDIR: "这是一个文件夹",
    errno.EIO: "读盘出错",
}


def read_map(path: str, breathe: Callable[[], None] = lambda: None) -> VectorMap | TileMap:
    """The map in the file; told apart by content, not by name. Faults are in the result.

    `breathe` is called between two steps of what takes long.
    """
    place = Path(path)
    try:
        with place.open("rb") as file:
            head = file.read(len(SQLITE_HEAD))
            if head == SQLITE_HEAD or place.suffix.lower() == ".mbtiles":
                return describe_mbtiles(path)
            content = head + file.read(BYTES_MOST + 1 - len(head))
    except OSError as fault:
        reason = _REASONS.get(fault.errno or 0) or fault.strerror or type(fault).__name__
        return VectorMap(place.stem, (), None, (f"无法打开文件：{reason}。",))
    return parse_geojson(content, place.stem, breathe)


def read_plan(path: str, breathe: Callable[[], None] = lambda: None) -> VectorMap:
    """A plan to lay over the map: GeoJSON alone."""
    found = read_map(path, breathe)
    if isinstance(found, TileMap):
        return VectorMap(found.title, (), None, ("预案图层应为 GeoJSON 文件。",))
    return found

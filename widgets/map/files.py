"""Opens a map file of either kind. Pure; any thread, never the UI's: disks may be slow."""

from pathlib import Path

from widgets.map.geojson import BYTES_MOST, parse_geojson
from widgets.map.mbtiles import SQLITE_HEAD, describe_mbtiles
from widgets.map.records import TileMap, VectorMap


def read_map(path: str) -> VectorMap | TileMap:
    """The map in the file; told apart by content, not by name. Faults are in the result."""
    place = Path(path)
    try:
        with place.open("rb") as file:
            head = file.read(len(SQLITE_HEAD))
            if head == SQLITE_HEAD or place.suffix.lower() == ".mbtiles":
                return describe_mbtiles(path)
            content = head + file.read(BYTES_MOST + 1 - len(head))
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        return VectorMap(place.stem, (), None, (f"无法打开文件：{reason}。",))
    return parse_geojson(content, place.stem)


def read_plan(path: str) -> VectorMap:
    """A plan to lay over the map: GeoJSON alone."""
    found = read_map(path)
    if isinstance(found, TileMap):
        return VectorMap(found.title, (), None, ("预案图层应为 GeoJSON 文件。",))
    return found

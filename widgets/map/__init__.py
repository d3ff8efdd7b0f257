"""A map without a network: base maps and plans from files, units, trails and fences. UI thread.

`MapView` is the part; `records` says what it is given; `files` reads maps off the UI thread.
"""

from widgets.map.files import read_map, read_plan
from widgets.map.records import Fence, Overlay, TileMap, Trail, UnitMark, VectorMap
from widgets.map.view import MapView

__all__ = [
    "Fence",
    "MapView",
    "Overlay",
    "TileMap",
    "Trail",
    "UnitMark",
    "VectorMap",
    "read_map",
    "read_plan",
]

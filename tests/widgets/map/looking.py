"""Units and places that the tests of the map share, and how they look at it."""

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage

import resources
from widgets.map import MapView, UnitMark

Settled = Callable[[MapView], None]
BASE = str(resources.path("map/invented.geojson"))
MIDDLE = (112.45, 34.62)
A = UnitMark("a", "甲车", 112.44, 34.62, "vehicle", "normal", heading=90)
B = UnitMark("b", "乙", 112.47, 34.62, "person", "overdue", age_s=8, accuracy_m=30, source="GPS")
C = UnitMark("c", "丙组", 112.455, 34.64, "police", "paused", age_s=720, stale=True, opacity=0.4)


def look_at(view: MapView, zoom: float = 13.0, place: tuple[float, float] = MIDDLE) -> None:
    view.canvas.zoom_by(zoom - view.canvas.view.zoom)
    view.canvas.centre_on(*place)


def pixel(view: MapView, place: tuple[float, float]) -> QPoint:
    left, top = view.canvas.view.place_of(*place)
    return QPoint(round(left), round(top))


def colors(image: QImage, around: QPoint, reach: int = 14) -> set[str]:
    return {
        image.pixelColor(x, y).name()
        for x in range(around.x() - reach, around.x() + reach)
        for y in range(around.y() - reach, around.y() + reach)
        if image.valid(x, y)
    }


def pictured(view: MapView, settled: Settled) -> QImage:
    settled(view)
    return view.canvas.grab().toImage()

"""Which part of the world is in sight, and how large. Pure; any thread."""

from dataclasses import dataclass, replace
from typing import Final

from widgets.map.mercator import (
    Box,
    Point,
    metres_per_pixel,
    scale_of,
    to_degrees,
    to_world,
    zoom_to_fit,
)

ZOOM_LEAST: Final = 3.0
ZOOM_MOST: Final = 19.0


@dataclass(frozen=True, slots=True)
class Viewport:
    """`x`, `y`: the point of the world in the middle; `width`, `height`: logical pixels."""

    x: float
    y: float
    zoom: float
    width: float
    height: float

    @property
    def scale(self) -> float:
        """Pixels that the whole world is wide."""
        return scale_of(self.zoom)

    @property
    def box(self) -> Box:
        """The part of the world in sight."""
        half_x, half_y = self.width / self.scale / 2, self.height / self.scale / 2
        return Box(self.x - half_x, self.y - half_y, self.x + half_x, self.y + half_y)

    @property
    def latitude(self) -> float:
        """Degrees of the middle."""
        return to_degrees(self.x, self.y)[1]

    @property
    def metres_per_pixel(self) -> float:
        """Metres on the ground that a pixel in the middle covers."""
        return metres_per_pixel(self.latitude, self.zoom)

    def place(self, x: float, y: float) -> Point:
        """The pixel of a point of the world."""
        scale = self.scale
        return (x - self.x) * scale + self.width / 2, (y - self.y) * scale + self.height / 2

    def world(self, left: float, top: float) -> Point:
        """The point of the world at a pixel."""
        scale = self.scale
        return self.x + (left - self.width / 2) / scale, self.y + (top - self.height / 2) / scale

    def place_of(self, longitude: float, latitude: float) -> Point:
        """The pixel of a place in degrees."""
        return self.place(*to_world(longitude, latitude))

    def degrees(self, left: float, top: float) -> Point:
        """(longitude, latitude) at a pixel."""
        return to_degrees(*self.world(left, top))

    def moved(self, right: float, down: float) -> "Viewport":
        """The sight moved by that many pixels."""
        return replace(self, x=self.x + right / self.scale, y=self.y + down / self.scale)

    def zoomed(self, zoom: float, left: float, top: float) -> "Viewport":
        """Another zoom, within the limits; what is at that pixel stays there."""
        held = max(ZOOM_LEAST, min(ZOOM_MOST, zoom))
        x, y = self.world(left, top)
        scale = scale_of(held)
        return replace(
            self,
            x=x - (left - self.width / 2) / scale,
            y=y - (top - self.height / 2) / scale,
            zoom=held,
        )

    def fitted(self, box: Box, margin: float, most: float = 16.0) -> "Viewport":
        """The whole of `box` in sight with `margin` pixels around it, fewer where there is little
        room, at zoom `most` at most."""
        margin = min(margin, min(self.width, self.height) / 4)
        width = max(1.0, self.width - 2 * margin)
        height = max(1.0, self.height - 2 * margin)
        zoom = max(ZOOM_LEAST, zoom_to_fit(box, width, height, most=most))
        x, y = box.middle
        return replace(self, x=x, y=y, zoom=zoom)

    def held(self, land: Box | None) -> "Viewport":
        """The middle kept on the map, so that nobody loses it."""
        around = land or Box(0.0, 0.0, 1.0, 1.0)
        return replace(
            self,
            x=max(around.left, min(around.right, self.x)),
            y=max(around.top, min(around.bottom, self.y)),
        )

"""How the things of a base map look, by kind, in both looks. UI thread.

A colour is a token laid thinly over another; the map stays a ground on which marks are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from PySide6.QtGui import QColor

from widgets.map.records import Shape
from widgets.theme import Theme


@dataclass(frozen=True, slots=True)
class Ink:
    """`dark` and `light`: (token on top, token below, share of the upper one)."""

    dark: tuple[str, str, float]
    light: tuple[str, str, float]

    def color(self, theme: Theme) -> QColor:
        """The colour in that look."""
        return theme.mix(*(self.dark if theme.name == "dark" else self.light))


@dataclass(frozen=True, slots=True)
class Look:
    """How one kind is drawn. Widths are pixels at zoom 12 and grow with the zoom.

    order: what is drawn later lies above. zoom: from which it is seen. name_zoom: from which its
    name is. dash: lengths in pen widths.
    """

    order: int
    fill: Ink | None = None
    line: Ink | None = None
    casing: Ink | None = None
    width: float = 1.0
    grows: float = 1.0
    zoom: float = 0.0
    name_zoom: float = 99.0
    name: Ink | None = None
    role: str = "small"
    bold: bool = False
    dash: tuple[float, ...] = ()
    dot: bool = False
    weight: int = 5  # of its name against others, 0 first


def _ink(dark: str, dark_share: float, light: str, light_share: float) -> Ink:
    return Ink((dark, "canvas", dark_share), (light, "canvas", light_share))


LAND: Final = _ink("surface", 0.9, "line", 0.14)
OUTSIDE: Final = _ink("canvas", 1.0, "line", 0.62)
_TEXT: Final = _ink("text", 0.88, "text", 0.9)
_SOFT: Final = _ink("muted", 0.86, "muted", 1.0)
_WATER_NAME: Final = _ink("paused_text", 0.78, "paused_text", 0.85)
_WOOD_NAME: Final = _ink("normal_text", 0.68, "normal_text", 0.85)
_ROAD: Final = Ink(("control_line", "canvas", 0.66), ("surface", "canvas", 1.0))
_ROAD_CASE: Final = Ink(("canvas", "surface", 0.9), ("line_strong", "canvas", 0.95))
_MAIN: Final = Ink(("control_line", "canvas", 0.92), ("due_soon", "surface", 0.26))
_MAIN_CASE: Final = Ink(("canvas", "surface", 0.95), ("due_soon", "surface", 0.62))

LOOKS: Final[Mapping[str, Look]] = MappingProxyType(
    {
        "region": Look(
            0, fill=LAND, line=_ink("line_strong", 0.9, "control_line", 0.75), width=1.6
        ),
        "district": Look(
            40,
            line=_ink("control_line", 0.7, "control_line", 0.8),
            width=1.1,
            dash=(5, 3, 1, 3),
            name_zoom=8.5,
            name=_ink("muted", 0.8, "muted", 0.85),
            role="title",
            weight=1,
        ),
        "wood": Look(
            2, fill=_ink("normal", 0.13, "normal", 0.14), name_zoom=11.0, name=_WOOD_NAME, weight=6
        ),
        "urban": Look(4, fill=_ink("line", 0.62, "line_strong", 0.42)),
        "park": Look(
            6,
            fill=_ink("normal", 0.2, "normal", 0.2),
            zoom=10,
            name_zoom=13.0,
            name=_WOOD_NAME,
            weight=7,
        ),
        "water": Look(
            8,
            fill=_ink("paused", 0.27, "paused", 0.3),
            line=_ink("paused", 0.42, "paused", 0.48),
            width=0.8,
            name_zoom=9.5,
            name=_WATER_NAME,
            weight=3,
        ),
        "river": Look(
            9,
            line=_ink("paused", 0.27, "paused", 0.3),
            width=5.5,
            grows=1.45,
            name_zoom=9.5,
            name=_WATER_NAME,
            weight=3,
        ),
        "stream": Look(
            9, line=_ink("paused", 0.24, "paused", 0.34), width=1.3, grows=1.3, zoom=9.5
        ),
        "campus": Look(
            10,
            fill=_ink("accent", 0.14, "accent", 0.1),
            line=_ink("accent", 0.3, "accent", 0.3),
            zoom=11,
            name_zoom=13.5,
            name=_SOFT,
            weight=6,
        ),
        "lane": Look(
            20,
            line=_ink("control_line", 0.36, "surface", 1.0),
            casing=Ink(("canvas", "surface", 0.0), ("line_strong", "canvas", 0.6)),
            width=1.0,
            grows=1.55,
            zoom=11.2,
            name_zoom=14.0,
            name=_SOFT,
            weight=8,
        ),
        "road": Look(
            22,
            line=_ROAD,
            casing=_ROAD_CASE,
            width=1.6,
            grows=1.45,
            zoom=9.4,
            name_zoom=11.8,
            name=_SOFT,
            weight=6,
        ),
        "rail": Look(
            24, line=_ink("faint", 0.85, "faint", 0.9), width=1.5, grows=1.1, dash=(6, 3), zoom=9
        ),
        "main": Look(
            26,
            line=_MAIN,
            casing=_MAIN_CASE,
            width=2.6,
            grows=1.35,
            name_zoom=10.2,
            name=_SOFT,
            weight=4,
        ),
        "city": Look(60, name_zoom=5, name=_TEXT, role="large", bold=True, weight=0, dot=True),
        "town": Look(60, name_zoom=9.6, name=_TEXT, role="body", bold=True, weight=2, dot=True),
        "village": Look(60, zoom=10.6, name_zoom=10.8, name=_SOFT, weight=5, dot=True),
        "court": Look(62, zoom=8, name_zoom=10, name=_TEXT, bold=True, weight=1, dot=True),
        "place": Look(60, zoom=11.5, name_zoom=12.2, name=_SOFT, weight=6, dot=True),
    }
)
_OTHER: Final[Mapping[str, Look]] = MappingProxyType(
    {
        "area": Look(
            3,
            fill=_ink("line", 0.4, "line", 0.5),
            line=_ink("line_strong", 0.8, "line_strong", 0.9),
            name_zoom=9,
            name=_SOFT,
        ),
        "line": Look(21, line=_ROAD, width=1.6, grows=1.2, name_zoom=12, name=_SOFT),
        "point": Look(60, name_zoom=9, name=_SOFT, dot=True),
    }
)


def look_of(shape: Shape) -> Look:
    """The look of a shape; a kind nobody knows looks like its geometry."""
    return LOOKS.get(shape.kind) or _OTHER[shape.geometry]


def width_at(look: Look, zoom: float) -> float:
    """The width of its line at a zoom, in pixels."""
    return float(max(0.5, min(26.0, look.width * look.grows ** (zoom - 12))))

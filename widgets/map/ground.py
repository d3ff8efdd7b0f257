"""The picture of all that stands still: base map, plans, fences, names. UI thread.

It is wider than the sight, so that a pan shows what is there already, and it is painted in slices
of a few milliseconds, so that a large map never holds up the desk: until a new picture is whole the
old one is shown, moved and scaled.
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QTransform

from widgets.map.drawn import Drawn
from widgets.map.looks import LAND, OUTSIDE, Look, look_of, width_at
from widgets.map.mercator import Box, tiles_in
from widgets.map.placing import Room
from widgets.map.records import Overlay, Shape
from widgets.map.tiles import TileStore
from widgets.map.viewport import Viewport
from widgets.map.words import Name, Words, paint_name
from widgets.states import paint_shape, state_color
from widgets.theme import FontRole, Theme

MARGIN: Final = 160  # pixels more than the sight on each side
_ROUND: Final = Qt.PenCapStyle.RoundCap


@dataclass(slots=True)
class Scene:
    """What the picture shows. `fences`: one map whose shapes are the fences."""

    base: Drawn | None = None
    tiles: TileStore | None = None
    overlays: list[tuple[Overlay, Drawn]] = field(default_factory=list)
    fences: Drawn | None = None
    show_names: bool = True
    show_fences: bool = True


class Ground:
    """Paints the scene into a picture of its own, slice by slice."""

    def __init__(self) -> None:
        self.words = Words()
        self._picture: QImage | None = None
        self._view: Viewport | None = None  # of the whole picture
        self._next: QImage | None = None
        self._next_view: Viewport | None = None
        self._pass: _Pass | None = None
        self._steps: Iterator[None] = iter(())
        self._stale = True

    def forget(self) -> None:
        """What is painted is no longer true; it is shown until the next is whole."""
        self._stop()
        self._stale = True

    @property
    def at_work(self) -> bool:
        """Whether a picture has been begun and is not whole."""
        return self._pass is not None

    def fits(self, view: Viewport) -> bool:
        """Whether the picture shows that sight as it is."""
        return not self._stale and _covers(self._view, view)

    def begin(self, view: Viewport, scene: Scene, theme: Theme, ratio: float) -> None:
        """Starts a new picture for that sight, unless one is being made that will do."""
        if self.at_work and _covers(self._next_view, view):
            return
        self._stop()
        wide = replace(view, width=view.width + 2 * MARGIN, height=view.height + 2 * MARGIN)
        size = QSize(math.ceil(wide.width * ratio), math.ceil(wide.height * ratio))
        picture = QImage(size, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(ratio)
        picture.fill(OUTSIDE.color(theme) if scene.base else LAND.color(theme))
        self._next, self._next_view = picture, wide
        self._pass = _Pass(wide, scene, theme, self.words)
        self._steps = self._pass.steps()

    def work(self, seconds: float) -> bool:
        """Paints on for about that long; True when the picture is whole."""
        if self._pass is None or self._next is None:
            return True
        ends = time.perf_counter() + seconds
        # A painter lives for one slice: none may be left on a picture that dies with its widget.
        painter = QPainter(self._next)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._pass.painter = painter
        whole = True
        for _ in self._steps:
            if time.perf_counter() >= ends:
                whole = False
                break
        painter.end()
        if whole:
            self._picture, self._view = self._next, self._next_view
            self._stale = False
            self._stop()
        return whole

    def _stop(self) -> None:
        self._steps = iter(())
        self._pass = self._next = self._next_view = None

    def paint(self, painter: QPainter, view: Viewport, theme: Theme) -> None:
        """Lays the picture into the sight, scaled where it is of another zoom."""
        if self._picture is None or self._view is None:
            painter.fillRect(QRectF(0, 0, view.width, view.height), LAND.color(theme))
            return
        box = self._view.box
        left, top = view.place(box.left, box.top)
        if self._view.zoom == view.zoom:
            painter.drawImage(QPointF(round(left), round(top)), self._picture)
            return
        painter.fillRect(QRectF(0, 0, view.width, view.height), OUTSIDE.color(theme))
        right, bottom = view.place(box.right, box.bottom)
        painter.drawImage(QRectF(left, top, right - left, bottom - top), self._picture)


def _covers(painted: Viewport | None, view: Viewport) -> bool:
    """Whether a picture of `painted` holds all of `view` at the same size."""
    if painted is None or painted.zoom != view.zoom:
        return False
    return painted.box.grown(1e-12).holds(view.box)


class _Pass:
    """One painting of the scene; `steps` stops after each small piece and goes on with whatever
    `painter` is then."""

    painter: QPainter

    def __init__(self, view: Viewport, scene: Scene, theme: Theme, words: Words) -> None:
        self._view = view
        self._scene = scene
        self._theme = theme
        self._words = words
        self._names: list[Name] = []

    def steps(self) -> Iterator[None]:
        """All of it, from below to above."""
        if self._scene.tiles is not None and self._scene.tiles.source is not None:
            yield from self._tiles(self._scene.tiles)
        if self._scene.base is not None:
            yield from self._base(self._scene.base)
        for overlay, drawn in self._scene.overlays:
            if overlay.visible:
                yield from self._plan(drawn, overlay.state)
        if self._scene.fences is not None and self._scene.show_fences:
            yield from self._plan(self._scene.fences, "paused", fence=True)
        yield from self._write()

    def _tiles(self, store: TileStore) -> Iterator[None]:
        for tile in tiles_in(self._view.box, store.level(self._view.zoom)):
            store.paint(self.painter, tile, self._view)
            yield

    # The base map ----------------------------------------------------------------------------

    def _base(self, base: Drawn) -> Iterator[None]:
        zoom = self._view.zoom
        layers: dict[int, list[tuple[Shape, Look]]] = {}
        for shape in base.seen(self._view.box, self._view.scale):
            look = look_of(shape)
            if zoom >= look.zoom:
                layers.setdefault(look.order, []).append((shape, look))
        yield
        for _, layer in sorted(layers.items()):
            # Casings first, so that crossings of one class are open.
            for shape, look in layer:
                if shape.geometry == "line" and look.casing is not None:
                    width = width_at(look, zoom) + 2
                    self._stroke(base, shape, look.casing.color(self._theme), width)
                    yield
            for shape, look in layer:
                self._paint(base, shape, look)
                yield
        if self._scene.show_names:
            for _, layer in sorted(layers.items()):
                for shape, look in layer:
                    self._name(base, shape, look)
                yield

    def _paint(self, base: Drawn, shape: Shape, look: Look) -> None:
        theme, zoom = self._theme, self._view.zoom
        if shape.geometry == "area" and look.fill is not None:
            self.painter.save()
            self.painter.setTransform(base.transform(self._view), combine=True)
            self.painter.fillPath(base.path(shape, zoom), look.fill.color(theme))
            self.painter.restore()
        if shape.geometry != "point" and look.line is not None:
            self._stroke(base, shape, look.line.color(theme), width_at(look, zoom), look.dash)

    def _stroke(
        self,
        drawn: Drawn,
        shape: Shape,
        color: QColor,
        width: float,
        dash: Sequence[float] = (),
    ) -> None:
        pen = QPen(color, width, c=_ROUND, j=Qt.PenJoinStyle.RoundJoin)
        pen.setCosmetic(True)
        if dash:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(list(dash))
        self.painter.save()
        self.painter.setTransform(drawn.transform(self._view), combine=True)
        self.painter.strokePath(drawn.path(shape, self._view.zoom), pen)
        self.painter.restore()

    # Plans and fences ------------------------------------------------------------------------

    def _plan(self, drawn: Drawn, state: str, *, fence: bool = False) -> Iterator[None]:
        for shape in drawn.seen(self._view.box, self._view.scale, 0.0):
            self._marked(drawn, shape, shape.state or state, fence=fence)
            yield

    def _marked(self, drawn: Drawn, shape: Shape, state: str, *, fence: bool) -> None:
        theme, view = self._theme, self._view
        color = state_color(state, theme)
        if shape.geometry == "area":
            thin = QColor(color)
            thin.setAlphaF(0.13)
            self.painter.save()
            self.painter.setTransform(drawn.transform(view), combine=True)
            self.painter.fillPath(drawn.path(shape, view.zoom), thin)
            if not fence:
                self.painter.fillPath(drawn.path(shape, view.zoom), self._hatch(drawn, thin))
            self.painter.restore()
            self._stroke(drawn, shape, color, 2.0, (4, 2.5) if fence else ())
        elif shape.geometry == "line":
            self._stroke(drawn, shape, LAND.color(theme), 7.0)
            self._stroke(drawn, shape, color, 4.0)
        else:
            left, top = view.place(*shape.box.middle)
            self._pin(left, top, state)
        if shape.name:
            role: FontRole = "small"
            word = self._words.word(shape.name, role, True, theme)
            place = self._place(drawn, shape, word.width)
            if place is not None:
                ink = theme.text_color(state)
                self._names.append(Name((-1, shape.rank, shape.name), word, *place, ink))

    def _hatch(self, drawn: Drawn, color: QColor) -> QBrush:
        """Stripes of the picture, not of the path, whatever the zoom."""
        brush = QBrush(color, Qt.BrushStyle.BDiagPattern)
        inverse, _ = drawn.transform(self._view).inverted()
        brush.setTransform(QTransform.fromScale(inverse.m11(), inverse.m22()))
        return brush

    def _pin(self, left: float, top: float, state: str) -> None:
        theme = self._theme
        self.painter.setPen(QPen(state_color(state, theme), 1.6))
        self.painter.setBrush(theme.color("surface"))
        self.painter.drawEllipse(QPointF(left, top), 8, 8)
        paint_shape(self.painter, QRectF(left - 4, top - 4, 8, 8), state, theme)

    # Names -----------------------------------------------------------------------------------

    def _name(self, base: Drawn, shape: Shape, look: Look) -> None:
        if not shape.name or look.name is None or self._view.zoom < look.name_zoom:
            return
        role: FontRole = look.role  # type: ignore[assignment]
        word = self._words.word(shape.name, role, look.bold, self._theme)
        place = self._place(base, shape, word.width)
        if place is not None:
            color = look.name.color(self._theme)
            weight = (look.weight, shape.rank, shape.name)
            dot = look.dot and shape.geometry == "point"
            self._names.append(Name(weight, word, *place, color, dot))

    def _place(self, drawn: Drawn, shape: Shape, room: float) -> tuple[float, float, float] | None:
        """Where a name may stand and how it is turned; None where there is no room."""
        view = self._view
        if shape.geometry == "point":
            left, top = view.place(*shape.box.middle)
            return left, top + 15, 0.0
        if shape.geometry == "area":
            if (shape.box.right - shape.box.left) * view.scale < room * 0.8:
                return None
            return *view.place(*drawn.anchor(shape)), 0.0
        return _along(shape, view, room)

    def _write(self) -> Iterator[None]:
        """The names, the weightier first; one that finds no room is left out."""
        room = Room()
        halo = LAND.color(self._theme)
        seen: set[tuple[str, int, int]] = set()
        for name in sorted(self._names, key=lambda n: n.weight):
            near = (name.weight[2], int(name.x // 400), int(name.y // 400))
            if near in seen or not room.take_if_free(name.rect()):
                continue  # two halves of a road bear one name
            seen.add(near)
            if name.dot:
                self.painter.setPen(QPen(halo, 1.5))
                self.painter.setBrush(name.color)
                self.painter.drawEllipse(QPointF(name.x, name.y - 15), 3.4, 3.4)
            paint_name(self.painter, name, halo)
            yield


def _along(shape: Shape, view: Viewport, room: float) -> tuple[float, float, float] | None:
    """The middle and the angle of a line's longest straight piece in sight."""
    best, longest = None, room * 0.9
    sight = view.box
    for ring in shape.rings(min(view.zoom, 12)):
        for start in range(0, len(ring) - 2, 2):
            ax, ay, bx, by = ring[start : start + 4]
            if not sight.meets(Box(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))):
                continue
            (left, top), (right, bottom) = view.place(ax, ay), view.place(bx, by)
            cut = _inside(left, top, right, bottom, view)
            if cut is None:
                continue
            left, top, right, bottom = cut
            length = math.hypot(right - left, bottom - top)
            if length > longest:
                longest = length
                angle = math.degrees(math.atan2(bottom - top, right - left))
                angle -= 180 if angle > 90 else -180 if angle <= -90 else 0
                best = (left + right) / 2, (top + bottom) / 2, angle
    return best


def _inside(
    left: float, top: float, right: float, bottom: float, view: Viewport
) -> tuple[float, float, float, float] | None:
    """The part of a line within the sight (Liang and Barsky's rule); None for none."""
    across, down = right - left, bottom - top
    low, high = 0.0, 1.0
    for step, room in (
        (-across, left),
        (across, view.width - left),
        (-down, top),
        (down, view.height - top),
    ):
        if step == 0:
            if room < 0:
                return None
            continue
        share = room / step
        if step < 0:
            low = max(low, share)
        else:
            high = min(high, share)
    if low >= high:
        return None
    return left + low * across, top + low * down, left + high * across, top + high * down

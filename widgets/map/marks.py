"""The units on the map: held by id, arranged for a sight, painted. UI thread."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

from widgets.map.clusters import clusters
from widgets.map.drawn import polygon
from widgets.map.mercator import TILE, Box, Point, bounds, metres_per_pixel, scale_of, to_world
from widgets.map.placing import Rect, Room
from widgets.map.records import Ring, Trail, UnitMark
from widgets.map.sprites import BODY, Sprites, grave_counts
from widgets.map.viewport import Viewport
from widgets.states import state_color
from widgets.theme import Theme

REACH: Final = 21.0  # pixels: bodies nearer than that cover each other
_SHOWN_AROUND: Final = 60.0
_TRAIL_SCALE: Final = scale_of(14.0)
_TRAIL_SHARES: Final = (0.22, 0.5, 0.9)  # how strong its old, middle and new part are
_URGENT: Final = ("overdue", "due_soon")


class _Held(NamedTuple):  # tuples are made and read three times as fast as frozen records
    mark: UnitMark
    x: float  # of the world
    y: float
    radius: float  # of accuracy, in the world; 0 for none


class Placed(NamedTuple):
    """What stands at a pixel: one unit, or several that would cover each other."""

    marks: tuple[UnitMark, ...]
    x: float
    y: float
    radius: float = 0.0  # of accuracy, in pixels; 0 for none and for several

    @property
    def ids(self) -> list[str]:
        """Who they are."""
        return [mark.id for mark in self.marks]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Ids that stand out; "" for none."""

    selected: str = ""
    focused: str = ""
    hovered: str = ""


class Units:
    """The units, and what of them is in sight."""

    def __init__(self, age_words: Callable[[float], str]) -> None:
        self.sprites = Sprites()
        self._age_words = age_words
        self._held: dict[str, _Held] = {}
        self._given: Sequence[UnitMark] = ()
        self._placed: list[Placed] = []

    def set_units(self, marks: Sequence[UnitMark]) -> int:
        """Takes all units; only what differs from before costs work. How many did.

        Of several with one id the last one holds.
        """
        before, changed, after = self._held, 0, {}
        for mark in marks:
            held = before.get(mark.id)
            if held is not None and (held.mark is mark or held.mark == mark):
                after[mark.id] = held
                continue
            changed += 1
            after[mark.id] = _held(mark)
        changed += sum(1 for key in before if key not in after)
        self._held = after
        return changed

    def __len__(self) -> int:
        return len(self._held)

    def get(self, unit_id: str) -> UnitMark | None:
        """The unit of that id."""
        held = self._held.get(unit_id)
        return held.mark if held else None

    def box(self, ids: Iterable[str] | None = None) -> Box | None:
        """The world around these units, or around all."""
        wanted = self._held if ids is None else ids
        found = [self._held[key] for key in wanted if key in self._held]
        return bounds((held.x, held.y) for held in found)

    def in_sight(self, view: Viewport) -> list[UnitMark]:
        """The units in sight in the order in which they were given."""
        box = view.box
        return [
            held.mark
            for held in self._held.values()
            if box.left <= held.x <= box.right and box.top <= held.y <= box.bottom
        ]

    def at(self, left: float, top: float) -> Placed | None:
        """What was painted at that pixel; the nearest of several."""
        best, near = None, float(BODY * BODY)
        for placed in self._placed:
            away = (placed.x - left) ** 2 + (placed.y - top) ** 2
            if away <= near * (0.4 if len(placed.marks) == 1 else 1.0):
                best, near = placed, away
        return best

    def place_of(self, unit_id: str) -> Placed | None:
        """Where a unit was painted, alone or in a group."""
        for placed in self._placed:
            if any(mark.id == unit_id for mark in placed.marks):
                return placed
        return None

    # Painting --------------------------------------------------------------------------------

    def arrange(self, view: Viewport, chosen: Chosen) -> list[Placed]:
        """Finds who stands where; those chosen never vanish in a group."""
        scale = view.scale
        left, top = view.place(0.0, 0.0)
        right, bottom = view.width + _SHOWN_AROUND, view.height + _SHOWN_AROUND
        seen: list[_Held] = []
        places: list[Point] = []
        for held in self._held.values():
            x, y = held.x * scale + left, held.y * scale + top
            if -_SHOWN_AROUND <= x <= right and -_SHOWN_AROUND <= y <= bottom:
                seen.append(held)
                places.append((x, y))
        apart = {chosen.selected, chosen.focused}
        alone = frozenset(n for n, held in enumerate(seen) if held.mark.id in apart)
        self._placed = placed = []
        for group in clusters(places, REACH, alone):
            if len(group) == 1:
                held = seen[group[0]]
                placed.append(Placed((held.mark,), *places[group[0]], held.radius * scale))
                continue
            across = sum([places[n][0] for n in group]) / len(group)
            down = sum([places[n][1] for n in group]) / len(group)
            placed.append(Placed(tuple([seen[n].mark for n in group]), across, down))
        return placed

    def paint(
        self, painter: QPainter, view: Viewport, chosen: Chosen, theme: Theme, ratio: float
    ) -> None:
        """Paints circles of accuracy, bodies, groups and as many labels as find room."""
        placed = self.arrange(view, chosen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_accuracy(painter, placed, theme)
        room = Room()
        for one in placed:
            room.take((one.x - 11, one.y - 11, one.x + 11, one.y + 11))
        singles = [one for one in placed if len(one.marks) == 1]
        singles.sort(key=lambda one: _weight(one.marks[0], chosen), reverse=True)
        for one in placed:
            if len(one.marks) > 1:
                self._paint_group(painter, one, theme, ratio)
        for one in singles:
            self._paint_unit(painter, one, chosen, theme, ratio)
        for one in reversed(singles):
            self._paint_label(painter, one, room, view, chosen, theme, ratio)
        painter.setOpacity(1.0)

    def _paint_accuracy(self, painter: QPainter, placed: list[Placed], theme: Theme) -> None:
        for one in placed:
            radius = one.radius
            if radius < BODY * 0.6:
                continue
            mark = one.marks[0]
            color = state_color("unknown" if mark.stale else mark.state, theme)
            painter.setOpacity(_held_opacity(mark))
            painter.setPen(QPen(_with_alpha(color, 0.55), 1))
            painter.setBrush(_with_alpha(color, 0.1))
            painter.drawEllipse(QPointF(one.x, one.y), radius, radius)
        painter.setOpacity(1.0)

    def _paint_unit(
        self, painter: QPainter, one: Placed, chosen: Chosen, theme: Theme, ratio: float
    ) -> None:
        mark = one.marks[0]
        body, beak = self.sprites.unit(mark, theme, ratio), self.sprites.beak(mark, theme, ratio)
        corner = QPointF(one.x - body.width / 2, one.y - body.width / 2)
        painter.setOpacity(_held_opacity(mark))
        for sprite in (beak, body):
            if sprite is not None:
                painter.drawPixmap(corner, sprite.picture)
        if mark.id in (chosen.selected, chosen.focused, chosen.hovered):
            painter.setOpacity(1.0)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            middle, radius = QPointF(one.x, one.y), theme.px(BODY) * 0.78
            if mark.id == chosen.selected:
                painter.setPen(QPen(_with_alpha(theme.color("accent"), 0.35), 7))
                painter.drawEllipse(middle, radius, radius)
            style = Qt.PenStyle.DotLine if mark.id == chosen.focused else Qt.PenStyle.SolidLine
            token = "accent" if mark.id == chosen.selected else "text"
            painter.setPen(QPen(theme.color(token), 2, style))
            painter.drawEllipse(middle, radius, radius)

    def _paint_group(self, painter: QPainter, one: Placed, theme: Theme, ratio: float) -> None:
        counts = grave_counts(["unknown" if mark.stale else mark.state for mark in one.marks])
        sprite = self.sprites.group(counts, theme, ratio)
        half = sprite.width / 2
        painter.setOpacity(max(_held_opacity(mark) for mark in one.marks))
        painter.drawPixmap(QPointF(one.x - half, one.y - half), sprite.picture)

    def _paint_label(
        self,
        painter: QPainter,
        one: Placed,
        room: Room,
        view: Viewport,
        chosen: Chosen,
        theme: Theme,
        ratio: float,
    ) -> None:
        mark = one.marks[0]
        text = mark.label
        if mark.stale and mark.age_s is not None:
            text = f"{text} · {self._age_words(mark.age_s)}"
        if not text:
            return
        strong = mark.id == chosen.selected
        sprite = self.sprites.label(text, strong=strong, stale=mark.stale, theme=theme, ratio=ratio)
        wide, high = sprite.width, sprite.height
        sides = [
            side
            for side in _sides(one.x, one.y, wide, high, theme.px(BODY) / 2 + 4)
            if side[0] >= 0 and side[1] >= 0 and side[2] <= view.width and side[3] <= view.height
        ]
        rect = room.first_free(sides)
        if rect is None and sides and (strong or mark.id in (chosen.focused, chosen.hovered)):
            rect = sides[0]
        if rect is not None:
            # A faded unit is still called by its name.
            painter.setOpacity(max(0.75, _held_opacity(mark)))
            painter.drawPixmap(QPointF(round(rect[0]), round(rect[1])), sprite.picture)


def _held(mark: UnitMark) -> _Held:
    """The unit with its place in the world."""
    x, y = to_world(mark.longitude, mark.latitude)
    radius = 0.0
    if mark.accuracy_m is not None and mark.accuracy_m > 0:
        radius = mark.accuracy_m / (metres_per_pixel(mark.latitude, 0.0) * TILE)
    return _Held(mark, x, y, radius)


def _sides(x: float, y: float, wide: float, high: float, gap: float) -> Iterable[Rect]:
    """Places beside a unit: right, left, below, above."""
    for left, top in (
        (x + gap, y - high / 2),
        (x - gap - wide, y - high / 2),
        (x - wide / 2, y + gap),
        (x - wide / 2, y - gap - high),
    ):
        yield left, top, left + wide, top + high


def _weight(mark: UnitMark, chosen: Chosen) -> tuple[int, str]:
    """Who is named first and painted last."""
    if mark.id in (chosen.selected, chosen.focused, chosen.hovered):
        return 0, mark.id
    return (1 if mark.state in _URGENT else 2 if not mark.stale else 3), mark.id


def _held_opacity(mark: UnitMark) -> float:
    return max(0.0, min(1.0, mark.opacity))


def _with_alpha(color: QColor, alpha: float) -> QColor:
    thin = QColor(color)
    thin.setAlphaF(alpha)
    return thin


class Trails:
    """Where units came from, older parts fainter."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[Trail, Box, list[QPolygonF]]] = {}

    def set_trails(self, trails: Sequence[Trail]) -> bool:
        """Takes all trails; whether any differs from before."""
        after: dict[str, tuple[Trail, Box, list[QPolygonF]]] = {}
        changed = len(trails) != len(self._held)
        for trail in trails:
            held = self._held.get(trail.unit_id)
            if held is not None and (held[0] is trail or held[0] == trail):
                after[trail.unit_id] = held
                continue
            changed = True
            points = [to_world(*point) for point in trail.points]
            box = bounds(points)
            if box is not None and len(points) > 1:
                after[trail.unit_id] = (trail, box, _thirds(points))
        self._held = after
        return changed

    def paint(self, painter: QPainter, view: Viewport, theme: Theme) -> None:
        """Paints those in sight."""
        sight = view.box
        left, top = view.place(0.0, 0.0)
        step = view.scale / _TRAIL_SCALE
        painter.save()
        painter.setTransform(QTransform(step, 0, 0, step, left, top), combine=True)
        for trail, box, parts in self._held.values():
            if not box.meets(sight):
                continue
            color = state_color(trail.state, theme)
            for part, share in zip(parts, _TRAIL_SHARES, strict=True):
                pen = QPen(_with_alpha(color, share), 2.4, c=Qt.PenCapStyle.RoundCap)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.drawPolyline(part)
        painter.restore()


def _thirds(points: Sequence[Point]) -> list[QPolygonF]:
    """The old, middle and new part of a line; neighbours share a point."""
    count = len(points) - 1
    cuts = [0, count // 3, 2 * count // 3, count]
    parts = []
    for first, last in pairwise(cuts):
        ring = Ring("d", [number for point in points[first : last + 1] for number in point])
        parts.append(polygon(ring, (0.0, 0.0)))
    return parts

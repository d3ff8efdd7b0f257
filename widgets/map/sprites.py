"""Pictures of units, of groups and of their labels, painted once and then only copied. UI thread.

A unit is a body whose outline tells its kind (disc: person, rounded square: vehicle, shield:
police), filled with the state's colour and marked with the state's shape; a beak points where it
heads. A stale one is hollow with a dashed outline and bears a clock.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetrics, QIcon, QPainter, QPainterPath, QPen, QPixmap

from widgets.icon import icon
from widgets.map.records import UnitMark
from widgets.states import paint_shape, state_color
from widgets.theme import Theme, blend, contrast, ink_on

SIZE: Final = 54  # of a unit's picture, beak included, at 100 %
BODY: Final = 23
_HEADING_STEP: Final = 10
_HELD: Final = 2_400
_GLYPHS: Final = {
    "person": "ri.user-fill",
    "vehicle": "ri.car-fill",
    "police": "ri.shield-star-fill",
}
# Where states meet in one ring, in this order, the gravest first.
GRAVITY: Final = ("overdue", "due_soon", "unknown", "paused", "done_late", "normal", "done")


class Sprite(NamedTuple):
    """A picture and its size in logical pixels."""

    picture: QPixmap
    width: float
    height: float


class Sprites:
    """The pictures of one look at one pixel ratio."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[object, ...], Sprite] = OrderedDict()

    def clear(self) -> None:
        """Forgets them, for another look."""
        self._held.clear()

    def unit(self, mark: UnitMark, theme: Theme, ratio: float) -> Sprite:
        """The unit's body; its middle is the place."""
        key = ("unit", mark.kind, mark.state, mark.stale, ratio)
        side = theme.px(SIZE)
        return self._made(key, QSizeF(side, side), ratio, lambda p: _paint_unit(p, mark, theme))

    def beak(self, mark: UnitMark, theme: Theme, ratio: float) -> Sprite | None:
        """Which way the unit heads, to lie beneath its body; None where nobody knows. Apart from
        the body, so that no kind is held once for each direction."""
        if mark.heading is None:
            return None
        turn = round(mark.heading / _HEADING_STEP) * _HEADING_STEP % 360
        state = "unknown" if mark.stale else mark.state
        side = theme.px(SIZE)
        return self._made(
            ("beak", state, turn, ratio),
            QSizeF(side, side),
            ratio,
            lambda p: _paint_beak(p, state, turn, theme),
        )

    def label(self, text: str, *, strong: bool, stale: bool, theme: Theme, ratio: float) -> Sprite:
        """The unit's name on a quiet plate."""
        key = ("label", text, strong, stale, ratio)
        if key in self._held:  # the commonest question by far
            self._held.move_to_end(key)
            return self._held[key]
        metrics = QFontMetrics(theme.font("small", bold=strong))
        size = QSizeF(metrics.horizontalAdvance(text) + theme.px(10), metrics.height() + 2)
        return self._made(
            key, size, ratio, lambda p: _paint_label(p, text, size, strong, stale, theme)
        )

    def group(self, counts: tuple[tuple[str, int], ...], theme: Theme, ratio: float) -> Sprite:
        """A group of units: a ring shared out among their states, and how many they are."""
        total = sum(count for _, count in counts)
        side = theme.px(min(56, 30 + 5 * math.log2(total)))
        key = ("group", counts, ratio)
        return self._made(
            key, QSizeF(side, side), ratio, lambda p: _paint_group(p, counts, side, theme)
        )

    def _made(
        self,
        key: tuple[object, ...],
        size: QSizeF,
        ratio: float,
        paint: Callable[[QPainter], None],
    ) -> Sprite:
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
            return found
        picture = QPixmap(math.ceil(size.width() * ratio), math.ceil(size.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(painter)
        painter.end()
        made = self._held[key] = Sprite(picture, picture.width() / ratio, picture.height() / ratio)
        if len(self._held) > _HELD:
            self._held.popitem(last=False)
        return made


def grave_counts(states: list[str]) -> tuple[tuple[str, int], ...]:
    """How many there are of each state, the gravest first."""
    known = [state for state in GRAVITY if state in states]
    others = sorted(set(states) - set(GRAVITY))
    return tuple((state, states.count(state)) for state in (*known, *others))


def _paint_beak(painter: QPainter, state: str, turn: int, theme: Theme) -> None:
    body = theme.px(BODY)
    painter.translate(theme.px(SIZE) / 2, theme.px(SIZE) / 2)
    painter.rotate(turn)
    beak = QPainterPath(QPointF(0, -body * 1.06))
    beak.lineTo(body * 0.36, -body * 0.5)
    beak.lineTo(-body * 0.36, -body * 0.5)
    beak.closeSubpath()
    painter.strokePath(beak, QPen(theme.color("canvas"), 2.4, j=Qt.PenJoinStyle.RoundJoin))
    painter.fillPath(beak, state_color(state, theme))


def _paint_unit(painter: QPainter, mark: UnitMark, theme: Theme) -> None:
    middle = QPointF(theme.px(SIZE) / 2, theme.px(SIZE) / 2)
    body, halo = theme.px(BODY), theme.color("canvas")
    color = state_color("unknown" if mark.stale else mark.state, theme)
    outline = _outline(mark.kind, middle, body)
    painter.strokePath(outline, QPen(halo, 3.6, j=Qt.PenJoinStyle.RoundJoin))
    if mark.stale:
        painter.fillPath(outline, theme.color("surface"))
        painter.strokePath(outline, QPen(color, 1.8, Qt.PenStyle.DashLine))
        token = "muted"
    else:
        painter.fillPath(outline, color)
        painter.strokePath(outline, QPen(blend(ink_on(color), color, 0.35), 1))
        token = max(("canvas", "text", "accent_text"), key=lambda t: contrast(theme.hex(t), color))
    side = theme.px(14)
    glyph = QRect(0, 0, side, side)
    glyph.moveCenter(middle.toPoint())
    # The glyph's own engine paints at the painter's size, sharp on every screen.
    icon(_GLYPHS.get(mark.kind, "ri.map-pin-fill"), token=token).paint(painter, glyph)
    _badge(painter, middle + QPointF(body * 0.44, body * 0.44), mark.state, theme)
    if mark.stale:
        clock = QRect(0, 0, theme.px(12), theme.px(12))
        clock.moveCenter((middle + QPointF(body * 0.48, -body * 0.46)).toPoint())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(halo)
        painter.drawEllipse(QRectF(clock).adjusted(-1, -1, 1, 1))
        icon("ri.time-fill", token="due_soon_text").paint(
            painter, clock, Qt.AlignmentFlag.AlignCenter, QIcon.Mode.Normal
        )


def _outline(kind: str, middle: QPointF, body: float) -> QPainterPath:
    """The body of a kind."""
    half = body / 2
    path = QPainterPath()
    box = QRectF(middle.x() - half, middle.y() - half, body, body)
    if kind == "vehicle":
        path.addRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
    elif kind == "police":
        path.moveTo(middle.x(), box.top() - 1)
        path.lineTo(box.right(), box.top() + body * 0.18)
        path.lineTo(box.right(), middle.y() + body * 0.06)
        path.quadTo(box.right() - body * 0.06, box.bottom() - 2, middle.x(), box.bottom() + 2)
        path.quadTo(
            box.left() + body * 0.06, box.bottom() - 2, box.left(), middle.y() + body * 0.06
        )
        path.lineTo(box.left(), box.top() + body * 0.18)
        path.closeSubpath()
    else:
        path.addEllipse(box)
    return path


def _badge(painter: QPainter, middle: QPointF, state: str, theme: Theme) -> None:
    """The state's shape on a small disc."""
    radius = theme.px(6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("canvas"))
    painter.drawEllipse(middle, radius, radius)
    side = theme.px(7)
    box = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
    paint_shape(painter, box, state, theme)


def _paint_label(
    painter: QPainter, text: str, size: QSizeF, strong: bool, stale: bool, theme: Theme
) -> None:
    plate = theme.color("accent_fill" if strong else "surface")
    plate.setAlphaF(1.0 if strong else 0.86)
    box = QRectF(QPointF(0, 0), size).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setBrush(plate)
    painter.setPen(QPen(theme.color("accent" if strong else "line_strong"), 1))
    painter.drawRoundedRect(box, 4, 4)
    painter.setFont(theme.font("small", bold=strong))
    painter.setPen(theme.color("accent_text" if strong else "muted" if stale else "text"))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def _paint_group(
    painter: QPainter, counts: tuple[tuple[str, int], ...], side: float, theme: Theme
) -> None:
    total = sum(count for _, count in counts)
    box = QRectF(0, 0, side, side).adjusted(1, 1, -1, -1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("canvas"))
    painter.drawEllipse(box)
    ring = box.adjusted(3.5, 3.5, -3.5, -3.5)
    start = 90.0
    for state, count in counts:
        span = 360 * count / total
        gap = min(8.0, span * 0.25) if len(counts) > 1 else 0.0
        pen = QPen(state_color(state, theme), 4.5, c=Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawArc(ring, round((start - gap / 2) * 16), round(-(span - gap) * 16))
        start -= span
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("surface"))
    painter.drawEllipse(ring.adjusted(3.5, 3.5, -3.5, -3.5))
    painter.setFont(theme.font("body", bold=True))
    painter.setPen(theme.color("text"))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), f"{total:,}")

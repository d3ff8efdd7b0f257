"""The seven states as colour and shape, painted as vectors so that no font decides. UI thread.

A state is never colour alone: normal ●, due soon ▲, overdue ■, paused ‖, unknown ? (and
hatched), done a ticked hollow circle, done late a hollow square.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPixmapCache,
    QPolygonF,
)

from widgets.theme import Theme, current_theme

Shape = Literal["disc", "triangle", "square", "bars", "question", "ring", "frame"]

BADGE_HEIGHT: Final = 20
_SHAPE_SIZE: Final = 10
# (theme, text size, words) -> width of the badge in pixels.
_WIDTHS: Final[dict[tuple[str, float, str], int]] = {}
_WIDTHS_MAX: Final = 4_000


@dataclass(frozen=True, slots=True)
class StateStyle:
    """How one state looks: colour token, readable text token, shape, hatched or not."""

    key: str
    token: str
    text_token: str
    shape: Shape
    hatched: bool = False


STATES: Final[Mapping[str, StateStyle]] = MappingProxyType(
    {
        style.key: style
        for style in (
            StateStyle("normal", "normal", "normal_text", "disc"),
            StateStyle("due_soon", "due_soon", "due_soon_text", "triangle"),
            StateStyle("overdue", "overdue", "overdue_text", "square"),
            StateStyle("paused", "paused", "paused_text", "bars"),
            StateStyle("unknown", "unknown", "unknown_text", "question", hatched=True),
            StateStyle("done", "normal", "normal_text", "ring"),
            StateStyle("done_late", "overdue", "overdue_text", "frame"),
        )
    }
)


def state_style(key: str) -> StateStyle:
    """The style of `key`; a key nobody knows looks unknown, which is the honest answer."""
    return STATES.get(key, STATES["unknown"])


def state_color(key: str, theme: Theme | None = None) -> QColor:
    """The fill colour of a state, or of a colour token when `key` is not a state."""
    look = theme or current_theme()
    if key not in STATES and key in look.colors:
        return look.color(key)
    return look.color(state_style(key).token)


def fill_brush(key: str, theme: Theme | None = None) -> QBrush:
    """The brush for an area of that state: solid, or hatched for unknown."""
    color = state_color(key, theme)
    if key in STATES and STATES[key].hatched:
        return QBrush(color, Qt.BrushStyle.BDiagPattern)
    return QBrush(color)


def paint_area(painter: QPainter, rect: QRectF, key: str, theme: Theme) -> QColor:
    """Fills a rectangle with a state's look and gives the colour that ink on it stands on.

    Unknown is a pale ground with quiet stripes and an edge, so that words on it stay readable.
    """
    color = state_color(key, theme)
    painter.save()
    if key in STATES and STATES[key].hatched:
        token = STATES[key].token
        ground = theme.mix(token, "surface", 0.16)
        painter.fillRect(rect, ground)
        painter.fillRect(
            rect, QBrush(theme.mix(token, "surface", 0.42), Qt.BrushStyle.BDiagPattern)
        )
        painter.setPen(QPen(color, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        color = ground
    else:
        painter.fillRect(rect, color)
    painter.restore()
    return color


def paint_shape(painter: QPainter, rect: QRectF, key: str, theme: Theme) -> None:
    """Paints the state's shape, centred in `rect`, in its readable colour."""
    style = state_style(key)
    side = min(rect.width(), rect.height())
    box = QRectF(0, 0, side, side)
    box.moveCenter(rect.center())
    color = theme.color(style.text_token)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    match style.shape:
        case "disc":
            painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
        case "triangle":
            painter.drawPolygon(_triangle(box))
        case "square":
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        case "bars":
            bar = side * 0.3
            painter.drawRect(QRectF(box.left() + side * 0.1, box.top(), bar, side))
            painter.drawRect(QRectF(box.right() - side * 0.1 - bar, box.top(), bar, side))
        case "question":
            _paint_question(painter, box, color)
        case "ring":
            _paint_ring(painter, box, color)
        case "frame":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color, side * 0.16, j=Qt.PenJoinStyle.MiterJoin))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
    painter.restore()


def _triangle(box: QRectF) -> QPolygonF:
    """An upright triangle that fills `box`."""
    return QPolygonF([QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()])


def _paint_question(painter: QPainter, box: QRectF, color: QColor) -> None:
    """A question mark of strokes: hook, stem, dot."""
    side = box.width()
    path = QPainterPath()
    hook = QRectF(box.left() + side * 0.22, box.top() + side * 0.06, side * 0.56, side * 0.5)
    path.arcMoveTo(hook, 170)
    path.arcTo(hook, 170, -230)
    path.lineTo(box.center().x(), box.top() + side * 0.68)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, side * 0.17, c=Qt.PenCapStyle.RoundCap))
    painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QPointF(box.center().x(), box.top() + side * 0.9), side * 0.1, side * 0.1)


def _paint_ring(painter: QPainter, box: QRectF, color: QColor) -> None:
    """A hollow circle with a tick inside."""
    side = box.width()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, side * 0.12))
    painter.drawEllipse(box.adjusted(0.6, 0.6, -0.6, -0.6))
    tick = QPainterPath(QPointF(box.left() + side * 0.28, box.top() + side * 0.52))
    tick.lineTo(box.left() + side * 0.45, box.top() + side * 0.68)
    tick.lineTo(box.left() + side * 0.72, box.top() + side * 0.34)
    painter.setPen(QPen(color, side * 0.14, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawPath(tick)


def badge_width(text: str, theme: Theme) -> int:
    """The width of a badge with that text, pixels."""
    wanted = (theme.name, theme.scale, text)
    known = _WIDTHS.get(wanted)
    if known is None:
        words = QFontMetrics(theme.font("small", bold=True)).horizontalAdvance(text)
        if len(_WIDTHS) >= _WIDTHS_MAX:
            _WIDTHS.clear()
        known = _WIDTHS[wanted] = words + theme.px(_SHAPE_SIZE) + theme.px(22)
    return known


def paint_badge(painter: QPainter, rect: QRect, key: str, text: str, theme: Theme) -> None:
    """Paints a badge (tinted pill, shape, words) centred in `rect`; the words elide if need be.

    A list shows the same few badges hundreds of times a second while it scrolls, so each is
    drawn once and kept as a picture; Qt throws out those that are not used any more.
    """
    width = min(badge_width(text, theme), rect.width())
    height = min(theme.px(BADGE_HEIGHT), rect.height())
    if width <= 0 or height <= 0:
        return
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    name = f"badge:{theme.name}:{theme.scale}:{key}:{text}:{width}:{height}:{ratio}"
    picture = QPixmap()
    if not QPixmapCache.find(name, picture):
        picture = _badge_picture(QSize(width, height), ratio, key, text, theme)
        QPixmapCache.insert(name, picture)
    left = rect.left() + round((rect.width() - width) / 2)
    painter.drawPixmap(left, rect.top() + round((rect.height() - height) / 2), picture)


def _badge_picture(room: QSize, ratio: float, key: str, text: str, theme: Theme) -> QPixmap:
    picture = QPixmap(room * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    _draw_badge(painter, QRectF(0, 0, room.width(), room.height()), key, text, theme)
    painter.end()
    return picture


def _draw_badge(painter: QPainter, pill: QRectF, key: str, text: str, theme: Theme) -> None:
    style = state_style(key)
    height = pill.height()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    hollow = style.shape in ("ring", "frame")
    painter.setBrush(theme.mix(style.token, "surface", 0.06 if hollow else 0.15))
    if hollow:
        painter.setPen(QPen(theme.mix(style.token, "surface", 0.45), 1))
        pill.adjust(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(pill, height / 2, height / 2)
    if style.hatched:
        painter.setBrush(QBrush(theme.mix(style.token, "surface", 0.3), Qt.BrushStyle.BDiagPattern))
        painter.drawRoundedRect(pill, height / 2, height / 2)
    size = theme.px(_SHAPE_SIZE)
    left = pill.left() + theme.px(8)
    paint_shape(painter, QRectF(left, pill.center().y() - size / 2, size, size), key, theme)
    font = theme.font("small", bold=True)
    painter.setFont(font)
    painter.setPen(theme.color(style.text_token))
    words = QRectF(pill)
    words.setLeft(left + size + theme.px(5))
    words.setRight(pill.right() - theme.px(4))
    room = int(words.width()) + 1
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def state_pixmap(key: str, size: int, theme: Theme | None = None) -> QPixmap:
    """The state's shape as a transparent picture of `size` pixels, for menus and lists."""
    look = theme or current_theme()
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    inset = max(1.0, size * 0.12)
    paint_shape(painter, QRectF(inset, inset, size - 2 * inset, size - 2 * inset), key, look)
    painter.end()
    return pixmap

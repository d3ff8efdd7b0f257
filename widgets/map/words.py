"""Names on the map: outlines of text with a halo, made once and painted at any angle. UI thread."""

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from widgets.map.placing import Rect
from widgets.theme import FontRole, Theme

_HELD: Final = 3_000


@dataclass(frozen=True, slots=True)
class Word:
    """A text's outline about its own middle, and its size in pixels."""

    path: QPainterPath
    width: float
    height: float


class Words:
    """The outlines of all texts of one look."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, str, bool, float], Word] = OrderedDict()

    def clear(self) -> None:
        """Forgets them, for another look."""
        self._held.clear()

    def word(self, text: str, role: FontRole, bold: bool, theme: Theme) -> Word:
        """The outline of `text`."""
        key = (text, role, bold, theme.scale)
        found = self._held.get(key)
        if found is None:
            font = theme.font(role, bold=bold)
            metrics = QFontMetricsF(font)
            width = metrics.horizontalAdvance(text)
            path = QPainterPath()
            path.addText(
                QPointF(-width / 2, (metrics.ascent() - metrics.descent()) / 2), font, text
            )
            found = self._held[key] = Word(path, width, metrics.ascent() + metrics.descent())
            if len(self._held) > _HELD:
                self._held.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True)
class Name:
    """A name that wants a place: about the pixel (`x`, `y`), turned by `angle` degrees."""

    weight: tuple[int, int, str]
    word: Word
    x: float
    y: float
    angle: float
    color: QColor
    dot: bool = False

    def rect(self) -> Rect:
        """The pixels it takes."""
        turn = math.radians(self.angle)
        cosine, sine = abs(math.cos(turn)), abs(math.sin(turn))
        half_w = (self.word.width * cosine + self.word.height * sine) / 2 + 3
        half_h = (self.word.width * sine + self.word.height * cosine) / 2 + 1
        return self.x - half_w, self.y - half_h, self.x + half_w, self.y + half_h


def paint_name(painter: QPainter, name: Name, halo: QColor) -> None:
    """Paints the text over a halo that keeps it readable on lines."""
    painter.save()
    painter.translate(name.x, name.y)
    painter.rotate(name.angle)
    pen = QPen(halo, 3.2, j=Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(name.word.path, pen)
    painter.fillPath(name.word.path, name.color)
    painter.restore()

"""Words on a canvas: each stretch in the font that has its characters, at the pitch of its line.
Any thread; one canvas on one thread."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from desktop.circulars.faces import Face
from desktop.circulars.geometry import PAPER_HIGH
from desktop.circulars.lines import Line, Placed
from desktop.circulars.typefaces import Typefaces

# Of the type size: where the em box of the five typefaces ends above and below the base line.
ASCENT: Final = 0.88
_SAME: Final = 1e-6


@dataclass(slots=True)
class _Stretch:
    """Full-width characters at one distance, or one word."""

    text: str
    face: Face
    left: float
    step: float  # from character to character, in characters
    single: bool  # full-width characters, to which one more may be added


class Ink:
    """Draws on `canvas`; heights count from the top edge of the paper, in points."""

    def __init__(self, canvas: Canvas, faces: Typefaces) -> None:
        self.canvas = canvas
        self.faces = faces

    def width(self, char: str, face: Face) -> float:
        """Of a character, as a share of the type size."""
        return self.faces.width(char, face)

    def line(self, line: Line, left: float, top: float, size: float, pitch: float) -> None:
        """A line whose characters are `pitch` apart; `top` is that of its em box."""
        for stretch in self._stretches(line.placed):
            self._draw(stretch, left, top + ASCENT * size, size, pitch)

    def words(
        self,
        text: str,
        face: Face,
        left: float,
        top: float,
        size: float,
        *,
        scale: float = 1.0,
        spread: float = 0.0,
    ) -> None:
        """Words at their natural distance and `spread` more, both narrowed to `scale`."""
        made = self.canvas.beginText(left, PAPER_HIGH - top - ASCENT * size)
        made.setHorizScale(100 * scale)
        if spread:
            made.setCharSpace(spread)
        for run in self.faces.runs(text, face):
            made.setFont(run.font, size)
            made.textOut(run.text)
        made.setHorizScale(100)  # it would hold for all that follows
        if spread:
            made.setCharSpace(0)
        self.canvas.drawText(made)

    def upwards(self, text: str, face: Face, base: float, foot: float, size: float) -> None:
        """Words that run from the height `foot` upwards, their base line at `base` from the left
        edge of the paper."""
        self.canvas.saveState()
        self.canvas.translate(base, PAPER_HIGH - foot)
        self.canvas.rotate(90)
        made = self.canvas.beginText(0, 0)
        for run in self.faces.runs(text, face):
            made.setFont(run.font, size)
            made.textOut(run.text)
        self.canvas.drawText(made)
        self.canvas.restoreState()

    def wide(self, text: str, face: Face, size: float) -> float:
        """How wide `words` would be, in points."""
        return size * sum(self.width(char, face) for char in text)

    def extent(self, text: str, face: Face) -> tuple[float, float]:
        """Lowest and highest point of the outlines of `text`, from the base line, as shares of
        the type size."""
        found = [
            _extent(pdfmetrics.getFont(run.font).face, ord(char))
            for run in self.faces.runs(text, face)
            for char in run.text
        ]
        return min(low for low, _ in found), max(high for _, high in found)

    def _stretches(self, placed: Iterable[Placed]) -> list[_Stretch]:
        """What can be drawn in one go, so that a file is small and its text in one piece."""
        found: list[_Stretch] = []
        for one in placed:
            last = found[-1] if found else None
            wide = sum(self.width(char, one.face) for char in one.text)
            single = len(one.text) == 1 and wide == 1
            if single and last is not None and last.single and last.face == one.face:
                step = (one.left - last.left) / len(last.text)
                if len(last.text) == 1 or abs(step - last.step) < _SAME:
                    last.text += one.text
                    last.step = step
                    continue
            found.append(_Stretch(one.text, one.face, one.left, wide / len(one.text), single))
        return found

    def _draw(self, stretch: _Stretch, left: float, base: float, size: float, pitch: float) -> None:
        made = self.canvas.beginText(left + stretch.left * pitch, PAPER_HIGH - base)
        natural = self.wide(stretch.text, stretch.face, size) / len(stretch.text)
        # Letters of a word keep their own widths, a little closer, as everything on its line.
        made.setCharSpace(stretch.step * pitch - natural)
        for run in self.faces.runs(stretch.text, stretch.face):
            made.setFont(run.font, size)
            made.textOut(run.text)
        made.setCharSpace(0)
        self.canvas.drawText(made)


def _extent(face: Any, code: int) -> tuple[float, float]:
    """Of a glyph, from the head of its outline in the table `glyf` (OpenType 1.9)."""
    at = face.get_table_pos("glyf")[0] + face.glyphPos[face.charToGlyph[code]]
    _contours, _left, low, _right, high = struct.unpack(">5h", face.get_chunk(at, 10))
    return low / face.unitsPerEm, high / face.unitsPerEm

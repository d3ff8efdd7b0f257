"""What charts have in common: words above, axes with their numbers, a caption. Any thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.circulars.charts import pens
from desktop.circulars.charts.scale import Scale
from desktop.circulars.geometry import (
    INK_GRID,
    LEFT,
    LINE,
    PAPER_HIGH,
    RIGHT,
    SIZE_SMALL_4,
    SIZE_SMALL_5,
    WIDE,
)
from desktop.circulars.ink import Ink
from desktop.circulars.official import Axis

TEXT_LINE: Final = 12.0  # points from line to line of small words
EDGE: Final = 6.0  # above a chart
GAP: Final = 3.0
_SWATCH: Final = 20.0
_BETWEEN: Final = 12.0  # from one name of the legend to the next

Sample = Callable[[Ink, int, float, float], None]  # of a series, at its left and its middle


@dataclass(frozen=True, slots=True)
class Area:
    """Where bars, lines and dots stand, in points; heights from the top of the paper."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def wide(self) -> float:
        return self.right - self.left


def small(ink: Ink, text: str, left: float, middle: float, size: float = SIZE_SMALL_5) -> None:
    """Words from `left` on, `middle` being half their height."""
    ink.words(text, "text", left, middle - size / 2, size)


def width(ink: Ink, text: str, size: float = SIZE_SMALL_5) -> float:
    """Of small words, in points."""
    return ink.wide(text, "text", size)


def above_lines(ink: Ink, title: str, names: Sequence[str]) -> int:
    """How many lines the title of an axis and the legend take."""
    return len(_legend(ink, title, names)) if names else bool(title)


def draw_above(
    ink: Ink, title: str, names: Sequence[str], top: float, sample: Sample | None = None
) -> None:
    """The title of the axis that ends below it, and the legend from the right edge inwards."""
    small(ink, title, LEFT, top + TEXT_LINE / 2)
    if sample is None:
        return
    number = 0
    for row, found in enumerate(_legend(ink, title, names)):
        x = RIGHT - sum(_item(ink, name) for name in found) - _BETWEEN * (len(found) - 1)
        middle = top + (row + 0.5) * TEXT_LINE
        for name in found:
            sample(ink, number, x, middle)
            small(ink, name, x + _SWATCH + GAP, middle)
            x += _item(ink, name) + _BETWEEN
            number += 1


def bar_sample(ink: Ink, number: int, left: float, middle: float) -> None:
    """A piece of a bar for the legend."""
    pens.plain_pen(ink.canvas)
    pens.fill_bar(ink.canvas, number, left + 4, middle - 4, _SWATCH - 4, 8)


def line_sample(ink: Ink, number: int, left: float, middle: float) -> None:
    """A piece of a line for the legend."""
    pens.line_pen(ink.canvas, number)
    ink.canvas.line(left, PAPER_HIGH - middle, left + _SWATCH, PAPER_HIGH - middle)
    pens.mark(ink.canvas, number, left + _SWATCH / 2, middle)
    pens.plain_pen(ink.canvas)


def draw_upright_axis(ink: Ink, axis: Axis, scale: Scale, area: Area) -> None:
    """Numbers at the left of `area` and a fine line across it for each."""
    for value in scale.ticks:
        y = scale.at(value)
        pens.plain_pen(ink.canvas, INK_GRID)
        ink.canvas.line(area.left, PAPER_HIGH - y, area.right, PAPER_HIGH - y)
        words = axis.number(value)
        small(ink, words, area.left - GAP - width(ink, words), y)
    pens.plain_pen(ink.canvas)
    ink.canvas.line(area.left, PAPER_HIGH - area.top, area.left, PAPER_HIGH - area.bottom)


def draw_level_axis(ink: Ink, axis: Axis, scale: Scale, area: Area) -> None:
    """Numbers below `area` and a fine line up through it for each."""
    for value in scale.ticks:
        x = scale.at(value)
        pens.plain_pen(ink.canvas, INK_GRID)
        ink.canvas.line(x, PAPER_HIGH - area.top, x, PAPER_HIGH - area.bottom)
        words = axis.number(value)
        small(ink, words, x - width(ink, words) / 2, area.bottom + GAP + SIZE_SMALL_5 / 2)
    pens.plain_pen(ink.canvas)
    ink.canvas.line(area.left, PAPER_HIGH - area.bottom, area.right, PAPER_HIGH - area.bottom)


def number_room(ink: Ink, axis: Axis, ticks: Sequence[float]) -> float:
    """How much numbers at the left of an axis take."""
    return max(width(ink, axis.number(value)) for value in ticks) + GAP


def draw_title_below(ink: Ink, title: str, area: Area, foot: float) -> None:
    """The title of the level axis in the middle of the line that ends at `foot`."""
    left = area.left + (area.wide - width(ink, title)) / 2
    small(ink, title, left, foot - TEXT_LINE / 2)


def draw_caption(ink: Ink, words: str, top: float) -> None:
    """图1 …, in the middle of a line of the page."""
    left = LEFT + (WIDE - ink.wide(words, "hei", SIZE_SMALL_4)) / 2
    ink.words(words, "hei", left, top + (LINE - SIZE_SMALL_4) / 2, SIZE_SMALL_4)


def _item(ink: Ink, name: str) -> float:
    return _SWATCH + GAP + width(ink, name)


def _legend(ink: Ink, title: str, names: Sequence[str]) -> list[list[str]]:
    """Names by line; the title of the axis stands in the first one."""
    rows: list[list[str]] = [[]]
    free = WIDE - (width(ink, title) + _BETWEEN if title else 0.0)
    for name in names:
        needed = _item(ink, name) + (_BETWEEN if rows[-1] else 0.0)
        if needed > free and (rows[-1] or len(rows) == 1):
            rows.append([])
            free = WIDE
            needed = _item(ink, name)
        rows[-1].append(name)
        free -= needed
    return rows

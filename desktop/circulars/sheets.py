"""Tables of official documents as rows of a page. Any thread.

The words above stand over the first part alone, the heads of the columns on every page. A row is
as high as its highest cell and is cut only where it is higher than a page; each part then bears
the row's number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from desktop.circulars.faces import Face
from desktop.circulars.flow import Row
from desktop.circulars.geometry import (
    HIGH,
    LEFT,
    LINE,
    PAPER_HIGH,
    RIGHT,
    SIZE_5,
    SIZE_SMALL_4,
    WIDE,
)
from desktop.circulars.ink import Ink
from desktop.circulars.lines import Line, Span, break_lines, widest_word
from desktop.circulars.official import Align, Column, Sheet

_LEADING: Final = 15.0  # points from line to line within a cell
_PAD: Final = 4.0  # between a rule and the words, and at both sides of a cell
_THICK: Final = 1.0
_THIN: Final = 0.5
_SHORT: Final = 5  # characters of a cell that is not to be broken where that can be helped
_SLACK: Final = 0.1  # points, for sums of fractions
_SHADE: Final = 0.94  # of the heads, 1 being white
_WORDS: Final = HIGH - 4 * LINE  # of a row that is not cut
_PART_LINES: Final = int(_WORDS // _LEADING)

Cell = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A column on the page."""

    left: float
    wide: float
    align: Align


def sheet_rows(ink: Ink, sheet: Sheet) -> list[Row]:
    """The rows of a table, from its caption to the way back to the lines of the page.

    Raises ValueError for a row that is not as long as the heads.
    """
    if any(len(values) != len(sheet.columns) for values in sheet.rows):
        raise ValueError("a row of a table is not as long as its heads")
    places = _places(ink, sheet)
    heads = _row(ink, [column.head for column in sheet.columns], places, face="hei")
    head = Row(_drawing(heads, places, head=True), _high(heads), with_next=True)
    rows = [Row(_caption(ink, sheet.caption), LINE, with_next=True), head]
    for number, values in enumerate(sheet.rows, start=1):
        last = number == len(sheet.rows)
        for part in _parts(_row(ink, values, places, face="text")):
            draw = _drawing(part, places, last=last)
            rows.append(Row(draw, _high(part), words=True, heads=(head,)))
    rows.append(Row(to_grid=True, high=0.0))
    return rows


def _places(ink: Ink, sheet: Sheet) -> list[_Place]:
    """Columns by their shares; one whose numbers, words or short cells would be torn takes what it
    needs from the others, if they have it."""
    needed = [
        _needed(ink, column.head, {row[place] for row in sheet.rows})
        for place, column in enumerate(sheet.columns)
    ]
    found: list[_Place] = []
    left = LEFT
    for column, wide in zip(sheet.columns, _widths(sheet.columns, needed), strict=True):
        found.append(_Place(left, wide, column.align))
        left += wide
    return found


def _needed(ink: Ink, head: str, cells: Iterable[str]) -> float:
    """How wide a column must be, in points."""
    short = [ink.wide(cell, "text", 1.0) for cell in cells if len(cell) <= _SHORT]
    words = [widest_word(cell, ink.width) for cell in cells]
    least = ink.wide(head, "hei", 1.0) if len(head) <= _SHORT else 0.0
    most = max([least, *short, *words])
    return most * SIZE_5 + 2 * _PAD + _SLACK


def _widths(columns: Sequence[Column], needed: Sequence[float]) -> list[float]:
    """By share, but none below what it needs; by share alone where that is too much."""
    wides = [WIDE * column.share / sum(c.share for c in columns) for column in columns]
    if sum(needed) > WIDE:
        return wides
    held: set[int] = set()
    while short := {n for n, wide in enumerate(wides) if wide < needed[n] - _SLACK} - held:
        held |= short
        free = WIDE - sum(needed[n] for n in held)
        shares = sum(column.share for n, column in enumerate(columns) if n not in held)
        wides = [
            needed[n] if n in held else free * column.share / shares
            for n, column in enumerate(columns)
        ]
    return wides


def _row(ink: Ink, values: Sequence[str], places: list[_Place], *, face: Face) -> list[Cell]:
    return [
        tuple(
            break_lines(
                [Span(value, face)], ink.width, (place.wide - 2 * _PAD) / SIZE_5, justify=False
            )
        )
        for value, place in zip(values, places, strict=True)
    ]


def _parts(cells: list[Cell]) -> list[list[Cell]]:
    """A row as it is, or in parts of which each fits a page and bears the number."""
    most = max(map(len, cells))
    if most <= _PART_LINES:
        return [cells]
    return [
        [cells[0], *(cell[at : at + _PART_LINES] for cell in cells[1:])]
        for at in range(0, most, _PART_LINES)
    ]


def _high(cells: list[Cell]) -> float:
    return max(1, *map(len, cells)) * _LEADING + 2 * _PAD


def _caption(ink: Ink, words: str) -> Any:
    left = LEFT + (WIDE - ink.wide(words, "hei", SIZE_SMALL_4)) / 2

    def draw(on: Ink, top: float) -> None:
        on.words(words, "hei", left, top + (LINE - SIZE_SMALL_4) / 2, SIZE_SMALL_4)

    return draw


def _drawing(
    cells: list[Cell], places: list[_Place], *, head: bool = False, last: bool = False
) -> Any:
    """Words of a row between two rules; the heads are shaded, below a thick one, and the last row
    ends with a thick one."""
    high = _high(cells)

    def draw(ink: Ink, top: float) -> None:
        if head:
            ink.canvas.setFillGray(_SHADE)
            ink.canvas.rect(LEFT, PAPER_HIGH - top - high, WIDE, high, stroke=0, fill=1)
            ink.canvas.setFillGray(0)
            _rule(ink, top, _THICK)
        for cell, place in zip(cells, places, strict=True):
            first = top + (high - len(cell) * _LEADING) / 2
            for number, line in enumerate(cell):
                free = place.wide - 2 * _PAD - line.right * SIZE_5
                share = {"left": 0.0, "center": 0.5, "right": 1.0}[
                    "center" if head else place.align
                ]
                left = place.left + _PAD + free * share
                at = first + number * _LEADING + (_LEADING - SIZE_5) / 2
                ink.line(line, left, at, SIZE_5, SIZE_5)
        _rule(ink, top + high, _THICK if last else _THIN)

    return draw


def _rule(ink: Ink, top: float, thick: float) -> None:
    ink.canvas.setLineWidth(thick)
    ink.canvas.line(LEFT, PAPER_HIGH - top, RIGHT, PAPER_HIGH - top)

"""版记: copies, printer and day of printing, at the foot of the last page. Any thread."""

from desktop.circulars.geometry import (
    BOTTOM,
    LEFT,
    LINE,
    PAPER_HIGH,
    RECORD_THICK,
    RECORD_THIN,
    RIGHT,
    SIZE_4,
    WIDE,
)
from desktop.circulars.ink import Ink
from desktop.circulars.lines import Line, Span, break_lines
from desktop.circulars.official import Record, day_words

_HIGH = LINE * SIZE_4 / 16  # of a line in 4号


def record_lines(ink: Ink, record: Record) -> int:
    """How many lines of the grid it needs, with a blank one above."""
    high = (len(_copies(ink, record)) + 1) * _HIGH
    return int(high // LINE) + 2


def draw_record(ink: Ink, record: Record) -> None:
    """Its last rule lies on the lower edge of the type area."""
    copies = _copies(ink, record)
    top = BOTTOM - (len(copies) + 1) * _HIGH
    _rule(ink, top, RECORD_THICK)
    for number, line in enumerate(copies):
        at = top + number * _HIGH + (_HIGH - SIZE_4) / 2
        ink.line(line, LEFT + SIZE_4, at, SIZE_4, SIZE_4)
    if copies:
        _rule(ink, BOTTOM - _HIGH, RECORD_THIN)
    at = BOTTOM - _HIGH + (_HIGH - SIZE_4) / 2
    ink.words(record.printed_by, "text", LEFT + SIZE_4, at, SIZE_4)
    day = f"{day_words(record.printed_on)}印发"
    ink.words(day, "text", RIGHT - SIZE_4 - ink.wide(day, "text", SIZE_4), at, SIZE_4)
    _rule(ink, BOTTOM, RECORD_THICK)


def _copies(ink: Ink, record: Record) -> list[Line]:
    """抄送 with a hanging indent, one character in from both edges."""
    if not record.copies_to:
        return []
    word = "抄送："
    room = WIDE / SIZE_4 - 2
    lines = break_lines([Span(f"{record.copies_to}。")], ink.width, room - len(word))
    (label,) = break_lines([Span(word)], ink.width, room)
    moved = [
        Line(
            tuple(type(one)(one.text, one.face, one.left + len(word)) for one in line.placed),
            line.right + len(word),
        )
        for line in lines
    ]
    return [Line(label.placed + moved[0].placed, moved[0].right), *moved[1:]]


def _rule(ink: Ink, top: float, thick: float) -> None:
    ink.canvas.setLineWidth(thick)
    ink.canvas.line(LEFT, PAPER_HIGH - top, RIGHT, PAPER_HIGH - top)

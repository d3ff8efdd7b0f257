"""链头 on paper: a code that a telephone reads, and the same in words beside it. Any thread.

It stands below the type area of the last page, on the side where the number of the page is not, and
is drawn as rectangles: a picture would be blurred by whatever scales it.
"""

from itertools import groupby
from typing import Final

import segno

from desktop.circulars.geometry import (
    BOTTOM,
    LEFT,
    MM,
    PAPER_HIGH,
    RIGHT,
    SIZE_FOOT,
    WIDE,
)
from desktop.circulars.ink import Ink
from desktop.circulars.lines import Line, Span, break_lines
from desktop.circulars.official import Anchor
from desktop.errors import UserError

_WIDE: Final = 18 * MM
_BELOW: Final = 5 * MM  # from the type area
_SMALL: Final = 11 * MM  # above the lower rules of a letter
_SMALL_BELOW: Final = 1 * MM
_MODULE_MIN: Final = 0.2 * MM  # what a laser printer draws and a telephone reads
_AWAY: Final = 2.5 * MM  # from the code to the words, more than its four modules
_WORDS_WIDE: Final = WIDE - 34 * MM  # code and words; the number of the page is beyond them
_LEADING: Final = 10.0  # points


def draw_anchor(ink: Ink, anchor: Anchor, foot: str, *, at_left: bool, small: bool) -> None:
    """The code, its lines, and the foot of the page, whose place it takes; `small`: above the
    rules of a letter's first page, which bears no number.

    Raises UserError for more than a code of that size or the place beside it holds.
    """
    wide, top = (_SMALL, BOTTOM + _SMALL_BELOW) if small else (_WIDE, BOTTOM + _BELOW)
    left = LEFT if at_left else RIGHT - wide
    _draw_code(ink, anchor.payload, left, top, wide)
    room = ((WIDE if small else _WORDS_WIDE) - wide - _AWAY) / SIZE_FOOT
    lines = ["　".join(anchor.lines)] if small else [*anchor.lines]
    if foot:
        lines.append(foot)
    made = [
        line
        for words in lines
        for line in break_lines([Span(words, "song")], ink.width, room, justify=False)
    ]
    if len(made) * _LEADING > wide + _LEADING / 2:
        raise UserError("链头旁的文字过长，页脚排不下：请缩短。")
    first = top + (wide - len(made) * _LEADING) / 2
    for number, line in enumerate(made):
        at = first + number * _LEADING + (_LEADING - SIZE_FOOT) / 2
        ink.line(line, _words_left(line, left, wide, at_left=at_left), at, SIZE_FOOT, SIZE_FOOT)


def _words_left(line: Line, left: float, wide: float, *, at_left: bool) -> float:
    return left + wide + _AWAY if at_left else left - _AWAY - line.right * SIZE_FOOT


def _draw_code(ink: Ink, payload: str, left: float, top: float, wide: float) -> None:
    try:
        rows = segno.make_qr(payload, error="m").matrix
    except segno.DataOverflowError as wrong:
        raise UserError("链头的内容过长，二维码放不下。") from wrong
    module = wide / len(rows)
    if module < _MODULE_MIN:
        raise UserError("链头的内容过长，二维码过密，打印后无法识读。")
    path = ink.canvas.beginPath()
    for number, row in enumerate(rows):
        bottom = PAPER_HIGH - top - (number + 1) * module
        at = 0
        for dark, group in groupby(row):
            count = len(list(group))
            if dark:
                path.rect(left + at * module, bottom, count * module, module)
            at += count
    ink.canvas.drawPath(path, stroke=0, fill=1)

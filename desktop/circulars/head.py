"""版头 and title: all that stands above the words of the first page. Any thread."""

from typing import Final

from desktop.circulars.geometry import (
    CHAR,
    CHARS,
    LEFT,
    LINE,
    MARK_HIGH,
    MARK_TOP,
    MARK_WIDE_MAX,
    PAPER_HIGH,
    RED,
    RIGHT,
    RULE_BELOW,
    RULE_THICK,
    SIZE_2,
    SIZE_3,
    TITLE_LINE,
    TOP,
    WIDE,
)
from desktop.circulars.ink import ASCENT, Ink
from desktop.circulars.lines import Span, break_lines
from desktop.circulars.official import Official
from desktop.circulars.titles import title_lines
from desktop.errors import UserError

_TITLE_CHARS: Final = 19
_NO_NUMBER: Final = "未编号"


def draw_head(ink: Ink, document: Official) -> float:
    """Draws it and gives where the words may begin, from the top of the paper.

    Raises UserError for a title that four lines do not hold.
    """
    _draw_corner(ink, document)
    bottom = _draw_mark(ink, document.head.mark)
    rule = _draw_number(ink, document, bottom + 2 * LINE)
    return _draw_title(ink, document.title, rule + 2 * LINE)


def _draw_corner(ink: Ink, document: Official) -> None:
    """份号, 密级 and 紧急程度 from the first line on, each on its own."""
    head = document.head
    found = [(head.copy, "text"), (head.secrecy, "hei"), (head.urgency, "hei")]
    place = 0
    for words, face in found:
        if words:
            top = TOP + place * LINE + (LINE - SIZE_3) / 2
            (line,) = break_lines([Span(words, face)], ink.width, CHARS)  # type: ignore[arg-type]
            ink.line(line, LEFT, top, SIZE_3, CHAR)
            place += 1


def _draw_mark(ink: Ink, mark: str) -> float:
    """The red name; its outlines begin 35 mm below the type area. Gives where they end."""
    low, high = ink.extent(mark, "title")
    size = MARK_HIGH / (high - low)
    natural = ink.wide(mark, "title", size)
    scale = min(1.0, MARK_WIDE_MAX / natural)
    left = LEFT + (WIDE - natural * scale) / 2
    base = MARK_TOP + high * size
    ink.canvas.setFillColorCMYK(*RED)
    ink.words(mark, "title", left, base - ASCENT * size, size, scale=scale)
    ink.canvas.setFillGray(0)
    return MARK_TOP + MARK_HIGH


def _draw_number(ink: Ink, document: Official, top: float) -> float:
    """发文字号 with its outlines from `top` on, the red rule 4 mm below; gives where that is."""
    head = document.head
    words = head.number or _NO_NUMBER
    low, high = ink.extent(words, "text")
    em_top = top + high * SIZE_3 - ASCENT * SIZE_3
    (line,) = break_lines([Span(words)], ink.width, CHARS)
    if head.signer:
        ink.line(line, LEFT + CHAR, em_top, SIZE_3, CHAR)
        signer = [Span("签发人："), Span(head.signer, "kai")]
        (other,) = break_lines(signer, ink.width, CHARS)
        ink.line(other, RIGHT - CHAR - other.right * CHAR, em_top, SIZE_3, CHAR)
    else:
        ink.line(line, LEFT + (WIDE - line.right * CHAR) / 2, em_top, SIZE_3, CHAR)
    rule = top + (high - low) * SIZE_3 + RULE_BELOW
    ink.canvas.setStrokeColorCMYK(*RED)
    ink.canvas.setLineWidth(RULE_THICK)
    middle = PAPER_HIGH - rule - RULE_THICK / 2
    ink.canvas.line(LEFT, middle, RIGHT, middle)
    ink.canvas.setStrokeGray(0)
    return rule


def _draw_title(ink: Ink, title: str, top: float) -> float:
    """标题, centred, one blank line below it; gives where that ends."""
    try:
        lines = title_lines(title, _TITLE_CHARS)
    except ValueError as wrong:
        raise UserError(f"标题过长，四行排不下（每行 {_TITLE_CHARS} 字）：请缩短标题。") from wrong
    for number, words in enumerate(lines):
        left = LEFT + (WIDE - ink.wide(words, "title", SIZE_2)) / 2
        at = top + number * TITLE_LINE + (TITLE_LINE - SIZE_2) / 2
        ink.words(words, "title", left, at, SIZE_2)
    return top + len(lines) * TITLE_LINE + LINE

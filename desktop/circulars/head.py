"""版头 and title: all that stands above the words of the first page. Any thread."""

from typing import Final

from desktop.circulars.faces import Face
from desktop.circulars.geometry import (
    CHAR,
    CHARS,
    JOINT_GAP,
    JOINT_HIGH_MAX,
    JOINT_MARK_HIGH,
    LEFT,
    LETTER_FOOT,
    LETTER_GAP,
    LETTER_MARK_HIGH,
    LETTER_MARK_TOP,
    LETTER_RULES_WIDE,
    LETTER_THICK,
    LETTER_THIN,
    LINE,
    MARK_HIGH,
    MARK_TOP,
    MARK_WIDE_MAX,
    PAPER_HIGH,
    PAPER_WIDE,
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
from desktop.circulars.titles import titled

_NO_NUMBER: Final = "未编号"
_MARK_AWAY: Final = 0.5  # characters from the names of a joint mark to 文件
_PAIR: Final = LETTER_THICK + LETTER_GAP + LETTER_THIN


def draw_head(ink: Ink, document: Official) -> float:
    """Draws it and gives where the words may begin, from the top of the paper. Minutes have the
    head of a document, with their own mark.

    Raises UserError for a title that four lines do not hold.
    """
    if document.form == "letter":
        return _draw_letter_head(ink, document)
    _draw_corner(ink, document, TOP + (LINE - SIZE_3) / 2)
    if document.joint:
        bottom = _draw_joint_mark(ink, document)
    else:
        bottom = _draw_mark(ink, document.head.mark, MARK_TOP, MARK_HIGH)
    rule = _draw_number(ink, document, bottom + 2 * LINE)
    return _draw_title(ink, document.title, rule + 2 * LINE)


def draw_letter_foot(ink: Ink) -> None:
    """The lower pair of red rules on the first page of a letter, the thin one above."""
    _draw_pair(ink, PAPER_HIGH - LETTER_FOOT - _PAIR, thin_first=True)


def _draw_letter_head(ink: Ink, document: Official) -> float:
    """信函: the name, a pair of red rules 4 mm below, the number at the right under them."""
    bottom = _draw_mark(ink, document.head.mark, LETTER_MARK_TOP, LETTER_MARK_HIGH)
    rules = bottom + RULE_BELOW
    _draw_pair(ink, rules, thin_first=False)
    top = rules + _PAIR + SIZE_3 * 7 / 8
    (line,) = break_lines([Span(document.head.number or _NO_NUMBER)], ink.width, CHARS)
    ink.line(line, RIGHT - line.right * CHAR, top, SIZE_3, CHAR)
    below = max(1, _draw_corner(ink, document, top))
    return _draw_title(ink, document.title, top + (below - 1) * LINE + SIZE_3 + 2 * LINE)


def _draw_pair(ink: Ink, top: float, *, thin_first: bool) -> None:
    """Two red rules, 170 mm wide in the middle of the paper."""
    ink.canvas.setStrokeColorCMYK(*RED)
    left = (PAPER_WIDE - LETTER_RULES_WIDE) / 2
    at = top
    thicks = (LETTER_THICK, LETTER_THIN)
    for thick in reversed(thicks) if thin_first else thicks:
        ink.canvas.setLineWidth(thick)
        middle = PAPER_HIGH - at - thick / 2
        ink.canvas.line(left, middle, left + LETTER_RULES_WIDE, middle)
        at += thick + LETTER_GAP
    ink.canvas.setStrokeGray(0)


def _draw_corner(ink: Ink, document: Official, top: float) -> int:
    """份号, 密级 and 紧急程度, each on a line of its own from `top` on; gives how many."""
    head = document.head
    found: list[tuple[str, Face]] = [
        (head.copy, "text"),
        (head.secrecy, "hei"),
        (head.urgency, "hei"),
    ]
    place = 0
    for words, face in found:
        if words:
            (line,) = break_lines([Span(words, face)], ink.width, CHARS)
            ink.line(line, LEFT, top + place * LINE, SIZE_3, CHAR)
            place += 1
    return place


def _draw_mark(ink: Ink, mark: str, top: float, tall: float) -> float:
    """The red name, its outlines `tall` from `top` on. Gives where they end."""
    low, high = ink.extent(mark, "title")
    size = tall / (high - low)
    natural = ink.wide(mark, "title", size)
    scale = min(1.0, MARK_WIDE_MAX / natural)
    left = LEFT + (WIDE - natural * scale) / 2
    base = top + high * size
    ink.canvas.setFillColorCMYK(*RED)
    ink.words(mark, "title", left, base - ASCENT * size, size, scale=scale)
    ink.canvas.setFillGray(0)
    return top + tall


def _draw_joint_mark(ink: Ink, document: Official) -> float:
    """The names one below the other, all as wide as the longest, and the mark in the middle of
    their right. Gives where the last one ends."""
    names, mark = document.organs, document.head.mark
    tall = min(JOINT_MARK_HIGH, JOINT_HIGH_MAX / (len(names) * (1 + JOINT_GAP) - JOINT_GAP))
    low, high = ink.extent("".join(names) + mark, "title")
    size = tall / (high - low)
    widest = max(ink.wide(name, "title", size) for name in names)
    other = ink.wide(mark, "title", size)
    between = size * _MARK_AWAY if mark else 0.0
    scale = min(1.0, MARK_WIDE_MAX / (widest + between + other))
    left = LEFT + (WIDE - (widest + between + other) * scale) / 2
    first = MARK_TOP + ink.extent(names[0], "title")[1] * size  # base lines
    last = first + (len(names) - 1) * tall * (1 + JOINT_GAP)
    ink.canvas.setFillColorCMYK(*RED)
    for number, name in enumerate(names):
        spread = (widest - ink.wide(name, "title", size)) / max(1, len(name) - 1)
        top = first + number * tall * (1 + JOINT_GAP) - ASCENT * size
        ink.words(name, "title", left, top, size, scale=scale, spread=spread)
    if mark:
        right = left + (widest + between) * scale
        ink.words(mark, "title", right, (first + last) / 2 - ASCENT * size, size, scale=scale)
    ink.canvas.setFillGray(0)
    return last - ink.extent(names[-1], "title")[0] * size


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
    lines = titled(title)
    for number, words in enumerate(lines):
        left = LEFT + (WIDE - ink.wide(words, "title", SIZE_2)) / 2
        at = top + number * TITLE_LINE + (TITLE_LINE - SIZE_2) / 2
        ink.words(words, "title", left, at, SIZE_2)
    return top + len(lines) * TITLE_LINE + LINE

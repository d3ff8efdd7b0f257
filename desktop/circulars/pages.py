"""An official document as pages of GB/T 9704—2012. Any thread; equal words give equal bytes.

First everything is laid out in rows of lines, then the rows are put on pages: a page holds 22
lines, the first one less by its head. Name and date never stand on a page without words of the
body, each annex begins a page, and the record at the end stands on the last line of the last page.
"""

import math
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from desktop.circulars.anchor import draw_anchor
from desktop.circulars.body import annex_rows, body_rows
from desktop.circulars.closing import SEAL_ROOM, closing_rows, seal_room_rows
from desktop.circulars.flow import Page, Row, flowed, taken_along
from desktop.circulars.geometry import (
    BOTTOM,
    CHAR,
    LEFT,
    LINE,
    NUMBER_BELOW,
    PAPER_HIGH,
    PAPER_WIDE,
    RIGHT,
    SIZE_3,
    SIZE_4,
    SIZE_FOOT,
    TOP,
)
from desktop.circulars.head import draw_head, draw_letter_foot
from desktop.circulars.ink import Ink
from desktop.circulars.official import Official
from desktop.circulars.paper import write_atomically
from desktop.circulars.record import draw_record, record_lines
from desktop.circulars.typefaces import Typefaces, typefaces

__all__ = ["SEAL_ROOM", "write_official"]

_FOOT_GREY: Final = 0.45
_WITH_SIGNATURE: Final = 2  # rows of words that go with name and date


def write_official(document: Official, path: Path) -> Path:
    """Lays `document` out and puts it at `path`, whole or not at all.

    Raises UserError for a character without a font or for a title, a joint signature or a code
    that has no room, OutsideError where a typeface is missing or the file cannot be written.
    """
    faces = typefaces()
    faces.require(document.fields())
    return write_atomically(path, lambda name: _write(document, faces, name))


def _write(document: Official, faces: Typefaces, name: str) -> None:
    canvas = Canvas(
        name,
        pagesize=(PAPER_WIDE, PAPER_HIGH),
        invariant=1,
        initialFontName=faces.font("text"),
        initialFontSize=SIZE_3,
    )
    canvas.setTitle(document.title.replace("\n", ""))
    canvas.setAuthor("、".join(document.organs))
    canvas.setSubject(document.head.number)
    ink = Ink(canvas, faces)
    begins = draw_head(ink, document)
    pages = _paged(document, ink, begins)
    for number, page in enumerate(pages, start=1):
        top = TOP + page.begins
        for row in page.rows:
            if row.draw is not None:
                row.draw(ink, top)
            top += row.high
        _draw_edges(ink, document, page, number, len(pages))
        canvas.showPage()
    canvas.save()


def _paged(document: Official, ink: Ink, below: float) -> list[Page]:
    """Rows on pages; `below`: where the first page has room, from the top of the paper."""
    first = math.ceil((below - TOP) / LINE - 1e-6) * LINE
    pages = flowed(body_rows(document, ink), first)
    tail = closing_rows(document, ink)
    if tail and not pages[-1].holds(tail):
        del tail[0]  # rather a line less above the name than another page
    if not pages[-1].holds(tail):
        # 此页无正文 is not to be: words of the body come along.
        pages.append(Page(rows=taken_along(pages[-1], _WITH_SIGNATURE)))
    pages[-1].rows += seal_room_rows(document, ink, tail) + tail
    alone = len(document.enclosed) == 1
    for number, annex in enumerate(document.annexes, start=1):
        pages += flowed(annex_rows(ink, annex, None if alone else number), 0.0)
    if document.record is not None:
        needed = [Row() for _ in range(record_lines(ink, document.record))]
        if not pages[-1].holds(needed):
            pages.append(Page())
    return pages


def _draw_edges(ink: Ink, document: Official, page: Page, number: int, count: int) -> None:
    """What stands below the words of a page: record, rules of a letter, number, foot, code."""
    last = number == count
    if last and document.record is not None:
        draw_record(ink, document.record)
    first_of_letter = document.form == "letter" and number == 1
    if first_of_letter:
        draw_letter_foot(ink)
    elif page.rows:
        _draw_number(ink, number)
    if last and document.anchor is not None:
        draw_anchor(
            ink, document.anchor, document.foot, at_left=number % 2 == 1, small=first_of_letter
        )
    elif document.foot:
        _draw_foot(ink, document.foot, number)


def _draw_foot(ink: Ink, words: str, number: int) -> None:
    """Small and grey, on the side where the number of the page is not."""
    wide = ink.wide(words, "song", SIZE_FOOT)
    left = LEFT if number % 2 else RIGHT - wide
    ink.canvas.setFillGray(_FOOT_GREY)
    ink.words(words, "song", left, BOTTOM + NUMBER_BELOW + SIZE_4 - SIZE_FOOT, SIZE_FOOT)
    ink.canvas.setFillGray(0)


def _draw_number(ink: Ink, number: int) -> None:
    """页码: 4号 half-width 宋体 between dashes; odd pages at the right, even ones at the left, both
    one character in."""
    words = f"— {number} —"
    wide = ink.wide(words, "song", SIZE_4)
    left = RIGHT - CHAR - wide if number % 2 else LEFT + CHAR
    ink.words(words, "song", left, BOTTOM + NUMBER_BELOW, SIZE_4)

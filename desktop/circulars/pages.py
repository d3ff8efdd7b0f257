"""An official document as pages of GB/T 9704—2012. Any thread; equal words give equal bytes.

First everything is laid out in rows of lines, then the rows are put on pages: a page holds 22
lines, the first one less by its head. Name and date never stand on a page without words of the
body, and the record at the end stands on the last line of the last page.
"""

import math
from datetime import date
from pathlib import Path
from typing import Final

from reportlab.pdfbase.pdfdoc import PDFDictionary
from reportlab.pdfgen.canvas import Canvas

from desktop.circulars.faces import Face
from desktop.circulars.flow import Draw, Page, Row, flowed, taken_along
from desktop.circulars.geometry import (
    BOTTOM,
    CHAR,
    CHARS,
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
from desktop.circulars.lines import Line, Span, break_lines
from desktop.circulars.official import Official, Paragraph, Sheet, day_words
from desktop.circulars.paper import write_atomically
from desktop.circulars.record import draw_record, record_lines
from desktop.circulars.sheets import sheet_rows
from desktop.circulars.typefaces import Typefaces, typefaces

_FACES: Final[tuple[Face, ...]] = ("text", "hei", "kai", "text", "text")  # by level
_INDENT: Final = 2.0  # characters
_SEAL_IN: Final = 4.0  # characters right of the date, where a seal will stand over it
_PLAIN_IN: Final = 2.0
_FOOT_GREY: Final = 0.45
_WITH_SIGNATURE: Final = 2  # rows of words that go with name and date
SEAL_ROOM: Final = "seal"  # a named destination: from the last words to the foot of the date


def write_official(document: Official, path: Path) -> Path:
    """Lays `document` out and puts it at `path`, whole or not at all.

    Raises UserError for a character without a font or a title that is too long, OutsideError where
    a typeface is missing or the file cannot be written.
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
    canvas.setAuthor(document.organ)
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
        if number == len(pages) and document.record is not None:
            draw_record(ink, document.record)
        first_of_letter = document.form == "letter" and number == 1
        if first_of_letter:
            draw_letter_foot(ink)
        elif page.rows:
            _draw_number(ink, number)
        if document.foot:
            _draw_foot(ink, document.foot, number)
        canvas.showPage()
    canvas.save()


def _paged(document: Official, ink: Ink, below: float) -> list[Page]:
    """Rows on pages; `below`: where the first page has room, from the top of the paper."""
    first = math.ceil((below - TOP) / LINE - 1e-6) * LINE
    pages = flowed(_body_rows(document, ink), first)
    tail = _signature_rows(document, ink)
    if not pages[-1].holds(tail):
        del tail[0]  # rather a line less above the name than another page
    if not pages[-1].holds(tail):
        # 此页无正文 is not to be: words of the body come along.
        pages.append(Page(rows=taken_along(pages[-1], _WITH_SIGNATURE)))
    if document.seal and document.made_on is not None:
        high = LINE * (sum(row.draw is None for row in tail) + 2)
        pages[-1].rows.append(Row(_seal_room(ink, document.made_on, high), high=0.0))
    pages[-1].rows += tail
    if document.record is not None:
        needed = [Row() for _ in range(record_lines(ink, document.record))]
        if not pages[-1].holds(needed):
            pages.append(Page())
    return pages


def _body_rows(document: Official, ink: Ink) -> list[Row]:
    rows: list[Row] = []
    if document.to:
        rows += _paragraph(ink, [Span(f"{document.to}：")], indent=0.0)
    for one in document.body:
        if isinstance(one, Sheet):
            rows += sheet_rows(ink, one)
            continue
        made = _paragraph(ink, _spans(one))
        if made and one.level in (1, 2) and "。" not in one.text:
            made[-1].with_next = True  # a head does not end a page
        rows += made
    if document.attachments:
        rows.append(Row())
        rows += _attachments(ink, document.attachments)
    return rows


def _spans(paragraph: Paragraph) -> list[Span]:
    """A head is in its own typeface; what follows its full stop is text (as in （一）甲。乙)."""
    face = _FACES[paragraph.level]
    head, stop, rest = paragraph.text.partition("。")
    if face == "text" or not rest:
        return [Span(paragraph.text, face)]
    return [Span(head + stop, face), Span(rest)]


def _paragraph(ink: Ink, spans: list[Span], *, indent: float = _INDENT) -> list[Row]:
    lines = break_lines(spans, ink.width, CHARS, indent=indent)
    return [Row(_drawing(line), words=True) for line in lines]


def _drawing(line: Line, left: float = 0.0) -> Draw:
    """Draws a line in the middle of its row, `left` characters from the edge."""

    def draw(ink: Ink, top: float) -> None:
        ink.line(line, LEFT + left * CHAR, top + (LINE - SIZE_3) / 2, SIZE_3, CHAR)

    return draw


def _attachments(ink: Ink, titles: tuple[str, ...]) -> list[Row]:
    """附件：1. …, each title aligned below the first, without a mark at its end."""
    rows: list[Row] = []
    word = "附件："
    for number, title in enumerate(titles, start=1):
        label = f"{number}. " if len(titles) > 1 else ""
        begins = _INDENT + len(word)
        wide = sum(ink.width(char, "text") for char in label)
        lines = break_lines([Span(title)], ink.width, CHARS - begins - wide, justify=False)
        head = break_lines(
            [Span((word if number == 1 else "") + label.rstrip())], ink.width, CHARS
        )[0:1]
        for place, line in enumerate(lines):
            # What is read first is drawn first: text is taken from a file in that order.
            parts = [_drawing(one, _INDENT if number == 1 else begins) for one in head[: not place]]
            rows.append(Row(_all([*parts, _drawing(line, begins + wide)]), words=True))
    return rows


def _all(parts: list[Draw]) -> Draw:
    def draw(ink: Ink, top: float) -> None:
        for part in parts:
            part(ink, top)

    return draw


def _signature_rows(document: Official, ink: Ink) -> list[Row]:
    """Name and date, 右空四字 where a seal will stand over them and 右空二字 where none will."""
    inward = _SEAL_IN if document.seal else _PLAIN_IN
    name_line = _plain(ink, document.organ)
    name_left = CHARS - inward - name_line.right
    rows = [Row(), Row()]
    if document.made_on is None:
        rows.append(Row(_drawing(name_line, name_left)))
    else:
        day_line = _plain(ink, day_words(document.made_on))
        day_left = CHARS - inward - day_line.right
        if document.seal:
            middle = day_left + day_line.right / 2
            name_left = min(middle - name_line.right / 2, CHARS - name_line.right)
        rows += [Row(_drawing(name_line, name_left)), Row(_drawing(day_line, day_left))]
    if document.note:
        note = break_lines([Span(f"（{document.note}）")], ink.width, CHARS, indent=_INDENT)
        rows += [Row(_drawing(line)) for line in note]
    return rows


def _seal_room(ink: Ink, made_on: date, high: float) -> Draw:
    """Tells in the file where a seal may stand: as wide as the date, from the last words above it
    down to its foot."""
    wide = _plain(ink, day_words(made_on)).right * CHAR
    right = RIGHT - _SEAL_IN * CHAR

    def draw(on: Ink, top: float) -> None:
        foot = PAPER_HIGH - top - high + (LINE - SIZE_3) / 2
        room = on.canvas.bookmarkPage(
            SEAL_ROOM, "FitR", left=right - wide, bottom=foot, right=right, top=PAPER_HIGH - top
        )
        # reportlab writes no names of destinations by itself.
        on.canvas._doc.Catalog.Dests = PDFDictionary({SEAL_ROOM: room})

    return draw


def _plain(ink: Ink, words: str) -> Line:
    """One line, however long."""
    return break_lines([Span(words or " ")], ink.width, CHARS + len(words), justify=False)[0]


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

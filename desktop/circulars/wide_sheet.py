"""Wide tables as PDF: A4 lying, black on white, heads repeated on every page. Any thread.

The foot of each page bears the fingerprint of the words and the number of the page. Equal words
and signatures give equal bytes on one machine.
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus import (
    CondPageBreak,
    KeepTogether,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from desktop.circulars.paper import PageCounter, write_atomically
from desktop.circulars.plain import heading, paragraph
from desktop.circulars.typefaces import Typefaces, typefaces
from desktop.circulars.wide import SignedBy, WideSheet
from desktop.circulars.wide_rows import INK, WideRows

PAGE: Final = landscape(A4)
MARGIN: Final = 14 * mm
_FRAME: Final = 6.0  # points that reportlab keeps free inside a frame
_TOP, _BOTTOM = 13 * mm, 17 * mm
_WIDE: Final = PAGE[0] - 2 * MARGIN - 2 * _FRAME
_HIGH: Final = PAGE[1] - _TOP - _BOTTOM - 2 * _FRAME
_TIGHT: Final[list[Any]] = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


def write_wide_sheet(sheet: WideSheet, path: Path, signatures: Sequence[SignedBy] = ()) -> Path:
    """Lays the sheet out and puts it at `path`, whole or not at all.

    Raises UserError for a character without a font, OutsideError where nothing can be written.
    """
    made = wide_pages(sheet, signatures)
    return write_atomically(path, lambda target: Path(target).write_bytes(made))


def wide_pages(sheet: WideSheet, signatures: Sequence[SignedBy] = ()) -> bytes:
    """The PDF itself. UserError for a character without a font."""
    faces = typefaces()
    made = BytesIO()
    document = SimpleDocTemplate(
        made,
        pagesize=PAGE,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=_TOP,
        bottomMargin=_BOTTOM,
        title=sheet.title,
        author=sheet.author,
        invariant=1,
    )
    note = f"内容校验值 SHA-256：{sheet.sha256()}"
    counter = PageCounter.with_note(note, faces, MARGIN + _FRAME, wide=PAGE[0])
    document.build(_story(sheet, signatures, faces), canvasmaker=counter)
    return made.getvalue()


def _story(sheet: WideSheet, signatures: Sequence[SignedBy], faces: Typefaces) -> list[Any]:
    story: list[Any] = [
        paragraph(sheet.title, faces, size=16, leading=24, face="hei", align="center"),
        Spacer(1, 1 * mm),
        _facts(sheet.facts, faces),
    ]
    for table in sheet.tables:
        story += [
            Spacer(1, 3 * mm),
            CondPageBreak(30 * mm),  # a caption never stands alone at the foot
            heading(table.caption, faces),
            WideRows(table, faces, _WIDE * table.share / 100, _HIGH),
        ]
    closing: list[Any] = [Spacer(1, 3 * mm)]
    closing += [paragraph(words, faces, size=9.5, leading=14) for words in sheet.closing]
    if signatures:
        closing += [Spacer(1, 6 * mm), _signatures(signatures, faces)]
    return [*story, KeepTogether(closing)]


def _facts(facts: Sequence[tuple[str, str]], faces: Typefaces) -> Any:
    """Side by side, each in a room as wide as its words ask for."""
    told = [f"{name}：{words}" for name, words in facts]
    wide = [sum(faces.width(char, "song") for char in one) + 1 for one in told]
    cells = [paragraph(one, faces, size=9.5, leading=14) for one in told]
    made = Table([cells], colWidths=[_WIDE * one / sum(wide) for one in wide], hAlign="LEFT")
    made.setStyle(TableStyle([("FONTNAME", (0, 0), (-1, -1), faces.font("song")), *_TIGHT]))
    return made


def _signatures(signatures: Sequence[SignedBy], faces: Typefaces) -> Any:
    """Names and moments where they are known, a line for a hand where not."""
    cells: list[Any] = []
    style: list[Any] = [("FONTNAME", (0, 0), (-1, -1), faces.font("song")), *_TIGHT]
    for place, one in enumerate(signatures):
        told = (f"{one.post}：", one.name, "日期：", one.at, "")
        cells += [paragraph(words, faces, size=10.5, leading=16) for words in told]
        for column, words in ((1, one.name), (3, one.at)):
            if not words:
                at = (place * len(told) + column, 0)
                style.append(("LINEBELOW", at, at, 0.5, INK))
    widths = [26 * mm, 38 * mm, 14 * mm, 36 * mm, 10 * mm] * len(signatures)
    made = Table([cells], colWidths=widths, hAlign="LEFT")
    made.setStyle(TableStyle(style))
    return made

"""Wide tables as PDF: A4 lying, black on white, heads repeated on every page. Any thread.

The foot of each page bears the fingerprint of the words and the number of the page. Equal words
and signatures give equal bytes on one machine.
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus import (
    CondPageBreak,
    KeepTogether,
    LongTable,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from desktop.circulars.faces import Face
from desktop.circulars.official import Column
from desktop.circulars.paper import PageCounter, write_atomically
from desktop.circulars.plain import heading, paragraph
from desktop.circulars.typefaces import Typefaces, typefaces
from desktop.circulars.wide import SignedBy, WideSheet, WideTable

PAGE: Final = landscape(A4)
MARGIN: Final = 14 * mm
_FRAME: Final = 6.0  # points that reportlab keeps free inside a frame
_WIDE: Final = PAGE[0] - 2 * MARGIN - 2 * _FRAME
_INK: Final = colors.HexColor("#1B2433")
_RULE: Final = colors.HexColor("#9AA5B8")
_SHADE: Final = colors.HexColor("#EEF1F6")
_SIZE, _LEADING = 8.5, 11.5
_TOGETHER: Final = 300.0  # points: joined rows that are higher may go on over a page
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
        topMargin=13 * mm,
        bottomMargin=17 * mm,
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
            _table(table, faces),
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


def _words(text: str, column: Column, faces: Typefaces, *, strong: bool = False) -> Any:
    face: Face = "hei" if strong else "song"
    align = column.align
    return paragraph(text, faces, size=_SIZE, leading=_LEADING, align=align, face=face)


def _table(table: WideTable, faces: Typefaces) -> Any:
    shares = sum(column.share for column in table.columns)
    wide = _WIDE * table.share / 100
    strong = set(table.strong)
    rows = [[_words(column.head, column, faces, strong=True) for column in table.columns]]
    rows += [
        [
            _words(words, column, faces, strong=place in strong) if words else ""
            for words, column in zip(row, table.columns, strict=True)
        ]
        for place, row in enumerate(table.rows)
    ]
    widths = [wide * column.share / shares for column in table.columns]
    made = LongTable(rows, colWidths=widths, repeatRows=1, hAlign="LEFT", splitInRow=1)
    style: list[Any] = [
        ("FONTNAME", (0, 0), (-1, -1), faces.font("song")),  # else Helvetica, not embedded
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
        ("LINEABOVE", (0, 0), (-1, 0), 0.8, _INK),
        ("LINEBELOW", (0, 0), (-1, 0), 0.5, _INK),
        ("LINEBELOW", (0, -1), (-1, -1), 0.8, _INK),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    ]
    joined = set(table.joined)
    style += [
        ("LINEBELOW", (0, place + 1), (-1, place + 1), 0.4, _RULE)
        for place in range(len(table.rows) - 1)
        if place + 1 not in joined
    ]
    style += [
        ("NOSPLIT", (0, first + 1), (0, last + 1))
        for first, last in _groups(table)
        if sum(_high(row, widths) for row in table.rows[first : last + 1]) < _TOGETHER
    ]
    style += [("BACKGROUND", (0, place + 1), (-1, place + 1), _SHADE) for place in strong]
    made.setStyle(TableStyle(style))
    return made


def _high(row: Sequence[str], widths: Sequence[float]) -> float:
    """How high a row is at most, in points: as if each of its characters were a wide one."""
    lines = (len(words) * _SIZE / (wide - 9) for words, wide in zip(row, widths, strict=True))
    return (max(lines) + 1) * _LEADING + 5


def _groups(table: WideTable) -> list[tuple[int, int]]:
    """Rows that are joined: the first and the last of each group."""
    found: list[tuple[int, int]] = []
    for place in sorted(table.joined):
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place - 1, place))
    return found


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
                style.append(("LINEBELOW", at, at, 0.5, _INK))
    widths = [26 * mm, 38 * mm, 14 * mm, 36 * mm, 10 * mm] * len(signatures)
    made = Table([cells], colWidths=widths, hAlign="LEFT")
    made.setStyle(TableStyle(style))
    return made

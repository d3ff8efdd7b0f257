"""A calculation on paper: whoever holds it can recount each line by hand. Any thread.

A4, black on white: what was asked, the result, every step as a table, the law, and room for who
counted and who checked. Table heads repeat on each page. Equal content gives equal bytes.
"""

from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, KeepTogether, SimpleDocTemplate, Spacer

from desktop.circulars.calculation import CalculationSheet
from desktop.circulars.official import Sheet
from desktop.circulars.paper import PageCounter, write_atomically
from desktop.circulars.plain import MARGIN, cell, grid, heading, paragraph
from desktop.circulars.typefaces import Typefaces, typefaces

_WIDE = A4[0] - 2 * MARGIN
_NAME = 24 * mm


def write_calculation_sheet(sheet: CalculationSheet, path: Path) -> Path:
    """Lays the sheet out and puts it at `path`, whole or not at all.

    Raises UserError for a character without a font, OutsideError where nothing can be written.
    """
    faces = typefaces()
    story: list[Any] = [
        paragraph(sheet.title, faces, size=18, leading=28, face="hei", align="center"),
        Spacer(1, 2 * mm),
        _pairs(sheet.facts, faces),
        Spacer(1, 3 * mm),
    ]
    for words in sheet.conclusions:
        story.append(paragraph(words, faces, size=12, leading=19, face="hei"))
    for words in sheet.warnings:
        story.append(paragraph(f"注意：{words}", faces, size=10.5, leading=16))
    for table in sheet.tables:
        story += [
            Spacer(1, 3 * mm),
            CondPageBreak(35 * mm),  # a caption never stands alone at the foot
            heading(table.caption, faces),
            _table(table, faces),
        ]
    signed = "计算人：＿＿＿＿＿＿　　复核人：＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日"
    closing = [
        heading("依据", faces),
        _pairs(sheet.basis, faces),
        Spacer(1, 8 * mm),
        paragraph(signed, faces, size=11, leading=18),
    ]
    story += [Spacer(1, 4 * mm), KeepTogether(closing)]

    def build(target: str) -> None:
        document = SimpleDocTemplate(
            target,
            pagesize=A4,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=15 * mm,
            bottomMargin=18 * mm,
            title=sheet.title,
            author=sheet.printed_by,
            invariant=1,
        )
        note = f"打印 {sheet.printed_at:%Y-%m-%d %H:%M}　{sheet.printed_by}"
        document.build(story, canvasmaker=PageCounter.with_note(note, faces, MARGIN))

    return write_atomically(path, build)


def _table(table: Sheet, faces: Typefaces) -> Any:
    shares = sum(column.share for column in table.columns)
    rows = [[cell(column.head, faces, align=column.align) for column in table.columns]]
    rows += [
        [
            cell(words, faces, align=column.align)
            for words, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]
    widths = [_WIDE * column.share / shares for column in table.columns]
    return grid(rows, widths, faces, head=True)


def _pairs(pairs: tuple[tuple[str, str], ...], faces: Typefaces) -> Any:
    rows = [[cell(name, faces), cell(words or "—", faces)] for name, words in pairs]
    return grid(rows, [_NAME, _WIDE - _NAME], faces, head=False)

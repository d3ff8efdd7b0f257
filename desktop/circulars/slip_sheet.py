"""Lays out a slip about money: a receipt, a voucher, a balance. Any thread.

A4, black on white. The amount stands in capitals and in figures in a frame of its own. Copies of
one slip stand below one another with a line to cut between them. Equal content gives equal bytes.
"""

from pathlib import Path
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import HRFlowable, KeepTogether, SimpleDocTemplate, Spacer, Table

from desktop.circulars.paper import PageCounter, write_atomically
from desktop.circulars.plain import MARGIN, cell, grid, heading, paragraph
from desktop.circulars.slip import Slip
from desktop.circulars.typefaces import Typefaces, typefaces

_WIDE: Final = A4[0] - 2 * MARGIN
_NAME: Final = 26 * mm
_FIGURES: Final = 46 * mm


def write_slip(slip: Slip, path: Path) -> Path:
    """Lays the slip out and puts it at `path`, whole or not at all.

    Raises UserError for a character without a font, OutsideError where nothing can be written.
    """
    faces = typefaces()
    story: list[Any] = []
    for place, name in enumerate(slip.copies or ("",)):
        if place:
            story += [Spacer(1, 6 * mm), HRFlowable(_WIDE, 0.5, dash=(3, 3)), Spacer(1, 6 * mm)]
        story.append(KeepTogether(_top(slip, name, faces)))
        story += _rest(slip, faces)

    def build(target: str) -> None:
        document = SimpleDocTemplate(
            target,
            pagesize=A4,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=15 * mm,
            bottomMargin=18 * mm,
            title=f"{slip.title} {slip.number}".strip(),
            author=slip.organ,
            invariant=1,
        )
        note = f"打印 {slip.printed_at:%Y-%m-%d %H:%M}　{slip.printed_by}"
        document.build(story, canvasmaker=PageCounter.with_note(note, faces, MARGIN))

    return write_atomically(path, build)


def _top(slip: Slip, copy: str, faces: Typefaces) -> list[Any]:
    """Title, number, facts and the amount: never torn apart."""
    left = f"（{copy}）" if copy else ""
    line = Table(
        [
            [
                paragraph(slip.organ, faces, size=11, leading=16),
                paragraph(left, faces, size=11, leading=16, align="center"),
                paragraph(slip.number, faces, size=11, leading=16, align="right"),
            ]
        ],
        colWidths=[_WIDE * 0.4, _WIDE * 0.25, _WIDE * 0.35],
        style=[
            ("FONTNAME", (0, 0), (-1, -1), faces.font("song")),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ],
    )
    warnings = [
        paragraph(f"注意：{words}", faces, size=11, leading=17, face="hei")
        for words in slip.warnings
    ]
    return [
        paragraph(slip.title, faces, size=18, leading=26, face="hei", align="center"),
        Spacer(1, 1 * mm),
        line,
        *warnings,
        _pairs(slip.facts, faces),
        Spacer(1, 3 * mm),
        _amount(slip.amount, faces),
        Spacer(1, 3 * mm),
    ]


def _rest(slip: Slip, faces: Typefaces) -> list[Any]:
    parts: list[Any] = []
    if slip.table is not None:
        shares = sum(column.share for column in slip.table.columns)
        rows = [[cell(one.head, faces, align=one.align) for one in slip.table.columns]]
        rows += [
            [
                cell(words, faces, align=column.align)
                for words, column in zip(row, slip.table.columns, strict=True)
            ]
            for row in slip.table.rows
        ]
        widths = [_WIDE * column.share / shares for column in slip.table.columns]
        parts += [heading(slip.table.caption, faces), grid(rows, widths, faces, head=True)]
        parts.append(Spacer(1, 3 * mm))
    end: list[Any] = [paragraph(words, faces, size=10.5, leading=16) for words in slip.closing]
    if slip.signs:
        signs = [paragraph(f"{name}：", faces, size=11, leading=18) for name in slip.signs]
        end.append(
            Table(
                [signs],
                colWidths=[_WIDE / len(signs)] * len(signs),
                style=[
                    ("FONTNAME", (0, 0), (-1, -1), faces.font("song")),
                    ("LEFTPADDING", (0, 0), (-1, -1), 0),
                    ("TOPPADDING", (0, 0), (-1, -1), 5 * mm),
                ],
            )
        )
    if end:
        parts.append(KeepTogether(end))
    return parts


def _amount(amount: tuple[str, str, str], faces: Typefaces) -> Any:
    name, capitals, figures = amount
    row = [
        cell(name, faces),
        paragraph(capitals, faces, size=13, leading=20, face="hei"),
        paragraph(figures, faces, size=13, leading=20, face="hei", align="right"),
    ]
    return grid([row], [_NAME, _WIDE - _NAME - _FIGURES, _FIGURES], faces, head=False)


def _pairs(pairs: tuple[tuple[str, str], ...], faces: Typefaces) -> Any:
    rows = [[cell(name, faces), cell(words or "—", faces)] for name, words in pairs]
    return grid(rows, [_NAME, _WIDE - _NAME], faces, head=False)

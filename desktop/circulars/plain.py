"""Paragraphs and ruled tables of plain papers: sheets for recounting by hand. Any thread.

A4, black on white, in the document's typefaces; whatever one of them lacks comes from the next.
"""

from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, Table, TableStyle

from desktop.circulars.faces import Face
from desktop.circulars.official import Align
from desktop.circulars.typefaces import Typefaces

MARGIN: Final = 20 * mm
_INK: Final = colors.HexColor("#1B2433")
_RULE: Final = colors.HexColor("#9AA5B8")
_HEAD: Final = colors.HexColor("#EEF1F6")
_PLACES: Final[dict[Align, int]] = {"left": 0, "center": TA_CENTER, "right": TA_RIGHT}


def paragraph(
    text: str,
    faces: Typefaces,
    *,
    size: float,
    leading: float,
    align: Align = "left",
    face: Face = "song",
) -> Any:
    """Words that break anywhere between Chinese characters; a line break stays one."""
    style = ParagraphStyle(
        f"s{size}{align}{face}",
        fontName=faces.font(face),
        fontSize=size,
        leading=leading,
        textColor=_INK,
        wordWrap="CJK",
        alignment=_PLACES[align],
    )
    return Paragraph("<br/>".join(_marked(line, faces, face) for line in text.split("\n")), style)


def heading(text: str, faces: Typefaces) -> Any:
    """Above a table."""
    return paragraph(text, faces, size=11, leading=18, face="hei")


def cell(text: str, faces: Typefaces, *, align: Align = "left") -> Any:
    """Words inside a table."""
    return paragraph(text, faces, size=9.5, leading=13, align=align)


def grid(rows: list[list[Any]], widths: list[float], faces: Typefaces, *, head: bool) -> Any:
    """A ruled table; with `head` its first row is shaded and repeats on each page."""
    made = Table(rows, colWidths=widths, repeatRows=1 if head else 0)
    style: list[Any] = [
        ("FONTNAME", (0, 0), (-1, -1), faces.font("song")),  # else Helvetica, not embedded
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _RULE),
        ("LINEABOVE", (0, 0), (-1, 0), 0.8, _INK),
        ("LINEBELOW", (0, -1), (-1, -1), 0.8, _INK),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
    if head:
        style.append(("BACKGROUND", (0, 0), (-1, 0), _HEAD))
    made.setStyle(TableStyle(style))
    return made


def _marked(text: str, faces: Typefaces, face: Face) -> str:
    """Text for reportlab, whatever its own typeface lacks in the font that has it."""
    own = faces.font(face)
    return "".join(
        escape(run.text)
        if run.font == own
        else f'<font name="{run.font}">{escape(run.text)}</font>'
        for run in faces.runs(text, face)
    )

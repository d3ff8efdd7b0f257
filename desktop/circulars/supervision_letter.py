"""A supervision letter as a plain A4 letter. Any thread; equal content gives equal bytes."""

from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import HRFlowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer

from desktop.circulars.content import LetterSheet
from desktop.circulars.fonts import register_body_font
from desktop.circulars.paper import PageCounter, write_atomically

# The type area of official papers: 37 mm above, 28 mm left, 26 mm right, 35 mm below.
_TOP: Final = 37 * mm
_LEFT: Final = 28 * mm
_RIGHT: Final = 26 * mm
_BOTTOM: Final = 35 * mm
_RED: Final = colors.HexColor("#C8171E")
_BLACK: Final = colors.black


def write_supervision_letter(sheet: LetterSheet, path: Path) -> Path:
    """Lays the letter out and puts it at `path`, whole or not at all."""
    font = register_body_font()
    story: list[Any] = [
        _p(sheet.issuer, font, size=22, leading=32, align=TA_CENTER, color=_RED),
        Spacer(1, 4 * mm),
        _p(sheet.number, font, size=14, leading=22, align=TA_CENTER),
        Spacer(1, 2 * mm),
        HRFlowable(width="100%", thickness=1.2, color=_RED, spaceAfter=7 * mm),
        _p(sheet.title, font, size=20, leading=30, align=TA_CENTER),
        Spacer(1, 4 * mm),
        _p(f"{sheet.addressee}：", font),
    ]
    for index, (head, body) in enumerate(sheet.paragraphs):
        story.append(_p(f"{'一二三四五六七八'[index]}、{head}", font, indent=True))
        for line in body.splitlines() or [""]:
            story.append(_p(line, font, indent=True))
    # The signature never stands alone on a page: the last line of the text goes with it.
    story.append(
        KeepTogether(
            [
                _p(f"请于{sheet.reply_by}前书面回复。", font, indent=True),
                Spacer(1, 10 * mm),
                _p(sheet.signed_by, font, align=TA_RIGHT),
                _p(sheet.signed_on, font, align=TA_RIGHT),
            ]
        )
    )
    if sheet.draft:
        story.append(_p("（草稿，未签发，不具效力）", font, size=12, leading=20))

    def build(target: str) -> None:
        document = SimpleDocTemplate(
            target,
            pagesize=A4,
            leftMargin=_LEFT,
            rightMargin=_RIGHT,
            topMargin=_TOP,
            bottomMargin=_BOTTOM,
            title=f"{sheet.title} {sheet.number}",
            author=sheet.issuer,
            invariant=1,
        )
        note = f"{sheet.level}督办　打印 {sheet.printed_at:%Y-%m-%d %H:%M}"
        document.build(story, canvasmaker=PageCounter.with_note(note, font, _LEFT))

    return write_atomically(path, build)


def _p(
    text: str,
    font: str,
    *,
    size: float = 15,
    leading: float = 25,
    align: int = TA_LEFT,
    color: Any = _BLACK,
    indent: bool = False,
) -> Any:
    style = ParagraphStyle(
        f"letter{size}{align}{indent}",
        fontName=font,
        fontSize=size,
        leading=leading,
        alignment=align,
        textColor=color,
        wordWrap="CJK",
        firstLineIndent=2 * size if indent else 0,
    )
    return Paragraph(escape(text), style)

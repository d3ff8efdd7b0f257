"""The derivation of one date on paper: whoever holds it can recount the days by hand. Any thread.

A4, black on white. Head facts, the conclusion, a table of every stretch and every day that was
skipped, who held the matter, then article, rule version and source. Table heads repeat on each
page; every page carries its number and the instant of printing. Equal content gives equal bytes.
"""

from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from desktop.circulars.content import DerivationSheet, HolderRow, SheetRow
from desktop.circulars.faces import Face
from desktop.circulars.paper import PageCounter, write_atomically
from desktop.circulars.typefaces import Typefaces, typefaces

MARGIN: Final = 20 * mm
_INK: Final = colors.HexColor("#1B2433")
_QUIET: Final = colors.HexColor("#56637A")
_RULE: Final = colors.HexColor("#9AA5B8")
_HEAD: Final = colors.HexColor("#EEF1F6")


def write_derivation_sheet(sheet: DerivationSheet, path: Path) -> Path:
    """Lays the sheet out and puts it at `path`, whole or not at all. Raises UserError for a
    character without a font."""
    faces = typefaces()
    story = [
        _p("期限推导表", faces, size=18, leading=26, face="hei"),
        _p(f"{sheet.court}　{sheet.case_number}", faces, size=12, leading=18),
        Spacer(1, 3 * mm),
        _facts(sheet, faces),
        Spacer(1, 4 * mm),
        _p(f"结论：{sheet.conclusion}", faces, size=12, leading=19),
        *(_p(f"注意：{warning}", faces, size=10.5, leading=16) for warning in sheet.warnings),
        Spacer(1, 3 * mm),
        _p("一、逐段计算（首末两日均计入各段）", faces, size=11, leading=18, face="hei"),
        _steps(sheet.rows, faces),
        Spacer(1, 4 * mm),
        _p(
            "二、各方持有日数（合计等于起算至办结或截止日的全部日数）",
            faces,
            size=11,
            leading=18,
            face="hei",
        ),
        _holders(sheet.holders, faces),
        Spacer(1, 4 * mm),
    ]
    if sheet.smallest_change:
        story += [
            _p(f"最小改动：{sheet.smallest_change}", faces, size=10.5, leading=17),
            Spacer(1, 2 * mm),
        ]
    heading = _p("三、依据", faces, size=11, leading=18, face="hei")
    story.append(KeepTogether([heading, _basis(sheet, faces)]))

    def build(target: str) -> None:
        document = SimpleDocTemplate(
            target,
            pagesize=A4,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=15 * mm,
            bottomMargin=18 * mm,
            title=f"期限推导表 {sheet.case_number} {sheet.node}",
            author=sheet.court,
            invariant=1,
        )
        note = f"打印 {sheet.printed_at:%Y-%m-%d %H:%M}　{sheet.printed_by}　截至 {sheet.as_of}"
        if sheet.demo:
            note += "　演示数据，人物均为虚构"
        document.build(story, canvasmaker=PageCounter.with_note(note, faces, MARGIN))

    return write_atomically(path, build)


def _p(
    text: str,
    faces: Typefaces,
    *,
    size: float,
    leading: float,
    right: bool = False,
    face: Face = "song",
) -> Any:
    style = ParagraphStyle(
        f"s{size}{right}{face}",
        fontName=faces.font(face),
        fontSize=size,
        leading=leading,
        textColor=_INK,
        wordWrap="CJK",
        alignment=TA_RIGHT if right else 0,
    )
    return Paragraph("<br/>".join(_marked(line, faces, face) for line in text.split("\n")), style)


def _marked(text: str, faces: Typefaces, face: Face) -> str:
    """Text for reportlab, whatever its own typeface lacks in the font that has it."""
    own = faces.font(face)
    return "".join(
        escape(run.text)
        if run.font == own
        else f'<font name="{run.font}">{escape(run.text)}</font>'
        for run in faces.runs(text, face)
    )


def _cell(text: str, faces: Typefaces, *, right: bool = False) -> Any:
    return _p(text, faces, size=9.5, leading=13, right=right)


def _grid(rows: list[list[Any]], widths: list[float], faces: Typefaces, *, head: bool) -> Any:
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


def _facts(sheet: DerivationSheet, faces: Typefaces) -> Any:
    pairs = (
        ("节点", sheet.node, "截至", sheet.as_of),
        ("团队", sheet.team or "—", "承办人", sheet.handler or "—"),
    )
    rows = [[_cell(text, faces) for text in pair] for pair in pairs]
    return _grid(rows, [20 * mm, 75 * mm, 20 * mm, 55 * mm], faces, head=False)


def _steps(rows: tuple[SheetRow, ...], faces: Typefaces) -> Any:
    heads = ("项目", "起", "止", "日数", "理由", "文书")
    table: list[list[Any]] = [[_cell(head, faces, right=head == "日数") for head in heads]]
    for row in rows:
        what = f"　{row.what}" if row.inner else row.what
        table.append(
            [
                _cell(what, faces),
                _cell(row.from_on, faces),
                _cell(row.to_on, faces),
                _cell(row.days, faces, right=True),
                _cell(row.why, faces),
                _cell(row.document_no, faces),
            ]
        )
    widths = [22 * mm, 21 * mm, 21 * mm, 12 * mm, 60 * mm, 34 * mm]
    return _grid(table, widths, faces, head=True)


def _holders(rows: tuple[HolderRow, ...], faces: Typefaces) -> Any:
    heads = ("持有人", "起", "止", "日数", "其中逾期")
    table = [[_cell(head, faces, right=index > 2) for index, head in enumerate(heads)]]
    for row in rows:
        table.append(
            [
                _cell(row.holder, faces),
                _cell(row.from_on, faces),
                _cell(row.to_on, faces),
                _cell(str(row.days), faces, right=True),
                _cell(str(row.late_days), faces, right=True),
            ]
        )
    days, late = sum(row.days for row in rows), sum(row.late_days for row in rows)
    total = ("合计", "", "", str(days), str(late))
    table.append([_cell(text, faces, right=index > 2) for index, text in enumerate(total)])
    return _grid(table, [70 * mm, 27 * mm, 27 * mm, 20 * mm, 26 * mm], faces, head=True)


def _basis(sheet: DerivationSheet, faces: Typefaces) -> Any:
    pairs = (
        ("条文", sheet.article),
        ("出处", sheet.source),
        ("规则版本", f"{sheet.rule_version}　{sheet.in_force}"),
        ("确认情况", sheet.confidence),
        ("节点依据", sheet.basis),
    )
    rows = [[_cell(name, faces), _cell(text or "—", faces)] for name, text in pairs]
    return _grid(rows, [24 * mm, 146 * mm], faces, head=False)

"""The derivation of one date on paper: whoever holds it can recount the days by hand. Any thread.

A4, black on white. Head facts, the conclusion, a table of every stretch and every day that was
skipped, who held the matter, then article, rule version and source. Table heads repeat on each
page; every page carries its number and the instant of printing. Equal content gives equal bytes.
"""

from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, SimpleDocTemplate, Spacer

from desktop.circulars.content import DerivationSheet, HolderRow, SheetRow
from desktop.circulars.paper import PageCounter, write_atomically
from desktop.circulars.plain import MARGIN, cell, grid, heading, paragraph
from desktop.circulars.typefaces import Typefaces, typefaces


def write_derivation_sheet(sheet: DerivationSheet, path: Path) -> Path:
    """Lays the sheet out and puts it at `path`, whole or not at all. Raises UserError for a
    character without a font."""
    faces = typefaces()
    story = [
        paragraph("期限推导表", faces, size=18, leading=26, face="hei"),
        paragraph(f"{sheet.court}　{sheet.case_number}", faces, size=12, leading=18),
        Spacer(1, 3 * mm),
        _facts(sheet, faces),
        Spacer(1, 4 * mm),
        paragraph(f"结论：{sheet.conclusion}", faces, size=12, leading=19),
        *(
            paragraph(f"注意：{warning}", faces, size=10.5, leading=16)
            for warning in sheet.warnings
        ),
        Spacer(1, 3 * mm),
        heading("一、逐段计算（首末两日均计入各段）", faces),
        _steps(sheet.rows, faces),
        Spacer(1, 4 * mm),
        heading("二、各方持有日数（合计等于起算至办结或截止日的全部日数）", faces),
        _holders(sheet.holders, faces),
        Spacer(1, 4 * mm),
    ]
    if sheet.smallest_change:
        story += [
            paragraph(f"最小改动：{sheet.smallest_change}", faces, size=10.5, leading=17),
            Spacer(1, 2 * mm),
        ]
    story.append(KeepTogether([heading("三、依据", faces), _basis(sheet, faces)]))

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


def _facts(sheet: DerivationSheet, faces: Typefaces) -> Any:
    pairs = (
        ("节点", sheet.node, "截至", sheet.as_of),
        ("团队", sheet.team or "—", "承办人", sheet.handler or "—"),
    )
    rows = [[cell(text, faces) for text in pair] for pair in pairs]
    return grid(rows, [20 * mm, 75 * mm, 20 * mm, 55 * mm], faces, head=False)


def _steps(rows: tuple[SheetRow, ...], faces: Typefaces) -> Any:
    heads = ("项目", "起", "止", "日数", "理由", "文书")
    table: list[list[Any]] = [
        [cell(head, faces, align="right" if head == "日数" else "left") for head in heads]
    ]
    for row in rows:
        what = f"　{row.what}" if row.inner else row.what
        table.append(
            [
                cell(what, faces),
                cell(row.from_on, faces),
                cell(row.to_on, faces),
                cell(row.days, faces, align="right"),
                cell(row.why, faces),
                cell(row.document_no, faces),
            ]
        )
    widths = [22 * mm, 21 * mm, 21 * mm, 12 * mm, 60 * mm, 34 * mm]
    return grid(table, widths, faces, head=True)


def _holders(rows: tuple[HolderRow, ...], faces: Typefaces) -> Any:
    heads = ("持有人", "起", "止", "日数", "其中逾期")
    table = [
        [
            cell(head, faces, align="right" if index > 2 else "left")
            for index, head in enumerate(heads)
        ]
    ]
    for row in rows:
        table.append(
            [
                cell(row.holder, faces),
                cell(row.from_on, faces),
                cell(row.to_on, faces),
                cell(str(row.days), faces, align="right"),
                cell(str(row.late_days), faces, align="right"),
            ]
        )
    days, late = sum(row.days for row in rows), sum(row.late_days for row in rows)
    total = ("合计", "", "", str(days), str(late))
    table.append(
        [
            cell(text, faces, align="right" if index > 2 else "left")
            for index, text in enumerate(total)
        ]
    )
    return grid(table, [70 * mm, 27 * mm, 27 * mm, 20 * mm, 26 * mm], faces, head=True)


def _basis(sheet: DerivationSheet, faces: Typefaces) -> Any:
    pairs = (
        ("条文", sheet.article),
        ("出处", sheet.source),
        ("规则版本", f"{sheet.rule_version}　{sheet.in_force}"),
        ("确认情况", sheet.confidence),
        ("节点依据", sheet.basis),
    )
    rows = [[cell(name, faces), cell(text or "—", faces)] for name, text in pairs]
    return grid(rows, [24 * mm, 146 * mm], faces, head=False)

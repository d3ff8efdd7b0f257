"""A circular with a table of 1,000 rows against the same table by bare reportlab.

The baseline is a LongTable whose cells wrap Chinese words (Paragraph, wordWrap CJK) on pages of the
same margins, in the same typeface; it knows no line rules, no grid, no head and no rare characters.
"""

import io
import tempfile
from datetime import date
from pathlib import Path

import pypdf
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, TableStyle

from benchmarks.ratio import Ratio, seconds
from desktop.circulars import geometry, official
from desktop.circulars.pages import write_official
from desktop.circulars.typefaces import typefaces

ROWS = 1_000
ROUNDS = 5
WORDS = "经查该案已于立案后第12日发起网络查控，尚未反馈的由承办人于三日内催办并书面说明情况。"
_HEADS = ("序号", "法院", "接待", "说明")
_SHARES = (1.0, 3.0, 1.2, 5.0)


def _cells() -> list[tuple[str, ...]]:
    return [
        (str(n), f"某某区人民法院第{n}庭", str(n * 37 % 101), WORDS if n % 7 == 0 else "无")
        for n in range(1, ROWS + 1)
    ]


def _circular(cells: list[tuple[str, ...]]) -> official.Official:
    columns = tuple(map(official.Column, _HEADS, _SHARES))
    return official.Official(
        official.Head("某某市中级人民法院文件", "某中法执通〔2026〕1号"),
        "关于超期案件的通报",
        "各基层人民法院",
        (official.Paragraph("情况如下。"), official.Sheet("表1", columns, tuple(cells))),
        "某某市中级人民法院",
        date(2026, 10, 5),
    )


def _bare(cells: list[tuple[str, ...]], target: str | io.BytesIO) -> None:
    style = ParagraphStyle(
        "cell", fontName=typefaces().font("text"), fontSize=geometry.SIZE_5, leading=15
    )
    style.wordWrap = "CJK"
    rows = [[Paragraph(text, style) for text in row] for row in (_HEADS, *cells)]
    wide = [geometry.WIDE * share / sum(_SHARES) for share in _SHARES]
    table = LongTable(rows, colWidths=wide, repeatRows=1)
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.5, "black")]))
    SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=geometry.LEFT,
        rightMargin=geometry.PAPER_WIDE - geometry.RIGHT,
        topMargin=geometry.TOP,
        bottomMargin=geometry.PAPER_HIGH - geometry.BOTTOM,
        invariant=1,
    ).build([table])


def measure() -> list[Ratio]:
    """Pages a second, both sides, each by the pages it makes."""
    cells = _cells()
    made = _circular(cells)
    with tempfile.TemporaryDirectory() as name:
        ours, bare = Path(name) / "ours.pdf", Path(name) / "bare.pdf"
        ours_s = seconds(lambda: write_official(made, ours), ROUNDS)
        bare_s = seconds(lambda: _bare(cells, str(bare)), ROUNDS)
        pages, bare_pages = (len(pypdf.PdfReader(path).pages) for path in (ours, bare))
    return [
        Ratio(
            f"circular with a table of {ROWS:,} rows",
            pages / ours_s,
            bare_pages / bare_s,
            "pages/s",
            "bare reportlab LongTable",
            more_is_better=True,
        )
    ]

"""A circular with a table of 1,000 rows against the same table by bare reportlab.

The baseline is a LongTable whose cells wrap Chinese words (Paragraph, wordWrap CJK) on pages of the
same margins, in the same typeface; it knows no line rules, no grid, no head and no rare characters.
Beside them WeasyPrint lays the same table out as HTML, where it is installed (in an environment of
its own: the desk does not need it).
"""

import io
import json
import resource
import subprocess
import sys
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
ROOT = Path(__file__).resolve().parent.parent
PEER = ROOT / "benchmarks/peers/.venv/bin/python"
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


def _print(side: str, target: Path) -> None:
    if side == "ours":
        write_official(_circular(_cells()), target)
    else:
        _bare(_cells(), str(target))


def _peak(side: str, folder: Path) -> float:
    """Megabytes that a process of its own took at most, with all that it imported."""
    line = [sys.executable, "-m", "benchmarks.circular_pages", side, str(folder / "peak.pdf")]
    done = subprocess.run(line, check=True, capture_output=True, cwd=ROOT)
    return float(done.stdout) / 1024


def _peer(folder: Path) -> dict[str, float] | None:
    """Seconds, pages and megabytes of WeasyPrint; None where it is not installed."""
    if not PEER.exists():
        print(
            "WeasyPrint is not measured; to measure it:\n"
            f"  python3 -m venv {PEER.parent.parent.relative_to(ROOT)} && "
            f"{PEER.relative_to(ROOT)} -m pip install weasyprint==70.0",
            file=sys.stderr,
        )
        return None
    asked = {
        "font": str(typefaces().chosen["text"].file),
        "heads": _HEADS,
        "shares": _SHARES,
        "rows": _cells(),
        "size": geometry.SIZE_5,
        "target": str(folder / "peer.pdf"),
        "rounds": ROUNDS,
    }
    done = subprocess.run(
        [str(PEER), str(ROOT / "benchmarks/peers/weasyprint_table.py")],
        input=json.dumps(asked).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=1_800,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure() -> list[Ratio]:
    """Pages a second, each side by the pages it makes, and memory at its most."""
    cells = _cells()
    made = _circular(cells)
    name = f"circular with a table of {ROWS:,} rows"
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        ours, bare = folder / "ours.pdf", folder / "bare.pdf"
        ours_s = seconds(lambda: write_official(made, ours), ROUNDS)
        bare_s = seconds(lambda: _bare(cells, str(bare)), ROUNDS)
        pages, bare_pages = (len(pypdf.PdfReader(path).pages) for path in (ours, bare))
        ours_mb, bare_mb = (_peak(side, folder) for side in ("ours", "bare"))
        peer = _peer(folder)
    speed = pages / ours_s
    against = "bare reportlab LongTable"
    found = [
        Ratio(name, speed, bare_pages / bare_s, "pages/s", against, more_is_better=True),
        Ratio(f"{name}: memory at its most", ours_mb, bare_mb, "MB", against),
    ]
    if peer is not None:
        speeds = (speed, peer["pages"] / peer["seconds"])
        found += [
            Ratio(name, *speeds, "pages/s", "WeasyPrint", more_is_better=True),
            Ratio(f"{name}: memory at its most", ours_mb, peer["megabytes"], "MB", "WeasyPrint"),
        ]
    return found


if __name__ == "__main__":
    _print(sys.argv[1], Path(sys.argv[2]))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

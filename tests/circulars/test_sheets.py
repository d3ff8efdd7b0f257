"""Tables over many pages: heads come again, no row is cut from its number, cells wrap rightly."""

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from desktop.circulars.geometry import MM
from desktop.circulars.official import Column, Head, Official, Paragraph, Sheet
from desktop.circulars.pages import write_official

COLUMNS = (
    Column("序号", 1, "center"),
    Column("法院", 3),
    Column("接待", 1.2, "right"),
    Column("说明", 5),
)
LONG = (
    "当事人反映执行法院未在三个月内采取财产调查措施，"
    "经查该案已于立案后第12日发起网络查控（《查控反馈表》附后）。"
)


def _document(*body: Paragraph | Sheet) -> Official:
    return Official(
        Head("洛阳市中级人民法院文件", "洛中法执通〔2026〕18号"),
        "关于超期案件的通报",
        "各基层人民法院",
        body,
        "洛阳市中级人民法院",
        date(2026, 10, 5),
    )


def _sheet(count: int, long: str = LONG) -> Sheet:
    rows = tuple(
        (str(n), f"瀍河区人民法院第{n}庭", str(n * 37 % 101), long if n % 7 == 0 else "无")
        for n in range(1, count + 1)
    )
    return Sheet("表1　各法院超期案件（单位：件）", COLUMNS, rows)


def _read(tmp_path: Path, *body: Paragraph | Sheet) -> list[Any]:
    with pdfplumber.open(write_official(_document(*body), tmp_path / "a.pdf")) as read:
        for page in read.pages:
            assert page.chars  # read while the file is open
            assert page.lines is not None
        return list(read.pages)


def _cells(page: Any) -> list[list[str]]:
    """Words between two neighbouring rules, by column; columns are told by their left edges."""
    lines = [line for line in page.lines if line["stroking_color"] in ((0,), 0)]
    rules = sorted({round(line["top"], 2) for line in lines})
    shares = [column.share for column in COLUMNS]
    edges = [28 * MM + 156 * MM * sum(shares[:n]) / sum(shares) for n in range(len(shares) + 1)]
    found = []
    for above, below in pairwise(rules):
        row = []
        for left, right in pairwise(edges):
            inside = [
                char
                for char in page.chars
                if round(char["size"], 1) == 10.5
                and above < page.height - char["matrix"][5] < below
                and left <= char["matrix"][4] < right
            ]
            assert all(char["x1"] <= right for char in inside)
            row.append("".join(char["text"] for char in inside))
        found.append(row)
    return found


def test_a_thousand_rows_keep_their_heads_and_their_numbers(tmp_path: Path) -> None:
    sheet = _sheet(1_000)
    pages = _read(tmp_path, Paragraph("情况如下。"), sheet, Paragraph("请各法院照办。"))
    assert len(pages) > 30
    found: list[list[str]] = []
    for page in pages:
        cells = _cells(page)
        if not cells:
            continue
        assert cells[0] == [column.head for column in COLUMNS]
        found += cells[1:]
        heights = [
            page.height - char["matrix"][5] for char in page.chars if round(char["size"], 1) == 10.5
        ]
        assert min(heights) > 37 * MM
        assert max(heights) < 262 * MM
    # Each row once, whole, in its order, with its number.
    assert found == [list(row) for row in sheet.rows]


def test_a_row_higher_than_a_page_bears_its_number_on_each_part(tmp_path: Path) -> None:
    words = LONG * 30
    pages = _read(tmp_path, _sheet(8, words), Paragraph("完。"))
    parts = [row for page in pages for row in _cells(page) if row[0] == "7"]
    assert len(parts) > 1
    assert "".join(row[3] for row in parts) == words
    assert [row[0] for page in pages for row in _cells(page)[1:] if row[0] != "7"] == list(
        "1234568"
    )


def test_what_follows_a_table_is_on_the_lines_of_the_page_again(tmp_path: Path) -> None:
    line = 225 / 22
    for count in range(1, 12):
        after = [Paragraph("请各法院照办。") for _ in range(4)]
        pages = _read(tmp_path, Paragraph("情况如下。"), _sheet(count), *after)
        found = [
            (page.height - char["matrix"][5]) / MM - 37
            for page in pages
            for char in page.chars
            if char["text"] in "况照" and round(char["size"], 1) == 16
        ]
        assert len(found) == 5
        first = (line - 16 / MM) / 2 + 0.88 * 16 / MM  # the base line in a line of the page
        away = [(base - first) / line for base in found]
        assert away == pytest.approx([round(one) for one in away], abs=0.02)


def test_neither_a_head_nor_a_caption_ends_a_page(tmp_path: Path) -> None:
    for count in range(1, 30):
        body = [Paragraph("甲乙丙丁") for _ in range(count)]
        pages = _read(tmp_path, *body, Paragraph("一、超期案件", 1), Paragraph("如下。"), _sheet(2))
        texts = ["".join(char["text"] for char in page.chars) for page in pages]
        for words, after in (("一、超期案件", "如下。"), ("表1　各法院", "瀍河区人民法院第1庭")):
            (at,) = [n for n, text in enumerate(texts) if words in text]
            assert after in texts[at], (count, words)


def test_a_row_of_another_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="as long as"):
        _read(tmp_path, Sheet("表", COLUMNS, (("1", "甲"),)))
    assert list(tmp_path.iterdir()) == []


def test_narrow_columns_take_what_their_numbers_need(tmp_path: Path) -> None:
    columns = (
        Column("序号", 0.2, "center"),
        Column("标的（元）", 0.3, "right"),
        Column("超期", 0.2, "right"),
        Column("原因", 9),
    )
    rows = tuple((str(n), f"{n * 1234567.89:,.2f}", f"{n}日", LONG) for n in range(995, 1001))
    pages = _read(tmp_path, Sheet("表1", columns, rows))
    lines: list[str] = []
    for page in pages:
        by_base: dict[float, list[Any]] = {}
        for char in page.chars:
            if round(char["size"], 1) == 10.5:
                by_base.setdefault(round(char["matrix"][5], 1), []).append(char)
        for row in by_base.values():
            row.sort(key=lambda one: one["x0"])
            lines.append("".join(char["text"] for char in row))
            assert all(b["x0"] > a["x1"] - 3 for a, b in pairwise(row))  # columns stay apart
            assert row[-1]["x1"] / MM < 184
    for number, amount, late, _ in rows:
        assert any(f"{number}{amount}{late}" in line for line in lines)
    assert any(line.startswith("序号标的（元）超期") for line in lines)
    # Where even that is too much, shares alone hold, and nothing leaves the page.
    wide = tuple(Column("甲", 1) for _ in range(12))
    pages = _read(tmp_path, Sheet("表1", wide, (("1,234,567,890.12",) * 12,)))
    cells = [c for page in pages for c in page.chars if round(c["size"], 1) == 10.5]
    assert max(char["x1"] for char in cells) / MM < 184.1

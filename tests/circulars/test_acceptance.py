"""What a court asks of any printed document: nothing missing, all embedded, the same everywhere."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pdfplumber
import pypdf
import pytest

from desktop.circulars.geometry import MM
from desktop.circulars.lines import NOT_FIRST, NOT_LAST
from desktop.circulars.official import (
    Anchor,
    Annex,
    Axis,
    Bars,
    Chart,
    Column,
    Official,
    Paragraph,
    Series,
    Sheet,
)
from desktop.circulars.pages import write_official
from tests.circulars.measuring import BODY, CLOSE, area_of, circular
from tests.circulars.test_typefaces import GB2312, RARE

LONG = (
    "当事人赟𬭎反映（2026）豫0304执3021号案超期未立案，经查已于2026年9月30日立案，执行标的1,234,567.89元，"
    "化解率91.3%；承办人堃喆称“被执行人下落不明”，见《情况说明》（附EMS单号EX123456789CN）。"
)


def everything() -> Official:
    """A circular with whatever a circular may have."""
    columns = (Column("序号", 1, "center"), Column("法院", 3), Column("说明", 6))
    rows = tuple((str(n), "瀍河区人民法院", LONG[n % 7 :]) for n in range(1, 61))
    bars = Bars(("瀍河法院", "老城法院"), (Series("件数", (3.0, 4.5)),))
    return circular(
        body=(*BODY, Sheet("表1", columns, rows[:9]), Chart("图1", bars, Axis("件数", 1))),
        annexes=(Annex("清单", (Sheet("表2", columns, rows),)),),
        anchor=Anchor(("链头",), "edesk 18204 瀍河"),
        foot="2026年第40周",
    )


def test_all_of_the_plain_set_and_rare_names_are_printed_and_found_again(tmp_path: Path) -> None:
    rare = "".join(dict.fromkeys("瀍" + RARE))
    assert len(rare) >= 101
    words = "".join(GB2312) + rare
    body = tuple(Paragraph(words[at : at + 500]) for at in range(0, len(words), 500))
    path = write_official(circular(body=body, record=None), tmp_path / "a.pdf")
    read = pypdf.PdfReader(path)
    text = "".join("".join(page.extract_text().split()) for page in read.pages)
    missing = [char for char in words if char not in text]
    assert missing == []
    with pdfplumber.open(path) as opened:
        for page in opened.pages[1:-1]:
            picture = page.to_image(resolution=40).original.convert("L")
            assert picture.getextrema()[0] < 128  # no page of blanks
    for page in read.pages:
        for font in page["/Resources"]["/Font"].values():
            made = font.get_object()
            assert "/FontFile2" in made["/FontDescriptor"].get_object()
            prefix, plus, _name = str(made["/BaseFont"])[1:].partition("+")
            assert (len(prefix), plus) == (6, "+")  # a subset (ISO 32000-1, 9.6.4)


def test_no_glyph_of_the_file_is_the_box_of_a_missing_one(tmp_path: Path) -> None:
    path = write_official(everything(), tmp_path / "a.pdf")
    with pdfplumber.open(path) as read:
        for page in read.pages:
            assert not [
                c for c in page.chars if c["text"] in ("\ufffd", "\x00") or "cid" in c["text"]
            ]
            assert min(char["x0"] for char in page.chars) / MM > 28 - CLOSE
            assert max(char["x1"] for char in page.chars) / MM < 184 + CLOSE


def test_lines_of_pages_begin_and_end_where_they_may(tmp_path: Path) -> None:
    """避头尾, as it is printed: cells and paragraphs alike."""
    with pdfplumber.open(write_official(everything(), tmp_path / "a.pdf")) as read:
        lines = []
        for page in read.pages:
            for row in area_of(page).values():
                line: list[str] = []
                for before, char in pairwise([None, *row]):
                    apart = before is not None and char["x0"] - before["x1"] > 8
                    if apart:
                        lines.append("".join(line))
                        line = []
                    line.append(char["text"])
                lines.append("".join(line))
    assert len(lines) > 300
    for line in lines:
        if len(line) > 1:
            assert line[0] not in NOT_FIRST, line
            assert line[-1] not in NOT_LAST, line
    for whole in ("1,234,567.89", "EX123456789CN", "91.3%", "0304"):
        assert sum(line.count(whole) for line in lines) >= 60  # no number is torn


@pytest.mark.parametrize("seed", ["0", "1", "4294967295"])
def test_another_process_with_other_hashes_writes_the_same_bytes(tmp_path: Path, seed: str) -> None:
    code = (
        "import sys; from pathlib import Path;"
        " from desktop.circulars.pages import write_official;"
        " from tests.circulars.test_acceptance import everything;"
        " write_official(everything(), Path(sys.argv[1]))"
    )
    other = tmp_path / "other.pdf"
    subprocess.run(
        [sys.executable, "-c", code, str(other)],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C"},
    )
    made = write_official(everything(), tmp_path / "made.pdf").read_bytes()
    assert hashlib.sha256(other.read_bytes()).digest() == hashlib.sha256(made).digest()
    less = replace(everything(), annexes=())
    assert write_official(less, tmp_path / "less.pdf").read_bytes() != made


def test_the_words_of_a_document_come_in_their_order(tmp_path: Path) -> None:
    read = pypdf.PdfReader(write_official(everything(), tmp_path / "a.pdf"))
    text = "".join("".join(page.extract_text().split()) for page in read.pages)
    order = (
        "〔2026〕17号",
        "周通报",
        "各基层人民法院",
        "总体情况",
        "附件：",
        "2026年10月5日",
        "抄送：",
    )
    places = [text.index(words) for words in order]
    assert places == sorted(places)

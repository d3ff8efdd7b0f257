"""Official documents are read again and measured, in millimetres, against GB/T 9704—2012."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pypdf
import pytest

from desktop.circulars.geometry import MM
from desktop.circulars.official import Head, Paragraph
from desktop.circulars.pages import write_official
from desktop.errors import UserError
from tests.circulars.measuring import BODY, CLOSE, area_of, circular, ink_of, rows_of, text_of
from tests.circulars.test_typefaces import NOWHERE


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Any]]:
    path = write_official(circular(), tmp_path_factory.mktemp("circular") / "made.pdf")
    with pdfplumber.open(path) as read:
        yield list(read.pages)


def test_a_full_page_has_22_lines_of_28_characters_in_the_type_area(pages: list[Any]) -> None:
    assert len(pages) >= 3
    page = pages[1]
    assert page.width / MM == pytest.approx(210, abs=0.1)
    assert page.height / MM == pytest.approx(297, abs=0.1)
    rows = area_of(page)
    bases = list(rows)
    assert len(bases) == 22
    assert [b - a for a, b in pairwise(bases)] == pytest.approx([225 / 22] * 21, abs=CLOSE)
    # An em box of 16 pt in the middle of the first and of the last of 22 equal lines.
    over = (225 / 22 - 16 / MM) / 2
    assert bases[0] - 0.88 * 16 / MM == pytest.approx(37 + over, abs=CLOSE)
    assert bases[-1] + 0.12 * 16 / MM == pytest.approx(262 - over, abs=CLOSE)
    lefts = [row[0]["x0"] / MM for row in rows.values()]
    ends = [row[-1] for row in rows.values()]
    rights = [(one["matrix"][4] + (8 if one["text"].isascii() else 16)) / MM for one in ends]
    assert min(lefts) == pytest.approx(28, abs=CLOSE)
    assert max(rights) == pytest.approx(184, abs=CLOSE)
    full = [row for row in rows.values() if set(text_of(row)) == {"法"} and row[0]["x0"] / MM < 29]
    assert full
    assert {len(row) for row in full} <= {28, 150 - 26 - 28 * ((150 - 26) // 28)}
    places = [char["matrix"][4] / MM for char in full[0]]
    assert places == pytest.approx([28 + n * 156 / 28 for n in range(28)], abs=CLOSE)


def test_the_mark_and_the_red_rule_stand_where_the_standard_has_them(pages: list[Any]) -> None:
    page = pages[0]
    mark = ink_of(page, (28, 40, 184, 95), red=True)
    assert mark[0] == pytest.approx(72, abs=CLOSE)  # 35 mm below the type area's upper edge
    number_row = next(base for base, row in rows_of(page).items() if "〔2026〕17号" in text_of(row))
    number = ink_of(page, (60, mark[1] + 1, 150, number_row + 3), red=False)
    assert number[0] - mark[1] == pytest.approx(2 * 225 / 22, abs=CLOSE)  # two blank lines
    rule = ink_of(page, (28, number[1] + 0.5, 184, number[1] + 8), red=True)
    assert rule[0] - number[1] == pytest.approx(4, abs=CLOSE)
    (line,) = [one for one in page.lines if abs(one["top"] / MM - rule[0]) < 1]
    assert line["x0"] / MM == pytest.approx(28, abs=CLOSE)
    assert line["x1"] / MM == pytest.approx(184, abs=CLOSE)
    colour = {char["text"]: char["non_stroking_color"] for char in page.chars if char["size"] > 40}
    assert set("".join(colour)) == set("洛阳市中级人民法院文件")
    assert set(colour.values()) == {(0, 0.8, 0.8, 0)}


def test_page_numbers_are_7_mm_below_and_change_sides(pages: list[Any]) -> None:
    for number, page in enumerate(pages, start=1):
        if all(round(char["size"], 1) == 14 for char in page.chars):
            assert not [base for base in rows_of(page) if base > 264]  # the record alone
            continue
        ((base, row),) = [(base, row) for base, row in rows_of(page).items() if base > 264]
        assert text_of(row).replace(" ", "") == f"—{number}—"
        assert {round(char["size"], 1) for char in row} == {14}
        assert base - 0.88 * 14 / MM == pytest.approx(262 + 7, abs=CLOSE)
        if number % 2:
            assert row[-1]["x1"] / MM == pytest.approx(184 - 156 / 28, abs=CLOSE)
        else:
            assert row[0]["x0"] / MM == pytest.approx(28 + 156 / 28, abs=CLOSE)


def test_the_record_ends_on_the_edge_of_the_last_type_area(pages: list[Any]) -> None:
    rules = sorted(pages[-1].lines, key=lambda one: one["top"])
    assert [one["linewidth"] / MM for one in rules] == pytest.approx([0.35, 0.25, 0.35], abs=0.01)
    assert rules[-1]["top"] / MM == pytest.approx(262, abs=CLOSE)
    for one in rules:
        assert (one["x0"] / MM, one["x1"] / MM) == pytest.approx((28, 184), abs=CLOSE)
    rows = {
        text_of(row): row
        for row in area_of(pages[-1]).values()
        if {round(c["size"], 1) for c in row} == {14}
    }
    assert next(iter(rows)).startswith("抄送：省高级")
    printed = rows["洛阳市中级人民法院办公室2026年10月5日印发"]
    assert printed[0]["x0"] == pytest.approx(28 * MM + 14, abs=1)
    assert printed[-1]["x1"] == pytest.approx(184 * MM - 14, abs=1)
    # A hanging indent: what follows the first line stands under its words.
    second = list(rows.values())[1]
    assert second[0]["matrix"][4] == pytest.approx(28 * MM + 14 * 4, abs=1)


def _signed(path: Path, *names: str) -> dict[str, list[Any]]:
    with pdfplumber.open(path) as read:
        rows = {text_of(row): row for row in rows_of(read.pages[-1]).values()}
    return {name: rows[name] for name in names}


def test_name_and_date_leave_room_for_a_seal(tmp_path: Path) -> None:
    made = circular(record=None, body=BODY[:3])
    found = _signed(write_official(made, tmp_path / "a.pdf"), made.organ, "2026年10月5日")
    name, day = found.values()
    end = (day[-1]["matrix"][4] + 16) / MM
    assert end == pytest.approx(184 - 4 * 156 / 28, abs=CLOSE)
    middle = (day[0]["x0"] + day[-1]["x1"]) / 2
    assert (name[0]["x0"] + name[-1]["x1"]) / 2 == pytest.approx(middle, abs=1)


@pytest.mark.parametrize("organ", ["洛阳市中级人民法院", "某法院"])
def test_without_a_seal_the_date_begins_two_characters_behind_the_name(
    tmp_path: Path, organ: str
) -> None:
    made = circular(seal=False, record=None, body=BODY[:3], organ=organ)
    found = _signed(write_official(made, tmp_path / "a.pdf"), organ, "2026年10月5日")
    name, day = found.values()
    char = 156 / 28
    assert (day[0]["matrix"][4] - name[0]["matrix"][4]) / MM == pytest.approx(2 * char, abs=CLOSE)
    ends = [(row[-1]["matrix"][4] + 16) / MM for row in (name, day)]
    assert max(ends) == pytest.approx(184 - 2 * char, abs=CLOSE)  # whichever is longer


def test_name_and_date_are_never_alone_and_no_page_is_too_full(tmp_path: Path) -> None:
    for count in range(1, 48):
        made = circular(body=tuple(Paragraph("甲乙丙丁") for _ in range(count)), note="联系人：某")
        with pdfplumber.open(write_official(made, tmp_path / "a.pdf")) as read:
            found = [area_of(page) for page in read.pages]
        texts = [[text_of(row) for row in rows.values()] for rows in found]
        (at,) = [n for n, page in enumerate(texts) if "2026年10月5日" in page]
        assert any("甲乙丙丁" in row for row in texts[at]), count
        assert sum(row == "甲乙丙丁" for page in texts for row in page) == count
        for rows in found[1:]:
            assert sum(round(char[0]["size"], 1) == 16 for char in rows.values()) <= 22
        body = [
            base for rows in found for base, row in rows.items() if round(row[0]["size"], 1) == 16
        ]
        assert max(body) < 262


def test_everything_is_embedded_and_found_again_as_text(tmp_path: Path) -> None:
    path = write_official(circular(attachments=("清单", "说明（一式两份）")), tmp_path / "a.pdf")
    read = pypdf.PdfReader(path)
    for page in read.pages:
        for font in page["/Resources"]["/Font"].values():
            assert "/FontFile2" in font.get_object()["/FontDescriptor"].get_object()
    words = "".join(page.extract_text() for page in read.pages).replace("\n", "").replace(" ", "")
    for part in ("堃喆、赟𬭎等8人", "洛中法执通〔2026〕17号", "附件：1.清单", "2.说明（一式两份）"):
        assert part in words
    assert read.metadata is not None
    assert read.metadata.title == circular().title


def test_the_same_words_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write_official(circular(), tmp_path / name).read_bytes() for name in "ab")
    assert one == two
    assert one != write_official(circular(title="关于情况的通报"), tmp_path / "c").read_bytes()


def test_what_cannot_be_printed_is_told_before_anything_is_written(tmp_path: Path) -> None:
    made = circular(to=f"甲{NOWHERE}", body=(Paragraph("好"), Paragraph(f"乙{NOWHERE}")))
    with pytest.raises(UserError, match=r"主送：.*U\+10FFFD.*正文第 2 段：.*U\+10FFFD"):
        write_official(made, tmp_path / "a.pdf")
    with pytest.raises(UserError, match="标题过长"):
        write_official(circular(title="通" * 90), tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []


def test_what_goes_to_a_higher_court_names_its_signer(tmp_path: Path) -> None:
    head = Head("洛阳市中级人民法院文件", "洛中法〔2026〕9号", "000012", "秘密★1年", "特急", "某某")
    with pdfplumber.open(write_official(circular(head=head), tmp_path / "a.pdf")) as read:
        rows = {text_of(row): row for row in rows_of(read.pages[0]).values()}
    row = rows["洛中法〔2026〕9号签发人：某某"]
    assert row[0]["x0"] / MM == pytest.approx(28 + 156 / 28, abs=CLOSE)
    assert (row[-1]["matrix"][4] + 16) / MM == pytest.approx(184 - 156 / 28, abs=CLOSE)
    assert [name for name in rows if name in ("000012", "秘密★1年", "特急")] == [
        "000012",
        "秘密★1年",
        "特急",
    ]


def test_a_letter_has_two_pairs_of_red_rules_and_no_number_on_its_first_page(
    tmp_path: Path,
) -> None:
    head = Head("洛阳市中级人民法院", "洛中法执督〔2026〕3号", "000002")
    made = circular(head=head, form="letter", record=None)
    with pdfplumber.open(write_official(made, tmp_path / "a.pdf")) as read:
        first, second = read.pages[:2]
        mark = ink_of(first, (28, 10, 184, 45), red=True)
        assert mark[0] == pytest.approx(30, abs=CLOSE)  # from the edge of the paper
        rules = sorted(first.lines, key=lambda one: one["top"])
        wide = [one["linewidth"] / MM for one in rules]
        assert wide == pytest.approx([1.0, 0.35, 0.35, 1.0], abs=0.01)  # thick and thin, mirrored
        for one in rules:
            assert one["stroking_color"] == (0, 0.8, 0.8, 0)
            assert (one["x0"] / MM, one["x1"] / MM) == pytest.approx((20, 190), abs=CLOSE)
        upper = rules[0]["top"] / MM - wide[0] / 2
        assert upper - mark[1] == pytest.approx(4, abs=CLOSE)
        lower = rules[-1]["top"] / MM + wide[-1] / 2
        assert 297 - lower == pytest.approx(20, abs=CLOSE)
        rows = {text_of(row): row for row in rows_of(first).values()}
        row = rows["000002洛中法执督〔2026〕3号"]
        assert row[0]["x0"] / MM == pytest.approx(28, abs=CLOSE)
        assert (row[-1]["matrix"][4] + 16) / MM == pytest.approx(184, abs=CLOSE)
        assert [base for base in rows_of(first) if base > 264] == []
        assert any("—2—" in text_of(row).replace(" ", "") for row in rows_of(second).values())

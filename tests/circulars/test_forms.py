"""Minutes, joint documents, annexes and the head of the chain at the foot, read again."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pypdf
import pytest
import zxingcpp

from desktop.circulars.geometry import MM
from desktop.circulars.official import (
    Anchor,
    Annex,
    Attendance,
    Column,
    Head,
    Official,
    Paragraph,
    Sheet,
)
from desktop.circulars.pages import write_official
from desktop.errors import UserError
from tests.circulars.measuring import (
    BODY,
    CLOSE,
    area_of,
    circular,
    ink_of,
    rows_of,
    text_of,
)
from tests.circulars.test_typefaces import NOWHERE

CHAR = 156 / 28
LINE = 225 / 22
ANCHOR = Anchor(
    ("审计链头　第18204号", "2026-10-05 08:30"),
    "edesk 18204 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 洛阳",
)


def _read(made: Official, path: Path) -> list[Any]:
    with pdfplumber.open(write_official(made, path)) as read:
        for page in read.pages:
            assert page.chars is not None  # read while the file is open
        return list(read.pages)


def _minutes(**other: Any) -> Official:
    names = "、".join(f"某某{n}（某某区人民法院）" for n in range(12))
    made = circular(
        head=Head("执行工作联席会议纪要", "第17期"),
        to="",
        form="minutes",
        body=BODY[:2],
        attendance=(Attendance("出席", names), Attendance("列席", "赟𬭎")),
        record=None,
    )
    return replace(made, **other)


def test_minutes_name_who_was_there_and_are_signed_by_nobody(tmp_path: Path) -> None:
    with pdfplumber.open(write_official(_minutes(), tmp_path / "a.pdf")) as read:
        page = read.pages[0]
        mark = ink_of(page, (28, 40, 184, 95), red=True)
        assert mark[0] == pytest.approx(72, abs=CLOSE)
        number = ink_of(page, (60, mark[1] + 1, 150, mark[1] + 30), red=False)
        rule = ink_of(page, (28, number[1] + 0.5, 184, number[1] + 8), red=True)
        assert rule[0] - number[1] == pytest.approx(4, abs=CLOSE)
        rows = [row for page in read.pages for row in area_of(page).values()]
    texts = [text_of(row) for row in rows]
    assert "第17期" in texts
    assert not [text for text in texts if text in ("2026年10月5日", "洛阳市中级人民法院")]
    first = next(n for n, text in enumerate(texts) if text.startswith("出席："))
    assert {"Hei" in char["fontname"] for char in rows[first][:3]} == {True}
    assert {"Hei" in char["fontname"] for char in rows[first][3:]} == {False}
    assert rows[first][0]["matrix"][4] / MM == pytest.approx(28 + 2 * CHAR, abs=CLOSE)
    last = texts.index("列席：赟𬭎")
    hanging = [row[0]["matrix"][4] / MM for row in rows[first + 1 : last]]
    begins = rows[first][3]["matrix"][4] / MM
    assert len(hanging) >= 2
    # An opening bracket that is squeezed begins within the empty half of its width.
    assert all(begins - CHAR / 2 - CLOSE <= left <= begins + CLOSE for left in hanging)
    assert begins == pytest.approx(28 + 5 * CHAR, abs=CLOSE)


def test_a_name_nobody_can_print_is_told_in_minutes_annexes_and_foot() -> None:
    made = _minutes(
        attendance=(Attendance("请假", NOWHERE),),
        annexes=(Annex(f"甲{NOWHERE}", (Paragraph(NOWHERE),)),),
        joint=(NOWHERE,),
        anchor=Anchor((NOWHERE,), "x"),
    )
    told = {name for name, words in made.fields().items() if NOWHERE in words}
    assert told == {"请假人员", "附件说明", "附件1第 1 段", "署名", "链头"}


def _joint(*joint: str, **other: Any) -> Official:
    head = Head("文件", "洛中法联〔2026〕3号")
    return circular(head=head, joint=joint, body=BODY[:3], record=None, **other)


def test_a_joint_mark_has_names_of_one_width_and_the_word_in_their_middle(tmp_path: Path) -> None:
    made = _joint("洛阳市公安局", "洛阳市司法局")
    with pdfplumber.open(write_official(made, tmp_path / "a.pdf")) as read:
        page = read.pages[0]
        assert ink_of(page, (28, 40, 184, 120), red=True)[0] == pytest.approx(72, abs=CLOSE)
        red = [char for char in page.chars if char["non_stroking_color"] == (0, 0.8, 0.8, 0)]
        by_base: dict[float, list[Any]] = {}
        for char in red:
            by_base.setdefault(round(char["matrix"][5], 1), []).append(char)
        stack = {text_of(row): row for row in by_base.values()}
        # The word stands on the base line of the name in the middle.
        assert list(stack) == ["洛阳市中级人民法院", "洛阳市公安局文件", "洛阳市司法局"]
        rows = [row[:-2] if "文件" in text else row for text, row in stack.items()]
        for row in rows:
            assert row[0]["matrix"][4] == pytest.approx(rows[0][0]["matrix"][4], abs=0.3 * MM)
            assert row[-1]["matrix"][4] == pytest.approx(rows[0][-1]["matrix"][4], abs=0.3 * MM)
            steps = [b["matrix"][4] - a["matrix"][4] for a, b in pairwise(row)]
            assert steps == pytest.approx([steps[0]] * len(steps), abs=0.1)
        word = stack["洛阳市公安局文件"][-2:]
        assert word[0]["x0"] > max(row[-1]["x1"] for row in rows)
        left, right = min(char["x0"] for char in red), max(char["x1"] for char in red)
        assert (left + right) / 2 / MM == pytest.approx(106, abs=CLOSE)
        assert (right - left) / MM < 156


@pytest.mark.parametrize(
    "joint",
    [
        ("洛阳市公安局",),
        ("洛阳市公安局", "洛阳市司法局"),
        ("市财政局", "市审计局", "市司法局", "市公安局", "市民政局"),
    ],
)
def test_signers_stand_apart_by_more_than_a_seal(tmp_path: Path, joint: tuple[str, ...]) -> None:
    made = _joint(*joint)
    pages = _read(made, tmp_path / "a.pdf")
    rows = area_of(pages[-1])
    middles = {}
    for name in made.organs:
        for base, row in rows.items():
            at = text_of(row).find(name)
            if (at >= 0 and base > 100) or (at >= 0 and len(pages) > 1):
                found = row[at : at + len(name)]
                middles[name] = ((found[0]["x0"] + found[-1]["x1"]) / 2 / MM, base)
    assert list(middles) == list(made.organs)
    spots = list(middles.values())
    for n, (x, y) in enumerate(spots):
        assert x - 21 >= 28  # a seal of 42 mm stays in the type area
        assert x + 21 <= 184 + CLOSE
        for other_x, other_y in spots[:n]:
            assert ((x - other_x) ** 2 + (y - other_y) ** 2) ** 0.5 > 42
            assert (y, x) > (other_y, other_x)  # in their order
    ((base, row),) = [(b, row) for b, row in rows.items() if text_of(row) == "2026年10月5日"]
    assert (row[0]["x0"] + row[-1]["x1"]) / 2 / MM == pytest.approx(spots[-1][0], abs=CLOSE)
    assert base - spots[-1][1] == pytest.approx(LINE, abs=CLOSE)
    dests = pypdf.PdfReader(tmp_path / "a.pdf").root_object["/Dests"]
    assert len(dests) == len(made.organs)


def test_more_organs_than_seals_have_room_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="印章排不下"):
        write_official(_joint(*["洛阳市公安局"] * 9), tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []


ROWS = tuple((str(n), f"某某区人民法院第{n}庭") for n in range(1, 61))
LIST = Sheet("表1　超期案件明细", (Column("序号", 1), Column("法院", 5)), ROWS)


def test_annexes_begin_pages_of_their_own_before_the_record(tmp_path: Path) -> None:
    annexes = (
        Annex("超期案件清单", (LIST, Paragraph("以上。"))),
        Annex("口径说明", (Paragraph("略。"),)),
    )
    made = circular(body=BODY[:3], annexes=annexes, attachments=("办法",))
    pages = _read(made, tmp_path / "a.pdf")
    texts = [[text_of(row) for row in area_of(page).values()] for page in pages]
    (signed,) = [n for n, page in enumerate(texts) if "2026年10月5日" in page]
    listed = [text for page in texts[: signed + 1] for text in page]
    at = listed.index("附件：1.超期案件清单")
    assert listed[at + 1 : at + 3] == ["2.口径说明", "3.办法"]
    begins = [n for n, page in enumerate(texts) if page[0] in ("附件1", "附件2")]
    assert begins[0] == signed + 1
    assert len(begins) == 2
    for number, page in enumerate(begins, start=1):
        first, title, *_ = area_of(pages[page]).items()
        assert text_of(first[1]) == f"附件{number}"
        assert {"Hei" in char["fontname"] for char in first[1]} == {True}
        assert {round(char["size"], 1) for char in first[1]} == {16}
        assert first[1][0]["matrix"][4] / MM == pytest.approx(28, abs=CLOSE)
        assert first[0] == pytest.approx(37 + (LINE - 16 / MM) / 2 + 0.88 * 16 / MM, abs=CLOSE)
        assert text_of(title[1]) == annexes[number - 1].title
        assert {round(char["size"], 1) for char in title[1]} == {22}
        middle = (title[1][0]["x0"] + title[1][-1]["x1"]) / 2 / MM
        assert middle == pytest.approx(106, abs=CLOSE)
        assert title[0] - 0.38 * 22 / MM == pytest.approx(37 + 2.5 * LINE, abs=CLOSE)
    assert [n for n, page in enumerate(texts) if page[-1].endswith("印发")] == [len(pages) - 1]
    numbers = [text_of(row) for page in pages for base, row in rows_of(page).items() if base > 264]
    assert numbers == [f"— {n} —" for n in range(1, len(pages) + 1)]  # they run on
    alone = _read(circular(body=BODY[:3], annexes=annexes[:1]), tmp_path / "b.pdf")
    heads = [text_of(next(iter(area_of(page).values()))) for page in alone if page.chars]
    assert "附件" in heads  # one that is alone bears no number


@pytest.mark.parametrize("pages", [1, 2, 3])
@pytest.mark.parametrize("record", [True, False])
def test_the_code_at_the_foot_is_read_again_and_touches_nothing(
    tmp_path: Path, pages: int, record: bool
) -> None:
    body = (*BODY[:2], *(Paragraph("请照办。") for _ in range((pages - 1) * 22)))
    made = circular(
        body=body, anchor=ANCHOR, foot="2026年第40周　数据截至2026-10-05 08:30", record=None
    )
    if record:
        made = replace(made, record=circular().record)
    with pdfplumber.open(write_official(made, tmp_path / "a.pdf")) as read:
        for page in read.pages[:-1]:
            assert zxingcpp.read_barcodes(page.to_image(resolution=200).original) == []
            assert any("数据截至" in text_of(row) for row in rows_of(page).values())
        page = read.pages[-1]
        picture = page.to_image(resolution=300).original
        (code,) = zxingcpp.read_barcodes(picture)
        assert code.text == ANCHOR.payload
        corners = [code.position.top_left, code.position.bottom_right]
        (left, top), (right, bottom) = [(p.x / 300 * 25.4, p.y / 300 * 25.4) for p in corners]
        assert right - left == pytest.approx(18, abs=0.5)
        assert top > 262 + 1.5  # the record ends at 262; four modules are white
        assert bottom < 297 - 10  # printers reach so far
        below = [char for char in page.chars if (page.height - char["matrix"][5]) / MM > 263]
        for char in below:
            x0, x1 = char["x0"] / MM, char["x1"] / MM
            assert x1 < left - 1.5 or x0 > right + 1.5  # nothing is beside it but white
        numbers = [char for char in below if round(char["size"]) == 14]
        words = [char for char in below if round(char["size"], 1) == 7.5]
        assert text_of(words).count("数据截至") == 1
        if not record:
            assert text_of(numbers) == f"— {len(read.pages)} —"
        for number in numbers:
            assert all(char["x1"] < number["x0"] or char["x0"] > number["x1"] for char in words)


def test_the_code_of_a_letter_of_one_page_stands_above_its_rules(tmp_path: Path) -> None:
    head = Head("洛阳市中级人民法院", "洛中法执督〔2026〕3号")
    made = circular(head=head, form="letter", body=BODY[:1], record=None, anchor=ANCHOR, foot="甲")
    with pdfplumber.open(write_official(made, tmp_path / "a.pdf")) as read:
        (page,) = read.pages
        (code,) = zxingcpp.read_barcodes(page.to_image(resolution=600).original)
        assert code.text == ANCHOR.payload
        rules = [one["top"] / MM for one in page.lines if one["top"] / MM > 200]
        assert code.position.top_left.y / 600 * 25.4 > 262
        assert code.position.bottom_right.y / 600 * 25.4 < min(rules) - 0.8


def test_a_code_that_no_telephone_reads_is_refused(tmp_path: Path) -> None:
    for payload in ("x" * 1_500, "x" * 5_000):
        with pytest.raises(UserError, match="二维码"):
            write_official(circular(anchor=Anchor((), payload)), tmp_path / "a.pdf")
    with pytest.raises(UserError, match="页脚排不下"):
        write_official(circular(anchor=Anchor(("链头",) * 9, "x")), tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []

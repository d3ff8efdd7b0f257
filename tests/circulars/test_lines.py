"""Where a Chinese line ends and begins: rules of its marks, whole words, and a straight edge."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.circulars.faces import Face
from desktop.circulars.lines import NOT_FIRST, NOT_LAST, Line, Span, break_lines

FULL = "法院执行信访通报本周共接待件应办结化解率"
MARKS = "、。，；：？！（）《》“”〔〕—…"
HALF = "abcxyz0123456789.,%"


def _width(char: str, _face: Face) -> float:
    return 0.5 if ord(char) < 0x2000 else 1.0


def _lines(text: str, room: float, indent: float = 0.0) -> list[Line]:
    return break_lines([Span(text)], _width, room, indent=indent)


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("", 4, []),
        ("法院执行信访", 3, ["法院执", "行信访"]),
        # The comma is taken in where a mark of the line gives half of its width,
        ("（法院，执行，信访）", 9, ["（法院，执行，信访）"]),
        # and where none can, a character is carried over with it.
        ("法院执，行信访", 3, ["法院", "执，行", "信访"]),
        ("法院（执行）信访", 3, ["法院", "（执行）", "信访"]),
        ("法院“执行”", 3, ["法院", "“执行”"]),
        ("共二千三百42件", 6, ["共二千三百42", "件"]),
        ("共二三百12345件", 6, ["共二三百", "12345件"]),
        ("化解率91.3%，超期", 6, ["化解率91.3%，", "超期"]),
        ("洛阳——执行", 3, ["洛阳", "——执", "行"]),
        ("洛阳执……行", 3, ["洛阳执", "……行"]),
        ("洛—郑线执行", 1, ["洛", "—", "郑", "线", "执", "行"]),  # nothing better is left
        ("一二洛—郑线", 3, ["一二", "洛—郑", "线"]),
        ("ab cd ef", 2.5, ["ab cd", "ef"]),
        ("abcdefghij", 2, ["abcd", "efgh", "ij"]),
    ],
)
def test_lines_end_where_they_may(text: str, room: float, lines: list[str]) -> None:
    assert [line.text for line in _lines(text, room)] == lines


def test_twenty_eight_characters_fill_the_line_of_the_standard_at_its_pitch() -> None:
    first, second, last = _lines("法" * 28 + "院" * 28 + "好", 28)
    assert [one.left for one in first.placed] == list(range(28))
    assert (first.right, second.right, last.right) == (28, 28, 1)
    indented = _lines("法" * 30, 28, indent=2)
    assert [len(line.placed) for line in indented] == [26, 4]
    assert (indented[0].placed[0].left, indented[1].placed[0].left) == (2, 0)


def test_a_squeezed_mark_loses_its_empty_half() -> None:
    (line,) = _lines("（法院，执行，信访）", 9)
    places = {one.text: one.left for one in line.placed}
    assert line.right == pytest.approx(9)
    assert places["（"] == pytest.approx(-0.25)  # its ink begins where the line does
    assert places["法"] == pytest.approx(0.75)


def test_a_change_of_typeface_is_no_place_to_tear() -> None:
    lines = break_lines([Span("一是严格", "kai"), Span("。依法办理")], _width, 4)
    assert [line.text for line in lines] == ["一是严", "格。依法", "办理"]
    assert [one.face for one in lines[1].placed] == ["kai", "text", "text", "text"]
    with pytest.raises(ValueError, match="line break"):
        _lines("一\n二", 4)


@given(
    text=st.text(st.sampled_from(FULL * 2 + MARKS + HALF), max_size=120),
    room=st.integers(6, 30),
    indent=st.sampled_from([0, 2]),
)
def test_no_rule_is_broken_and_nothing_is_lost(text: str, room: int, indent: int) -> None:
    lines = _lines(text, room, indent)
    assert "".join(line.text for line in lines) == text
    for number, line in enumerate(lines):
        begins = 0.0 if number else float(indent)
        lefts = [one.left for one in line.placed]
        assert lefts == sorted(lefts)
        assert lefts[0] >= begins - 0.5
        assert line.right <= room + 1e-6
        if number + 1 < len(lines) and len(line.placed) > 1:
            assert line.right == pytest.approx(room)  # the edge is straight
    for before, after in pairwise(lines):
        legal = before.text[-1] not in NOT_LAST and after.text[0] not in NOT_FIRST
        # Only a heap of marks leaves no place to break.
        around = before.text[-7:] + after.text[:1]
        assert legal or sum(char in NOT_FIRST | NOT_LAST for char in around) >= 3


@given(st.text(st.sampled_from(FULL + "，。、"), min_size=1, max_size=200))
def test_common_words_never_leave_a_mark_at_the_beginning(text: str) -> None:
    plain = text.lstrip("，。、")
    while "，，" in plain or any(a + b in plain for a in "，。、" for b in "，。、"):
        for a in "，。、":
            for b in "，。、":
                plain = plain.replace(a + b, a)
    for line in _lines(plain, 28)[1:]:
        assert line.text[0] not in "，。、"

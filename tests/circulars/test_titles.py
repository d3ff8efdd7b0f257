"""Titles break by sense, in a shape, and lose nothing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.circulars.lines import NOT_FIRST, NOT_LAST
from desktop.circulars.titles import title_lines


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于超期案件的通报", ["关于超期案件的通报"]),
        (
            "洛阳市中级人民法院执行指挥中心关于执行信访办理情况的周通报",
            ["洛阳市中级人民法院执行指挥中心", "关于执行信访办理情况的周通报"],
        ),
        (
            "洛阳市中级人民法院关于2026年第三季度全市法院消极执行、超期执行案件情况的通报",
            None,
        ),
        (
            "关于（2024）豫0304执41号案“六个月未执行（可向上一级法院申请）”的督办单",
            ["关于（2024）豫0304执41号案“六个月", "未执行（可向上一级法院申请）”的督办单"],
        ),
        ("甲的\n乙丙丁", ["甲的", "乙丙丁"]),
    ],
)
def test_a_title_breaks_where_its_sense_does(title: str, lines: list[str] | None) -> None:
    found = title_lines(title, 19)
    if lines is not None:
        assert found == lines
    assert "".join(found) == title.replace("\n", "")
    assert not any(
        after.startswith("年") or before.endswith("第") for before, after in pairwise(found)
    )


@given(st.text(st.sampled_from("法院关于执行情况的通报（、）《》2026"), min_size=1, max_size=57))
def test_lines_are_short_enough_and_lose_nothing(title: str) -> None:
    try:
        lines = title_lines(title, 19)
    except ValueError:
        return  # nothing but marks, or a number longer than a line
    assert "".join(lines) == title
    assert max(sum(0.5 if char.isascii() else 1 for char in line) for line in lines) <= 19
    for before, after in pairwise(lines):
        assert after[0] not in NOT_FIRST
        assert before[-1] not in NOT_LAST


def test_a_title_is_no_hourglass() -> None:
    lengths = [len(line) for line in title_lines("执" * 50, 19)]
    assert lengths in (sorted(lengths), sorted(lengths, reverse=True)) or lengths[1] >= max(
        lengths[0], lengths[2]
    )
    with pytest.raises(ValueError, match="does not fit"):
        title_lines("执" * 77, 19)
    with pytest.raises(ValueError, match="longer"):
        title_lines("执" * 20 + "\n行", 19)

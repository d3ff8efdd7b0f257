"""Names are found as they are typed, whatever reading the clerk has in mind."""

import pytest

from desktop.rules.sounds import READINGS_MAX, initials, pinyin, readings, sounds_like


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("gcf", "顾长风", True),
        ("gzf", "顾长风", True),
        ("changfeng", "顾长风", True),
        ("zengguang", "曾广", True),
        ("xyz", "顾长风", False),
        ("", "", True),
        ("abc", "ABC公司", True),
    ],
)
def test_any_reading_is_found(typed: str, text: str, found: bool) -> None:
    assert sounds_like(typed, text) is found


def test_the_usual_reading_stands_first_and_there_is_an_end() -> None:
    assert (pinyin("张三"), initials("张三")) == ("zhangsan", "zs")
    many = readings("长行重乐" * 6)
    assert len(many) == READINGS_MAX
    assert len(set(many)) == READINGS_MAX

"""Duplicates planted among petitions are found, and look-alikes that are others are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.petitions.duplicates import (
    WARN,
    Person,
    find,
    likeness,
    normal_name,
    normal_phone,
)

CASE = "（2025）京0105执1234号"
OTHER_CASE = "（2025）京0105执1235号"
ID_ONE = "11010119900101123X"
ID_TWO = "110101199001015678"

SAME = [
    (Person("a", "张伟", CASE), Person("b", "张 伟", "(2025)京0105执1234号")),
    (Person("a", "张伟", CASE), Person("b", "章伟", CASE)),
    (Person("a", "王未来", CASE), Person("b", "王末来", CASE)),
    (Person("a", "李敏", identity_no=ID_ONE.lower()), Person("b", "李民", CASE, ID_ONE)),
    (Person("a", "赵强", phone="+86 138 0013 8000"), Person("b", "赵强", phone="13800138000")),
    (Person("a", "北京宏远建材有限公司", CASE), Person("b", "北京宏远建材有限责任公司", CASE)),
]  # fmt: skip
DIFFERENT = [
    (Person("a", "张伟", CASE), Person("b", "张伟", OTHER_CASE)),
    (Person("a", "张伟", CASE), Person("b", "刘洋", CASE)),
    (Person("a", "张伟", CASE, ID_ONE), Person("b", "张伟", CASE, ID_TWO)),
    (Person("a", "赵强", phone="120"), Person("b", "赵强", phone="120")),
    (Person("a", "赵强", "不明"), Person("b", "赵强", "不明")),
    (Person("a", "", CASE), Person("b", "", CASE)),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_person_and_case_is_shown_with_a_reason(one: Person, other: Person) -> None:
    found = likeness(one, other)
    assert found.score >= WARN
    assert found.reasons


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_others_are_not_shown(one: Person, other: Person) -> None:
    assert likeness(one, other).score < WARN


def test_precision_and_recall_of_the_planted_pairs() -> None:
    marked = [(pair, True) for pair in SAME] + [(pair, False) for pair in DIFFERENT]
    shown = [truth for (one, other), truth in marked if find(one, [other])]
    assert sum(shown) / len(shown) >= 0.95
    assert sum(shown) / len(SAME) >= 0.95


@given(st.text(max_size=30))
def test_a_name_is_normal_after_one_pass(name: str) -> None:
    assert normal_name(normal_name(name)) == normal_name(name)


@given(st.text("张章伟未末李 ·", max_size=6), st.text("张章伟未末李 ·", max_size=6))
def test_likeness_does_not_depend_on_the_order(one: str, other: str) -> None:
    a, b = Person("a", one, CASE), Person("b", other, CASE)
    assert likeness(a, b).score == likeness(b, a).score


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mobile_number_is_the_same_with_and_without_the_country(number: str) -> None:
    assert normal_phone(f"+86 {number[:3]}-{number[3:]}") == normal_phone(number) == number

"""Amounts in capitals: the annex's own examples, a table, and a reader that knows no table."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.rules.capitals import DIGITS, capitals
from desktop.rules.money import AMOUNT_FEN_MAX

CASES = {
    0: "零元整",
    1: "壹分",
    10: "壹角整",
    11: "壹角壹分",
    100: "壹元整",
    101: "壹元零壹分",
    110: "壹元壹角整",
    1_000: "壹拾元整",
    1_010: "壹拾元零壹角整",
    10_000: "壹佰元整",
    10_100: "壹佰零壹元整",
    100_000: "壹仟元整",
    100_100: "壹仟零壹元整",
    103_250: "壹仟零叁拾贰元伍角整",
    140_950: "壹仟肆佰零玖元伍角整",  # the annex
    168_032: "壹仟陆佰捌拾元零叁角贰分",  # the annex
    600_714: "陆仟零柒元壹角肆分",  # the annex
    32_504: "叁佰贰拾伍元零肆分",  # the annex
    1_640_902: "壹万陆仟肆佰零玖元零贰分",  # the annex
    10_700_053: "壹拾万零柒仟元零伍角叁分",
    1_000_000: "壹万元整",
    1_000_100: "壹万零壹元整",
    10_001_000: "壹拾万零壹拾元整",
    20_003_000_00: "贰仟万零叁仟元整",
    123_456_789: "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分",
    100_000_000_00: "壹亿元整",
    100_000_001_00: "壹亿零壹元整",
    100_010_000_00: "壹亿零壹万元整",
    1_200_000_000_00: "壹拾贰亿元整",
    10_000_000_000_000: "壹仟亿元整",
    AMOUNT_FEN_MAX: "壹拾万亿元整",
    100_000_000_000_005: "壹万亿元零伍分",
    123_456_789_012_345: "壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁元肆角伍分",
}


@pytest.mark.parametrize("fen", CASES)
def test_the_table(fen: int) -> None:
    assert capitals(fen) == CASES[fen]


@pytest.mark.parametrize("fen", [-1, AMOUNT_FEN_MAX + 1])
def test_no_voucher_bears_such_an_amount(fen: int) -> None:
    with pytest.raises(ValueError, match="no amount"):
        capitals(fen)


def read(words: str) -> int:
    """Reads capitals as a person does: sums below 万, times 万, times 亿."""
    fen = total = section = digit = 0
    for word in words.removesuffix("整"):
        if word in DIGITS:
            digit = DIGITS.index(word)
        elif word in "拾佰仟":
            section += digit * 10 ** ("拾佰仟".index(word) + 1)
            digit = 0
        elif word == "万":
            total += (section + digit) * 10_000
            section = digit = 0
        elif word == "亿":
            total = (total + section + digit) * 100_000_000
            section = digit = 0
        elif word == "元":
            total += section + digit
            section = digit = 0
        elif word == "角":
            fen += digit * 10
            digit = 0
        elif word == "分":
            fen += digit
            digit = 0
        else:
            raise AssertionError(word)
    assert not digit
    return total * 100 + fen


@given(st.one_of(st.integers(0, AMOUNT_FEN_MAX), st.integers(0, 10**7)))
def test_it_reads_back_and_is_written_properly(fen: int) -> None:
    words = capitals(fen)
    assert read(words) == fen
    assert "零零" not in words
    assert re.search(r"零[万亿整]|[拾佰仟万亿]零元", words) is None
    assert re.search(r"(?<!^)零元", words) is None
    assert words.endswith("分") != words.endswith("整")
    assert re.search(r"[壹贰叁肆伍陆柒捌玖]{2}", words) is None


@given(st.integers(0, AMOUNT_FEN_MAX - 1))
def test_no_two_amounts_read_alike(fen: int) -> None:
    assert capitals(fen) != capitals(fen + 1)

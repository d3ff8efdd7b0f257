"""Court fees: brackets to the fen on both sides of each edge, and against the short formulas."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.errors import UserError
from desktop.rules.fees import FEE_KINDS, fee, load_fees
from desktop.rules.money import AMOUNT_FEN_MAX, fen_of, half_up, yuan_text
from desktop.rules.rule_files import RuleFileError
from resources import path as resource_path

NOW = date(2026, 11, 29)
WAN = 1_000_000  # fen in 10,000 yuan


@pytest.mark.parametrize(
    ("kind", "amount", "due"),
    [
        ("execution", "20000", "200.00"),
        ("execution", "250000", "3650.00"),
        ("execution", "2345678.90", "25856.79"),
        ("execution", "8000000", "67400.00"),
        ("execution", "12345678.90", "79745.68"),
        ("execution", "0", "50.00"),
        ("execution", "10000.00", "50.00"),
        ("execution", "10000.33", "50.00"),
        ("execution", "10000.34", "50.01"),
        ("preservation", "0", "30.00"),
        ("preservation", "1000", "30.00"),
        ("preservation", "1001", "30.01"),
        ("preservation", "100000", "1020.00"),
        ("preservation", "895999", "5000.00"),
        ("preservation", "895998", "4999.99"),
        ("preservation", "99999999.99", "5000.00"),
        ("acceptance", "10000", "50.00"),
        ("acceptance", "100000", "2300.00"),
        ("acceptance", "200000", "4300.00"),
        ("acceptance", "500000", "8800.00"),
        ("acceptance", "1000000", "13800.00"),
        ("acceptance", "2000000", "22800.00"),
        ("acceptance", "5000000", "46800.00"),
        ("acceptance", "10000000", "81800.00"),
        ("acceptance", "20000000", "141800.00"),
        ("acceptance", "30000000", "191800.00"),
    ],
)
def test_worked_examples(kind: str, amount: str, due: str) -> None:
    assert yuan_text(fee(kind, fen_of(amount, "x"), NOW).fee_fen) == due


# The short formulas that courts print: from, rate in per mille, constant in yuan.
SHORT: dict[str, list[tuple[int, str, int]]] = {
    "execution": [
        (WAN, "15", -100),
        (50 * WAN, "10", 2_400),
        (500 * WAN, "5", 27_400),
        (1_000 * WAN, "1", 67_400),
    ],
    "acceptance": [
        (WAN, "25", -200),
        (10 * WAN, "20", 300),
        (20 * WAN, "15", 1_300),
        (50 * WAN, "10", 3_800),
        (100 * WAN, "9", 4_800),
        (200 * WAN, "8", 6_800),
        (500 * WAN, "7", 11_800),
        (1_000 * WAN, "6", 21_800),
        (2_000 * WAN, "5", 41_800),
    ],
    "preservation": [(WAN // 10, "10", 20), (10 * WAN, "5", 520)],
}
EDGES = sorted({start for rows in SHORT.values() for start, _, _ in rows})
amounts = st.one_of(
    st.integers(0, AMOUNT_FEN_MAX),
    st.integers(0, 3_000 * WAN),
    st.builds(lambda edge, by: edge + by, st.sampled_from(EDGES), st.integers(-200, 200)),
)


@given(amount=amounts, kind=st.sampled_from(FEE_KINDS))
def test_the_brackets_are_the_short_formulas(amount: int, kind: str) -> None:
    flat = 3_000 if kind == "preservation" else 5_000
    expected = Fraction(flat)
    for start, mille, constant in SHORT[kind]:
        if amount > start:
            expected = amount * Fraction(mille) / 1_000 + constant * 100
    most = 500_000 if kind == "preservation" else AMOUNT_FEN_MAX
    assert fee(kind, amount, NOW).fee_fen == min(half_up(expected), most)


@given(amount=amounts, more=st.integers(0, 1_000), kind=st.sampled_from(FEE_KINDS))
def test_more_never_costs_less_and_a_fen_never_jumps(amount: int, more: int, kind: str) -> None:
    one, other = (fee(kind, fen, NOW).fee_fen for fen in (amount, amount + more))
    assert one <= other <= one + more // 40 + 1  # 2.5 % is the highest rate


@given(amount=amounts, kind=st.sampled_from(FEE_KINDS))
def test_the_steps_add_up_to_the_amount_and_the_fee(amount: int, kind: str) -> None:
    found = fee(kind, amount, NOW)
    assert sum(step.part_fen for step in found.steps) == amount
    whole = sum((step.amount for step in found.steps), Fraction(0))
    assert half_up(whole) == found.fee_fen or (found.capped and half_up(whole) > found.fee_fen)
    for step in found.steps:
        assert step.rate is None or step.amount == step.part_fen * step.rate


def test_no_table_before_the_measures_came_into_force() -> None:
    assert fee("execution", 1, date(2007, 4, 1)).fee_fen == 5_000
    with pytest.raises(UserError, match="没有 2007-03-31 适用"):
        fee("execution", 1, date(2007, 3, 31))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("-1", "不能为负数"),
        ("-0.01", "不能为负数"),
        ("1.234", "至多两位小数"),
        *(
            (text, "不是金额")
            for text in ("", "1e5", "NaN", "1,000", "１００", "01", "+1", "1.", ".5")
        ),
        *((text, "不是金额") for text in (" 1", "1 ", "0x10", "1\n", "∞")),
        ("10000000000000.01", "超过上限"),
        ("9" * 5_000, "超过上限"),
    ],
)
def test_what_is_no_amount_is_refused_by_its_field(text: str, why: str) -> None:
    with pytest.raises(UserError, match=rf"^甲：.*{why}.*。$"):
        fen_of(text, "甲")


@given(st.integers(0, AMOUNT_FEN_MAX))
def test_amounts_survive_being_written(fen: int) -> None:
    assert fen_of(yuan_text(fen), "x") == fen


def _replace(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (_replace("above = 0\n", "above = 1\n"), "第一档应从 0 起"),
        (_replace("above = 50000000\n", "above = 1000000\n"), "由低到高"),
        (_replace('rate = "0.015"', 'rate = "1.5"'), "不是 0 与 1 之间的比率"),
        (_replace('rate = "0.015"', "rate = 0.015"), "应为文字"),
        (_replace("flat = 5000", 'flat = 5000\nrate = "0.01"'), "须填写其一"),
        (_replace('kind = "preservation"', 'kind = "execution"'), "效力期间重叠"),
        (_replace('article = "', 'artikle = "'), "不认识的字段"),
    ],
)
def test_a_wrong_file_is_refused_by_name(
    tmp_path: Path, edit: Callable[[str], str], words: str
) -> None:
    text = resource_path("law/fees.toml").read_text(encoding="utf-8")
    place = tmp_path / "fees.toml"
    place.write_text(edit(text), encoding="utf-8")
    assert edit(text) != text
    with pytest.raises(RuleFileError) as caught:
        load_fees(place)
    assert words in str(caught.value)

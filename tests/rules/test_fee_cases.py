"""Halved fees and fees without an amount: to the fen, refused outside by the field."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.rules.fee_cases import halve, load_fee_cases, set_fee
from desktop.rules.fees import fee
from desktop.rules.money import AMOUNT_FEN_MAX, InputError, fen_of, yuan_text
from desktop.rules.rule_files import RuleFileError
from resources import path as resource_path

NOW = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("amount", "half"),
    [
        ("0", "25.00"),
        ("10000", "25.00"),
        ("10000.20", "25.00"),  # of 50.005: halved before it is rounded
        ("10000.40", "25.01"),  # 50.01 exactly 25.005, a half upwards
        ("100000", "1150.00"),
        ("2345678.90", "12782.72"),  # 25,565.4312 ÷ 2
    ],
)
def test_half_of_an_acceptance_fee(amount: str, half: str) -> None:
    found = halve(fee("acceptance", fen_of(amount, "x"), NOW), "simplified", "x")
    assert yuan_text(found.fee_fen) == half
    told = found.to_json()
    assert (told["fee"], told["halved"]) == (half, "simplified")


@given(amount=st.integers(0, AMOUNT_FEN_MAX), code=st.sampled_from(["mediation", "withdrawal"]))
def test_two_halves_are_the_whole_but_for_the_rounding(amount: int, code: str) -> None:
    whole = fee("acceptance", amount, NOW)
    assert abs(2 * halve(whole, code, "x").fee_fen - whole.fee_fen) <= 1


def test_only_an_acceptance_fee_is_halved_and_only_for_a_known_reason() -> None:
    with pytest.raises(InputError, match="只适用于案件受理费"):
        halve(fee("execution", 1, NOW), "simplified", "--halved")
    with pytest.raises(InputError, match="应为 simplified、mediation"):
        halve(fee("acceptance", 1, NOW), "small", "--halved")


@pytest.mark.parametrize(
    ("kind", "code", "yuan", "allowed"),
    [
        ("execution", "", "49.99", False),
        ("execution", "", "50", True),
        ("execution", "", "500", True),
        ("execution", "", "500.01", False),
        ("acceptance", "divorce", "300", True),
        ("acceptance", "divorce", "300.01", False),
        ("acceptance", "personality", "99.99", False),
        ("acceptance", "labour", "10", True),
        ("acceptance", "labour", "50", False),
        ("acceptance", "", "50", False),
        ("preservation", "", "50", False),
    ],
)
def test_a_court_decides_between_the_bounds(kind: str, code: str, yuan: str, allowed: bool) -> None:
    fen = fen_of(yuan, "x")
    if allowed:
        assert set_fee(kind, code, fen, "x").fee_fen == fen
        return
    with pytest.raises(InputError):
        set_fee(kind, code, fen, "x")


def test_every_rule_names_its_article() -> None:
    cases = load_fee_cases()
    assert {one.code for one in cases.halvings} >= {"simplified", "mediation", "withdrawal"}
    articles = [one.article for one in cases.halvings] + [one.article for one in cases.ranges]
    assert all(article.startswith("诉讼费用交纳办法第") for article in articles)


def test_a_wrong_file_is_refused_by_name(tmp_path: Path) -> None:
    text = resource_path("law/fee_cases.toml").read_text(encoding="utf-8")
    place = tmp_path / "fee_cases.toml"
    place.write_text(text.replace("most = 50000\n", "most = 1\n", 1), encoding="utf-8")
    with pytest.raises(RuleFileError, match="most"):
        load_fee_cases(place)

"""Rates that follow a published one: read, cut at each change, equal to a walk through the days."""

import random
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from desktop.rules.calculation_files import read_debt
from desktop.rules.interest import interest
from desktop.rules.interest_law import load_interest_law
from desktop.rules.interest_parts import by_parts
from desktop.rules.interest_steps import GENERAL, Line
from desktop.rules.money import InputError, half_up
from desktop.rules.reference_rates import load_lpr, pieces, reference_of
from desktop.rules.rule_files import RuleFileError
from resources import path as resource_path

DAY = timedelta(days=1)
LAW = load_interest_law()


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "series", "term", "times", "plus", "fixed"),
    [
        ("LPR 1Y", "lpr", 1, "1", "0", None),
        ("lpr1y×4", "lpr", 1, "4", "0", None),
        ("LPR 5Y * 1.3 + 0.5%", "lpr", 4, "1.3", "0.005", None),
        ("LPR 1Y@2020-08-20×4", "lpr", 1, "4", "0", "2020-08-20"),
        ("基准 × 1.5", "loan", None, "1.5", "0", None),
        ("基准3Y－0.2%", "loan", 2, "1", "-0.002", None),
        ("同期 1Y", "same", 1, "1", "0", None),
        ("SAME", "same", None, "1", "0", None),
    ],
)
def test_what_a_rate_says(
    text: str, series: str, term: int | None, times: str, plus: str, fixed: str | None
) -> None:
    found = reference_of(text)
    assert found is not None
    assert (found.series, found.term) == (series, term)
    assert (found.times, found.plus) == (Fraction(times), Fraction(plus))
    assert found.fixed_on == (None if fixed is None else day(fixed))


@pytest.mark.parametrize(
    "text",
    [
        *("LPR", "LPR 3Y", "LPR 1Y × 0", "LPR 1Y × 11", "LPR 1Y@2020-02-30", "6%", "", "基准 9Y"),
        *("LPR 1Y + 30%", "LPR 1Y × 4 × 2", "LPR 1Y + 0.5"),
    ],
)
def test_what_is_no_such_rate(text: str) -> None:
    assert reference_of(text) is None


def cut(text: str, start: str, end: str) -> list[tuple[str, str]]:
    asked = reference_of(text)
    assert asked is not None
    found = pieces(asked, day(start), day(end), LAW)
    return [(one.start.isoformat(), f"{float(one.rate):.6f}") for one in found]


def test_the_published_series() -> None:
    """The one-year rates by their days, as they were printed."""
    assert cut("LPR 1Y", "2019-08-20", "2025-08-01") == [
        ("2019-08-20", "0.042500"),
        ("2019-09-20", "0.042000"),
        ("2019-11-20", "0.041500"),
        ("2020-02-20", "0.040500"),
        ("2020-04-20", "0.038500"),
        ("2021-12-20", "0.038000"),
        ("2022-01-20", "0.037000"),
        ("2022-08-22", "0.036500"),
        ("2023-06-20", "0.035500"),
        ("2023-08-21", "0.034500"),
        ("2024-07-22", "0.033500"),
        ("2024-10-21", "0.031000"),
        ("2025-05-20", "0.030000"),
    ]
    assert cut("LPR 5Y", "2024-01-01", "2024-03-01")[-1] == ("2024-02-20", "0.039500")


def test_same_is_the_loan_rate_before_and_lpr_from_its_first_day() -> None:
    assert cut("同期 1Y×1.5", "2015-10-01", "2019-09-01") == [
        ("2015-10-01", "0.069000"),
        ("2015-10-24", "0.065250"),
        ("2019-08-20", "0.063750"),
    ]
    assert cut("基准1Y", "1999-06-10", "2002-03-01") == [
        ("1999-06-10", "0.058500"),
        ("2002-02-21", "0.053100"),
    ]
    # Five years and a day: the column of the longest loans.
    assert cut("基准", "2015-10-24", "2020-10-24") == [("2015-10-24", "0.047500")]
    assert cut("基准", "2015-10-24", "2020-10-25") == [("2015-10-24", "0.049000")]
    assert cut("同期", "2015-10-24", "2020-10-25")[-1] == ("2020-04-20", "0.046500")


def test_a_rate_of_one_day_stays() -> None:
    assert cut("LPR 1Y@2020-08-20×4", "2019-01-01", "2026-01-01") == [("2019-01-01", "0.154000")]


def test_a_rate_that_nobody_compared_is_marked() -> None:
    asked = reference_of("LPR 1Y")
    assert asked is not None
    found = pieces(asked, date(2019, 8, 20), date(2019, 10, 1), LAW)
    assert [("〔未核实〕" in one.label) for one in found] == [False, True]


def test_days_behind_the_last_known_one_are_marked() -> None:
    asked = reference_of("LPR 1Y")
    assert asked is not None
    law = load_lpr()
    sure = replace(law, rows=tuple(replace(row, confidence="confirmed") for row in law.rows))
    known = law.known_to
    found = pieces(asked, known, known + 10 * DAY, LAW, sure)
    assert [("〔未核实〕" in one.label) for one in found] == [False, True]
    assert found[1].start == known + DAY


def question(rate: str, start: str, until: str, **more: object) -> dict[str, object]:
    general = {"rate": rate, "per": "year", "basis": "360", "from": start}
    return {
        "principal": [{"amount": "1000000.00", "due": start}],
        "general": [general],
        "until": until,
        **more,
    }


def raw_rate(at: date) -> Fraction:
    """同期 1Y of a day, out of the files by another hand."""
    with resource_path("law/lpr.toml").open("rb") as stream:
        lpr = tomllib.load(stream)["rate"]
    found = [row["one_year"] for row in lpr if row["from"] <= at]
    if not found:
        with resource_path("law/interest.toml").open("rb") as stream:
            loans = tomllib.load(stream)["benchmark"]["rate"]
        found = [row["rates"][1] for row in loans if row["from"] <= at]
    return Fraction(found[-1].removesuffix("%")) / 100


def test_interest_by_dated_rates_is_that_of_a_walk_through_every_day() -> None:
    rng = random.Random(3)
    for _ in range(12):
        start = day("2014-01-01") + timedelta(days=rng.randint(0, 4_000))
        end = start + timedelta(days=rng.randint(0, 900))
        times = rng.choice(("1", "1.3", "4"))
        asked = read_debt(question(f"同期1Y×{times}", start.isoformat(), end.isoformat()), LAW)
        found = interest(asked)
        walked = Fraction(0)
        at = start
        while at < end:
            walked += 100_000_000 * raw_rate(at) * Fraction(times) / 360
            at += DAY
        assert found.totals.general_fen == half_up(walked)
        assert by_parts(asked).totals == found.totals


def test_each_change_is_a_line_with_its_rate() -> None:
    asked = read_debt(question("LPR 1Y×4", "2024-07-01", "2024-11-01"), LAW)
    lines = [row for row in interest(asked).steps.rows if isinstance(row, Line)]
    general = [row for row in lines if row.kind == GENERAL]
    assert [(row.first.isoformat(), row.rate, row.number) for row in general] == [
        ("2024-07-01", "0.138", 0),
        ("2024-07-22", "0.134", 0),
        ("2024-10-21", "0.124", 0),
    ]
    assert "一年期 LPR 3.10%〔未核实〕×4" in general[-1].why
    assert general[0].formula == "0.138×21÷360"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"rate": "LPR 1Y", "from": "2019-08-19"}, "general[0].rate", "LPR 自 2019-08-20 起公布"),
        ({"rate": "LPR 3Y"}, "general[0].rate", "不是利率"),
        ({"rate": "LPR 1Y", "per": "month"}, "general[0].per", "年利率，应为 year"),
        ({"rate": "基准", "from": "1999-06-09"}, "general[0].rate", "没有 1999-06-10 以前"),
        ({"rate": "LPR 1Y-9%"}, "general[0].rate", "为负数"),
    ],
)
def test_a_rate_nobody_knows_is_refused_by_its_field(
    change: dict[str, str], field: str, words: str
) -> None:
    asked = question("LPR 1Y", "2020-01-01", "2021-01-01")
    asked["principal"] = [{"amount": "1", "due": "2020-01-01"}]
    asked["general"] = [
        {"rate": "6%", "per": "year", "basis": "360", "from": "2020-01-01"} | change
    ]
    with pytest.raises(InputError, match=words) as caught:
        read_debt(asked, LAW)
    assert caught.value.field == field


def test_a_foreign_debt_runs_in_its_own_currency() -> None:
    asked = {
        "principal": [{"amount": "80000.00", "due": "2017-04-01"}],
        "payments": [{"on": "2017-05-01", "amount": "30000"}],
        "until": "2017-07-10",
        "currency": "USD",
    }
    found = interest(read_debt(asked, LAW)).to_json()
    assert (found["doubled"], found["currency"]) == ("1032.50", "USD")


def test_a_foreign_debt_is_turned_into_rmb_before_the_count() -> None:
    row = {"amount": "10000.01", "due": "2017-04-01", "mid_rate": "6.8993"}
    asked = {"principal": [row], "until": "2017-07-10", "currency": "USD"}
    debt = read_debt(asked, LAW)
    assert debt.principal[0].amount_fen == 6_899_307  # 68,993.0690, to the fen
    found = interest(debt).to_json()
    assert found["doubled"] == "1207.38"  # 68,993.07 × 0.000175 × 100
    assert "currency" not in found
    steps = found["steps"]
    assert isinstance(steps, list)
    (step,) = [one for one in steps if one["kind"] == "conversion"]
    assert (step["amount"], step["rate"], step["rmb"]) == ("10000.01", "6.8993", "68993.07")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"currency": "CNY"}, "principal[0].mid_rate"),
        ({"principal": [{"amount": "1", "due": "2014-07-30"}]}, "principal[0].due"),
        (
            {"principal": [{"amount": "1", "due": "2017-04-01", "mid_rate": "0"}]},
            "principal[0].mid_rate",
        ),
        (
            {
                "principal": [
                    {"amount": "1", "due": "2017-04-01", "mid_rate": "7"},
                    {"amount": "1", "due": "2017-04-01"},
                ]
            },
            "principal[1].mid_rate",
        ),
        (
            {"general": [{"rate": "6%", "per": "year", "from": "2017-04-01"}]},
            "general",
        ),
        (
            {"principal": [{"amount": "1", "due": "2017-04-01", "kind": "fine"}]},
            "principal[0].kind",
        ),
        ({"principal": [{"amount": "1", "due": "2017-04-01", "kind": "costs"}]}, "costs_in_base"),
        ({"costs_in_base": "no"}, "costs_in_base"),
    ],
)
def test_what_cannot_be_of_currency_and_kind_names_its_field(
    change: dict[str, object], field: str
) -> None:
    base = {
        "principal": [{"amount": "1", "due": "2017-04-01", "mid_rate": "6.9"}],
        "until": "2017-07-10",
        "currency": "USD",
    }
    with pytest.raises(InputError) as caught:
        read_debt({**base, **change}, LAW)
    assert caught.value.field == field


def test_a_wrong_lpr_file_is_refused_with_all_its_mistakes(tmp_path: Path) -> None:
    text = resource_path("law/lpr.toml").read_text(encoding="utf-8")
    wrong = (
        ("from = 2019-09-20", "from = 2019-08-20", "由早到晚"),
        ('one_year = "4.25%"', "one_year = 4.25", "应为文字"),
        ("known_to = ", "known_too = ", "不认识的字段"),
    )
    for old, new, _ in wrong:
        assert old in text
        text = text.replace(old, new, 1)
    place = tmp_path / "lpr.toml"
    place.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError) as caught:
        load_lpr(place)
    for _, _, words in wrong:
        assert words in str(caught.value)

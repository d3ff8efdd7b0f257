"""Fair ranking: exact limits, equal courts left alone, a bad one found."""

import random
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.rules.ranking import Count, Standing, control_lines, limits, percent, placed

CITY = [900, 640, 420, 300, 300, 260, 220, 200, 180, 150, 120, 100, 80, 60, 40, 25, 12, 6]


def drawn(random_: random.Random, rates: list[float]) -> dict[str, Count]:
    return {
        f"院{n}": Count(sum(random_.random() < rate for _ in range(of)), of)
        for n, (of, rate) in enumerate(zip(CITY, rates, strict=True))
    }


def exact_tail(whole: Count, volume: int, hits: int, *, up: bool) -> Fraction:
    """By counting all ways; the independent way to the same tail."""
    ways = [
        comb(whole.hits, k) * comb(whole.of - whole.hits, volume - k) for k in range(volume + 1)
    ]
    part = ways[hits:] if up else ways[: hits + 1]
    return Fraction(sum(part), comb(whole.of, volume))


@given(st.data(), st.integers(1, 60), st.sampled_from([0.05, 0.01, 0.0028]))
def test_limits_are_those_of_counting_all_ways(data: st.DataObject, of: int, level: float) -> None:
    whole = Count(data.draw(st.integers(0, of)), of)
    volume = data.draw(st.integers(1, of))
    low, high = limits(whole, volume, level)
    half = Fraction(level) / 2 + Fraction(1, 10**9)
    for hits in range(volume + 1):
        possible = max(0, volume - (of - whole.hits)) <= hits <= min(volume, whole.hits)
        if not possible:
            continue
        rare_below = exact_tail(whole, volume, hits, up=False) <= half
        rare_above = exact_tail(whole, volume, hits, up=True) <= half
        assert (hits < low) == (rare_below and hits < low)
        assert (hits > high) == (rare_above and hits > high)
        if hits == low and low < min(volume, whole.hits):
            assert not rare_below
        if hits == high and high > max(0, volume - (of - whole.hits)):
            assert not rare_above


def test_two_of_three_late_is_not_the_worst_beside_forty_of_nine_hundred() -> None:
    counts = {"小院": Count(2, 3), "大院": Count(40, 900), "中院": Count(9, 300)}
    assert placed(counts, least=5)["小院"].standing is Standing.FEW
    assert placed(counts, least=5)["小院"].rank is None
    assert placed({**counts, "小院": Count(1, 5)}, least=5)["小院"].standing is Standing.WITHIN


@pytest.mark.parametrize("rate", [0.05, 0.3, 0.9])
def test_equal_courts_are_named_in_at_most_a_twentieth_of_the_weeks(rate: float) -> None:
    random_ = random.Random(57)
    weeks = 400
    named = sum(
        any(
            one.standing in (Standing.HIGH, Standing.LOW)
            for one in placed(drawn(random_, [rate] * len(CITY))).values()
        )
        for _ in range(weeks)
    )
    assert named <= weeks * 0.05


def test_a_court_with_twice_the_rate_is_found() -> None:
    """Three hundred matters, twenty of a hundred late instead of ten."""
    random_ = random.Random(2017)
    rates = [0.1] * len(CITY)
    rates[3] = 0.2
    weeks = 200
    found = sum(
        placed(drawn(random_, rates), more_is_better=False)["院3"].standing is Standing.HIGH
        for _ in range(weeks)
    )
    assert found >= weeks * 0.9


def test_equal_rates_share_a_rank() -> None:
    counts = {"甲": Count(9, 10), "乙": Count(18, 20), "丙": Count(5, 10), "丁": Count(10, 10)}
    ranks = {key: one.rank for key, one in placed(counts).items()}
    assert ranks == {"丁": 1, "甲": 2, "乙": 2, "丙": 4}
    late = {key: one.rank for key, one in placed(counts, more_is_better=False).items()}
    assert late == {"丙": 1, "甲": 2, "乙": 2, "丁": 4}


def test_nothing_to_compare_is_no_finding() -> None:
    assert placed({}) == {}
    alone = placed({"甲": Count(7, 10)})["甲"]
    assert (alone.standing, alone.rank) == (Standing.WITHIN, 1)
    for all_alike in (Count(0, 50), Count(50, 50)):
        whole = placed({"甲": all_alike, "乙": all_alike})
        assert {one.standing for one in whole.values()} == {Standing.WITHIN}


def test_wrong_counts_are_refused() -> None:
    for hits, of in ((-1, 3), (4, 3)):
        with pytest.raises(ValueError, match="of"):
            Count(hits, of)
    with pytest.raises(ValueError, match="level"):
        placed({}, level=Fraction(0))


@given(st.integers(0, 5_000), st.integers(1, 5_000))
def test_percent_is_half_up_and_exact(hits: int, of: int) -> None:
    told = Fraction(percent(hits, of))
    off = told - Fraction(hits * 100, of)
    assert Fraction(-1, 200) < off <= Fraction(1, 200)


def test_percent_of_the_scenario() -> None:
    assert percent(42, 46) == "91.30"
    assert percent(1, 8) == "12.50"
    assert percent(1, 800) == "0.13"
    assert percent(0, 0) == "—"


def test_lines_of_the_chart_close_on_the_rate_of_the_whole() -> None:
    whole = Count(300, 3_000)
    lines = control_lines(whole, 900, 0.05)
    assert [volume for volume, _, _ in lines] == sorted({volume for volume, _, _ in lines})
    widths = [high - low for _, low, high in lines]
    assert widths[-1] < widths[0] / 4
    assert all(low <= 0.1 <= high for _, low, high in lines)

"""Bases of day counts: leap years, ends of months, and stretches that add up wherever cut."""

import re
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.rules.day_count import BASES, basis_of, between, words

PAIRS = [(per, basis) for per, bases in BASES.items() for basis in bases]
days = st.dates(date(1950, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("per", "basis", "first", "last", "periods"),
    [
        ("year", "365", "2017-01-01", "2018-01-01", "1"),
        ("year", "365", "2016-01-01", "2017-01-01", "366/365"),
        ("year", "360", "2017-01-01", "2018-01-01", "365/360"),
        ("year", "actual", "2016-01-01", "2017-01-01", "1"),
        ("year", "actual", "2015-12-31", "2016-01-01", "1/365"),
        ("year", "actual", "2016-02-28", "2016-03-01", "2/366"),
        ("year", "actual", "2100-02-28", "2100-03-01", "1/365"),  # no leap year
        ("year", "30/360", "2016-02-28", "2016-03-01", "3/360"),
        ("year", "30/360", "2017-01-30", "2017-01-31", "0"),
        ("year", "30/360", "2017-01-15", "2018-01-15", "1"),
        ("month", "30", "2017-01-01", "2017-03-02", "2"),
        ("month", "360", "2017-01-01", "2017-03-02", "2"),
        ("month", "365", "2017-01-01", "2018-01-01", "12"),
        ("month", "actual", "2016-02-01", "2016-03-01", "1"),
        ("month", "actual", "2016-02-15", "2016-03-15", "871/899"),  # 15/29 + 14/31
        ("month", "30/360", "2017-01-15", "2017-07-15", "6"),
        ("day", "", "2016-02-28", "2016-03-01", "2"),
        ("day", "365", "2016-02-28", "2016-03-01", "2"),
        ("year", "365", "2017-05-05", "2017-05-05", "0"),
        ("year", "365", "2017-05-06", "2017-05-05", "0"),
    ],
)
def test_periods_between_two_days(
    per: str, basis: str, first: str, last: str, periods: str
) -> None:
    found = between(per, basis, date.fromisoformat(first), date.fromisoformat(last))
    assert found == Fraction(periods)


@given(pair=st.sampled_from(PAIRS), stretch=st.lists(days, min_size=3, max_size=3))
def test_stretches_add_up_wherever_they_are_cut(pair: tuple[str, str], stretch: list[date]) -> None:
    first, cut, last = sorted(stretch)
    whole = between(*pair, first, last)
    assert between(*pair, first, cut) + between(*pair, cut, last) == whole
    assert whole >= 0


@given(pair=st.sampled_from(PAIRS), ends=st.lists(days, min_size=2, max_size=2, unique=True))
def test_what_is_printed_for_recounting_gives_the_same(
    pair: tuple[str, str], ends: list[date]
) -> None:
    first, last = sorted(ends)
    text = words(*pair, first, last).strip("()")
    whole = Fraction(0)
    for part in text.split("＋"):
        number, *divisor = re.split("÷", part)
        value = Fraction(1)
        for factor in number.split("×"):
            value *= Fraction(factor)
        whole += value / Fraction(divisor[0]) if divisor else value
    assert whole == between(*pair, first, last)


@pytest.mark.parametrize(
    ("per", "text", "basis"),
    [
        ("year", "365", "365"),
        ("year", "ACT/365", "365"),
        ("year", "Actual/Actual", "actual"),
        ("year", "30E/360", "30/360"),
        ("year", "", None),
        ("year", "30", None),
        ("year", "366", None),
        ("month", "30", "30"),
        ("month", "", None),
        ("day", "", ""),
        ("day", "x", None),
    ],
)
def test_how_a_basis_may_be_written(per: str, text: str, basis: str | None) -> None:
    assert basis_of(per, text) == basis

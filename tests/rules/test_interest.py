"""Interest for delayed performance: to the fen, by three methods, whatever happens on the way."""

import os
import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.rules.day_count import THIRTY
from desktop.rules.debt import Debt, GeneralRate, Instalment, Payment, Suspension
from desktop.rules.interest import interest
from desktop.rules.interest_law import load_interest_law
from desktop.rules.interest_parts import by_parts
from desktop.rules.interest_steps import DOUBLED, GENERAL, Line, Paid
from desktop.rules.money import InputError, half_up
from desktop.rules.rule_files import RuleFileError
from resources import path as resource_path
from tests.rules.debts import random_debt
from tests.rules.naive_interest import naive_interest

CASES = int(os.environ.get("EDESK_CASES", "300"))  # the whole series has ten thousand
SEED = int(os.environ.get("EDESK_SEED", "57"))
DAY = timedelta(days=1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def debt(
    principal: list[tuple[int, str]],
    payments: list[tuple[str, int]] | None = None,
    suspensions: list[tuple[str, str, bool]] | None = None,
    general: list[tuple[str, str, str, str, str]] | None = None,
    until: str = "2017-07-10",
) -> Debt:
    return Debt(
        tuple(Instalment(fen, day(due)) for fen, due in principal),
        tuple(Payment(day(on), fen) for on, fen in payments or []),
        tuple(Suspension(day(a), day(b), asked) for a, b, asked in suspensions or []),
        tuple(
            GeneralRate(Fraction(rate), per, basis, day(a), day(b))
            for rate, per, basis, a, b in general or []
        ),
        day(until),
    )


EIGHTY = [(8_000_000, "2017-04-01")]
WORKED: list[tuple[str, Debt, int, int]] = [
    (
        "80,000 with 30,000 paid after 30 days, the rest unpaid after 100 (domain.md 4.3)",
        debt(EIGHTY, [("2017-05-01", 3_000_000)]),
        *(103_250, 0),
    ),
    (
        "the same with the rest paid on the last day",
        debt(EIGHTY, [("2017-05-01", 3_000_000), ("2017-07-10", 5_000_000)]),
        *(103_250, 0),
    ),
    ("paid on the due day", debt(EIGHTY, [("2017-04-01", 8_000_000)]), 0, 0),
    ("one day late", debt(EIGHTY, until="2017-04-02"), 1_400, 0),
    ("the due day itself", debt(EIGHTY, until="2017-04-01"), 0, 0),
    (
        "ten days of a suspension that the debtor did not ask for: 90 days",
        debt(EIGHTY, suspensions=[("2017-05-01", "2017-05-10", False)]),
        *(8_000_000 * 175 * 90 // 1_000_000, 0),
    ),
    (
        "at the debtor's request all days count",
        debt(EIGHTY, suspensions=[("2017-05-01", "2017-05-10", True)]),
        *(140_000, 0),
    ),
    (
        "two suspensions that overlap stop each day once",
        debt(
            EIGHTY,
            suspensions=[("2017-05-01", "2017-05-10", False), ("2017-05-06", "2017-05-15", False)],
        ),
        *(8_000_000 * 175 * 85 // 1_000_000, 0),
    ),
    (
        "a suspension up to the due day stops nothing",
        debt(EIGHTY, suspensions=[("2017-03-01", "2017-04-01", False)]),
        *(140_000, 0),
    ),
    (
        "instalments run from their own days",
        debt([(1_000_000, "2017-04-01"), (1_000_000, "2017-06-30"), (1, "2018-01-01")]),
        *(17_500 + 1_750, 0),
    ),
    (
        "general interest by 360 days, beside the doubled part, which is charged on no interest",
        debt(EIGHTY, general=[("0.06", "year", "360", "2017-01-01", "2017-07-10")]),
        *(140_000, half_up(Fraction(8_000_000 * 6 * 190, 36_000))),
    ),
    (
        "a payment clears general interest first, then principal",
        debt(
            [(10_000_000, "2017-04-01")],
            [("2017-04-01", 1_000_000)],
            general=[("0.0001", "day", "", "2017-03-12", "2017-07-10")],
        ),
        *(  # 20 days before: 20,000 fen of interest, 980,000 of principal
            half_up(Fraction(9_020_000 * 175 * 100, 1_000_000)),
            20_000 + 9_020_000 // 10_000 * 100,
        ),
    ),
    (
        "what is left of a payment goes to the doubled part, which bears no interest",
        debt(EIGHTY, [("2017-07-10", 8_100_000)], until="2018-07-10"),
        *(140_000, 0),
    ),
    (
        "before 2014-08-01: the loan rate twice, by the length of the delay",
        debt([(10_000_000, "2013-01-01")], until="2013-05-01"),
        *(half_up(Fraction(10_000_000 * 560 * 2 * 120, 3_600_000)), 0),
    ),
    (
        "a change of the loan rate inside the delay",  # 2012-07-06; 35 days before, 27 from then on
        debt([(10_000_000, "2012-05-31")], until="2012-08-01"),
        *(
            half_up(Fraction(10_000_000 * 2 * (610 * 7 + 585 * 28 + 560 * 27), 3_600_000)),
            0,
        ),
    ),
    (
        "over 2014-08-01: 31 days of the old law, then 100 of the new one",
        debt([(10_000_000, "2014-06-30")], until="2014-11-08"),
        *(
            half_up(
                Fraction(10_000_000 * 560 * 2 * 31, 3_600_000) + 10_000_000 * 175 * 100 // 10**6
            ),
            0,
        ),
    ),
    (
        "2009 reply, 并还: D + D × i = P",
        debt([(10_000_000, "2013-01-01")], [("2013-05-01", 5_186_667)], until="2013-05-01"),
        # i = 0.056 × 2 × 120 ÷ 360 = 0.0373…; D = 5,000,000, its interest 186,667
        *(186_667 + half_up(Fraction(5_000_000 * 560 * 2 * 120, 3_600_000)) - 0, 0),
    ),
]


@pytest.mark.parametrize(
    ("asked", "doubled", "general"), [case[1:] for case in WORKED], ids=[case[0] for case in WORKED]
)
def test_worked_examples_to_the_fen(asked: Debt, doubled: int, general: int) -> None:
    totals = interest(asked).totals
    assert (totals.doubled_fen, totals.general_fen) == (doubled, general)
    assert by_parts(asked).totals == totals
    assert naive_interest(asked) == (doubled, general, totals.left_fen)


def test_the_parts_of_the_worked_example_are_those_of_the_text() -> None:
    parts = by_parts(WORKED[0][1]).parts
    assert [(part.amount_fen, part.days, part.doubled) for part in parts] == [
        (3_000_000, 30, Fraction(15_750)),
        (5_000_000, 100, Fraction(87_500)),
    ]


def test_running_balance_and_parts_agree_on_random_debts() -> None:
    rng = random.Random(SEED)
    used = 0
    for number in range(CASES):
        asked = random_debt(rng)
        found = interest(asked)
        assert by_parts(asked).totals == found.totals, (SEED, number, asked)
        used += bool(asked.payments and asked.general and found.totals.doubled_fen)
    assert used > CASES // 10  # the cases are no empty ones


def test_a_walk_through_every_day_agrees_too() -> None:
    rng = random.Random(SEED + 1)
    for number in range(max(CASES // 10, 20)):
        asked = random_debt(rng, rng.choice((date(2008, 1, 1), date(2013, 1, 1), date(2015, 1, 1))))
        general = tuple(one for one in asked.general if one.basis != THIRTY)
        try:
            totals = interest(replace(asked, general=general)).totals
        except InputError:
            continue
        expected = naive_interest(replace(asked, general=general))
        assert (totals.doubled_fen, totals.general_fen, totals.left_fen) == expected, number


@given(seed=st.integers(0, 2**32), share=st.fractions(0, 1))
@settings(max_examples=60)
def test_more_time_more_debt_and_fewer_payments_never_cost_less(seed: int, share: Fraction) -> None:
    rng = random.Random(seed)
    asked = random_debt(rng, date(2014, 8, 1))
    base = interest(asked).totals
    later = replace(asked, until=asked.until + timedelta(days=rng.randint(1, 500)))
    assert interest(later).totals.doubled_fen >= base.doubled_fen
    one = rng.choice(asked.principal)
    more = replace(
        asked, principal=(*asked.principal, replace(one, amount_fen=rng.randint(1, 10**7)))
    )
    grown = interest(more).totals
    assert grown.doubled_fen >= base.doubled_fen
    assert grown.general_fen >= base.general_fen
    lower = tuple(replace(paid, amount_fen=int(paid.amount_fen * share)) for paid in asked.payments)
    less = interest(replace(asked, payments=lower)).totals
    assert less.doubled_fen >= base.doubled_fen
    assert less.general_fen >= base.general_fen


@given(seed=st.integers(0, 2**32))
@settings(max_examples=60)
def test_only_suspensions_that_the_debtor_did_not_ask_for_take_away(seed: int) -> None:
    rng = random.Random(seed)
    asked = random_debt(rng, date(2014, 8, 1))
    first = asked.until - timedelta(days=rng.randint(0, 300))
    stop = Suspension(first, first + timedelta(days=rng.randint(0, 300)), True)
    # Without payments into the doubled part, which could exceed what is owed afterwards.
    asked = replace(asked, payments=())
    base = interest(asked).totals
    with_it = replace(asked, suspensions=(*asked.suspensions, stop))
    assert interest(with_it).totals == base
    not_asked = replace(stop, at_debtor_request=False)
    stopped = interest(replace(asked, suspensions=(*asked.suspensions, not_asked))).totals
    assert stopped.doubled_fen <= base.doubled_fen
    assert stopped.general_fen == base.general_fen


@given(seed=st.integers(0, 2**32))
@settings(max_examples=60)
def test_every_fen_of_a_payment_is_used_once_and_lines_add_up(seed: int) -> None:
    asked = random_debt(random.Random(seed))
    found = interest(asked)
    totals, rows = found.totals, found.steps.rows
    paid = [row for row in rows if isinstance(row, Paid)]
    assert sum(row.money_fen for row in paid) == sum(one.amount_fen for one in asked.payments)
    for row in paid:
        used = row.costs_fen + row.general_fen + row.principal_fen + row.doubled_fen
        assert row.money_fen == used
    whole = sum(one.amount_fen for one in asked.principal)
    assert whole == totals.left_fen + sum(row.costs_fen + row.principal_fen for row in paid)
    assert totals.paid_general_fen <= totals.general_fen
    assert totals.paid_doubled_fen <= totals.doubled_fen + len(paid)
    for kind, fen in ((GENERAL, totals.general_fen), (DOUBLED, totals.doubled_fen)):
        lines = [row for row in rows if isinstance(row, Line) and row.kind == kind]
        assert half_up(sum((line.amount for line in lines), Fraction(0))) == fen


@given(
    amount=st.integers(0, 10**9),
    gaps=st.lists(st.integers(0, 400), min_size=2, max_size=2),
    start=st.dates(date(2014, 8, 1), date(2026, 1, 1)),
)
def test_a_count_that_is_taken_up_again_gives_the_same(
    amount: int, gaps: list[int], start: date
) -> None:
    """Up to a day, then from it as a new due day: the same as in one go, but for two roundings."""
    middle = start + timedelta(days=gaps[0])
    end = middle + timedelta(days=gaps[1])

    def doubled(due: date, until: date) -> int:
        return interest(Debt((Instalment(amount, due),), (), (), (), until)).totals.doubled_fen

    assert abs(doubled(start, middle) + doubled(middle, end) - doubled(start, end)) <= 1


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_the_order_of_entry_never_matters(seed: int) -> None:
    rng = random.Random(seed)
    asked = random_debt(rng)
    mixed = replace(
        asked,
        principal=tuple(rng.sample(asked.principal, len(asked.principal))),
        payments=tuple(rng.sample(asked.payments, len(asked.payments))),
        suspensions=tuple(rng.sample(asked.suspensions, len(asked.suspensions))),
        general=tuple(rng.sample(asked.general, len(asked.general))),
    )
    assert interest(mixed).totals == interest(asked).totals


def test_a_debt_cut_into_pieces_costs_the_same_before_rounding() -> None:
    pieces = [(2_000_000, "2017-04-01"), (5_999_999, "2017-04-01"), (1, "2017-04-01")]
    whole = interest(debt(EIGHTY, [("2017-05-01", 3_000_000)])).totals
    for order in permutations(pieces):
        assert interest(debt(list(order), [("2017-05-01", 3_000_000)])).totals == whole


PENALTY_DEBT = (
    Instalment(8_000_000, day("2014-06-30")),
    Instalment(1_000_000, day("2014-06-30"), "penalty"),
    Instalment(500_000, day("2014-06-30"), "costs"),
)


@pytest.mark.parametrize(
    ("in_base", "old", "new"), [(False, 9_000_000, 8_000_000), (True, 9_500_000, 8_500_000)]
)
def test_a_penalty_is_in_the_base_until_2014_and_costs_as_the_case_says(
    in_base: bool, old: int, new: int
) -> None:
    asked = Debt(PENALTY_DEBT, (), (), (), day("2014-11-08"), costs_in_base=in_base)
    totals = interest(asked).totals
    expected = Fraction(old * 560 * 2 * 31, 3_600_000) + Fraction(new * 175 * 100, 10**6)
    assert totals.doubled_fen == half_up(expected)
    assert totals == by_parts(asked).totals
    assert totals.left_fen == 9_500_000


def test_costs_are_paid_first_and_bear_no_general_interest() -> None:
    rate = GeneralRate(Fraction("0.0001"), "day", "", day("2017-03-22"), day("2017-04-11"))
    due = day("2017-04-01")
    principal = (Instalment(1_000_000, due), Instalment(30_000, due, "costs"))
    asked = Debt(principal, (Payment(due, 41_000),), (), (rate,), day("2017-04-11"))
    found = interest(asked)
    (paid,) = [row for row in found.steps.rows if isinstance(row, Paid)]
    # 10 days × 0.0001 × 1,000,000 = 1,000 of interest; 30,000 of costs; 10,000 of principal
    assert (paid.costs_fen, paid.general_fen, paid.principal_fen) == (30_000, 1_000, 10_000)
    assert paid.to_json()["to_costs"] == "300.00"
    assert found.totals.general_fen == 1_000 + 990
    assert found.totals.doubled_fen == half_up(Fraction(990_000 * 175 * 10, 10**6))


def test_more_than_all_that_is_owed_is_refused_by_the_field() -> None:
    owed = 8_000_000 + 140_000
    full = debt(EIGHTY, [("2017-07-10", owed)])
    assert interest(full).totals.unpaid_fen == 0
    over = replace(full, payments=(Payment(day("2017-07-10"), owed + 1, "payments[0]"),))
    with pytest.raises(InputError) as caught:
        by_parts(over)
    assert caught.value.field == "payments[0].amount"
    with pytest.raises(InputError, match=r"payments\[0\]\.amount：.*多 0\.01 元"):
        interest(over)


def test_interest_that_runs_with_leap_days() -> None:
    year = [(3_650_000, "2015-06-01")]
    for basis, fen in (
        ("365", 3_650_000 * 6 // 100 * 366 // 365),
        ("360", half_up(Fraction(3_650_000 * 6 * 366, 36_000))),
        (
            "actual",
            half_up(Fraction(3_650_000 * 6, 100) * (Fraction(306, 365) + Fraction(60, 366))),
        ),
    ):
        end = "2016-03-01" if basis == "actual" else "2016-06-01"
        start = "2015-03-01" if basis == "actual" else "2015-06-01"
        asked = debt(year, general=[("0.06", "year", basis, start, end)], until="2016-06-01")
        assert interest(asked).totals.general_fen == fen


def test_two_equal_rates_with_other_bases_keep_lines_of_their_own() -> None:
    rates = [("0.06", "year", basis, "2017-04-01", "2017-07-10") for basis in ("360", "365")]
    found = interest(debt(EIGHTY, [("2017-05-01", 1_000_000)], general=rates))
    lines = [row for row in found.steps.rows if isinstance(row, Line) and row.kind == GENERAL]
    whole = sum((line.amount for line in lines), Fraction(0))
    assert half_up(whole) == found.totals.general_fen
    assert [line.formula[-3:] for line in lines] == ["360", "365"] * 2


def test_the_law_file_speaks_for_itself() -> None:
    law = load_interest_law()
    assert law.on(day("2014-07-31")).version == "法释〔2009〕6号"
    assert law.on(day("2014-08-01")).rate == Fraction("0.000175")
    assert "〔未核实〕" in law.on(day("2014-07-31")).cited()
    assert law.loan_on(day("2012-07-05")).rates[1] == Fraction("0.0631")
    assert law.loan_on(day("2012-07-06")).rates[1] == Fraction("0.06")
    for at, term in (("2013-07-31", 0), ("2013-08-01", 1), ("2014-01-31", 1), ("2014-02-01", 2)):
        assert law.term(day("2013-01-31"), day(at)) == term


def test_a_wrong_law_file_is_refused_with_all_its_mistakes(tmp_path: Path) -> None:
    text = resource_path("law/interest.toml").read_text(encoding="utf-8")
    wrong = (
        ('rate = "0.000175"', 'rate = "1.75"', "不是 0 与 1 之间的比率"),
        ("valid_to = 2014-07-31", "valid_to = 2014-07-30", "不相衔接"),
        ("from = 2012-07-06", "from = 2012-06-08", "由早到晚"),
        ('"6.40%", "6.55%"]', '"6.40%"]', "5 个年利率"),
        ('day_most = "0.01"', 'dai_most = "0.01"', "不认识的字段"),
    )
    for old, new, _ in wrong:
        assert old in text
        text = text.replace(old, new)
    place = tmp_path / "interest.toml"
    place.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError) as caught:
        load_interest_law(place)
    for _, _, words in wrong:
        assert words in str(caught.value)

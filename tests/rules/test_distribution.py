"""Sharing a pool: to the fen, by rank, the same whoever is named first, proved on ties."""

import os
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations, permutations, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import UserError
from desktop.rules.calendar import load_calendars
from desktop.rules.catalogue import load_catalogues
from desktop.rules.distribution import Claim, Cost, Pool, distribute, share_out, strike
from desktop.rules.distribution_law import (
    DEBTORS,
    KINDS,
    load_distribution_law,
    plan_law_on,
)
from desktop.rules.distribution_wait import waits
from desktop.rules.rule_files import RuleFileError
from resources import path as resource_path

PLANS = int(os.environ.get("EDESK_DISTRIBUTIONS", "10000"))  # the whole series has a million
SEED = int(os.environ.get("EDESK_SEED", "57"))
NOW = date(2026, 11, 29)
LAWS = {debtor: plan_law_on(debtor, NOW) for debtor in DEBTORS}


def random_pool(rng: random.Random) -> Pool:
    """Small and large sums, equal claims, empty pools and pools that are enough for all."""
    scale = rng.choice((3, 100, 10**6, 10**12))
    same = rng.randint(0, scale)
    claims = tuple(
        Claim(
            f"{rng.choice('甲乙丙')}{place}",
            rng.choice((*KINDS, "ordinary", "ordinary")),
            same if rng.random() < 0.3 else rng.randint(0, scale),
            rng.choice((None, 1, 1, 2, 3)),
        )
        for place in range(rng.choice((0, 1, 2, 3, 5, 9)))
    )
    costs = tuple(
        Cost(f"费{place}", rng.randint(0, scale // 10)) for place in range(rng.randint(0, 3))
    )
    whole = sum(one.amount_fen for one in claims) + sum(one.amount_fen for one in costs)
    pool = rng.choice((0, rng.randint(0, scale), rng.randint(0, whole), whole, whole + 1))
    return Pool(pool, rng.choice(tuple(DEBTORS)), costs, claims)


def outcome(pool: Pool) -> tuple[dict[str, int], dict[str, int], int]:
    found = distribute(pool, LAWS[pool.debtor])
    return found.allocations(), found.costs(), found.left_fen


def test_random_plans_sum_to_the_fen_whatever_the_order_of_entry() -> None:
    rng = random.Random(SEED)
    for number in range(PLANS):
        pool = random_pool(rng)
        claims, costs, left = outcome(pool)
        assert sum(claims.values()) + sum(costs.values()) + left == pool.pool_fen, (SEED, number)
        assert left >= 0
        for claim in pool.claims:
            assert 0 <= claims[claim.id] <= claim.amount_fen, (SEED, number)
        for cost in pool.costs:
            assert 0 <= costs[cost.name] <= cost.amount_fen, (SEED, number)
        mixed = replace(
            pool,
            claims=tuple(rng.sample(pool.claims, len(pool.claims))),
            costs=tuple(rng.sample(pool.costs, len(pool.costs))),
        )
        assert outcome(mixed) == (claims, costs, left), (SEED, number)


def lucky(available: int, claims: list[tuple[str, int]]) -> set[str]:
    """Who gets a fen more, by trying every choice: the most remainder in all, then the least sum
    of claims, then the ids that come first."""
    total = sum(amount for _, amount in claims)
    quotas = {name: Fraction(available * amount, total) for name, amount in claims}
    short = available - sum(int(quota) for quota in quotas.values())
    worth = dict(claims)

    def rank(chosen: Iterable[str]) -> tuple[Fraction, int, list[str]]:
        rest = sum((quotas[name] % 1 for name in chosen), Fraction(0))
        return -rest, sum(worth[name] for name in chosen), sorted(chosen)

    return set(min(combinations(sorted(quotas), short), key=rank))


def test_the_largest_remainder_on_every_small_pool_ties_and_all() -> None:
    ties = 0
    for amounts in product(range(6), repeat=4):
        claims = list(zip("甲乙丙丁", amounts, strict=True))
        for available in range(sum(amounts)):
            expected = lucky(available, claims)
            shares = share_out(available, claims)
            assert {share.id for share in shares if share.extra} == expected
            rests = [share.remainder for share in shares if share.remainder]
            ties += len(rests) != len(set(rests))
            total = sum(amounts)
            for share in shares:
                assert share.floor_fen == available * share.claim_fen // total
                assert abs(share.got_fen - Fraction(available * share.claim_fen, total)) < 1
    assert ties > 1_000


def test_equal_claims_differ_by_a_fen_at_most_and_never_by_their_place() -> None:
    claims = [("丙", 100), ("甲", 100), ("乙", 100)]
    for order in permutations(claims):
        got = {share.id: share.got_fen for share in share_out(100, order)}
        assert got == {"丙": 34, "甲": 33, "乙": 33}  # 丙 U+4E19, 乙 U+4E59, 甲 U+7532
    smaller = {share.id: share.got_fen for share in share_out(3, [("大", 3), ("小", 1)])}
    assert smaller == {"大": 2, "小": 1}  # 2.25 and 0.75
    tie = {share.id: share.got_fen for share in share_out(2, [("a", 3), ("z", 1)])}
    assert tie == {"a": 1, "z": 1}  # 1.5 and 0.5: a fen is more to the smaller claim


WORKED = Pool(
    10_000_000,
    "natural",
    (Cost("申请执行费", 140_000), Cost("评估费", 300_000)),
    (
        Claim("银行", "secured", 3_000_000),
        Claim("工程款", "priority", 1_000_000),
        Claim("甲", "ordinary", 4_000_000, 2),
        Claim("乙", "ordinary", 7_000_000, 1),
        Claim("丙", "ordinary", 1_000_000),
    ),
)


def test_a_person_pays_ordinary_claims_pro_rata() -> None:
    claims, costs, left = outcome(WORKED)
    assert costs == {"申请执行费": 140_000, "评估费": 300_000}
    # 5,560,000 fen on claims of 12,000,000: 46.33 per cent
    expected = {"银行": 3_000_000, "工程款": 1_000_000}
    assert claims == {**expected, "甲": 1_853_333, "乙": 3_243_333, "丙": 463_334}
    assert left == 0


def test_an_enterprise_pays_them_by_the_order_of_seizures_and_the_unseized_last() -> None:
    claims, _, left = outcome(replace(WORKED, debtor="enterprise"))
    assert claims == {"银行": 3_000_000, "工程款": 1_000_000, "乙": 5_560_000, "甲": 0, "丙": 0}
    rich = replace(WORKED, debtor="enterprise", pool_fen=16_000_000)
    claims, _, left = outcome(rich)
    assert (claims["乙"], claims["甲"], claims["丙"], left) == (7_000_000, 4_000_000, 560_000, 0)
    shared = tuple(replace(claim, seizure_rank=1) for claim in WORKED.claims)
    claims, _, _ = outcome(replace(WORKED, debtor="enterprise", claims=shared))
    assert claims["甲"] == 1_853_333  # one rank, pro rata


def test_costs_come_before_all_and_share_where_they_are_not_covered() -> None:
    poor = replace(WORKED, pool_fen=44_000)
    claims, costs, left = outcome(poor)
    assert costs == {"申请执行费": 14_000, "评估费": 30_000}
    assert set(claims.values()) == {0}
    assert left == 0


def test_what_nobody_claims_is_left() -> None:
    claims, _, left = outcome(replace(WORKED, pool_fen=20_000_000))
    assert claims == {claim.id: claim.amount_fen for claim in WORKED.claims}
    assert left == 20_000_000 - 16_440_000


pools = st.integers(0, 2**32).map(lambda seed: random_pool(random.Random(seed)))


@given(pool=pools, more=st.integers(0, 1_000))
@settings(max_examples=200)
def test_more_money_takes_at_most_the_odd_fen_from_anybody(pool: Pool, more: int) -> None:
    """The largest remainder may move the odd fen (the Alabama paradox), never more, and a rank as
    a whole never loses."""
    law = LAWS[pool.debtor]
    before, after = (
        distribute(pool, law),
        distribute(replace(pool, pool_fen=pool.pool_fen + more), law),
    )
    for one, other in zip(before.ranks, after.ranks, strict=True):
        assert one.paid_fen <= other.paid_fen
    for name, fen in before.allocations().items():
        assert after.allocations()[name] >= fen - 1
    assert after.left_fen >= before.left_fen


@given(pool=pools)
@settings(max_examples=200)
def test_of_one_rank_the_larger_claim_never_gets_less(pool: Pool) -> None:
    for rank in distribute(pool, LAWS[pool.debtor]).ranks:
        for one, other in combinations(rank.shares, 2):
            if one.claim_fen >= other.claim_fen:
                assert one.got_fen >= other.got_fen - (one.claim_fen == other.claim_fen)


@given(pool=pools)
@settings(max_examples=200)
def test_sharing_what_was_shared_changes_nothing(pool: Pool) -> None:
    claims, costs, left = outcome(pool)
    assert outcome(replace(pool, pool_fen=pool.pool_fen - left)) == (claims, costs, 0)
    paid = tuple(replace(claim, amount_fen=claims[claim.id]) for claim in pool.claims)
    spent = tuple(Cost(cost.name, costs[cost.name]) for cost in pool.costs)
    assert outcome(replace(pool, claims=paid, costs=spent)) == (claims, costs, left)


@given(pool=pools)
@settings(max_examples=200)
def test_nobody_behind_is_paid_before_those_in_front_have_all(pool: Pool) -> None:
    ranks = distribute(pool, LAWS[pool.debtor]).ranks
    for one, other in combinations(ranks, 2):
        assert not other.paid_fen or one.paid_fen == one.claimed_fen


@given(pool=pools, data=st.data())
@settings(max_examples=200)
def test_a_struck_claim_is_spread_over_the_others_to_the_fen(
    pool: Pool, data: st.DataObject
) -> None:
    if not pool.claims:
        return
    gone = data.draw(st.sampled_from(pool.claims)).id
    law = LAWS[pool.debtor]
    changes = {change.id: change for change in strike(pool, [gone], law)}
    before = distribute(pool, law)
    kept = tuple(claim for claim in pool.claims if claim.id != gone)
    after = distribute(replace(pool, claims=kept), law)
    assert changes[gone].after_fen is None
    for claim in kept:
        gain = after.allocations()[claim.id] - before.allocations()[claim.id]
        assert gain == (changes[claim.id].gain_fen if claim.id in changes else 0)
        assert gain >= -1  # at most the odd fen moves away
    moved = sum(change.gain_fen for change in changes.values())
    assert moved == before.left_fen - after.left_fen


def test_who_changes_when_a_claim_is_struck() -> None:
    changes = strike(WORKED, ["丙"], LAWS["natural"])
    assert [(one.id, one.before_fen, one.after_fen) for one in changes] == [
        ("乙", 3_243_333, 3_538_182),
        ("甲", 1_853_333, 2_021_818),
        ("丙", 463_334, None),
    ]
    assert strike(WORKED, [], LAWS["natural"]) == ()
    with pytest.raises(KeyError):
        strike(WORKED, ["丁"], LAWS["natural"])


def test_the_remainders_can_be_compared_on_paper() -> None:
    ranks = distribute(WORKED, LAWS["natural"]).ranks
    assert [ranks[-1].quota_text(share) for share in ranks[-1].shares] == [
        "32433.33333333",
        "18533.33333333",
        "4633.33333333",
    ]


def test_nobody_is_paid_before_the_time_for_objections_is_over() -> None:
    catalogue = next(iter(load_catalogues().values()))
    calendar = load_calendars().of("court")
    served = [date(2026, 9, 21), date(2026, 9, 28)]
    found = waits(LAWS["natural"], NOW, catalogue, served, calendar)
    assert [(one.limit.amount, one.limit.article) for one in found] == [
        (15, "民诉法解释第509条"),
        (15, "民诉法解释第510条"),
        (15, "民诉法解释第510条"),
    ]
    assert [one.last_on for one in found] == [date(2026, 10, 13), None, None]
    assert waits(LAWS["natural"], NOW, catalogue)[0].last_on is None
    unknown = waits(LAWS["natural"], NOW, catalogue, [date(2190, 1, 1)], calendar)
    assert not unknown[0].certain


def test_no_order_before_the_interpretation_of_2015() -> None:
    with pytest.raises(UserError, match="2015-02-03"):
        plan_law_on("natural", date(2015, 2, 3))


def _replace(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (_replace('what = "costs"', 'what = "secured"'), "须各有一步"),
        (_replace('how = "pro_rata"', 'how = "seizure"'), "费用没有查封顺序"),
        (_replace('how = "pro_rata"', 'how = "prorata"'), "不在允许的取值之内"),
        (_replace('debtor = "enterprise"', 'debtor = "natural"'), "效力期间重叠"),
        (_replace("objection =", "objections ="), "不认识的字段"),
    ],
)
def test_a_wrong_file_is_refused_by_name(
    tmp_path: Path, edit: Callable[[str], str], words: str
) -> None:
    text = resource_path("law/distribution.toml").read_text(encoding="utf-8")
    place = tmp_path / "distribution.toml"
    place.write_text(edit(text), encoding="utf-8")
    with pytest.raises(RuleFileError) as caught:
        load_distribution_law(place)
    assert words in str(caught.value)

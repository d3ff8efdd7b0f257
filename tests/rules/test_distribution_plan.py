"""Plans of distribution: what is typed becomes a question that `edesk calc distribute` reads."""

import json
import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.rules.calculation_files import read_json, read_pool
from desktop.rules.distribution import distribute
from desktop.rules.distribution_plan import (
    Content,
    count_plan,
    make_content,
    read_content,
    strike_from,
)
from desktop.rules.money import fen_of


def claim(creditor: str, amount: str = "", **more: str) -> dict[str, str]:
    return {"creditor": creditor, "kind": "ordinary", "amount": amount, **more}


def typed(*claims: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "pool": "1000.00",
        "debtor": "natural",
        "on": "2026-11-23",
        "costs": [{"name": "申请执行费", "amount": "50.00", "to": "fee"}],
        "claims": list(claims),
        **more,
    }


def good(*claims: dict[str, str], **more: Any) -> Content:
    made = make_content(typed(*claims, **more))
    assert made.faults == ()
    return made.content


def test_a_plan_is_kept_and_read_again_as_the_same() -> None:
    content = good(claim("甲", "1000.00", bank="示范银行"), claim("乙", "500"), property="存款")
    again = read_content(content.text())
    assert again == content
    assert again.sha256() == content.sha256()
    assert again.typed()["claims"][0]["bank"] == "示范银行"
    assert make_content(again.typed()).content == content


def test_the_question_is_that_of_the_command_line() -> None:
    content = good(claim("甲", "1000.00"), claim("乙", "500"))
    asked = read_json(json.dumps(content.question))
    pool, law = read_pool(asked, date(2026, 11, 23))
    assert distribute(pool, law).allocations() == count_plan(content).got()
    assert count_plan(content).got() == {"甲": 63_333, "乙": 31_667}


def test_what_a_claim_consists_of_makes_its_amount() -> None:
    content = good(claim("甲", principal="800", interest="200.50", doubled="99"))
    assert content.question["claims"][0]["amount"] == "1000.50"
    result = count_plan(content)
    assert result.parts("甲") == {
        "principal_fen": 95_000 - 20_050,
        "interest_fen": 20_050,
        "doubled_fen": 0,
    }


def test_a_small_share_goes_to_the_interest_alone() -> None:
    content = good(claim("甲", principal="800", interest="200"), pool="150.00")
    parts = count_plan(content).parts("甲")
    assert (parts["interest_fen"], parts["principal_fen"]) == (10_000, 0)


def test_the_doubled_part_is_paid_from_what_all_claims_left() -> None:
    content = good(
        claim("甲", "300", doubled="100"), claim("乙", "300", doubled="500"), claim("丙", "100")
    )
    result = count_plan(content)
    assert result.distribution.left_fen == 25_000
    assert result.got_doubled() == {"乙": 20_833, "甲": 4_167}
    assert result.left_fen == 0
    assert result.whole("乙") == 30_000 + 20_833
    assert result.output()["doubled"] == {"乙": "208.33", "甲": "41.67"}


def test_seizures_are_ranked_by_their_days_unless_a_rank_is_typed() -> None:
    rows = (
        claim("甲", "800", seized_on="2026-03-02"),
        claim("乙", "500", seized_on="2026-01-05"),
        claim("丙", "500"),
        claim("丁", "100", seized_on="2026-03-02"),
    )
    content = good(*rows, debtor="enterprise")
    assert [one["seizure_rank"] for one in content.question["claims"]] == [2, 1, None, 2]
    result = count_plan(content)
    assert result.got() == {"乙": 50_000, "甲": 40_000, "丁": 5_000, "丙": 0}
    assert "丙没有查封" in result.warnings[0]
    ranked = [dict(row) for row in rows]
    ranked[2]["seizure_rank"] = "1"
    content = good(*ranked, debtor="enterprise")
    assert [one["seizure_rank"] for one in content.question["claims"]] == [None, None, 1, None]


def test_a_creditor_with_two_cases_has_two_claims() -> None:
    content = good(
        claim("甲", "1", case_number="（2026）豫03执1号"),
        claim("甲", "2", case_number="（2026）豫03执2号"),
    )
    assert list(content.claims) == ["甲 （2026）豫03执1号", "甲 （2026）豫03执2号"]


def test_a_late_claim_is_warned_of() -> None:
    rows = (claim("甲", "1", applied_on="2026-10-01"), claim("乙", "1", applied_on="2026-10-02"))
    assert count_plan(good(*rows)).warnings == ()
    (warning,) = count_plan(good(*rows, ends_on="2026-10-01")).warnings
    assert warning.startswith("乙在财产执行终结（2026-10-01）之后")
    assert "507" in warning


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"on": "2026-02-30"}, "on"),
        ({"ends_on": "x"}, "ends_on"),
        ({"pool": "-1"}, "pool"),
        ({"claims": []}, "claims"),
        ({"claims": [claim("甲", "x")]}, "claims[0].amount"),
        ({"claims": [claim("", "1")]}, "claims[0].id"),
        ({"claims": [claim("甲", "1"), {}, claim("甲", "1")]}, "claims[1].id"),
        ({"claims": [claim("甲", "1", seized_on="x")]}, "claims[0].seized_on"),
        ({"claims": [claim("甲", "1", doubled="-1")]}, "claims[0].doubled"),
        ({"claims": [claim("甲", "10", principal="8", interest="1")]}, "claims[0].amount"),
        ({"claims": [claim("甲", "10", interest="11")]}, "claims[0].amount"),
        ({"claims": [claim("甲", "10", seizure_rank="x")]}, "claims[0].seizure_rank"),
        ({"costs": [{"name": "", "amount": "1"}]}, "costs[0].name"),
    ],
)
def test_what_is_wrong_names_its_field(change: dict[str, Any], field: str) -> None:
    made = make_content({**typed(claim("甲", "1")), **change})
    assert field in [fault.field for fault in made.faults]


def test_blank_rows_are_left_out_and_places_kept() -> None:
    made = make_content(typed({}, claim("甲", "1"), {"kind": "ordinary"}, claim("乙", "x")))
    assert made.places["claims"] == (1, 3)
    assert [fault.field for fault in made.faults] == ["claims[1].amount"]


def test_who_changes_when_a_claim_is_struck() -> None:
    content = good(claim("甲", "1000"), claim("乙", "500"), claim("丙", "100", kind="secured"))
    changes = strike_from(count_plan(content), ["乙"])
    assert [(one.id, one.before_fen, one.after_fen, one.gain_fen) for one in changes] == [
        ("甲", 56_667, 85_000, 28_333),
        ("乙", 28_333, None, -28_333),
    ]


amounts = st.integers(1, 10**9).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")


@given(
    pool=amounts,
    rows=st.lists(st.tuples(amounts, st.one_of(st.just(""), amounts)), min_size=1, max_size=8),
    seed=st.integers(0, 99),
)
def test_every_fen_of_the_pool_is_somewhere(
    pool: str, rows: list[tuple[str, str]], seed: int
) -> None:
    claims = [claim(f"甲{n}", amount, doubled=doubled) for n, (amount, doubled) in enumerate(rows)]
    result = count_plan(good(*claims, pool=pool))
    whole = sum(result.distribution.costs().values()) + result.left_fen
    whole += sum(result.whole(name) for name in result.content.claims)
    assert whole == fen_of(pool, "pool")
    for name in result.content.claims:
        assert sum(result.parts(name).values()) == result.whole(name)
    mixed = random.Random(seed).sample(claims, len(claims))
    assert count_plan(good(*mixed, pool=pool)).got() == result.got()

"""All faults of a question at once, each with its field; none where the command line finds none."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import UserError
from desktop.rules.calculation_checks import Fault, debt_faults, pool_faults
from desktop.rules.calculation_files import read_debt, read_pool
from desktop.rules.interest_law import load_interest_law

LAW = load_interest_law()
NOW = date(2026, 11, 29)
RIGHT: dict[str, Any] = {
    "principal": [{"amount": "80000.00", "due": "2017-04-01"}],
    "payments": [{"on": "2017-05-01", "amount": "30000"}],
    "suspensions": [{"from": "2017-05-11", "to": "2017-05-20", "at_debtor_request": False}],
    "general": [{"rate": "LPR 1Y", "per": "year", "basis": "360", "from": "2019-09-01"}],
    "until": "2020-07-10",
}


def fields(faults: tuple[Fault, ...]) -> list[str]:
    return [fault.field for fault in faults]


def test_every_wrong_row_is_named_at_once() -> None:
    asked = {
        "principal": [
            {"amount": "80000.00", "due": "2017-04-01"},
            {"amount": "-1", "due": "2017-04-01"},
            {"amount": "1", "due": "2017-02-30"},
        ],
        "payments": [
            {"on": "2017-05-01", "amount": "1"},
            {"on": "2017-03-01", "amount": "1"},
            {"on": "2017-05-01", "amount": "x"},
        ],
        "suspensions": [{"from": "2017-05-11", "to": "2017-05-10", "at_debtor_request": False}],
        "general": [
            {"rate": "6", "per": "year", "basis": "360", "from": "2017-04-01"},
            {"rate": "6%", "per": "year", "basis": "360", "from": "2018-01-01"},
        ],
        "until": "2017-07-10",
    }
    assert fields(debt_faults(asked, LAW)) == [
        "principal[1].amount",
        "principal[2].due",
        "payments[1].on",
        "payments[2].amount",
        "suspensions[0].to",
        "general[0].rate",
        "general[1].from",
    ]


def test_what_only_the_whole_shows() -> None:
    assert debt_faults(RIGHT, LAW) == ()
    costs = {"amount": "1.00", "due": "2017-04-01", "kind": "costs"}
    asked = {**RIGHT, "principal": [*RIGHT["principal"], costs]}
    assert fields(debt_faults(asked, LAW)) == ["costs_in_base"]
    assert fields(debt_faults({**RIGHT, "until": "2016-01-01"}, LAW))[0] == "until"
    assert fields(debt_faults({**RIGHT, "until": ""}, LAW)) == ["until"]


def test_claims_that_are_wrong_or_doubled() -> None:
    claim = {"id": "甲", "kind": "ordinary", "amount": "1.00", "seizure_rank": None}
    asked = {
        "pool": "x",
        "debtor": "natural",
        "costs": [{"name": "费", "amount": "-1"}],
        "claims": [claim, claim, {**claim, "id": ""}, {**claim, "id": "乙", "seizure_rank": "x"}],
    }
    assert fields(pool_faults(asked, NOW)) == [
        "pool",
        "costs[0].amount",
        "claims[1].id",
        "claims[2].id",
        "claims[3].seizure_rank",
    ]
    assert pool_faults({**asked, "pool": "1", "costs": [], "claims": [claim]}, NOW) == ()


def test_a_fault_knows_its_place() -> None:
    assert Fault("principal[12].amount", "").place() == ("principal", 12, "amount")
    assert Fault("claims[0]", "").place() == ("claims", 0, "")
    assert Fault("until", "").place() is None


texts = st.sampled_from(["1.00", "-1", "x", "2017-04-01", "2017-06-01", "2031-01-01", "6%", ""])
rows = st.fixed_dictionaries(
    {
        "principal": st.lists(
            st.fixed_dictionaries({"amount": texts, "due": texts}), min_size=1, max_size=3
        ),
        "payments": st.lists(st.fixed_dictionaries({"on": texts, "amount": texts}), max_size=3),
        "general": st.lists(
            st.fixed_dictionaries(
                {"rate": texts, "per": st.just("year"), "basis": st.just("360"), "from": texts}
            ),
            max_size=2,
        ),
        "until": texts,
    }
)


@given(asked=rows)
@settings(max_examples=150)
def test_there_are_faults_exactly_where_the_question_is_refused(asked: dict[str, Any]) -> None:
    faults = debt_faults(asked, LAW)
    if faults:
        with pytest.raises(UserError):
            read_debt(asked, LAW)
        assert all(fault.reason and not fault.reason.endswith("。") for fault in faults)
    else:
        read_debt(asked, LAW)


@given(
    pool=texts,
    claims=st.lists(
        st.fixed_dictionaries(
            {
                "id": st.sampled_from("甲乙"),
                "kind": st.sampled_from(["ordinary", "x"]),
                "amount": texts,
                "seizure_rank": st.sampled_from([None, 1, "x"]),
            }
        ),
        max_size=3,
    ),
)
def test_and_so_for_a_pool(pool: str, claims: list[dict[str, Any]]) -> None:
    asked = {"pool": pool, "debtor": "enterprise", "claims": claims}
    if pool_faults(asked, NOW):
        with pytest.raises(UserError):
            read_pool(asked, NOW)
    else:
        read_pool(asked, NOW)

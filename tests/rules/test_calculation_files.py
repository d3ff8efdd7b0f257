"""Questions in JSON: whatever somebody sends is answered or refused by one line, never a fault."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.rules.calculation_files import read_debt, read_json, read_pool
from desktop.rules.distribution import distribute
from desktop.rules.interest import interest
from desktop.rules.interest_law import load_interest_law
from desktop.rules.interest_parts import by_parts
from desktop.rules.money import InputError

NOW = date(2026, 11, 29)
texts = st.sampled_from(
    (
        *("", "1", "-1", "0.06", "6%", "1032.50", "1.005", "NaN", "1e3", "甲", "乙\n", "\ud800"),
        *("2013-01-01", "2014-07-31", "2014-08-01", "2016-02-29", "2017-02-29", "9999-12-31"),
        *("day", "month", "year", "360", "actual", "natural", "enterprise", "secured", "９"),
    )
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(), st.text(), texts
)
amounts = st.sampled_from(["0", "0.01", "100.00", "99999.99", 7])
days = st.dates(date(2012, 1, 1), date(2018, 1, 1)).map(date.isoformat)
debts = st.fixed_dictionaries(
    {
        "principal": st.lists(
            st.fixed_dictionaries({"amount": amounts, "due": days}), min_size=1, max_size=2
        ),
        "payments": st.lists(st.fixed_dictionaries({"on": days, "amount": amounts}), max_size=2),
        "suspensions": st.lists(
            st.fixed_dictionaries({"from": days, "to": days, "at_debtor_request": st.booleans()}),
            max_size=2,
        ),
        "general": st.lists(
            st.fixed_dictionaries(
                {
                    "rate": st.sampled_from(["0.06", "4.35%", "0"]),
                    "per": st.sampled_from(["month", "year"]),
                    "basis": st.sampled_from(["360", "actual", "30/360"]),
                    "from": days,
                    "to": st.one_of(st.none(), days),
                }
            ),
            max_size=2,
        ),
        "until": days,
    }
)
pools = st.fixed_dictionaries(
    {
        "pool": amounts,
        "debtor": st.sampled_from(["natural", "enterprise"]),
        "costs": st.lists(
            st.fixed_dictionaries({"name": st.sampled_from("甲乙"), "amount": amounts}), max_size=2
        ),
        "claims": st.lists(
            st.fixed_dictionaries(
                {
                    "id": st.sampled_from("甲乙丙"),
                    "kind": st.sampled_from(["secured", "priority", "ordinary"]),
                    "amount": amounts,
                    "seizure_rank": st.sampled_from([None, 1, 2]),
                }
            ),
            max_size=3,
        ),
    }
)


def spoiled(data: st.DataObject, value: Any) -> Any:
    """The question with one thing in it exchanged, left out or added."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 3)):
        key = data.draw(st.sampled_from(sorted(value)))
        act = data.draw(st.sampled_from(["into", "into", "out", "more"]))
        if act == "out":
            return {name: one for name, one in value.items() if name != key}
        if act == "more":
            return {**value, data.draw(st.text(max_size=5)): data.draw(scalars)}
        return {**value, key: spoiled(data, value[key])}
    if isinstance(value, list) and value and data.draw(st.integers(0, 3)):
        place = data.draw(st.integers(0, len(value) - 1))
        return [*value[:place], spoiled(data, value[place]), *value[place + 1 :]]
    return data.draw(st.one_of(scalars, st.lists(scalars, max_size=2), st.just({})))


def refusal(value: object, kind: str) -> InputError | None:
    """What refuses the question, if anything does."""
    try:
        asked = read_json(json.dumps(value))
        if kind == "debt":
            law = load_interest_law()
            debt = read_debt(asked, law)
            assert interest(debt, law).totals == by_parts(debt, law).totals
        else:
            pool, order = read_pool(asked, NOW)
            distribute(pool, order).to_json()
    except InputError as refused:
        return refused
    return None


@given(data=st.data())
@settings(max_examples=150)
def test_a_spoiled_question_is_answered_or_refused_by_one_line(data: st.DataObject) -> None:
    kind, whole = data.draw(st.sampled_from([("debt", debts), ("pool", pools)]))
    question: Any = data.draw(whole)
    for asked in (question, spoiled(data, question)):
        refused = refusal(asked, kind)
        if refused is not None:
            assert str(refused).isprintable()
            assert str(refused).endswith("。")
            assert refused.field


def test_whole_questions_are_answered() -> None:
    debt = {"principal": [{"amount": 7, "due": "2013-01-01"}], "until": "2018-01-01"}
    assert refusal(debt, "debt") is None
    assert refusal({"pool": "1", "debtor": "natural", "claims": []}, "pool") is None


def test_numbers_stay_as_they_were_written() -> None:
    with pytest.raises(InputError, match=r"pool：“0\.30000000000000001”不是金额"):
        read_pool(
            read_json('{"pool": 0.30000000000000001, "debtor": "natural", "claims": []}'), NOW
        )
    with pytest.raises(InputError, match=r"pool：“9{40}…”不是金额"):
        read_pool(read_json(f'{{"pool": {"9" * 5000}, "debtor": "natural", "claims": []}}'), NOW)

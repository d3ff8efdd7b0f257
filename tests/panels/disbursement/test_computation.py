"""A calculation that is attached to an order reads as steps, whichever calculator made it."""

import json
import re
from datetime import date
from typing import Any

import pytest

from desktop.errors import UserError
from desktop.panels.disbursement.computation import checked, computation_lines, part_sums
from desktop.rules.calculation_files import read_debt, read_pool
from desktop.rules.catalogue import Catalogue, load_catalogues
from desktop.rules.distribution import distribute
from desktop.rules.distribution_wait import waits
from desktop.rules.fee_cases import halve
from desktop.rules.fees import fee
from desktop.rules.interest import interest
from desktop.rules.interest_law import load_interest_law

DAY = date(2026, 11, 23)
DEBT = {
    "principal": [{"amount": "80000", "due": "2017-04-01"}],
    "payments": [{"on": "2017-05-01", "amount": "30000"}],
    "suspensions": [],
    "general": [],
    "until": "2017-07-10",
}
POOL = {
    "pool": "1000",
    "debtor": "natural",
    "costs": [{"name": "评估费", "amount": "100"}],
    "claims": [
        {"id": "甲", "kind": "ordinary", "amount": "1000"},
        {"id": "乙", "kind": "ordinary", "amount": "2000"},
    ],
}


def made(kind: str) -> dict[str, Any]:
    if kind == "fee":
        return dict(fee("execution", 25_000_000, DAY).to_json())
    if kind == "interest":
        law = load_interest_law()
        return dict(interest(read_debt(DEBT, law), law).to_json())
    pool, shares = read_pool(POOL, DAY)
    return dict(distribute(pool, shares).to_json())


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("fee", ("超过 10000.00 元至 500000.00 元的部分", "申请执行费 3650.00 元")),
        (
            "interest",
            (
                "加倍部分　2017-04-01 至 2017-05-01，30 天：80000.00×0.000175×30＝420.00 元",
                "2017-05-01 清偿 30000.00 元",
                "加倍部分债务利息 1032.50 元",
            ),
        ),
        ("distribute", ("普通债权：可分 900.00，请求 3000.00，分得 900.00 元", "乙：600.00 元")),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_each_calculator_is_told_in_steps(
    kind: str, expected: tuple[str, ...], wrapped: bool
) -> None:
    answer = made(kind)
    text = json.dumps({"kind": kind, "input": {}, "output": answer} if wrapped else answer)
    lines = computation_lines(checked(text))
    whole = "\n".join(lines)
    for words in expected:
        assert words in whole, whole
    assert "无法解读" not in whole


def test_no_step_of_a_calculator_is_told_by_its_codes() -> None:
    """What is suspended, halved, capped, converted, decided or waited for has its own words."""
    law = load_interest_law()
    stopped = {"from": "2017-05-10", "to": "2017-05-20", "at_debtor_request": False}
    debt = {**DEBT, "suspensions": [stopped], "currency": "USD"}
    for one in debt["principal"]:  # type: ignore[attr-defined]
        one = {**one, "mid_rate": "6.8993"}  # noqa: PLW2901
        debt = {**debt, "principal": [one], "payments": []}
    whole = fee("preservation", 10_000_000_00, DAY)
    answers = (
        interest(read_debt(debt, law), law).to_json(),
        whole.to_json(),
        halve(fee("acceptance", 25_000_000, DAY), "simplified", "x").to_json(),
        {"steps": [one.to_json() for one in waits(read_pool(POOL, DAY)[1], DAY, catalogue())]},
    )
    for answer in answers:
        lines = computation_lines(json.dumps(answer))
        assert lines
        for line in lines:
            assert not re.search(r"(?<![A-Za-z])[a-z]{3,}", line), line


def catalogue() -> Catalogue:
    return next(iter(load_catalogues().values()))


def test_parts_come_from_the_calculator_or_from_its_sums() -> None:
    assert part_sums(json.dumps(made("fee"))) == {"fee_fen": 365_000}
    found = part_sums(json.dumps(made("interest")))
    assert found == {"interest_fen": 0, "doubled_fen": 103_250}
    told = {"kind": "x", "output": made("fee"), "parts": {"principal_fen": 5, "fee_fen": 7}}
    assert part_sums(json.dumps(told)) == {"principal_fen": 5, "fee_fen": 7}


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"steps": 1}', '{"output": {}}'])
def test_what_is_no_calculation_is_refused_and_never_breaks_a_page(text: str) -> None:
    with pytest.raises(UserError):
        checked(text)
    for line in computation_lines(text or None):
        assert line.startswith("计算书无法解读")


def test_a_step_nobody_knows_is_told_as_it_stands() -> None:
    text = json.dumps({"steps": [{"kind": "new", "what": "别的", "amount": "1.00"}]})
    assert computation_lines(text) == ("what 别的，amount 1.00",)

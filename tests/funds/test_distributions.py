"""Plans of distribution over a real replica: what commands refuse, and what the file refuses."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from desktop.contract.law import Law, load_law
from desktop.errors import UserError
from desktop.funds.distribution_orders import (
    MakeOrders,
    make_orders,
    proposed,
)
from desktop.funds.distribution_paper import PlanPrint, fill_plan, print_plan
from desktop.funds.distributions import (
    AMENDED,
    NOT_SUED,
    SUED,
    Decide,
    ObjectTo,
    PlanArgs,
    ReopenPlan,
    ServePlan,
    SettlePlan,
    decide,
    object_to,
    reopen,
    save_plan,
    serve,
    settle,
)
from storage.faults import RefusedByRule, ReplicaFault
from storage.session import Session
from tests.funds.plan_town import (
    AFTER,
    MADE,
    PRINTED,
    SERVED,
    TYPED,
    UNTIL,
    Court,
    founded,
    ticked,
    wanted,
)


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.fixture
def town(session: Session, law: Law) -> Court:
    return founded(session, law)


# Draft and service


def test_a_plan_is_stored_changed_and_served(town: Court) -> None:
    plan_id = town.saved()
    town.saved(plan_id, pool="1200.00")
    found = town.plan(plan_id)
    assert found.content.question["pool"] == "1200.00"
    assert (found.state, found.maker, found.available_fen) == ("draft", "顾长风", 150_000)
    assert found.sha256 == found.content.sha256()
    until = town.run(serve, ServePlan(plan_id, SERVED, SERVED, town.law))
    assert until == UNTIL.isoformat()
    found = town.plan(plan_id)
    assert (found.state, found.served_on, found.wait_until) == ("served", "2026-09-28", until)
    assert [wait.last_on for wait in found.waits] == [UNTIL, None, None]
    with pytest.raises(UserError, match="已经送达"):
        town.saved(plan_id, pool="1.00")
    assert town.plan(plan_id).content.question["pool"] == "1200.00"


def test_everything_wrong_is_told_in_one_sentence(town: Court) -> None:
    given = replace(town.draft(pool="-1", claims=[]), title=" ", by=None)
    with pytest.raises(UserError) as caught:
        town.run(save_plan, given)
    for words in ("金额不能为负数", "至少须有一笔债权", "名称未填写", "在座人员未设定"):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("on", "today", "words"),
    [
        (SERVED + timedelta(days=1), SERVED, "不能晚于今日"),
        (MADE - timedelta(days=1), SERVED, "不能早于制作分配方案之日"),
    ],
)
def test_a_day_of_service_that_cannot_be(town: Court, on: date, today: date, words: str) -> None:
    plan_id = town.saved()
    with pytest.raises(UserError, match=words):
        town.run(serve, ServePlan(plan_id, on, today, town.law))
    assert town.plan(plan_id).state == "draft"


# Objections


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"by_name": " "}, "异议人未填写"),
        ({"body": ""}, "异议内容未填写"),
        ({"claim_id": "丁"}, "方案中没有该债权"),
        ({"raised_on": SERVED - timedelta(days=1)}, "不能早于送达日"),
        ({"raised_on": AFTER}, "异议期已于 2026-10-13 届满"),
        ({"today": SERVED, "raised_on": UNTIL}, "不能晚于今日"),
    ],
)
def test_an_objection_that_cannot_be(town: Court, change: dict[str, Any], words: str) -> None:
    plan_id = town.served()
    given = replace(ObjectTo(plan_id, "乙", "甲", "异议", UNTIL, AFTER), **change)
    with pytest.raises(UserError, match=words):
        town.run(object_to, given)
    assert town.plan(plan_id).objections == ()


def test_the_last_day_of_the_period_is_in_time(town: Court) -> None:
    plan_id = town.served()
    town.run(object_to, ObjectTo(plan_id, "", "乙", "异议", UNTIL, AFTER))
    found = town.plan(plan_id)
    assert (found.state, found.open_objections) == ("objected", 1)


def test_a_decision_is_made_once_by_somebody(town: Court) -> None:
    plan_id, objection = town.objected()
    good = Decide(objection, NOT_SUED, "见笔录", AFTER, town.chief)
    for change, words in (
        ({"by": None}, "在座人员未设定"),
        ({"decision": "x"}, "须选明处理结果"),
        ({"reason": " "}, "理由未填写"),
        ({"on": MADE}, "不能早于提出日"),
    ):
        with pytest.raises(UserError, match=words):
            town.run(decide, replace(good, **change))
    town.run(decide, good)
    assert town.plan(plan_id).objections[0].decided_by == "局长乙"
    with pytest.raises(UserError, match="已经处理"):
        town.run(decide, replace(good, decision=SUED))


# Settling


def test_a_plan_settles_the_day_after_the_period(town: Court) -> None:
    given = town.settled()
    with pytest.raises(UserError, match="异议期至 2026-10-13 届满"):
        town.run(settle, replace(given, today=UNTIL))
    town.run(settle, given)
    found = town.plan(given.plan_id)
    assert (found.state, found.settled_on, found.settled_by) == (
        "settled",
        "2026-10-14",
        "局长乙",
    )
    with pytest.raises(UserError, match="尚未送达或者已经确定"):
        town.run(settle, given)


def test_no_plan_settles_over_an_open_objection(town: Court) -> None:
    plan_id, _objection = town.objected()
    with pytest.raises(UserError, match="尚有异议未处理"):
        town.run(settle, SettlePlan(plan_id, AFTER, town.law, town.chief))


def test_a_plan_to_be_amended_is_served_again_first(town: Court) -> None:
    plan_id = town.decided(AMENDED)
    with pytest.raises(UserError, match="重新送达"):
        town.run(settle, SettlePlan(plan_id, AFTER, town.law, town.chief))
    with pytest.raises(UserError, match="须写明"):
        town.run(reopen, ReopenPlan(plan_id, " "))
    town.run(reopen, ReopenPlan(plan_id, "乙的债权改为 400 元"))
    found = town.plan(plan_id)
    assert (found.state, found.served_on, found.wait_until) == ("draft", "", "")
    assert "2026-09-28 送达后撤回：乙的债权改为 400 元" in found.note
    claims = [TYPED["claims"][0], {**TYPED["claims"][1], "amount": "400.00"}]
    town.saved(plan_id, claims=claims, on="2026-10-14")
    town.run(serve, ServePlan(plan_id, AFTER, AFTER, town.law))
    later = date(2026, 10, 30)
    town.run(settle, SettlePlan(plan_id, later, town.law, town.chief))
    assert town.plan(plan_id).state == "settled"


@pytest.mark.parametrize(
    "statement",
    [
        "update distribution set state = 'settled', settled_on = '2026-10-13',"
        " settled_by = (select id from person limit 1)",
        'update distribution set case_id = (select id from "case" order by id desc limit 1),'
        " maker_id = null",
        "delete from distribution",
        "update distribution_objection set body = 'x'",
        "delete from distribution_objection",
    ],
)
def test_raw_sql_is_refused_by_the_database(town: Court, statement: str) -> None:
    plan_id, _objection = town.objected()
    before = town.plan(plan_id)
    with pytest.raises(ReplicaFault), town.session.write("x") as write:
        write.connection.exec_driver_sql(statement)
    assert town.plan(plan_id) == before


@pytest.mark.parametrize("objected", [False, True])
def test_a_plan_that_was_served_keeps_its_words_and_its_period(town: Court, objected: bool) -> None:
    plan_id = town.objected()[0] if objected else town.served()
    before = town.plan(plan_id)
    for change in (
        *("content = '{}'", "content_sha256 = 'x'", "served_on = '2026-01-01'"),
        *("wait_until = '2026-09-29'", "wait_until = null"),
    ):
        with pytest.raises(RefusedByRule, match="重新送达"), town.session.write("x") as write:
            write.connection.exec_driver_sql(f"update distribution set {change}")
    assert town.plan(plan_id) == before


def test_a_settled_plan_stays_as_it_is(town: Court) -> None:
    given = town.settled()
    town.run(settle, given)
    for change in ("state = 'draft'", "content = '{}'", "wait_until = '2026-01-01'"):
        with pytest.raises(RefusedByRule), town.session.write("x") as write:
            write.connection.exec_driver_sql(f"update distribution set {change}")


# Orders


def test_what_is_to_be_paid_of_a_plan(town: Court) -> None:
    found = wanted(town, town.served())
    assert [(one.claim, one.payee, one.amount_fen, one.purpose) for one in found] == [
        ("cost:申请执行费", "申请执行费", 5_000, "fee"),
        ("cost:评估费", "评估费", 1_000, "payment"),
        ("甲", "甲", 62_667, "payment"),
        ("乙", "乙", 31_333, "payment"),
    ]
    assert found[2].parts == {"principal_fen": 52_667, "interest_fen": 10_000, "doubled_fen": 0}
    assert found[2].account_no == "6222000011112222"


def test_what_is_disputed_is_deposited(town: Court) -> None:
    found = {one.claim: one.purpose for one in wanted(town, town.decided(SUED))}
    assert (found["乙"], found["甲"]) == ("escrow", "payment")
    assert town.plan(town.decided(NOT_SUED)).disputed() == frozenset()


def test_an_account_other_than_last_time_goes_through_the_order_form(town: Court) -> None:
    found = town.plan(town.served())
    (one,) = [one for one in proposed(found, {"甲": "111"}) if one.claim == "甲"]
    assert "回拨核实" in one.why_not
    assert not [one for one in proposed(found, {"甲": "6222000011112222"}) if one.why_not]


def test_orders_that_cannot_be_made_are_all_named(town: Court) -> None:
    plan_id = town.served()
    args = PlanArgs(plan_id, town.law)
    found = wanted(town, plan_id)
    with pytest.raises(UserError) as caught:
        town.run(make_orders, MakeOrders(args, ticked(found, confirmed_by=""), town.judge))
    assert str(caught.value).count("确认人未填写") == 3  # not of what stays in the court
    with pytest.raises(UserError, match="没有选中"):
        town.run(make_orders, MakeOrders(args, (), town.judge))
    with pytest.raises(UserError, match="在座人员未设定"):
        town.run(make_orders, MakeOrders(args, ticked(found), None))
    other = replace(ticked(found)[2], amount_fen=1)
    with pytest.raises(UserError, match="分配额已变化"):
        town.run(make_orders, MakeOrders(args, (other,), town.judge))
    plan_id, _objection = town.objected()
    args = PlanArgs(plan_id, town.law)
    with pytest.raises(UserError, match="尚有异议未处理"):
        town.run(make_orders, MakeOrders(args, ticked(wanted(town, plan_id)), town.judge))
    draft = town.saved()
    with pytest.raises(UserError, match="尚未送达"):
        town.run(make_orders, MakeOrders(PlanArgs(draft, town.law), ticked(found), town.judge))
    poor = town.saved(pool="5000.00", claims=[{**TYPED["claims"][0], "principal": "4000"}])
    town.run(serve, ServePlan(poor, SERVED, SERVED, town.law))
    args = PlanArgs(poor, town.law)
    with pytest.raises(UserError, match=r"账户可用余额只有 1,500\.00 元"):
        town.run(make_orders, MakeOrders(args, ticked(wanted(town, poor)), town.judge))


# Paper


def read(path: Path) -> str:
    with pdfplumber.open(path) as pdf:
        return "".join(page.extract_text() or "" for page in pdf.pages).replace("\n", "")


def test_the_printed_plan_says_ranks_articles_and_how_to_object(
    town: Court, tmp_path: Path
) -> None:
    found = town.plan(town.served())

    sheet = fill_plan(found, PRINTED)
    path = print_plan(PlanPrint(sheet, tmp_path / "plan.pdf"))
    words = read(path)
    for text in (
        "执行财产分配方案",
        "示范市南城区人民法院",
        "云杉商贸有限公司",
        "可供分配的执行款为人民币 1,000.00 元",
        "普通债权",
        "626.67",
        "313.33",
        "民诉法解释第508条",
        "自收到本方案之日起15日内",
        "民诉法解释第509条",
        "2026年10月13日届满",
        "逾期未起诉的",
        "提存",
        found.sha256[:16],
    ):
        assert text.replace(" ", "") in words.replace(" ", ""), text
    assert "草稿" not in words
    draft = fill_plan(town.plan(town.saved()), PRINTED)
    path = print_plan(PlanPrint(draft, tmp_path / "draft.pdf"))
    assert "草稿，未送达，不具效力" in read(path)

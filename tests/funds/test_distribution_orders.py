"""Orders of a plan of distribution as the ledger decides them."""

from datetime import timedelta
from typing import Any

import pytest

from desktop.contract.court_zone import court_today
from desktop.contract.law import Law, load_law
from desktop.errors import UserError
from desktop.funds.distribution_orders import (
    Made,
    MakeOrders,
    make_orders,
)
from desktop.funds.distributions import (
    SUED,
    ObjectTo,
    PlanArgs,
    ReopenPlan,
    ServePlan,
    object_to,
    reopen,
    serve,
)
from storage.ids import new_id
from storage.ledger.asking import ask
from storage.session import Session
from tests.funds.plan_town import Court, founded, ticked, wanted
from tests.storage.rows import add


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.fixture
def town(session: Session, law: Law) -> Court:
    return founded(session, law)


def asked(town: Court, kind: str, args: dict[str, Any], by: str) -> Any:
    with town.session.write(kind) as write:
        answer = ask(write.connection, kind, args, by=by).answer
    assert answer is not None
    return answer


def hired(town: Court, *names: str) -> list[str]:
    """People of finance in the court of the case."""
    ids = [new_id() for _ in names]
    with town.session.write("入职") as write:
        home = write.connection.exec_driver_sql("select court_id from person limit 1").scalar_one()
        rows = [
            {"id": key, "court_id": home, "name": name, "post": "finance"}
            for key, name in zip(ids, names, strict=True)
        ]
        add(write.connection, "person", *rows)
    return ids


def ordered(town: Court, plan_id: str) -> tuple[Made, ...]:
    given = MakeOrders(PlanArgs(plan_id, town.law), ticked(wanted(town, plan_id)), town.judge)
    made: tuple[Made, ...] = town.run(make_orders, given)
    return made


def test_one_order_for_each_creditor_and_cost_in_one_step(town: Court) -> None:
    plan_id = town.served()
    made = ordered(town, plan_id)
    found = town.plan(plan_id)
    assert [one.number for one in made] == [one.number for one in found.orders]
    assert all(one.number for one in made)
    assert [(one.claim, one.amount_fen, one.purpose, one.state) for one in found.orders] == [
        ("cost:申请执行费", 5_000, "fee", "approving"),
        ("cost:评估费", 1_000, "payment", "approving"),
        ("甲", 62_667, "payment", "approving"),
        ("乙", 31_333, "payment", "approving"),
    ]
    assert found.available_fen == 150_000 - 100_000
    assert wanted(town, plan_id) == ()
    with pytest.raises(UserError, match="已有支付单"):
        town.run(reopen, ReopenPlan(plan_id, "改"))
    # One that is taken back can be made again, and only that one.
    answer = asked(
        town, "withdraw_order", {"order_id": made[2].request_id, "reason": "改"}, town.judge
    )
    assert answer.accepted, answer
    assert [one.claim for one in wanted(town, plan_id)] == ["甲"]


def test_what_is_disputed_becomes_a_deposit(town: Court) -> None:
    plan_id = town.decided(SUED)
    ordered(town, plan_id)
    with town.session.read() as connection:
        row = connection.exec_driver_sql(
            "select target, ground, memo from payment_order where purpose = 'escrow'"
        ).one()
    assert tuple(row) == ("escrow", "other", "分配方案异议之诉期间提存")


def test_orders_fail_all_or_none(town: Court) -> None:
    plan_id = town.served()
    (keeper,) = hired(town, "财务丙")
    given = MakeOrders(PlanArgs(plan_id, town.law), ticked(wanted(town, plan_id)), keeper)
    with pytest.raises(UserError, match="不能办理"):
        town.run(make_orders, given)
    assert town.plan(plan_id).orders == ()
    assert town.plan(plan_id).available_fen == 150_000


def sent(town: Court, order: Made, keepers: list[str]) -> Any:
    """Passed by two others, sent by a third."""
    with town.session.read() as connection:
        sha = connection.exec_driver_sql(
            "select content_sha256 from payment_order where id = ?", (order.request_id,)
        ).scalar_one()
    for stage, by in (("fund_keeper", keepers[0]), ("bureau_chief", town.chief)):
        args = {"order_id": order.request_id, "stage": stage, "content_sha256": sha, "note": ""}
        answer = asked(town, "pass_order", args, by)
        assert answer.accepted, answer
    args = {"order_id": order.request_id, "batch": "批1", "channel": "file"}
    return asked(town, "send_order", args, keepers[1])


def test_no_order_goes_out_while_the_plan_waits(town: Court) -> None:
    """By the clock of today: a plan that was served today, and one whose period is long over."""
    today = court_today()
    keepers = hired(town, "财务丙", "财务丁")
    for served_on, allowed in ((today, False), (today - timedelta(days=60), True)):
        on = (served_on - timedelta(days=1)).isoformat()
        plan_id = town.saved(on=on, pool="100.00", costs=[])
        town.run(serve, ServePlan(plan_id, served_on, today, town.law))
        answer = sent(town, ordered(town, plan_id)[0], keepers)
        assert answer.accepted is allowed, answer
        if not allowed:
            assert answer.code == "wait"
            assert answer.facts["until"] == town.plan(plan_id).wait_until


def test_no_order_goes_out_over_an_open_objection(town: Court) -> None:
    today = court_today()
    served_on = today - timedelta(days=60)
    on = (served_on - timedelta(days=1)).isoformat()
    plan_id = town.saved(on=on, pool="100.00", costs=[])
    town.run(serve, ServePlan(plan_id, served_on, today, town.law))
    made = ordered(town, plan_id)
    town.run(object_to, ObjectTo(plan_id, "乙", "甲", "异议", served_on, today))
    answer = sent(town, made[0], hired(town, "财务丙", "财务丁"))
    assert (answer.accepted, answer.code) == (False, "wait")

"""What may be done with an order, by whom, and what the desk of the receiver does by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.command.orders.acts import (
    Deed,
    Delivery,
    Escalation,
    Issue,
    deliver,
    do,
    escalate,
    issue,
)
from desktop.command.orders.due import due_words, parse_due
from desktop.command.orders.reading import current, open_orders
from desktop.command.orders.rungs import RungArgs, escalations
from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import UserError
from desktop.rules.command_law import load_command_law
from desktop.rules.field_orders import OrderState
from tests.panels.remote_command.post import CHIEF, ISSUER, RECEIVER, Post

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=COURT_ZONE)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path)


def refused(post: Post, deed: Deed) -> str:
    with pytest.raises(UserError) as caught, post.context.engine.begin() as connection:
        do(connection, deed)
    return str(caught.value)


def deed(post: Post, order_id: str, act: str, who: str, body: str = "") -> Deed:
    return Deed(order_id, act, post.city.person(who), post.now, body)


def test_an_order_goes_its_course_each_state_with_time_and_actor(post: Post) -> None:
    key = post.send()
    for act in ("acknowledge", "depart", "arrive", "finish"):
        post.pass_time(minutes=2)
        post.report(key, act)
    steps = post.order(key).standing.steps
    made = [(state, act.at - NOW, act.person_id) for state, act in steps.items()]
    gu, zhou = post.city.person(RECEIVER), post.city.person(ISSUER)
    assert made == [
        (OrderState.SENT, timedelta(0), zhou),
        (OrderState.ACKNOWLEDGED, timedelta(minutes=2), gu),
        (OrderState.EN_ROUTE, timedelta(minutes=4), gu),
        (OrderState.ON_SCENE, timedelta(minutes=6), gu),
        (OrderState.DONE, timedelta(minutes=8), gu),
    ]


REFUSED: Sequence[tuple[Sequence[str], str, str, str, str]] = (
    # (acts before), act, who, words, part of the sentence
    ((), "acknowledge", "许南乔", "", "只有第四执行团队成员"),
    ((), "acknowledge", ISSUER, "", "电话回报"),
    ((), "depart", RECEIVER, "", "已发送"),
    ((), "refuse", RECEIVER, " ", "理由"),
    ((), "send", ISSUER, "", "已发送"),
    ((), "note", ISSUER, "", "备注"),
    (("acknowledge",), "acknowledge", RECEIVER, "", "已确认"),
    (("acknowledge", "finish"), "cancel", ISSUER, "", "完成"),
    (("acknowledge", "finish"), "refuse", RECEIVER, "迟了", "完成"),
)


@pytest.mark.parametrize(("before", "act", "who", "body", "said"), REFUSED)
def test_what_may_not_be_done_says_why(
    post: Post, before: Sequence[str], act: str, who: str, body: str, said: str
) -> None:
    key = post.send()
    for earlier in before:
        post.report(key, earlier)
    assert said in refused(post, deed(post, key, act, who, body))


def test_a_report_by_telephone_is_not_a_delivery(post: Post) -> None:
    key = post.send()
    post.report(key, "acknowledge", ISSUER, "顾长风来电：收到，马上出发")
    standing = post.order(key).standing
    assert standing.state is OrderState.ACKNOWLEDGED
    assert OrderState.DELIVERED not in standing.steps
    assert not standing.told_to


def test_a_draft_is_changed_and_sent_by_its_maker_alone(post: Post) -> None:
    key = post.send(send=False)
    assert post.order(key).standing.state is OrderState.DRAFT
    words = post.words(title="撤离现场")
    other = Issue(words, post.city.person(CHIEF), post.now, order_id=key)
    with pytest.raises(UserError, match="周清和"), post.context.engine.begin() as connection:
        issue(connection, other)
    post.run(issue, Issue(words, post.city.person(ISSUER), post.now, order_id=key))
    found = post.order(key)
    assert (found.title, found.standing.state) == ("撤离现场", OrderState.SENT)
    again = Issue(post.words(), post.city.person(ISSUER), post.now, order_id=key)
    with pytest.raises(UserError, match="撤销后另发"), post.context.engine.begin() as connection:
        issue(connection, again)


def test_nobody_at_the_desk_gives_no_orders(post: Post) -> None:
    with pytest.raises(UserError, match="登记"), post.context.engine.begin() as connection:
        issue(connection, Issue(post.words(), None, post.now))


def test_a_device_delivers_each_order_once_and_only_its_own(post: Post) -> None:
    first, second = post.send(), post.send(person_id=post.city.person(RECEIVER))
    draft, withdrawn = post.send(send=False), post.send()
    post.report(withdrawn, "cancel", ISSUER)
    gu = Delivery(post.city.person(RECEIVER), post.now)
    assert {one.id for one in post.run(deliver, gu)} == {first, second}
    assert post.run(deliver, gu) == ()
    assert post.run(deliver, Delivery(post.city.person("许南乔"), post.now)) == ()
    assert post.order(first).standing.state is OrderState.DELIVERED
    assert post.order(draft).standing.state is OrderState.DRAFT
    assert post.order(withdrawn).standing.state is OrderState.CANCELLED


def test_what_waits_on_the_desk_is_delivered_to_nobody(post: Post) -> None:
    post.join_hub()
    key = post.send()
    assert post.order(key).standing.queued
    gu = Delivery(post.city.person(RECEIVER), post.now)
    assert post.run(deliver, gu) == ()
    post.take()
    assert [one.id for one in post.run(deliver, gu)] == [key]
    # Delivered on this device, and known to this device alone until it is taken.
    assert post.order(key).standing.report_queued


def test_a_rung_is_noted_once_and_not_after_an_answer(post: Post) -> None:
    key = post.send()
    post.pass_time(minutes=4)
    told = Escalation(key, 1, post.city.person(ISSUER), post.now, CHIEF)
    assert post.run(escalate, told) is True
    assert post.run(escalate, told) is False
    post.report(key, "acknowledge")
    second = Escalation(key, 2, post.city.person(ISSUER), post.now, CHIEF)
    assert post.run(escalate, second) is False
    assert set(post.order(key).standing.rungs) == {1}


def test_the_leader_of_the_shift_is_told_else_the_chief(post: Post) -> None:
    post.send()
    post.pass_time(minutes=3)
    args = RungArgs(load_command_law(), post.now)

    def told() -> list[tuple[int, str]]:
        with post.context.engine.connect() as connection:
            found = escalations(connection, args)
        return [(due.rung.n, due.whom) for due in found.due]

    assert told() == [(1, CHIEF)]
    shift = {"day": "2026-11-23", "shift": "day", "team_id": post.city.team}
    hours = {"from_at": "2026-11-23T08:00:00+08:00", "to_at": "2026-11-23T20:00:00+08:00"}
    post.city.put("roster", **shift, **hours, person_id=post.city.person("副局长甲"))
    post.city.put("roster", **shift, **hours, person_id=post.city.person(RECEIVER))
    assert told() == [(1, "副局长甲")]


def test_a_team_has_one_status_the_furthest_of_its_orders(post: Post) -> None:
    far, near = post.send(), post.send(title="核实财产线索")
    post.report(far, "acknowledge")
    post.report(far, "arrive")
    with post.context.engine.connect() as connection:
        found = current(open_orders(connection), team_id=post.city.team)
    assert found is not None
    assert found.id == far
    post.report(far, "finish")
    with post.context.engine.connect() as connection:
        found = current(open_orders(connection), team_id=post.city.team)
    assert found is not None
    assert found.id == near


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        *(("30", 30), ("+30", 30), ("３０分钟", 30), ("2时", 120), ("1.5小时", 90)),
        *(("09:00", 30), ("9：00", 30), ("08:00", 24 * 60 - 30), ("11-24 08:30", 24 * 60)),
        *(("", None), ("0", None), ("25:00", None), ("明天", None), ("02-30 08:00", None)),
    ],
)
def test_a_time_is_read_as_people_type_it(text: str, minutes: int | None) -> None:
    found = parse_due(text, NOW)
    assert found == (None if minutes is None else NOW + timedelta(minutes=minutes))


@given(st.integers(1, 7 * 24 * 60))
def test_a_due_time_reads_back(minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    assert parse_due(due_words(at, NOW), NOW) == at

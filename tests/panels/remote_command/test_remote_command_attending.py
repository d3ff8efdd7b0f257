"""What is done about orders while nobody looks at the list."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.panels.remote_command.attending import OrderAttendant, start
from desktop.rules.field_orders import OrderState
from tests.panels.remote_command.post import CHIEF, ISSUER, RECEIVER, Post


@pytest.fixture
def post(tmp_path: Path, qtbot: QtBot) -> Post:
    return Post(tmp_path)


@pytest.fixture
def owner() -> QObject:
    return QObject()


def attend(post: Post, owner: QObject, who: str) -> OrderAttendant:
    post.city.sit_down(who)
    return start(post.context, owner)


def look_again(post: Post, attendant: OrderAttendant) -> None:
    """The timer of the attendant fires."""
    attendant._look()


def said(post: Post, part: str) -> int:
    return sum(part in text for _level, text in post.context.notices)


def test_an_order_is_delivered_by_the_device_that_has_it(post: Post, owner: QObject) -> None:
    before = post.send()  # there before the desk was opened
    attend(post, owner, RECEIVER)
    after = post.send()
    for key in (before, after):
        standing = post.order(key).standing
        assert standing.state is OrderState.DELIVERED
        assert set(standing.told_to) == {post.city.person(RECEIVER)}
    assert said(post, "增援现场") == 2
    assert ("stay", True) in post.context.sync.acts


def test_a_desk_without_a_person_delivers_nothing(post: Post, owner: QObject) -> None:
    key = post.send()
    post.context.who = type(post.context.who)(None, "", "")
    start(post.context, owner)
    assert post.order(key).standing.state is OrderState.SENT
    assert post.context.sync.acts == []


def test_nobody_answers_and_the_leader_is_told_once(post: Post, owner: QObject) -> None:
    """S1 line 5: unconfirmed at three minutes, a pop-up to the leader on duty, once."""
    key = post.send()
    chief = attend(post, owner, CHIEF)
    look_again(post, chief)
    assert post.context.notices == []
    post.pass_time(minutes=3)
    look_again(post, chief)
    assert said(post, "增援现场") == 1
    assert post.context.notices[0][0] == "error"
    look_again(post, chief)
    restarted = attend(post, QObject(owner), CHIEF)
    look_again(post, restarted)
    assert said(post, "增援现场") == 1
    # The issuer's desk is silent; whoever was told notes it after a while, once.
    assert post.order(key).standing.rungs == {}
    post.pass_time(seconds=30)
    look_again(post, chief)
    look_again(post, chief)
    assert [act.act for act in post.order(key).acts].count("escalate") == 1


def test_the_issuer_s_desk_notes_each_rung_as_it_comes(post: Post, owner: QObject) -> None:
    key = post.send()
    attendant = attend(post, owner, ISSUER)
    for minutes, rungs in ((3, {1}), (7, {1, 2}), (20, {1, 2, 3})):
        post.pass_time(minutes=minutes)
        look_again(post, attendant)
        assert set(post.order(key).standing.rungs) == rungs
    assert post.order(key).standing.rungs[1].body == CHIEF
    assert said(post, "增援现场") == 3


def test_an_answer_ends_the_ladder(post: Post, owner: QObject) -> None:
    key = post.send()
    attendant = attend(post, owner, ISSUER)
    post.report(key, "acknowledge")
    post.pass_time(hours=1)
    look_again(post, attendant)
    assert post.order(key).standing.rungs == {}
    assert post.context.notices == []


def test_an_order_that_waits_on_the_desk_is_not_told_on(post: Post, owner: QObject) -> None:
    post.join_hub("offline")
    key = post.send()
    attendant = attend(post, owner, ISSUER)
    post.pass_time(hours=1)
    look_again(post, attendant)
    assert post.context.notices == []
    post.take()
    look_again(post, attendant)
    assert post.context.notices == []
    post.pass_time(minutes=3)
    look_again(post, attendant)
    assert set(post.order(key).standing.rungs) == {1}


def test_a_refusal_is_said_to_whoever_gave_the_order_once(post: Post, owner: QObject) -> None:
    key = post.send()
    attendant = attend(post, owner, ISSUER)
    post.report(key, "refuse", body="车辆故障")
    look_again(post, attendant)
    assert said(post, "车辆故障") == 1


def test_the_next_look_is_when_the_next_rung_comes_due(post: Post, owner: QObject) -> None:
    attendant = attend(post, owner, ISSUER)
    assert attendant._timer.interval() == 60_000
    post.send()
    post.pass_time(minutes=2, seconds=30)
    look_again(post, attendant)
    assert 30_000 <= attendant._timer.interval() <= 31_000

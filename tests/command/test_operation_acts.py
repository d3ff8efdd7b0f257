"""Operations on a replica: the course of one, what is refused by the desk, and by the file itself
to raw SQL, which passes by all rules of the desk."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text, update

from desktop.command.operations import acts
from desktop.command.operations.acts import CheckinArgs, Draft, LogArgs
from desktop.command.operations.reading import (
    board,
    operation,
    watched,
)
from desktop.errors import UserError
from desktop.rules.checkins import Level, silent_key
from desktop.rules.operation_law import load_operation_law
from desktop.rules.operation_plan import plan_text
from desktop.rules.operations import State, fingerprint
from storage.faults import ReplicaFault
from storage.ids import new_id
from storage.schema import table
from storage.session import Session
from tests.command.operation_desk import desk, held, put, raw_act, state
from tests.command.operation_town import (
    Town,
    approved,
    args,
    at,
    heading,
    running,
    saved,
    self_test,
    whole_plan,
)

__all__ = ["desk", "held"]
LIMITS = load_operation_law().on(at(0).date())


def test_from_plan_to_report(desk: tuple[Connection, Town]) -> None:
    connection, town = desk
    key = saved(connection, town)
    seen = [state(connection, key)]
    steps: list[tuple[Callable[..., None], str, str, float, str]] = [
        (acts.submit, "submit", "苏文清", 1, ""),
        (acts.act, "return", "局长", 2, "风险写得不够"),
        (acts.submit, "submit", "苏文清", 3, ""),
        (acts.act, "approve", "局长", 4, ""),
    ]
    for do, kind, who, minutes, body in steps:
        do(connection, args(connection, town, key, kind, who, minutes, body))
        seen.append(state(connection, key))
    self_test(connection, town, key, 5, passed=True)
    for do, kind, minutes in (
        (acts.start, "start", 10),
        (acts.finish, "finish", 20),
        (acts.act, "report", 30),
    ):
        do(connection, args(connection, town, key, kind, "值班员", minutes))
        seen.append(state(connection, key))
    assert seen == [
        *(State.DRAFT, State.SUBMITTED, State.RETURNED, State.SUBMITTED, State.APPROVED),
        *(State.RUNNING, State.FINISHED, State.REPORTED),
    ]


def test_the_groups_of_the_approved_plan_set_out_with_the_start(
    desk: tuple[Connection, Town],
) -> None:
    connection, town = desk
    key = running(connection, town)
    groups = {one.name: one for one in watched(connection) if one.operation_id == key}
    assert {name: (one.team_id, one.checkin_s) for name, one in groups.items()} == {
        "外围警戒组": (town.teams[0], 1800),
        "入户清点组": (town.teams[1], 1200),
    }
    assert all(one.watch(LIMITS, at(11)).level is Level.GREEN for one in groups.values())
    acts.finish(connection, args(connection, town, key, "finish", "值班员", 15))
    after = [one for one in watched(connection) if one.operation_id == key]
    assert [one.watch(LIMITS, at(500)).level for one in after] == [Level.LEFT, Level.LEFT]


def test_a_plan_is_submitted_whole_or_every_fault_is_told(desk: tuple[Connection, Town]) -> None:
    connection, town = desk
    plan = replace(whole_plan(town), risks=(), contingencies=(), route=(), aim="")
    draft = Draft(None, heading(town), plan, town.by("苏文清", 0))
    key = acts.save(connection, draft)
    with pytest.raises(UserError) as told:
        acts.submit(connection, args(connection, town, key, "submit", "苏文清", 1))
    assert [line.split("：")[0] for line in str(told.value).split("\n")] == [
        *("任务目标", "风险评估", "应急预案", "路线"),
    ]


def test_an_approval_does_not_outlive_a_change_of_words(desk: tuple[Connection, Town]) -> None:
    connection, town = desk
    key = approved(connection, town)
    old = args(connection, town, key, "start", "值班员", 6)
    plan = replace(whole_plan(town), aim="另一目标")
    acts.save(connection, Draft(key, heading(town), plan, town.by("苏文清", 5)))
    found = operation(connection, key)
    assert found is not None
    assert found.standing().changed
    with pytest.raises(UserError, match="已有改动"):
        acts.start(connection, old)
    with pytest.raises(UserError, match="不能开始"):
        acts.start(connection, args(connection, town, key, "start", "值班员", 6))
    acts.save(connection, Draft(key, heading(town), whole_plan(town), town.by("苏文清", 7)))
    assert state(connection, key) is State.APPROVED


def test_a_failed_self_test_needs_a_signature_of_another_chief(
    desk: tuple[Connection, Town],
) -> None:
    connection, town = desk
    key = approved(connection, town)
    test = self_test(connection, town, key, 4, passed=False)
    with pytest.raises(UserError, match="未通过"):
        acts.start(connection, args(connection, town, key, "start", "值班员", 5))
    with pytest.raises(UserError, match="受其授权代行职务"):
        acts.act(connection, args(connection, town, key, "override", "值班员", 6, "急", test))
    acts.act(connection, args(connection, town, key, "override", "局长", 7, "备用链路可用", test))
    acts.start(connection, args(connection, town, key, "start", "值班员", 8))
    assert state(connection, key) is State.RUNNING


def test_an_old_self_test_does_not_count(desk: tuple[Connection, Town]) -> None:
    connection, town = desk
    key = approved(connection, town)
    with pytest.raises(UserError, match="有效时间"):
        acts.start(connection, args(connection, town, key, "start", "值班员", 48 * 60))


def test_check_ins_and_their_alarm(desk: tuple[Connection, Town]) -> None:
    connection, town = desk
    key = running(connection, town)
    one = next(group for group in watched(connection) if group.name == "入户清点组")
    acts.check_in(connection, CheckinArgs(one.id, "ok", town.by("白若溪", 20)))
    late = town.by("值班员", 50)
    noticed = {(group.name, alarm.key) for group, alarm in acts.notice(connection, late)}
    assert noticed == {("外围警戒组", silent_key(at(10))), ("入户清点组", silent_key(at(20)))}
    assert acts.notice(connection, late) == ()
    alarm = silent_key(at(20))
    acts.check_in(connection, CheckinArgs(one.id, "ok", town.by("白若溪", 51)))
    with pytest.raises(UserError, match="组长不得确认"):
        acts.check_in(connection, CheckinArgs(one.id, "acknowledge", town.by("陶一鸣", 52), alarm))
    acts.finish(connection, args(connection, town, key, "finish", "值班员", 53))
    with pytest.raises(UserError, match="未确认的警报"):
        acts.act(connection, args(connection, town, key, "report", "值班员", 54))
    acts.check_in(connection, CheckinArgs(one.id, "acknowledge", town.by("值班员", 55), alarm))
    with pytest.raises(UserError, match="没有这条"):
        acts.check_in(connection, CheckinArgs(one.id, "acknowledge", town.by("局长", 56), alarm))
    with pytest.raises(UserError, match="已经撤收"):
        acts.check_in(connection, CheckinArgs(one.id, "ok", town.by("白若溪", 57)))


def test_the_log_only_grows(desk: tuple[Connection, Town]) -> None:
    connection, town = desk
    key = running(connection, town)
    first = acts.log(connection, LogArgs(key, "event", "到达三号楼", town.by("苏文清", 11)))
    fixed = LogArgs(key, "event", "到达三号楼东门", town.by("苏文清", 12), voids=first)
    second = acts.log(connection, fixed)
    found = board(connection, (key, at(13)))
    assert found is not None
    assert [(line.body, line.voids, line.voided_by) for line in found.log] == [
        ("到达三号楼", None, second),
        ("到达三号楼东门", first, None),
    ]
    with pytest.raises(UserError, match="本人"):
        acts.log(connection, replace(fixed, by=town.by("局长", 13), voids=second))
    with pytest.raises(UserError, match="已经更正过"):
        acts.log(connection, fixed)


# Raw SQL


@pytest.mark.parametrize(
    ("kind", "who", "more", "words"),
    [
        ("approve", "值班员", {}, "受其授权代行职务"),  # wrong post
        ("approve", "外院局长", {}, "本院"),  # a chief elsewhere
        ("return", "纪明远", {}, "受其授权代行职务"),
        ("submit", "苏文清", {"content_sha256": "0" * 64}, "已有改动"),
        ("start", "值班员", {"test_id": "passed"}, "未经批准"),
        ("finish", "值班员", {}, "尚未开始"),
        ("report", "值班员", {}, "尚未结束"),
        ("approve", "局长", {"team_id": "second"}, "不属同一团队"),
        ("override", "局长", {"test_id": new_id()}, "未通过的设备自检"),
    ],
)
def test_the_file_refuses_acts(
    desk: tuple[Connection, Town], kind: str, who: str, more: dict[str, Any], words: str
) -> None:
    connection, town = desk
    key = saved(connection, town)
    acts.submit(connection, args(connection, town, key, "submit", "苏文清", 1))
    if more.get("team_id"):
        more = {"team_id": town.teams[1]}
    if more.get("test_id") == "passed":
        more = {"test_id": self_test(connection, town, key, 2, passed=True)}
    with pytest.raises(Exception, match=words):
        raw_act(connection, town, key, kind, who, **more)


def test_the_file_refuses_an_approval_that_nobody_asked_for(
    desk: tuple[Connection, Town],
) -> None:
    connection, town = desk
    key = saved(connection, town)
    with pytest.raises(Exception, match="尚未送审"):
        raw_act(connection, town, key, "approve", "局长")


def test_nobody_approves_his_own_plan(desk: tuple[Connection, Town]) -> None:
    """A chief has the post, and yet not for what he drew up himself."""
    connection, town = desk
    draft = Draft(None, heading(town), whole_plan(town), town.by("局长", 0))
    key = acts.save(connection, draft)
    acts.submit(connection, args(connection, town, key, "submit", "苏文清", 1))
    with pytest.raises(Exception, match="不得批准自己的"):
        raw_act(connection, town, key, "approve", "局长")
    raw_act(connection, town, key, "approve", "院长", at=at(2).isoformat())
    failed = self_test(connection, town, key, 3, passed=False)
    with pytest.raises(Exception, match="不得批准自己的"):
        raw_act(connection, town, key, "override", "局长", test_id=failed)


def test_whoever_submitted_does_not_approve(desk: tuple[Connection, Town]) -> None:
    """The chief asks for approval of another's plan: the president approves it then."""
    connection, town = desk
    key = saved(connection, town)
    acts.submit(connection, args(connection, town, key, "submit", "局长", 1))
    with pytest.raises(Exception, match="不得批准自己的"):
        raw_act(connection, town, key, "approve", "局长")
    raw_act(connection, town, key, "approve", "院长")
    assert state(connection, key) is State.APPROVED


def test_the_file_refuses_a_start_without_a_good_self_test(
    desk: tuple[Connection, Town],
) -> None:
    connection, town = desk
    key, other = approved(connection, town), approved(connection, town)
    failed = self_test(connection, town, key, 4, passed=False)
    elsewhere = self_test(connection, town, other, 4, passed=True)
    for test in (None, new_id(), failed, elsewhere):
        with pytest.raises(Exception, match="自检未通过"):
            raw_act(connection, town, key, "start", "值班员", test_id=test)
    with pytest.raises(Exception, match="受其授权代行职务"):
        raw_act(connection, town, key, "override", "值班员", test_id=failed)
    raw_act(connection, town, key, "override", "院长", test_id=failed)
    raw_act(connection, town, key, "start", "值班员", test_id=failed)
    with pytest.raises(Exception, match="已经开始"):
        raw_act(connection, town, key, "start", "值班员", test_id=failed)
    with pytest.raises(Exception, match="已经开始"):
        raw_act(connection, town, key, "cancel", "局长")


def test_the_file_lets_no_words_slip_under_an_approval(desk: tuple[Connection, Town]) -> None:
    connection, town = desk
    key = approved(connection, town)
    words = table("operation")
    plan = plan_text(replace(whole_plan(town), police=0))
    change = update(words).where(words.c.id == key)
    with pytest.raises(Exception, match="校验值与内容不符"):
        connection.execute(change.values(plan=plan))
    with pytest.raises(Exception, match="校验值与内容不符"):
        connection.execute(change.values(content_sha256="0" * 64))
    row = dict(connection.execute(words.select().where(words.c.id == key)).one()._asdict())
    honest = fingerprint(row | {"plan": plan})
    connection.execute(change.values(plan=plan, content_sha256=honest))
    assert state(connection, key) is State.DRAFT
    test = self_test(connection, town, key, 8, passed=True)
    with pytest.raises(Exception, match="未经批准"):
        raw_act(connection, town, key, "start", "值班员", test_id=test)
    moved = fingerprint(row | {"plan": plan, "team_id": town.teams[1]})
    with pytest.raises(Exception, match="不得更改"):
        connection.execute(change.values(team_id=town.teams[1], content_sha256=moved))


def test_a_plan_stands_once_it_runs(desk: tuple[Connection, Town]) -> None:
    connection, town = desk
    key = running(connection, town)
    with pytest.raises(UserError, match="不能修改方案"):
        acts.save(
            connection,
            Draft(key, heading(town, name="别名"), whole_plan(town), town.by("苏文清", 20)),
        )
    words = table("operation")
    row = dict(connection.execute(words.select().where(words.c.id == key)).one()._asdict())
    sealed = fingerprint(row | {"name": "别名"})
    change = update(words).where(words.c.id == key)
    with pytest.raises(Exception, match="不得再改"):
        connection.execute(change.values(name="别名", content_sha256=sealed))
    group = next(one for one in watched(connection) if one.operation_id == key)
    groups = table("operation_group")
    with pytest.raises(Exception, match="间隔不得再改"):
        connection.execute(update(groups).where(groups.c.id == group.id).values(checkin_s=7200))


def test_facts_are_neither_changed_nor_taken_out(desk: tuple[Connection, Town]) -> None:
    connection, town = desk
    key = running(connection, town)
    line = acts.log(connection, LogArgs(key, "event", "原话", town.by("苏文清", 11)))
    for statement in (
        "update run_log set body = '改' where id = :id",
        "delete from run_log where id = :id",
        "update checkin set at = '2020' where operation_id = :key",
        "delete from operation_act where operation_id = :key",
    ):
        with pytest.raises(Exception, match="已发生的事实"):
            connection.execute(text(statement), {"id": line, "key": key})


def test_a_check_in_belongs_to_its_group(desk: tuple[Connection, Town]) -> None:
    connection, town = desk
    key = running(connection, town)
    group = next(one for one in watched(connection) if one.name == "入户清点组")
    values = {
        "operation_id": key,
        "group_id": group.id,
        "team_id": town.teams[1],
        "act": "acknowledge",
        "person_id": town.people["陶一鸣"],
        "at": at(60).isoformat(),
        "about": silent_key(at(10)),
    }
    with pytest.raises(Exception, match="组长不得确认"):
        put(connection, "checkin", **values)
    other = {"team_id": town.teams[0], "person_id": town.people["值班员"]}
    with pytest.raises(Exception, match="不属同一团队"):
        put(connection, "checkin", **(values | other))
    assert timedelta(seconds=group.checkin_s) == timedelta(minutes=20)


def test_a_fault_of_the_file_is_a_sentence(held: tuple[Session, Town]) -> None:
    session, town = held

    def overreach() -> None:
        with session.write("越权") as write:
            raw_act(write.connection, town, saved(write.connection, town), "approve", "局长")

    with pytest.raises(ReplicaFault, match="尚未送审"):
        overreach()

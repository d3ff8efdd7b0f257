"""The demo's operations: lawful plans, one under way with a silent group, one over with its log."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from desktop.command.equipment.self_test import last_for
from desktop.command.operations.means import gear, vehicles
from desktop.command.operations.reading import board, operations
from desktop.command.operations.report import fill
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import load_law
from desktop.demo import remote_operations
from desktop.demo.city import generate
from desktop.demo.remote_live import Moment
from desktop.rules.checkins import Level
from desktop.rules.operation_law import load_operation_law
from desktop.rules.operation_plan import check
from desktop.rules.operations import State
from storage.schema import table
from storage.session import Session
from tests.stores import new_store

TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 10, 30, tzinfo=COURT_ZONE)
LIMITS = load_operation_law().on(TODAY)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("operations") / "store"
    with new_store(folder) as replica:
        made = Session(replica, actor="演示")
        generate(made, load_law(), cases=200, seed=1, today=TODAY, now=NOW)
        yield made


def test_one_of_each_kind_is_there_and_every_plan_is_whole(session: Session) -> None:
    with session.read() as connection:
        found = operations(connection)
    states = sorted(one.standing().state.value for one in found)
    assert states == sorted(
        state.value
        for state in (
            *(State.RUNNING, State.FINISHED, State.SUBMITTED),
            *(State.APPROVED, State.RETURNED, State.DRAFT),
        )
    )
    for one in found:
        assert one.whole
        assert one.plan is not None
        assert check(one.heading(), one.plan, LIMITS) == (), one.name


def test_plan_feeds_and_self_test_speak_of_the_same_things(session: Session) -> None:
    """What the plan names is in the register and fit, what is not fit stands in another plan."""
    with session.read() as connection:
        found = {one.standing().state: one for one in operations(connection)}
        under_way = found[State.RUNNING]
        assert under_way.plan is not None
        units = {one.id for one in vehicles(connection)}
        things = {one.id: one for one in gear(connection)}
        test = last_for(connection, under_way.id)
        feed = table("feed").c
        feeds = set(connection.execute(select(feed.equipment_id)).scalars())
    named = [one.unit_id for one in under_way.plan.vehicles if one.unit_id]
    assert len(named) == 3
    assert set(named) <= units
    ids = [one.equipment_id for one in under_way.plan.gear if one.equipment_id]
    assert sum("执法记录仪" in things[key].words for key in ids) == 4
    people = {one.person_id for one in under_way.plan.people}
    for key in ids:
        assert things[key].faults == ()
        assert things[key].calibrate_by is None or things[key].calibrate_by >= TODAY
        assert things[key].holder_id is None or things[key].holder_id in people, (
            "not lent to others"
        )
    assert len(feeds) == 4
    assert feeds <= set(ids)
    assert test is not None
    assert test.sheet is not None
    assert {line.equipment_id for line in test.sheet.lines if line.equipment_id} == set(ids)
    waiting = found[State.SUBMITTED].plan
    assert waiting is not None
    said = [
        things[one.equipment_id].warnings(NOW, (), NOW) for one in waiting.gear if one.equipment_id
    ]
    assert sum(bool(one) for one in said) >= 2


def test_of_four_groups_one_is_nearly_due_and_one_is_silent(session: Session) -> None:
    with session.read() as connection:
        under_way = next(
            one for one in operations(connection) if one.standing().state is State.RUNNING
        )
        shown = board(connection, (under_way.id, NOW))
    assert shown is not None
    assert shown.tested
    states = [group.watch(LIMITS, NOW) for group in shown.groups]
    assert sorted(state.level for state in states) == sorted(
        (Level.GREEN, Level.GREEN, Level.YELLOW, Level.ALARM)
    )
    (held,) = [alarm for state in states for alarm in state.held]
    assert held.noticed
    assert any(line.voided_by for line in shown.log)


def test_what_is_over_has_a_long_log_and_a_report(session: Session) -> None:
    with session.read() as connection:
        over = next(one for one in operations(connection) if one.standing().state is State.FINISHED)
        shown = board(connection, (over.id, NOW))
    assert shown is not None
    assert len(shown.log) >= 20
    assert [len(group.watch(LIMITS, NOW).held) for group in shown.groups] == [0, 0, 0]
    assert sum(len(group.watch(LIMITS, NOW).alarms) for group in shown.groups) == 1
    assert fill(shown, LIMITS, NOW, "值班员").document.body


def test_the_groups_go_on_by_themselves(session: Session) -> None:
    """Whoever is nearly due reports; the silent one stays silent."""
    later = NOW + timedelta(minutes=1)
    with session.write("实时") as write:
        said = [
            remote_operations.live(Moment(write.connection, Random(n), later)) for n in range(3)
        ]
        write.abandon()
    assert said[0] == "凤鸣苑小区腾房清场：清点登记组报平安"
    assert all(one is not None and "记事" in one for one in said[1:])

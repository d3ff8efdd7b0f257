"""The demo's equipment: a lawful course of every thing, and what a visitor is to be shown."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

import pytest

from desktop.command.equipment.register import current_items, items
from desktop.command.equipment.self_test import recent_tests
from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import load_law
from desktop.demo import remote_equipment
from desktop.demo.city import generate
from desktop.demo.remote_live import Moment
from desktop.panels.equipment.service import board
from desktop.rules.equipment import Flag
from desktop.rules.equipment_law import load_equipment_law
from storage.session import Session
from tests.stores import new_store

TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 10, 30, tzinfo=COURT_ZONE)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("equipment") / "store"
    with new_store(folder) as replica:
        made = Session(replica, actor="演示")
        generate(made, load_law(), cases=600, seed=1, today=TODAY, now=NOW)
        yield made


def test_everything_a_visitor_is_to_see_is_there(session: Session) -> None:
    law = load_equipment_law()
    with session.read() as connection:
        found = items(connection)
        service = board(connection, NOW)
        tests = [one for one in recent_tests(connection, 9) if one.operation_id][:2]
    assert len(found) >= 30
    assert [one.title for one in found if one.standing.oddities] == []
    flags = [one.flags(NOW, law) for one in found]
    for flag in Flag:
        assert any(flag in one for one in flags), flag
    assert sum(Flag.OVERDUE in one for one in flags) == 1
    assert (service.whole.open, service.whole.late) == (2, 1)
    assert service.whole.repaired >= 12
    assert len([one for one in service.kinds if one.told.repaired]) >= 3
    assert all(week.share is not None and 0.9 < week.share <= 1 for week in service.weeks)
    assert [(one.passed, one.whole) for one in tests] == [(True, True), (False, True)]
    assert all(act.at <= NOW for one in found for act in one.acts)


def test_lists_read_less_and_say_the_same(session: Session) -> None:
    law = load_equipment_law()
    with session.read() as connection:
        whole, short = items(connection), current_items(connection)
    assert sum(len(one.acts) for one in short) < sum(len(one.acts) for one in whole) / 2
    for one, other in zip(whole, short, strict=True):
        assert one.flags(NOW, law) == other.flags(NOW, law), one.title
        for name in ("now_with", "tickets", "calibrated_at", "calibrate_by", "retired_at"):
            assert getattr(one.standing, name) == getattr(other.standing, name), one.title


def test_live_events_bring_things_back(session: Session) -> None:
    now = NOW + timedelta(hours=1)
    with session.read() as connection:
        before = sum(one.standing.lent for one in items(connection))
    assert before >= 8
    for n in range(before + 1):
        with session.apply() as write:
            said = remote_equipment.live(Moment(write.connection, Random(n), now))
        assert (said is None) == (n == before), said
    with session.read() as connection:
        assert not any(one.standing.lent for one in items(connection))

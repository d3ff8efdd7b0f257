"""What is watched without a view: told once, written once, acknowledged through the contract."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from desktop.command.operations import acts
from desktop.command.operations.acts import CheckinArgs
from desktop.command.operations.reading import watched
from desktop.contract.alarms import AlarmKeeper
from desktop.contract.context import Who
from desktop.panels.operations.attending import Watchman, start
from desktop.rules.checkins import silent_key
from storage.schema import table
from tests.command.operation_town import at, running
from tests.panels.operations.town import Office, office


@pytest.fixture
def hall(tmp_path: Path) -> Office:
    made = office(tmp_path)
    made.do(running, made.town)  # at ten past nine
    made.desk.moment = at(11)
    return made


def watchman(hall: Office) -> tuple[Watchman, QObject]:
    owner = QObject()
    made = start(hall.desk, owner)
    assert isinstance(made, Watchman)
    assert isinstance(made, AlarmKeeper)
    return made, owner


def written(hall: Office) -> int:
    row = table("checkin").c
    with hall.desk.engine.connect() as connection:
        found = connection.execute(select(func.count()).where(row.act == "alarm"))
        return int(found.scalar_one())


def groups(hall: Office) -> dict[str, str]:
    with hall.desk.engine.connect() as connection:
        return {one.name: one.id for one in watched(connection)}


def test_a_silence_is_told_and_written_once(qtbot: QtBot, hall: Office) -> None:
    made, _owner = watchman(hall)
    assert made.held() == ()
    hall.desk.moment = at(36)  # the group that reports every twenty minutes
    for _ in range(3):
        made.look()
    (alarm,) = made.held()
    assert (alarm.title, alarm.since) == ("入户清点组", at(10))
    assert alarm.panel_id == "operations"
    told = [words for _level, words in hall.desk.notices if "未报平安" in words]
    assert len(told) == 1
    assert written(hall) == 1
    assert hall.desk.labels.count("记录失联警报") == 1


def test_it_is_held_until_somebody_acknowledges_it(qtbot: QtBot, hall: Office) -> None:
    made, _owner = watchman(hall)
    hall.desk.moment = at(36)
    made.look()
    group = groups(hall)["入户清点组"]
    hall.do(acts.check_in, CheckinArgs(group, "ok", hall.town.by("白若溪", 37)))
    hall.desk.moment = at(38)
    made.look()
    (alarm,) = made.held()
    assert "才恢复" in alarm.words
    made.acknowledge("an alarm that is not there")
    assert len(made.held()) == 1
    made.acknowledge(alarm.key)
    assert made.held() == ()


def test_a_report_that_comes_late_corrects_what_the_desk_wrote(qtbot: QtBot, hall: Office) -> None:
    made, _owner = watchman(hall)
    hall.desk.moment = at(36)
    made.look()
    group = groups(hall)["入户清点组"]
    hall.do(acts.check_in, CheckinArgs(group, "ok", hall.town.by("白若溪", 29)))
    hall.desk.moment = at(37)
    made.look()
    (alarm,) = made.held()
    assert alarm.corrected
    assert "已更正" in alarm.words
    assert alarm.key.endswith(silent_key(at(10)))


@pytest.mark.parametrize("name", ["苏文清", ""])
def test_a_desk_that_does_not_command_shows_and_does_not_write(
    qtbot: QtBot, hall: Office, name: str
) -> None:
    hall.desk.who = Who(hall.town.people.get(name), name, "")
    made, _owner = watchman(hall)
    hall.desk.moment = at(36)
    made.look()
    assert len(made.held()) == 1
    assert written(hall) == 0


def test_a_leader_is_refused_in_words(qtbot: QtBot, hall: Office) -> None:
    hall.sit_down("陶一鸣")  # leads the silent group
    made, _owner = watchman(hall)
    hall.desk.moment = at(36)
    made.look()
    made.acknowledge(made.held()[0].key)
    assert "组长不得确认" in hall.desk.notices[-1][1]
    assert len(made.held()) == 1


def test_it_ends_with_its_owner(qtbot: QtBot, hall: Office) -> None:
    made, owner = watchman(hall)
    with qtbot.waitSignal(made.destroyed):
        owner.deleteLater()
    hall.desk.moment = at(36)
    group = groups(hall)["外围警戒组"]
    hall.do(acts.check_in, CheckinArgs(group, "ok", hall.town.by("纪明远", 36)))
    assert written(hall) == 0

"""The promises of PanelContext, kept by real lanes over a real replica."""

import threading
import time
from datetime import date
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, insert, select, text

from desktop.contract.context import PanelContext, Selection
from desktop.errors import UserError
from storage.drafts import Drafts
from storage.faults import ReplicaFault
from storage.ids import new_id
from storage.records.changes import ChangeSet
from storage.schema.local import setting
from storage.schema.people import court
from tests.background.conftest import Rig

SLOW_SQL = (
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < :most) "
    "select count(*) from n"
)


def _count(connection: Connection, most: int) -> int:
    return int(connection.execute(text(SLOW_SQL), {"most": most}).scalar_one())


def _echo(_connection: Connection, args: Any) -> Any:
    return args


def _add_court(connection: Connection, name: str) -> str:
    key = new_id()
    connection.execute(insert(court).values(id=key, code="豫03", name=name, short_name=name))
    return key


def _courts(connection: Connection, _args: None) -> list[str]:
    return list(connection.execute(select(court.c.name)).scalars())


def test_it_is_a_panel_context(rig: Rig) -> None:
    context: PanelContext = rig.context
    assert context.who.name == "周书言"


def _add_day(connection: Connection, day: str) -> None:
    connection.exec_driver_sql(
        "insert into calendar_day (day, calendar, off, name, source) values (?, 'court', 1, ?, ?)",
        (day, "停电", "院内通知"),
    )


def test_a_new_calendar_day_is_known_before_it_is_announced(rig: Rig, qtbot: QtBot) -> None:
    day = date(2026, 11, 24)
    assert rig.context.law.court_calendar.is_workday(day)
    with qtbot.waitSignal(rig.context.changed) as told:
        rig.context.write(rig.owner, "日历", _add_day, day.isoformat(), lambda _done: None)
    assert told.args is not None
    assert told.args[0].touches("calendar_day")
    assert rig.context.law.court_calendar.is_workday(day) is False


def test_an_answer_comes_on_the_ui_thread(rig: Rig, qtbot: QtBot) -> None:
    found: list[tuple[int, str]] = []

    def query(_connection: Connection, number: int) -> tuple[int, str]:
        return number, threading.current_thread().name

    def on_result(answer: tuple[int, str]) -> None:
        assert threading.current_thread() is threading.main_thread()
        found.append(answer)

    rig.context.read(rig.owner, "one", query, 7, on_result)
    qtbot.waitUntil(lambda: bool(found))
    assert found[0][0] == 7
    assert found[0][1].startswith("lane-reader")


def test_a_newer_request_of_the_channel_replaces_the_older(rig: Rig, qtbot: QtBot) -> None:
    found: list[int] = []
    started = time.monotonic()
    rig.context.read(rig.owner, "list", _count, 500_000_000, found.append, lambda _text: None)
    for number in range(50):
        rig.context.read(rig.owner, "list", _echo, number, found.append)
    rig.context.read(rig.owner, "list", _echo, 99, found.append)
    with qtbot.waitSignal(rig.context.idle, timeout=10_000):
        pass
    assert found == [99]
    assert time.monotonic() - started < 8, "the superseded query was not interrupted"


def test_channels_and_owners_do_not_disturb_each_other(rig: Rig, qtbot: QtBot) -> None:
    found: list[str] = []
    other = QObject()
    for owner, channel in ((rig.owner, "a"), (rig.owner, "b"), (other, "a")):
        rig.context.read(owner, channel, _echo, f"{owner is other}-{channel}", found.append)
    qtbot.waitUntil(lambda: len(found) == 3)
    assert sorted(found) == ["False-a", "False-b", "True-a"]


def test_nothing_is_delivered_to_a_dead_owner(rig: Rig, qtbot: QtBot) -> None:
    found: list[object] = []
    owner = QObject()
    rig.context.read(owner, "list", _count, 300_000, found.append, found.append)
    rig.context.read(owner, "fails", _fail, "nobody hears", found.append, found.append)
    shiboken6.delete(owner)
    with qtbot.waitSignal(rig.context.idle, timeout=10_000):
        pass
    assert found == []


def test_a_write_of_a_dead_owner_is_kept(rig: Rig, qtbot: QtBot) -> None:
    owner = QObject()
    rig.context.write(owner, "新增法院", _add_court, "甲法院", lambda _key: None)
    shiboken6.delete(owner)
    with qtbot.waitSignal(rig.context.idle, timeout=10_000):
        pass
    with rig.session.read() as connection:
        assert _courts(connection, None) == ["甲法院"]


def test_a_write_announces_what_it_changed(rig: Rig, qtbot: QtBot) -> None:
    keys: list[str] = []
    with qtbot.waitSignal(rig.context.changed) as heard:
        rig.context.write(rig.owner, "新增法院", _add_court, "甲法院", keys.append)
    qtbot.waitUntil(lambda: bool(keys))
    changes = heard.args[0]
    assert isinstance(changes, ChangeSet)
    assert changes.ids("court") == frozenset(keys)


def test_a_reader_cannot_write(rig: Rig, qtbot: QtBot) -> None:
    refused: list[str] = []
    rig.context.read(rig.owner, "sly", _add_court, "乙法院", refused.append, refused.append)
    qtbot.waitUntil(lambda: bool(refused))
    with rig.session.read() as connection:
        assert _courts(connection, None) == []


def _fail(_connection: Connection, sentence: str) -> None:
    raise UserError(sentence)


def _break(_connection: Connection, _args: None) -> None:
    raise ZeroDivisionError


def test_a_refusal_goes_to_who_asked(rig: Rig, qtbot: QtBot) -> None:
    heard: list[str] = []
    rig.context.write(rig.owner, "督办", _fail, "该节点未超期。", heard.append, heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["该节点未超期。"]


def test_a_refusal_without_a_listener_becomes_a_notice(rig: Rig, qtbot: QtBot) -> None:
    with qtbot.waitSignal(rig.context.noticed) as heard:
        rig.context.write(rig.owner, "督办", _fail, "该节点未超期。", lambda _done: None)
    assert heard.args == ["该节点未超期。", "error"]


def test_a_bug_is_recorded_and_whoever_asked_is_told(rig: Rig, qtbot: QtBot) -> None:
    heard: list[str] = []
    rig.context.read(rig.owner, "bug", _break, None, heard.append, heard.append)
    rig.context.layout(rig.owner, lambda number: 1 // number, 0, heard.append, heard.append)
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert [type(fault) for fault in rig.crashes] == [ZeroDivisionError, ZeroDivisionError]
    rig.context.read(rig.owner, "after", _echo, "still here", heard.append)
    qtbot.waitUntil(lambda: heard[-1] == "still here")


def test_a_bug_in_a_callback_stops_no_other(rig: Rig, qtbot: QtBot) -> None:
    heard: list[int] = []

    def broken(_answer: int) -> None:
        raise ZeroDivisionError

    rig.context.read(rig.owner, "broken", _echo, 1, broken)
    rig.context.read(rig.owner, "sound", _echo, 2, heard.append)
    qtbot.waitUntil(lambda: heard == [2] and len(rig.crashes) == 1)


def _long(connection: Connection, wait: threading.Event, progress: Any) -> int:
    _add_court(connection, "半途法院")
    done = 0
    while progress(done, 1_000_000):
        done += 1
        wait.wait(0.001)
    return done


def test_long_work_tells_its_progress_and_can_be_cancelled(rig: Rig, qtbot: QtBot) -> None:
    seen: list[tuple[int, int]] = []
    heard: list[object] = []
    cancel = rig.context.write_long(
        rig.owner,
        "导入",
        _long,
        threading.Event(),
        lambda done, total: seen.append((done, total)),
        lambda done: heard.append(("done", done)),
        lambda sentence: heard.append(("refused", sentence)),
    )
    qtbot.waitUntil(lambda: len(seen) >= 3)
    cancel()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard[0][0] == "refused"
    assert not rig.crashes
    with rig.session.read() as connection:
        assert _courts(connection, None) == []


@pytest.mark.parametrize(
    ("channel", "seconds"), [("page-1", "READ_S"), ("figures", "READ_ASIDE_S")]
)
def test_a_query_past_its_deadline_is_stopped(
    rig: Rig, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, channel: str, seconds: str
) -> None:
    monkeypatch.setattr(f"desktop.background.context.{seconds}", 0.2)
    heard: list[str] = []
    rig.context.read(rig.owner, channel, _count, 500_000_000, lambda _n: None, heard.append)
    qtbot.waitUntil(lambda: bool(heard), timeout=5_000)
    assert not rig.crashes


def test_quitting_finishes_a_running_write_and_stops_the_rest(rig: Rig, qtbot: QtBot) -> None:
    begun = threading.Event()

    def slow(connection: Connection, _args: None) -> None:
        _add_court(connection, "收尾法院")
        begun.set()
        threading.Event().wait(0.5)

    rig.context.write(rig.owner, "慢写", slow, None, lambda _done: None)
    rig.context.write(rig.owner, "排队", _add_court, "排队法院", lambda _done: None)
    rig.context.read(rig.owner, "slow", _count, 500_000_000, lambda _n: None)
    assert begun.wait(30)
    rig.context.close()
    assert rig.lanes.close()
    with rig.session.read() as connection:
        assert sorted(_courts(connection, None)) == ["排队法院", "收尾法院"]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lane-")]


def test_quitting_stops_long_work_with_nothing_written(rig: Rig, qtbot: QtBot) -> None:
    seen: list[int] = []
    rig.context.write_long(
        rig.owner,
        "导入",
        _long,
        threading.Event(),
        lambda done, _total: seen.append(done),
        lambda _done: None,
    )
    qtbot.waitUntil(lambda: bool(seen))
    rig.context.close()
    assert rig.lanes.close()
    with rig.session.read() as connection:
        assert _courts(connection, None) == []


def test_a_draft_is_kept_while_a_long_write_runs(rig: Rig, qtbot: QtBot) -> None:
    cancel = rig.context.write_long(
        rig.owner,
        "导入",
        _long,
        threading.Event(),
        lambda _done, _total: None,
        lambda _done: None,
        lambda _text: None,
    )
    for typed in ("关", "关于", "关于督办"):
        rig.context.save_draft("letter", {"demand": typed})
    found: list[Any] = []
    rig.context.load_draft("letter", found.append)
    qtbot.waitUntil(lambda: bool(found), timeout=1_000)
    assert found == [{"demand": "关于督办"}]
    rig.context.discard_draft("letter")
    rig.context.load_draft("letter", found.append)
    qtbot.waitUntil(lambda: len(found) == 2)
    assert found[1] is None
    cancel()


def test_a_draft_that_cannot_be_read_is_answered_all_the_same(
    rig: Rig, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_drafts: Drafts, _key: str) -> None:
        raise ReplicaFault("the disk does not answer")

    monkeypatch.setattr(Drafts, "load", broken)
    found: list[Any] = []
    with qtbot.waitSignal(rig.context.noticed):
        rig.context.load_draft("letter", found.append)
    qtbot.waitUntil(lambda: found == [None])


def test_settings_are_kept_where_they_belong(rig: Rig, qtbot: QtBot) -> None:
    assert rig.context.setting("theme") == "dark"
    rig.context.set_setting("theme", "light")
    assert rig.context.setting("theme") == "light"
    with pytest.raises(ValueError, match="theme"):
        rig.context.set_setting("theme", "pink")
    with qtbot.waitSignal(rig.context.idle):
        rig.context.set_setting("monitor.filters", "[]")
    with rig.session.read() as connection:
        stored = connection.execute(select(setting.c.key, setting.c.value)).all()
    assert ("monitor.filters", "[]") in stored
    assert rig.context.setting("nobody.knows") == ""


def test_a_selection_is_announced_once(rig: Rig) -> None:
    heard: list[Selection] = []
    rig.context.selected.connect(heard.append)
    chosen = Selection("01890000-0000-7000-8000-000000000001", "N06")
    rig.context.select(chosen)
    rig.context.select(Selection(chosen.case_id, "N06"))
    assert heard == [chosen]
    assert rig.context.selection() == chosen


def test_a_server_that_answers_late_keeps_nobody_waiting(rig: Rig, qtbot: QtBot) -> None:
    gate = threading.Event()
    heard: list[str] = []

    def call(name: str) -> str:
        assert gate.wait(10)
        return f"{name} {threading.current_thread().name}"

    rig.context.outside(rig.owner, call, "bank", heard.append, heard.append)
    rig.context.write(rig.owner, "新增法院", _add_court, "甲法院", heard.append)
    rig.context.layout(rig.owner, str, "page", heard.append)
    rig.context.read(rig.owner, "list", _echo, "rows", heard.append)
    qtbot.waitUntil(lambda: len(heard) == 3)
    gate.set()
    qtbot.waitUntil(lambda: len(heard) == 4)
    assert heard[-1].startswith("bank lane-outside")

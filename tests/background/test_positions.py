"""Sources on their threads, recorded: each fault has its sentence, mends itself and loses nothing.

A real gpsd that is killed and started again, and a Traccar server with every way of failing.
"""

import signal
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.background.positions import Positions
from desktop.command.positions import lines
from desktop.command.positions.lines import Silent, Situation, gpsd_place, wanted_lines
from desktop.command.positions.points import decoded, stamp
from desktop.contract.positions import PositionState
from desktop.errors import UserError
from desktop.rules.tracks import Point
from desktop.tracking.gpsd import Gpsd, GpsdLine
from desktop.tracking.sources import Backoff, Bearer
from desktop.tracking.traccar import Traccar, TraccarLine
from storage.records.changes import ALL, ChangeSet
from tests.background.conftest import Rig
from tests.command.positions.field_rows import Field, all_batches, duty, field_rows
from tests.tracking.nmea_files import START
from tests.tracking.test_gpsd import needs_gpsd, real_gpsd, stop
from tests.tracking.traccar_server import TOKEN, Server, traccar_server, utc

WAIT_MS = 30_000


class Desk:
    """Positions over a rig, with every sentence that was told."""

    def __init__(self, rig: Rig, qtbot: QtBot) -> None:
        self.rig, self.qtbot = rig, qtbot
        self.said: list[str] = []
        with rig.session.write("外勤") as write:
            self.field: Field = field_rows(write.connection)
        self.positions = self.begin()

    def begin(self) -> Positions:
        made = Positions(self.rig.context, self.rig.session, self.rig.crashes.append)
        made._tick.setInterval(20)
        made.changed.connect(self._on_changed)
        made.watch(True)
        self.rig.context.set_setting("position_live_seconds", "1")
        return made

    def _on_changed(self, state: PositionState) -> None:
        self.said += [line.sentence for line in state.lines]

    def until(self, done: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(done, timeout=WAIT_MS)

    def says(self, words: str) -> None:
        self.until(lambda: any(words in sentence for sentence in self.said))

    def rows(self) -> list[Point]:
        with self.rig.session.read() as connection:
            batches = all_batches(connection)
        return [p for batch in batches for p in decoded(batch, "")]

    def stored(self) -> bool:
        return self.positions.state().waiting == 0

    def duty(self, unit: str, act: str, at: datetime) -> None:
        with self.rig.session.write("出勤") as write:
            duty(write.connection, self.field, unit, act, at)
        self.rig.context.announce(ChangeSet({"duty_act": ALL}))


@pytest.fixture
def desk(rig: Rig, qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(rig, qtbot)
    yield made
    made.positions.close()
    assert rig.crashes == []


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """gpsd is tried again ten times a second: gpsfake plays what it has only once."""

    def quick(bearer: Bearer, host: str, port: int) -> Gpsd:
        line, now = GpsdLine(host, port), START + timedelta(seconds=130)
        return Gpsd(bearer, line, backoff=Backoff(0.1, 0.1), now=lambda: now)

    monkeypatch.setattr(lines, "_gpsd", quick)


@needs_gpsd
@pytest.mark.usefixtures("soon")
def test_gpsd_killed_and_started_again_leaves_no_hole(desk: Desk, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    car = desk.field.units["car"]
    settings = {"position_receiver": "gpsd", "position_unit": car}
    for key, value in {**settings, "gpsd_address": f"127.0.0.1:{port}"}.items():
        desk.rig.context.set_setting(key, value)
    desk.positions.restart()
    desk.says("没有程序在听，1 秒后自动重连")
    for number in range(2):
        first = number * 200
        before = len(desk.rows())
        with real_gpsd(tmp_path, port, first, first + 60) as gpsfake:
            desk.says("gpsd 定位正常")
            desk.said.clear()
            if number == 0:
                stop(gpsfake, signal.SIGKILL)
            else:  # all that the receiver had
                desk.says("没有接收机")
                stop(gpsfake, signal.SIGTERM)
            desk.says("秒后自动重连")
            desk.said.clear()
            desk.until(desk.stored)
        assert len(desk.rows()) > before
    seconds = sorted(round((p.at - START).total_seconds()) for p in desk.rows())
    assert len(seconds) == len(set(seconds))
    late = [second for second in seconds if second >= 200]
    assert late == list(range(late[0], 260))  # from its coming back on, without a hole
    assert {p.device for p in desk.rows()} == {car}


def traccar(desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets the desk to this server, with short waits."""

    def quick(given: tuple[str, str, str], bearers: Any, left: str) -> Traccar:
        address, token, _ca = given
        line = TraccarLine(address, token, poll_s=0.05, read_s=0.6, whole_s=0.5)
        return Traccar(
            line, bearers, resume=left, backoff=Backoff(0.2, 0.2), now=lambda: utc(9, 30)
        )

    monkeypatch.setattr(lines, "_server", quick)
    server.clock = utc(9, 30)
    server.devices[0]["uniqueId"] = "862-car"
    desk.rig.context.set_setting("traccar_address", server.address)
    desk.positions.set_token(TOKEN)
    desk.positions.restart()


FAULTS = {
    "500": "出错（500）",
    "429": "要求放慢",
    "half": "回答中断",
    "slow": "回答太慢",
    "no json": "无法理解",
    "cut": "连接不上",
}


def test_each_fault_of_a_server_is_told_and_loses_no_point(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with traccar_server() as server:
        for minute in range(5):
            server.add(utc(8, minute))
        traccar(desk, server, monkeypatch)
        desk.says("车辆定位服务器正常：1 辆")
        for n, (manner, words) in enumerate(FAULTS.items()):
            desk.said.clear()
            server.manners += [manner]
            server.add(utc(8, 10 + n))
            desk.says(words)
            desk.says("车辆定位服务器正常")
        wanted = len(server.positions)
        desk.until(lambda: len(desk.rows()) == wanted and desk.stored())
    assert {p.source for p in desk.rows()} == {"traccar"}
    assert len({p.at for p in desk.rows()}) == wanted


def test_a_new_run_goes_on_where_rows_say_that_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with traccar_server() as server:
        for minute in range(5):
            server.add(utc(8, minute))
        traccar(desk, server, monkeypatch)
        desk.until(lambda: len(desk.rows()) == 5)
        desk.positions.close()
        server.add(utc(8, 20))
        server.add(utc(7, 30))  # a tracker hands in what is older
        desk.positions = desk.begin()
        desk.positions.set_token(TOKEN)
        desk.positions.start()
        desk.until(lambda: len(desk.rows()) == 7 and desk.stored())


def test_a_cursor_that_is_damaged_is_read_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.positions._cursor = "broken"
    with traccar_server() as server:
        server.add(utc(8))
        with desk.rig.session.write("设置") as write:
            write.connection.exec_driver_sql(
                "insert into setting (key, value) values ('traccar_cursor', 'broken')"
            )
        traccar(desk, server, monkeypatch)
        desk.until(lambda: len(desk.rows()) == 1)


@needs_gpsd
@pytest.mark.usefixtures("soon")
def test_a_persons_receiver_is_read_on_duty_only(desk: Desk, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = {"position_receiver": "gpsd", "position_unit": desk.field.units["officer"]}
    for key, value in {**settings, "gpsd_address": f"127.0.0.1:{port}"}.items():
        desk.rig.context.set_setting(key, value)
    with real_gpsd(tmp_path, port, 0, 60):
        desk.positions.restart()
        desk.says("未出勤，不读取位置")
        assert desk.positions._threads == {}
        desk.duty("officer", "on", START + timedelta(seconds=45))
        desk.says("gpsd 定位正常")
        desk.until(lambda: bool(desk.rows()))
        desk.duty("officer", "off", START + timedelta(hours=1))
        desk.says("未出勤")
        desk.until(desk.stored)
    assert min(p.at for p in desk.rows()) >= START + timedelta(seconds=45)
    assert desk.positions.state().dropped > 0


def test_rows_come_sooner_while_a_map_is_open_or_an_operation_runs(desk: Desk) -> None:
    asked: list[float] = []

    class Told:
        cursor = None
        held = type("Held", (), {"waiting": 0, "fault": ""})()

        def due(self, after_s: float) -> None:
            asked.append(after_s)

        def close(self) -> None:
            """Nothing to close."""

    desk.positions._recorder = Told()  # type: ignore[assignment]
    desk.rig.context.set_setting("position_live_seconds", "10")
    desk.positions._look()
    desk.positions.watch(False)
    desk.positions._look()
    desk.positions._situation = Situation(running=True)
    desk.positions._look()
    assert asked == [10.0, 60.0, 10.0]


ADDRESSES = {
    "gps.example:3000": ("gps.example", 3000),
    "10.0.0.7": ("10.0.0.7", 2947),
    "[::1]:4000": ("::1", 4000),
    "::1": ("::1", 2947),
}


@pytest.mark.parametrize("text", ADDRESSES)
def test_where_gpsd_listens(text: str) -> None:
    assert gpsd_place(text) == ADDRESSES[text]


@pytest.mark.parametrize("text", ["", "host:", "host:0", "host:70000", ":2947"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UserError, match="gpsd 的地址"):
        gpsd_place(text)


def test_what_is_wanted_and_cannot_be_read_is_told() -> None:
    def sentences(**settings: str) -> list[str]:
        made, silent = wanted_lines(settings, "", Situation())
        assert made == []
        assert all(isinstance(one, Silent) for one in silent)
        return [one.sentence for one in silent]

    assert sentences() == []
    assert sentences(position_receiver="gpsd") == ["未选定本机接收机属于哪个执行单元"]
    assert sentences(traccar_address="https://a") == ["未设定车辆定位服务器的令牌"]


def test_a_moment_has_one_form() -> None:
    assert stamp(utc(0, 0, 5)) == "2026-03-09T08:00:05.000+08:00"

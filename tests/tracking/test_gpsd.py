"""gpsd: a real one with a receiver in software, and one that we play for what it never does."""

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from desktop.rules.tracks import Point
from desktop.tracking.gpsd import Gpsd, GpsdLine
from desktop.tracking.sources import Backoff, Bearer
from tests.tracking.nmea_files import START, place, walk

BEARER = Bearer("car", "豫C1234")
WAIT_S = 30.0  # of patience on a busy machine; a good run takes a second or two


def source(port: int, again_s: float = 30.0, **line: float) -> Gpsd:
    """A client that, once lost, says so for `again_s` before it tries again."""
    backoff = Backoff(again_s, again_s)
    return Gpsd(BEARER, GpsdLine(port=port, **line), backoff=backoff, now=lambda: START)


def reads_until(gpsd: Gpsd, done: Callable[[list[Point]], bool]) -> list[Point]:
    """Reads until `done` with all points so far."""
    found: list[Point] = []
    end = time.monotonic() + WAIT_S
    while not done(found):
        assert time.monotonic() < end, f"{len(found)}: {gpsd.state.sentence}"
        found += gpsd.read(0.1)
    return found


def says(gpsd: Gpsd, words: str) -> list[Point]:
    return reads_until(gpsd, lambda _: words in gpsd.state.sentence)


class Played:
    """One who speaks like gpsd, on one port, to whoever comes."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.line: socket.socket | None = None

    def accept(self, gpsd: Gpsd) -> None:
        """Lets the client come in."""
        thread = threading.Thread(target=self._accept, daemon=True)
        thread.start()
        reads_until(gpsd, lambda _: not thread.is_alive())

    def _accept(self) -> None:
        self.line, _ = self._listening.accept()
        self.line.settimeout(WAIT_S)
        assert self.line.recv(100) == b'?WATCH={"enable":true,"json":true}\n'

    def say(self, *told: dict[str, Any]) -> None:
        self.raw(b"".join(json.dumps(one).encode() + b"\r\n" for one in told))

    def raw(self, data: bytes) -> None:
        assert self.line is not None
        self.line.sendall(data)

    def greet(self) -> None:
        self.say(
            {"class": "VERSION", "release": "3.22", "proto_major": 3, "proto_minor": 14},
            {"class": "DEVICES", "devices": []},
            {"class": "WATCH", "enable": True, "json": True},
        )

    def hang_up(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None

    def close(self) -> None:
        self.hang_up()
        self._listening.close()


@pytest.fixture
def played() -> Iterator[Played]:
    made = Played()
    yield made
    made.close()


def tpv(second: int, **more: Any) -> dict[str, Any]:
    lat, lon = place(second)
    told = {"class": "TPV", "device": "/dev/ttyUSB0", "mode": 3, "lat": lat, "lon": lon}
    return {**told, "time": f"2026-03-09T00:{second // 60:02d}:{second % 60:02d}.000Z", **more}


def test_each_state_has_its_sentence(played: Played) -> None:
    gpsd = source(played.port)
    assert gpsd.state.sentence == "尚未开始"
    played.accept(gpsd)
    played.greet()
    says(gpsd, "已连接 gpsd，没有接收机")
    played.say({"class": "DEVICE", "path": "/dev/ttyUSB0", "activated": "2026-03-09T00:00:00Z"})
    says(gpsd, "接收机尚未定位")
    played.say({"class": "SKY", "device": "/dev/ttyUSB0", "uSat": 3}, {"class": "TPV", "mode": 1})
    says(gpsd, "接收机尚未定位（可用卫星 3 颗）")
    played.say({"class": "SKY", "satellites": [{"used": True}] * 5}, tpv(5, eph=4.2))
    (point,) = says(gpsd, "gpsd 定位正常（可用卫星 5 颗，精度约 4 米）")
    assert (point.at, point.accuracy, point.device) == (START.replace(second=5), 4.2, "car")
    played.say(tpv(6, mode=1))
    says(gpsd, "尚未定位")
    played.say({"class": "DEVICE", "path": "/dev/ttyUSB0", "activated": 0})
    says(gpsd, "没有接收机，最后定位 03-09 08:00:05")
    played.hang_up()
    says(gpsd, "已关闭连接，30 秒后自动重连，最后定位 03-09 08:00:05")
    gpsd.close()
    assert gpsd.read(9) == []


FIELDS = {
    "all": ({"eph": 7.5, "speed": 3.0, "track": 12.5}, (7.5, 3.0, 12.5)),
    "parts of the error": ({"epx": 3.0, "epy": 4.0}, (5.0, None, None)),
    "one part is none": ({"epx": 3.0, "speed": 0}, (None, 0.0, None)),
    "no numbers": ({"eph": "near", "speed": True, "track": None}, (None, None, None)),
    "errors that are none": ({"eph": -1, "epx": 0, "epy": 0, "speed": 10**400}, (None,) * 3),
    "not finite": ({"eph": float("nan"), "speed": float("inf")}, (None, None, None)),
}


@pytest.mark.parametrize("case", FIELDS)
def test_what_gpsd_does_not_say_is_not_known(played: Played, case: str) -> None:
    more, wanted = FIELDS[case]
    gpsd = source(played.port)
    played.accept(gpsd)
    played.greet()
    played.say(tpv(1, **more))
    (point,) = reads_until(gpsd, bool)
    assert (point.accuracy, point.speed, point.course) == wanted
    gpsd.close()


def test_halves_are_joined_and_nonsense_costs_only_itself(played: Played) -> None:
    gpsd = source(played.port)
    played.accept(gpsd)
    played.greet()
    data = b"".join(json.dumps(tpv(second)).encode() + b"\r\n" for second in range(8))
    found: list[Point] = []
    for start in range(0, len(data), 37):
        played.raw(data[start : start + 37])
        found += gpsd.read(0.005)
    played.raw(b'{"class":"TPV",\r\n\r\n[1]\r\n')
    played.say(
        tpv(8, mode="3"),
        tpv(8, mode=[3]),
        {"class": "SKY", "satellites": [1, None]},
        {"class": "DEVICES", "devices": 5},
        {"class": "DEVICES", "devices": [1, None]},
        tpv(8, time="9999-12-31T23:59:59Z"),
    )
    played.say(tpv(8, time=None), tpv(9, time="soon"), tpv(10, lat=None), tpv(11), tpv(11))
    played.say({"class": "POLL"}, {"class": "ERROR", "message": "no"}, tpv(12))
    found += reads_until(gpsd, lambda more: len(found) + len(more) == 10)
    assert [point.at.second for point in found] == [*range(8), 11, 12]
    counts = gpsd.counts
    assert (counts.unreadable, counts.no_time, counts.repeated) == (2, 3, 1)
    gpsd.close()


def test_a_receiver_that_falls_silent_behind_gpsd_is_not_called_well(played: Played) -> None:
    gpsd = source(played.port)
    played.accept(gpsd)
    played.greet()
    played.say({"class": "DEVICE", "path": "/dev/ttyUSB0", "activated": "2026-03-09"}, tpv(1))
    says(gpsd, "定位正常")
    assert gpsd._link is not None
    assert gpsd._link.fixed is not None
    gpsd._link.fixed -= 60
    for told in ({"class": "VERSION", "release": "3.22"}, tpv(1)):  # the same fix again is none
        played.say(told)
        says(gpsd, "60 秒没有新定位，最后定位 03-09 08:00:01")
        assert gpsd.state.standing == "no_fix"
    played.say(tpv(2))
    says(gpsd, "定位正常")
    gpsd.close()


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("2006-07-24T00:00:00Z", "GPS 周数翻转"),
        ("2026-03-09T01:00:00Z", "核对本机时钟"),
        ("2026-03-08T00:00:00Z", "2026-03-08 08:00:00，与本机不符"),
    ],
)
def test_a_receiver_with_another_time_is_told_of(played: Played, time: str, words: str) -> None:
    gpsd = source(played.port)
    played.accept(gpsd)
    played.greet()
    played.say(tpv(0, time=time))
    (point,) = says(gpsd, words)  # kept all the same; the rules do not judge by it
    assert point.at.isoformat() == time.replace("Z", "+00:00")
    assert gpsd.state.standing == "no_fix"
    played.say(tpv(1))
    says(gpsd, "定位正常")
    gpsd.close()


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.2\r\n", b"x" * 70_000])
def test_who_is_not_gpsd_is_told_so(played: Played, answer: bytes) -> None:
    gpsd = source(played.port)
    played.accept(gpsd)
    played.raw(answer)
    says(gpsd, "不是 gpsd 协议")
    gpsd.close()


def test_a_line_that_is_dead_is_given_up_and_a_quiet_one_is_not(played: Played) -> None:
    gpsd = source(played.port, ask_s=0.2, lost_s=2.5)
    played.accept(gpsd)
    played.greet()
    says(gpsd, "没有接收机")
    for _ in range(2):  # quiet, and it answers
        gpsd.read(0.4)
        assert played.line is not None
        assert set(played.line.recv(100).split(b"\n")) == {b"?VERSION;", b""}
        played.say({"class": "VERSION", "release": "3.22"})
        gpsd.read(0.02)
        assert gpsd.state.standing == "no_device"
    says(gpsd, "逾时没有回答")
    gpsd.close()


def test_nobody_there_is_tried_again_ever_more_rarely() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    ticks = [0.0]
    backoff = Backoff(1.0, 8.0, monotonic=lambda: ticks[0])
    gpsd = Gpsd(BEARER, GpsdLine(port=port), backoff=backoff)
    waits = []
    for _ in range(6):
        gpsd.read(0)
        waits.append(gpsd.state.sentence.split("，")[1])
        ticks[0] += backoff.left
    assert [int(wait.split(" ")[0]) for wait in waits] == [1, 2, 4, 8, 8, 8]
    assert "没有程序在听" in gpsd.state.sentence


def test_closing_ends_a_wait_from_another_thread(played: Played) -> None:
    gpsd = source(played.port)
    played.accept(gpsd)
    assert gpsd.state.standing == "connecting"
    reader = threading.Thread(target=gpsd.read, args=(WAIT_S,), daemon=True)
    reader.start()
    gpsd.close()
    reader.join(10)
    assert not reader.is_alive()


needs_gpsd = pytest.mark.skipif(
    shutil.which("gpsfake") is None
    or not (shutil.which("gpsd") or Path("/usr/sbin/gpsd").exists()),
    reason="Debian's gpsd and gpsd-clients (gpsfake) are not installed",
)


@contextmanager
def real_gpsd(folder: Path, port: int, first: int, last: int) -> Iterator[subprocess.Popen[bytes]]:
    """A real gpsd that a receiver in software feeds with the epochs `first` to `last`, once, from
    the moment a client comes."""
    log = folder / f"{first}.nmea"
    log.write_bytes(walk(first, last))
    folder.chmod(0o755)
    command = ["gpsfake", "-1", "-q", "-c", "0.01", "-W", "30", "-P", str(port), str(log)]
    environment = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"}
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    ) as made:
        try:
            yield made
        finally:
            stop(made, signal.SIGKILL)


def stop(gpsfake: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Ends the gpsd that gpsfake started as `how` says, and then gpsfake, which may pass over a
    request while it waits for its gpsd."""
    if gpsfake.poll() is None:
        children = psutil.Process(gpsfake.pid).children(recursive=True)
        for child in children:
            child.send_signal(how)
        psutil.wait_procs(children, WAIT_S)
        gpsfake.kill()
        gpsfake.wait(WAIT_S)


class Recorder:
    """A second client of the same gpsd, as plain as can be: what it is given, we must have."""

    def __init__(self, port: int) -> None:
        self._line = socket.create_connection(("127.0.0.1", port), WAIT_S)
        self._line.sendall(b'?WATCH={"enable":true,"json":true};\n')
        self.times: set[str] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with self._line, self._line.makefile("rb") as lines:
            for line in lines:
                told = json.loads(line)
                if told.get("class") == "TPV" and told.get("mode", 0) >= 2 and "time" in told:
                    self.times.add(told["time"])

    def done(self) -> set[str]:
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()
        return self.times


def times(points: list[Point]) -> set[str]:
    return {f"{point.at:%Y-%m-%dT%H:%M:%S}.000Z" for point in points}


@needs_gpsd
def test_a_real_gpsd_killed_and_started_again_loses_nothing_it_gives(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    gpsd = source(port, again_s=0.1)
    found: list[Point] = []
    given: set[str] = set()
    for number, how in enumerate((signal.SIGKILL, None)):
        first = number * 200
        with real_gpsd(tmp_path, port, first, first + 60) as gpsfake:
            found += says(gpsd, "已连接")
            recorder = Recorder(port)
            fresh = reads_until(gpsd, lambda more: len(more) >= 5)
            if how is not None:
                stop(gpsfake, how)
            else:  # all that the receiver had, and then the end
                fresh += says(gpsd, "没有接收机")
                stop(gpsfake, signal.SIGTERM)
            found += fresh + reads_until(gpsd, lambda _: gpsd.state.standing == "waiting")
            given |= recorder.done()
        assert "最后定位" in gpsd.state.sentence
    assert len(given) > 30
    assert given <= times(found)
    assert len(found) == len(set(found))
    assert any(point.accuracy for point in found)
    for point in found:
        second = (point.at - START).total_seconds()
        assert (point.lat, point.lon) == pytest.approx(place(int(second)), abs=2e-6)
        assert point.speed == pytest.approx(1.029, abs=0.001)
    gpsd.close()

"""A Traccar server that misbehaves: each fault has its sentence, nothing is lost or double."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import pytest

from desktop.errors import UserError
from desktop.rules.tracks import Point
from desktop.tracking.sources import Backoff, Bearer
from desktop.tracking.traccar import Traccar, TraccarLine
from tests.tracking.traccar_server import TOKEN, Server, traccar_server, utc

VEHICLE = "862000000000007"
NOW = utc(12)
CLIENTS: list[Traccar] = []


@pytest.fixture
def server() -> Iterator[Server]:
    with traccar_server() as made:
        made.clock = NOW
        yield made
        while CLIENTS:
            CLIENTS.pop().close()


def client(server: Server, resume: str = "", now: datetime = NOW, **change: Any) -> Traccar:
    values: dict[str, Any] = {"poll_s": 0.0, "read_s": 5.0, "whole_s": 5.0, **change}
    line = TraccarLine(server.address, values.pop("token", TOKEN), **values)
    bearers = {VEHICLE: Bearer("car", "豫C1234")}
    made = Traccar(line, bearers, resume=resume, backoff=Backoff(0.01, 0.02), now=lambda: now)
    CLIENTS.append(made)
    return made


def numbers(points: list[Point]) -> list[int]:
    """The numbers of the positions, which the server wrote into their longitudes."""
    return [round((point.lon - 112.45) * 1e5) for point in points]


def until(source: Traccar, wanted: int) -> list[Point]:
    """Reads until so many points are there."""
    found: list[Point] = []
    for _ in range(200):
        found += source.read(0.05)
        if len(found) >= wanted:
            return found
    raise AssertionError(f"{len(found)} of {wanted}: {source.state.sentence}")


def filled(server: Server, minutes: int = 300, every: int = 10) -> list[int]:
    return [server.add(utc(6) + timedelta(minutes=n)) for n in range(0, minutes, every)]


def test_windows_of_time_give_every_position_once(server: Server) -> None:
    wanted = filled(server)
    source = client(server)
    points = source.read(5)
    assert numbers(points) == wanted
    windows = [(since, to) for path, since, to in server.asked if path == "/api/positions"]
    assert len(windows) == 27  # 26 hours and five minutes
    assert all(one[1] == other[0] for one, other in pairwise(windows))
    first = points[0]
    assert (first.device, first.unit, first.source) == ("car", "豫C1234", "traccar")
    assert (first.at, first.received_at, first.accuracy) == (utc(6), NOW, None)
    assert first.speed == pytest.approx(10.289, abs=0.001)  # knots
    assert source.state.standing == "live"
    assert source.state.sentence == "车辆定位服务器正常：1 辆，最后定位 03-09 18:50:00"


def test_what_has_not_changed_is_not_asked_for(server: Server) -> None:
    filled(server)
    source = client(server)
    source.read(5)
    asked = len(server.asked)
    assert source.read(0) == []
    assert [path for path, *_ in server.asked[asked:]] == ["/api/devices"]
    new = server.add(utc(11))
    assert numbers(source.read(0)) == [new]
    assert len(server.asked) - asked <= 5  # the last ten minutes and what came since


FAULTS = {
    "500": "出错（500）",
    "503": "出错（503）",
    "429": "要求放慢",
    "half": "只收到一部分",
    "half chunked": "只收到一部分",
    "cut": "连接不上",
    "no json": "无法理解",
    "no list": "无法理解",
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("when", [0, 1, 14], ids=["devices", "first window", "in the middle"])
def test_each_fault_has_its_sentence_and_loses_nothing(
    server: Server, fault: str, when: int
) -> None:
    wanted = filled(server, every=30)
    server.manners = ["well"] * when + [fault]
    source = client(server)
    found = source.read(0)
    assert (FAULTS[fault] in source.state.sentence, source.state.standing) == (True, "waiting")
    assert "秒后自动重试" in source.state.sentence
    found += until(source, len(wanted) - len(found))
    assert sorted(numbers(found)) == wanted
    source.read(0.1)
    assert (source.state.standing, source.counts.failures) == ("live", 1)


@pytest.mark.parametrize(("manner", "words"), [("slow", "回答太慢"), ("silent", "逾时没有回答")])
def test_a_slow_answer_is_given_up_and_asked_for_in_smaller_pieces(
    server: Server, manner: str, words: str
) -> None:
    wanted = filled(server, every=30)
    server.manners = ["well"] * 3 + [manner]
    source = client(server, whole_s=0.3, read_s=0.3)
    found = source.read(0)
    assert words in source.state.sentence
    asked = len(server.asked)
    found += until(source, len(wanted) - len(found))
    assert sorted(numbers(found)) == wanted
    _, since, to = server.asked[asked + 1]
    assert datetime.fromisoformat(to) - datetime.fromisoformat(since) == timedelta(minutes=30)


def test_the_server_says_how_long_to_wait(server: Server) -> None:
    server.manners, server.retry_after = ["429"], "77"
    source = client(server)
    source.read(0)
    assert "77 秒后自动重试" in source.state.sentence
    asked = len(server.asked)
    assert source.read(0.01) == []
    assert len(server.asked) == asked  # it is left alone
    server.manners = ["503"]
    moment = datetime.now(UTC) + timedelta(seconds=200)
    server.retry_after = format_datetime(moment, usegmt=True)
    other = client(server)
    other.read(0)
    wait = int(other.state.sentence.split("，")[1].split(" ")[0])
    assert 150 <= wait <= 201


def test_a_wrong_token_and_a_moved_server_need_a_person(server: Server) -> None:
    source = client(server, token="another")
    source.read(0)
    assert source.state.standing == "refused"
    assert "不接受令牌" in source.state.sentence
    server.manners = ["moved"]
    moved = client(server)
    moved.read(0)
    assert (moved.state.standing, "302" in moved.state.sentence) == ("refused", True)
    assert "/elsewhere" not in [path for path, *_ in server.asked]


def test_late_fixes_are_found_although_newer_ones_were_read(server: Server) -> None:
    wanted = filled(server)
    source = client(server, late_every_s=0.0)
    assert numbers(source.read(5)) == wanted
    late = server.add(utc(3))  # hours before the newest, handed in now
    assert numbers(source.read(0)) == [late]
    assert source.read(0) == []
    assert source.counts.repeated > 0


def test_a_new_run_goes_on_where_the_last_one_was(server: Server) -> None:
    wanted = filled(server)
    first = client(server)
    found = first.read(5)
    cursor = first.cursor
    first.close()
    new = [server.add(utc(11, 5)), server.add(utc(2))]
    second = client(server, resume=cursor)
    assert sorted(numbers(found + second.read(5))) == sorted([*wanted, *new])
    assert second.read(0) == []
    with pytest.raises(UserError, match="续读位置已损坏"):
        client(server, resume='{"x": 1}')


def test_days_without_us_are_read_afterwards(server: Server) -> None:
    first = client(server)
    server.add(utc(11))
    cursor = [first.read(5), first.cursor][1]
    later = NOW + timedelta(days=3)
    wanted = [server.add(utc(12) + timedelta(hours=n)) for n in range(0, 70, 5)]
    second = client(server, resume=str(cursor), now=later)
    assert numbers(second.read(5)) == wanted


@pytest.mark.parametrize("seed", range(4))
def test_cuts_and_restarts_anywhere_lose_and_double_nothing(server: Server, seed: int) -> None:
    draw = random.Random(seed)
    wanted, found, cursor = filled(server, every=20), list[Point](), ""
    faults = [*(fault for fault in FAULTS if fault != "429"), "429"]
    for turn in range(12):
        source = client(server, resume=cursor)
        server.manners = [
            draw.choice(faults) if draw.random() < 0.15 else "well" for _ in range(30)
        ]
        found += source.read(0)
        cursor = source.cursor  # kept with the points
        source.close()
        fix = NOW - timedelta(minutes=draw.choice((1, 5, 700, 1400)), seconds=turn)
        wanted.append(server.add(fix))
    server.manners = []
    last = client(server, resume=cursor)
    found += last.read(0)
    assert sorted(numbers(found)) == sorted(wanted)


def test_what_is_no_fix_is_counted_and_not_given(server: Server) -> None:
    good = server.add(utc(11))
    server.add(utc(11, 1), valid=False)
    server.add(utc(11, 2), outdated=True)
    server.add(utc(11, 3), latitude=None)
    source = client(server)
    assert numbers(source.read(5)) == [good]
    assert (source.counts.invalid, source.counts.outdated) == (2, 1)


def test_vehicles_that_nobody_named_and_named_ones_that_are_not_there(server: Server) -> None:
    server.devices.append({"id": 9, "uniqueId": "stranger", "lastUpdate": None})
    server.add(utc(11), vehicle=9)
    server.devices.pop(0)
    source = client(server)
    assert source.read(0) == []
    assert source.unknown == ["stranger"]
    assert "另有 1 辆在服务器上查不到" in source.state.sentence


def test_a_vehicle_that_is_taken_away_or_renamed_is_missed(server: Server) -> None:
    server.add(utc(11))
    source = client(server)
    source.read(0)
    server.devices[0]["name"] = "another name"  # it is known by its unique id
    source.read(0)
    assert "查不到" not in source.state.sentence
    server.devices.clear()
    source.read(0)
    assert "0 辆，另有 1 辆在服务器上查不到，最后定位 03-09 19:00:00" in source.state.sentence


def test_who_stands_in_a_garage_for_weeks_is_not_asked_for_hour_by_hour(server: Server) -> None:
    server.add(utc(6))
    source = client(server)
    source.read(0)
    later = client(server, resume=source.cursor, now=NOW + timedelta(days=20))
    server.devices[0]["lastUpdate"] = "a sign of life, and no fix"
    asked = len(server.asked)
    assert later.read(0) == []  # nor is its last fix given once more
    windows = [
        (since, to) for path, since, to in server.asked[asked:] if path.endswith("positions")
    ]
    assert len(windows) < 70
    assert all(one[1] == other[0] for one, other in pairwise(windows))
    new = server.add(utc(12) + timedelta(days=19))
    assert numbers(later.read(0)) == [new]


@pytest.mark.parametrize(("hours", "words"), [(26, "快 1 天"), (-3, "慢 3 小时"), (0, "正常")])
def test_a_clock_that_is_not_the_servers_is_told_of(server: Server, hours: int, words: str) -> None:
    server.clock = NOW + timedelta(hours=hours)
    source = client(server)
    source.read(0)
    assert words in source.state.sentence
    assert source.state.standing == ("no_fix" if hours else "live")


def test_numbers_that_are_none_are_not_known(server: Server) -> None:
    server.add(utc(11), accuracy=-1.0, speed=10**400)
    server.add(utc(11, 1), fixTime="0001-01-01T00:00:00.000+00:00")
    (point,) = client(server).read(0)
    assert (point.accuracy, point.speed) == (None, None)


def test_a_certificate_that_is_not_there_is_named(server: Server) -> None:
    source = client(server, ca="/nowhere/ca.pem")
    source.read(0)
    assert "找不到车辆定位服务器的证书文件 /nowhere/ca.pem" in source.state.sentence
    assert source.state.standing == "refused"
    assert server.asked == []


@pytest.mark.parametrize(
    ("address", "token"),
    [
        ("ftp://x", "t"),
        ("http://", "t"),
        ("http://u:p@x", "t"),
        ("http://x", " "),
        ("http://x", "密"),
    ],
)
def test_a_line_that_cannot_be_is_refused(address: str, token: str) -> None:
    with pytest.raises(UserError):
        Traccar(TraccarLine(address, token), {})

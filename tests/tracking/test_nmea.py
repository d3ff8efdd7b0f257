"""A receiver on a serial port: sentences in pieces, wrong checksums, a cable pulled and back."""

import os
import pty
import random
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.rules.tracks import Point
from desktop.tracking.nmea import NmeaPort, Sentences
from desktop.tracking.sources import Backoff, Bearer
from tests.tracking.nmea_files import START, gga, gsa, place, rmc, signed, walk

BEARER = Bearer("car", "豫C1234")


def heard(*pieces: bytes) -> tuple[list[Point], Sentences]:
    sentences = Sentences(BEARER)
    return [point for piece in pieces for point in sentences.feed(piece)], sentences


def seconds(points: list[Point]) -> list[int]:
    return [point.at.minute * 60 + point.at.second for point in points]


def test_a_point_has_time_place_speed_and_accuracy() -> None:
    (point,), sentences = heard(gga(61, hdop=0.9, satellites=9), rmc(61, knots=10.0))
    assert point.at.isoformat() == "2026-03-09T00:01:01+00:00"
    assert (point.lat, point.lon) == pytest.approx(place(61), abs=1e-5)
    assert point.speed == pytest.approx(5.144, abs=0.001)
    assert (point.course, point.accuracy, point.source) == (45.0, 9.0, "nmea")
    assert (point.device, point.unit) == ("car", "豫C1234")
    assert sentences.satellites == 9


def test_an_accuracy_of_nothing_is_not_known() -> None:
    (point,), _ = heard(gga(1, hdop=0.0), rmc(1))
    assert point.accuracy is None


def test_south_and_west_are_negative() -> None:
    (point,), _ = heard(signed("GNRMC,000000,A,3300.0000,S,07030.0000,W,,,090326,,,A"))
    assert (point.lat, point.lon) == (-33.0, -70.5)
    assert (point.speed, point.course, point.accuracy) == (None, None, None)


@given(st.lists(st.integers(1, 90), min_size=1, max_size=60))
def test_pieces_of_any_length_give_the_same_points(lengths: list[int]) -> None:
    whole, pieces, start = walk(0, 12), [], 0
    for length in lengths:
        pieces.append(whole[start : start + length])
        start += length
    points, sentences = heard(*pieces, whole[start:])
    assert seconds(points) == list(range(12))
    assert sentences.counts.sentences == 36
    assert sentences.counts.unreadable == sentences.counts.wrong_checksum == 0


FAULTS = {
    "a changed digit": (rmc(1).replace(b"112", b"113"), "wrong_checksum"),
    "no checksum": (rmc(1).split(b"*")[0] + b"\r\n", "wrong_checksum"),
    "noise": (b"\xff\xfe\x00noise\r\n", "unreadable"),
    "cut short by the next": (rmc(1)[:30], "unreadable"),
    "a place that is none": (
        signed("GPRMC,000001,A,34xx.0000,N,11227.0000,E,,,090326,,,A"),
        "unreadable",
    ),
    "a day that is none": (
        signed("GPRMC,000001,A,3437.2000,N,11227.0000,E,,,310226,,,A"),
        "unreadable",
    ),
    "no day": (signed("GPRMC,000001,A,3437.2000,N,11227.0000,E,,,,,,A"), "unreadable"),
    "letters above ASCII": ("$GPRMC,洛,A*00\r\n".encode(), "unreadable"),
    "a line without end": (b"x" * 500, "unreadable"),
    "no fix": (rmc(1, valid=False), "no_fix"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_counted_and_costs_only_itself(fault: str) -> None:
    broken, counted = FAULTS[fault]
    points, sentences = heard(rmc(0), broken, rmc(2), rmc(3))
    assert seconds(points) == [0, 2, 3]
    assert getattr(sentences.counts, counted) == 1


def test_sentences_of_no_use_are_passed_over() -> None:
    gsv = signed("GPGSV,1,1,01,01,40,083,46")
    own = signed("PUBX,00,1,2,3")
    points, sentences = heard(gsv, own, rmc(0))
    assert seconds(points) == [0]
    assert sentences.counts.unreadable == sentences.counts.wrong_checksum == 0


class Cable:
    """A receiver's end of a serial line; `path` is a link, as udev makes one for each plug."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.receiver = -1
        self.plug()

    def plug(self) -> None:
        self.receiver, port = pty.openpty()
        tty.setraw(port)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(port))
        self._port = port

    def pull(self) -> None:
        os.close(self._port)
        os.close(self.receiver)
        self.receiver = -1

    def write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self.receiver, data[:500]) :]


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[Cable]:
    made = Cable(tmp_path / "gps0")
    yield made
    if made.receiver >= 0:
        made.pull()


def port(cable: Cable, silent_s: float = 10.0) -> NmeaPort:
    backoff = Backoff(0.01, 0.05)
    return NmeaPort(BEARER, str(cable.path), silent_s=silent_s, backoff=backoff, now=lambda: START)


def until(source: NmeaPort, wanted: int) -> list[Point]:
    found: list[Point] = []
    for _ in range(100):
        found += source.read(0.1)
        if len(found) >= wanted:
            return found
    raise AssertionError(f"{len(found)} of {wanted}: {source.state.sentence}")


def says(source: NmeaPort, words: str) -> None:
    """Reads until the state says it."""
    for _ in range(200):
        assert source.read(0.02) == []
        if words in source.state.sentence:
            return
    raise AssertionError(source.state.sentence)


def test_a_real_port_gives_points_and_says_how_it_stands(cable: Cable) -> None:
    source = port(cable, silent_s=0.3)
    assert source.state.standing == "idle"
    says(source, "没有数据")
    cable.write(b"\x81\x92\xa3\n")
    says(source, "核对速率")
    cable.write(gga(0, satellites=3) + rmc(0, valid=False))
    says(source, "串口接收机尚未定位（可用卫星 3 颗）")
    data = gga(1) + rmc(1)
    cable.write(data[:100])
    assert source.read(0.05) == []
    cable.write(data[100:])
    assert seconds(until(source, 1)) == [1]
    assert source.state.sentence == "串口定位正常（精度约 9 米）"
    source.close()
    assert source.read(5) == []


def test_a_line_that_brings_no_fix_any_more_is_not_called_well(cable: Cable) -> None:
    source = port(cable)
    source.read(0.02)
    cable.write(rmc(1))
    until(source, 1)
    assert source.state.standing == "live"
    source._fixed -= 60
    cable.write(b"\x81\x92\xa3$GP\n")
    says(source, "有数据，但 60 秒没有可用的定位语句，最后定位 03-09 08:00:01")
    assert source.state.standing == "no_fix"
    cable.write(signed("GPRMC,000002,A,3437.2000,N,11227.0000,E,,,240706,,,A"))
    until(source, 1)
    assert "GPS 周数翻转" in source.state.sentence
    cable.write(rmc(3))
    until(source, 1)
    assert source.state.standing == "live"
    source.close()


def test_a_pulled_cable_is_noticed_and_found_again(cable: Cable) -> None:
    source = port(cable)
    source.read(0.02)
    cable.write(walk(0, 5) + rmc(5)[:20])
    assert seconds(until(source, 5)) == list(range(5))
    cable.pull()
    while source.state.standing == "live":
        source.read(0.1)
    assert source.state.standing == "waiting"
    assert "最后定位 03-09 08:00:04" in source.state.sentence
    cable.path.unlink()
    source.read(0.1)
    assert "打不开串口" in source.state.sentence
    cable.plug()
    while source.state.standing == "waiting":
        source.read(0.02)
    cable.write(walk(10, 15))
    assert seconds(until(source, 5)) == list(range(10, 15))
    assert source.counts.unreadable == 0  # the half sentence went with the cable
    source.close()


def test_noise_on_the_line_loses_no_whole_sentence(cable: Cable) -> None:
    draw = random.Random(5)
    source = port(cable)
    source.read(0.02)
    wanted, found = [], []
    for second in range(60):
        noise = bytes(draw.choice(b"\x00\xffzq,*") for _ in range(draw.randint(0, 30)))
        spoilt = draw.random() < 0.3
        sentence = rmc(second)
        if spoilt:
            where = draw.randrange(8, 40)
            sentence = sentence[:where] + b"~" + sentence[where + 1 :]
        else:
            wanted.append(second)
        cable.write(noise + gsa() + sentence)
        found += source.read(0.02)
    while len(found) < len(wanted):
        found += source.read(0.02)
    assert seconds(found) == wanted
    assert source.counts.wrong_checksum == 60 - len(wanted)
    source.close()
